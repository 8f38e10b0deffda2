/** Checks of accounts, and of the store for everything that must outlast a reset. In the device dialect. */
import type { AppAuth, DmAcc } from "../../src/account/dmacc.ts";
import { readW7 } from "../../src/account/w7.ts";
import type { AppAddr } from "../../src/hal.ts";
import * as codes from "../../src/status.ts";
import * as wire from "../../src/wire.ts";
import { CUT_KINDS, createFlash } from "../../targets/mock/flash.ts";
import { createMockHal, type MockHal } from "../../targets/mock/hal.ts";
import type { T } from "./api.ts";
import { type ClientApi, deliver, deviceOf, list, NOW } from "./device.ts";
import { DM_ACC, NONCE, nonceOf, octets, push12, push13, SERVER_ID } from "./messages.ts";

export function accounts(t: T, pkg0: ClientApi): void {
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
    hal.answer = wire.SESSION_LATER;
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
      { serverId: "x", appAuth: [], digestInput: "Colons" },
      { serverId: "x", appAuth: [], digestInput: "" },
      { serverId: "x", appAuth: [], digestInput: 1 },
      { serverId: "x", appAuth: [], digestName: "serverID" },
      { serverId: "x", appAuth: [], nonceResync: 1 },
      { serverId: "x", appAuth: [], allowEmptySecret: "yes" },
      { serverId: "x", appAuth: [], timeoutUnit: "hours" },
      { serverId: "x", appAuth: [], timeoutUnit: null },
      { serverId: "x", appAuth: [], requireRequestedMo: "false" },
      { serverId: "x", appAuth: [], strictVendorInfo: 0 },
      { serverId: "x", appAuth: [], maxSkewSeconds: "10" },
      { serverId: "x", appAuth: [], maxSkewSeconds: -1 },
      { serverId: "x", appAuth: [], maxSkewSeconds: 0 / 0 },
    ];
    for (let i = 0; i < bad.length; i++) {
      t.equal(client.addAccount(bad[i] as unknown as typeof DM_ACC), codes.ACCOUNT_INVALID, `account ${i}`);
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
  });

  t.test("accounts: each reads the digest as its digestInput says, and in no other way", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, { pendingMax: 9 });
    const inputs = ["colons", "plain", "one-colon"] as ("colons" | "plain" | "one-colon")[];
    let sessionId = 0;
    for (let i = 0; i < inputs.length; i++) {
      const digestInput = inputs[i];
      t.equal(client.addAccount({ serverId: SERVER_ID, appAuth: DM_ACC.appAuth, digestInput }), codes.OK, digestInput);
      for (let k = 0; k < inputs.length; k++) {
        sessionId++;
        const push = push13({ sessionId, timestamp: NOW, digestInput: k });
        t.equal(deliver(hal, push), i === k ? codes.OK : codes.DIGEST_WRONG, `${digestInput}, signed as ${inputs[k]}`);
      }
    }
  });

  t.test(
    "accounts: what servers may do otherwise is said by the account, before the client, and kept over a reset",
    () => {
      const hal = createMockHal();
      const strict = { timeoutUnit: "minutes" as "minutes" | "days", maxSkewSeconds: 5, requireRequestedMo: true };
      const client = deviceOf(pkg0, hal, strict);
      const own = {
        serverId: SERVER_ID,
        appAuth: DM_ACC.appAuth,
        timeoutUnit: "days" as "minutes" | "days",
        maxSkewSeconds: 100,
        requireRequestedMo: false,
        strictVendorInfo: true,
      };
      const old = push13({ sessionId: 1, timestamp: NOW - 86400, timeoutMinutes: 1 });
      const early = push13({ sessionId: 2, timestamp: NOW + 100 });
      t.equal(deliver(hal, old), codes.EXPIRED, "minutes");
      t.equal(deliver(hal, early), codes.FUTURE, "5 seconds");
      t.equal(client.addAccount(own), codes.OK, "changed");
      t.equal(deliver(hal, old), codes.OK, "days");
      t.equal(deliver(hal, early), codes.OK, "100 seconds");
      pkg0.createClient(hal, strict).open();
      t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW + 100 })), codes.OK, "after a reset");
      t.equal(deliver(hal, push13({ sessionId: 4, timestamp: NOW + 101 })), codes.FUTURE, "101 seconds");
    },
  );

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
    const numbers = [
      "443",
      "0443",
      "65535",
      "80.5",
      "0x1BB",
      "1e2",
      "",
      " 80",
      "-1",
      "+1",
      "0",
      "65536",
      "99999999999",
    ];
    const kept = [443, 443, 65535];
    for (let i = 0; i < numbers.length; i++) {
      const inside = [{ type: "APPADDR", parms: {}, inside: [{ type: "PORT", parms: { PORTNBR: numbers[i] } }] }];
      const read = readW7({ type: "APPLICATION", parms: { APPID: "w7", "PROVIDER-ID": "x" }, inside }, octets);
      const ports = (((read as DmAcc).appAddr as AppAddr[])[0].port || []) as number[];
      t.equal(ports.join(), i < kept.length ? `${kept[i]}` : "", `PORTNBR ${numbers[i]}`);
    }
    t.ok(readW7({ type: "APPLICATION", parms: { APPID: "w5", "PROVIDER-ID": "x" } }, octets) === null, "w5");
    t.ok(readW7({ type: "APPLICATION", parms: { APPID: "w7" } }, octets) === null, "no PROVIDER-ID");
  });
}

