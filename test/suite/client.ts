/** The client on a mock board: what every engine has to do alike. In the device dialect. */
import { readW7 } from "../../src/account/w7.ts";
import * as codes from "../../src/status.ts";
import { CUT_KINDS, createFlash } from "../../targets/mock/flash.ts";
import { createMockHal, type MockHal } from "../../targets/mock/hal.ts";
import { DM_ACC, NONCE, nonceOf, octets, push12, push13, SERVER_ID, sign13, write12, write13 } from "./messages.ts";

type Client = ReturnType<typeof import("../../src/client/client.ts").createClient>;
type Options = import("../../src/client/options.ts").ClientOptions;

/** What the suite needs of a test framework. */
interface T {
  test(name: string, check: () => void): void;
  equal(actual: string | number | boolean | null, expected: string | number | boolean | null, what: string): void;
  ok(condition: boolean, what: string): void;
}

export type ClientApi = Pick<typeof import("../../src/client/client.ts"), "createClient">;

const NOW = 1700000000;

/** A client that knows DM_ACC, on a board whose clock says NOW. */
function deviceOf(pkg0: ClientApi, hal: MockHal, options: Options): Client {
  hal.posix = NOW;
  const client = pkg0.createClient(hal, options);
  client.open();
  client.addAccount(DM_ACC);
  return client;
}

function deliver(hal: MockHal, message: Uint8Array): number {
  return hal.deliver(message, 0, message.length);
}

export function clientSuite(t: T, pkg0: ClientApi): void {
  verdicts(t, pkg0);
  admission(t, pkg0);
  nonces(t, pkg0);
  sessions(t, pkg0);
  accounts(t, pkg0);
  storage(t, pkg0);
}

function verdicts(t: T, pkg0: ClientApi): void {
  t.test("client: a session request has all of the notification and the account", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    t.equal(
      deliver(
        hal,
        push13({
          sessionId: 0xab,
          timestamp: NOW,
          targetedMo: [300],
          preferredBearer: [6, 2],
          connectReason: octets("why"),
          vendorInfo: octets("v"),
          uiMode: 1,
          transport: 2,
          timeoutMinutes: 9,
        }),
      ),
      codes.OK,
      "status",
    );
    const request = hal.started[0];
    t.equal(request.sessionId, "AB", "sessionId");
    t.equal(request.serverId, SERVER_ID, "serverId");
    t.equal(request.appAddr[0].addr, "https://dm.example/dm", "appAddr");
    t.equal(request.format, codes.FORMAT_13, "format");
    t.equal(request.initiator, 1, "initiator");
    t.equal(request.uiMode, codes.UI_BACKGROUND, "uiMode");
    t.equal(request.transport, 2, "transport");
    t.equal(request.preferredBearer.join(), "6,2", "preferredBearer");
    t.equal(request.bearer, 6, "bearer");
    t.equal(request.requestedMo.join(), "1", "requestedMo");
    t.equal(request.targetedMo.join(), "300", "targetedMo");
    t.equal(request.connectReason, "why", "connectReason");
    t.equal(request.vendorInfo.length, 1, "vendorInfo");
    t.equal(request.timestamp, NOW, "timestamp");
    t.equal(request.timeoutMinutes, 9, "timeoutMinutes");
    t.equal(request.renewNonces, false, "renewNonces");
    t.equal(request.via, codes.VIA_UDP, "via");
    t.equal(request.isResumed, false, "isResumed");
  });

  t.test("client: one save for an accepted message, none for a rejected one", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    const good = push13({ sessionId: 1, timestamp: NOW });
    const forged = push13({ sessionId: 2, timestamp: NOW });
    forged[forged.length - 1] ^= 1;
    const other = push13({ sessionId: 3, timestamp: NOW, serverId: octets("other.example") });
    const before = hal.storage.writes;
    t.equal(deliver(hal, forged), codes.DIGEST_WRONG, "forged");
    t.equal(deliver(hal, other), codes.ACCOUNT_UNKNOWN, "unknown server");
    t.equal(deliver(hal, good.subarray(0, 30)), codes.NOTIFICATION_SHORT, "cut");
    t.equal(deliver(hal, good.subarray(0, 2)), codes.WSP_SHORT, "no push");
    t.equal(hal.storage.writes, before, "writes of rejected ones");
    t.equal(deliver(hal, good), codes.OK, "good");
    t.equal(hal.storage.writes, before + 1, "writes of an accepted one");
    t.equal(deliver(hal, good), codes.DUPLICATE, "again");
    t.equal(hal.storage.writes, before + 1, "writes of a duplicate");
    t.equal(hal.started.length, 1, "sessions");
  });

  t.test("client: what is not to be accepted is not hashed", () => {
    const hal = createMockHal();
    let hashed = 0;
    const count = (): Uint8Array => {
      hashed++;
      return new Uint8Array(32);
    };
    hal.hash = { sha256: count, md5: count };
    deviceOf(pkg0, hal, {});
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, serverId: octets("dm.examplf") }));
    deliver(hal, push13({ sessionId: 1, timestamp: NOW - 3601 }));
    deliver(hal, push13({ sessionId: 1, timestamp: NOW + 90000 }));
    t.equal(hashed, 0, "digests");
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.DIGEST_WRONG, "status");
    t.equal(hashed, 1, "digests of one that may be good");
  });

  t.test("client: every bound has its status", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { messageMax: 80, pendingMax: 2, digestBurst: 3, digestsPerMinute: 60 });
    const long = push13({ sessionId: 9, timestamp: NOW, vendorInfo: octets("0123456789012345678901234567890") });
    t.equal(deliver(hal, long), codes.NOTIFICATION_LONG, "long");
    t.equal(client.at, 6 + 80, "at");
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.OK, "1st");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.OK, "2nd");
    t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW })), codes.PENDING_FULL, "3rd");
    client.sessionDone(hal.started[0]);
    t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW })), codes.OK, "3rd, when one has ended");
    client.sessionDone(hal.started[1]);
    t.equal(deliver(hal, push13({ sessionId: 4, timestamp: NOW })), codes.THROTTLED, "4th digest");
    hal.monotonic += 1;
    t.equal(deliver(hal, push13({ sessionId: 4, timestamp: NOW })), codes.OK, "a second later");
  });

  t.test("client: structure, account and digest decide on the format", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    const m13 = write13({ sessionId: 1, timestamp: NOW });
    const m12 = write12({ sessionId: 2 }, NONCE);
    const m12b = write12({ sessionId: 3 }, NONCE);
    const other = codes.CONTENT_TYPE_OTHER;
    t.equal(client.receiveBody(m13, 0, m13.length, codes.CONTENT_TYPE_12, codes.VIA_HTTP), codes.OK, "1.3 as 1.2");
    t.equal(client.receiveBody(m12, 0, m12.length, codes.CONTENT_TYPE_13, codes.VIA_HTTP), codes.OK, "1.2 as 1.3");
    t.equal(client.receiveBody(m12b, 0, m12b.length, other, codes.VIA_OBEX), codes.OK, "1.2 without a type");
    t.equal(client.receiveBody(m12b, 0, m12b.length, other, codes.VIA_OBEX), codes.DUPLICATE, "and again");
    t.equal(hal.started[1].format, codes.FORMAT_12, "format");
    t.equal(hal.started[2].via, codes.VIA_OBEX, "via");
  });
}

