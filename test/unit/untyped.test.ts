/**
 * Untyped JavaScript calls the public functions with values that their types forbid. src/index.ts says which of them answer
 * with a status then: provisioning, with any value; and what takes received bytes, with any place in them. The board's own
 * functions may answer anything. Variable: UNTYPED_SEED.
 */
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { createFlash } from "../../targets/mock/flash.ts";
import { createRandom } from "../random.ts";
import { DM_ACC, NONCE, octets, push12, push13, SERVER_ID } from "../suite/messages.ts";

const SEED = Number(process.env.UNTYPED_SEED ?? 1);
const ROUNDS = 300;
const NOW = 1_700_000_000;

/** An object each use of which throws. */
function newTrap(): object {
  const trap = () => {
    throw new Error("a getter of the caller");
  };
  return new Proxy({}, { get: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap });
}

const PLACES: unknown[] = [undefined, null, Number.NaN, -1, 2 ** 52, 1.5, 7, "", "1", {}, [], new Uint8Array(0)];
const VALUES: unknown[] = [
  ...[...PLACES, Number.POSITIVE_INFINITY, true, "\ud800a\udc00", SERVER_ID, Object.freeze({ serverId: SERVER_ID })],
  ...[{ serverId: SERVER_ID, appAuth: null }, { serverId: SERVER_ID, appAuth: [null] }, { length: 70_000 }, () => 1],
  ...[Object.freeze({ ...DM_ACC, appAuth: Object.freeze(DM_ACC.appAuth.map(Object.freeze)) }), newTrap()],
  { serverId: SERVER_ID, appAuth: [newTrap()] },
];

type Call = (...args: unknown[]) => unknown;
const statuses = new Set(api.STATUSES.map(([name]) => (api as unknown as Record<string, number>)[name]));

function newClient(hal: Partial<api.Hal> = {}): api.Client {
  const clock = { posixSeconds: () => NOW, monotonicSeconds: () => 5 };
  const board = { storage: createFlash(1), clock, session: { start: () => 0 }, ...hal };
  const client = api.createClient(board, { sms: store => api.createSmsReceiver(board.clock, { store }) });
  client.addAccount(DM_ACC);
  return client;
}

describe("with any value a status comes from", () => {
  const PROVISIONING: Record<string, unknown[]> = {
    addAccount: [DM_ACC],
    removeAccount: [SERVER_ID],
    saveNonce: [SERVER_ID, NONCE],
    sessionDone: [{ serverId: SERVER_ID, sessionId: "1", timestamp: 1 }],
  };
  test.each(Object.entries(PROVISIONING))("%s", (name, good) => {
    const call = (args: unknown[]) => {
      const client = newClient();
      const status = (client as unknown as Record<string, Call>)[name](...args);
      expect(statuses, `${status}`).toContain(status);
      expect([0, 1]).toContain(client.listAccounts().length);
      for (const dmAcc of client.listAccounts()) expect(dmAcc.serverId).toBe(SERVER_ID);
    };
    call(good);
    call([]);
    for (let i = 0; i < good.length; i++)
      for (const value of VALUES) call(good.map((each, k) => (k === i ? value : each)));
    if (good.length > 1) for (const first of VALUES) for (const second of VALUES) call([first, second]);
  });

  test("saveNonce of no text, which names no account", () => {
    const client = newClient() as unknown as Record<string, Call>;
    for (const name of ["saveNonce", "removeAccount"])
      for (const value of [undefined, null, 7, {}, newTrap()])
        expect(client[name](value, NONCE)).toBe(api.ACCOUNT_UNKNOWN);
  });
});

describe("with any place in the bytes a status comes from", () => {
  const push = push13({ sessionId: 1, timestamp: NOW + 1, secret: octets("secret13") });
  const old = push12({ sessionId: 1, secret: octets("secret12") }, NONCE).subarray(6);
  const tpdu = Uint8Array.of(
    0x44,
    3,
    0x91,
    0x21,
    0xf3,
    0,
    4,
    0x62,
    0x11,
    0x32,
    0x21,
    0,
    0,
    0,
    8,
    6,
    5,
    4,
    0xb,
    0x84,
    0x23,
    0xf0,
    7,
  );
  const clock = { posixSeconds: () => NOW, monotonicSeconds: () => 5 };
  const client = newClient();
  /** The function, its bytes, and the arguments behind from and to. */
  const READING: Record<string, [(...args: never[]) => unknown, Uint8Array, ...unknown[]]> = {
    readPush: [api.readPush, push, api.newPush(), 48],
    readTpdu: [api.readTpdu, tpdu, api.newTpdu()],
    readWdp: [api.readWdp, tpdu, api.newWdp()],
    readNotification13: [api.readNotification13, push.subarray(6), api.newNotification(), 0],
    readNotification12: [api.readNotification12, old, api.newNotification()],
    readNotification: [api.readNotification, old, 0, api.newNotification(), 0],
    receivePush: [client.receivePush, push, 1],
    receiveTpdu: [client.receiveTpdu, tpdu],
    receiveBody: [client.receiveBody, push.subarray(6), 0, 1],
    "SmsReceiver.receive": [api.createSmsReceiver(clock, {}).receive, tpdu],
  };
  test.each(Object.entries(READING))("%s", (_name, [read, bytes, ...rest]) => {
    const random = createRandom(SEED);
    const place = () => (random(2) === 0 ? PLACES[random(PLACES.length)] : random(2 * bytes.length) - 20);
    for (let i = 0; i < ROUNDS; i++) {
      const [from, to] = [place(), place()];
      const status = (read as Call)(bytes, from, to, ...rest);
      expect(statuses, `${String(from)}, ${String(to)}: ${status}`).toContain(status);
    }
  });
});

test("whatever the functions of a board answer, a client throws nothing", () => {
  const random = createRandom(SEED);
  const answers = VALUES.slice(0, -2); // without the traps
  const any = () => answers[random(answers.length)];
  for (let i = 0; i < ROUNDS; i++) {
    const answer = { isOdd: false };
    const or = <X>(good: X): X => (answer.isOdd && random(3) === 0 ? (any() as X) : good);
    const flash = createFlash(i + 1);
    const client = newClient({
      storage: {
        load: key => or(flash.load(key)),
        save: (key, bytes) => or(flash.save(key, bytes)),
        erase: key => or(flash.erase(key)),
      },
      clock: { posixSeconds: () => or(NOW), monotonicSeconds: () => or(5) },
      session: { start: () => or(0) },
      bearers: { isAvailable: () => or(true) },
    });
    answer.isOdd = true;
    for (let id = 1; id < 5; id++) {
      const push = push13({ sessionId: id, timestamp: NOW + id, secret: octets("secret13"), preferredBearer: [2] });
      client.receivePush(push, 0, push.length, 1);
      client.tick();
      client.sessionDone({ serverId: SERVER_ID, sessionId: `${id}`, timestamp: NOW + id });
      client.bearerChanged();
    }
    client.saveNonce(SERVER_ID, NONCE);
    client.removeAccount(SERVER_ID);
  }
});
