/** Lines of text as SIP (RFC 3261 §7.3) and HTTP (RFC 9112 §5) share them: reading header fields, writing messages. */
import { FIELD_BUFFER } from "../status.ts";
import { isText } from "./dm.ts";

/** One header field: spans of the caller's bytes. The value has no blanks around it; folded, it has line ends in it. */
export interface HeaderLine {
  nameFrom: number;
  nameTo: number;
  valueFrom: number;
  valueTo: number;
  /** Where the next line begins; the caller sets it to the first one. */
  next: number;
}

export function newHeaderLine(): HeaderLine {
  return { nameFrom: 0, nameTo: 0, valueFrom: 0, valueTo: 0, next: 0 };
}

/**
 * Reads the header field at `line.next`, with the lines it is folded over. Returns 1 and moves `line.next` behind it; 0
 * at the empty line that ends the headers, with `line.next` behind that; -1 where there is neither, `line.next` unmoved.
 */
export function readHeaderLine(bytes: Uint8Array, to: number, line: HeaderLine): number {
  let at = line.next;
  if (at < to && (bytes[at] === 0x0d || bytes[at] === 0x0a)) {
    const after = endOfLine(bytes, at, to);
    if (after < 0) return -1;
    line.next = after;
    return 0;
  }
  line.nameFrom = at;
  while (at < to && bytes[at] > 0x20 && bytes[at] < 0x7f && bytes[at] !== 0x3a) at++;
  line.nameTo = at;
  while (at < to && isBlank(bytes[at])) at++; // HCOLON (RFC 3261 §25.1)
  if (at === line.nameFrom || at >= to || bytes[at] !== 0x3a) return -1;

  line.valueFrom = at + 1;
  let end = endOfLine(bytes, at, to);
  while (end > 0 && end < to && isBlank(bytes[end])) end = endOfLine(bytes, end, to);
  if (end < 0) return -1;
  line.next = end;
  line.valueTo = end;
  while (line.valueFrom < line.valueTo && bytes[line.valueFrom] <= 0x20) line.valueFrom++;
  while (line.valueFrom < line.valueTo && bytes[line.valueTo - 1] <= 0x20) line.valueTo--;
  return 1;
}

/** The offset after the line end that follows `at`: CR LF, or LF alone (RFC 9112 §2.2); -1 when there is none, or a NUL or a CR alone before it. */
export function endOfLine(bytes: Uint8Array, at: number, to: number): number {
  for (let i = at; i < to; i++) {
    const code = bytes[i];
    if (code === 0x0a) return i + 1;
    if (code === 0 || (code === 0x0d && (i + 1 >= to || bytes[i + 1] !== 0x0a))) return -1;
  }
  return -1;
}

/** The offset of the blank or line end after the word at `from`, never behind the last byte of the line that ends at `end`. */
export function endOfWord(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end - 1 && bytes[at] > 0x20) at++;
  return at < end ? at : end - 1;
}

/** Whether the field has the name `name`, given in lower case. */
export function isNamed(bytes: Uint8Array, line: HeaderLine, name: string): boolean {
  return isWord(bytes, line.nameFrom, line.nameTo, name);
}

/** Whether `bytes[from..to)` is `word`, given in lower case, in letters of either case. */
export function isWord(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  return to - from === word.length && isText(bytes, from, to, word);
}

/** Whether `bytes[from..to)` is `text`, to the case of each letter. */
export function isSame(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The end of the media type at `from`: what comes before parameters, blanks and line ends. */
export function endOfMediaType(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] > 0x20 && bytes[at] !== 0x3b) at++;
  return at;
}

/** The decimal number that `bytes[from..to)` is, of at most 9 digits; -1 when it is not one. */
export function readDecimal(bytes: Uint8Array, from: number, to: number): number {
  if (to <= from || to - from > 9) return -1;
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * Writes `text`, characters up to 255, to `out` from `at` on. Returns the offset after it, or -FIELD_BUFFER; a negative
 * `at` is handed on, so that a message is written in one chain and checked once.
 */
export function writeText(text: string, out: Uint8Array, at: number): number {
  if (at < 0) return at;
  if (out.length - at < text.length) return -FIELD_BUFFER;
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** The characters 0 to 255 that `bytes[from..to)` are. Allocates the string. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]);
  return text;
}

/** Whether `text` can stand in a line of a message as one word: visible ASCII, and none of <>" */
export function isWordText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f || code === 0x22 || code === 0x3c || code === 0x3e) return false;
  }
  return text.length > 0;
}

/** Writes `bytes[from..to)` as writeText does a text. */
export function writeSpan(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  if (at < 0) return at;
  if (out.length - at < to - from) return -FIELD_BUFFER;
  for (let i = from; i < to; i++) out[at + i - from] = bytes[i];
  return at + to - from;
}

/** Writes a whole number of 0 to 999999999 in decimal, as writeText does a text. */
export function writeDecimal(number: number, out: Uint8Array, at: number): number {
  let digits = 1;
  for (let n = number; n >= 10; n = Math.floor(n / 10)) digits++;
  if (at < 0) return at;
  if (out.length - at < digits) return -FIELD_BUFFER;
  let rest = number;
  for (let i = at + digits - 1; i >= at; i--) {
    out[i] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return at + digits;
}
