/** OBEX (§7.2) at the device: a server for PUT (IrOBEX 1.2 and later, §2 headers, §3 packets), one object for each connection. */
import { or } from "../../or.ts";
import {
  MORE,
  OBEX_BODY_LONG,
  OBEX_BODY_MISSING,
  OBEX_CONNECTION,
  OBEX_CUT,
  OBEX_END,
  OBEX_HEADER,
  OBEX_OPCODE,
  OBEX_PACKET_LENGTH,
  OBEX_PACKET_LONG,
  OBEX_SLOW,
  OBEX_TYPE,
  OK,
} from "../../status.ts";
import { CONTENT_TYPE_OTHER } from "../../wire.ts";
import type { DeliverEntity, PushConnection, Refused } from "../connection.ts";
import { readContentType } from "../dm.ts";
import { isWord, writeText } from "../header-lines.ts";
import {
  ABORT,
  BODY,
  CONNECT,
  CONNECTION_ID,
  DISCONNECT,
  END_OF_BODY,
  newObexHeader,
  OBEX_VERSION,
  PUT,
  PUT_FINAL,
  readObexHeader,
  TARGET,
  TARGET_DM,
  TYPE,
  WHO,
} from "./packet.ts";

export interface ObexReceiverOptions {
  deliver: DeliverEntity;
  /** Sends `bytes[from..to)`, lent until it returns. */
  reply: (bytes: Uint8Array, from: number, to: number) => void;
  refused?: Refused;
  /** Bytes of a packet that CONNECT asks for, 255 at least; longer ones are answered CD, OBEX_PACKET_LONG. By default 1024. */
  packetMax?: number;
  /** Bytes of an object; more is answered CD, OBEX_BODY_LONG. By default 4096. */
  bodyMax?: number;
  /** How long an operation may take, whatever arrives meanwhile; longer ends the connection, OBEX_SLOW. By default 30. */
  secondsMax?: number;
  /** How long a connection stays open with no operation on it. By default 60. */
  idleSecondsMax?: number;
}

const CONTINUE = 0x90;
const SUCCESS = 0xa0;
const BAD_REQUEST = 0xc0;
const TOO_LARGE = 0xcd;
const UNSUPPORTED_TYPE = 0xcf;
const NOT_IMPLEMENTED = 0xd1;
const SERVICE_UNAVAILABLE = 0xd3;

/** The ConnectionID that a directed CONNECT gets: one connection carries one. */
const ID = 1;

