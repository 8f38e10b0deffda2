/** The head of an HTTP request or of a message within one: RFC 9110, RFC 9112 §2 to §6. */
import {
  HTTP_CONTENT_LENGTH,
  HTTP_HEADER,
  HTTP_METHOD,
  HTTP_PATH,
  HTTP_START_LINE,
  HTTP_TRANSFER_ENCODING,
  HTTP_VERSION,
  OK,
} from "../../status.ts";
import { CONTENT_TYPE_OTHER } from "../../wire.ts";
import { DM_APPLICATION, isText, readContentType } from "../dm.ts";
import {
  endOfLine,
  endOfMediaType,
  endOfWord,
  type HeaderLine,
  isNamed,
  isSame,
  isWord,
  newHeaderLine,
  readDecimal,
  readHeaderLine,
} from "../header-lines.ts";

/** Names the state of the X-Wap-Push headers that OPTIONS answers (WAP-235). Gateways only compare it: another text where they change. */
export const CPI_TAG = "cGtnMA==";

/** What the entity is, as far as it concerns us. */
export const ENTITY_OTHER = 0;
/** Package #0 itself. */
export const ENTITY_NOTIFICATION = 1;
/** A message within the message: application/http. */
export const ENTITY_HTTP = 2;

export interface HttpHead {
  /** Offset of what is wrong, after a failed read. */
  at: number;
  isPost: boolean;
  /** The connection ends with this message: `Connection: close`, or HTTP/1.0. */
  isLast: boolean;
  isChunked: boolean;
  /** The sender waits for 100 (RFC 9110 §10.1.1). */
  isWaiting: boolean;
  /** X-Wap-CPITag: 0 absent, 1 CPI_TAG, 2 another. */
  cpi: number;
  hasOtherApplication: boolean;
  /** Content-Length, -1 when absent. */
  contentLength: number;
  /** ENTITY_*. */
  entity: number;
  /** Where the Content-Type is, or the head's end; its code where the entity is Package #0. */
  typeAt: number;
  contentType: number;
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
    bodyAt: 0,
    line: newHeaderLine(),
  };
}

/**
 * Reads the whole head `bytes[from..to)` of a request into `h`. Returns OK or, with `h.at`, a 0x4_ status: HTTP_PATH and
 * HTTP_METHOD leave the framing in `h` valid. Allocates nothing.
 */
export function readHttpRequest(bytes: Uint8Array, from: number, to: number, path: string, h: HttpHead): number {
  //  method SP request-target SP HTTP/1.x   (RFC 9112 §3)
  h.at = from;
  const end = endOfLine(bytes, from, to);
  if (end < 0) return HTTP_START_LINE;
  const methodTo = endOfWord(bytes, from, end);
  const targetTo = endOfWord(bytes, methodTo + 1, end);
  const versionTo = endOfWord(bytes, targetTo + 1, end);
  if (bytes[methodTo] !== 0x20 || methodTo === from) return HTTP_START_LINE;
  h.at = methodTo + 1;
  if (bytes[targetTo] !== 0x20 || targetTo === h.at || bytes[versionTo] >= 0x20) return HTTP_START_LINE;
  h.at = targetTo + 1;
  if (versionTo - h.at !== 8 || !isText(bytes, h.at, versionTo, "http/1.")) return HTTP_VERSION;
  const isOld = bytes[versionTo - 1] === 0x30;
  const status = readHttpHeaders(bytes, end, to, !isOld, h);
  if (status !== OK) return status;

  h.isLast = h.isLast || isOld;
  h.isWaiting = h.isWaiting && !isOld;
  h.isPost = isSame(bytes, from, methodTo, "POST");
  const isOptions = isSame(bytes, from, methodTo, "OPTIONS");
  let pathAt = methodTo + 1;
  if (isText(bytes, pathAt, targetTo, "http://")) {
    pathAt += 7; // absolute-form (RFC 9112 §3.2.2)
    while (pathAt < targetTo && bytes[pathAt] !== 0x2f) pathAt++;
  }
  let pathTo = pathAt;
  while (pathTo < targetTo && bytes[pathTo] !== 0x3f) pathTo++;
  h.at = methodTo + 1;
  if (!isSame(bytes, pathAt, pathTo, path) && !(isOptions && isSame(bytes, pathAt, pathTo, "*"))) return HTTP_PATH;
  h.at = from;
  return h.isPost || isOptions ? OK : HTTP_METHOD;
}

/**
 * Reads the header fields from `from` on into `h`, to the empty line. `needsHost` as RFC 9112 §3.2 says. Returns OK, or
 * HTTP_HEADER, HTTP_CONTENT_LENGTH, HTTP_TRANSFER_ENCODING with `h.at`.
 */
export function readHttpHeaders(bytes: Uint8Array, from: number, to: number, needsHost: boolean, h: HttpHead): number {
  h.isLast = false;
  h.isChunked = false;
  h.isWaiting = false;
  h.cpi = 0;
  h.hasOtherApplication = false;
  h.contentLength = -1;
  h.entity = ENTITY_OTHER;
  h.typeAt = 0;
  h.contentType = CONTENT_TYPE_OTHER;
  let hosts = 0;
  let isEncoded = false;
  const line = h.line;
  line.next = from;
  let found = readHeaderLine(bytes, to, line);
  while (found === 1) {
    const value = line.valueFrom;
    const valueTo = line.valueTo;
    h.at = line.nameFrom;
    if (bytes[line.nameTo] !== 0x3a) return HTTP_HEADER; // RFC 9112 §5.1
    if (isNamed(bytes, line, "host")) hosts++;
    else if (isNamed(bytes, line, "content-length")) {
      if (h.contentLength >= 0) return HTTP_CONTENT_LENGTH;
      h.at = value;
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
    } else if (isNamed(bytes, line, "content-encoding")) isEncoded = !isWord(bytes, value, valueTo, "identity");
    else if (isNamed(bytes, line, "connection")) h.isLast = h.isLast || hasWord(bytes, value, valueTo, "close");
    else if (isNamed(bytes, line, "expect")) h.isWaiting = isWord(bytes, value, valueTo, "100-continue");
    else if (isNamed(bytes, line, "x-wap-application-id")) {
      h.hasOtherApplication = !isWord(bytes, value, valueTo, DM_APPLICATION) && !isWord(bytes, value, valueTo, "7");
    } else if (isNamed(bytes, line, "x-wap-cpitag")) {
      h.cpi = isSame(bytes, value, valueTo, CPI_TAG) ? 1 : 2;
    }
    found = readHeaderLine(bytes, to, line);
  }
  h.at = line.next;
  h.bodyAt = line.next;
  if (found < 0 || hosts > 1 || (needsHost && hosts === 0)) return HTTP_HEADER;
  if (h.typeAt === 0) h.typeAt = line.next;
  if (isEncoded) h.entity = ENTITY_OTHER;
  return h.isChunked && h.contentLength >= 0 ? HTTP_CONTENT_LENGTH : OK; // both: RFC 9112 §6.3 reads it as an attack
}

/** Whether the comma-separated list `bytes[from..to)` has `word` in it, given in lower case. */
function hasWord(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  let at = from;
  while (at < to) {
    while (at < to && (bytes[at] <= 0x20 || bytes[at] === 0x2c)) at++;
    const wordFrom = at;
    while (at < to && bytes[at] > 0x20 && bytes[at] !== 0x2c) at++;
    if (isWord(bytes, wordFrom, at, word)) return true;
  }
  return false;
}
