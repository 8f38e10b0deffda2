/**
 * What takes received bytes ends at once with a status, and throws nothing, whatever its `from` and `to` are (src/index.ts). What is
 * not in the client for devices says that the span is not in the bytes. Variable: PLACES_SEED.
 */
import { runInThisContext } from "node:vm";
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { createFlash } from "../../targets/mock/flash.ts";
import { createRandom } from "../random.ts";
import { DM_ACC, NONCE, octets, push12, push13 } from "../suite/messages.ts";

const SEED = Number(process.env.PLACES_SEED ?? 1);
const NOW = 1_700_000_000;
const clock = { posixSeconds: () => NOW, monotonicSeconds: () => 5 };

const ODD: number[] = [
  ...[
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    undefined as unknown as number,
    null as unknown as number,
  ],
  ...[-1, -0.5, 0.5, 1.5, -(2 ** 31), -(2 ** 53), 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53, 2 ** 53 + 2, 1e300],
];

const push = push13({ sessionId: 1, timestamp: NOW + 1, secret: octets("secret13") });
const old = push12({ sessionId: 1, secret: octets("secret12") }, NONCE).subarray(6);
const body = push.subarray(6);
const tpdu = Uint8Array.of(
  ...[0x44, 3, 0x91, 0x21, 0xf3, 0, 4, 0x62, 0x11, 0x32, 0x21, 0, 0, 0, 8, 6, 5, 4, 0xb, 0x84, 0x23, 0xf0, 7],
);
const wdp = Uint8Array.of(0, 1, 0, 0x23, 0xf0, 0x0b, 0x84, 1, 6, 3);
/** Values that never end within the bytes. */
const text = Uint8Array.of(1, 6, 40, ...new Uint8Array(60).fill(0x61));
const sip = octets(
  "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bKx\r\nFrom: <sip:d@e>;tag=f\r\nTo: <sip:a@b>\r\nCall-ID: g\r\nCSeq: 1 MESSAGE\r\nContent-Type: application/vnd.syncml.notification\r\n\r\nbody",
);
const post = octets("POST /wappush HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc");
const half = octets(
  "POST /wappush HTTP/1.1\r\nHost: h\r\nContent-Type: application/vnd.syncml.notification\r\nContent-Length: 4000\r\n\r\nabc",
);
const obex = Uint8Array.of(0x80, 0, 7, 0x10, 0, 4, 0, 0x82, 0, 6, 0x49, 0, 3);
const answers = octets("HTTP/1.1 204 No Content\r\n\r\n");

const connection = { deliver: () => 0, reply() {} };
const send = () => {};
const newClient = () => {
  const client = api.createClient(
    { storage: createFlash(1), clock, session: { start: () => 0 } },
    { sms: store => api.createSmsReceiver(clock, { store }) },
  );
  client.addAccount(DM_ACC);
  return client;
};
function opened<T extends api.PushSender>(sender: T): T {
  sender.open(body, 0, body.length);
  return sender;
}

type Call = (bytes: Uint8Array, from: number, to: number) => unknown;
interface Taker {
  inputs: Uint8Array[];
  /** Makes the function anew. */
  make: () => Call;
}