function admission(t: T, pkg0: ClientApi): void {
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

function nonces(t: T, pkg0: ClientApi): void {
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

function sessions(t: T, pkg0: ClientApi): void {
  t.test("session: user interaction asks first, and starts once", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, uiMode: 3, connectReason: octets("update") }));
    t.equal(hal.confirmed.join(), "update", "asked");
    t.equal(hal.started.length, 0, "sessions before the answer");
    hal.answers[0](true);
    hal.answers[0](true);
    hal.answers[0](false);
    t.equal(hal.started.length, 1, "sessions after it");
  });

  t.test("session: declined by the user, informed, in the background", () => {
    const hal = createMockHal();
    const told: number[] = [];
    const client = deviceOf(pkg0, hal, { onSession: status => told.push(status) });
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, uiMode: 3 }));
    hal.answers[0](false);
    hal.answers[0](true);
    client.resume();
    t.equal(hal.started.length, 0, "sessions");
    t.equal(told.join(), `${codes.SESSION_REFUSED}`, "told");
    deliver(hal, push13({ sessionId: 2, timestamp: NOW, uiMode: 2, connectReason: octets("hello") }));
    deliver(hal, push13({ sessionId: 3, timestamp: NOW, uiMode: 1, connectReason: octets("hidden") }));
    deliver(hal, push13({ sessionId: 4, timestamp: NOW, uiMode: 0 }));
    t.equal(hal.informed.join(), "hello", "informed");
    t.equal(hal.started.length, 3, "sessions");
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 6, "sessions after a reset: not the declined one");
  });

  t.test("session: waits for a preferred bearer, in their order, until TIMEOUT", () => {
    const hal = createMockHal();
    const told: number[] = [];
    const client = deviceOf(pkg0, hal, { onSession: status => told.push(status) });
    hal.bearersUp = [3];
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, preferredBearer: [6, 2] }));
    deliver(hal, push13({ sessionId: 2, timestamp: NOW, preferredBearer: [9] }));
    t.equal(hal.started.length, 0, "sessions");
    hal.bearersUp = [2, 3];
    client.bearerChanged();
    t.equal(hal.started.length, 1, "sessions with a bearer");
    t.equal(hal.started[0].bearer, 2, "bearer");
    hal.posix = NOW + 3601;
    client.tick();
    hal.bearersUp = null;
    client.bearerChanged();
    t.equal(hal.started.length, 1, "sessions after TIMEOUT");
    t.equal(told.join(), "161,161,161,146", "told");
    const unknown = push13({ sessionId: 3, timestamp: NOW + 3601, preferredBearer: [11, 11] });
    unknown[unknown.length - 33] = 200;
    unknown[unknown.length - 36] = 12;
    sign13(unknown);
    hal.bearersUp = [];
    deliver(hal, unknown);
    t.equal(hal.started[1].bearer, 0, "values without a meaning are skipped (D7)");
  });

  t.test("session: without a clock TIMEOUT counts from the arrival", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    hal.posix = 0;
    hal.answer = codes.SESSION_LATER;
    deliver(hal, push13({ sessionId: 1, timestamp: 77 }));
    deliver(hal, push13({ sessionId: 2, timestamp: 77, timeoutMinutes: 0 }));
    hal.monotonic = 3600;
    client.resume();
    t.equal(hal.started.length, 4, "offers");
    hal.monotonic = 3601;
    client.tick();
    client.resume();
    t.equal(hal.started.length, 5, "offers after TIMEOUT");
  });

  t.test("session: the board declines or delays", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    hal.answer = codes.SESSION_DECLINED;
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, targetedMo: [42] }));
    t.equal(hal.started[0].targetedMo[0], 42, "Targeted-MO");
    hal.answer = codes.SESSION_LATER;
    deliver(hal, push13({ sessionId: 2, timestamp: NOW, uiMode: 3 }));
    hal.answers[0](true);
    client.resume();
    t.equal(hal.started.length, 3, "offers");
    t.equal(hal.confirmed.length, 1, "asked once");
    hal.answer = codes.SESSION_STARTED;
    client.resume();
    client.resume();
    t.equal(hal.started.length, 4, "offers until it started");
  });

  t.test("session: resumed after a reset until sessionDone", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    deliver(hal, push13({ sessionId: 0x1ff, timestamp: NOW, connectReason: octets("r") }));
    const second = pkg0.createClient(hal, {});
    second.resume();
    t.equal(hal.started.length, 2, "sessions");
    t.equal(hal.started[1].sessionId, "1FF", "sessionId");
    t.equal(hal.started[1].connectReason, "r", "connectReason");
    t.equal(hal.started[1].isResumed, true, "isResumed");
    t.equal(second.sessionDone(hal.started[0]), codes.SESSION_UNKNOWN, "done, of before the reset");
    t.equal(second.sessionDone(hal.started[1]), codes.OK, "done");
    t.equal(second.sessionDone(hal.started[1]), codes.SESSION_UNKNOWN, "done twice");
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 2, "sessions when it was done");
  });

  t.test("session: done from within start", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { pendingMax: 1 });
    hal.onStart = request => client.sessionDone(request);
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.OK, "first");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.OK, "second");
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 2, "sessions");
  });
}

