/** Runs the suite of the client on src itself. */
import { expect, test } from "vitest";
import { createClient } from "../../src/client/client.ts";
import * as pkg0 from "../../src/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { clientSuite } from "../suite/client.ts";
import { deviceOf } from "../suite/device.ts";
import { DM_ACC, NONCE, octets, push12, SERVER_ID } from "../suite/messages.ts";

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
