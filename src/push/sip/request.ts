/** A SIP request from a datagram: RFC 3261 §7, §8.1.1, §18.3. */
import {
  OK,
  SIP_CONTENT_LENGTH,
  SIP_HEADER,
  SIP_HEADER_MISSING,
  SIP_REPLY_LONG,
  SIP_START_LINE,
  SIP_VERSION,
} from "../../status.ts";
import {
  endOfLine,
  endOfWord,
  type HeaderLine,
  isNamed,
  isWord,
  newHeaderLine,
  readDecimal,
  readHeaderLine,
} from "../header-lines.ts";
import {
  newParameter,
  newVia,
  type Parameter,
  parametersOf,
  readParameter,
  readVia,
  skipBlanks,
  type Via,
} from "./fields.ts";
import { CALL_ID, COMPACT_NAMES, CONTENT_LENGTH, CSEQ, FROM, HEADER_NAMES, REQUIRE, TO, VIA } from "./headers.ts";

/** Via headers that an answer can repeat. Max-Forwards begins at 70 (§8.1.1.6), but no way to a device is that long. */
const VIAS_MAX = 16;

/** Spans of a request in the caller's bytes. */
export interface SipRequest {
  /** Offset of what is wrong, after a failed read. */
  at: number;
  /** All that an answer repeats was there (§8.2.6.2): the request can be answered. */
  isComplete: boolean;
  methodFrom: number;
  methodTo: number;
  uriFrom: number;
  uriTo: number;
  /** The value of each header of sip-headers.ts, two offsets each, 0 and 0 where it is absent; of Via the first. */
  spans: Int32Array;
  /** The values of the Via headers, two offsets each. */
  vias: Int32Array;
  viaCount: number;
  /** The first value of the first Via. */
  via: Via;
  hasToTag: boolean;
  bodyFrom: number;
  bodyTo: number;
  line: HeaderLine;
  parameter: Parameter;
}

export function newSipRequest(): SipRequest {
  return {
    at: 0,
    isComplete: false,
    methodFrom: 0,
    methodTo: 0,
    uriFrom: 0,
    uriTo: 0,
    spans: new Int32Array(2 * HEADER_NAMES.length),
    vias: new Int32Array(2 * VIAS_MAX),
    viaCount: 0,
    via: newVia(),
    hasToTag: false,
    bodyFrom: 0,
    bodyTo: 0,
    line: newHeaderLine(),
    parameter: newParameter(),
  };
}

/** Reads the request `bytes[from..to)` into `r`. Returns OK or a 0x3_ status with `r.at`; allocates nothing. */
export function readSipRequest(bytes: Uint8Array, from: number, to: number, r: SipRequest): number {
  r.isComplete = false;
  r.viaCount = 0;
  for (let i = 0; i < r.spans.length; i++) r.spans[i] = 0;
  const start = readStartLine(bytes, from, to, r);
  if (start === SIP_START_LINE) return start;

  let status = start;
  let found = readHeaderLine(bytes, to, r.line);
  while (found === 1) {
    if (!keepHeader(bytes, r) && status === OK) {
      r.at = r.line.nameFrom;
      status = SIP_HEADER;
    }
    found = readHeaderLine(bytes, to, r.line);
  }
  r.bodyFrom = r.line.next;
  r.bodyTo = to;
  const bad = checkHeaders(bytes, r);
  if (bad !== OK) return bad;
  r.isComplete = true;
  if (status !== OK) return status;
  if (found < 0) {
    r.at = r.line.next;
    return SIP_HEADER;
  }
  return readLength(bytes, r);
}

/** Method SP Request-URI SP SIP-Version (§7.1). */
function readStartLine(bytes: Uint8Array, from: number, to: number, r: SipRequest): number {
  r.at = from;
  const end = endOfLine(bytes, from, to);
  if (end < 0) return SIP_START_LINE;
  r.line.next = end;
  r.methodFrom = from;
  r.methodTo = endOfWord(bytes, from, end);
  r.uriFrom = r.methodTo + 1;
  r.uriTo = endOfWord(bytes, r.uriFrom, end);
  const versionTo = endOfWord(bytes, r.uriTo + 1, end);
  r.at = r.uriFrom;
  const isWhole = bytes[r.methodTo] === 0x20 && bytes[r.uriTo] === 0x20 && bytes[versionTo] < 0x20;
  if (!isWhole || r.methodTo === from || r.uriTo === r.uriFrom) return SIP_START_LINE;
  r.at = r.uriTo + 1;
  return isWord(bytes, r.at, versionTo, "sip/2.0") ? OK : SIP_VERSION;
}

