/**
 * Values of SIP headers and their parameters: RFC 3261 §7.3.1, §20.10, §20.42 (Via), §25.1. Results are spans of the
 * caller's bytes.
 */
import {
  AT,
  BACKSLASH,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  COMMA,
  CR,
  DEL,
  EQUALS,
  GREATER_THAN,
  HT,
  LESS_THAN,
  LF,
  QUESTION,
  QUOTE,
  SEMICOLON,
  SLASH,
  SPACE,
} from "../../ascii.ts";
import { isSpace } from "../header-lines.ts";
import { isAlphanumeric, isTokenByte, isVisible, isWord, readDecimal } from "../text.ts";

/** The default port of SIP over UDP (§19.1.2). */
export const SIP_PORT = 5060;
/** The beginning of every branch (§8.1.1.7). */
export const BRANCH_COOKIE = "z9hG4bK";
/** CSeq is less than 2^31 (§8.1.1.5). */
const CSEQ_MAX = 2147483647;

/** One value of a Via header. */
export interface SipVia {
  /** sent-by without its port. */
  hostFrom: number;
  hostTo: number;
  /** The port of sent-by, or 5060 (§18.2.2). */
  port: number;
  /** The offset after the name of an `rport` parameter that has no value (RFC 3581 §4); 0 without such a parameter. */
  rportAt: number;
  /** The offset at which the value ends: at a comma, or at the end of the header. 0 when its parameters are malformed. */
  to: number;
}

export function newSipVia(): SipVia {
  return { hostFrom: 0, hostTo: 0, port: SIP_PORT, rportAt: 0, to: 0 };
}

/** A parameter `;name=value`. The span of the value excludes its quotes, and is empty when the parameter has no value. */
export interface SipParameter {
  nameFrom: number;
  nameTo: number;
  valueFrom: number;
  valueTo: number;
  /** The offset after the parameter and the blanks that follow it. */
  next: number;
}

export function newSipParameter(): SipParameter {
  return { nameFrom: 0, nameTo: 0, valueFrom: 0, valueTo: 0, next: 0 };
}

/**
 * Reads one value of the Via header `bytes[from..to)` into `via`, with `p` as scratch. False when the value has no sent-by:
 * no answer can be sent then. True with `via.to` 0 when something after sent-by is malformed.
 */
export function readSipVia(bytes: Uint8Array, from: number, to: number, via: SipVia, p: SipParameter): boolean {
  //  SIP / 2.0 / UDP  host : port ;parameters ,   with blanks between any two of these (§25.1, via-parm)
  let at = from;
  for (let i = 0; i < 3; i++) {
    const wordFrom = at;
    while (at < to && isTokenByte(bytes[at])) at++;
    if (i === 0 && !isWord(bytes, wordFrom, at, "sip")) return false;
    if (i === 1 && !isWord(bytes, wordFrom, at, "2.0")) return false;
    if (at === wordFrom) return false;
    const wordTo = at;
    at = skipSpaces(bytes, at, to);
    if (i === 2 && at === wordTo) return false;
    if (i < 2) {
      if (at >= to || bytes[at] !== SLASH) return false;
      at = skipSpaces(bytes, at + 1, to);
    }
  }
  via.hostFrom = at;
  at = endOfHost(bytes, at, to);
  via.hostTo = at;
  if (at === via.hostFrom) return false;
  via.port = SIP_PORT;
  at = skipSpaces(bytes, at, to);
  if (at < to && bytes[at] === COLON) {
    const portAt = skipSpaces(bytes, at + 1, to);
    at = endOfDigits(bytes, portAt, to);
    via.port = readDecimal(bytes, portAt, at);
    if (via.port < 1 || via.port > 65535) return false;
  }
  via.rportAt = 0;
  p.next = at;
  while (readSipParameter(bytes, to, p)) {
    if (isWord(bytes, p.nameFrom, p.nameTo, "rport") && p.valueFrom === p.valueTo) via.rportAt = p.nameTo;
  }
  via.to = p.next === to || bytes[p.next] === COMMA ? p.next : 0;
  return true;
}

