/**
 * OBEX (§7.2) at the device: a server for PUT (IrOBEX 1.2 and later: §2 headers, §3 packets). Each connection has a receiver
 * of its own.
 */
import { isSpanIn, readUint } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  type EndOrMinusStatus,
  FIELD_RANGE,
  OBEX_BODY_LONG,
  OBEX_BODY_MISSING,
  OBEX_CONNECTION,
  OBEX_CUT,
  OBEX_END,
  OBEX_HEADER,
  OBEX_OPCODE,
  OBEX_PACKET_LENGTH,
  OBEX_PACKET_LONG,
  OBEX_PIPELINED,
  OBEX_SLOW,
  OBEX_TYPE,
  OK,
  type Status,
} from "../../status.ts";
import { CONTENT_TYPE_OTHER, type ContentType } from "../../wire.ts";
import { createBodies } from "../bodies.ts";
import type { ConnectionOptions, PushConnection } from "../connection.ts";
import { readContentType } from "../dm.ts";
import { createLifetime } from "../lifetime.ts";
import { isWord } from "../text.ts";
import {
  HI_BODY,
  HI_CONNECTION_ID,
  HI_END_OF_BODY,
  HI_TARGET,
  HI_TYPE,
  HI_WHO,
  newObexHeader,
  OP_ABORT,
  OP_CONNECT,
  OP_DISCONNECT,
  OP_PUT,
  OP_PUT_FINAL,
  RESPONSE_BAD_REQUEST,
  RESPONSE_CONTINUE,
  RESPONSE_NOT_IMPLEMENTED,
  RESPONSE_SERVICE_UNAVAILABLE,
  RESPONSE_SUCCESS,
  RESPONSE_TOO_LARGE,
  RESPONSE_UNSUPPORTED_TYPE,
  readObexHeader,
  TARGET_DM,
} from "./read.ts";
import { writeObexText, writeObexUint32, writeObexVersion } from "./write.ts";

/** The options of an OBEX receiver. */
export interface ObexReceiverOptions extends ConnectionOptions {
  /** Bytes of a packet, at least 255, as CONNECT announces them; a longer packet is answered CD, OBEX_PACKET_LONG. By default 1024. */
  packetMax?: number;
}

/** The ConnectionID in the answer to a directed CONNECT; a TCP connection carries only one OBEX connection, so it is constant. */
const CONNECTION = 1;

/** The service that a connection is to: the inbox, when CONNECT names no Target. */
const TO_INBOX = 0;
/** The service that a connection is to: the DM client. */
const TO_DM = 1;
/** The service that a connection is to: one that this device does not have. */
const TO_OTHER = 2;

/**
 * Allocates packetMax and bodyMax bytes, and 32 for answers, once. Many senders omit CONNECT or Type, so a PUT needs
 * neither; without a Type the structure of the object decides. A Type other than those of DM notifications is refused, and
 * so are a Target other than the DM client and every PUT after it.
 */
