/**
 * SIP Push (§7.3) at the device: a user agent server for MESSAGE (RFC 3428) over UDP (RFC 3261 §8.2, §17.2, §18.2). It keeps
 * no transactions: each answer is made from its request alone, so a retransmission gets the same answer (§8.2.7).
 */
import { isSpanIn } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  type EndOrMinusStatus,
  FIELD_RANGE,
  OK,
  SIP_BODY_LONG,
  SIP_CONTENT_TYPE,
  SIP_MERGED,
  SIP_MESSAGE_LONG,
  SIP_METHOD,
  SIP_REPLY_LONG,
  SIP_REQUIRE,
  SIP_RESPONSE,
  SIP_URI_SCHEME,
  SIP_VERSION,
  type Status,
} from "../../status.ts";
import { CONTENT_TYPE_OTHER, type ContentType } from "../../wire.ts";
import type { DeliverEntity, OnRefused } from "../connection.ts";
import { isText, MIME_12, MIME_13, readContentType } from "../dm.ts";
import { endOfMediaType } from "../header-lines.ts";
import { isExactly, isWord, writeBytes, writeDecimal, writeText } from "../text.ts";
import {
  HEADER_CALL_ID,
  HEADER_CONTENT_ENCODING,
  HEADER_CONTENT_TYPE,
  HEADER_CSEQ,
  HEADER_FROM,
  HEADER_REQUIRE,
  HEADER_TO,
  HEADER_VIA,
} from "./headers.ts";
import { nextSipField, sipHeaderOf } from "./lines.ts";
import { newSipRequest, readSipRequest } from "./read-request.ts";
import { createRecent, MERGED, NEW } from "./recent.ts";

/** The options of a SIP receiver. */
export interface SipReceiverOptions {
  deliver: DeliverEntity;
  /** Sends `bytes[from..to)`, lent until it returns, to `host` (as given to `receive`) and UDP `port`. */
  reply: (bytes: Uint8Array, from: number, to: number, host: string, port: number) => void;
  /** The tag of To in answers (§19.3): at least 8 random characters of a-z and 0-9, chosen anew after each reset. */
  tag: string;
  /**
   * Takes the responses among the datagrams, such as those to REGISTER, and returns a status. Usually `receive` of a
   * SipRegisterSender.
   */
  response?: (bytes: Uint8Array, from: number, to: number) => Status;
  onRefused?: OnRefused;
  /**
   * Bytes of a datagram; a longer one is answered 513, SIP_MESSAGE_LONG. By default 4096, as proxies add headers to the 1300
   * bytes of RFC 3428 §8.
   */
  messageMax?: number;
  /** Bytes of a body; a longer one is answered 513, SIP_BODY_LONG. By default 1300. */
  bodyMax?: number;
  /** Bytes of an answer, allocated once; a request whose answer needs more is ignored, SIP_REPLY_LONG. By default 4096. */
  replyMax?: number;
  /**
   * How many messages are remembered, for 32 seconds and in 20 bytes each, to recognise retransmissions and merged requests.
   * By default 16.
   */
  recentMax?: number;
}

/** Receives SIP Push over UDP. */
export interface SipReceiver {
  /**
   * Takes the datagram `bytes[from..to)`, lent, that came from `host` and `port`; `host` is "" when the board does not know it.
   * Answers first and delivers then: neither the answer nor its time depends on the verdict (D12). Answers go to `host` alone,
   * never to a `maddr` of the Via (§18.2.2), which would let a forger direct them to any address, multicast too. An answer has
   * at most twice the bytes of its request, so a request with a forged sender address gains little traffic. Returns OK, or the
   * status for which nothing was delivered; FIELD_RANGE for a span that is not in `bytes`. Allocates nothing but some short
   * texts of an answer.
   */
  receive(bytes: Uint8Array, from: number, to: number, host: string, port: number): Status;
}