/** Allocates packetMax and bodyMax bytes, and 32 for answers, once. */
export function createObexReceiver(options: ObexReceiverOptions): PushConnection {
  const packetMax = or(options.packetMax, 1024);
  const bodyMax = or(options.bodyMax, 4096);
  const secondsMax = or(options.secondsMax, 30);
  const idleSecondsMax = or(options.idleSecondsMax, 60);
  const packet = new Uint8Array(packetMax);
  const body = new Uint8Array(bodyMax);
  const out = new Uint8Array(32);
  const header = newObexHeader();
  let received = 0; // bytes of the packet so far
  let length = 0; // bytes of the packet, once 3 of them are there
  let isPutting = false; // between the first packet of a PUT and its last
  let bodyLength = 0;
  let hasBody = false;
  let contentType = CONTENT_TYPE_OTHER;
  let isComplete = false; // the packet was the last of a PUT
  let refusal = OK; // why the packet's operation is refused
  let refusedAt = 0;
  let outLength = 0;
  let over = OK; // why the connection is over
  let since = -1; // when the operation, or the silence, began

  function receive(input: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to && over === OK; at++) {
      if (received === 0 && !isPutting) since = -1;
      if (received < packetMax) packet[received] = input[at];
      received++;
      if (received === 3) {
        length = (packet[1] << 8) | packet[2];
        if (length < 3) over = OBEX_PACKET_LENGTH; // where the next packet begins, cannot be known
        if (over !== OK && options.refused) options.refused(over, 1);
      }
      if (received >= 3 && received === length) {
        received = 0;
        endPacket();
      }
    }
    return result();
  }

  function result(): number {
    if (over !== OK) return over;
    return received > 0 || isPutting ? MORE : OK;
  }

  function endPacket(): void {
    refusal = OK;
    isComplete = false;
    outLength = 3;
    out[0] = perform(packet[0]);
    out[1] = 0;
    out[2] = outLength;
    if (!isPutting) since = -1;
    options.reply(out, 0, outLength);
    if (refusal !== OK && options.refused) options.refused(refusal, refusedAt);
    if (isComplete) options.deliver(body, 0, bodyLength, contentType);
  }

  /** Does what the packet asks for, and returns the response code. */
  function perform(opcode: number): number {
    const wasPutting = isPutting;
    isPutting = false; // any other operation ends a PUT, ABORT among them (§3.3.5)
    if (length > packetMax) return refuse(TOO_LARGE, OBEX_PACKET_LONG, packetMax);
    if (opcode === CONNECT) return connect();
    if (opcode === PUT || opcode === PUT_FINAL) return put(wasPutting, opcode === PUT_FINAL);
    if (opcode !== DISCONNECT && opcode !== ABORT) return refuse(NOT_IMPLEMENTED, OBEX_OPCODE, 0);
    header.next = 3;
    while (header.next < length) {
      if (!readObexHeader(packet, length, header)) return refuse(BAD_REQUEST, OBEX_HEADER, header.next);
      if (isOtherConnection()) return refuse(SERVICE_UNAVAILABLE, OBEX_CONNECTION, header.from);
    }
    return SUCCESS;
  }

  /** CONNECT: version:8 flags:8 maximum packet:16 headers. With Target SYNCML-DM, Who and a ConnectionID go back (§2.2.11). */
  function connect(): number {
    let isDirected = false;
    if (length < 7) return refuse(BAD_REQUEST, OBEX_PACKET_LENGTH, 1);
    header.next = 7;
    while (header.next < length) {
      if (!readObexHeader(packet, length, header)) return refuse(BAD_REQUEST, OBEX_HEADER, header.next);
      if (header.id === TARGET) isDirected = isWord(packet, header.from, header.to, "syncml-dm");
    }
    out[3] = OBEX_VERSION;
    out[4] = 0;
    out[5] = packetMax >> 8;
    out[6] = packetMax;
    outLength = 7;
    if (isDirected) {
      out[7] = CONNECTION_ID;
      out[8] = 0;
      out[9] = 0;
      out[10] = 0;
      out[11] = ID;
      out[12] = WHO;
      out[13] = 0;
      out[14] = 3 + TARGET_DM.length;
      outLength = writeText(TARGET_DM, out, 15);
    }
    return SUCCESS;
  }

  /** A packet of a PUT. The headers before the body may come in any order and in any packet (§3.3.3). */
  function put(isContinued: boolean, isFinal: boolean): number {
    if (!isContinued) {
      bodyLength = 0;
      hasBody = false;
      contentType = CONTENT_TYPE_OTHER;
    }
    header.next = 3;
    while (header.next < length) {
      if (!readObexHeader(packet, length, header)) return refuse(BAD_REQUEST, OBEX_HEADER, header.next);
      if (isOtherConnection()) return refuse(SERVICE_UNAVAILABLE, OBEX_CONNECTION, header.from);
      if (header.id === TYPE) {
        let to = header.to;
        if (to > header.from && packet[to - 1] === 0) to--; // ASCII, with a NUL at the end or without
        contentType = readContentType(packet, header.from, to);
        if (contentType === CONTENT_TYPE_OTHER) return refuse(UNSUPPORTED_TYPE, OBEX_TYPE, header.from);
      } else if (header.id === BODY || header.id === END_OF_BODY) {
        const count = header.to - header.from;
        if (count > bodyMax - bodyLength) return refuse(TOO_LARGE, OBEX_BODY_LONG, header.from);
        for (let i = 0; i < count; i++) body[bodyLength + i] = packet[header.from + i];
        bodyLength += count;
        hasBody = true;
      } // others do not matter: Name, Length (which may be wrong), Description, ...
    }
    isPutting = !isFinal;
    if (isPutting) return CONTINUE;
    if (!hasBody) return refuse(BAD_REQUEST, OBEX_BODY_MISSING, length); // would erase an object (§3.3.3.6)
    isComplete = true;
    return SUCCESS;
  }

  function isOtherConnection(): boolean {
    if (header.id !== CONNECTION_ID) return false;
    const at = header.from;
    return packet[at] !== 0 || packet[at + 1] !== 0 || packet[at + 2] !== 0 || packet[at + 3] !== ID;
  }

  function refuse(code: number, status: number, at: number): number {
    refusal = status;
    refusedAt = at;
    return code;
  }

  function tick(nowSeconds: number): number {
    if (over !== OK) return over;
    const isBusy = received > 0 || isPutting;
    if (since < 0) since = nowSeconds;
    else if (nowSeconds - since > (isBusy ? secondsMax : idleSecondsMax)) {
      over = isBusy ? OBEX_SLOW : OBEX_END;
      if (isBusy && options.refused) options.refused(OBEX_SLOW, received);
    }
    return result();
  }

  return {
    receive,
    tick,
    close(): void {
      const isBusy = received > 0 || isPutting;
      if (over !== OK) return;
      over = OBEX_END;
      if (isBusy && options.refused) options.refused(OBEX_CUT, received);
    },
  };
}
