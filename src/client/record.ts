/** The saved record of one account's admission, and the notifications whose sessions are still to be done. */
import { readUint32, writeUint32 } from "../account/store.ts";
import type { Admission } from "./admission.ts";
import type { Pending } from "./sessions.ts";

//  record version:8 | hasFloor:8 | floor:32 | count:16 | count x (SESSIONID:16 TIMESTAMP:32 TIMEOUT:16)
//  | nonce tag:32 | count:16 | count x digest:32 | until the end: via:8 renewNonces:8 length:16 Package #0
const VERSION = 1;
const ENTRY_BYTES = 8;

/** The record of `a` and of those of `pending` that belong to account `index`. Allocates it. */
export function writeRecord(a: Admission, pending: Pending[], index: number): Uint8Array {
  let size = 14 + ENTRY_BYTES * a.count + 4 * a.digestCount;
  for (let i = 0; i < pending.length; i++) {
    if (pending[i].account.index === index) size += 4 + pending[i].bytes.length;
  }
  const out = new Uint8Array(size);
  out[0] = VERSION;
  out[1] = a.floor < 0 ? 0 : 1;
  if (a.floor >= 0) writeUint32(a.floor, out, 2);
  writeUint16(a.count, out, 6);
  let at = 8;
  for (let i = 0; i < a.count; i++) {
    writeUint16(a.sessionIds[i], out, at);
    writeUint32(a.timestamps[i], out, at + 2);
    writeUint16(a.timeoutsMinutes[i], out, at + 6);
    at += ENTRY_BYTES;
  }
  writeUint32(a.nonceTag, out, at);
  writeUint16(a.digestCount, out, at + 4);
  at += 6;
  for (let i = 0; i < a.digestCount; i++) {
    writeUint32(a.digests[i], out, at);
    at += 4;
  }
  for (let i = 0; i < pending.length; i++) {
    const p = pending[i];
    if (p.account.index !== index) continue;
    out[at] = p.request.via;
    out[at + 1] = p.request.renewNonces ? 1 : 0;
    writeUint16(p.bytes.length, out, at + 2);
    out.set(p.bytes, at + 4);
    at += 4 + p.bytes.length;
  }
  return out;
}

/**
 * Reads what writeRecord wrote into `a`; where more is remembered than `a` has places for, the oldest go and raise the
 * floor, and digests that have no place leave none free. Returns the offset of the pending notifications, or -1 when
 * `bytes` is not such a record.
 */
export function readRecord(bytes: Uint8Array, a: Admission): number {
  if (bytes.length < 14 || bytes[0] !== VERSION) return -1;
  const count = readUint16(bytes, 6);
  const tagAt = 8 + ENTRY_BYTES * count;
  if (tagAt + 6 > bytes.length) return -1;
  const digestCount = readUint16(bytes, tagAt + 4);
  const pendingAt = tagAt + 6 + 4 * digestCount;
  if (pendingAt > bytes.length) return -1;

  a.floor = bytes[1] === 0 ? -1 : readUint32(bytes, 2);
  a.count = 0;
  const places = a.sessionIds.length;
  for (let i = 0; i < count; i++) {
    const at = 8 + ENTRY_BYTES * i;
    if (i < count - places) {
      const timestamp = readUint32(bytes, at + 2);
      if (timestamp > a.floor) a.floor = timestamp;
      continue;
    }
    a.sessionIds[a.count] = readUint16(bytes, at);
    a.timestamps[a.count] = readUint32(bytes, at + 2);
    a.timeoutsMinutes[a.count] = readUint16(bytes, at + 6);
    a.count++;
  }
  a.nonceTag = readUint32(bytes, tagAt) | 0;
  a.digestCount = Math.min(digestCount, a.digests.length);
  for (let i = 0; i < a.digestCount; i++) a.digests[i] = readUint32(bytes, tagAt + 6 + 4 * i);
  return pendingAt;
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

function writeUint16(value: number, out: Uint8Array, at: number): void {
  out[at] = value >> 8;
  out[at + 1] = value;
}
