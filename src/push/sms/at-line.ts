/** What is read out of the lines that an AT modem sends (V.250, 3GPP TS 27.007). */
import { isText } from "../dm.ts";

/** A PDU line has up to 2 x (12 + 164) digits. */
export const LINE_BYTES = 384;

/** The number that up to six digits at `at` write, blanks before them passed over; -1 when there is none. */
export function numberAt(line: Uint8Array, at: number, length: number): number {
  let start = at;
  while (start < length && line[start] === 0x20) start++;
  let number = -1;
  for (let i = start; i < length && i < start + 6 && isDigit(line[i]); i++)
    number = Math.max(number, 0) * 10 + line[i] - 0x30;
  return number;
}

/** The last number on the line, outside quotes: the length in `+CMT: "a, 1",23` and in `+CMT: 23` alike. -1 when there is none. */
export function lastNumber(line: Uint8Array, length: number): number {
  let end = length;
  while (end > 0 && line[end - 1] === 0x20) end--;
  let at = end;
  while (at > 0 && isDigit(line[at - 1])) at--;
  return numberAt(line, at, end);
}

/** The two letters of the last memory that the line names in quotes: `SM` in `+CMTI: "SM",3`. "" when there is none. */
export function lastMemory(line: Uint8Array, length: number): string {
  let at = length - 1;
  while (at >= 0 && line[at] !== 0x22) at--;
  if (at < 3 || line[at - 3] !== 0x22) return "";
  return String.fromCharCode(line[at - 2]) + String.fromCharCode(line[at - 1]);
}

/**
 * Turns the hex digits `line[0..length)` into bytes at the start of `line`; returns their number, -1 when it is not hex,
 * and then the line is still whole unless it begins with two digits.
 */
export function decodeHexInPlace(line: Uint8Array, length: number): number {
  if (length < 2 || length % 2 !== 0) return -1;
  for (let at = 0; at < length; at += 2) {
    const octet = (nibble(line[at]) << 4) | nibble(line[at + 1]);
    if (octet < 0) return -1;
    line[at >> 1] = octet;
  }
  return length >> 1;
}

function nibble(code: number): number {
  if (isDigit(code)) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A result code that ends an answer without success. */
export function isError(line: Uint8Array, length: number): boolean {
  return (length === 5 && isText(line, 0, 5, "error")) || isAny(line, length, ERRORS);
}

/** Whether a modem says that it has started. */
export function isBoot(line: Uint8Array, length: number): boolean {
  return isAny(line, length, BOOT_LINES);
}

function isAny(line: Uint8Array, length: number, texts: string[]): boolean {
  for (let i = 0; i < texts.length; i++) if (isText(line, 0, length, texts[i])) return true;
  return false;
}

const ERRORS = ["+cms error", "+cme error"];
const BOOT_LINES = ["rdy", "^sysstart", "+cpin: ready", "sms ready", "+qind: sms done", "pb done", "+pbready"];
