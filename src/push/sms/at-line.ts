/** What an AT modem sends, cut into lines (3GPP TS 27.007, V.250), and the little that is read out of them. */
import { readUint } from "../../bytes.ts";
import { isText } from "../dm.ts";

/** A PDU line has up to 2 x (12 + 164) digits. */
const LINE_BYTES = 384;

export interface LineReader {
  /** Takes what arrived; calls back for each line that ends in it. */
  add(bytes: Uint8Array, from: number, to: number): void;
  /** Whether the unfinished line begins with ">": the prompt has no line end. Forgets that line. */
  takePrompt(): boolean;
  /** Forgets the unfinished line. */
  clear(): void;
}

/**
 * Lines end with CR, LF or both; empty ones are passed over, and so are octets that are not printable ASCII, which are
 * noise. `onLine(line, length)` lends `line[0..length)` and may overwrite it; length is -1 for a line that is longer.
 * Allocates 384 bytes once.
 */
export function createLineReader(onLine: (line: Uint8Array, length: number) => void): LineReader {
  const line = new Uint8Array(LINE_BYTES);
  let length = 0;
  let isLong = false;

  function add(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const octet = bytes[at];
      if (octet === 13 || octet === 10) {
        const whole = isLong ? -1 : length;
        clear();
        if (whole !== 0) onLine(line, whole);
      } else if (octet >= 0x20 && octet < 0x7f) {
        if (length < LINE_BYTES) line[length++] = octet;
        else isLong = true;
      }
    }
  }

  function takePrompt(): boolean {
    if (length === 0 || line[0] !== 0x3e) return false;
    clear();
    return true;
  }

  function clear(): void {
    length = 0;
    isLong = false;
  }

  return { add, takePrompt, clear };
}

/** The last number on the line, outside quotes: the length in `+CMT: "a, 1",23` and in `+CMT: 23` alike. -1 when there is none. */
export function lastNumber(line: Uint8Array, length: number): number {
  let end = length;
  while (end > 0 && line[end - 1] === 0x20) end--;
  let at = end;
  while (at > 0 && isDigit(line[at - 1]) && end - at < 6) at--;
  return readNumber(line, at, end);
}

/** The `index`th comma-separated field after the colon as a number, -1 when it is none. */
export function numberField(line: Uint8Array, length: number, index: number): number {
  return readNumber(line, fieldAt(line, length, index), length);
}

/** The two letters of a memory's name in the `index`th field, as one number: `"SM"` is 0x534d. 0 when there is none. */
export function memoryField(line: Uint8Array, length: number, index: number): number {
  const at = fieldAt(line, length, index);
  if (length - at < 4 || line[at] !== 0x22 || line[at + 3] !== 0x22) return 0;
  return readUint(line, at + 1, 2);
}

/** The numbers that the `index`th parenthesis lists, `(0-2,4)`, as bits; -1 when there is none. */
export function listField(line: Uint8Array, length: number, index: number): number {
  let at = 0;
  for (let opened = -1; at < length; at++) {
    if (line[at] === 0x28) opened++;
    if (opened === index) break;
  }
  if (at === length) return -1;
  let bits = 0;
  let first = -1;
  for (at++; at < length && line[at] !== 0x29; at++) {
    if (!isDigit(line[at])) continue;
    const digit = line[at] - 0x30;
    for (let i = line[at - 1] === 0x2d && first >= 0 ? first : digit; i <= digit; i++) bits |= 1 << i;
    first = digit;
  }
  return bits;
}

/** Turns the hex digits `line[0..length)` into bytes at the start of `line`; returns their number, -1 when it is not hex. */
export function decodeHexInPlace(line: Uint8Array, length: number): number {
  if (length < 2 || length % 2 !== 0) return -1;
  for (let at = 0; at < length; at++) if (nibble(line[at]) < 0) return -1;
  for (let at = 0; at < length; at += 2) line[at >> 1] = (nibble(line[at]) << 4) | nibble(line[at + 1]);
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

/** The number that the up to six digits at `at` write, -1 when there is none. */
function readNumber(line: Uint8Array, at: number, length: number): number {
  let number = -1;
  for (let i = at; i < length && i < at + 6 && isDigit(line[i]); i++)
    number = Math.max(number, 0) * 10 + line[i] - 0x30;
  return number;
}

/** The offset of a field, blanks before it passed over; `length` where there is none. */
function fieldAt(line: Uint8Array, length: number, index: number): number {
  let isQuoted = false;
  let left = -1; // until the colon
  let at = 0;
  for (; at < length && left !== 0; at++) {
    const code = line[at];
    if (left < 0) {
      if (code === 0x3a) left = index;
    } else if (code === 0x22) isQuoted = !isQuoted;
    else if (code === 0x2c && !isQuoted) left--;
  }
  while (at < length && line[at] === 0x20) at++;
  return at;
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
/** What modems say when they have started. */
const BOOT_LINES = ["rdy", "^sysstart", "+cpin: ready", "sms ready", "+qind: sms done", "pb done", "+pbready"];
