/** The MESSAGE of SIP Push (RFC 3428 §4) as a server sends it (§7.3). */
import { isSpanIn, isUint } from "../../bytes.ts";
import { type EndOrMinusStatus, FIELD_BUFFER, FIELD_RANGE, FIELD_TEXT, SIP_BODY_LONG } from "../../status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13, type ContentType } from "../../wire.ts";
import { MIME_12, MIME_13 } from "../dm.ts";
import { isWordText, writeBytes, writeDecimal, writeText } from "../text.ts";
import { BRANCH_COOKIE } from "./fields.ts";

/** Bytes of a MESSAGE outside of a session (RFC 3428 §8). */
export const SIP_MESSAGE_BYTES = 1300;

/** The header fields of a MESSAGE. */
export interface SipMessageFields {
  /** The device's URI for Request-URI and To: a GRUU or its address of record. */
  uri: string;
  /** The sender's own URI. */
  from: string;
  /** The address that answers come back to: host, or host:port. */
  sentBy: string;
  /** Three tokens of at least 8 random characters; `branch` and `callId` must be new for each message. */
  branch: string;
  tag: string;
  callId: string;
  /** 1 to 999999999. */
  cseq: number;
  /** CONTENT_TYPE_13 or CONTENT_TYPE_12. */
  contentType: ContentType;
}

/**
 * Writes a MESSAGE with the body `bytes[from..to)` to `out` from `at` on. Returns the offset after it, or as a negative
 * number FIELD_TEXT, FIELD_RANGE, FIELD_BUFFER, or SIP_BODY_LONG above 1300 bytes. A retransmission must be the same bytes.
 * Allocates nothing.
 */
export function writeSipMessage(
  f: SipMessageFields,
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
): EndOrMinusStatus {
  const areWords = isWordText(f.uri) && isWordText(f.from) && isWordText(f.sentBy) && isWordText(f.branch);
  if (!areWords || !isWordText(f.tag) || !isWordText(f.callId)) return -FIELD_TEXT;
  if (!isUint(f.cseq, 999999999) || f.cseq === 0 || !isSpanIn(bytes, from, to)) return -FIELD_RANGE;
  if (f.contentType !== CONTENT_TYPE_13 && f.contentType !== CONTENT_TYPE_12) return -FIELD_RANGE;
  if (!isUint(at, out.length)) return -FIELD_BUFFER;
  let end = writeText("MESSAGE ", out, at);
  end = writeText(f.uri, out, end);
  end = writeText(" SIP/2.0\r\nVia: SIP/2.0/UDP ", out, end);
  end = writeText(f.sentBy, out, end);
  end = writeText(`;rport;branch=${BRANCH_COOKIE}`, out, end);
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
  end = writeBytes(bytes, from, to, out, end);
  return end - at > SIP_MESSAGE_BYTES ? -SIP_BODY_LONG : end;
}