function accounts(t: T, pkg0: ClientApi): void {
  t.test("accounts: added, changed, listed, removed, and all that after a reset", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { accountsMax: 2 });
    t.equal(client.addAccount({ serverId: "b", name: "B \u00e9", appAuth: [] }), codes.OK, "second");
    t.equal(client.addAccount({ serverId: "c", appAuth: [] }), codes.ACCOUNTS_FULL, "third");
    t.equal(client.addAccount({ serverId: "b", name: "B2", appAuth: [] }), codes.OK, "changed");
    const again = pkg0.createClient(hal, { accountsMax: 2 });
    t.equal(again.open(), codes.OK, "open");
    const list = again.listAccounts();
    t.equal(list.length, 2, "accounts");
    t.equal(list[0].serverId, SERVER_ID, "serverId");
    t.equal(list[1].name as string, "B2", "name");
    const data = list[0].appAuth[1].aauthData as Uint8Array;
    t.equal(data.length, 16, "AAuthData");
    t.equal(data[15], NONCE[15], "AAuthData");
    t.equal(again.removeAccount(SERVER_ID), codes.OK, "remove");
    t.equal(again.removeAccount(SERVER_ID), codes.ACCOUNT_UNKNOWN, "remove again");
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.ACCOUNT_UNKNOWN, "its message");
    t.equal(pkg0.createClient(hal, { accountsMax: 2 }).listAccounts().length, 1, "accounts after a reset");
    t.equal(again.addAccount({ serverId: "c", appAuth: [] }), codes.OK, "a place is free");
  });

  t.test("accounts: an account's sessions go with it, and stay when it is changed", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    hal.answer = codes.SESSION_LATER;
    deliver(hal, push13({ sessionId: 1, timestamp: NOW }));
    client.addAccount(DM_ACC);
    client.resume();
    t.equal(hal.started.length, 2, "offers");
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.DUPLICATE, "memory");
    client.removeAccount(SERVER_ID);
    client.resume();
    t.equal(hal.started.length, 2, "offers when it is removed");
    client.addAccount(DM_ACC);
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 2, "offers when it is added again");
  });

  t.test("accounts: what is no DMAcc is refused, and changes nothing", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    const before = hal.storage.writes;
    const bad: unknown[] = [
      null,
      {},
      { serverId: "", appAuth: [] },
      { serverId: 5, appAuth: [] },
      { serverId: "x" },
      { serverId: "x", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: 1234 }] },
      { serverId: "x", appAuth: [{ aauthLevel: "SRVCRED", aauthSecret: "s", aauthData: "bm9uY2U=" }] },
      { serverId: "x", appAuth: [{ aauthLevel: "SRVCRED", aauthSecret: "s", aauthData: null }] },
      { serverId: "x", appAuth: [{ aauthLevel: "SRVCRED", aauthName: {}, aauthSecret: "s" }] },
      { serverId: "x", appAuth: [{ aauthLevel: "SRVCRED", aauthSecret: "s", aauthData: new Uint8Array(257) }] },
    ];
    for (let i = 0; i < bad.length; i++) {
      t.equal(client.addAccount(bad[i] as typeof DM_ACC), codes.ACCOUNT_INVALID, `account ${i}`);
    }
    t.equal(hal.storage.writes, before, "writes");
    t.equal(client.listAccounts().length, 1, "accounts");
  });

  t.test("accounts: NOTICRED before SRVCRED, and nothing without a secret", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    client.addAccount({ serverId: SERVER_ID, appAuth: [{ aauthLevel: "SRVCRED", aauthSecret: "secret13" }] });
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.OK, "SRVCRED");
    client.addAccount({ serverId: SERVER_ID, appAuth: [{ aauthLevel: "CLCRED", aauthSecret: "secret13" }] });
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.ACCOUNT_NO_SECRET, "CLCRED");
    t.equal(deliver(hal, push12({ sessionId: 2 }, NONCE)), codes.ACCOUNT_NO_SECRET, "CLCRED, 1.2");
    const plain = push13({ sessionId: 3, timestamp: NOW, digestInput: 1 });
    client.addAccount({ serverId: SERVER_ID, appAuth: DM_ACC.appAuth, digestInput: "plain" });
    t.equal(deliver(hal, plain), codes.OK, "digestInput plain");
  });

  t.test("w7: APPSRV is the client's credential, CLIENT the server's", () => {
    const dmAcc = readW7(
      {
        type: "APPLICATION",
        parms: { APPID: "w7", "PROVIDER-ID": "dm.example", NAME: "Example", AAUTHPREF: "DIGEST" },
        inside: [
          {
            type: "APPADDR",
            parms: { ADDR: "https://dm.example/dm", ADDRTYPE: "URI" },
            inside: [{ type: "PORT", parms: { PORTNBR: "8443" } }],
          },
          { type: "APPAUTH", parms: { AAUTHLEVEL: "APPSRV", AAUTHNAME: "me", AAUTHSECRET: "mine" } },
          { type: "APPAUTH", parms: { AAUTHLEVEL: "CLIENT", AAUTHSECRET: "theirs", AAUTHDATA: "xy" } },
        ],
      },
      text => octets(text),
    );
    t.ok(dmAcc !== null, "read");
    if (dmAcc === null) return;
    t.equal(dmAcc.serverId, "dm.example", "serverId");
    t.equal(dmAcc.appAuth[0].aauthLevel, "CLCRED", "APPSRV");
    t.equal(dmAcc.appAuth[1].aauthLevel, "SRVCRED", "CLIENT");
    t.equal((dmAcc.appAuth[1].aauthData as Uint8Array)[1], 0x79, "AAUTHDATA");
    const addr = (dmAcc.appAddr as { addr: string; port?: number[] }[])[0];
    t.equal(addr.addr, "https://dm.example/dm", "ADDR");
    t.equal((addr.port as number[])[0], 8443, "PORTNBR");
    t.ok(readW7({ type: "APPLICATION", parms: { APPID: "w5", "PROVIDER-ID": "x" } }, octets) === null, "w5");
    t.ok(readW7({ type: "APPLICATION", parms: { APPID: "w7" } }, octets) === null, "no PROVIDER-ID");
  });
}

