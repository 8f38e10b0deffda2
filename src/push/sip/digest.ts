/** Digest access authentication of SIP (RFC 3261 §22.4, RFC 2617 §3.2): MD5, with qop "auth" or without. */
import { COMMA, EQUALS, SPACE } from "../../ascii.ts";
import type { Hash } from "../../hash/hash.ts";
import type { EndOrMinusStatus } from "../../status.ts";
import { MD5_BYTES } from "../../wire.ts";
import { isWord, textOf, writeText } from "../text.ts";
import { readSipValue, type SipParameter, skipSpaces } from "./fields.ts";

/** The parameters of a challenge. Each text is the one between the quotes, unchanged. */
export interface SipChallenge {
  /** True for a 407, which is answered in Proxy-Authorization; false for a 401. */
  isProxy: boolean;
  realm: string;
  nonce: string;
  opaque: string;
  hasQop: boolean;
  /** The previous request was refused only because its nonce was too old; its password was right. */
  isStale: boolean;
}

/** `name` and `password` have no quotes, backslashes or control characters. */
export interface SipCredentials {
  name: string;
  password: string;
  md5: Hash;
}

/** A challenge whose realm, nonce or opaque is longer is not answered. */
const TEXT_MAX = 256;

/**
 * The challenge in the value `bytes[from..to)` of WWW-Authenticate or Proxy-Authenticate; null when it cannot be answered.
 * Allocates the result.
 */
export function readSipChallenge(
  bytes: Uint8Array,
  from: number,
  to: number,
  isProxy: boolean,
  p: SipParameter,
): SipChallenge | null {
  const c: SipChallenge = { isProxy, realm: "", nonce: "", opaque: "", hasQop: false, isStale: false };
  if (to - from < 7 || !isWord(bytes, from, from + 6, "digest") || bytes[from + 6] > SPACE) return null;
  let at = skipSpaces(bytes, from + 6, to);
  while (at < to) {
    const nameFrom = at;
    while (at < to && bytes[at] > SPACE && bytes[at] !== EQUALS && bytes[at] !== COMMA) at++;
    const nameTo = at;
    at = readSipValue(bytes, at, to, p);
    if (at < 0 || nameTo === nameFrom || (at < to && bytes[at] !== COMMA)) return null;
    if (p.valueTo - p.valueFrom > TEXT_MAX) return null;
    if (isWord(bytes, nameFrom, nameTo, "realm")) c.realm = textOf(bytes, p.valueFrom, p.valueTo);
    else if (isWord(bytes, nameFrom, nameTo, "nonce")) c.nonce = textOf(bytes, p.valueFrom, p.valueTo);
    else if (isWord(bytes, nameFrom, nameTo, "opaque")) c.opaque = textOf(bytes, p.valueFrom, p.valueTo);
    else if (isWord(bytes, nameFrom, nameTo, "stale")) c.isStale = isWord(bytes, p.valueFrom, p.valueTo, "true");
    else if (isWord(bytes, nameFrom, nameTo, "algorithm")) {
      if (!isWord(bytes, p.valueFrom, p.valueTo, "md5")) return null;
    } else if (isWord(bytes, nameFrom, nameTo, "qop")) {
      if (!hasAuth(bytes, p.valueFrom, p.valueTo)) return null;
      c.hasQop = true;
    }
    at = skipSpaces(bytes, at < to ? at + 1 : at, to);
  }
  return c.nonce === "" ? null : c;
}

/** Whether the list `text` of qop values contains "auth". */
function hasAuth(bytes: Uint8Array, from: number, to: number): boolean {
  let wordFrom = from;
  for (let at = from; at <= to; at++) {
    if (at < to && bytes[at] !== COMMA && bytes[at] > SPACE) continue;
    if (isWord(bytes, wordFrom, at, "auth")) return true;
    wordFrom = at + 1;
  }
  return false;
}

/**
 * Writes the header line that answers `c` to `out` from `at` on. The request has `method` and `uri`, and is the `count`-th
 * (1 to 9) under this nonce. Returns the offset after it, or -FIELD_BUFFER.
 */
export function writeSipCredentials(
  c: SipChallenge,
  who: SipCredentials,
  method: string,
  uri: string,
  cnonce: string,
  count: number,
  out: Uint8Array,
  at: EndOrMinusStatus,
): EndOrMinusStatus {
  const nc = `0000000${count}`;
  const a1 = hexDigest(who.md5, `${who.name}:${c.realm}:${who.password}`);
  const a2 = hexDigest(who.md5, `${method}:${uri}`);
  const middle = c.hasQop ? `${c.nonce}:${nc}:${cnonce}:auth` : c.nonce;
  let end = writeText(c.isProxy ? "Proxy-Authorization: Digest " : "Authorization: Digest ", out, at);
  end = writeText(`username="${who.name}", realm="${c.realm}", nonce="${c.nonce}", uri="${uri}"`, out, end);
  end = writeText(`, response="${hexDigest(who.md5, `${a1}:${middle}:${a2}`)}", algorithm=MD5`, out, end);
  if (c.hasQop) end = writeText(`, qop=auth, nc=${nc}, cnonce="${cnonce}"`, out, end);
  if (c.opaque !== "") end = writeText(`, opaque="${c.opaque}"`, out, end);
  return writeText("\r\n", out, end);
}

function hexDigest(md5: Hash, text: string): string {
  const bytes = new Uint8Array(Math.max(text.length, MD5_BYTES));
  md5.start();
  md5.add(bytes, 0, writeText(text, bytes, 0));
  md5.end(bytes, 0);
  let hex = "";
  for (let i = 0; i < MD5_BYTES; i++)
    hex += "0123456789abcdef".charAt(bytes[i] >> 4) + "0123456789abcdef".charAt(bytes[i] & 15);
  return hex;
}
