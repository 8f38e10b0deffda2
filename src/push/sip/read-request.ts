/** SIP requests from datagrams (RFC 3261 §7.1, §8.1.1, §18.3). */
import { COMMA, LESS_THAN, SPACE } from "../../ascii.ts";
import {
  OK,
  SIP_CONTENT_LENGTH,
  SIP_HEADER,
  SIP_HEADER_MISSING,
  SIP_START_LINE,
  SIP_VERSION,
  type Status,
} from "../../status.ts";
import { isText } from "../dm.ts";
import {
  endOfLine,
  endOfWord,
  type HeaderLine,
  isBlank,
  LINE_BAD,
  LINE_EMPTY,
  newHeaderLine,
  readHeaderLine,
} from "../header-lines.ts";
import { isTokenByte, isVisible, isWord, readDecimal } from "../text.ts";
import {
  endOfSipUri,
  hasScheme,
  newSipAddress,
  newSipParameter,
  newSipVia,
  readSipAddress,
  readSipParameter,
  readSipVia,
  type SipAddress,
  type SipParameter,
  type SipVia,
  skipCSeqNumber,
  skipSpaces,
} from "./fields.ts";
import {
  HEADER_CALL_ID,
  HEADER_CONTENT_LENGTH,
  HEADER_CSEQ,
  HEADER_FROM,
  HEADER_MAX_FORWARDS,
  HEADER_NAMES,
  HEADER_REQUIRE,
  HEADER_TO,
  HEADER_VIA,
  HEADERS_MANDATORY,
} from "./headers.ts";
import { nextSipField, sipHeaderOf, skipSipLine } from "./lines.ts";

/** Max-Forwards is at most 255 (§20.22). */
const MAX_FORWARDS_MAX = 255;

/** A SIP request: spans of the caller's bytes. */
export interface SipRequest {
  /** The offset of the fault, after a failed read. */
  at: number;
  /** The request can be answered: its first line is that of a SIP request, and its first Via tells where an answer goes. */
  isAnswerable: boolean;
  methodFrom: number;
  methodTo: number;
  uriFrom: number;
  uriTo: number;
  /** The offsets at which the headers begin and end. */
  headersFrom: number;
  headersTo: number;
  /**
   * The value of each header of headers.ts, as two offsets; both are 0 when the header is absent. A repeated header has the
   * span of its first value.
   */
  spans: Int32Array;
  /** The first value of the first Via. */
  via: SipVia;
  /** The tag of From; empty when it has none. */
  fromTagFrom: number;
  fromTagTo: number;
  hasToTag: boolean;
  bodyFrom: number;
  bodyTo: number;
  line: HeaderLine;
  parameter: SipParameter;
  address: SipAddress;
  otherVia: SipVia;
}

export function newSipRequest(): SipRequest {
  return {
    at: 0,
    isAnswerable: false,
    methodFrom: 0,
    methodTo: 0,
    uriFrom: 0,
    uriTo: 0,
    headersFrom: 0,
    headersTo: 0,
    spans: new Int32Array(2 * HEADER_NAMES.length),
    via: newSipVia(),
    fromTagFrom: 0,
    fromTagTo: 0,
    hasToTag: false,
    bodyFrom: 0,
    bodyTo: 0,
    line: newHeaderLine(),
    parameter: newSipParameter(),
    address: newSipAddress(),
    otherVia: newSipVia(),
  };
}

/**
 * Reads the request `bytes[from..to)` into `r`. A fault does not end the reading, because a faulty request must be answered
 * too. Returns OK, or the 0x3_ status of the first fault with its offset in `r.at`. Allocates nothing.
 */
export function readSipRequest(bytes: Uint8Array, from: number, to: number, r: SipRequest): Status {
  r.isAnswerable = false;
  r.fromTagFrom = 0;
  r.fromTagTo = 0;
  r.hasToTag = false;
  r.bodyFrom = to;
  r.bodyTo = to;
  for (let i = 0; i < r.spans.length; i++) r.spans[i] = 0;
  const start = readStartLine(bytes, from, to, r);
  if (r.headersFrom === 0) return start;

  const startAt = r.at;
  const lines = readHeaders(bytes, to, r);
  const linesAt = r.at;
  r.isAnswerable = r.spans[2 * HEADER_VIA] > 0 && readTopVia(bytes, r);
  if (start !== OK) {
    r.at = startAt;
    return start;
  }
  if (!r.isAnswerable) {
    r.at = r.spans[2 * HEADER_VIA] > 0 ? r.spans[2 * HEADER_VIA] : r.headersTo;
    return r.spans[2 * HEADER_VIA] > 0 ? SIP_HEADER : SIP_HEADER_MISSING;
  }
  if (lines !== OK) {
    r.at = linesAt;
    return lines;
  }
  const status = checkValues(bytes, r);
  return status === OK ? readLength(bytes, r) : status;
}

