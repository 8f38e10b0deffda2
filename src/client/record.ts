/** What is saved of an account besides itself: what admission remembers, and the sessions that are still to be done. */
import { readUint, writeUint32 } from "../bytes.ts";
import { FORMAT_12 } from "../wire.ts";
import type { Pending } from "./sessions.ts";

//  span of memory | until the end: renewNonces:1 is12:1 VIA:6, span of Package #0 but for its digest   (span = length:32, bytes)
export const RENEW_NONCES = 0x80;
export const IS_12 = 0x40;
export const VIA_MASK = 0x3f;
/** Where the bytes of a span begin. */
export const SPAN_AT = 4;

/** The record of `memory` and of those of `pending` that belong to account `index`. Allocates it. */
export function writeRecord(memory: Uint8Array, pending: Pending[], index: number): Uint8Array {
  let length = SPAN_AT + memory.length;
  for (let i = 0; i < pending.length; i++) {
    if (pending[i].index === index) length += 1 + SPAN_AT + pending[i].bytes.length;
  }
  const record = new Uint8Array(length);
  let at = writeSpan(memory, record, 0);
  for (let i = 0; i < pending.length; i++) {
    const request = pending[i].request;
    if (pending[i].index !== index) continue;
    record[at] = request.via | (request.format === FORMAT_12 ? IS_12 : 0) | (request.renewNonces ? RENEW_NONCES : 0);
    at = writeSpan(pending[i].bytes, record, at + 1);
  }
  return record;
}

/** Writes a span to `out` from `at` on; returns the offset after it. */
function writeSpan(bytes: Uint8Array, out: Uint8Array, at: number): number {
  const length = bytes.length;
  writeUint32(length, out, at);
  out.set(bytes, at + SPAN_AT);
  return at + SPAN_AT + length;
}

/** The offset after the span at `at`; 0 where it is not whole: nothing can be read up to there. */
export function spanEnd(bytes: Uint8Array, at: number, to: number): number {
  if (to - at < SPAN_AT) return 0;
  const length = readUint(bytes, at, SPAN_AT);
  return length > to - at - SPAN_AT ? 0 : at + SPAN_AT + length;
}
