/** HTTP Push (§7.4) at the server: one POST on a connection of its own, and its answer. */
import { CR, LF } from "../../ascii.ts";
import { isSpanIn, isUint } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  FIELD_RANGE,
  HTTP_HEADERS_LONG,
  HTTP_NO_ANSWER,
  HTTP_REFUSED,
  HTTP_START_LINE,
  MORE,
  OK,
  type Status,
} from "../../status.ts";
import type { ContentType } from "../../wire.ts";
import type { PushSender } from "../connection.ts";
import { isText } from "../dm.ts";
import { newHeaderLine } from "../header-lines.ts";
import { type HttpAnswer, readHttpAnswer } from "./read.ts";
import { HTTP_POST_BYTES, writeHttpPost } from "./write.ts";

/** No head needs more. */
const HEADERS_MAX = 1048576;

/** The options of a sender of HTTP Push. */
export interface HttpSenderOptions {
  /** Sends `bytes[from..to)`, lent until it returns. */
  send: (bytes: Uint8Array, from: number, to: number) => void;
  /** The value of Host: host or host:port. */
  host: string;
  /** By default "/wappush". */
  path?: string;
  /** CONTENT_TYPE_13 or CONTENT_TYPE_12. */
  contentType: ContentType;
  /** Bytes of the head of an answer, at most 1 MiB, allocated once; a longer head is HTTP_HEADERS_LONG. By default 2048. */
  headersMax?: number;
  /** How long the whole exchange may take. By default 30. */
  secondsMax?: number;
}

export interface HttpSender extends PushSender {
  /**
   * X-Wap-Push-Status of the answer: 400 for accepted, 256 for accepted when the device's abilities have changed; 0 when
   * absent.
   */
  pushStatus(): number;
}

/**
 * Allocates headersMax bytes once, and the bytes of the message in `open`, which may also return a status of writeHttpPost
 * (FIELD_RANGE also for an option out of its range).
 * The final status is OK, HTTP_REFUSED (`code` is then 300 to 599), HTTP_START_LINE or HTTP_HEADER for a malformed answer,
 * HTTP_HEADERS_LONG or HTTP_NO_ANSWER. Answers 1xx are skipped. The work is linear in the bytes of the answer, whatever
 * their pieces.
 */
export function createHttpSender(clock: Pick<Clock, "monotonicSeconds">, options: HttpSenderOptions): HttpSender {
  const path = or(options.path, "/wappush");
  const secondsMax = or(options.secondsMax, 30);
  const headersMax = or(options.headersMax, 2048);
  const isInRange = isUint(headersMax, HEADERS_MAX) && secondsMax >= 0;
  const head = new Uint8Array(isInRange ? headersMax : 0);
  const line = newHeaderLine();
  const answer: HttpAnswer = { code: 0, pushStatus: 0 };
  let filled = 0; // bytes of the head so far
  let lineBytes = 0; // bytes of the current line of the head so far, without CR
  let status: Status = OK;
  let since = 0;

  function receive(bytes: Uint8Array, from: number, to: number): Status {
    if (!isSpanIn(bytes, from, to)) return FIELD_RANGE;
    for (let at = from; at < to && status === MORE; at++) {
      if (filled === head.length) {
        status = HTTP_HEADERS_LONG;
        break;
      }
      const byte = bytes[at];
      head[filled++] = byte;
      if (byte !== LF) {
        if (byte !== CR) lineBytes++;
        continue;
      }
      if (!isText(head, 0, filled, "http/1.")) status = HTTP_START_LINE;
      else if (lineBytes === 0) endHead();
      lineBytes = 0;
    }
    return status;
  }

  function endHead(): void {
    const read = readHttpAnswer(head, 0, filled, answer, line);
    filled = 0;
    if (read !== OK) status = read;
    else if (answer.code >= 200) status = answer.code < 300 ? OK : HTTP_REFUSED;
  }

  return {
    open(bytes: Uint8Array, from: number, to: number): Status {
      status = FIELD_RANGE;
      if (!isInRange || !isSpanIn(bytes, from, to)) return status;
      const out = new Uint8Array(HTTP_POST_BYTES + options.host.length + path.length + to - from);
      const end = writeHttpPost(options.host, path, options.contentType, bytes, from, to, out, 0);
      status = end < 0 ? -end : MORE;
      since = clock.monotonicSeconds();
      filled = 0;
      lineBytes = 0;
      if (end > 0) options.send(out, 0, end);
      return status;
    },
    receive,
    tick(): Status {
      if (status === MORE && clock.monotonicSeconds() - since > secondsMax) status = HTTP_NO_ANSWER;
      return status;
    },
    code: () => answer.code,
    pushStatus: () => answer.pushStatus,
  };
}
