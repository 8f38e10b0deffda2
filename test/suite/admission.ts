/** Checks of admission in both formats: new and old messages. In the device dialect. */
import * as codes from "../../src/status.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import type { T } from "./api.ts";
import { type ClientApi, deliver, deviceOf, NOW } from "./device.ts";
import { DM_ACC, NONCE, nonceOf, octets, push12, push13, SERVER_ID } from "./messages.ts";

export function admission(t: T, pkg0: ClientApi): void {
  t.test("admission: one session is enough (§6.4.8)", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    t.equal(deliver(hal, push13({ sessionId: 5, timestamp: NOW })), codes.OK, "first");
    t.equal(deliver(hal, push13({ sessionId: 5, timestamp: NOW + 1 })), codes.DUPLICATE, "while it is valid");
    hal.posix = NOW + 3601;
    t.equal(deliver(hal, push13({ sessionId: 5, timestamp: NOW + 3601 })), codes.OK, "when it is not");
    hal.posix = 0;
    t.equal(deliver(hal, push13({ sessionId: 5, timestamp: NOW + 7201 })), codes.DUPLICATE, "no clock, valid");
    t.equal(deliver(hal, push13({ sessionId: 5, timestamp: NOW + 7202 })), codes.OK, "no clock, not valid");
  });

  t.test("admission: age (D2, D10)", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW - 3600 })), codes.OK, "just in time");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW - 3601 })), codes.EXPIRED, "late");
    t.equal(deliver(hal, push13({ sessionId: 3, timestamp: 1, timeoutMinutes: 0 })), codes.OK, "valid for ever");
    t.equal(deliver(hal, push13({ sessionId: 4, timestamp: NOW + 86400 })), codes.OK, "a day ahead");
    const days = createMockHal();
    deviceOf(pkg0, days, { timeoutUnit: "days", maxSkewSeconds: 10 });
    t.equal(deliver(days, push13({ sessionId: 2, timestamp: NOW - 3601 })), codes.OK, "late, in days");
    t.equal(deliver(days, push13({ sessionId: 4, timestamp: NOW + 11 })), codes.FUTURE, "ahead");
    days.posix = 0;
    t.equal(deliver(days, push13({ sessionId: 4, timestamp: NOW + 11 })), codes.OK, "ahead of no clock");
  });

  t.test("admission: late and reordered ones pass, forgotten ones do not", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { rememberedMax: 3, pendingMax: 9 });
    const order = [10, 30, 20, 40, 5, 15, 10, 30, 40, 20, 41];
    const expected = [0, 0, 0, 0, codes.REPLAY, 0, codes.REPLAY, 0x90, 0x90, 0x90, 0];
    for (let i = 0; i < order.length; i++) {
      t.equal(deliver(hal, push13({ sessionId: order[i], timestamp: NOW + order[i] })), expected[i], `message ${i}`);
      if (i === 5) client.tick();
    }
  });

  t.test("admission: a server's clock far ahead locks nobody out", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, { rememberedMax: 2, pendingMax: 9 });
    hal.posix = 0;
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: 4294967295 })), codes.OK, "the last second");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: 4294967295 })), codes.OK, "and another one");
    t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW })), codes.OK, "now");
    t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW })), codes.REPLAY, "now, again");
    t.equal(deliver(hal, push13({ sessionId: 4, timestamp: NOW + 1 })), codes.OK, "later");
  });

  t.test("admission: TIMESTAMP 0 is a time like others", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, { rememberedMax: 1 });
    hal.posix = 0;
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: 0 })), codes.OK, "first");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: 0 })), codes.OK, "second");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: 0 })), codes.REPLAY, "second, forgotten");
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: 0 })), codes.DUPLICATE, "first, remembered");
  });

  t.test("admission: remembered after a reset", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { rememberedMax: 2 });
    for (let i = 1; i < 4; i++) {
      deliver(hal, push13({ sessionId: i, timestamp: NOW + i }));
      client.sessionDone(hal.started[i - 1]);
    }
    const again = deviceOf(pkg0, hal, { rememberedMax: 2 });
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW + 1 })), codes.REPLAY, "forgotten");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW + 2 })), codes.DUPLICATE, "second");
    t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW + 3 })), codes.DUPLICATE, "third");
    again.resume();
    t.equal(hal.started.length, 3, "sessions");
  });
}

