/**
 * The second record of an account: its ServerID, its memory (admission.ts), and the sessions that are not done. Every later
 * version must begin with the ServerID, so that the record can be used when the account's own record is lost.
 */
import { newSlot, RECORD_AT } from "../account/store.ts";
import { isSpan, readUint, writeUint32 } from "../bytes.ts";
import type { Notification } from "../notification/fields.ts";
import { FORMAT_12, MD5_BYTES, SHA256_BYTES } from "../wire.ts";
import { isNewMemory } from "./admission.ts";
import type { Pending } from "./pending.ts";

//  span of ServerID | span of memory | until the end: renewNonces:1 is12:1 VIA:6, span of Package #0 but for its digest
//  (span = length:32, bytes)
export const RENEW_NONCES = 0x80;
export const IS_12 = 0x40;
export const VIA_MASK = 0x3f;
/** In memory only: the session was accepted before a reset. */
export const IS_RESUMED = 0x100;
/** The offset at which the bytes of a span begin. */
export const SPAN_AT = 4;
/** The offset in a session at which its Package #0 begins. */
export const PACKAGE0_AT = 5;

/**
 * Makes a slot with the record of an account with the sessions `mine`. Copies them from the `former` record, where they have
 * the same order; the one that has no offset there is that of `n`. Allocates the slot.
 */
export function writeRecord(
  serverId: Uint8Array,
  memory: Uint8Array,
  former: Uint8Array,
  mine: Pending[],
  n: Notification,
): Uint8Array {
  let length = sessionsAt(serverId, memory);
  for (let i = 0; i < mine.length; i++) length += sessionBytes(mine[i]);
  const slot = newSlot(length);
  let to = writeSpan(memory, slot, writeSpan(serverId, slot, RECORD_AT));
  for (let i = 0; i < mine.length; i++) {
    const p = mine[i];
    const bytes = sessionBytes(p);
    if (p.at > 0) slot.set(former.subarray(p.at, p.at + bytes), to);
    else {
      const from = n.format === FORMAT_12 ? n.from + MD5_BYTES : n.from;
      slot[to] = p.flags;
      writeSpan(n.bytes.subarray(from, from + bytes - PACKAGE0_AT), slot, to + 1);
    }
    to += bytes;
  }
  return slot;
}

/** Writes a span to `out` from `at` on; returns the offset after it. */
function writeSpan(span: Uint8Array, out: Uint8Array, at: number): number {
  writeUint32(span.length, out, at);
  out.set(span, at + SPAN_AT);
  return at + SPAN_AT + span.length;
}

/** The offset of the first session in a record. */
export function sessionsAt(serverId: Uint8Array, memory: Uint8Array): number {
  return 2 * SPAN_AT + serverId.length + memory.length;
}

/** The bytes of a session in a record. */
export function sessionBytes(p: Pending): number {
  return PACKAGE0_AT + p.size - ((p.flags & IS_12) !== 0 ? MD5_BYTES : SHA256_BYTES);
}

/** The offset after the span at `at`; beyond the end when the span is not complete. */
export function spanEnd(bytes: Uint8Array, at: number): number {
  const from = at + SPAN_AT;
  return from > bytes.length ? from : from + readUint(bytes, at, SPAN_AT);
}

/** Whether `record` belongs to `serverId`. */
export function isOwnedBy(record: Uint8Array, serverId: Uint8Array): boolean {
  const end = spanEnd(record, 0);
  return end <= record.length && isSpan(serverId, record, SPAN_AT, end - SPAN_AT);
}

/** Whether the account has accepted nothing yet. */
export function isFresh(record: Uint8Array): boolean {
  return isNewMemory(record, spanEnd(record, 0) + SPAN_AT, record.length);
}
