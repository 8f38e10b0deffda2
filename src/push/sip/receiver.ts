/**
 * SIP Push (§7.3) at the device: a user agent server for MESSAGE (RFC 3428) over UDP (RFC 3261 §8.2, §17.2, §18.2).
 * It keeps no transactions: each answer is made from its request alone, so a retransmission gets the same one (§8.2.7).
 */
import { or } from "../../or.ts";
import {
  OK,
  SIP_BODY_LONG,
  SIP_CONTENT_TYPE,
  SIP_MESSAGE_LONG,
  SIP_METHOD,
  SIP_REPLY_LONG,
  SIP_REQUIRE,
  SIP_RESPONSE,
  SIP_URI_SCHEME,
  SIP_VERSION,
} from "../../status.ts";
import { CONTENT_TYPE_OTHER } from "../../wire.ts";
import type { DeliverEntity, Refused } from "../connection.ts";
import { isText, MIME_12, MIME_13, readContentType } from "../dm.ts";
import { endOfMediaType, isSame, isWord, writeDecimal, writeSpan, writeText } from "../header-lines.ts";
import { CALL_ID, CONTENT_ENCODING, CONTENT_TYPE, CSEQ, FROM, REQUIRE, TO } from "./headers.ts";
import { newSipRequest, readSipRequest } from "./request.ts";

export interface SipReceiverOptions {
  deliver: DeliverEntity;
  /** Sends `bytes[from..to)`, lent until it returns, to `host` (as given to `receive`) and UDP `port`. */
  reply: (bytes: Uint8Array, from: number, to: number, host: string, port: number) => void;
  /** The tag of To in answers (§19.3): at least 8 random characters of a-z and 0-9, others after each reset. */
  tag: string;
  /** Takes datagrams that are responses, such as those to REGISTER (sip-register.ts), and returns a status. */
  response?: (bytes: Uint8Array, from: number, to: number) => number;
  refused?: Refused;
  /** Bytes of a datagram; longer ones are ignored, SIP_MESSAGE_LONG. By default 4096: proxies add to the 1300 of RFC 3428 §8. */
  messageMax?: number;
  /** Bytes of a body; longer ones are answered 513, SIP_BODY_LONG. By default 1300. */
  bodyMax?: number;
  /** Bytes of an answer, allocated once; a request that needs more is ignored, SIP_REPLY_LONG. By default 1500. */
  replyMax?: number;
  /** Messages that are remembered in order to know their retransmissions, 12 bytes each. By default 16. */
  branchesMax?: number;
}

export interface SipReceiver {
  /**
   * Takes the datagram `bytes[from..to)`, lent, from `host` and `port`; `host` "" where the board does not know it.
   * Answers first, then delivers, so that neither the answer nor its time depends on the verdict (D12). Returns OK, or
   * the 0x3_ status for which nothing was delivered. Allocates nothing.
   */
  receive(bytes: Uint8Array, from: number, to: number, host: string, port: number): number;
  /** Tells the time, in seconds of any clock that does not go back; once in ten seconds is enough. */
  tick(nowSeconds: number): void;
}

