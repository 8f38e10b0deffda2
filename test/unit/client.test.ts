/** Runs the suite of the client on src itself. */
import { expect, test } from "vitest";
import { createClient } from "../../src/client/client.ts";
import * as pkg0 from "../../src/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { clientSuite } from "../suite/client.ts";
import { deviceOf, NOW } from "../suite/device.ts";
import { DM_ACC, NONCE, octets, push12, push13, SERVER_ID } from "../suite/messages.ts";

clientSuite(
  {
    test: (name, check) => test(name, check),
    equal: (actual, expected, what) => expect(actual, what).toBe(expected),
    ok: (condition, what) => expect(condition, what).toBe(true),
  },
  { createClient },
);

test("onVerdict can ask who a message says it is from, once it was read", () => {
  const hal = createMockHal();
  deviceOf(pkg0, hal, {}).addAccount(DM_ACC);
  const told: unknown[][] = [];
  const client = pkg0.createClient(hal, {
    onVerdict: (status, _at, via, about) => told.push([pkg0.statusName(status), via, about()]),
  });
  const good = push12({ sessionId: 0xab }, NONCE);
  const forged = push12({ sessionId: 0xcd }, octets("wrong"));
  for (const push of [forged, good, good, good.subarray(0, 2)]) {
    client.receivePush(push, 0, push.length, pkg0.VIA_UDP);
  }
  expect(told).toEqual([
    ["DIGEST_WRONG", pkg0.VIA_UDP, { serverId: SERVER_ID, sessionId: "CD" }],
    ["OK", pkg0.VIA_UDP, { serverId: SERVER_ID, sessionId: "AB" }],
    ["DUPLICATE", pkg0.VIA_UDP, { serverId: SERVER_ID, sessionId: "AB" }],
    ["WSP_SHORT", pkg0.VIA_UDP, null],
  ]);
});

test("a session that the board offers or ends while the user is informed starts once, or not at all", () => {
  const push = push13({ sessionId: 1, timestamp: NOW, uiMode: pkg0.UI_INFORMATIVE });
  const starts = (act: (client: pkg0.Client) => void): number => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    hal.ui = { inform: () => act(client), confirm() {} };
    expect(client.receivePush(push, 0, push.length, pkg0.VIA_UDP)).toBe(pkg0.OK);
    return hal.started.length;
  };
  expect(starts(() => {})).toBe(1);
  expect(starts(client => client.resume())).toBe(1);
  expect(starts(client => client.tick())).toBe(1);
  expect(starts(client => client.removeAccount(SERVER_ID))).toBe(0);
  expect(starts(client => client.sessionDone({ serverId: SERVER_ID, sessionId: "1", timestamp: NOW }))).toBe(0);
});

test("a message whose session is saved but finds no memory is accepted when it comes again", () => {
  const hal = createMockHal();
  const client = deviceOf(pkg0, hal, {});
  const push = push13({ sessionId: 1, timestamp: NOW });
  const other = push13({ sessionId: 2, timestamp: NOW + 1 });
  const { save } = hal.storage;
  const add = Array.prototype.push;
  hal.storage.save = (key, bytes) => {
    Array.prototype.push = () => {
      throw new Error("no memory");
    };
    return save(key, bytes);
  };
  try {
    expect(() => client.receivePush(push, 0, push.length, pkg0.VIA_UDP)).toThrow("no memory");
  } finally {
    Array.prototype.push = add;
    hal.storage.save = save;
  }
  expect(client.receivePush(push, 0, push.length, pkg0.VIA_UDP)).toBe(pkg0.OK);
  expect(client.receivePush(other, 0, other.length, pkg0.VIA_UDP)).toBe(pkg0.OK);
  expect(hal.started.map(request => request.sessionId)).toEqual(["1", "2"]);
  const resumed = createMockHal();
  resumed.storage = hal.storage;
  resumed.posix = NOW;
  pkg0.createClient(resumed, {}).resume();
  expect(resumed.started.map(request => request.sessionId)).toEqual(["1", "2"]);
});

test("a message whose save throws, for lack of memory, is new when it comes again", () => {
  const hal = createMockHal();
  const client = deviceOf(pkg0, hal, {});
  client.addAccount(DM_ACC);
  const save = hal.storage.save;
  const push = push12({ sessionId: 0xab }, NONCE);
  hal.storage.save = () => {
    throw new Error("out of memory");
  };
  expect(() => client.receivePush(push, 0, push.length, pkg0.VIA_UDP)).toThrow("out of memory");
  hal.storage.save = save;
  expect(client.receivePush(push, 0, push.length, pkg0.VIA_UDP)).toBe(pkg0.OK);
  client.resume();
  client.tick();
  expect(hal.started.map(({ sessionId }) => sessionId)).toEqual(["AB"]);
  expect(client.sessionDone(hal.started[0]!)).toBe(pkg0.OK);
});
