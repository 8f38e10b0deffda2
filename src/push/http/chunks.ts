/** The chunked coding (RFC 9112 §7.1), byte by byte: all of it but the data of the chunks. */
import {
  CAPITAL_A,
  CASE_BIT,
  COLON,
  CR,
  DEL,
  DIGIT_0,
  DIGIT_9,
  EQUALS,
  HT,
  LF,
  QUOTE,
  SEMICOLON,
  SPACE,
} from "../../ascii.ts";
import { HTTP_CHUNK, HTTP_HEADERS_LONG, MORE, OK, type Status } from "../../status.ts";
import { NUMBER_LONG } from "../text.ts";
import { isHttpTokenByte } from "./read.ts";

export interface Chunks {
  /** After the LF of a size line: the bytes of data that follow, which the caller takes itself. 0 after any other LF. */
  left: number;
  /** Begins the next body. */
  start(): void;
  /** Takes the next byte outside of the data. Returns MORE, OK at the end of the body, HTTP_CHUNK or HTTP_HEADERS_LONG. */
  take(byte: number): Status;
}

//  1*HEXDIG *(";" extension) CR LF  data CR LF  ...  1*"0" *(";" extension) CR LF  *(name ":" value CR LF)  CR LF
// A blank before ";" is a fault: senders must not write one (RFC 9110 §5.6.3), and llhttp refuses it too.
const SIZE = 0;
const EXTENSION = 1;
const QUOTED = 2;
const ESCAPED = 3;
const SIZE_END = 4;
const DATA_END_CR = 5;
const DATA_END_LF = 6;
const TRAILER = 7;
const NAME = 8;
const VALUE = 9;
const VALUE_END = 10;
const BODY_END = 11;

/** Digits of a chunk size that do not count against `extraMax`; more digits, extensions and trailers do. */
const DIGITS_FREE = 16;

/** `extraMax` bounds the bytes of extensions and trailers of a body; more is HTTP_HEADERS_LONG. Allocates this object once. */
export function createChunks(extraMax: number): Chunks {
  let state = SIZE;
  let digits = 0;
  let extra = 0;

  function take(byte: number): Status {
    if (state !== SIZE || digits > DIGITS_FREE) extra++;
    if (state === SIZE_END || state === DATA_END_CR || state === DATA_END_LF) extra--;
    if (extra > extraMax) return HTTP_HEADERS_LONG;
    const next = nextState(byte);
    if (next < 0) return HTTP_CHUNK;
    if (state === BODY_END) return OK;
    if (next === SIZE && state === DATA_END_LF) {
      digits = 0;
      chunks.left = 0;
    }
    state = next;
    return MORE;
  }

  /** The state after `byte`; -1 when `byte` is wrong there. */
  function nextState(byte: number): number {
    if (state === SIZE) return afterSize(byte);
    if (state === EXTENSION) {
      if (byte === CR) return SIZE_END;
      if (byte === QUOTE) return QUOTED;
      return isHttpTokenByte(byte) || byte === EQUALS || byte === SEMICOLON ? EXTENSION : -1;
    }
    if (state === QUOTED) return byte === QUOTE ? EXTENSION : byte === 0x5c ? ESCAPED : isText(byte) ? QUOTED : -1;
    if (state === ESCAPED) return isText(byte) ? QUOTED : -1;
    if (state === SIZE_END) return byte !== LF ? -1 : chunks.left > 0 ? DATA_END_CR : TRAILER;
    if (state === DATA_END_CR) return byte === CR ? DATA_END_LF : -1;
    if (state === DATA_END_LF) return byte === LF ? SIZE : -1;
    if (state === TRAILER) return byte === CR ? BODY_END : isHttpTokenByte(byte) ? NAME : -1;
    if (state === NAME) return byte === COLON ? VALUE : isHttpTokenByte(byte) ? NAME : -1;
    if (state === VALUE) return byte === CR ? VALUE_END : isText(byte) ? VALUE : -1;
    if (state === VALUE_END) return byte === LF ? TRAILER : -1;
    return byte === LF ? BODY_END : -1;
  }

  function afterSize(byte: number): number {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      digits++;
      chunks.left = Math.min(chunks.left * 16 + digit, NUMBER_LONG);
      return SIZE;
    }
    if (digits === 0) return -1;
    if (byte === CR) return SIZE_END;
    return byte === SEMICOLON ? EXTENSION : -1;
  }

  const chunks: Chunks = {
    left: 0,
    start(): void {
      state = SIZE;
      digits = 0;
      extra = 0;
      chunks.left = 0;
    },
    take,
  };
  return chunks;
}

/** Whether text may contain a byte: HT is the only control character in it. */
function isText(byte: number): boolean {
  return (byte >= SPACE && byte !== DEL) || byte === HT;
}

/** The value of a hex digit; -1 for other octets. */
function hexDigit(octet: number): number {
  if (octet >= DIGIT_0 && octet <= DIGIT_9) return octet - DIGIT_0;
  const value = ((octet - CAPITAL_A) & ~CASE_BIT) + 10;
  return value > 9 && value < 16 ? value : -1;
}
