/** Feeds changed messages to the bearers, in pieces of any size; they must only return statuses. In the device dialect. */
import { createMd5 } from "../../src/hash/md5.ts";
import type { PushConnection, PushSender } from "../../src/push/connection.ts";
import { createHttpReceiver } from "../../src/push/http/receiver.ts";
import { createHttpSender } from "../../src/push/http/sender.ts";
import { createObexReceiver } from "../../src/push/obex/receiver.ts";
import { createObexSender } from "../../src/push/obex/sender.ts";
import { createSipReceiver, type SipReceiver } from "../../src/push/sip/receiver.ts";
import { createSipRegisterSender, type SipRegisterSender } from "../../src/push/sip/register.ts";
import { createSipSender } from "../../src/push/sip/sender.ts";
import { HTTP_PIPELINED, layerOf, MORE, OBEX_PIPELINED, OK, type Status } from "../../src/status.ts";
import { bytesOf, clock, textOf } from "./bearers.ts";
import { HTTP, mutant, OBEX, random, SIP, seed } from "./bearers-mutants.ts";

const BODY_MAX = 64;

/** The reactions of a receiver to one message. */
let delivered = "";
let replied = "";
let refused = "";
let isPipelined = false;
/** The reactions to the current message. */
let length = 0;
let complaint = "";

function deliver(bytes: Uint8Array, from: number, to: number): Status {
  if (from < 0 || to < from || to - from > BODY_MAX) complaint = `a body from ${from} to ${to}`;
  else delivered += `${textOf(bytes, from, to)}|`;
  return OK;
}

function reply(bytes: Uint8Array, from: number, to: number): void {
  if (from !== 0 || to < 3 || to > 4096) complaint = `an answer from ${from} to ${to}`;
  else replied += textOf(bytes, from, to);
}

/** Checks the bytes that a sender sends. */
function send(_bytes: Uint8Array, from: number, to: number): void {
  if (from !== 0 || to < 3) complaint = `sent from ${from} to ${to}`;
}

function replySip(bytes: Uint8Array, from: number, to: number): void {
  if (to > 2 * length) complaint = `an answer of ${to} bytes to ${length}`;
  reply(bytes, from, to);
}

function onRefused(status: Status): void {
  if (status === HTTP_PIPELINED || status === OBEX_PIPELINED) isPipelined = true;
  refused += `${status}|`;
}

function forget(): void {
  delivered = "";
  replied = "";
  refused = "";
}

function createSip(registration: SipRegisterSender): SipReceiver {
  return createSipReceiver(clock, {
    deliver,
    reply: replySip,
    onRefused,
    tag: "t",
    bodyMax: BODY_MAX,
    response: registration.receive,
  });
}

function createRegistration(): SipRegisterSender {
  return createSipRegisterSender(clock, {
    send,
    token: () => "token",
    registrar: "sip:e",
    address: "sip:d@e",
    contact: "sip:d@h",
    sentBy: "h",
    instance: "urn:1",
    credentials: { name: "d", password: "p", md5: createMd5() },
    onChanged: () => {},
  });
}

function checkSip(text: string, bytes: Uint8Array): void {
  const registration = createRegistration();
  const sip = createSip(registration);
  registration.open();
  registration.tick();
  const fields = { uri: "sip:d", from: "sip:s", sentBy: "h", branch: "token", tag: "t", callId: "c", cseq: 1 };
  const sender = createSipSender(clock, {
    send,
    contentType: 0x58,
    uri: fields.uri,
    from: fields.from,
    sentBy: fields.sentBy,
    branch: fields.branch,
    tag: fields.tag,
    callId: fields.callId,
    cseq: fields.cseq,
  });
  sender.open(bytes, 0, 0);
  sender.receive(bytes, 0, bytes.length);
  forget();
  const status = sip.receive(bytes, 0, bytes.length, "192.0.2.1", 5060);
  if (status !== OK && layerOf(status) !== 3) complaint = `the status ${status}`;
  if (status !== OK && delivered !== "") complaint = "delivered and refused";
  if (delivered !== "" && text.indexOf(delivered.substring(0, delivered.length - 1)) < 0) complaint = "not what came";
  if (delivered !== "" && replied.indexOf("SIP/2.0 200 OK\r\n") !== 0) complaint = "delivered without a 200";
  const first = delivered;
  sip.receive(bytes, 0, bytes.length, "192.0.2.1", 5060);
  if (delivered !== first) complaint = "a retransmission was delivered";
}

/** The same bytes in one piece and in many: the same answers, and the same bodies. */
function checkConnection(create: () => PushConnection, sender: PushSender, bytes: Uint8Array, layer: number): void {
  sender.open(bytes, 0, Math.min(bytes.length, 50));
  isPipelined = false;
  forget();
  const whole = create();
  const status = whole.receive(bytes, 0, bytes.length);
  if (status !== OK && status !== MORE && layerOf(status) !== layer) complaint = `the status ${status}`;
  const before = `${replied} ${refused} ${delivered}`;
  forget();
  const split = create();
  for (let at = 0; at < bytes.length; ) {
    const to = Math.min(bytes.length, at + 1 + random(bytes.length));
    split.receive(bytes, at, to);
    sender.receive(bytes, at, to);
    split.tick();
    at = to;
  }
  if (!isPipelined && before !== `${replied} ${refused} ${delivered}`) complaint = "pieces make a difference";
  whole.close();
  split.close();
}

/**
 * Feeds `times` changed messages to every receiver and sender. Returns the number of delivered bodies; calls `wrong` with
 * each fault and its message.
 */
export function fuzzBearers(
  number: number,
  times: number,
  guard: (bytes: Uint8Array) => Uint8Array,
  wrong: string[],
): number {
  seed(number);
  let count = 0;
  const bounds = { deliver, reply, onRefused, headersMax: 200, bodyMax: BODY_MAX, packetMax: 255 };
  const createHttp = () => createHttpReceiver(clock, bounds);
  const createObex = () => createObexReceiver(clock, bounds);
  for (let i = 0; i < times; i++) {
    const kind = i % 3;
    const text = mutant(kind);
    const bytes = guard(bytesOf(text));
    length = text.length;
    complaint = "";
    forget();
    if (kind === SIP) checkSip(text, bytes);
    if (kind === HTTP) {
      checkConnection(createHttp, createHttpSender(clock, { send, host: "d", contentType: 0x58 }), bytes, HTTP + 3);
    }
    if (kind === OBEX) {
      const isDirected = i % 2 === 0;
      const put = createObexSender(clock, { send, contentType: 0x58, isDirected, packetMax: 255 });
      checkConnection(createObex, put, bytes, OBEX + 3);
    }
    count += delivered.split("|").length - 1;
    if (complaint !== "" && wrong.length < 3) wrong.push(`${complaint}: ${JSON.stringify(text)}`);
  }
  return count;
}