/** Keeps the header in `r.line`, if it is one that is read. False for one that may be there once only (§7.3.1) and is again. */
function keepHeader(bytes: Uint8Array, r: SipRequest): boolean {
  const line = r.line;
  for (let i = 0; i < HEADER_NAMES.length; i++) {
    const isCompact =
      line.nameTo - line.nameFrom === 1 && (bytes[line.nameFrom] | 0x20) === COMPACT_NAMES.charCodeAt(i);
    if (isCompact || isNamed(bytes, line, HEADER_NAMES[i])) {
      if (i === VIA) {
        if (r.viaCount < VIAS_MAX) {
          r.vias[2 * r.viaCount] = line.valueFrom;
          r.vias[2 * r.viaCount + 1] = line.valueTo;
        }
        r.viaCount++;
      } else if (i !== REQUIRE && r.spans[2 * i] > 0) return false;
      if (i !== VIA || r.viaCount === 1) {
        r.spans[2 * i] = line.valueFrom;
        r.spans[2 * i + 1] = line.valueTo;
      }
      return true;
    }
  }
  return true;
}

/** What an answer repeats: that it is there, and well-formed as far as it is looked into. */
function checkHeaders(bytes: Uint8Array, r: SipRequest): number {
  r.at = r.line.next;
  for (let i = VIA; i <= CSEQ; i++) if (r.spans[2 * i] === r.spans[2 * i + 1]) return SIP_HEADER_MISSING;
  if (r.viaCount > VIAS_MAX) return SIP_REPLY_LONG;
  r.at = r.spans[2 * VIA];
  if (!readVia(bytes, r.at, r.spans[2 * VIA + 1], r.via, r.parameter)) return SIP_HEADER;
  r.at = r.spans[2 * FROM];
  if (parametersOf(bytes, r.at, r.spans[2 * FROM + 1]) < 0) return SIP_HEADER;
  r.at = r.spans[2 * TO];
  const p = r.parameter;
  const toEnd = r.spans[2 * TO + 1];
  p.next = parametersOf(bytes, r.at, toEnd);
  if (p.next < 0) return SIP_HEADER;
  r.hasToTag = false;
  while (readParameter(bytes, toEnd, p)) {
    if (isWord(bytes, p.nameFrom, p.nameTo, "tag")) r.hasToTag = true;
  }
  if (p.next !== toEnd) return SIP_HEADER;
  r.at = r.spans[2 * CALL_ID];

  // CSeq: number LWS method, the method being the request's own (§8.1.1.5)
  r.at = r.spans[2 * CSEQ];
  const cseqTo = r.spans[2 * CSEQ + 1];
  let at = r.at;
  while (at < cseqTo && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++;
  const methodAt = skipBlanks(bytes, at, cseqTo);
  if (at === r.at || at - r.at > 10 || methodAt === at) return SIP_HEADER;
  if (cseqTo - methodAt !== r.methodTo - r.methodFrom) return SIP_HEADER;
  for (let i = methodAt; i < cseqTo; i++) if (bytes[i] !== bytes[r.methodFrom + i - methodAt]) return SIP_HEADER;
  return OK;
}

/** Content-Length against the datagram (§18.3): more than there is, is wrong; bytes behind it are passed over. */
function readLength(bytes: Uint8Array, r: SipRequest): number {
  const at = r.spans[2 * CONTENT_LENGTH];
  if (at === 0) return OK;
  r.at = at;
  const length = readDecimal(bytes, at, r.spans[2 * CONTENT_LENGTH + 1]);
  if (length < 0 || length > r.bodyTo - r.bodyFrom) return SIP_CONTENT_LENGTH;
  r.bodyTo = r.bodyFrom + length;
  return OK;
}