const ALLOW = "\r\nAllow: MESSAGE, OPTIONS";
const ACCEPT = `\r\nAccept: ${MIME_13}, ${MIME_12}\r\nAccept-Encoding: identity`;
/** Methods that are known, and allowed here in no state (§8.2.1). */
const OTHER_METHODS = ["INVITE", "REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "REFER", "INFO", "UPDATE", "PRACK"];
/** Timer J (§17.2.2): how long a request over UDP may come again. */
const BRANCH_SECONDS = 32;

/** Allocates replyMax bytes and 12 for each remembered message, once. */
export function createSipReceiver(options: SipReceiverOptions): SipReceiver {
  const messageMax = or(options.messageMax, 4096);
  const bodyMax = or(options.bodyMax, 1300);
  const branchesMax = or(options.branchesMax, 16);
  const out = new Uint8Array(or(options.replyMax, 1500));
  const branches = new Int32Array(3 * branchesMax); // two hashes of a message, the time it came
  const key = new Int32Array(2);
  const r = newSipRequest();
  let branchCount = 0;
  let now = 0;

  function receive(bytes: Uint8Array, from: number, to: number, host: string, port: number): number {
    let at = from;
    while (at < to && (bytes[at] === 0x0d || bytes[at] === 0x0a || bytes[at] === 0)) at++;
    if (at >= to) return OK; // keep-alives of proxies (RFC 5626 §3.5)
    if (isText(bytes, at, to, "sip/")) return options.response ? options.response(bytes, at, to) : SIP_RESPONSE;
    r.at = from + messageMax;
    let status = SIP_MESSAGE_LONG;
    if (to - from <= messageMax) {
      status = readSipRequest(bytes, at, to, r);
      if (r.isComplete && !isMethod(bytes, "ACK")) {
        if (status === OK) status = checkRequest(bytes);
        status = answer(bytes, status, host, port);
        if (status === OK && isMethod(bytes, "MESSAGE") && isFirst(bytes)) {
          options.deliver(bytes, r.bodyFrom, r.bodyTo, contentType(bytes));
        }
      }
    }
    if (status !== OK && options.refused) options.refused(status, r.at);
    return status;
  }

  /** §8.2.1 to §8.2.3, in their order. */
  function checkRequest(bytes: Uint8Array): number {
    r.at = r.methodFrom;
    const isMessage = isMethod(bytes, "MESSAGE");
    if (!isMessage && !isMethod(bytes, "OPTIONS")) return SIP_METHOD;
    r.at = r.uriFrom;
    if (!isText(bytes, r.uriFrom, r.uriTo, "sip:") && !isText(bytes, r.uriFrom, r.uriTo, "sips:"))
      return SIP_URI_SCHEME;
    r.at = r.spans[2 * REQUIRE];
    if (r.at > 0) return SIP_REQUIRE;
    if (!isMessage) return OK;
    r.at = r.spans[2 * CONTENT_ENCODING];
    if (r.at > 0 && !isWord(bytes, r.at, r.spans[2 * CONTENT_ENCODING + 1], "identity")) return SIP_CONTENT_TYPE;
    r.at = r.spans[2 * CONTENT_TYPE];
    if (r.at === 0) r.at = r.bodyFrom;
    if (contentType(bytes) === CONTENT_TYPE_OTHER) return SIP_CONTENT_TYPE;
    r.at = r.bodyFrom + bodyMax;
    return r.bodyTo - r.bodyFrom > bodyMax ? SIP_BODY_LONG : OK;
  }

  function contentType(bytes: Uint8Array): number {
    const from = r.spans[2 * CONTENT_TYPE];
    return readContentType(bytes, from, endOfMediaType(bytes, from, r.spans[2 * CONTENT_TYPE + 1]));
  }

  /** Writes and sends the answer to a request with `status` (§8.2.6). Returns `status`, or SIP_REPLY_LONG. */
  function answer(bytes: Uint8Array, status: number, host: string, port: number): number {
    let at = writeText("SIP/2.0 ", out, 0);
    at = writeText(answerTo(bytes, status), out, at);
    at = writeVias(bytes, host, port, at);
    at = writeText("\r\nFrom: ", out, at);
    at = writeHeader(bytes, FROM, at);
    at = writeText("\r\nTo: ", out, at);
    at = writeHeader(bytes, TO, at);
    if (!r.hasToTag) {
      at = writeText(";tag=", out, at);
      at = writeText(options.tag, out, at);
    }
    at = writeText("\r\nCall-ID: ", out, at);
    at = writeHeader(bytes, CALL_ID, at);
    at = writeText("\r\nCSeq: ", out, at);
    at = writeHeader(bytes, CSEQ, at);
    if (status === SIP_METHOD || isMethod(bytes, "OPTIONS")) at = writeText(ALLOW, out, at);
    if (status === SIP_CONTENT_TYPE || isMethod(bytes, "OPTIONS")) at = writeText(ACCEPT, out, at);
    if (status === SIP_REQUIRE) {
      at = writeText("\r\nUnsupported: ", out, at);
      at = writeHeader(bytes, REQUIRE, at);
    }
    at = writeText("\r\nContent-Length: 0\r\n\r\n", out, at);
    if (at < 0) return SIP_REPLY_LONG;
    options.reply(out, 0, at, host, r.via.rportAt > 0 ? port : r.via.port); // §18.2.2, RFC 3581 §4
    return status;
  }

  function writeHeader(bytes: Uint8Array, header: number, at: number): number {
    return writeSpan(bytes, r.spans[2 * header], r.spans[2 * header + 1], out, at);
  }

  function answerTo(bytes: Uint8Array, status: number): string {
    if (status === OK) return "200 OK";
    if (status === SIP_VERSION) return "505 Version Not Supported";
    if (status === SIP_URI_SCHEME) return "416 Unsupported URI Scheme";
    if (status === SIP_REQUIRE) return "420 Bad Extension";
    if (status === SIP_CONTENT_TYPE) return "415 Unsupported Media Type";
    if (status === SIP_BODY_LONG) return "513 Message Too Large";
    if (status !== SIP_METHOD) return "400 Bad Request";
    if (isMethod(bytes, "CANCEL") || isMethod(bytes, "BYE")) return "481 Call/Transaction Does Not Exist";
    for (let i = 0; i < OTHER_METHODS.length; i++)
      if (isMethod(bytes, OTHER_METHODS[i])) return "405 Method Not Allowed";
    return "501 Not Implemented";
  }

  /** Every Via as it came, in order; the first one with where the request came from (§18.2.1, RFC 3581 §4). */
  function writeVias(bytes: Uint8Array, host: string, port: number, from: number): number {
    let at = from;
    for (let i = 0; i < r.viaCount; i++) {
      let copied = r.vias[2 * i];
      at = writeText("\r\nVia: ", out, at);
      if (i === 0 && host !== "") {
        if (r.via.rportAt > 0) {
          at = writeSpan(bytes, copied, r.via.rportAt, out, at);
          at = writeText("=", out, at);
          at = writeDecimal(port, out, at);
          copied = r.via.rportAt;
        }
        at = writeSpan(bytes, copied, r.via.to, out, at);
        copied = r.via.to;
        if (r.via.rportAt > 0 || !isWord(bytes, r.via.hostFrom, r.via.hostTo, host)) {
          at = writeText(";received=", out, at);
          at = writeText(host.split("%")[0], out, at); // the zone of a link-local address means nothing to the peer
        }
      }
      at = writeSpan(bytes, copied, r.vias[2 * i + 1], out, at);
    }
    return at;
  }

  function isMethod(bytes: Uint8Array, method: string): boolean {
    return isSame(bytes, r.methodFrom, r.methodTo, method);
  }

  /**
   * Whether a message is none that came in the last 32 seconds: another first Via (its branch is in there, §17.2.3),
   * Call-ID or CSeq. Remembers it; where there is no room, the oldest is forgotten, and admission knows the duplicate.
   */
  function isFirst(bytes: Uint8Array): boolean {
    if (branchesMax === 0) return true;
    key[0] = 0;
    key[1] = 5381;
    addToKey(key, bytes, r.vias[0], r.via.to);
    addToKey(key, bytes, r.spans[2 * CALL_ID], r.spans[2 * CALL_ID + 1]);
    addToKey(key, bytes, r.spans[2 * CSEQ], r.spans[2 * CSEQ + 1]);
    for (let i = 0; i < branchCount && i < branchesMax; i++) {
      const isKnown = branches[3 * i] === key[0] && branches[3 * i + 1] === key[1];
      if (isKnown && now - branches[3 * i + 2] <= BRANCH_SECONDS) return false;
    }
    const slot = 3 * (branchCount % branchesMax);
    branches[slot] = key[0];
    branches[slot + 1] = key[1];
    branches[slot + 2] = now;
    branchCount++;
    if (branchCount === 2 * branchesMax) branchCount = branchesMax;
    return true;
  }

  return {
    receive,
    tick(nowSeconds: number): void {
      now = nowSeconds;
    },
  };
}

/** Two hashes of 32 bits. They guard against chance only: who can forge a branch that is not yet used has seen it. */
function addToKey(key: Int32Array, bytes: Uint8Array, from: number, to: number): void {
  let a = key[0];
  let b = key[1];
  for (let at = from; at < to; at++) {
    a = ((a << 5) - a + bytes[at]) | 0;
    b = (((b << 5) + b) ^ bytes[at]) | 0;
  }
  key[0] = a;
  key[1] = (b << 5) + b;
}
