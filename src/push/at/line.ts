/** Cuts the answers of an AT modem into lines (V.250, 3GPP TS 27.007), and reads numbers and names in them. */
import { COMMA, CR, DIGIT_0, DIGIT_9, GREATER_THAN, hexDigit, LF, QUOTE, SPACE, TILDE } from "../../ascii.ts";
import { isText } from "../dm.ts";

/** A PDU line has up to 2 x (12 + 164) digits. */
const LINE_BYTES = 384;

/** A line that is arriving or complete: `octets[0..count)`. Only `count` is right for a line that is too long. */
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
 * Takes an octet; returns whether the line is complete. A line ends with CR, LF or both. Empty lines, blanks at either end,
 * and octets that are not printable ASCII (noise) are ignored. The prompt has no line end (27.005 §4.3), so ">" at the
 * beginning of a line is a complete line.
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

/** The number of up to six digits at `at`, after optional blanks; -1 when there is none. */
export function numberAt(l: Line, at: number): number {
  let start = at;
  while (start < l.count && l.octets[start] === SPACE) start++;
  let number = -1;
  for (let i = start; i < l.count && i < start + 6 && isDigit(l.octets[i]); i++)
    number = Math.max(number, 0) * 10 + l.octets[i] - DIGIT_0;
  return number;
}

/** The number after the first comma, such as <stat> in `+CMGL: 3,1,,23`; -1 when there is none. */
export function secondNumber(l: Line): number {
  let at = 0;
  while (at < l.count && l.octets[at] !== COMMA) at++;
  return numberAt(l, at + 1);
}

/** The number at the end, outside quotes, such as the length in `+CMT: "a, 1",23` and in `+CMT: 23`; -1 when there is none. */
export function lastNumber(l: Line): number {
  let at = l.count;
  while (at > 0 && isDigit(l.octets[at - 1])) at--;
  return numberAt(l, at);
}

/** The two letters of the last memory that the line names in quotes, such as `SM` in `+CMTI: "SM",3`; "" when there is none. */
export function lastMemory(l: Line): string {
  let at = l.count - 1;
  while (at >= 0 && l.octets[at] !== QUOTE) at--;
  if (at < 3 || l.octets[at - 3] !== QUOTE) return "";
  return String.fromCharCode(l.octets[at - 2]) + String.fromCharCode(l.octets[at - 1]);
}

/**
 * Turns the line's hex digits into octets, at the start of the line. Returns their number, or -1 when the line is not hex;
 * then the line is unchanged unless it begins with two hex digits.
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

/** Whether the line is the final result code of a command that succeeded. */
export function isOk(l: Line): boolean {
  return says(l, "ok") ? l.count === 2 : l.count === 1 && l.octets[0] === DIGIT_0;
}

/** Whether the line is the final result code of a command that failed. targets/sms-modem.md says which modem sends which. */
export function isError(l: Line): boolean {
  // Digits are the codes before ATV1 (V.250 §5.7.1). NA is Samsung's.
  return saysAny(l, ERRORS) || (l.count < 3 && saysAny(l, SHORT_ERRORS));
}

/** Whether the line announces that the modem has started. */
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
