/** The Push PDU of WSP (WAP-230 §8.2.4, §8.4.2), with the rules of §7.1 for Package #0. */
import { isUint, readUint } from "../bytes.ts";
import {
  FIELD_BUFFER,
  FIELD_RANGE,
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
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../wire.ts";
import { DM_APPLICATION, DM_APPLICATION_CODE, isText, readContentType } from "./dm.ts";
import { endAt, type Place } from "./end-at.ts";

const PDU_PUSH = 0x06;
/** The code of X-Wap-Application-Id among the well-known header names. */
const HEADER_APPLICATION_ID = 0xaf;

/** The fields of a Push PDU. The body is a span of the caller's input. After a failed read only `at` has a meaning. */
export interface Push extends Place {
  /** The transaction id, 0 to 255. It is not unique, so it cannot identify duplicates. */
  tid: number;
  /** CONTENT_TYPE_13 or CONTENT_TYPE_12. */
  contentType: number;
  bodyFrom: number;
  bodyTo: number;
}

/** A Push for readPush to fill, as often as the caller likes. Allocates it. */
export function newPush(): Push {
  return {} as Push;
}

/**
 * Reads the Push PDU `bytes[from..to)` into `p`. A push with another content type or for another application is
 * WSP_CONTENT_TYPE_OTHER or WSP_APPLICATION_OTHER even when its headers are too long or cut off. `headersMax` bounds
 * HeadersLen of the other pushes, which must be for the DM application; §7.1 says 48. Headers may come in any order, and
 * every header is read. Returns OK, or a 0x2_ status with the offset of the fault in `p.at`. Allocates nothing.
 */
export function readPush(bytes: Uint8Array, from: number, to: number, p: Push, headersMax: number): number {
  //  TID:8 | PDU type:8 | HeadersLen:uintvar | Content-Type | headers | body   (§8.2.4.1)
  if (to - from < 3) return endAt(p, to, WSP_SHORT);
  p.tid = bytes[from];
  if (bytes[from + 1] !== PDU_PUSH) return endAt(p, from + 1, WSP_PDU_TYPE);
  let typeAt = from + 3;
  let headersLength = bytes[from + 2];
  if (headersLength >= 0x80) {
    p.at = from + 2;
    headersLength = readUintvar(bytes, to, p);
    if (headersLength < 0) return WSP_UINTVAR;
    typeAt = p.at;
  }
  const end = typeAt + headersLength;
  const isCut = end > to;
  const status = readHeaders(bytes, typeAt, isCut ? to : end, p);
  if (status === WSP_CONTENT_TYPE_OTHER || status === WSP_APPLICATION_OTHER) return status;
  if (isCut) return endAt(p, typeAt, WSP_HEADERS_LENGTH);
  if (headersLength > headersMax) return endAt(p, typeAt, WSP_HEADERS_LONG);
  p.bodyFrom = end;
  p.bodyTo = to;
  return status;
}

/** Reads the content type and the headers `bytes[typeAt..end)`. */
function readHeaders(bytes: Uint8Array, typeAt: number, end: number, p: Push): number {
  let at = skipValue(bytes, typeAt, end, p);
  let mediaAt = typeAt;
  let mediaEnd = at;
  if (at >= 0 && bytes[typeAt] < 0x20) {
    // Value-length Media-type *(Parameter), §8.4.2.24; parameters are ignored
    mediaAt = p.at;
    mediaEnd = skipValue(bytes, mediaAt, at, p);
  }
  if (mediaEnd < 0) return WSP_CONTENT_TYPE;
  const first = bytes[mediaAt];
  let type = first & 0x7f;
  if (first < 0x20) type = readLongInteger(bytes, mediaAt);
  else if (first < 0x80) type = readContentType(bytes, mediaAt, mediaEnd - 1);
  if (type < 0) return endAt(p, mediaAt, WSP_CONTENT_TYPE);
  if (type !== CONTENT_TYPE_13 && type !== CONTENT_TYPE_12) return endAt(p, typeAt, WSP_CONTENT_TYPE_OTHER);
  p.contentType = type;

  let isForDm = false;
  let page = 1;
  while (at < end) {
    const name = bytes[at];
    let valueAt = at + 1;
    let isApplicationId = name === HEADER_APPLICATION_ID && page === 1;
    if (name < 0x80) {
      if (name === 0x7f || name < 0x20) {
        // shift of the header code page (§8.4.2.6): page octet after 7F, or the octet itself
        const pageAt = name === 0x7f ? valueAt : at;
        if (name === 0 || pageAt === end) return endAt(p, at, WSP_HEADER);
        page = bytes[pageAt];
        at = pageAt + 1;
        continue;
      }
      valueAt = skipValue(bytes, at, end, p);
      if (valueAt < 0) return WSP_HEADER;
      isApplicationId = valueAt - at === 21 && isText(bytes, at, valueAt, "x-wap-application-id");
    }
    at = skipValue(bytes, valueAt, end, p);
    if (at < 0) return WSP_HEADER;
    if (isApplicationId) {
      if (!isDmApplication(bytes, valueAt, at)) return endAt(p, valueAt, WSP_APPLICATION_OTHER);
      isForDm = true;
    }
  }
  return isForDm ? OK : endAt(p, end, WSP_APPLICATION_MISSING);
}

/**
 * The offset after the value at `at` (§8.4.1.2), with the offset of what follows its length, if it has one, in `p.at`; -1 with
 * `at` in `p.at` when the value runs over `to`.
 */
function skipValue(bytes: Uint8Array, at: number, to: number, p: Push): number {
  const first = at < to ? bytes[at] : 0;
  let end = at + 1;
  if (first >= 0x80) return end;
  p.at = end;
  if (first >= 0x20) {
    while (end < to && bytes[end] > 0) end++; // the bytes may end before `to`
    end++;
  } else {
    const length = first < 31 ? first : readUintvar(bytes, to, p);
    end = length < 0 ? to + 1 : p.at + length;
  }
  return end > to ? endAt(p, at, -1) : end;
}

function isDmApplication(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at];
  if (first >= 0x80) return (first & 0x7f) === DM_APPLICATION_CODE;
  if (first < 0x20) return readLongInteger(bytes, at) === DM_APPLICATION_CODE;
  return end - 1 - at === DM_APPLICATION.length && isText(bytes, at, end, DM_APPLICATION);
}

