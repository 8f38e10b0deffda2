/** OBEX (§7.2) at the server: CONNECT, one PUT in as many packets as it takes, DISCONNECT. */
import { or } from "../../or.ts";
import {
  MORE,
  OBEX_CONNECTION,
  OBEX_NO_ANSWER,
  OBEX_PACKET_LENGTH,
  OBEX_PACKET_LONG,
  OBEX_REFUSED,
  OK,
} from "../../status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../../wire.ts";

import { MIME_12, MIME_13 } from "../dm.ts";
import { isWord, writeText } from "../header-lines.ts";
import {
  BODY,
  CONNECT,
  CONNECTION_ID,
  DISCONNECT,
  END_OF_BODY,
  LENGTH,
  newObexHeader,
  OBEX_VERSION,
  PACKET_MIN,
  PUT,
  PUT_FINAL,
  readObexHeader,
  TARGET,
  TARGET_DM,
  TYPE,
  WHO,
} from "./packet.ts";

export interface ObexSenderOptions {
  /** Sends `bytes[from..to)`, lent until it returns. */
  send: (bytes: Uint8Array, from: number, to: number) => void;
  /** CONTENT_TYPE_13 or CONTENT_TYPE_12; CONTENT_TYPE_OTHER sends no Type. */
  contentType: number;
  /** Connects to the DM client by its Target; where it is not known, the PUT goes on to the inbox. By default false. */
  isDirected?: boolean;
  /** Bytes of a packet, either way; the peer may want fewer. 255 to 65535, by default 1024. */
  packetMax?: number;
  /** How long the peer may take for all. By default 30. */
  secondsMax?: number;
}

export interface ObexSender {
  /** Sends CONNECT; the object `bytes[from..to)` has to stay as it is until the end. Once for each connection. */
  open(bytes: Uint8Array, from: number, to: number): void;
  /**
   * Takes the next bytes from the peer, in pieces of any size. Returns MORE until the end; then OK when the object was
   * taken, OBEX_REFUSED (see `code`), OBEX_PACKET_LENGTH or OBEX_PACKET_LONG for answers that are none. Then the
   * connection is to be closed.
   */
  receive(bytes: Uint8Array, from: number, to: number): number;
  /** Tells the time, in seconds of any clock that does not go back. As `receive`; OBEX_NO_ANSWER when it took too long. */
  tick(nowSeconds: number): number;
  /** The response code that the peer gave last, final bit included: A0 success, CF unsupported media type, ... */
  code(): number;
}

const CONTINUE = 0x90;
const SUCCESS = 0xa0;

/** Allocates two packets, once. */
export function createObexSender(options: ObexSenderOptions): ObexSender {
  const packetMax = or(options.packetMax, 1024);
  const out = new Uint8Array(packetMax);
  const packet = new Uint8Array(packetMax);
  const header = newObexHeader();
  let object: Uint8Array = out;
  let at = 0; // of what is still to be sent
  let end = 0;
  let peerMax = PACKET_MIN;
  let hasId = false;
  const id = new Uint8Array(4);
  let asked = CONNECT; // the opcode that is to be answered
  let received = 0;
  let length = 0;
  let code = 0;
  let status = MORE;
  let since = -1;

  function open(bytes: Uint8Array, from: number, to: number): void {
    object = bytes;
    at = from;
    end = to;
    //  version:8 flags:8 maximum packet:16   (IrOBEX §3.3.1)
    out[3] = OBEX_VERSION;
    out[4] = 0;
    out[5] = packetMax >> 8;
    out[6] = packetMax;
    send(CONNECT, options.isDirected === true ? writeBytesHeader(TARGET, TARGET_DM, 7) : 7);
  }

  function receive(bytes: Uint8Array, from: number, to: number): number {
    for (let i = from; i < to && status === MORE; i++) {
      if (received < packetMax) packet[received] = bytes[i];
      received++;
      if (received === 3) {
        length = (packet[1] << 8) | packet[2];
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
    if (asked === DISCONNECT) {
      status = OK; // the object was taken before; how the peer parts does not matter
      return;
    }
    code = packet[0];
    if (asked === CONNECT && code === SUCCESS) status = readConnected();
    else if (asked === PUT ? code !== CONTINUE : code !== SUCCESS) status = OBEX_REFUSED;
    if (status !== MORE) return;
    if (asked === PUT_FINAL) send(DISCONNECT, writeId());
    else put();
  }

  /** The answer to CONNECT: the peer's maximum packet, and a ConnectionID when it knew the Target (§2.2.11). */
  function readConnected(): number {
    if (length < 7) return OBEX_PACKET_LENGTH;
    peerMax = (packet[5] << 8) | packet[6];
    if (peerMax < PACKET_MIN) peerMax = PACKET_MIN;
    if (peerMax > packetMax) peerMax = packetMax;
    let isOurs = false;
    let idAt = 0;
    header.next = 7;
    while (header.next < length && readObexHeader(packet, length, header)) {
      if (header.id === CONNECTION_ID) idAt = header.from;
      if (header.id === WHO) isOurs = isWord(packet, header.from, header.to, "syncml-dm");
    }
    if (header.next < length) return OBEX_PACKET_LENGTH;
    hasId = idAt > 0 && options.isDirected === true;
    if (hasId && !isOurs) return OBEX_CONNECTION;
    for (let i = 0; hasId && i < 4; i++) id[i] = packet[idAt + i];
    return MORE;
  }

  /** As much of the object as one packet holds; Type and Length go with the first. */
  function put(): void {
    let to = writeId();
    if (asked === CONNECT) {
      if (options.contentType === CONTENT_TYPE_13) to = writeBytesHeader(TYPE, `${MIME_13}\x00`, to);
      if (options.contentType === CONTENT_TYPE_12) to = writeBytesHeader(TYPE, `${MIME_12}\x00`, to);
      const left = end - at;
      out[to] = LENGTH;
      out[to + 1] = 0;
      out[to + 2] = left >> 16;
      out[to + 3] = left >> 8;
      out[to + 4] = left;
      to += 5;
    }
    const room = peerMax - to - 3;
    const count = Math.min(end - at, room);
    const isLast = count === end - at;
    out[to] = isLast ? END_OF_BODY : BODY;
    out[to + 1] = (count + 3) >> 8;
    out[to + 2] = count + 3;
    for (let i = 0; i < count; i++) out[to + 3 + i] = object[at + i];
    at += count;
    send(isLast ? PUT_FINAL : PUT, to + 3 + count);
  }

  /** The ConnectionID, which comes first (§2.2.11). Returns the offset after it. */
  function writeId(): number {
    if (!hasId) return 3;
    out[3] = CONNECTION_ID;
    for (let i = 0; i < 4; i++) out[4 + i] = id[i];
    return 8;
  }

  function writeBytesHeader(headerId: number, text: string, from: number): number {
    out[from] = headerId;
    out[from + 1] = 0;
    out[from + 2] = text.length + 3;
    return writeText(text, out, from + 3);
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
    tick(nowSeconds: number): number {
      if (since < 0) since = nowSeconds;
      if (status === MORE && nowSeconds - since > or(options.secondsMax, 30)) status = OBEX_NO_ANSWER;
      return status;
    },
    code: () => code,
  };
}
