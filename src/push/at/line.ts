/** Cuts the answers of an AT modem into lines (V.250, 3GPP TS 27.007), and reads what they say. */
import {
  CAPITAL_A,
  CASE_BIT,
  COLON,
  COMMA,
  CR,
  DIGIT_0,
  DIGIT_9,
  GREATER_THAN,
  LF,
  QUOTE,
  SPACE,
  TILDE,
} from "../../ascii.ts";
import { utf8Text } from "../../notification/utf8.ts";
import { isText } from "../dm.ts";
import { LINE_BYTES } from "./pdu.ts";

/**
 * A line that is arriving or whole: `octets[0..count)`. In a line of hex digits, `octets` has two of the `count` digits each.
 * Of a line that is too long, nothing is right but isLong.
 */
export interface Line {
  octets: Uint8Array;
  count: number;
  isHex: boolean;
  isWhole: boolean;
  /**
   * Takes octets of `bytes[from..to)` until the line is whole; returns the offset after them. After a whole line a new one
   * begins. A line ends with CR, LF or both. Empty lines, blanks at either end and between hex digits, and octets that are
   * not printable ASCII (noise) are ignored. The prompt has no line end (27.005 §4.3), so ">" at the beginning of a line is a
   * whole line. With `expectsHex`, a line that begins now and has an even number of hex digits is decoded as it arrives.
   */
  add(bytes: Uint8Array, from: number, to: number, expectsHex: boolean): number;
  isLong(): boolean;
  /** What the line says, by its beginning; a beginning of one or two octets is the whole line. -1 when it says nothing. */
  says(): number;
  /**
   * The number before a comma of the line, counted from 1, such as <stat> before the second of `+CMGL: 3,1,,23`; with
   * `comma` 0 the number at the end, outside quotes, such as the length in `+CMT: "a, 1",23` and in `+CMT: 23`. -1 when
   * anything but digits stands there, or more of them than any modem has.
   */
  numberBefore(comma: number): number;
  /** The two letters of the last memory that the line names in quotes, such as `SM` in `+CMTI: "SM",3`; "" when there is none. */
  lastMemory(): string;
}

/** What a line says: an index of BEGINNINGS, or the first of several that mean the same. */
export const SAYS_CMGL = 0;
export const SAYS_CMTI = 1;
export const SAYS_CMT = 2;
export const SAYS_PROMPT = 3;
export const SAYS_CPMS = 4;
export const SAYS_COMMAND = 5;
export const SAYS_BOOT = 6;
export const SAYS_OK = 13;
export const SAYS_ERROR = 15;

/**
 * How lines begin that say something to the driver. targets/sms-modem.md says which modem sends which. Digits
 * are the codes before ATV1 (V.250 §5.7.1). NA is Samsung's.
 */
const BEGINNINGS = [
  "+cmgl:",
  "+cmti:",
  "+cmt:",
  ">",
  "+cpms:",
  "at+",
  "rdy",
  "^sysstart",
  "+cpin: ready",
  "sms ready",
  "+qind: sms done",
  "pb done",
  "+pbready",
  "ok",
  "0",
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
  "na",
  "3",
  "4",
  "6",
  "7",
  "8",
];

/** No index, length or capacity of a modem is as large. */
const NUMBER_MAX = 99999;

/** Allocates the octets of the line. */
export function createLine(): Line {
  const octets = new Uint8Array(LINE_BYTES);

  function add(bytes: Uint8Array, from: number, to: number, expectsHex: boolean): number {
    let count = line.isWhole ? 0 : Math.min(line.count, LINE_BYTES + 1);
    let isHex = count === 0 ? expectsHex : line.isHex;
    let pair = octets[count >> 1]; // what has arrived of an octet
    let isWhole = false;
    let at = from;
    while (at < to && !isWhole) {
      const octet = bytes[at++];
      if (isHex) {
        // in a function, it would take as many instructions again in QuickJS (measured)
        const digit = octet <= DIGIT_9 ? octet - DIGIT_0 : ((octet - CAPITAL_A) & ~CASE_BIT) + 10;
        if ((digit & ~15) === 0) {
          pair = count % 2 === 0 ? digit << 4 : pair | digit;
          if (count < LINE_BYTES) octets[count >> 1] = pair;
          count++;
          continue;
        }
      }
      const isEnd = octet === CR || octet === LF;
      const isIgnored = octet === SPACE ? isHex || count === 0 : octet < SPACE || octet > TILDE;
      if (isEnd ? count === 0 : isIgnored) continue;
      if (isHex && (!isEnd || count % 2 !== 0)) {
        undoHex(count);
        isHex = false;
      }
      isWhole = isEnd;
      if (!isEnd) {
        if (count < LINE_BYTES) octets[count] = octet;
        count++;
        isWhole = octet === GREATER_THAN && count === 1;
      }
    }
    if (isWhole && !isHex) while (count <= LINE_BYTES && octets[count - 1] === SPACE) count--;
    line.count = count;
    line.isHex = isHex;
    line.isWhole = isWhole;
    return at;
  }

  /** Turns `count` digits that were decoded back into text, in place. */
  function undoHex(count: number): void {
    for (let i = Math.min(count, LINE_BYTES) - 1; i >= 0; i--) {
      const digit = (octets[i >> 1] >> (i % 2 === 0 ? 4 : 0)) & 15;
      octets[i] = digit + (digit < 10 ? DIGIT_0 : CAPITAL_A - 10);
    }
  }

  function isLong(): boolean {
    return line.count > LINE_BYTES;
  }

  function says(): number {
    for (let i = 0; i < BEGINNINGS.length; i++) {
      const text = BEGINNINGS[i];
      if ((text.length > 2 || line.count === text.length) && isText(octets, 0, line.count, text)) return i;
    }
    return -1;
  }

  function numberBefore(comma: number): number {
    let number = -1;
    let left = comma;
    let last = 0;
    for (let i = 0; i < line.count; i++) {
      const octet = octets[i];
      if (octet === COMMA && --left === 0) break;
      if (octet === COMMA || octet === COLON) number = -1;
      else if (octet !== SPACE) {
        const digit = octet - DIGIT_0;
        const isNext = digit >= 0 && digit < 10 && (number < 0 || last !== SPACE);
        number = isNext ? Math.min(Math.max(number, 0) * 10 + digit, NUMBER_MAX) : NUMBER_MAX;
      }
      last = octet;
    }
    return left > 0 || number === NUMBER_MAX ? -1 : number;
  }

  function lastMemory(): string {
    let at = line.count - 1;
    while (at >= 0 && octets[at] !== QUOTE) at--;
    return at > 2 && octets[at - 3] === QUOTE ? utf8Text(octets, at - 2, at) : "";
  }

  const line: Line = { octets, count: 0, isHex: false, isWhole: false, add, isLong, says, numberBefore, lastMemory };
  return line;
}
