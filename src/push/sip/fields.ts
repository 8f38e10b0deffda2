/** Fields of SIP headers that carry parameters: RFC 3261 §7.3.1, §20.42 (Via), §25.1. Spans of the caller's bytes. */
import { isWord, readDecimal } from "../header-lines.ts";

/** The first value of a Via header. */
export interface Via {
  /** sent-by without its port. */
  hostFrom: number;
  hostTo: number;
  /** The port of sent-by, or 5060 (§18.2.2). */
  port: number;
  /** Offset after the name of an `rport` parameter without a value (RFC 3581 §4); 0 without one. */
  rportAt: number;
  /** Where the value ends: at a comma, or with the header. */
  to: number;
}

export function newVia(): Via {
  return { hostFrom: 0, hostTo: 0, port: 5060, rportAt: 0, to: 0 };
}

/** A parameter `;name=value`; the value without its quotes, empty where there is none. */
export interface Parameter {
  nameFrom: number;
  nameTo: number;
  valueFrom: number;
  valueTo: number;
  /** Offset after it. */
  next: number;
}

export function newParameter(): Parameter {
  return { nameFrom: 0, nameTo: 0, valueFrom: 0, valueTo: 0, next: 0 };
}

/** Reads the first value of the Via header `bytes[from..to)` into `via`, with `p` as scratch. False when it is not one. */
export function readVia(bytes: Uint8Array, from: number, to: number, via: Via, p: Parameter): boolean {
  //  SIP / 2.0 / UDP  host : port ;parameters ,   with blanks where they please (§25.1, via-parm)
  let at = from;
  for (let i = 0; i < 3; i++) {
    const wordFrom = at;
    while (at < to && isTokenByte(bytes[at])) at++;
    if (i === 0 && !isWord(bytes, wordFrom, at, "sip")) return false;
    if (i === 1 && !isWord(bytes, wordFrom, at, "2.0")) return false;
    if (at === wordFrom) return false;
    at = skipBlanks(bytes, at, to);
    if (i < 2) {
      if (at >= to || bytes[at] !== 0x2f) return false;
      at = skipBlanks(bytes, at + 1, to);
    }
  }
  via.hostFrom = at;
  if (at < to && bytes[at] === 0x5b) while (at < to && bytes[at] !== 0x5d) at++;
  while (at < to && bytes[at] > 0x20 && bytes[at] !== 0x3a && bytes[at] !== 0x3b && bytes[at] !== 0x2c) at++;
  via.hostTo = at;
  if (at === via.hostFrom) return false;
  via.port = 5060;
  at = skipBlanks(bytes, at, to);
  if (at < to && bytes[at] === 0x3a) {
    const portAt = skipBlanks(bytes, at + 1, to);
    at = portAt;
    while (at < to && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++;
    via.port = readDecimal(bytes, portAt, at);
    if (via.port < 1 || via.port > 65535) return false;
  }
  via.rportAt = 0;
  p.next = at;
  while (readParameter(bytes, to, p)) {
    if (isWord(bytes, p.nameFrom, p.nameTo, "rport") && p.valueFrom === p.valueTo) via.rportAt = p.nameTo;
  }
  via.to = p.next;
  return via.to === to || bytes[via.to] === 0x2c;
}

/**
 * Reads the parameter at `p.next`, and moves `p.next` behind it and the blanks after it. False where there is none:
 * `p.next` is then the end, a comma, or what is wrong.
 */
export function readParameter(bytes: Uint8Array, to: number, p: Parameter): boolean {
  let at = skipBlanks(bytes, p.next, to);
  if (at < to && bytes[at] === 0x3b) {
    at = skipBlanks(bytes, at + 1, to);
    p.nameFrom = at;
    while (at < to && isTokenByte(bytes[at])) at++;
    p.nameTo = at;
    at = readValue(bytes, at, to, p);
    if (at < 0 || p.nameFrom === p.nameTo) return false;
    p.next = at;
    return true;
  }
  p.next = at;
  return false;
}

/** Reads `=value` at `at` into `p`, or nothing. Returns the offset after it and the blanks that follow, -1 for a quote that does not end. */
export function readValue(bytes: Uint8Array, from: number, to: number, p: Parameter): number {
  let at = skipBlanks(bytes, from, to);
  p.valueFrom = at;
  p.valueTo = at;
  if (at >= to || bytes[at] !== 0x3d) return at;
  at = skipBlanks(bytes, at + 1, to);
  p.valueFrom = at;
  if (at < to && bytes[at] === 0x22) {
    const end = endOfQuote(bytes, at, to);
    if (end < 0) return -1;
    p.valueFrom = at + 1;
    p.valueTo = end - 1;
    return skipBlanks(bytes, end, to);
  }
  while (at < to && bytes[at] > 0x20 && bytes[at] !== 0x3b && bytes[at] !== 0x2c) at++;
  p.valueTo = at;
  return skipBlanks(bytes, at, to);
}

/** The offset of the parameters of a From, To or Contact value (§20.10): after `<...>`, or at the first ";"; -1 when it is malformed. */
export function parametersOf(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = bytes[at];
    if (code === 0x22) {
      at = endOfQuote(bytes, at, to);
      if (at < 0) return -1;
    } else if (code === 0x3c) {
      while (at < to && bytes[at] !== 0x3e) at++;
      return at < to ? at + 1 : -1;
    } else at++;
  }
  at = from;
  while (at < to && bytes[at] !== 0x3b && bytes[at] !== 0x2c) at++;
  return at;
}

/** The offset after the quoted string at `at`, -1 when it does not end. */
function endOfQuote(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from + 1; at < to; at++) {
    if (bytes[at] === 0x5c) at++;
    else if (bytes[at] === 0x22) return at + 1;
  }
  return -1;
}

/** LWS (§25.1): blanks, and the line ends of folded lines. */
export function skipBlanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d || bytes[at] === 0x0a)) at++;
  return at;
}

/** The bytes of a token (§25.1), taken widely: all that is visible and separates nothing. */
function isTokenByte(code: number): boolean {
  return (
    code > 0x20 && code < 0x7f && code !== 0x2f && code !== 0x3b && code !== 0x3d && code !== 0x2c && code !== 0x3a
  );
}