const TAKERS: { [name: string]: Taker } = {
  readPush: { inputs: [push, text], make: () => (b, f, t) => api.readPush(b, f, t, api.newPush(), 48) },
  readTpdu: { inputs: [tpdu], make: () => (b, f, t) => api.readTpdu(b, f, t, api.newTpdu()) },
  skipSmsc: { inputs: [tpdu], make: () => api.skipSmsc },
  locateTpdu: { inputs: [tpdu], make: () => (b, f, t) => api.locateTpdu(b, f, t, api.newTpdu()) },
  readWdp: { inputs: [wdp], make: () => (b, f, t) => api.readWdp(b, f, t, api.newWdp()) },
  readNotification13: {
    inputs: [body],
    make: () => (b, f, t) => api.readNotification13(b, f, t, api.newNotification(), 0),
  },
  readNotification12: {
    inputs: [old],
    make: () => (b, f, t) => api.readNotification12(b, f, t, api.newNotification()),
  },
  readNotification: {
    inputs: [body, old],
    make: () => (b, f, t) => api.readNotification(b, f, t, api.CONTENT_TYPE_OTHER, api.newNotification(), 0),
  },
  "SmsReceiver.receive": { inputs: [tpdu], make: () => api.createSmsReceiver(clock, {}).receive },
  "WdpReceiver.receive": {
    inputs: [wdp],
    make: () => (b, f, t) => api.createWdpReceiver(clock, {}).receive(octets("1"), 1, b, f, t),
  },
  "Client.receivePush": { inputs: [push, text], make: () => (b, f, t) => newClient().receivePush(b, f, t, 1) },
  "Client.receiveTpdu": { inputs: [tpdu], make: () => newClient().receiveTpdu },
  "Client.receiveBody": { inputs: [body, old], make: () => (b, f, t) => newClient().receiveBody(b, f, t, 0x58, 1) },
  "SipReceiver.receive": {
    inputs: [sip],
    make: () => (b, f, t) => api.createSipReceiver(clock, { ...connection, tag: "12345678" }).receive(b, f, t, "h", 1),
  },
  "PushConnection.receive, HTTP": {
    inputs: [post, half],
    make: () => api.createHttpReceiver(clock, connection).receive,
  },
  "PushConnection.receive, OBEX": { inputs: [obex], make: () => api.createObexReceiver(clock, connection).receive },
  "PushSender.receive, SIP": {
    inputs: [sip],
    make: () => opened(api.createSipSender(clock, { ...SIP, send })).receive,
  },
  "PushSender.receive, HTTP": {
    inputs: [answers],
    make: () => opened(api.createHttpSender(clock, { host: "h", contentType: 0x58, send })).receive,
  },
  "PushSender.receive, OBEX": {
    inputs: [obex],
    make: () => opened(api.createObexSender(clock, { contentType: 0x58, send })).receive,
  },
  "PushSender.open, SIP": { inputs: [body], make: () => api.createSipSender(clock, { ...SIP, send }).open },
  "PushSender.open, HTTP": {
    inputs: [body],
    make: () => api.createHttpSender(clock, { host: "h", contentType: 0x58, send }).open,
  },
  "PushSender.open, OBEX": {
    inputs: [body],
    make: () => api.createObexSender(clock, { contentType: 0x58, send }).open,
  },
  "SipRegisterSender.receive": { inputs: [sip], make: () => registering().receive },
  checkNetUnicode: { inputs: [text, body], make: () => api.checkNetUnicode },
};
const SIP = {
  uri: "sip:a@b",
  from: "sip:c@d",
  sentBy: "e",
  branch: "ffffffff",
  tag: "gggggggg",
  callId: "h",
  cseq: 1,
  contentType: api.CONTENT_TYPE_13 as api.ContentType,
};
function registering() {
  const sender = api.createSipRegisterSender(clock, {
    ...{ registrar: "sip:r", address: "sip:a@r", contact: "sip:a@h", sentBy: "h", instance: "urn:uuid:1" },
    ...{ send, token: () => "12345678", onChanged() {} },
  });
  sender.open();
  sender.tick();
  return sender;
}
/** Calls it for at most a second. */
function bounded(call: () => unknown): unknown {
  (globalThis as { callWithin?: unknown }).callWithin = call;
  return runInThisContext("callWithin()", { timeout: 1000 });
}

/** These are not in the client for devices, whose bytes are scarce, and refuse a span that is not in the bytes. */
const IS_TOLD =
  /^readWdp|^WdpReceiver|^SipReceiver|^PushConnection|^PushSender.(open|receive, (HTTP|OBEX))|^SipRegister/;
const statuses = new Set(api.STATUSES.map(([name]) => (api as unknown as { [name: string]: number })[name]));
/** These return an offset. */
const OFFSETS = ["skipSmsc", "locateTpdu", "checkNetUnicode"];

test("no reader is left out", () => {
  const readers = Object.entries(api).filter(
    ([name, it]) => /^(read|locate|skip)/.test(name) && (it as () => void).length >= 3,
  );
  expect(Object.keys(TAKERS)).toEqual(expect.arrayContaining(readers.map(([name]) => name)));
});

describe.each(Object.entries(TAKERS))("%s", (name, { inputs, make }) => {
  test("ends with a status", () => {
    const random = createRandom(SEED);
    const wrong: string[] = [];
    for (const input of inputs) {
      const places = [...ODD, 0, 1, random(input.length), input.length - 1, input.length, input.length + 1];
      for (const from of places) {
        for (const to of places) {
          if (wrong.length > 3) break; // each may take a second
          try {
            const result = bounded(() => make()(input, from, to)) as number;
            if (!statuses.has(result) && !OFFSETS.includes(name)) wrong.push(`${from}, ${to}: ${result}`);
            const isIn = from >= 0 && from <= to && to <= input.length && (from + to) % 1 === 0;
            if (IS_TOLD.test(name) && !isIn && (result === api.OK || result === api.MORE))
              wrong.push(`${from}, ${to}: taken`);
          } catch (error) {
            wrong.push(`${from}, ${to}: ${(error as Error).message}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
