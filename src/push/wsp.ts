/** WSP Push PDU: WAP-230 §8.2.4 and §8.4.2, with the rules of §7.1 for Package #0. */
import { readUint } from "../bytes.ts";
import {
  CONTENT_TYPE_12,
  CONTENT_TYPE_13,
  CONTENT_TYPE_OTHER,
  FIELD_BUFFER,
  OK,
  WSP_APPLICATION_MISSING,
  WSP_APPLICATION_OTHER,
  WSP_CONTENT_TYPE,
  WSP_CONTENT_TYPE_OTHER,
  WSP_HEADER,
  WSP_HEADERS_LENGTH,
  WSP_HEADERS_LONG,
  WSP_PDU_TYPE,
  WSP_SHORT,
  WSP_UINTVAR,
} from "../status.ts";
import { DM_APPLICATION, DM_APPLICATION_CODE, isText, readContentType } from "./dm.ts";

const PDU_PUSH = 0x06;
/** X-Wap-Application-Id as a well-known header name. */
const HEADER_APPLICATION_ID = 0xaf;

/** What a Push PDU carries. `body` is a span of the caller's input; after a failed read only `at` has a meaning. */
export interface Push {
  /** Offset of the first byte that is wrong. */
  at: number;
  /** Transaction id, 0 to 255. Not unique: it tells no duplicates. */
  tid: number;
  /** CONTENT_TYPE_13 or CONTENT_TYPE_12. */
  contentType: number;
  bodyFrom: number;
  bodyTo: number;
}

export function newPush(): Push {
  return { at: 0, tid: 0, contentType: CONTENT_TYPE_OTHER, bodyFrom: 0, bodyTo: 0 };
}

/**
 * Reads the Push PDU `bytes[from..to)` into `p`. `headersMax` bounds HeadersLen; §7.1 says 48. Every header is walked, in
 * any order; the push has to be for the DM application and of one of its two content types. Returns OK or a 0x2_ status
 * with `p.at`; allocates nothing.
 */
export function readPush(bytes: Uint8Array, from: number, to: number, p: Push, headersMax: number): number {
  //  TID:8 | PDU type:8 | HeadersLen:uintvar | Content-Type | headers | body   (§8.2.4.1)
  if (to - from < 3) return wrong(p, to, WSP_SHORT);
  p.tid = bytes[from];
  if (bytes[from + 1] !== PDU_PUSH) return wrong(p, from + 1, WSP_PDU_TYPE);
  p.at = from + 2;
  const headersLength = readUintvar(bytes, to, p);
  if (headersLength < 0) return WSP_UINTVAR;
  if (headersLength > to - p.at) return WSP_HEADERS_LENGTH;
  if (headersLength > headersMax) return WSP_HEADERS_LONG;
  p.bodyFrom = p.at + headersLength;
  p.bodyTo = to;

  const typeAt = p.at;
  if (!skipValue(bytes, p.bodyFrom, p)) return WSP_CONTENT_TYPE;
  const typeEnd = p.at;
  p.contentType = contentTypeOf(bytes, typeAt, typeEnd, p);
  if (p.contentType < 0) return WSP_CONTENT_TYPE;
  if (p.contentType === CONTENT_TYPE_OTHER) return wrong(p, typeAt, WSP_CONTENT_TYPE_OTHER);
  p.at = typeEnd;
  return readHeaders(bytes, p);
}

/** Walks the headers between `p.at` and the body, and checks the application id among them. */
function readHeaders(bytes: Uint8Array, p: Push): number {
  const end = p.bodyFrom;
  let isForDm = false;
  let page = 1;
  while (p.at < end) {
    const nameAt = p.at;
    const name = bytes[nameAt];
    if (name === 0) return WSP_HEADER;
    if (name === 0x7f || name < 0x20) {
      // shift of the header code page (§8.4.2.6): page octet after 7F, or the octet itself
      if (name === 0x7f) p.at++;
      if (p.at === end) return wrong(p, nameAt, WSP_HEADER);
      page = bytes[p.at++];
      continue;
    }
    if (!skipValue(bytes, end, p)) return WSP_HEADER;
    const isApplicationId =
      name < 0x80
        ? p.at - nameAt === 21 && isText(bytes, nameAt, p.at, "x-wap-application-id")
        : page === 1 && name === HEADER_APPLICATION_ID;
    const valueAt = p.at;
    if (!skipValue(bytes, end, p)) return WSP_HEADER;
    if (isApplicationId) {
      if (!isDmApplication(bytes, valueAt, p.at)) return wrong(p, valueAt, WSP_APPLICATION_OTHER);
      isForDm = true;
    }
  }
  return isForDm ? OK : WSP_APPLICATION_MISSING;
}

