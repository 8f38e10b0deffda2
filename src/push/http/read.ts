/**
 * Reads the heads of HTTP messages (RFC 9110, RFC 9112 §2 to §6): requests, the message inside an application/http body, and
 * the answers to a POST.
 */
import { COLON, CR, DEL, HT, QUESTION, SLASH, SPACE } from "../../ascii.ts";
import {
  HTTP_CONTENT_LENGTH,
  HTTP_HEADER,
  HTTP_METHOD,
  HTTP_PATH,
  HTTP_START_LINE,
  HTTP_TRANSFER_ENCODING,
  HTTP_VERSION,
  OK,
  type Status,
} from "../../status.ts";
import { CONTENT_TYPE_OTHER, type ContentType } from "../../wire.ts";
import { DM_APPLICATION, isText, readContentType } from "../dm.ts";
import {
  endOfLine,
  endOfMediaType,
  endOfWord,
  type HeaderLine,
  isNamed,
  LINE_EMPTY,
  LINE_FIELD,
  newHeaderLine,
  readHeaderLine,
} from "../header-lines.ts";
import { isExactly, isTokenByte, isVisible, isWord, readDecimal } from "../text.ts";

/**
 * The tag of the abilities that we answer to OPTIONS (WAP-235). Gateways only compare it, so change it whenever ABILITIES in
 * write.ts changes.
 */
export const CPI_TAG = "cGtnMA==";

/** The entity is none that concerns us. */
export const ENTITY_OTHER = 0;
/** The entity is Package #0. */
export const ENTITY_NOTIFICATION = 1;
/** The entity is a message itself: application/http. */
export const ENTITY_HTTP = 2;

export interface HttpHead {
  /** The offset of the fault, after a failed read. */
  at: number;
  isPost: boolean;
  /** The connection ends with this message: `Connection: close`, or HTTP/1.0. */
  isLast: boolean;
  isChunked: boolean;
  /** The sender waits for the answer 100 before it sends the body (RFC 9110 §10.1.1). */
  isWaiting: boolean;
  /** X-Wap-CPITag: 0 absent, 1 equal to CPI_TAG, 2 different. */
  cpi: number;
  hasOtherApplication: boolean;
  /** Content-Length; -1 when absent. */
  contentLength: number;
  /** ENTITY_*. */
  entity: number;
  /** The offset of the Content-Type, or of the end of the head without one. */
  typeAt: number;
  contentType: ContentType;
  isEncoded: boolean;
  hosts: number;
  /** Offset after the head. */
  bodyAt: number;
  line: HeaderLine;
}

export function newHttpHead(): HttpHead {
  return {
    at: 0,
    isPost: false,
    isLast: false,
    isChunked: false,
    isWaiting: false,
    cpi: 0,
    hasOtherApplication: false,
    contentLength: -1,
    entity: ENTITY_OTHER,
    typeAt: 0,
    contentType: CONTENT_TYPE_OTHER,
    isEncoded: false,
    hosts: 0,
    bodyAt: 0,
    line: newHeaderLine(),
  };
}

/**
 * Reads the whole head `bytes[from..to)` of a request into `h`. Returns OK, or a 0x4_ status with the offset of the fault in
 * `h.at`. After HTTP_PATH and HTTP_METHOD the framing in `h` is valid all the same. Allocates nothing.
 */
export function readHttpRequest(bytes: Uint8Array, from: number, to: number, path: string, h: HttpHead): Status {
  //  method SP request-target SP HTTP/1.x CR LF   (RFC 9112 §3)
  h.at = from;
  const end = endOfHttpLine(bytes, from, to);
  if (end < 0) return HTTP_START_LINE;
  const methodTo = endOfWord(bytes, from, end);
  const targetTo = endOfWord(bytes, methodTo + 1, end);
  const versionTo = end - 2;
  if (bytes[methodTo] !== SPACE || !isHttpToken(bytes, from, methodTo)) return HTTP_START_LINE;
  h.at = methodTo + 1;
  if (bytes[targetTo] !== SPACE || targetTo === h.at) return HTTP_START_LINE;
  for (let i = h.at; i < targetTo; i++) if (!isVisible(bytes[i])) return HTTP_START_LINE;
  h.at = targetTo + 1;
  const isOld = isExactly(bytes, h.at, versionTo, "HTTP/1.0");
  if (!isOld && !isExactly(bytes, h.at, versionTo, "HTTP/1.1")) {
    return isText(bytes, h.at, versionTo, "http/") ? HTTP_VERSION : HTTP_START_LINE;
  }
  const status = readHttpHeaders(bytes, end, to, h);
  if (status !== OK) return status;
  h.at = h.bodyAt;
  if (h.hosts > 1 || (!isOld && h.hosts === 0)) return HTTP_HEADER; // RFC 9112 §3.2
  if (isOld && h.isChunked) return HTTP_HEADER; // a transfer coding in HTTP/1.0: its framing is faulty (RFC 9112 §6.1)

  h.isLast = h.isLast || isOld;
  h.isWaiting = h.isWaiting && !isOld;
  h.isPost = isExactly(bytes, from, methodTo, "POST");
  const isOptions = isExactly(bytes, from, methodTo, "OPTIONS");
  h.at = methodTo + 1;
  if (!isPath(bytes, h.at, targetTo, path) && !(isOptions && isExactly(bytes, h.at, targetTo, "*"))) return HTTP_PATH;
  h.at = from;
  return h.isPost || isOptions ? OK : HTTP_METHOD;
}