export function storage(t: T, pkg0: ClientApi): void {
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
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.REPLAY, "what may have been accepted before");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW + 1 })), codes.OK, "a later message");
  });

  t.test(
    "account: an empty secret is none, unless the account says so; NOTICRED without one has that of SRVCRED",
    () => {
      const empty = new Uint8Array(0);
      const accept = (appAuth: AppAuth[], allowEmptySecret: boolean, message: Uint8Array): number => {
        const hal = createMockHal();
        const client = deviceOf(pkg0, hal, {});
        client.addAccount({ serverId: SERVER_ID, allowEmptySecret, appAuth });
        return deliver(hal, message);
      };
      const srvCred = { aauthLevel: "SRVCRED", aauthSecret: "", aauthData: NONCE };
      const signed12 = push12({ sessionId: 1, secret: empty }, NONCE);
      const signed13 = push13({ sessionId: 1, timestamp: NOW, secret: empty });
      t.equal(accept([srvCred], false, signed12), codes.ACCOUNT_NO_SECRET, "1.2");
      t.equal(accept([srvCred], false, signed13), codes.ACCOUNT_NO_SECRET, "1.3");
      t.equal(accept([srvCred], true, signed12), codes.OK, "1.2, allowed");
      t.equal(accept([srvCred], true, signed13), codes.OK, "1.3, allowed");
      const full = { aauthLevel: "SRVCRED", aauthSecret: "secret12", aauthData: NONCE };
      const bySrvCred = push13({ sessionId: 1, timestamp: NOW, secret: octets("secret12") });
      t.equal(accept([{ aauthLevel: "NOTICRED" }, full], false, bySrvCred), codes.OK, "NOTICRED without a secret");
      const none = { aauthLevel: "NOTICRED", aauthSecret: "" };
      t.equal(accept([none, full], false, bySrvCred), codes.ACCOUNT_NO_SECRET, "NOTICRED with an empty one");
      t.equal(accept([none, full], false, push12({ sessionId: 1 }, NONCE)), codes.OK, "1.2 beside it");
    },
  );

  t.test("store: a bit wrong in either slot of any record does no harm, and is said", () => {
    for (let k = 0; k < SLOTS.length; k++) damaged(t, pkg0, SLOTS[k]);
  });

  t.test("store: the newer of two records counts, whichever slot has it", () => {
    for (let k = 2; k < SLOTS.length; k++) {
      const hal = createMockHal();
      deviceOf(pkg0, hal, {});
      const former = hal.storage.records[SLOTS[k]];
      const message = push13({ sessionId: 1, timestamp: NOW });
      t.equal(deliver(hal, message), codes.OK, "first");
      hal.storage.records[SLOTS[k]] = former;
      t.equal(pkg0.createClient(hal, {}).open(), codes.OK, "open");
      t.equal(deliver(hal, message), codes.DUPLICATE, SLOTS[k]);
    }
  });

  t.test("store: damage while the client runs does no harm, is said, and heals", () => {
    for (let k = 2; k < SLOTS.length; k++) {
      damagedMeanwhile(t, pkg0, SLOTS[k], false);
      damagedMeanwhile(t, pkg0, SLOTS[k], true);
    }
  });

  t.test("store: the other slot is not taken for the newest one where its copy failed", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    hal.bearersUp = [];
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, preferredBearer: [6] }));
    deliver(hal, push13({ sessionId: 2, timestamp: NOW, preferredBearer: [6] }));
    let newest = "";
    const save = hal.storage.save;
    hal.storage.save = (key, bytes) => {
      if (newest !== "") return false;
      newest = key;
      return save(key, bytes);
    };
    t.equal(client.sessionDone({ serverId: SERVER_ID, sessionId: "1", timestamp: NOW }), codes.OK, "one copy");
    hal.storage.save = save;
    hal.storage.records[newest][20] ^= 1;
    hal.bearersUp = null;
    client.bearerChanged();
    t.equal(hal.started.length, 0, "the session that is done is not started again");
    t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW })), codes.STORE_UNREADABLE, "a new message");
  });

  t.test("store: a slot that has gone back to a former record is not taken for the newest one", () => {
    for (let k = 2; k < SLOTS.length; k++) {
      const hal = createMockHal();
      const client = deviceOf(pkg0, hal, {});
      hal.bearersUp = [];
      deliver(hal, push13({ sessionId: 1, timestamp: NOW, preferredBearer: [6] }));
      const former = hal.storage.records[SLOTS[k]];
      deliver(hal, push13({ sessionId: 2, timestamp: NOW, preferredBearer: [6] }));
      hal.storage.records[SLOTS[k]] = former;
      hal.bearersUp = null;
      client.bearerChanged();
      t.equal(hal.started.length, 2, `${SLOTS[k]}: sessions`);
    }
  });

  t.test("store: what cannot be read now accepts nothing, is said, and heals", () => {
    for (let k = 0; k < SLOTS.length; k++) unreadable(t, pkg0, SLOTS[k]);
  });

  t.test("store: memory outlives its account, and belongs to its ServerID", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    const old = push13({ sessionId: 1, timestamp: NOW });
    deliver(hal, old);
    hal.storage.records.acc0a[9] ^= 1;
    hal.storage.records.acc0b[9] ^= 1;
    const client = pkg0.createClient(hal, {});
    t.equal(client.open(), codes.STORE_CORRUPT, "open");
    t.equal(client.listAccounts().length, 0, "accounts");
    t.equal(client.addAccount({ serverId: "second", appAuth: [] }), codes.OK, "another account");
    t.equal(client.addAccount(DM_ACC), codes.OK, "added again");
    client.resume();
    t.equal(hal.started.length, 2, "its session");
    t.equal(deliver(hal, old), codes.DUPLICATE, "its old message");
    t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.OK, "a new one");
    // its owner is unknown
    const records = hal.storage.records;
    for (const key in records) if (key.charAt(3) === "0") records[key][9] ^= 1;
    const blind = pkg0.createClient(hal, {});
    t.equal(blind.addAccount(DM_ACC), codes.STORE_CORRUPT, "may be that of the damaged place");
    t.equal(blind.removeAccount(SERVER_ID), codes.OK, "given up");
    t.equal(blind.addAccount(DM_ACC), codes.OK, "a new one");
    t.equal(blind.listAccounts().length, 2, "accounts");
  });

  t.test("store: records of another place are foreign", () => {
    const hal = createMockHal();
    const client = deviceOf(pkg0, hal, {});
    client.addAccount({ serverId: "second", appAuth: [] });
    const records = hal.storage.records;
    records.acc2b = records.acc0b;
    records.acc1b = records.acc0b;
    records.acc1a = records.acc0a;
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
    t.equal(deliver(hal, push12({ sessionId: 2 }, NONCE)), codes.OK, "under the nonce that stayed");
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
      const status = again.open();
      t.ok(status === codes.OK || status === codes.STORE_FALLBACK, `open after a cut at ${cut}`);
      again.resume();
      const resumed = hal.started.length - started;
      t.ok(resumed === 1 || !isWhole, `no session is lost, cut at ${cut}`);
      t.equal(deliver(hal, message), resumed === 1 ? codes.DUPLICATE : codes.OK, `the message again, cut at ${cut}`);
    }
  });
}

