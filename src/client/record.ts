/**
 * The second record of an account: its ServerID, its memory (admission.ts), and the sessions that are not done. Every later
 * version must begin with the ServerID, so that the record can be used when the account's own record is lost.
 */
import { newSlot, RECORD_AT } from "../account/store.ts";
import { isSpan, readUint, writeUint32 } from "../bytes.ts";
import type { Notification } from "../notification/fields.ts";
import { FORMAT_12, MD5_BYTES } from "../wire.ts";
import { isNewMemory } from "./admission.ts";
import type { Pending } from "./sessions.ts";

//  span of ServerID | span of memory | until the end: renewNonces:1 is12:1 VIA:6, span of Package #0 but for its digest
//  (span = length:32, bytes)
export const RENEW_NONCES = 0x80;
export const IS_12 = 0x40;
export const VIA_MASK = 0x3f;
/** The offset at which the bytes of a span begin. */
export const SPAN_AT = 4;
const FLAGS_BYTES = 1;

/**
 * Makes a slot with the record of an account with the sessions `mine`, in their order. Copies them from the `former` record;
 * the session with ordinal -1 is that of `n`, with `flags`. Allocates the slot.
 */
export function writeRecord(
  serverId: Uint8Array,
  memory: Uint8Array,
  former: Uint8Array,
  mine: Pending[],
  n: Notification,
  flags: number,
): Uint8Array {
  const memoryEnd = memoryEndOf(former);
  const bodyFrom = n.format === FORMAT_12 ? n.from + MD5_BYTES : n.from;
  const bodyTo = n.format === FORMAT_12 ? n.to : n.digestAt;
  let length = 2 * SPAN_AT + serverId.length + memory.length;
  for (let i = 0; i < mine.length; i++) {
    const at = sessionAt(former, memoryEnd, mine[i].ordinal);
    length += mine[i].ordinal < 0 ? sessionBytes(bodyTo - bodyFrom) : sessionEnd(former, at) - at;
  }
  const slot = newSlot(length);
  let to = writeSpan(serverId, 0, serverId.length, slot, RECORD_AT);
  to = writeSpan(memory, 0, memory.length, slot, to);
  for (let i = 0; i < mine.length; i++) {
    if (mine[i].ordinal < 0) {
      slot[to] = flags;
      to = writeSpan(n.bytes, bodyFrom, bodyTo, slot, to + FLAGS_BYTES);
    } else {
      const at = sessionAt(former, memoryEnd, mine[i].ordinal);
      const end = sessionEnd(former, at);
      slot.set(former.subarray(at, end), to);
      to += end - at;
    }
  }
  return slot;
}

/** Writes a span of `bytes[from..to)` to `out` from `at` on; returns the offset after it. */
function writeSpan(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  writeUint32(to - from, out, at);
  out.set(bytes.subarray(from, to), at + SPAN_AT);
  return at + SPAN_AT + to - from;
}

/** The offset after the span at `at`; 0 when the span is not complete. */
export function spanEnd(bytes: Uint8Array, at: number): number {
  const room = bytes.length - at - SPAN_AT;
  if (room < 0) return 0;
  const length = readUint(bytes, at, SPAN_AT);
  return length > room ? 0 : at + SPAN_AT + length;
}

/** Whether `record` belongs to `serverId`. */
export function isOwnedBy(record: Uint8Array, serverId: Uint8Array): boolean {
  return isSpan(serverId, record, SPAN_AT, spanEnd(record, 0) - SPAN_AT);
}

/** The offset at which the memory of `record` ends and its sessions begin; 0 when the record cannot be read. */
export function memoryEndOf(record: Uint8Array): number {
  const end = spanEnd(record, 0);
  return end === 0 ? 0 : spanEnd(record, end);
}

/** Whether the account has accepted nothing yet. */
export function isFresh(record: Uint8Array): boolean {
  const end = memoryEndOf(record);
  return end === record.length && isNewMemory(record, spanEnd(record, 0) + SPAN_AT, end);
}

/** The offset of session `ordinal` of `record`, whose memory ends at `memoryEnd`; 0 when it has no such session. */
export function sessionAt(record: Uint8Array, memoryEnd: number, ordinal: number): number {
  let at = memoryEnd;
  for (let i = 0; i < ordinal && at > 0 && at < record.length; i++) at = sessionEnd(record, at);
  return at < record.length ? at : 0;
}

/** The offset after the session at `at`; 0 when the session is not complete. */
export function sessionEnd(record: Uint8Array, at: number): number {
  return spanEnd(record, at + FLAGS_BYTES);
}

/** The bytes of a session whose Package #0 has `length` bytes without its digest. */
export function sessionBytes(length: number): number {
  return FLAGS_BYTES + SPAN_AT + length;
}
