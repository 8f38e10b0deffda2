/** The headers of a SIP request that are read, and their compact forms (RFC 3261 §7.3.3). Imports nothing: see status.ts. */
export const VIA = 0;
export const FROM = 1;
export const TO = 2;
export const CALL_ID = 3;
export const CSEQ = 4;
export const CONTENT_TYPE = 5;
export const CONTENT_LENGTH = 6;
export const CONTENT_ENCODING = 7;
export const REQUIRE = 8;

export const HEADER_NAMES: string[] = [
  "via",
  "from",
  "to",
  "call-id",
  "cseq",
  "content-type",
  "content-length",
  "content-encoding",
  "require",
];
export const COMPACT_NAMES = "vfti-cle-";
