/** HTTP Push (§7.4) at the device: a server for OTA-HTTP (WAP-235 §5, formats of RFC 9112), one object for each connection. */
import { or } from "../../or.ts";
import {
  HTTP_APPLICATION_OTHER,
  HTTP_BODY_LONG,
  HTTP_CHUNK,
  HTTP_CONTENT_LENGTH,
  HTTP_CONTENT_TYPE,
  HTTP_CUT,
  HTTP_END,
  HTTP_HEADERS_LONG,
  HTTP_LENGTH_MISSING,
  HTTP_METHOD,
  HTTP_PATH,
  HTTP_SLOW,
  HTTP_START_LINE,
  HTTP_TRANSFER_ENCODING,
  HTTP_VERSION,
  MORE,
  OK,
} from "../../status.ts";
import type { DeliverEntity, PushConnection, Refused } from "../connection.ts";
import { DM_APPLICATION, isText, MIME_12, MIME_13 } from "../dm.ts";
import { endOfLine, writeText } from "../header-lines.ts";
import {
  CPI_TAG,
  ENTITY_HTTP,
  ENTITY_NOTIFICATION,
  ENTITY_OTHER,
  newHttpHead,
  readHttpHeaders,
  readHttpRequest,
} from "./request.ts";

export interface HttpReceiverOptions {
  deliver: DeliverEntity;
  /** Sends `bytes[from..to)`, lent until it returns. */
  reply: (bytes: Uint8Array, from: number, to: number) => void;
  refused?: Refused;
  /** By default "/wappush". */
  path?: string;
  /** What OPTIONS answers as X-Wap-Terminal-ID; without it there is none. At most 80 characters. */
  terminalId?: string;
  /** Bytes of a request's head, and of its chunk lines and trailers; more is answered 431, HTTP_HEADERS_LONG. By default 2048. */
  headersMax?: number;
  /** Bytes of a body; more is answered 413, HTTP_BODY_LONG. By default 4096. */
  bodyMax?: number;
  /** How long a request may take, whatever arrives meanwhile; longer is answered 408, HTTP_SLOW. By default 30. */
  secondsMax?: number;
  /** How long a connection stays open with no request on it. By default 60. */
  idleSecondsMax?: number;
}

/** The client's abilities, as OPTIONS answers them. */
const CPI = `\r\nX-Wap-CPITag: ${CPI_TAG}\r\nX-Wap-Push-Accept: ${MIME_13}, ${MIME_12}\r\nX-Wap-Push-Accept-AppID: ${DM_APPLICATION}`;
const ALLOW = "\r\nAllow: POST, OPTIONS";
const REPLY_BYTES = 512;

const HEAD = 0;
const BODY = 1;
const CHUNK_SIZE = 2;
const CHUNK_EXTENSION = 3;
const CHUNK_END = 4;
const TRAILER = 5;