/**
 * Reads the parameter at `p.next` into `p`, and moves `p.next` past it and the blanks that follow. False when there is no
 * parameter at `p.next`: it is at the end, at a comma, or at a byte that is wrong.
 */
export function readSipParameter(bytes: Uint8Array, to: number, p: SipParameter): boolean {
  let at = skipSpaces(bytes, p.next, to);
  p.next = at;
  if (at >= to || bytes[at] !== SEMICOLON) return false;
  at = skipSpaces(bytes, at + 1, to);
  p.nameFrom = at;
  while (at < to && isTokenByte(bytes[at])) at++;
  p.nameTo = at;
  at = readSipValue(bytes, at, to, p);
  if (at < 0 || p.nameFrom === p.nameTo) return false;
  p.next = at;
  return true;
}

/**
 * Reads `=value` at `from` into `p`; an absent value gives an empty span. Returns the offset after the value and the blanks
 * that follow; -1 for a quote that does not end, and for an `=` without a value.
 */
export function readSipValue(bytes: Uint8Array, from: number, to: number, p: SipParameter): number {
  let at = skipSpaces(bytes, from, to);
  p.valueFrom = at;
  p.valueTo = at;
  if (at >= to || bytes[at] !== EQUALS) return at;
  at = skipSpaces(bytes, at + 1, to);
  p.valueFrom = at;
  if (at < to && bytes[at] === QUOTE) {
    const end = endOfQuote(bytes, at, to);
    if (end < 0) return -1;
    p.valueFrom = at + 1;
    p.valueTo = end - 1;
    return skipSpaces(bytes, end, to);
  }
  while (at < to && isVisible(bytes[at]) && !isSeparator(bytes[at])) at++;
  p.valueTo = at;
  return at === p.valueFrom ? -1 : skipSpaces(bytes, at, to);
}

/** A URI within a header. */
export interface SipAddress {
  uriFrom: number;
  uriTo: number;
  /** The offset at which the parameters of the header begin, or at which the header ends. */
  next: number;
}

export function newSipAddress(): SipAddress {
  return { uriFrom: 0, uriTo: 0, next: 0 };
}

/**
 * Reads the value of a From or To header, or one value of a Contact header, up to its parameters (§20.10). False when it is
 * malformed.
 */
export function readSipAddress(bytes: Uint8Array, from: number, to: number, a: SipAddress): boolean {
  //  "display name" <uri>    display name <uri>    uri, which ends at ; , ? or a blank
  let at = skipSpaces(bytes, from, to);
  if (at < to && bytes[at] === QUOTE) {
    at = endOfQuote(bytes, at, to);
    if (at < 0) return false;
    at = skipSpaces(bytes, at, to);
    if (at >= to || bytes[at] !== LESS_THAN) return false;
  } else {
    const nameAt = at;
    while (at < to && (isTokenByte(bytes[at]) || isSpace(bytes[at]))) at++;
    if (at >= to || bytes[at] !== LESS_THAN) {
      at = nameAt;
      while (at < to && isVisible(bytes[at]) && !isSeparator(bytes[at]) && bytes[at] !== QUESTION) at++;
      a.uriFrom = nameAt;
      a.uriTo = at;
      a.next = skipSpaces(bytes, at, to);
      return hasScheme(bytes, nameAt, at);
    }
  }
  a.uriFrom = at + 1;
  at++;
  while (
    at < to &&
    isVisible(bytes[at]) &&
    bytes[at] !== GREATER_THAN &&
    bytes[at] !== LESS_THAN &&
    bytes[at] !== QUOTE
  )
    at++;
  a.uriTo = at;
  if (at >= to || bytes[at] !== GREATER_THAN || !hasScheme(bytes, a.uriFrom, at)) return false;
  a.next = skipSpaces(bytes, at + 1, to);
  return true;
}

