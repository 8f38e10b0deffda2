/** The Push PDU of WSP (WAP-230 §8.2.4, §8.4.2), with the rules of §7.1 for Package #0. */
import { readUint } from "../bytes.ts";
import {
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
import { CONTENT_TYPE_12, CONTENT_TYPE_13, CONTENT_TYPE_OTHER } from "../wire.ts";
import { DM_APPLICATION, DM_APPLICATION_CODE, isText, readContentType } from "./dm.ts";

const PDU_PUSH = 0x06;
/** The code of X-Wap-Application-Id among the well-known header names. */
const HEADER_APPLICATION_ID = 0xaf;

/** The fields of a Push PDU. The body is a span of the caller's input. After a failed read only `at` has a meaning. */
export interface Push {
  /** Offset of the first byte that is wrong. */
  at: number;
  /** The transaction id, 0 to 255. It is not unique, so it cannot identify duplicates. */
  tid: number;
  /** CONTENT_TYPE_13 or CONTENT_TYPE_12. */
  contentType: number;
  bodyFrom: number;
  bodyTo: number;
}

/** A Push for readPush to fill, as often as the caller likes. Allocates it. */
export function newPush(): Push {
  return { at: 0, tid: 0, contentType: CONTENT_TYPE_OTHER, bodyFrom: 0, bodyTo: 0 };
}

/**
 * Reads the Push PDU `bytes[from..to)` into `p`. A push with another content type or for another application is
 * WSP_CONTENT_TYPE_OTHER or WSP_APPLICATION_OTHER even when its headers are too long or cut off. `headersMax` bounds
 * HeadersLen of the other pushes, which must be for the DM application; §7.1 says 48. Headers may come in any order, and
 * every header is read. Returns OK, or a 0x2_ status with the offset of the fault in `p.at`. Allocates nothing.
 */
export function readPush(bytes: Uint8Array, from: number, to: number, p: Push, headersMax: number): number {
  //  TID:8 | PDU type:8 | HeadersLen:uintvar | Content-Type | headers | body   (§8.2.4.1)
  if (to - from < 3) return wrong(p, to, WSP_SHORT);
  p.tid = bytes[from];
  if (bytes[from + 1] !== PDU_PUSH) return wrong(p, from + 1, WSP_PDU_TYPE);
  p.at = from + 2;
  const headersLength = bytes[from + 2] < 0x80 ? bytes[p.at++] : readUintvar(bytes, to, p); // usually one octet
  if (headersLength < 0) return WSP_UINTVAR;
  const typeAt = p.at;
  const end = typeAt + headersLength;
  p.bodyFrom = end;
  p.bodyTo = to;
  const status = readHeaders(bytes, typeAt, Math.min(end, to), p);
  if (status === WSP_CONTENT_TYPE_OTHER || status === WSP_APPLICATION_OTHER) return status;
  if (end > to) return wrong(p, typeAt, WSP_HEADERS_LENGTH);
  return headersLength > headersMax ? wrong(p, typeAt, WSP_HEADERS_LONG) : status;
}

/** Reads the content type and the headers `bytes[typeAt..end)`. */
function readHeaders(bytes: Uint8Array, typeAt: number, end: number, p: Push): number {
  let at = skipValue(bytes, typeAt, end, p);
  if (at < 0) return WSP_CONTENT_TYPE;
  const type = contentTypeOf(bytes, typeAt, at, p);
  if (type < 0) return WSP_CONTENT_TYPE;
  if (type !== CONTENT_TYPE_13 && type !== CONTENT_TYPE_12) return wrong(p, typeAt, WSP_CONTENT_TYPE_OTHER);
  p.contentType = type;

  let isForDm = false;
  let page = 1;
  while (at < end) {
    const name = bytes[at];
    if (name === 0) return wrong(p, at, WSP_HEADER);
    if (name === 0x7f || name < 0x20) {
      // shift of the header code page (§8.4.2.6): page octet after 7F, or the octet itself
      const pageAt = name === 0x7f ? at + 1 : at;
      if (pageAt === end) return wrong(p, at, WSP_HEADER);
      page = bytes[pageAt];
      at = pageAt + 1;
      continue;
    }
    const valueAt = name < 0x80 ? skipValue(bytes, at, end, p) : at + 1;
    if (valueAt < 0) return WSP_HEADER;
    const next = skipValue(bytes, valueAt, end, p);
    if (next < 0) return WSP_HEADER;
    const isApplicationId =
      name < 0x80
        ? valueAt - at === 21 && isText(bytes, at, valueAt, "x-wap-application-id")
        : page === 1 && name === HEADER_APPLICATION_ID;
    if (isApplicationId) {
      if (!isDmApplication(bytes, valueAt, next)) return wrong(p, valueAt, WSP_APPLICATION_OTHER);
      isForDm = true;
    }
    at = next;
  }
  return isForDm ? OK : wrong(p, end, WSP_APPLICATION_MISSING);
}

function wrong(p: Push, at: number, status: number): number {
  p.at = at;
  return status;
}

/** The offset after the value at `at` (§8.4.1.2); -1 with `at` in `p.at` when the value runs over `to`. */
function skipValue(bytes: Uint8Array, at: number, to: number, p: Push): number {
  const first = at < to ? bytes[at] : 0;
  if (first >= 0x80) return at + 1;
  let end = at + 1;
  if (first >= 0x20) {
    while (end < to && bytes[end] !== 0) end++;
    end++;
  } else {
    p.at = end;
    const length = first < 31 ? first : readUintvar(bytes, to, p);
    end = length < 0 ? to + 1 : p.at + length;
  }
  p.at = at;
  return end > to ? -1 : end;
}

/**
 * The code of the content type `bytes[at..end)`, CONTENT_TYPE_OTHER for any other text; -1 with the offset of the fault in
 * `p.at` when it is not a content type.
 */
function contentTypeOf(bytes: Uint8Array, at: number, end: number, p: Push): number {
  const first = bytes[at];
  if (first >= 0x80) return first & 0x7f;
  if (first >= 0x20) return readContentType(bytes, at, end - 1);
  // Value-length Media-type *(Parameter), §8.4.2.24; parameters are ignored
  p.at = at + 1;
  if (first === 31) readUintvar(bytes, end, p);
  const mediaAt = p.at;
  if (mediaAt < end && bytes[mediaAt] < 0x20) return longInteger(bytes, mediaAt, end);
  const mediaEnd = skipValue(bytes, mediaAt, end, p);
  return mediaEnd < 0 ? -1 : contentTypeOf(bytes, mediaAt, mediaEnd, p);
}

function isDmApplication(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at];
  if (first >= 0x80) return (first & 0x7f) === DM_APPLICATION_CODE;
  if (first < 0x20) return longInteger(bytes, at, end) === DM_APPLICATION_CODE;
  return end - 1 - at === DM_APPLICATION.length && isText(bytes, at, end, DM_APPLICATION);
}

/**
 * The value of a Long-integer (§8.4.2.1): a count of 1 to 30, then so many octets, which must end before `to`; -1 when it is
 * malformed.
 */
function longInteger(bytes: Uint8Array, at: number, to: number): number {
  const count = bytes[at];
  if (count < 1 || count > 30 || count > to - at - 1) return -1;
  return readUint(bytes, at + 1, count);
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
