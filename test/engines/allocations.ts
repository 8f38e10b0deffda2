/** Feeds messages with every kind of verdict to a client, for runners that watch the heap. Runs after the client bundle. */
import * as codes from "../../src/status.ts";
import * as wire from "../../src/wire.ts";
import { createMockHal, createMockStorage } from "../../targets/mock/hal.ts";
import type { Pkg0 } from "../suite/api.ts";
import { type Client, NOW } from "../suite/device.ts";
import { DM_ACC, NONCE, nonceOf, octets, push12, push13, SERVER_ID, sign13 } from "../suite/messages.ts";

declare const pkg0: Pkg0;
declare const print: (line: string) => void;

interface Fate {
  client: Client;
  push: Uint8Array;
  status: number;
}

const hal = createMockHal();
hal.posix = NOW;

/** A client of its own storage that has DM_ACC, under `options`. */
function clientOf(options: object): Client {
  const client = pkg0.createClient({ storage: createMockStorage(), clock: hal.clock, session: hal.session }, options);
  client.addAccount(DM_ACC);
  return client;
}

const deliver = (client: Client, push: Uint8Array) => client.receivePush(push, 0, push.length, wire.VIA_UDP);

const fates: Fate[] = [];
const usual = clientOf({ rememberedMax: 2, pendingMax: 100 });
const full = clientOf({ pendingMax: 1 });
const throttled = clientOf({ digestBurst: 1, digestsPerMinute: 0 });
const resyncing = clientOf({});
const srvCred = { aauthLevel: "SRVCRED", aauthName: "another name", aauthSecret: "secret12", aauthData: NONCE };
resyncing.addAccount({ serverId: SERVER_ID, appAuth: [srvCred], nonceResync: true });
resyncing.addAccount({ serverId: "none.example", appAuth: [] });

function rejects(status: number, client: Client, push: Uint8Array): void {
  fates.push({ client, push, status });
}

function changed(at: number, value: number): Uint8Array {
  const push = push13({ sessionId: 99, timestamp: NOW, vendorInfo: octets("vendor") });
  push[at] = value;
  sign13(push);
  return push;
}

const good = push13({ sessionId: 1, timestamp: NOW });
const good12 = push12({ sessionId: 11 }, NONCE);
deliver(full, good);
deliver(throttled, good);
for (let i = 1; i <= 3; i++) deliver(usual, push13({ sessionId: i, timestamp: NOW + i }));
deliver(usual, good12);
deliver(usual, push12({ sessionId: 12 }, NONCE));

rejects(codes.WSP_SHORT, usual, good.subarray(0, 2));
rejects(codes.WSP_PDU_TYPE, usual, changed(1, 7));
rejects(codes.WSP_CONTENT_TYPE_OTHER, usual, changed(3, 0xb0));
rejects(codes.WSP_APPLICATION_OTHER, usual, changed(5, 0x82));
rejects(codes.WSP_HEADERS_LENGTH, usual, changed(2, 120));
rejects(codes.NOTIFICATION_LONG, clientOf({ messageMax: 50 }), good);
rejects(codes.NOTIFICATION_SHORT, usual, good.subarray(0, 40));
rejects(codes.NOTIFICATION_VERSION, usual, changed(6, 0x37));
rejects(codes.SESSION_ID_ZERO, usual, changed(13, 0));
rejects(codes.OPTION_CUT, usual, changed(19, 200));
const reasoned = push13({ sessionId: 7, timestamp: NOW, connectReason: octets("reason") });
reasoned[reasoned.length - 33] = 0xff; // the last byte before the digest
sign13(reasoned);
rejects(codes.UTF8_ILL_FORMED, usual, reasoned);
rejects(codes.ACCOUNT_UNKNOWN, usual, changed(20, 0x45));
rejects(codes.ACCOUNT_UNKNOWN, usual, push12({ sessionId: 7, serverId: octets("x") }, NONCE));
rejects(codes.ACCOUNT_NO_SECRET, resyncing, push13({ sessionId: 7, timestamp: NOW, serverId: octets("none.example") }));
rejects(codes.DIGEST_WRONG, usual, push13({ sessionId: 7, timestamp: NOW + 9, secret: octets("guess") }));
rejects(codes.DIGEST_WRONG, resyncing, push12({ sessionId: 7 }, nonceOf(9)));
rejects(codes.DUPLICATE, usual, push13({ sessionId: 3, timestamp: NOW + 3 }));
rejects(codes.DUPLICATE, usual, good12);
rejects(codes.REPLAY, usual, push13({ sessionId: 1, timestamp: NOW + 1 }));
rejects(codes.EXPIRED, usual, push13({ sessionId: 7, timestamp: NOW - 3601 }));
rejects(codes.FUTURE, usual, push13({ sessionId: 7, timestamp: NOW + 86401 }));
rejects(codes.NONCE_SPENT, usual, push12({ sessionId: 9 }, NONCE));
rejects(codes.THROTTLED, throttled, push13({ sessionId: 7, timestamp: NOW }));
rejects(codes.PENDING_FULL, full, push13({ sessionId: 7, timestamp: NOW }));

let accepted = 0;
const accepting = clientOf({ pendingMax: 1000 });
let latest = 0;
const next: Uint8Array[] = [];
for (let i = 1; i <= 100; i++) next.push(push13({ sessionId: i, timestamp: NOW + i }));
const lasting = clientOf({});
hal.onStart = request => {
  if (accepting.sessionDone(request) !== codes.OK) lasting.sessionDone(request);
};

const api = {
  /** The verdicts that differ from the expected ones, and their number. */
  check(): string {
    let wrong = "";
    for (let i = 0; i < fates.length; i++) {
      const status = deliver(fates[i].client, fates[i].push);
      if (status !== fates[i].status) wrong += ` ${i}: ${status} not ${fates[i].status}`;
    }
    return `${fates.length} rejected${wrong}`;
  },
  /** Every rejected message `times` times. */
  reject(times: number): number {
    for (let round = 0; round < times; round++) {
      for (let i = 0; i < fates.length; i++) deliver(fates[i].client, fates[i].push);
    }
    return times;
  },
  /** Accepts a new message each time: of 1.3, or of 1.2 under a new nonce. */
  acceptNew(times: number): number {
    let good = 0;
    for (let i = 0; i < times; i++) {
      latest++;
      if (deliver(lasting, push13({ sessionId: 1 + (latest % 65535), timestamp: NOW + latest })) === codes.OK) good++;
      hal.started = [];
    }
    return good;
  },
  acceptNew12(times: number): number {
    let good = 0;
    for (let i = 0; i < times; i++) {
      latest++;
      const nonce = nonceOf(0);
      // the stored record has the same length each time
      for (let k = 0, rest = latest; k < 5; k++, rest = (rest / 10) | 0) nonce[k] = 100 + (rest % 10);
      lasting.saveNonce(SERVER_ID, nonce);
      if (deliver(lasting, push12({ sessionId: 1 + (latest % 65535) }, nonce)) === codes.OK) good++;
      hal.started = [];
    }
    return good;
  },
  /** `times` accepted messages, each with its session from start to end; at most 100 in all. */
  accept(times: number): number {
    let good = 0;
    for (let i = 0; i < times; i++) if (deliver(accepting, next[accepted++]) === codes.OK) good++;
    hal.started = [];
    return good;
  },
};
(globalThis as { allocations?: typeof api }).allocations = api;
print(api.check());