function wrong(p: Push, at: number, status: number): number {
  p.at = at;
  return status;
}

/** Moves `p.at` over the value that begins there (§8.4.1.2); false, and `p.at` where it breaks, when it does not end before `to`. */
function skipValue(bytes: Uint8Array, to: number, p: Push): boolean {
  if (p.at >= to) return false;
  const valueAt = p.at++;
  const first = bytes[valueAt];
  let length = 0;
  if (first < 0x20) length = first < 31 ? first : readUintvar(bytes, to, p);
  else if (first < 0x80) {
    while (p.at < to && bytes[p.at] !== 0) p.at++;
    length = 1;
  }
  const isWhole = length >= 0 && length <= to - p.at;
  p.at = isWhole ? p.at + length : valueAt;
  return isWhole;
}

/** The content type of the value `bytes[at..end)`, CONTENT_TYPE_OTHER for others, -1 with `p.at` where it is not a content type. */
function contentTypeOf(bytes: Uint8Array, at: number, end: number, p: Push): number {
  const first = bytes[at];
  if (first >= 0x80) return knownContentType(first & 0x7f);
  if (first >= 0x20) return readContentType(bytes, at, end - 1);
  // Value-length Media-type *(Parameter), §8.4.2.24; parameters do not matter
  p.at = at + 1;
  if (first === 31) readUintvar(bytes, end, p);
  const mediaAt = p.at;
  if (mediaAt < end && bytes[mediaAt] < 0x20) {
    const code = longInteger(bytes, mediaAt, end);
    return code < 0 ? -1 : knownContentType(code);
  }
  if (!skipValue(bytes, end, p)) return -1;
  return contentTypeOf(bytes, mediaAt, p.at, p);
}

function knownContentType(code: number): number {
  return code === CONTENT_TYPE_13 || code === CONTENT_TYPE_12 ? code : CONTENT_TYPE_OTHER;
}

function isDmApplication(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at];
  if (first >= 0x80) return (first & 0x7f) === DM_APPLICATION_CODE;
  if (first < 0x20) return longInteger(bytes, at, end) === DM_APPLICATION_CODE;
  return end - 1 - at === DM_APPLICATION.length && isText(bytes, at, end, DM_APPLICATION);
}

/** Long-integer (§8.4.2.1): a count of 1 to 30, then as many octets, which have to end before `to`; -1 when it is not one. */
function longInteger(bytes: Uint8Array, at: number, to: number): number {
  const count = bytes[at];
  if (count < 1 || count > 30 || count > to - at - 1) return -1;
  return readUint(bytes, at + 1, count);
}

/** uintvar (§8.1.2) at `p.at`, which moves past it; -1 when it is cut, longer than 5 octets or more than 32 bits. */
function readUintvar(bytes: Uint8Array, to: number, p: Push): number {
  let number = 0;
  for (let i = 0; i < 5 && p.at + i < to; i++) {
    const octet = bytes[p.at + i];
    number = number * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      if (number > 4294967295) return -1;
      p.at += i + 1;
      return number;
    }
  }
  return -1;
}

/** Bytes that writePushHeader takes. */
export const PUSH_HEADER_BYTES = 6;

/**
 * Writes the smallest header of a Push PDU for Package #0 (§7.1) to `out` from `at` on; the body follows.
 * `tid` is 0 to 255, `contentType` CONTENT_TYPE_13 or CONTENT_TYPE_12. Returns the offset after it, or -FIELD_BUFFER.
 */
export function writePushHeader(tid: number, contentType: number, out: Uint8Array, at: number): number {
  if (out.length - at < PUSH_HEADER_BYTES) return -FIELD_BUFFER;
  out[at] = tid;
  out[at + 1] = PDU_PUSH;
  out[at + 2] = 3;
  out[at + 3] = 0x80 | contentType;
  out[at + 4] = HEADER_APPLICATION_ID;
  out[at + 5] = 0x80 | DM_APPLICATION_CODE;
  return at + PUSH_HEADER_BYTES;
}
