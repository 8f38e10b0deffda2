/** Writes a push as short messages: UDH and data of each part, and the SMS-SUBMIT around them (3GPP TS 23.040 §9.2.2.2). */
import { isSpanIn, isUint } from "../../bytes.ts";
import { FIELD_BUFFER, FIELD_RANGE, FIELD_TEXT } from "../../status.ts";
import { TPDU_SUBMIT, USER_DATA_MAX } from "../../wire.ts";
import { sizeOfUdh, writeUdh } from "./udh.ts";

/** TP-DCS of 8-bit data without a class. */
export const DCS_DATA = 0x04;
/** TP-DCS of 8-bit data of class 1, which the device stores; some modems would display data without a class. */
export const DCS_DATA_CLASS_1 = 0xf5;

/** The most bytes that writeSubmit writes; writePart writes up to USER_DATA_MAX. */
export const SUBMIT_BYTES = 157;

/**
 * The number of short messages for a push PDU of `length` bytes: up to 133 octets fit into one, else 128 (127 with a wide
 * reference) into each.
 */
export function countParts(length: number, isWide: boolean): number {
  const single = USER_DATA_MAX - sizeOfUdh(1, isWide);
  if (length <= single) return 1;
  const each = USER_DATA_MAX - sizeOfUdh(2, isWide);
  return Math.ceil(length / each);
}

/**
 * Writes the user data (UDH and octets) of part `sequence`, counted from 1, of the push PDU `push[from..to)` to `out` from
 * `at` on. `reference` must be the same in all parts and new for each message. Returns the offset after it; -FIELD_RANGE
 * when there is no such part, there are more than 255 parts or the reference is too large; or -FIELD_BUFFER.
 */
export function writePart(
  push: Uint8Array,
  from: number,
  to: number,
  reference: number,
  isWide: boolean,
  sequence: number,
  out: Uint8Array,
  at: number,
): number {
  const total = countParts(to - from, isWide);
  if (!isSpanIn(push, from, to) || total > 255) return -FIELD_RANGE;
  if (!isUint(sequence, total) || sequence === 0 || !isUint(reference, isWide ? 65535 : 255)) return -FIELD_RANGE;
  const each = USER_DATA_MAX - sizeOfUdh(total, isWide);
  const start = from + (sequence - 1) * each;
  const stop = Math.min(start + each, to);
  if (!isUint(at, out.length - sizeOfUdh(total, isWide) - stop + start)) return -FIELD_BUFFER;
  const dataAt = writeUdh(reference, isWide, total, sequence, out, at);
  for (let i = start; i < stop; i++) out[dataAt + i - start] = push[i];
  return dataAt + stop - start;
}

/**
 * Writes an SMS-SUBMIT, without the SMSC part and without a validity period, around the user data `data[from..to)` (UDH
 * first) to `out` from `at` on. `number` is 1 to 20 digits, with "+" before an international one. Returns the offset after
 * it, -FIELD_TEXT for any other number, -FIELD_RANGE or -FIELD_BUFFER.
 */
export function writeSubmit(
  number: string,
  dcs: number,
  data: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
): number {
  const skip = number.charAt(0) === "+" ? 1 : 0;
  const digits = number.length - skip;
  if (digits < 1 || digits > 20) return -FIELD_TEXT;
  for (let i = skip; i < number.length; i++) if (digitAt(number, i) < 0) return -FIELD_TEXT;
  if (!isUint(dcs, 255) || !isSpanIn(data, from, to) || to - from > USER_DATA_MAX) return -FIELD_RANGE;
  if (!isUint(at, out.length - 7 - ((digits + 1) >> 1) - to + from)) return -FIELD_BUFFER;

  //  RP:1 UDHI:1 SRR:1 VPF:2 RD:1 MTI:2 | MR:8 | DA | PID:8 | DCS:8 | UDL:8 | UD
  out[at] = 0x40 | TPDU_SUBMIT;
  out[at + 1] = 0; // the modem chooses TP-MR
  out[at + 2] = digits;
  out[at + 3] = skip === 1 ? 0x91 : 0x81;
  let end = at + 4;
  for (let i = skip; i < number.length; i += 2) {
    const high = i + 1 < number.length ? digitAt(number, i + 1) : 15;
    out[end++] = (high << 4) | digitAt(number, i);
  }
  out[end++] = 0;
  out[end++] = dcs;
  out[end++] = to - from;
  for (let i = from; i < to; i++) out[end++] = data[i];
  return end;
}

function digitAt(number: string, index: number): number {
  const digit = number.charCodeAt(index) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : -1;
}