const ALLOW = "\r\nAllow: MESSAGE, OPTIONS";
const ACCEPT = `\r\nAccept: ${MIME_13}, ${MIME_12}\r\nAccept-Encoding: identity`;
/** Methods of SIP that this receiver never allows: they are answered 405, unknown methods 501 (§8.2.1). */
const OTHER_METHODS = ["INVITE", "REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "REFER", "INFO", "UPDATE", "PRACK"];
/** An answer may have this many times the bytes of its request. */
const RATIO_MAX = 2;

/** Allocates replyMax bytes and 20 for each remembered message, once. */
export function createSipReceiver(clock: Pick<Clock, "monotonicSeconds">, options: SipReceiverOptions): SipReceiver {
  const messageMax = or(options.messageMax, 4096);
  const bodyMax = or(options.bodyMax, 1300);
  const out = new Uint8Array(or(options.replyMax, 4096));
  const recent = createRecent(clock, or(options.recentMax, 16));
  const r = newSipRequest();

  function receive(bytes: Uint8Array, from: number, to: number, host: string, port: number): Status {
    let at = from;
    if (!isSpanIn(bytes, from, to)) return FIELD_RANGE;
    while (at < to && (bytes[at] === 0x0d || bytes[at] === 0x0a || bytes[at] === 0)) at++;
    if (at >= to) return OK; // keep-alives of proxies (RFC 5626 §3.5)
    if (isText(bytes, at, to, "sip/")) return options.response ? options.response(bytes, at, to) : SIP_RESPONSE;
    // the headers of a longer one are read as far as messageMax
    const isLong = to - from > messageMax;
    let status = readSipRequest(bytes, at, isLong ? from + messageMax : to, r);
    if (isLong) {
      r.at = from + messageMax;
      status = SIP_MESSAGE_LONG;
    }
    if (r.isAnswerable && !isMethod(bytes, "ACK")) {
      if (status === OK) status = checkRequest(bytes);
      let kind = NEW;
      if (status === OK && isMethod(bytes, "MESSAGE")) {
        kind = recent.find(bytes, r);
        if (kind === MERGED) status = SIP_MERGED;
      }
      status = answer(bytes, status, RATIO_MAX * (to - from), host, port);
      if (status === OK && kind === NEW && isMethod(bytes, "MESSAGE")) {
        recent.add();
        options.deliver(bytes, r.bodyFrom, r.bodyTo, contentType(bytes));
      }
    }
    if (status !== OK && options.onRefused) options.onRefused(status, r.at);
    return status;
  }

  /** §8.2.1 to §8.2.3, in their order. */
  function checkRequest(bytes: Uint8Array): Status {
    r.at = r.methodFrom;
    const isMessage = isMethod(bytes, "MESSAGE");
    if (!isMessage && !isMethod(bytes, "OPTIONS")) return SIP_METHOD;
    r.at = r.uriFrom;
    if (!isText(bytes, r.uriFrom, r.uriTo, "sip:") && !isText(bytes, r.uriFrom, r.uriTo, "sips:"))
      return SIP_URI_SCHEME;
    r.at = r.spans[2 * HEADER_REQUIRE];
    if (r.at > 0) return SIP_REQUIRE;
    if (!isMessage) return OK;
    r.at = r.spans[2 * HEADER_CONTENT_ENCODING];
    if (r.at > 0 && !isWord(bytes, r.at, r.spans[2 * HEADER_CONTENT_ENCODING + 1], "identity")) return SIP_CONTENT_TYPE;
    r.at = r.spans[2 * HEADER_CONTENT_TYPE];
    if (r.at === 0) r.at = r.bodyFrom;
    if (contentType(bytes) === CONTENT_TYPE_OTHER) return SIP_CONTENT_TYPE;
    r.at = r.bodyFrom + bodyMax;
    if (r.bodyTo - r.bodyFrom > bodyMax) return SIP_BODY_LONG;
    r.at = r.spans[2 * HEADER_VIA]; // the Via that tells one request from another
    return OK;
  }

  function contentType(bytes: Uint8Array): ContentType {
    const from = r.spans[2 * HEADER_CONTENT_TYPE];
    return readContentType(bytes, from, endOfMediaType(bytes, from, r.spans[2 * HEADER_CONTENT_TYPE + 1]));
  }

  /**
   * Writes and sends the answer to a request with `status` (§8.2.6), in at most `bytesMax` bytes. The optional headers are
   * left out when the answer is longer with them; nothing is sent when it is longer even without them. Returns `status`, or
   * SIP_REPLY_LONG.
   */
  function answer(bytes: Uint8Array, status: Status, bytesMax: number, host: string, port: number): Status {
    let at = writeAnswer(bytes, status, true, host, port);
    if (at > bytesMax) at = writeAnswer(bytes, status, false, host, port);
    if (at < 0 || at > bytesMax) return status === OK ? SIP_REPLY_LONG : status;
    // §18.2.2, RFC 3581 §4; not to a maddr, or anyone could have us send to any address
    options.reply(out, 0, at, host, r.via.rportAt > 0 ? port : r.via.port);
    return status;
  }

  function writeAnswer(
    bytes: Uint8Array,
    status: Status,
    isWhole: boolean,
    host: string,
    port: number,
  ): EndOrMinusStatus {
    const isOptions = isMethod(bytes, "OPTIONS");
    let at = writeText("SIP/2.0 ", out, 0);
    at = writeText(answerTo(bytes, status), out, at);
    at = writeVias(bytes, host, port, at);
    at = writeHeader(bytes, HEADER_FROM, "\r\nFrom: ", at);
    at = writeHeader(bytes, HEADER_TO, "\r\nTo: ", at);
    if (!r.hasToTag && r.spans[2 * HEADER_TO] > 0) at = writeText(`;tag=${options.tag}`, out, at);
    at = writeHeader(bytes, HEADER_CALL_ID, "\r\nCall-ID: ", at);
    at = writeHeader(bytes, HEADER_CSEQ, "\r\nCSeq: ", at);
    if (isWhole && (status === SIP_METHOD || isOptions)) at = writeText(ALLOW, out, at);
    if (isWhole && (status === SIP_CONTENT_TYPE || isOptions)) at = writeText(ACCEPT, out, at);
    if (isWhole && status === SIP_REQUIRE) at = writeUnsupported(bytes, at);
    return writeText("\r\nContent-Length: 0\r\n\r\n", out, at);
  }

  /** Copies the header from the request; writes nothing when it is absent. */
  function writeHeader(bytes: Uint8Array, header: number, name: string, from: EndOrMinusStatus): EndOrMinusStatus {
    if (r.spans[2 * header] === 0) return from;
    const at = writeText(name, out, from);
    return writeBytes(bytes, r.spans[2 * header], r.spans[2 * header + 1], out, at);
  }

  /** The values of all Require headers, in one Unsupported header (§8.2.2.3). */
  function writeUnsupported(bytes: Uint8Array, from: EndOrMinusStatus): EndOrMinusStatus {
    let at = from;
    let name = "\r\nUnsupported: ";
    r.line.next = r.headersFrom;
    while (nextSipField(bytes, r.headersTo, r.line)) {
      if (sipHeaderOf(bytes, r.line) !== HEADER_REQUIRE) continue;
      at = writeText(name, out, at);
      at = writeBytes(bytes, r.line.valueFrom, r.line.valueTo, out, at);
      name = ", ";
    }
    return at;
  }

  function answerTo(bytes: Uint8Array, status: Status): string {
    if (status === OK) return "200 OK";
    if (status === SIP_VERSION) return "505 Version Not Supported";
    if (status === SIP_URI_SCHEME) return "416 Unsupported URI Scheme";
    if (status === SIP_REQUIRE) return "420 Bad Extension";
    if (status === SIP_CONTENT_TYPE) return "415 Unsupported Media Type";
    if (status === SIP_BODY_LONG || status === SIP_MESSAGE_LONG) return "513 Message Too Large";
    if (status === SIP_MERGED) return "482 Loop Detected";
    if (status !== SIP_METHOD) return "400 Bad Request";
    if (isMethod(bytes, "CANCEL") || isMethod(bytes, "BYE")) return "481 Call/Transaction Does Not Exist";
    for (let i = 0; i < OTHER_METHODS.length; i++)
      if (isMethod(bytes, OTHER_METHODS[i])) return "405 Method Not Allowed";
    return "501 Not Implemented";
  }

  /** Copies every Via in order; adds to the first one the address that the request came from (§18.2.1, RFC 3581 §4). */
  function writeVias(bytes: Uint8Array, host: string, port: number, from: EndOrMinusStatus): EndOrMinusStatus {
    let at = from;
    let isFirst = true;
    r.line.next = r.headersFrom;
    while (nextSipField(bytes, r.headersTo, r.line)) {
      if (sipHeaderOf(bytes, r.line) !== HEADER_VIA) continue;
      at = writeText("\r\nVia: ", out, at);
      const isTop = isFirst && host !== "" && r.via.to > 0; // a Via with malformed parameters is copied unchanged
      if (isTop) at = writeTopVia(bytes, host, port, at);
      at = writeBytes(bytes, isTop ? r.via.to : r.line.valueFrom, r.line.valueTo, out, at);
      isFirst = false;
    }
    return at;
  }

  function writeTopVia(bytes: Uint8Array, host: string, port: number, from: EndOrMinusStatus): EndOrMinusStatus {
    let copied = r.spans[2 * HEADER_VIA];
    let at = from;
    if (r.via.rportAt > 0) {
      at = writeBytes(bytes, copied, r.via.rportAt, out, at);
      at = writeText("=", out, at);
      at = writeDecimal(port, out, at);
      copied = r.via.rportAt;
    }
    at = writeBytes(bytes, copied, r.via.to, out, at);
    if (r.via.rportAt === 0 && isWord(bytes, r.via.hostFrom, r.via.hostTo, host)) return at;
    // the peer cannot use the zone of a link-local address
    return writeText(`;received=${host.split("%")[0]}`, out, at);
  }

  function isMethod(bytes: Uint8Array, method: string): boolean {
    return isExactly(bytes, r.methodFrom, r.methodTo, method);
  }

  return { receive };
}
