/**
 * HTTP Push (§7.4) at the device: a server for OTA-HTTP (WAP-235 §5; message formats of RFC 9112). Each connection has a
 * receiver of its own.
 */
import { CR, LF } from "../../ascii.ts";
import { isSpanIn } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  FIELD_RANGE,
  HTTP_APPLICATION_OTHER,
  HTTP_BODY_LONG,
  HTTP_CONTENT_LENGTH,
  HTTP_CONTENT_TYPE,
  HTTP_CUT,
  HTTP_END,
  HTTP_HEADERS_LONG,
  HTTP_LENGTH_MISSING,
  HTTP_METHOD,
  HTTP_PATH,
  HTTP_PIPELINED,
  HTTP_SLOW,
  HTTP_START_LINE,
  MORE,
  OK,
  type Status,
} from "../../status.ts";
import { type Bodies, createBodies } from "../bodies.ts";
import type { ConnectionOptions, PushConnection } from "../connection.ts";
import { endOfLine } from "../header-lines.ts";
import { createLifetime } from "../lifetime.ts";
import { writeText } from "../text.ts";
import { createChunks } from "./chunks.ts";
import {
  ENTITY_HTTP,
  ENTITY_NOTIFICATION,
  ENTITY_OTHER,
  type HttpHead,
  isHttpStatusLine,
  newHttpHead,
  readHttpHeaders,
  readHttpRequest,
} from "./read.ts";
import { HTTP_ANSWER_BYTES, writeHttpAcceptance, writeHttpRefusal } from "./write.ts";

/** The options of an HTTP Push receiver. */
export interface HttpReceiverOptions extends ConnectionOptions {
  /** The path that a request must name. By default "/wappush". */
  path?: string;
  /** The X-Wap-Terminal-ID in answers to OPTIONS, at most 80 characters; without it the answers have none. */
  terminalId?: string;
  /** Bytes of a request's head, and of its chunk extensions and trailers; more is answered 431, HTTP_HEADERS_LONG. By default 2048. */
  headersMax?: number;
}

const HEAD = 0;
const BODY = 1;
/** The parts of a chunked body that are not data. */
const CHUNKS = 2;

