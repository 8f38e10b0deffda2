/**
 * The headers that we read in a SIP request, and their compact forms (RFC 3261 §7.3.3). This file imports nothing: see
 * status.ts.
 */
export const HEADER_VIA = 0;
export const HEADER_FROM = 1;
export const HEADER_TO = 2;
export const HEADER_CALL_ID = 3;
export const HEADER_CSEQ = 4;
export const HEADER_MAX_FORWARDS = 5;
export const HEADER_CONTENT_TYPE = 6;
export const HEADER_CONTENT_LENGTH = 7;
export const HEADER_CONTENT_ENCODING = 8;
export const HEADER_REQUIRE = 9;

/** Every request must have the first six (§8.1.1). */
export const HEADERS_MANDATORY = 6;

export const HEADER_NAMES: string[] = [
  "via",
  "from",
  "to",
  "call-id",
  "cseq",
  "max-forwards",
  "content-type",
  "content-length",
  "content-encoding",
  "require",
];
export const COMPACT_NAMES = "vfti  cle ";
