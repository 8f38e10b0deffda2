/** SIP Push (§7.3) at the server: a MESSAGE (RFC 3428 §4), and what comes back. */
import { FIELD_RANGE, FIELD_TEXT, SIP_BODY_LONG } from "../../status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../../wire.ts";
import { isText, MIME_12, MIME_13 } from "../dm.ts";
import {
  endOfLine,
  type HeaderLine,
  isBlank,
  isNamed,
  isWordText,
  readDecimal,
  readHeaderLine,
  writeDecimal,
  writeSpan,
  writeText,
} from "../header-lines.ts";

/** Bytes of a MESSAGE outside of a session (RFC 3428 §8). */
export const SIP_MESSAGE_BYTES = 1300;

export interface SipMessageFields {
  /** The device: Request-URI and To, such as a GRUU or its address of record. */
  uri: string;
  /** The sender's own URI. */
  from: string;
  /** Where answers are to go: host, or host:port. */
  sentBy: string;
  /** Unique in space and time, each at least 8 random characters; `branch` and `callId` new for each message. */
  branch: string;
  tag: string;
  callId: string;
  /** 1 to 999999999. */
  cseq: number;
  /** CONTENT_TYPE_13 or CONTENT_TYPE_12. */
  contentType: number;
}

/**
 * Writes a MESSAGE with the body `bytes[from..to)` to `out` from `at` on. Returns the offset after it, or as a negative
 * number FIELD_TEXT, FIELD_RANGE, FIELD_BUFFER, or SIP_BODY_LONG above 1300 bytes. To send it again, send the same bytes.
 */
export function writeSipMessage(
  f: SipMessageFields,
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
): number {
  const areWords = isWordText(f.uri) && isWordText(f.from) && isWordText(f.sentBy) && isWordText(f.branch);
  if (!areWords || !isWordText(f.tag) || !isWordText(f.callId)) return -FIELD_TEXT;
  if (f.contentType !== CONTENT_TYPE_13 && f.contentType !== CONTENT_TYPE_12) return -FIELD_RANGE;
  let end = writeText("MESSAGE ", out, at);
  end = writeText(f.uri, out, end);
  end = writeText(" SIP/2.0\r\nVia: SIP/2.0/UDP ", out, end);
  end = writeText(f.sentBy, out, end);
  end = writeText(";rport;branch=z9hG4bK", out, end);
  end = writeText(f.branch, out, end);
  end = writeText("\r\nFrom: <", out, end);
  end = writeText(f.from, out, end);
  end = writeText(">;tag=", out, end);
  end = writeText(f.tag, out, end);
  end = writeText("\r\nTo: <", out, end);
  end = writeText(f.uri, out, end);
  end = writeText(">\r\nCall-ID: ", out, end);
  end = writeText(f.callId, out, end);
  end = writeText("\r\nCSeq: ", out, end);
  end = writeDecimal(f.cseq, out, end);
  end = writeText(" MESSAGE\r\nMax-Forwards: 70\r\nAccept-Contact: *;+g.oma.eventappid=", out, end);
  end = writeText('"syncml.dm";require;explicit\r\nContent-Type: ', out, end);
  end = writeText(f.contentType === CONTENT_TYPE_13 ? MIME_13 : MIME_12, out, end);
  end = writeText("\r\nContent-Length: ", out, end);
  end = writeDecimal(to - from, out, end);
  end = writeText("\r\n\r\n", out, end);
  end = writeSpan(bytes, from, to, out, end);
  return end - at > SIP_MESSAGE_BYTES ? -SIP_BODY_LONG : end;
}

/**
 * The code, 100 to 699, of the response `bytes[from..to)` to the request with `branch`; 0 when it is none to that.
 * Leaves `line.next` at the first header. Allocates nothing.
 */
export function readSipResponse(bytes: Uint8Array, from: number, to: number, branch: string, line: HeaderLine): number {
  //  SIP/2.0 SP code SP reason   (RFC 3261 §7.2)
  const end = endOfLine(bytes, from, to);
  if (end < 0 || end - from < 13 || !isText(bytes, from, end, "sip/2.0 ") || !isBlank(bytes[from + 11])) return 0;
  const code = readDecimal(bytes, from + 8, from + 11);
  line.next = end;
  let found = readHeaderLine(bytes, to, line);
  while (found === 1 && !isNamed(bytes, line, "via") && !isNamed(bytes, line, "v"))
    found = readHeaderLine(bytes, to, line);
  if (found !== 1 || code < 100 || code > 699) return 0;
  line.next = end;
  for (let at = line.valueFrom; at < line.valueTo; at++) {
    if (isBranch(bytes, at, line.valueTo, branch)) return code;
  }
  return 0;
}

/** Whether `z9hG4bK` and `branch` stand at `at`, and end there (§8.1.1.7). */
function isBranch(bytes: Uint8Array, at: number, to: number, branch: string): boolean {
  const end = at + 7 + branch.length;
  if (end > to || !isText(bytes, at, to, "z9hg4bk")) return false;
  for (let i = 0; i < branch.length; i++) if (bytes[at + 7 + i] !== branch.charCodeAt(i)) return false;
  return end === to || bytes[end] <= 0x20 || bytes[end] === 0x3b || bytes[end] === 0x2c;
}