/** The Long-integer that a whole value is (§8.4.2.1): a count of 1 to 30, then so many octets; -1 for another count. */
function readLongInteger(bytes: Uint8Array, at: number): number {
  const count = bytes[at];
  return count > 0 && count < 31 ? readUint(bytes, at + 1, count) : -1;
}

/**
 * The value of the uintvar (§8.1.2) at `p.at`, which moves past it; -1 when it is cut off, longer than 5 octets or above 32
 * bits.
 */
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

/** The number of bytes that writePushHeader writes. */
export const PUSH_HEADER_BYTES = 6;

/**
 * Writes the smallest header of a Push PDU for Package #0 (§7.1) to `out` from `at` on; the body follows.
 * `tid` is 0 to 255, `contentType` CONTENT_TYPE_13 or CONTENT_TYPE_12. Returns the offset after it, or -FIELD_RANGE
 * or -FIELD_BUFFER; then nothing was written.
 */
export function writePushHeader(tid: number, contentType: number, out: Uint8Array, at: number): number {
  if (!isUint(tid, 255) || (contentType !== CONTENT_TYPE_13 && contentType !== CONTENT_TYPE_12)) return -FIELD_RANGE;
  if (!isUint(at, out.length - PUSH_HEADER_BYTES)) return -FIELD_BUFFER;
  out[at] = tid;
  out[at + 1] = PDU_PUSH;
  out[at + 2] = 3;
  out[at + 3] = 0x80 | contentType;
  out[at + 4] = HEADER_APPLICATION_ID;
  out[at + 5] = 0x80 | DM_APPLICATION_CODE;
  return at + PUSH_HEADER_BYTES;
}