/**
 * Method SP Request-URI SP SIP-Version (§7.1). `r.headersFrom` is 0 when the line does not end in a SIP version: then it is
 * no SIP request.
 */
function readStartLine(bytes: Uint8Array, from: number, to: number, r: SipRequest): Status {
  r.at = from;
  r.headersFrom = 0;
  r.methodFrom = from;
  r.methodTo = from;
  r.uriFrom = from;
  r.uriTo = from;
  const end = endOfLine(bytes, from, to);
  if (end < 0) return SIP_START_LINE;
  let lineTo = end;
  while (lineTo > from && bytes[lineTo - 1] <= SPACE) lineTo--;
  let versionAt = lineTo;
  while (versionAt > from && bytes[versionAt - 1] > SPACE) versionAt--;
  if (!isText(bytes, versionAt, lineTo, "sip/") || !isTokenByte(bytes[from])) return SIP_START_LINE;
  r.headersFrom = end;
  r.methodTo = endOfWord(bytes, from, end);
  r.uriFrom = r.methodTo + 1;
  r.uriTo = endOfWord(bytes, r.uriFrom, end);
  r.at = lineTo;
  if (!isLineEnd(bytes[lineTo])) return SIP_START_LINE; // blanks after the version
  for (let at = from; at < r.methodTo; at++) {
    r.at = at;
    if (!isTokenByte(bytes[at])) return SIP_START_LINE;
  }
  r.at = r.uriFrom;
  if (bytes[r.methodTo] !== SPACE || bytes[r.uriTo] !== SPACE || r.uriTo + 1 !== versionAt) return SIP_START_LINE;
  if (!isUri(bytes, r.uriFrom, r.uriTo)) return SIP_START_LINE;
  r.at = versionAt;
  return isWord(bytes, versionAt, lineTo, "sip/2.0") ? OK : SIP_VERSION;
}

function isLineEnd(code: number): boolean {
  return code < SPACE && !isBlank(code);
}

/** Whether the span is a Request-URI: of any scheme, without < > (§7.1); a SIP URI has no headers there (§19.1.1). */
function isUri(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isVisible(bytes[at]) || bytes[at] === LESS_THAN) return false;
  const isSip = isText(bytes, from, to, "sip:") || isText(bytes, from, to, "sips:");
  if (isSip && endOfSipUri(bytes, from, to) < to) return false;
  return hasScheme(bytes, from, to);
}

/** Keeps the headers from `r.headersFrom` to the empty line, and skips lines that are malformed. */
function readHeaders(bytes: Uint8Array, to: number, r: SipRequest): Status {
  const line = r.line;
  line.next = r.headersFrom;
  let status: Status = OK;
  let at = 0;
  let found = readHeaderLine(bytes, to, line);
  while (found !== LINE_EMPTY) {
    const lineAt = line.next;
    const isBad = found === LINE_BAD;
    if (isBad && !skipSipLine(bytes, to, line)) {
      r.headersTo = to;
      r.at = status === OK ? lineAt : at;
      return SIP_HEADER;
    }
    if ((isBad || !keepHeader(bytes, r)) && status === OK) {
      status = SIP_HEADER;
      at = isBad ? lineAt : line.nameFrom;
    }
    found = readHeaderLine(bytes, to, line);
  }
  r.headersTo = line.next;
  r.bodyFrom = line.next;
  r.at = at;
  return status;
}

/** Keeps the header in `r.line` if headers.ts names it. False for a repeated header that may appear only once (§7.3.1). */
function keepHeader(bytes: Uint8Array, r: SipRequest): boolean {
  const header = sipHeaderOf(bytes, r.line);
  if (header < 0) return true;
  if (r.spans[2 * header] > 0) return header === HEADER_VIA || header === HEADER_REQUIRE;
  r.spans[2 * header] = r.line.valueFrom;
  r.spans[2 * header + 1] = r.line.valueTo;
  return true;
}

