/** What an AT modem sends, cut into lines (V.250, 3GPP TS 27.007), and the little that is read out of them. */
import { isText } from "../dm.ts";

/** A PDU line has up to 2 x (12 + 164) digits. */
const LINE_BYTES = 384;

/** A line that is arriving or has arrived: `octets[0..count)`; of one that is too long only the count is true. */
export interface Line {
  octets: Uint8Array;
  count: number;
}

export function newLine(): Line {
  return { octets: new Uint8Array(LINE_BYTES), count: 0 };
}

/**
 * Takes an octet; whether the line ends with it. Lines end with CR, LF or both; empty ones are passed over, and so are
 * octets that are not printable ASCII, which are noise. The prompt has no line end (27.005 §4.3): ">" is a line where one
 * begins with it.
 */
export function addOctet(l: Line, octet: number): boolean {
  if (octet >= 0x20 && octet < 0x7f) {
    if (l.count < LINE_BYTES) l.octets[l.count] = octet;
    l.count++;
  }
  return l.count > 0 && (octet === 13 || octet === 10 || (octet === 0x3e && l.count === 1));
}

/** Whether the line begins with `text`, which is lower case. */
export function says(l: Line, text: string): boolean {
  return isText(l.octets, 0, l.count, text);
}

/** The number that up to six digits from `at` on write, blanks before them passed over; -1 when there is none. */
export function numberAt(l: Line, at: number): number {
  let start = at;
  while (start < l.count && l.octets[start] === 0x20) start++;
  let number = -1;
  for (let i = start; i < l.count && i < start + 6 && isDigit(l.octets[i]); i++)
    number = Math.max(number, 0) * 10 + l.octets[i] - 0x30;
  return number;
}

/** The number at the end, outside quotes: the length in `+CMT: "a, 1",23` and in `+CMT: 23` alike. -1 when there is none. */
export function lastNumber(l: Line): number {
  let at = l.count;
  while (at > 0 && l.octets[at - 1] === 0x20) at--;
  while (at > 0 && isDigit(l.octets[at - 1])) at--;
  return numberAt(l, at);
}

/** The two letters of the last memory that the line names in quotes: `SM` in `+CMTI: "SM",3`. "" when there is none. */
export function lastMemory(l: Line): string {
  let at = l.count - 1;
  while (at >= 0 && l.octets[at] !== 0x22) at--;
  if (at < 3 || l.octets[at - 3] !== 0x22) return "";
  return String.fromCharCode(l.octets[at - 2]) + String.fromCharCode(l.octets[at - 1]);
}

/**
 * Turns the line's hex digits into octets at its start; returns their number, -1 when it is not hex, and then the
 * line is still whole unless it begins with two digits.
 */
export function decodeHexInPlace(l: Line): number {
  const length = l.count;
  if (length % 2 !== 0) return -1;
  for (let at = 0; at < length; at += 2) {
    const octet = (nibble(l.octets[at]) << 4) | nibble(l.octets[at + 1]);
    if (octet < 0) return -1;
    l.octets[at >> 1] = octet;
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
export function isError(l: Line): boolean {
  return (l.count === 5 && says(l, "error")) || saysAny(l, ERRORS);
}

/** Whether a modem says that it has started. */
export function isBoot(l: Line): boolean {
  return saysAny(l, BOOT_LINES);
}

function saysAny(l: Line, texts: string[]): boolean {
  for (let i = 0; i < texts.length; i++) if (says(l, texts[i])) return true;
  return false;
}

const ERRORS = ["+cms error", "+cme error"];
const BOOT_LINES = ["rdy", "^sysstart", "+cpin: ready", "sms ready", "+qind: sms done", "pb done", "+pbready"];