export function createObexReceiver(
  clock: Pick<Clock, "monotonicSeconds">,
  options: ObexReceiverOptions,
): PushConnection {
  const packetMax = or(options.packetMax, 1024);
  const bodyMax = or(options.bodyMax, 4096);
  const packet = new Uint8Array(packetMax);
  const bodies = createBodies(bodyMax, options.deliver);
  const out = new Uint8Array(32);
  const header = newObexHeader();
  let received = 0; // bytes of the packet so far
  let length = 0; // bytes of the whole packet, known once 3 of them have come
  let target = TO_INBOX;
  let isPutting = false; // between the first packet of a PUT and its last
  let hasBody = false;
  let contentType: ContentType = CONTENT_TYPE_OTHER;
  let isComplete = false; // the packet completed a PUT
  let refusal: Status = OK; // why the packet's operation is refused
  let refusedAt = 0;
  let outLength = 0;
  const life = createLifetime(clock, options, {
    endStatus: OBEX_END,
    cutStatus: OBEX_CUT,
    progress: () => (received > 0 || isPutting ? received : -1),
    expire: at => end(OBEX_SLOW, at),
  });

  function receive(input: Uint8Array, from: number, to: number): Status {
    if (!isSpanIn(input, from, to)) return FIELD_RANGE;
    for (let at = from; at < to && life.over === OK; at++) {
      if (received === 0 && !isPutting) life.begin();
      if (received < packetMax) packet[received] = input[at];
      received++;
      if (received === 3) {
        length = readUint(packet, 1, 2);
        if (length < 3) end(OBEX_PACKET_LENGTH, 1); // the beginning of the next packet is unknown
      }
      if (received >= 3 && received === length && life.over === OK) {
        received = 0;
        endPacket();
      }
    }
    bodies.deliver();
    return life.status();
  }

  function end(status: Status, at: number): void {
    life.over = status;
    if (options.onRefused) options.onRefused(status, at);
  }

  function endPacket(): void {
    refusal = OK;
    isComplete = false;
    outLength = 3;
    out[0] = perform(packet[0]);
    out[1] = 0;
    out[2] = outLength;
    if (!isPutting) life.begin();
    if (refusal === OBEX_PIPELINED) {
      end(refusal, refusedAt);
      return;
    }
    options.reply(out, 0, outLength);
    if (refusal !== OK && options.onRefused) options.onRefused(refusal, refusedAt);
    if (isComplete) bodies.keep(bodies.from, bodies.to, contentType);
  }

  /** Performs the operation of the packet, and returns the response code. */
  function perform(opcode: number): number {
    const wasPutting = isPutting;
    isPutting = false; // any other operation ends a PUT, ABORT among them (§3.3.5)
    if (length > packetMax) return refuse(RESPONSE_TOO_LARGE, OBEX_PACKET_LONG, packetMax);
    if (opcode === OP_CONNECT) return connect();
    if (opcode === OP_PUT || opcode === OP_PUT_FINAL) return put(wasPutting, opcode === OP_PUT_FINAL);
    if (opcode !== OP_DISCONNECT && opcode !== OP_ABORT) return refuse(RESPONSE_NOT_IMPLEMENTED, OBEX_OPCODE, 0);
    header.next = 3;
    while (header.next < length) {
      if (!readObexHeader(packet, length, header)) return refuse(RESPONSE_BAD_REQUEST, OBEX_HEADER, header.next);
      if (isOtherConnection()) return refuse(RESPONSE_SERVICE_UNAVAILABLE, OBEX_CONNECTION, header.from);
    }
    if (opcode === OP_DISCONNECT) target = TO_INBOX;
    return RESPONSE_SUCCESS;
  }

  /**
   * CONNECT: version:8 flags:8 maximum packet:16 headers. The answer to one with the Target SYNCML-DM has Who and a
   * ConnectionID (§2.2.11).
   */
  function connect(): number {
    target = TO_INBOX;
    if (length < 7) return refuse(RESPONSE_BAD_REQUEST, OBEX_PACKET_LENGTH, 1);
    header.next = 7;
    let targetAt = 0;
    while (header.next < length) {
      if (!readObexHeader(packet, length, header)) return refuse(RESPONSE_BAD_REQUEST, OBEX_HEADER, header.next);
      if (header.id !== HI_TARGET) continue;
      targetAt = header.from;
      const isDm = isWord(packet, header.from, header.to, "syncml-dm");
      target = isDm && target !== TO_OTHER ? TO_DM : TO_OTHER;
    }
    let at: EndOrMinusStatus = writeObexVersion(packetMax, out, 3);
    if (target === TO_DM) {
      at = writeObexUint32(HI_CONNECTION_ID, CONNECTION, out, at);
      at = writeObexText(HI_WHO, TARGET_DM, out, at);
    }
    outLength = at;
    if (target === TO_OTHER) return refuse(RESPONSE_SERVICE_UNAVAILABLE, OBEX_CONNECTION, targetAt);
    return RESPONSE_SUCCESS;
  }

  /** Takes a packet of a PUT. The headers before the body may come in any order and in any packet (§3.3.3). */
  function put(isContinued: boolean, isFinal: boolean): number {
    if (target === TO_OTHER) return refuse(RESPONSE_SERVICE_UNAVAILABLE, OBEX_CONNECTION, 0);
    if (!isContinued) {
      bodies.start();
      hasBody = false;
      contentType = CONTENT_TYPE_OTHER;
    }
    header.next = 3;
    while (header.next < length) {
      if (!readObexHeader(packet, length, header)) return refuse(RESPONSE_BAD_REQUEST, OBEX_HEADER, header.next);
      if (isOtherConnection()) return refuse(RESPONSE_SERVICE_UNAVAILABLE, OBEX_CONNECTION, header.from);
      if (header.id === HI_TYPE) {
        let to = header.to;
        if (to > header.from && packet[to - 1] === 0) to--; // the NUL at the end may be missing
        contentType = readContentType(packet, header.from, to);
        if (contentType === CONTENT_TYPE_OTHER) return refuse(RESPONSE_UNSUPPORTED_TYPE, OBEX_TYPE, header.from);
      } else if (header.id === HI_BODY || header.id === HI_END_OF_BODY) {
        const count = header.to - header.from;
        if (count > bodyMax - (bodies.to - bodies.from)) {
          return refuse(RESPONSE_TOO_LARGE, OBEX_BODY_LONG, header.from);
        }
        if (!bodies.hasRoom(count)) return refuse(RESPONSE_TOO_LARGE, OBEX_PIPELINED, header.from);
        for (let i = 0; i < count; i++) bodies.bytes[bodies.to + i] = packet[header.from + i];
        bodies.to += count;
        hasBody = true;
      } // other headers are ignored: Name, Length (which may be wrong), Description, ...
    }
    isPutting = !isFinal;
    if (isPutting) return RESPONSE_CONTINUE;
    if (!hasBody) return refuse(RESPONSE_BAD_REQUEST, OBEX_BODY_MISSING, length); // such a PUT deletes an object (§3.3.3.6)
    if (bodies.isFull()) return refuse(RESPONSE_TOO_LARGE, OBEX_PIPELINED, 0);
    isComplete = true;
    return RESPONSE_SUCCESS;
  }

  function isOtherConnection(): boolean {
    return header.id === HI_CONNECTION_ID && readUint(packet, header.from, 4) !== CONNECTION;
  }

  function refuse(responseCode: number, status: Status, at: number): number {
    refusal = status;
    refusedAt = at;
    return responseCode;
  }

  return { receive, tick: life.tick, close: life.close };
}
