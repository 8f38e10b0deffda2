/** The answers of an AT modem, cut into lines (V.250, 3GPP TS 27.007), and the little that is read out of them. */
import { COMMA, CR, DIGIT_0, DIGIT_9, GREATER_THAN, hexDigit, LF, QUOTE, SPACE, TILDE } from "../../ascii.ts";
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

export function isLong(l: Line): boolean {
  return l.count > LINE_BYTES;
}

/**
 * Takes an octet; returns whether the line ends with it. A line ends with CR, LF or both. Empty lines do not count, nor do
 * blanks at either end, nor octets that are not printable ASCII: those are noise. The prompt has no line end
 * (27.005 §4.3): ">" is a line when one begins with it.
 */
export function addOctet(l: Line, octet: number): boolean {
  if (octet >= SPACE && octet <= TILDE && (octet !== SPACE || l.count > 0)) {
    if (l.count < LINE_BYTES) l.octets[l.count] = octet;
    l.count++;
  }
  if (l.count === 0 || (octet !== CR && octet !== LF && (octet !== GREATER_THAN || l.count > 1))) return false;
  while (l.count <= LINE_BYTES && l.octets[l.count - 1] === SPACE) l.count--;
  return true;
}

/** Whether the line begins with `text`, which is lower case. */
export function says(l: Line, text: string): boolean {
  return isText(l.octets, 0, l.count, text);
}

/** The number that up to six digits from `at` on write, blanks before them passed over; -1 when there is none. */
export function numberAt(l: Line, at: number): number {
  let start = at;
  while (start < l.count && l.octets[start] === SPACE) start++;
  let number = -1;
  for (let i = start; i < l.count && i < start + 6 && isDigit(l.octets[i]); i++)
    number = Math.max(number, 0) * 10 + l.octets[i] - DIGIT_0;
  return number;
}

/** The number after the first comma: <stat> in `+CMGL: 3,1,,23`. -1 when there is none. */
export function secondNumber(l: Line): number {
  let at = 0;
  while (at < l.count && l.octets[at] !== COMMA) at++;
  return numberAt(l, at + 1);
}

/** The number at the end, outside quotes: the length in `+CMT: "a, 1",23` and in `+CMT: 23` alike. -1 when there is none. */
export function lastNumber(l: Line): number {
  let at = l.count;
  while (at > 0 && isDigit(l.octets[at - 1])) at--;
  return numberAt(l, at);
}

/** The two letters of the last memory that the line names in quotes: `SM` in `+CMTI: "SM",3`. "" when there is none. */
export function lastMemory(l: Line): string {
  let at = l.count - 1;
  while (at >= 0 && l.octets[at] !== QUOTE) at--;
  if (at < 3 || l.octets[at - 3] !== QUOTE) return "";
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
    const octet = (hexDigit(l.octets[at]) << 4) | hexDigit(l.octets[at + 1]);
    if (octet < 0) return -1;
    l.octets[at >> 1] = octet;
  }
  return length >> 1;
}

function isDigit(octet: number): boolean {
  return octet >= DIGIT_0 && octet <= DIGIT_9;
}

/** Whether the line is the final result code of a command that went well. */
export function isOk(l: Line): boolean {
  return says(l, "ok") ? l.count === 2 : l.count === 1 && l.octets[0] === DIGIT_0;
}

/** Whether it is one that ends a command without success. targets/sms-modem.md says who sends which. */
export function isError(l: Line): boolean {
  // V.250 §5.7.1: digits until ATV1. Samsung's NA is short for others' words.
  return saysAny(l, ERRORS) || (l.count < 3 && saysAny(l, SHORT_ERRORS));
}

/** Whether a modem says that it has started. */
export function isBoot(l: Line): boolean {
  return saysAny(l, BOOT_LINES);
}

function saysAny(l: Line, texts: string[]): boolean {
  for (let i = 0; i < texts.length; i++) if (says(l, texts[i])) return true;
  return false;
}

const SHORT_ERRORS = ["na", "3", "4", "6", "7", "8"];
const ERRORS = [
  "error",
  "+cms error",
  "+cme error",
  "+ext error",
  "modem error",
  "command not support",
  "too many parameters",
  "no carrier",
  "no answer",
  "no dial",
  "busy",
];
const BOOT_LINES = ["rdy", "^sysstart", "+cpin: ready", "sms ready", "+qind: sms done", "pb done", "+pbready"];