export function nonces(t: T, pkg0: ClientApi): void {
  t.test("1.2: the nonce is the guard", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { rememberedMax: 2 });
    t.equal(deliver(hal, push12({ sessionId: 1 }, NONCE)), codes.OK, "first");
    t.equal(deliver(hal, push12({ sessionId: 1 }, NONCE)), codes.DUPLICATE, "again");
    t.equal(deliver(hal, push12({ sessionId: 1, uiMode: 2 }, NONCE)), codes.DUPLICATE, "one session is enough");
    t.equal(deliver(hal, push12({ sessionId: 2 }, NONCE)), codes.OK, "second");
    t.equal(deliver(hal, push12({ sessionId: 3 }, NONCE)), codes.NONCE_SPENT, "third");
    t.equal(deliver(hal, push12({ sessionId: 3 }, nonceOf(5))), codes.NONCE_SPENT, "under a nonce to come");
    t.equal(client.saveNonce(SERVER_ID, nonceOf(5)), codes.OK, "saveNonce");
    t.equal(deliver(hal, push12({ sessionId: 1 }, NONCE)), codes.DIGEST_WRONG, "under the former nonce");
    t.equal(deliver(hal, push12({ sessionId: 1 }, nonceOf(5))), codes.OK, "the same id under the new one");
    deviceOf(pkg0, hal, { rememberedMax: 2 });
  });

  t.test("1.2: the new nonce outlasts a reset", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {}).saveNonce(SERVER_ID, nonceOf(7));
    const client = pkg0.createClient(hal, {});
    client.open();
    t.equal(deliver(hal, push12({ sessionId: 1 }, NONCE)), codes.DIGEST_WRONG, "under the former nonce");
    t.equal(deliver(hal, push12({ sessionId: 1 }, nonceOf(7))), codes.OK, "under the new one");
    t.equal(client.saveNonce("other.example", NONCE), codes.ACCOUNT_UNKNOWN, "nonce of nobody");
  });

  t.test("1.2: resynchronisation only where the account allows it, and then the caller is told", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    const resync = push12({ sessionId: 4 }, new Uint8Array(4));
    t.equal(deliver(hal, resync), codes.DIGEST_WRONG, "by default");
    client.addAccount({ serverId: SERVER_ID, appAuth: DM_ACC.appAuth, nonceResync: true });
    t.equal(deliver(hal, push12({ sessionId: 3 }, octets("0x00000000"))), codes.DIGEST_WRONG, "ASCII zeros");
    t.equal(deliver(hal, resync), codes.OK, "allowed");
    t.equal(hal.started[0].renewNonces, true, "renewNonces");
    t.equal(deliver(hal, resync), codes.DUPLICATE, "again, under the same nonce");
    t.equal(deliver(hal, push12({ sessionId: 5 }, NONCE)), codes.OK, "with the right nonce");
    t.equal(hal.started[1].renewNonces, false, "renewNonces");
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started[2].renewNonces, true, "renewNonces after a reset");
    t.equal(hal.started[2].isResumed, true, "isResumed");
  });

  t.test("1.2: ServerID or AAuthName in the digest", () => {
    const byId = push12({ sessionId: 1 }, NONCE);
    const byName = push12({ sessionId: 2, name: octets("name") }, NONCE);
    const expected = [codes.OK, codes.OK, codes.OK, codes.DIGEST_WRONG, codes.DIGEST_WRONG, codes.OK];
    for (let i = 0; i < 3; i++) {
      const hal = createMockHal();
      const client = deviceOf(pkg0, hal, {});
      const srvCred = { aauthLevel: "SRVCRED", aauthName: "name", aauthSecret: "secret12", aauthData: NONCE };
      if (i === 0) client.addAccount({ serverId: SERVER_ID, appAuth: [srvCred] });
      if (i === 1) client.addAccount({ serverId: SERVER_ID, appAuth: [srvCred], digestName: "serverId" });
      if (i === 2) client.addAccount({ serverId: SERVER_ID, appAuth: [srvCred], digestName: "aauthName" });
      t.equal(deliver(hal, byId), expected[2 * i], `by ServerID, choice ${i}`);
      t.equal(deliver(hal, byName), expected[2 * i + 1], `by AAuthName, choice ${i}`);
    }
  });
}