/**
 * Whether the request-target `bytes[from..to)`, in origin-form or absolute-form (RFC 9112 §3.2), names `path`. A query is
 * ignored.
 */
function isPath(bytes: Uint8Array, from: number, to: number, path: string): boolean {
  let pathAt = from;
  if (isText(bytes, from, to, "http://")) {
    pathAt += 7;
    while (pathAt < to && bytes[pathAt] !== SLASH) pathAt++;
  }
  let pathTo = pathAt;
  while (pathTo < to && bytes[pathTo] !== QUESTION) pathTo++;
  return isExactly(bytes, pathAt, pathTo, path);
}

/**
 * Reads the header fields from `from` on into `h`, to the empty line. Returns OK; or HTTP_HEADER, HTTP_CONTENT_LENGTH or
 * HTTP_TRANSFER_ENCODING with the offset of the fault in `h.at`.
 */
export function readHttpHeaders(bytes: Uint8Array, from: number, to: number, h: HttpHead): Status {
  h.isLast = false;
  h.isChunked = false;
  h.isWaiting = false;
  h.cpi = 0;
  h.hasOtherApplication = false;
  h.contentLength = -1;
  h.entity = ENTITY_OTHER;
  h.typeAt = 0;
  h.contentType = CONTENT_TYPE_OTHER;
  h.isEncoded = false;
  h.hosts = 0;
  const line = h.line;
  line.next = from;
  let found = readHeaderLine(bytes, to, line);
  while (found === LINE_FIELD) {
    h.at = line.nameFrom;
    if (!isHttpField(bytes, line)) return HTTP_HEADER;
    const status = keepField(bytes, h);
    if (status !== OK) return status;
    found = readHeaderLine(bytes, to, line);
  }
  h.at = line.next;
  h.bodyAt = line.next;
  if (found !== LINE_EMPTY || bytes[line.next - 2] !== CR) return HTTP_HEADER;
  if (h.typeAt === 0) h.typeAt = line.next;
  if (h.isEncoded) h.entity = ENTITY_OTHER;
  return h.isChunked && h.contentLength >= 0 ? HTTP_CONTENT_LENGTH : OK; // both may be an attack (RFC 9112 §6.3)
}

/** Keeps the value of the header field in `h.line`, if `h` has a place for it. */
function keepField(bytes: Uint8Array, h: HttpHead): Status {
  const line = h.line;
  const value = line.valueFrom;
  const valueTo = line.valueTo;
  if (isNamed(bytes, line, "host")) {
    h.hosts++;
    for (let at = value; at < valueTo; at++) if (!isVisible(bytes[at]) || bytes[at] === SLASH) return HTTP_HEADER;
  } else if (isNamed(bytes, line, "content-length")) {
    h.at = value;
    if (h.contentLength >= 0) return HTTP_CONTENT_LENGTH;
    h.contentLength = readDecimal(bytes, value, valueTo);
    if (h.contentLength < 0) return HTTP_CONTENT_LENGTH;
  } else if (isNamed(bytes, line, "transfer-encoding")) {
    h.at = value;
    if (h.isChunked || !isWord(bytes, value, valueTo, "chunked")) return HTTP_TRANSFER_ENCODING;
    h.isChunked = true;
  } else if (isNamed(bytes, line, "content-type")) {
    if (h.typeAt > 0) return HTTP_HEADER;
    h.typeAt = value;
    const typeTo = endOfMediaType(bytes, value, valueTo);
    h.contentType = readContentType(bytes, value, typeTo);
    if (h.contentType !== CONTENT_TYPE_OTHER) h.entity = ENTITY_NOTIFICATION;
    else if (isWord(bytes, value, typeTo, "application/http")) h.entity = ENTITY_HTTP;
  } else if (isNamed(bytes, line, "content-encoding")) {
    h.isEncoded = h.isEncoded || !isWord(bytes, value, valueTo, "identity");
  } else if (isNamed(bytes, line, "connection")) h.isLast = h.isLast || hasWord(bytes, value, valueTo, "close");
  else if (isNamed(bytes, line, "expect")) h.isWaiting = isWord(bytes, value, valueTo, "100-continue");
  else if (isNamed(bytes, line, "x-wap-application-id")) {
    const isDm = isWord(bytes, value, valueTo, DM_APPLICATION) || isWord(bytes, value, valueTo, "7");
    h.hasOtherApplication = h.hasOtherApplication || !isDm;
  } else if (isNamed(bytes, line, "x-wap-cpitag")) h.cpi = isExactly(bytes, value, valueTo, CPI_TAG) ? 1 : 2;
  return OK;
}

