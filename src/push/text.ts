/** Texts in bytes, for the text-based protocols: one character a byte, 0 to 255. */
import { BACKSLASH, DEL, DIGIT_0, GREATER_THAN, LESS_THAN, QUOTE, SPACE } from "../ascii.ts";
import { type EndOrMinusStatus, FIELD_BUFFER } from "../status.ts";
import { isText } from "./dm.ts";

/** readDecimal returns it for a number above 2^32 - 1. */
export const NUMBER_LONG = 4294967296;

/** Whether `bytes[from..to)` is `word`. `word` is lower case; letters in `bytes` may be of either case. */
export function isWord(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  return to - from === word.length && isText(bytes, from, to, word);
}

/** Whether `bytes[from..to)` is `text`, including the case of each letter. */
export function isExactly(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false;
  return true;
}

/**
 * The value of the decimal digits `bytes[from..to)` (1*DIGIT in RFC 9110 §8.6 and RFC 3261 §25.1); they may be many and
 * begin with zeros. NUMBER_LONG for a value above 2^32 - 1, -1 when a byte is no digit or there is none.
 */
export function readDecimal(bytes: Uint8Array, from: number, to: number): number {
  if (to <= from) return -1;
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at] - DIGIT_0;
    if (digit < 0 || digit > 9) return -1;
    number = Math.min(number * 10 + digit, NUMBER_LONG);
  }
  return number;
}

/**
 * Whether a token of SIP may contain a byte: letters, digits and `-.!%*_+\`'~` (RFC 3261 §25.1). A token of HTTP also takes
 * `#$&^|` (RFC 9110 §5.6.2).
 */
export function isTokenByte(code: number): boolean {
  if (isAlphanumeric(code)) return true;
  return (
    code === 0x2d || // -
    code === 0x2e || // .
    code === 0x21 || // !
    code === 0x25 || // %
    code === 0x2a || // *
    code === 0x5f || // _
    code === 0x2b || // +
    code === 0x60 || // `
    code === 0x27 || // '
    code === 0x7e //   ~
  );
}

export function isAlphanumeric(code: number): boolean {
  const letter = code | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (code >= DIGIT_0 && code < DIGIT_0 + 10);
}

/** Whether a byte is a visible ASCII character, not a blank or control character. */
export function isVisible(code: number): boolean {
  return code > SPACE && code < DEL;
}

/** Whether `text` can stand in a line of a message as one word: visible ASCII without < > and " */
export function isWordText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!isVisible(code) || code === QUOTE || code === LESS_THAN || code === GREATER_THAN) return false;
  }
  return text.length > 0;
}

/** Whether `text` can stand between quotes without escapes: it has no quote, no backslash and no control character. */
export function isQuotableText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < SPACE || code === DEL || code > 255 || code === QUOTE || code === BACKSLASH) return false;
  }
  return true;
}

/** `bytes[from..to)` as a string, one character a byte. Allocates it. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]);
  return text;
}

/**
 * Writes `text`, characters up to 255, to `out` from `at` on. Returns the offset after it, or -FIELD_BUFFER. A negative `at`
 * is returned as it is, so that a caller can write a message by a chain of calls and check only the last result.
 */
export function writeText(text: string, out: Uint8Array, at: EndOrMinusStatus): EndOrMinusStatus {
  if (at < 0) return at;
  if (out.length - at < text.length) return -FIELD_BUFFER;
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Writes `bytes[from..to)` to `out` from `at` on. Returns as writeText does. */
export function writeBytes(
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: EndOrMinusStatus,
): EndOrMinusStatus {
  if (at < 0) return at;
  if (out.length - at < to - from) return -FIELD_BUFFER;
  for (let i = from; i < to; i++) out[at + i - from] = bytes[i];
  return at + to - from;
}

/** Writes a whole number of 0 to 2^32 - 1 in decimal. Returns as writeText does. */
export function writeDecimal(number: number, out: Uint8Array, at: EndOrMinusStatus): EndOrMinusStatus {
  let digits = 1;
  for (let n = number; n >= 10; n = Math.floor(n / 10)) digits++;
  if (at < 0) return at;
  if (out.length - at < digits) return -FIELD_BUFFER;
  let rest = number;
  for (let i = at + digits - 1; i >= at; i--) {
    out[i] = DIGIT_0 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return at + digits;
}
