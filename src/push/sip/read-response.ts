/** SIP responses from datagrams (RFC 3261 §7.2, §17.1.3). */
import { SEMICOLON, SPACE } from "../../ascii.ts";
import { isSpanIn } from "../../bytes.ts";
import { OK, SIP_RESPONSE, type Status } from "../../status.ts";
import { isText } from "../dm.ts";
import { endOfLine, type HeaderLine, newHeaderLine } from "../header-lines.ts";
import { isExactly, isWord, readDecimal } from "../text.ts";
import { BRANCH_COOKIE, newSipParameter, readSipParameter, type SipParameter, skipCSeqNumber } from "./fields.ts";
import { HEADER_CSEQ, HEADER_VIA } from "./headers.ts";
import { nextSipField, sipHeaderOf } from "./lines.ts";

/** A response, and the scratch that reading it needs. */
export interface SipResponse {
  /** 100 to 699. */
  code: number;
  /** After a read, `line.next` is at the first header. */
  line: HeaderLine;
  parameter: SipParameter;
}

export function newSipResponse(): SipResponse {
  return { code: 0, line: newHeaderLine(), parameter: newSipParameter() };
}

/**
 * Reads the response `bytes[from..to)` to our request of `method` with `branch` into `r`. Returns OK, or SIP_RESPONSE when
 * it is malformed, answers another request, or has a second Via value (§8.1.3.3). Allocates nothing.
 */
export function readSipResponse(
  bytes: Uint8Array,
  from: number,
  to: number,
  method: string,
  branch: string,
  r: SipResponse,
): Status {
  //  SIP/2.0 SP code SP reason   (RFC 3261 §7.2)
  const headersAt = isSpanIn(bytes, from, to) ? endOfLine(bytes, from, to) : -1;
  if (headersAt < 0 || headersAt - from < 13) return SIP_RESPONSE;
  if (!isText(bytes, from, headersAt, "sip/2.0 ") || bytes[from + 11] !== SPACE) return SIP_RESPONSE;
  r.code = readDecimal(bytes, from + 8, from + 11);
  if (r.code < 100 || r.code > 699) return SIP_RESPONSE;
  const line = r.line;
  let vias = 0;
  let isOurs = false;
  line.next = headersAt;
  while (nextSipField(bytes, to, line)) {
    const header = sipHeaderOf(bytes, line);
    if (header === HEADER_VIA) {
      vias++;
      isOurs = isBranchOf(bytes, line.valueFrom, line.valueTo, branch, r.parameter);
    }
    if (header === HEADER_CSEQ && !isCSeqOf(bytes, line.valueFrom, line.valueTo, method)) return SIP_RESPONSE;
  }
  line.next = headersAt;
  return isOurs && vias === 1 ? OK : SIP_RESPONSE;
}

/** Whether `bytes[from..to)` is a single Via value whose branch is `z9hG4bK` and then `branch` (§8.1.1.7). */
function isBranchOf(bytes: Uint8Array, from: number, to: number, branch: string, p: SipParameter): boolean {
  let at = from;
  while (at < to && bytes[at] !== SEMICOLON) at++;
  p.next = at;
  let isOurs = false;
  while (readSipParameter(bytes, to, p)) {
    if (!isWord(bytes, p.nameFrom, p.nameTo, "branch")) continue;
    const ownAt = p.valueFrom + BRANCH_COOKIE.length;
    isOurs = isText(bytes, p.valueFrom, p.valueTo, "z9hg4bk") && isExactly(bytes, ownAt, p.valueTo, branch);
  }
  return isOurs && p.next === to;
}

/** Whether the CSeq `bytes[from..to)` is a number below 2^31 followed by `method`. */
function isCSeqOf(bytes: Uint8Array, from: number, to: number, method: string): boolean {
  const methodAt = skipCSeqNumber(bytes, from, to);
  return methodAt > 0 && isExactly(bytes, methodAt, to, method);
}