function storage(t: T, pkg0: ClientApi): void {
  t.test("store: a damaged record gives a status and is never taken for good", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    deliver(hal, push13({ sessionId: 1, timestamp: NOW }));
    const records = hal.storage.records;
    for (const key in records) if (key.charAt(1) === "d") records[key][9] ^= 1;
    const client = pkg0.createClient(hal, {});
    t.equal(client.open(), codes.STORE_CORRUPT, "open");
    client.resume();
    t.equal(hal.started.length, 1, "sessions");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.STORE_CORRUPT, "a message");
    t.equal(client.addAccount(DM_ACC), codes.OK, "added again");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.OK, "a message then");
  });

  t.test("store: one damaged slot of two does no harm", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    hal.answer = codes.SESSION_LATER;
    deliver(hal, push13({ sessionId: 1, timestamp: NOW }));
    deliver(hal, push13({ sessionId: 2, timestamp: NOW }));
    hal.storage.records.adm0b[20] ^= 255; // sequence 3: the newest
    const client = pkg0.createClient(hal, {});
    t.equal(client.open(), codes.OK, "open");
    t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.DUPLICATE, "the former");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.OK, "what was torn was not accepted");
  });

  t.test("store: records of another place are foreign", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    client.addAccount({ serverId: "second", appAuth: [] });
    const records = hal.storage.records;
    records.acc2b = records.acc0b;
    records.acc1b = records.acc0b;
    const again = pkg0.createClient(hal, {});
    t.equal(again.open(), codes.STORE_CORRUPT, "open");
    t.equal(again.listAccounts().length, 1, "accounts");
  });

  t.test("store: a failing storage rejects and starts nothing", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    const good = push13({ sessionId: 1, timestamp: NOW });
    hal.storage.isBroken = true;
    t.equal(deliver(hal, good), codes.STORE_WRITE, "status");
    t.equal(client.addAccount({ serverId: "x", appAuth: [] }), codes.STORE_WRITE, "addAccount");
    t.equal(client.removeAccount(SERVER_ID), codes.STORE_WRITE, "removeAccount");
    t.equal(client.saveNonce(SERVER_ID, nonceOf(3)), codes.STORE_WRITE, "saveNonce");
    t.equal(hal.started.length, 0, "sessions");
    hal.storage.isBroken = false;
    t.equal(client.listAccounts().length, 1, "accounts");
    t.equal(deliver(hal, good), codes.OK, "then");
    t.equal(deliver(hal, push12({ sessionId: 1 }, NONCE)), codes.OK, "under the nonce that stayed");
    hal.storage.isBroken = true;
    t.equal(client.sessionDone(hal.started[0]), codes.STORE_WRITE, "sessionDone");
    pkg0.createClient(hal, {}).resume();
    t.equal(hal.started.length, 4, "offered again after a reset");
  });

  t.test("power: cut at every byte of the save of an accepted message", () => {
    const message = push13({ sessionId: 1, timestamp: NOW });
    let isWhole = false;
    for (let cut = 0; !isWhole; cut += 3) {
      const hal = createMockHal();
      const flash = createFlash(cut + 1);
      const board = {
        storage: flash,
        clock: hal.clock,
        session: hal.session,
        udp: hal.udp as NonNullable<MockHal["udp"]>,
      };
      pkg0.createClient(board, {}).addAccount(DM_ACC);
      const client = pkg0.createClient(board, {});
      client.open();
      flash.bytesLeft = cut;
      flash.cutLeaves = cut % CUT_KINDS;
      isWhole = deliver(hal, message) === codes.OK;
      const started = hal.started.length;
      flash.powerOn();
      const again = pkg0.createClient(board, {});
      t.equal(again.open(), codes.OK, `open after a cut at ${cut}`);
      again.resume();
      const resumed = hal.started.length - started;
      t.ok(resumed === 1 || !isWhole, `no session is lost, cut at ${cut}`);
      t.equal(deliver(hal, message), resumed === 1 ? codes.DUPLICATE : codes.OK, `the message again, cut at ${cut}`);
    }
  });
}