function readTopVia(bytes: Uint8Array, r: SipRequest): boolean {
  return readSipVia(bytes, r.spans[2 * HEADER_VIA], r.spans[2 * HEADER_VIA + 1], r.via, r.parameter);
}

/** Checks that the mandatory headers (§8.1.1) are there and well-formed. */
function checkValues(bytes: Uint8Array, r: SipRequest): Status {
  for (let i = 0; i < HEADERS_MANDATORY; i++) {
    r.at = r.headersTo;
    if (r.spans[2 * i] === 0) return SIP_HEADER_MISSING;
  }
  if (!checkVias(bytes, r)) return SIP_HEADER;
  r.at = r.spans[2 * HEADER_FROM];
  if (!readParty(bytes, r, HEADER_FROM)) return SIP_HEADER;
  r.at = r.spans[2 * HEADER_TO];
  if (!readParty(bytes, r, HEADER_TO)) return SIP_HEADER;

  r.at = r.spans[2 * HEADER_CALL_ID];
  const callIdTo = r.spans[2 * HEADER_CALL_ID + 1];
  if (r.at === callIdTo) return SIP_HEADER;
  for (let at = r.at; at < callIdTo; at++) if (!isVisible(bytes[at]) || bytes[at] === COMMA) return SIP_HEADER;

  // CSeq: number LWS method; the method must be that of the first line (§8.1.1.5)
  r.at = r.spans[2 * HEADER_CSEQ];
  const cseqTo = r.spans[2 * HEADER_CSEQ + 1];
  const at = skipCSeqNumber(bytes, r.at, cseqTo);
  if (at < 0) return SIP_HEADER;
  if (cseqTo - at !== r.methodTo - r.methodFrom) return SIP_HEADER;
  for (let i = at; i < cseqTo; i++) if (bytes[i] !== bytes[r.methodFrom + i - at]) return SIP_HEADER;

  r.at = r.spans[2 * HEADER_MAX_FORWARDS];
  const hops = readDecimal(bytes, r.at, r.spans[2 * HEADER_MAX_FORWARDS + 1]);
  return hops < 0 || hops > MAX_FORWARDS_MAX ? SIP_HEADER : OK;
}

/** Checks every value of every Via. */
function checkVias(bytes: Uint8Array, r: SipRequest): boolean {
  const line = r.line;
  line.next = r.headersFrom;
  while (nextSipField(bytes, r.headersTo, line)) {
    if (sipHeaderOf(bytes, line) !== HEADER_VIA) continue;
    let at = line.valueFrom;
    r.otherVia.to = at;
    while (at <= line.valueTo) {
      r.at = at;
      at = skipSpaces(bytes, at, line.valueTo);
      if (!readSipVia(bytes, at, line.valueTo, r.otherVia, r.parameter) || r.otherVia.to === 0) return false;
      at = r.otherVia.to + 1;
    }
  }
  return true;
}

/** Reads From or To, and its tag. False when it is malformed. */
function readParty(bytes: Uint8Array, r: SipRequest, header: number): boolean {
  const to = r.spans[2 * header + 1];
  const p = r.parameter;
  if (!readSipAddress(bytes, r.spans[2 * header], to, r.address)) return false;
  p.next = r.address.next;
  while (readSipParameter(bytes, to, p)) {
    if (!isWord(bytes, p.nameFrom, p.nameTo, "tag")) continue;
    if (header === HEADER_TO) r.hasToTag = true;
    else {
      r.fromTagFrom = p.valueFrom;
      r.fromTagTo = p.valueTo;
    }
  }
  return p.next === to;
}

/** Compares Content-Length with the datagram (§18.3): a length beyond its end is a fault; bytes after the body are ignored. */
function readLength(bytes: Uint8Array, r: SipRequest): Status {
  const at = r.spans[2 * HEADER_CONTENT_LENGTH];
  if (at === 0) return OK;
  r.at = at;
  const length = readDecimal(bytes, at, r.spans[2 * HEADER_CONTENT_LENGTH + 1]);
  if (length < 0 || length > r.bodyTo - r.bodyFrom) return SIP_CONTENT_LENGTH;
  r.bodyTo = r.bodyFrom + length;
  return OK;
}