/** Allocates the greater of headersMax and bodyMax, and 512 bytes for answers, once. */
export function createHttpReceiver(options: HttpReceiverOptions): PushConnection {
  const path = options.path === undefined ? "/wappush" : options.path;
  const headersMax = or(options.headersMax, 2048);
  const bodyMax = or(options.bodyMax, 4096);
  const secondsMax = or(options.secondsMax, 30);
  const idleSecondsMax = or(options.idleSecondsMax, 60);
  const bytes = new Uint8Array(Math.max(headersMax, bodyMax)); // the head, then in its place the body
  const out = new Uint8Array(REPLY_BYTES);
  const h = newHttpHead();
  let state = HEAD;
  let filled = 0; // bytes of the head or the body so far
  let size = 0; // bytes of the message so far
  let lineBytes = 0; // bytes of a line so far, without CR
  let extra = 0; // bytes of chunk lines and trailers
  let isAfterCr = false; // in the lines of a chunked body
  let left = 0; // bytes that the body or the chunk still has; in CHUNK_SIZE, the size read so far
  let refusal = OK; // why the request will not be delivered
  let refusedAt = 0;
  let over = OK; // why the connection is over
  let since = -1; // when the message, or the silence, began

  function receive(input: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && over === OK) {
      if (state === BODY) {
        const count = Math.min(left, to - at);
        for (let i = 0; i < count; i++) bytes[filled + i] = input[at + i];
        at += count;
        filled += count;
        size += count;
        left -= count;
        if (left === 0) endBody();
      } else {
        takeByte(input[at++]);
      }
    }
    return result();
  }

  function result(): number {
    if (over !== OK) return over;
    return size > 0 ? MORE : OK;
  }

  /** One byte outside of a body. */
  function takeByte(byte: number): number {
    const isLineEnd = byte === 0x0a;
    if (state === HEAD) {
      if (size === 0 && (isLineEnd || byte === 0x0d)) return OK; // RFC 9112 §2.2
      if (size === 0) since = -1;
      size++;
      if (filled === headersMax) return end(HTTP_HEADERS_LONG, size);
      bytes[filled++] = byte;
      if (isLineEnd && lineBytes === 0) endHead();
    } else {
      size++;
      if (state === CHUNK_EXTENSION || state === TRAILER) extra++;
      if (extra > headersMax) return end(HTTP_HEADERS_LONG, size);
      if (isAfterCr && !isLineEnd) return end(HTTP_CHUNK, size);
      isAfterCr = byte === 0x0d;
      if (state === CHUNK_SIZE && byte !== 0x0d && !isLineEnd) {
        const digit = hexDigit(byte);
        if (digit >= 0 && lineBytes < 7) left = left * 16 + digit;
        else if (lineBytes > 0 && (byte === 0x3b || byte === 0x20 || byte === 0x09)) state = CHUNK_EXTENSION;
        else return end(HTTP_CHUNK, size);
      } else if (state === CHUNK_END && byte !== 0x0d && !isLineEnd) return end(HTTP_CHUNK, size);
      else if (isLineEnd) endLine();
    }
    if (isLineEnd) lineBytes = 0;
    else if (byte !== 0x0d) lineBytes++;
    return OK;
  }

  /** A line of the chunked coding (RFC 9112 §7.1). */
  function endLine(): void {
    if (state === CHUNK_END) startChunk();
    else if (state === TRAILER) {
      if (lineBytes === 0) endMessage();
    } else if (lineBytes === 0) end(HTTP_CHUNK, size);
    else if (left > bodyMax - filled) end(HTTP_BODY_LONG, size);
    else state = left === 0 ? TRAILER : BODY;
  }

  function startChunk(): void {
    state = CHUNK_SIZE;
    left = 0;
  }

  function endBody(): void {
    if (h.isChunked) state = CHUNK_END;
    else endMessage();
  }

  function endHead(): number {
    refusal = readHttpRequest(bytes, 0, filled, path, h);
    refusedAt = h.at;
    if (refusal !== OK && refusal !== HTTP_PATH && refusal !== HTTP_METHOD) return end(refusal, refusedAt);
    if (refusal === OK && h.isPost) {
      refusedAt = h.typeAt;
      if (h.contentLength < 0 && !h.isChunked) return end(HTTP_LENGTH_MISSING, filled);
      if (h.entity === ENTITY_OTHER) refusal = HTTP_CONTENT_TYPE;
      else if (h.hasOtherApplication) refusal = HTTP_APPLICATION_OTHER;
    }
    if (h.contentLength > bodyMax) return end(HTTP_BODY_LONG, filled);
    if (h.isWaiting && (h.isChunked || h.contentLength > 0)) {
      if (refusal !== OK) return end(refusal, refusedAt); // whether a body follows, is now the sender's choice
      send(writeText("HTTP/1.1 100 Continue\r\n\r\n", out, 0));
    }
    filled = 0;
    extra = 0;
    left = h.contentLength;
    state = BODY;
    if (h.isChunked) startChunk();
    else if (left <= 0) endMessage();
    return OK;
  }

  function endMessage(): void {
    const cpi = h.cpi;
    const isLast = h.isLast;
    let from = 0;
    let to = filled;
    if (refusal === OK && h.isPost && h.entity === ENTITY_HTTP) {
      refusedAt = size;
      refusal = readEntity();
      from = h.bodyAt;
      if (h.contentLength >= 0) to = from + h.contentLength;
    }
    let at = writeStatus(refusal);
    if (refusal === OK) {
      if (h.isPost) at = writeText(cpi === 2 ? `256\r\nX-Wap-CPITag: ${CPI_TAG}` : "400", out, at);
      else at = writeAbilities(cpi === 1 ? "500" : "501", at);
    }
    if (isLast) at = writeText("\r\nConnection: close", out, at);
    send(writeText("\r\n\r\n", out, at));
    const isDelivered = refusal === OK && h.isPost;
    if (refusal !== OK && options.refused) options.refused(refusal, refusedAt);
    if (isLast) over = HTTP_END;
    state = HEAD;
    filled = 0;
    size = 0;
    since = -1;
    if (isDelivered) options.deliver(bytes, from, to, h.contentType);
  }

  function writeStatus(status: number): number {
    let at = writeText("HTTP/1.1 ", out, 0);
    at = writeText(answerTo(status), out, at);
    if (status === OK) return writeText("\r\nX-Wap-Push-OTA-Version: 1.0\r\nX-Wap-Push-Status: ", out, at);
    if (status === HTTP_METHOD) at = writeText(ALLOW, out, at);
    return writeText("\r\nContent-Length: 0", out, at);
  }

  /** The answer to the registration query: 500 where the gateway knows the abilities already, else 501. */
  function writeAbilities(pushStatus: string, from: number): number {
    let at = writeText(pushStatus, out, from);
    at = writeText(ALLOW, out, at);
    at = writeText("\r\nCache-Control: no-cache", out, at);
    at = writeText(CPI, out, at);
    if (options.terminalId === undefined) return at;
    at = writeText("\r\nX-Wap-Terminal-ID: ", out, at);
    return writeText(options.terminalId, out, at);
  }

  /** application/http: a response with Package #0 as its entity, in the body (WAP-235 §5.3). */
  function readEntity(): number {
    const line = endOfLine(bytes, 0, filled);
    if (line < 0 || !isText(bytes, 0, line, "http/1.")) return HTTP_START_LINE;
    const status = readHttpHeaders(bytes, line, filled, false, h);
    if (status !== OK) return status;
    if (h.isChunked || h.contentLength > filled - h.bodyAt) return HTTP_CONTENT_LENGTH;
    if (h.entity !== ENTITY_NOTIFICATION) return HTTP_CONTENT_TYPE;
    return h.hasOtherApplication ? HTTP_APPLICATION_OTHER : OK;
  }

  /** Answers, ends the connection, and returns `status`: where the message ends cannot be known, or will not be waited for. */
  function end(status: number, at: number): number {
    over = status;
    send(writeText("\r\nConnection: close\r\n\r\n", out, writeStatus(status)));
    if (options.refused) options.refused(status, at);
    return status;
  }

  function send(to: number): void {
    if (to > 0) options.reply(out, 0, to);
  }

  function tick(nowSeconds: number): number {
    if (over !== OK) return over;
    if (since < 0) since = nowSeconds;
    else if (size > 0 && nowSeconds - since > secondsMax) end(HTTP_SLOW, size);
    else if (size === 0 && nowSeconds - since > idleSecondsMax) over = HTTP_END;
    return result();
  }

  return {
    receive,
    tick,
    close(): void {
      if (over !== OK) return;
      over = HTTP_END;
      if (size > 0 && options.refused) options.refused(HTTP_CUT, size);
    },
  };
}

function answerTo(status: number): string {
  if (status === OK) return "204 No Content";
  if (status === HTTP_PATH) return "404 Not Found";
  if (status === HTTP_METHOD) return "405 Method Not Allowed";
  if (status === HTTP_SLOW) return "408 Request Timeout";
  if (status === HTTP_LENGTH_MISSING) return "411 Length Required";
  if (status === HTTP_BODY_LONG) return "413 Content Too Large";
  if (status === HTTP_CONTENT_TYPE) return "415 Unsupported Media Type";
  if (status === HTTP_HEADERS_LONG) return "431 Request Header Fields Too Large";
  if (status === HTTP_TRANSFER_ENCODING) return "501 Not Implemented";
  if (status === HTTP_VERSION) return "505 HTTP Version Not Supported";
  if (status === HTTP_APPLICATION_OTHER) return "403 Forbidden";
  return "400 Bad Request";
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