/** Allocates headersMax and bodyMax bytes, and 512 bytes for answers, once. */
export function createHttpReceiver(
  clock: Pick<Clock, "monotonicSeconds">,
  options: HttpReceiverOptions,
): PushConnection {
  const path = or(options.path, "/wappush");
  const terminalId = or(options.terminalId, "");
  const bodyMax = or(options.bodyMax, 4096);
  const head = new Uint8Array(or(options.headersMax, 2048));
  const bodies = createBodies(bodyMax, options.deliver);
  const chunks = createChunks(head.length);
  const out = new Uint8Array(HTTP_ANSWER_BYTES);
  const h = newHttpHead();
  let state = HEAD;
  let filled = 0; // bytes of the head so far
  let lineBytes = 0; // bytes of the current line of the head so far, without CR
  let size = 0; // bytes of the message so far
  let left = 0; // bytes of the body, or of the chunk's data, that are still to come
  let refusal: Status = OK; // why the request will not be delivered
  let refusedAt = 0;
  const life = createLifetime(clock, options, {
    endStatus: HTTP_END,
    cutStatus: HTTP_CUT,
    progress: () => (size > 0 ? size : -1),
    expire: at => end(HTTP_SLOW, at),
  });

  function receive(input: Uint8Array, from: number, to: number): Status {
    if (!isSpanIn(input, from, to)) return FIELD_RANGE;
    let at = from;
    while (at < to && life.over === OK) {
      if (state === BODY) at += takeBody(input, at, to);
      else {
        if (state === HEAD) takeHead(input[at]);
        else takeChunks(input[at]);
        at++;
      }
    }
    bodies.deliver();
    return life.status();
  }

  function takeHead(byte: number): void {
    if (size === 0) {
      if (byte === LF || byte === CR) return; // RFC 9112 §2.2
      life.begin();
    }
    size++;
    if (filled === head.length) {
      end(HTTP_HEADERS_LONG, size);
      return;
    }
    head[filled++] = byte;
    if (byte === LF) {
      if (lineBytes === 0) endHead();
      lineBytes = 0;
    } else if (byte !== CR) lineBytes++;
  }

  function endHead(): void {
    refusal = readHttpRequest(head, 0, filled, path, h);
    refusedAt = h.at;
    if (refusal === OK && h.isPost) checkPost();
    if (life.over !== OK) return;
    if (refusal !== OK && !keepsFraming(refusal)) end(refusal, refusedAt);
    else if (h.contentLength > bodyMax) end(HTTP_BODY_LONG, filled);
    else beginBody();
  }

  /** Finds the faults of a POST that its head shows. */
  function checkPost(): void {
    refusedAt = h.typeAt;
    if (h.contentLength < 0 && !h.isChunked) end(HTTP_LENGTH_MISSING, filled);
    else if (h.entity === ENTITY_OTHER) refusal = HTTP_CONTENT_TYPE;
    else if (h.hasOtherApplication) refusal = HTTP_APPLICATION_OTHER;
  }

  function beginBody(): void {
    const hasBody = h.isChunked || h.contentLength > 0;
    if (h.isWaiting && hasBody) {
      // after this refusal the sender may send the body or not, so the framing is lost
      if (refusal !== OK) {
        end(refusal, refusedAt);
        return;
      }
      send(writeText("HTTP/1.1 100 Continue\r\n\r\n", out, 0));
    }
    filled = 0;
    bodies.start();
    left = h.contentLength;
    state = BODY;
    if (h.isChunked) {
      chunks.start();
      state = CHUNKS;
    } else if (left <= 0) endMessage();
    else if (!bodies.hasRoom(left)) end(HTTP_PIPELINED, size);
  }

  /** Takes as much of the body as has come; returns the number of bytes. */
  function takeBody(input: Uint8Array, from: number, to: number): number {
    const count = Math.min(left, to - from);
    for (let i = 0; i < count; i++) bodies.bytes[bodies.to + i] = input[from + i];
    bodies.to += count;
    size += count;
    left -= count;
    if (left === 0) {
      if (h.isChunked) state = CHUNKS;
      else endMessage();
    }
    return count;
  }

  function takeChunks(byte: number): void {
    size++;
    const status = chunks.take(byte);
    if (status === OK) endMessage();
    else if (status !== MORE) end(status, size);
    else if (byte === LF && chunks.left > 0) {
      left = chunks.left;
      if (left > bodyMax - (bodies.to - bodies.from)) end(HTTP_BODY_LONG, size);
      else if (!bodies.hasRoom(left)) end(HTTP_PIPELINED, size);
      else state = BODY;
    }
  }

  function endMessage(): void {
    let from = bodies.from;
    let to = bodies.to;
    if (refusal === OK && h.isPost && h.entity === ENTITY_HTTP) {
      refusedAt = size;
      refusal = readEntity(bodies, h);
      from = h.bodyAt;
      if (h.contentLength >= 0) to = from + h.contentLength;
    }
    const isDelivered = refusal === OK && h.isPost;
    if (isDelivered && bodies.isFull()) {
      end(HTTP_PIPELINED, size);
      return;
    }
    send(refusal === OK ? writeHttpAcceptance(h, terminalId, out) : writeHttpRefusal(refusal, h.isLast, out));
    if (refusal !== OK && options.onRefused) options.onRefused(refusal, refusedAt);
    if (isDelivered) bodies.keep(from, to, h.contentType);
    else bodies.start();
    if (h.isLast) life.over = HTTP_END;
    state = HEAD;
    size = 0;
    life.begin();
  }

  /** Ends the connection with a refusal: the end of the message is unknown, or too far away to wait for. */
  function end(status: Status, at: number): void {
    life.over = status;
    if (status !== HTTP_PIPELINED) send(writeHttpRefusal(status, true, out));
    if (options.onRefused) options.onRefused(status, at);
  }

  function send(to: number): void {
    if (to > 0) options.reply(out, 0, to);
  }

  return { receive, tick: life.tick, close: life.close };
}

/** Whether the connection stays after a refusal: the framing is known, so the body is read and dropped. */
function keepsFraming(status: Status): boolean {
  return (
    status === HTTP_PATH || status === HTTP_METHOD || status === HTTP_CONTENT_TYPE || status === HTTP_APPLICATION_OTHER
  );
}

/**
 * Reads the body as application/http: a response whose entity is Package #0 (WAP-235 §5.3). The head of that response
 * replaces the outer head in `h`.
 */
function readEntity(bodies: Bodies, h: HttpHead): Status {
  const isLast = h.isLast;
  const cpi = h.cpi;
  const line = endOfLine(bodies.bytes, bodies.from, bodies.to);
  if (line < 0 || !isHttpStatusLine(bodies.bytes, bodies.from, line)) return HTTP_START_LINE;
  const status = readHttpHeaders(bodies.bytes, line, bodies.to, h);
  h.isLast = isLast;
  h.cpi = cpi;
  if (status !== OK) return status;
  if (h.isChunked || h.contentLength > bodies.to - h.bodyAt) return HTTP_CONTENT_LENGTH;
  if (h.entity !== ENTITY_NOTIFICATION) return HTTP_CONTENT_TYPE;
  return h.hasOtherApplication ? HTTP_APPLICATION_OTHER : OK;
}