/** Whether `bytes[from..to)` is a scheme, a colon and something more (RFC 3986 §3.1). */
export function hasScheme(bytes: Uint8Array, from: number, to: number): boolean {
  if (from >= to || !isAlphanumeric(bytes[from]) || bytes[from] < AT) return false;
  let at = from;
  while (at < to && (isAlphanumeric(bytes[at]) || bytes[at] === 0x2b || bytes[at] === 0x2d || bytes[at] === 0x2e)) at++;
  return at < to - 1 && bytes[at] === COLON;
}

/**
 * The offset of the "?" at which the headers of a SIP URI begin (§19.1.1); `to` when it has no headers. The user part may
 * contain a "?" too, so only one after the last "@" counts.
 */
export function endOfSipUri(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  for (let at = to - 1; at >= from && bytes[at] !== AT; at--) if (bytes[at] === QUESTION) end = at;
  return end;
}

/**
 * Whether two SIP URIs name the same user, host and port (§19.1.4). A registrar may write our URI differently, so the host
 * is compared without regard to case, an absent port equals 5060, and parameters and headers are ignored.
 */
export function isSameSipUri(bytes: Uint8Array, from: number, to: number, other: Uint8Array): boolean {
  const end = endOfCore(bytes, from, to);
  const otherEnd = endOfCore(other, 0, other.length);
  const hostAt = hostOf(bytes, from, end);
  const otherHostAt = hostOf(other, 0, otherEnd);
  if (hostAt - from !== otherHostAt || end - hostAt !== otherEnd - otherHostAt) return false;
  for (let i = 0; i < end - from; i++) {
    const isInUser = i < otherHostAt && i >= 4;
    if (isInUser ? bytes[from + i] !== other[i] : lower(bytes[from + i]) !== lower(other[i])) return false;
  }
  return true;
}

/** The offset at which `scheme:user@host:port` ends; a port of 5060 is left out. */
function endOfCore(bytes: Uint8Array, from: number, to: number): number {
  let at = hostOf(bytes, from, to);
  at = endOfHost(bytes, at, to);
  if (at >= to || bytes[at] !== COLON) return at;
  const end = endOfDigits(bytes, at + 1, to);
  return readDecimal(bytes, at + 1, end) === SIP_PORT ? at : end;
}

/** The offset at which the host of `scheme:user@host` begins. */
function hostOf(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== COLON) at++;
  let host = at + 1;
  for (at = to - 1; at >= host; at--) if (bytes[at] === AT) host = at + 1;
  return Math.min(host, to);
}

function lower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 32 : code;
}

/** The offset after the name, IPv4 address or [IPv6] address at `from`. */
function endOfHost(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  if (at < to && bytes[at] === BRACKET_OPEN) {
    while (at < to && bytes[at] !== BRACKET_CLOSE) at++;
    return at < to ? at + 1 : from;
  }
  while (at < to && (isAlphanumeric(bytes[at]) || bytes[at] === 0x2d || bytes[at] === 0x2e || bytes[at] === 0x5f)) at++;
  return at;
}

function endOfDigits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++;
  return at;
}

/**
 * The offset after the quoted string at `from`; -1 when it does not end, or contains a control character that is not escaped
 * (§25.1).
 */
export function endOfQuote(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from + 1; at < to; at++) {
    const code = bytes[at];
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) {
      at++;
      if (at < to && (bytes[at] === CR || bytes[at] === LF || bytes[at] > DEL)) return -1;
    } else if (code === DEL || (code < SPACE && code !== HT && code !== CR && code !== LF)) return -1;
  }
  return -1;
}

/** The offset after the blanks and line ends at `from`: LWS (§25.1). */
export function skipSpaces(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(bytes[at])) at++;
  return at;
}

/** Whether a byte ends the value of a parameter, or a URI without < > around it. */
function isSeparator(code: number): boolean {
  return code === SEMICOLON || code === COMMA || code === QUOTE || code === LESS_THAN || code === GREATER_THAN;
}

/** The offset at which the method of the CSeq `bytes[from..to)` begins; -1 without a number below 2^31 (§8.1.1.5). */
export function skipCSeqNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] > SPACE) at++;
  const number = readDecimal(bytes, from, at);
  return number < 0 || number > CSEQ_MAX ? -1 : skipSpaces(bytes, at, to);
}