/** The offset after the CR LF that follows `from`; -1 for an LF without CR, or a control character before them. */
function endOfHttpLine(bytes: Uint8Array, from: number, to: number): number {
  const end = endOfLine(bytes, from, to);
  return end > from + 1 && isPrintable(bytes, from, end - 2) && bytes[end - 2] === CR ? end : -1;
}

/**
 * Whether a header field is well-formed in HTTP: a token, a colon without a blank before it, a value without control
 * characters and folds, CR LF (RFC 9112 §5).
 */
function isHttpField(bytes: Uint8Array, line: HeaderLine): boolean {
  if (!isHttpToken(bytes, line.nameFrom, line.nameTo) || bytes[line.nameTo] !== COLON) return false;
  return isPrintable(bytes, line.nameTo, line.next - 2) && bytes[line.next - 2] === CR;
}

/** Whether `bytes[from..to)` has no control character but HT. */
function isPrintable(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (bytes[at] < SPACE ? bytes[at] !== HT : bytes[at] === DEL) return false;
  }
  return true;
}

function isHttpToken(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isHttpTokenByte(bytes[at])) return false;
  return from < to;
}

/** tchar (RFC 9110 §5.6.2): a byte of a SIP token, or one of # $ & ^ | */
export function isHttpTokenByte(code: number): boolean {
  if (isTokenByte(code)) return true;
  return code === 0x23 || code === 0x24 || code === 0x26 || code === 0x5e || code === 0x7c;
}

/** Whether the comma-separated list `bytes[from..to)` contains `word`, which is lower case; the list may be in either case. */
function hasWord(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  let at = from;
  while (at < to) {
    while (at < to && (bytes[at] <= SPACE || bytes[at] === 0x2c)) at++;
    const wordFrom = at;
    while (at < to && bytes[at] > SPACE && bytes[at] !== 0x2c) at++;
    if (isWord(bytes, wordFrom, at, word)) return true;
  }
  return false;
}

/** The device's answer to a POST. */
export interface HttpAnswer {
  /** 200 to 599. */
  code: number;
  /** X-Wap-Push-Status: 400 for accepted, 256 for accepted when the device's abilities have changed; 0 when absent. */
  pushStatus: number;
}

/**
 * Reads the whole head of a response, `bytes[from..to)` with the empty line at its end, into `answer`. Returns OK,
 * HTTP_START_LINE or HTTP_HEADER. Lines may end in LF without CR (RFC 9112 §2.2), and may be folded.
 */
export function readHttpAnswer(
  bytes: Uint8Array,
  from: number,
  to: number,
  answer: HttpAnswer,
  line: HeaderLine,
): Status {
  const end = endOfLine(bytes, from, to);
  if (end < 0 || !isHttpStatusLine(bytes, from, end)) return HTTP_START_LINE;
  answer.code = readDecimal(bytes, from + 9, from + 12);
  answer.pushStatus = 0;
  line.next = end;
  let found = readHeaderLine(bytes, to, line);
  while (found === LINE_FIELD) {
    if (isNamed(bytes, line, "x-wap-push-status")) {
      let digitsTo = line.valueFrom;
      while (digitsTo < line.valueTo && bytes[digitsTo] > SPACE) digitsTo++;
      answer.pushStatus = Math.max(0, readDecimal(bytes, line.valueFrom, digitsTo));
    }
    found = readHeaderLine(bytes, to, line);
  }
  return found === LINE_EMPTY ? OK : HTTP_HEADER;
}

/** Whether `bytes[from..end)` is the status line of a response with a code of 100 to 599 (RFC 9112 §4). */
export function isHttpStatusLine(bytes: Uint8Array, from: number, end: number): boolean {
  //  HTTP/1.x SP code SP reason
  if (end - from < 13 || !isText(bytes, from, end, "http/1.") || bytes[from + 8] !== SPACE) return false;
  const code = readDecimal(bytes, from + 9, from + 12);
  return code >= 100 && code <= 599 && bytes[from + 12] <= SPACE;
}
