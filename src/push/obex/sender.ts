/** OBEX (§7.2; sections below are those of IrOBEX) at the server: CONNECT, one PUT in as many packets as it needs, DISCONNECT. */
import { isSpanIn, isUint, readUint } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  FIELD_RANGE,
  MORE,
  OBEX_CONNECTION,
  OBEX_NO_ANSWER,
  OBEX_PACKET_LENGTH,
  OBEX_PACKET_LONG,
  OBEX_REFUSED,
  OK,
  type Status,
} from "../../status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13, CONTENT_TYPE_OTHER, type ContentType } from "../../wire.ts";
import type { PushSender } from "../connection.ts";
import { MIME_12, MIME_13 } from "../dm.ts";
import { isWord } from "../text.ts";
import {
  HI_BODY,
  HI_CONNECTION_ID,
  HI_END_OF_BODY,
  HI_LENGTH,
  HI_TARGET,
  HI_TYPE,
  HI_WHO,
  newObexHeader,
  OP_CONNECT,
  OP_DISCONNECT,
  OP_PUT,
  OP_PUT_FINAL,
  PACKET_MIN,
  RESPONSE_CONTINUE,
  RESPONSE_SUCCESS,
  readObexHeader,
  TARGET_DM,
} from "./read.ts";
import { writeObexText, writeObexUint32, writeObexVersion } from "./write.ts";

/** The options of a sender of OBEX PUTs. */
export interface ObexSenderOptions {
  /** Sends `bytes[from..to)`, lent until it returns. */
  send: (bytes: Uint8Array, from: number, to: number) => void;
  /** CONTENT_TYPE_13 or CONTENT_TYPE_12; CONTENT_TYPE_OTHER sends no Type. */
  contentType: ContentType;
  /**
   * Connects to the DM client by its Target, SYNCML-DM. A peer that ignores the Target takes the PUT into its inbox. By
   * default false.
   */
  isDirected?: boolean;
  /** Bytes of a packet in either direction, 255 to 65535; the peer may announce fewer. By default 1024. */
  packetMax?: number;
  /** How long the whole exchange may take. By default 30. */
  secondsMax?: number;
}

function isObexType(contentType: ContentType): boolean {
  return contentType === CONTENT_TYPE_13 || contentType === CONTENT_TYPE_12 || contentType === CONTENT_TYPE_OTHER;
}

/**
 * Allocates two packets, once. `open` returns FIELD_RANGE for an option or a span that is out of its range. The final status is
 * OK; OBEX_REFUSED, with the response code in `code`, final bit included (CF is unsupported media type); OBEX_CONNECTION when a
 * service other than the DM client answered to the Target; OBEX_PACKET_LENGTH or OBEX_PACKET_LONG for a malformed answer; or
 * OBEX_NO_ANSWER. The caller closes the connection then.
 */