const SLOTS = ["acc0a", "acc0b", "adm0a", "adm0b"];

function damaged(t: T, pkg0: ClientApi, key: string): void {
  const hal = createMockHal();
  deviceOf(pkg0, hal, {});
  hal.answer = wire.SESSION_LATER;
  deliver(hal, push13({ sessionId: 1, timestamp: NOW }));
  deliver(hal, push13({ sessionId: 2, timestamp: NOW }));
  hal.storage.records[key][20] ^= 1;
  const told: string[] = [];
  const client = pkg0.createClient(hal, { onStore: (status, key) => told.push(`${key} ${status}`) });
  t.equal(client.open(), codes.STORE_FALLBACK, "open");
  t.equal(list(told), `${key.substring(0, 4)} ${codes.STORE_FALLBACK}`, "onStore");
  client.resume();
  t.equal(hal.started.length, 4, "sessions");
  t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.DUPLICATE, "the former");
  t.equal(deliver(hal, push13({ sessionId: 2, timestamp: NOW })), codes.DUPLICATE, "the latter");
  t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW })), codes.OK, "a new one");
  t.equal(pkg0.createClient(hal, {}).open(), codes.OK, "healed");
}

/** The slot `key` is damaged between two messages; `isDone`: with one session of two done before. */
function damagedMeanwhile(t: T, pkg0: ClientApi, key: string, isDone: boolean): void {
  const hal = createMockHal();
  const told: string[] = [];
  const client = deviceOf(pkg0, hal, { onStore: (status, record) => told.push(`${record} ${status}`) });
  hal.bearersUp = [];
  deliver(hal, push13({ sessionId: 1, timestamp: NOW, preferredBearer: [6] }));
  deliver(hal, push13({ sessionId: 2, timestamp: NOW, preferredBearer: [6] }));
  if (isDone) {
    const name = { serverId: SERVER_ID, sessionId: "1", timestamp: NOW };
    t.equal(client.sessionDone(name), codes.OK, "one is done without a start");
  }
  hal.storage.records[key][20] ^= 1;
  t.equal(deliver(hal, push13({ sessionId: 3, timestamp: NOW, preferredBearer: [6] })), codes.OK, key);
  hal.bearersUp = null;
  client.bearerChanged();
  let ids = "";
  for (let i = 0; i < hal.started.length; i++) ids += hal.started[i].sessionId;
  t.equal(ids, isDone ? "23" : "123", "sessions");
  for (let i = 0; i < told.length; i++) t.equal(told[i], `adm0 ${codes.STORE_FALLBACK}`, "onStore");
  t.equal(pkg0.createClient(hal, {}).open(), codes.OK, "healed");
}

function unreadable(t: T, pkg0: ClientApi, key: string): void {
  const hal = createMockHal();
  deviceOf(pkg0, hal, {});
  hal.answer = wire.SESSION_LATER;
  deliver(hal, push13({ sessionId: 1, timestamp: NOW }));
  hal.storage.unreadable = key;
  const client = pkg0.createClient(hal, {});
  t.equal(client.open(), codes.STORE_UNREADABLE, "open");
  const writes = hal.storage.writes;
  const fresh = push13({ sessionId: 2, timestamp: NOW });
  t.equal(deliver(hal, fresh), codes.STORE_UNREADABLE, "a new message, to be read again");
  t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.STORE_UNREADABLE, "an old one");
  t.equal(client.addAccount(DM_ACC), codes.STORE_UNREADABLE, "added again");
  t.equal(hal.storage.writes, writes, "writes");
  client.tick();
  hal.storage.unreadable = "";
  client.tick();
  t.equal(hal.started.length, 2, "sessions, when it is read");
  t.equal(deliver(hal, push13({ sessionId: 1, timestamp: NOW })), codes.DUPLICATE, "the old one");
  t.equal(deliver(hal, fresh), codes.OK, "the new one");
}