export function createObexSender(clock: Pick<Clock, "monotonicSeconds">, options: ObexSenderOptions): PushSender {
  const packetMax = or(options.packetMax, 1024);
  const secondsMax = or(options.secondsMax, 30);
  const isInRange =
    isUint(packetMax, 65535) && packetMax >= PACKET_MIN && secondsMax >= 0 && isObexType(options.contentType);
  const isDirected = or(options.isDirected, false);
  const out = new Uint8Array(isInRange ? packetMax : 0);
  const packet = new Uint8Array(out.length);
  const header = newObexHeader();
  let object: Uint8Array = out;
  let at = 0; // the span of the object that is still to be sent
  let end = 0;
  let peerMax = PACKET_MIN;
  let hasId = false;
  let id = 0;
  let asked = OP_CONNECT; // the opcode whose answer is awaited
  let received = 0;
  let length = 0;
  let code = 0;
  let status: Status = OK;
  let since = 0;

  function open(bytes: Uint8Array, from: number, to: number): Status {
    if (!isInRange || !isSpanIn(bytes, from, to)) return FIELD_RANGE;
    object = bytes;
    at = from;
    end = to;
    status = MORE;
    since = clock.monotonicSeconds();
    const headersAt = writeObexVersion(packetMax, out, 3);
    send(OP_CONNECT, isDirected ? writeObexText(HI_TARGET, TARGET_DM, out, headersAt) : headersAt);
    return status;
  }

  function receive(bytes: Uint8Array, from: number, to: number): Status {
    if (!isSpanIn(bytes, from, to)) return FIELD_RANGE;
    for (let i = from; i < to && status === MORE; i++) {
      packet[received] = bytes[i];
      received++;
      if (received === 3) {
        length = readUint(packet, 1, 2);
        if (length < 3) status = OBEX_PACKET_LENGTH;
        if (length > packetMax) status = OBEX_PACKET_LONG;
      }
      if (received >= 3 && received === length && status === MORE) {
        received = 0;
        takeAnswer();
      }
    }
    return status;
  }

  function takeAnswer(): void {
    if (asked === OP_DISCONNECT) {
      status = OK; // the object was taken already, so the answer to DISCONNECT does not matter
      return;
    }
    code = packet[0];
    if (asked === OP_CONNECT && code === RESPONSE_SUCCESS) status = readConnected();
    else if (asked === OP_PUT ? code !== RESPONSE_CONTINUE : code !== RESPONSE_SUCCESS) status = OBEX_REFUSED;
    if (status !== MORE) return;
    if (asked === OP_PUT_FINAL) send(OP_DISCONNECT, writeId());
    else put();
  }

  /** Reads the answer to CONNECT: the peer's maximum packet, and a ConnectionID when the peer knows the Target (§2.2.11). */
  function readConnected(): Status {
    if (length < 7) return OBEX_PACKET_LENGTH;
    peerMax = Math.min(Math.max(readUint(packet, 5, 2), PACKET_MIN), packetMax);
    let isOurs = false;
    header.next = 7;
    while (header.next < length && readObexHeader(packet, length, header)) {
      if (header.id === HI_CONNECTION_ID) {
        hasId = isDirected;
        id = readUint(packet, header.from, 4);
      }
      if (header.id === HI_WHO) isOurs = isWord(packet, header.from, header.to, "syncml-dm");
    }
    if (header.next < length) return OBEX_PACKET_LENGTH;
    return hasId && !isOurs ? OBEX_CONNECTION : MORE;
  }

  /** Sends as much of the object as one packet holds. The first packet has Type and Length too. */
  function put(): void {
    let to = writeId();
    if (asked === OP_CONNECT) {
      if (options.contentType === CONTENT_TYPE_13) to = writeObexText(HI_TYPE, `${MIME_13}\x00`, out, to);
      if (options.contentType === CONTENT_TYPE_12) to = writeObexText(HI_TYPE, `${MIME_12}\x00`, out, to);
      to = writeObexUint32(HI_LENGTH, end - at, out, to);
    }
    const room = peerMax - to - 3;
    const count = Math.min(end - at, room);
    const isLast = count === end - at;
    to = writeObexText(isLast ? HI_END_OF_BODY : HI_BODY, "", out, to);
    out[to - 2] = (count + 3) >> 8;
    out[to - 1] = count + 3;
    for (let i = 0; i < count; i++) out[to + i] = object[at + i];
    at += count;
    send(isLast ? OP_PUT_FINAL : OP_PUT, to + count);
  }

  /** Writes the ConnectionID, which is the first header (§2.2.11). Returns the offset after it. */
  function writeId(): number {
    return hasId ? writeObexUint32(HI_CONNECTION_ID, id, out, 3) : 3;
  }

  function send(opcode: number, to: number): void {
    asked = opcode;
    out[0] = opcode;
    out[1] = to >> 8;
    out[2] = to;
    options.send(out, 0, to);
  }

  return {
    open,
    receive,
    tick(): Status {
      if (status === MORE && clock.monotonicSeconds() - since > secondsMax) status = OBEX_NO_ANSWER;
      return status;
    },
    code: () => code,
  };
}
