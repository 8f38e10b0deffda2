/** Appendix B, client: which sessions there are, which end, and which are never begun (C-001 to C-003, C-007, C-008, C-019). */
import assert from "node:assert/strict";
import {
  HEADERS13,
  ofHex,
  push12,
  push13,
  SECRET13,
  SERVER_ID,
  twinTpdus,
  writeTwin12,
  writeTwinPush,
} from "../twin/write.ts";
import { type Check, DM_ACC, deviceOf, NOW, type UnderTest } from "./under-test.ts";

/** Reference vectors of an independent generator: session 1234 of `mgmt.example` in both formats. */
const BOTH13 = ofHex(
  "17500000003c12346553f100 100c6d676d742e6578616d706c65300101400102 4f428dec4600bb36ea3b1475285d75af13f332d9cbff0224776c3ae75a2b845a",
);
const BOTH12 = ofHex("6c3744b1b7dba51a112ed2d79edda67b 02d800000012340c6d676d742e6578616d706c65");

export function sessionLines(check: Check, under: UnderTest): void {
  const { pkg0 } = under;
  /** The sessions in the board's records that a reset would offer, as ServerID and TIMESTAMP. */
  const offered = (hal: ReturnType<typeof deviceOf>["hal"]) => {
    hal.started = [];
    pkg0.createClient(hal, { pendingMax: 64 }).resume();
    return hal.started.map(({ serverId, timestamp }) => [serverId, timestamp]);
  };

  check("C-001", "the end of a session ends that of no other server and of no other TIMESTAMP", () => {
    const { hal, client, deliver } = deviceOf(under);
    hal.posix = 0;
    client.addAccount({ ...DM_ACC, serverId: "other" });
    assert.equal(deliver(push13({ timestamp: NOW, timeoutMinutes: 1 })), "OK");
    assert.equal(
      deliver(push13({ timestamp: NOW + 61, timeoutMinutes: 1 })),
      "OK",
      "by its own time the former is over",
    );
    assert.equal(deliver(push13({ timestamp: NOW + 61, timeoutMinutes: 1, serverId: "other" })), "OK");
    const [, second, others] = hal.started;
    assert.equal(client.sessionDone(others!), pkg0.OK);
    assert.deepEqual(offered(hal), [
      [SERVER_ID, NOW],
      [SERVER_ID, NOW + 61],
    ]);
    assert.equal(client.sessionDone(second!), pkg0.OK);
    assert.deepEqual(offered(hal), [[SERVER_ID, NOW]]);
  });

  check("C-002", "by every receiver of the board, until they are closed; a board without any says so", () => {
    const { hal } = deviceOf(under);
    let deliverTpdu: ((bytes: Uint8Array, from: number, to: number) => number) | null = null;
    hal.sms = {
      open(deliver) {
        deliverTpdu = deliver;
        return true;
      },
      close() {
        deliverTpdu = null;
      },
    };
    const options = { sms: () => pkg0.createSmsReceiver(hal.clock, {}) };
    const client = pkg0.createClient(hal, options);
    assert.equal(client.open(), pkg0.OK);
    const [tpdu] = twinTpdus(push13(), [2948, 9200]);
    assert.equal(deliverTpdu!(tpdu!, 0, tpdu!.length), pkg0.OK);
    client.close();
    assert.equal(deliverTpdu, null);
    hal.sms.open = () => false;
    assert.equal(pkg0.createClient(hal, options).open(), pkg0.RECEIVER_ABSENT);
  });

  check("C-003", "one nonce is good for as many messages as are remembered, and then for none until it is new", () => {
    const { client, deliver } = deviceOf(under, { rememberedMax: 2 });
    const statuses = [1, 2, 3].map(sessionId => deliver(push12({ sessionId })));
    assert.deepEqual(statuses, ["OK", "OK", "NONCE_SPENT"]);
    const nonce = ofHex("0102030405060708");
    assert.equal(client.saveNonce(SERVER_ID, nonce), pkg0.OK);
    assert.equal(deliver(push12({ sessionId: 3, nonce })), "OK");
  });

  check("C-003", "versions 1.0 to 1.2, also under the content type of 1.3", () => {
    for (const versionTenths of [10, 11, 12]) {
      const push = writeTwinPush(writeTwin12({ versionTenths }), HEADERS13);
      assert.equal(deviceOf(under).deliver(push), "OK", `${versionTenths}`);
    }
  });

  check("C-007", "a no is kept over a reset, and a yes that comes after the TIMEOUT starts nothing", () => {
    const declined = deviceOf(under);
    declined.deliver(push13({ uiMode: 3 }));
    declined.hal.answers[0]!(false);
    pkg0.createClient(declined.hal, {}).resume();
    assert.equal(declined.hal.confirmed.length, 1, "it is not asked again");
    const { hal, deliver } = deviceOf(under);
    deliver(push13({ uiMode: 3, timeoutMinutes: 1 }));
    hal.posix = NOW + 61;
    hal.answers[0]!(true);
    assert.deepEqual(hal.started, []);
  });

  check("C-008", "the same id in both formats is one session, whichever comes first", () => {
    const dmAcc = {
      serverId: "mgmt.example",
      appAuth: [
        { aauthLevel: "NOTICRED", aauthSecret: SECRET13 },
        { ...DM_ACC.appAuth[1]!, aauthName: "mgmt.example" },
      ],
    };
    const pushes = [writeTwinPush(BOTH13), writeTwinPush(BOTH12, ofHex("c4af87"))];
    for (const order of [pushes, [...pushes].reverse()]) {
      const { deliver, sessions, hal } = deviceOf(under, {}, dmAcc);
      assert.deepEqual(order.map(deliver), ["OK", "DUPLICATE"]);
      assert.deepEqual(sessions(), ["1234"]);
      pkg0.createClient(hal, {}).open();
      assert.deepEqual(order.map(deliver), ["DUPLICATE", "DUPLICATE"], "after a reset");
    }
    const { deliver } = deviceOf(under);
    assert.deepEqual([deliver(push13()), deliver(push12({ sessionId: 2 }))], ["OK", "OK"], "another id is another");
  });

  check("C-008", "without a clock, an id is free when the server's own time says so", () => {
    const { hal, deliver } = deviceOf(under);
    hal.posix = 0;
    const statuses = [0, 60, 61].map(seconds => deliver(push13({ timestamp: NOW + seconds, timeoutMinutes: 1 })));
    assert.deepEqual(statuses, ["OK", "DUPLICATE", "OK"]);
  });

  check("C-008", "an account that is changed remembers what it accepted", () => {
    const { client, deliver } = deviceOf(under);
    assert.equal(deliver(push13()), "OK");
    assert.equal(client.addAccount({ ...DM_ACC, name: "changed" } as typeof DM_ACC), pkg0.OK);
    assert.equal(deliver(push13()), "DUPLICATE");
  });

  check("C-018", "a secret of at most 256 bytes, and that of the server's side of a w7 bootstrap", () => {
    for (const [length, status] of [
      [256, "OK"],
      [257, "ACCOUNT_UNKNOWN"],
    ] as const) {
      const secret = "s".repeat(length);
      const dmAcc = { serverId: SERVER_ID, appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: secret }] };
      assert.equal(deviceOf(under, {}, dmAcc).deliver(push13({ secret })), status, `${length} bytes`);
    }
    const application = (appId: string, port: string) => ({
      type: "APPLICATION",
      parms: { APPID: appId, "PROVIDER-ID": SERVER_ID },
      inside: [
        {
          type: "APPADDR",
          parms: { ADDR: "https://dm.example" },
          inside: [{ type: "PORT", parms: { PORTNBR: port } }],
        },
        { type: "APPAUTH", parms: { AAUTHLEVEL: "APPSRV", AAUTHSECRET: "mine" } },
        { type: "APPAUTH", parms: { AAUTHLEVEL: "CLIENT", AAUTHSECRET: "theirs" } },
      ],
    });
    const read = (appId: string, port: string) => pkg0.readW7(application(appId, port), pkg0.readBase64);
    assert.equal(read("w5", "443"), null);
    assert.deepEqual(read("w7", "65535")!.appAddr![0]!.port, [65535]);
    assert.equal(read("w7", "65536")!.appAddr![0]!.port, undefined);
    const dmAcc = read("w7", "443")!;
    assert.equal(deviceOf(under, {}, dmAcc).deliver(push13({ secret: "theirs" })), "OK");
    assert.equal(deviceOf(under, {}, dmAcc).deliver(push13({ secret: "mine" })), "DIGEST_WRONG");
    assert.equal(deviceOf(under, {}, dmAcc).deliver(push12({ secret: "theirs", nonce: "" })), "OK");
  });

  check("C-019", "a flood leaves half of the digests to other senders, and all of them to other bearers", () => {
    const { hal, client } = deviceOf(under, { digestBurst: 4 });
    const from = (origin: number, push: Uint8Array) => pkg0.statusName(hal.deliver(push, 0, push.length, origin));
    const bad = push13({ secret: "other" });
    assert.deepEqual([from(7, bad), from(7, bad), from(7, bad)], ["DIGEST_WRONG", "DIGEST_WRONG", "THROTTLED"]);
    assert.equal(from(8, push13({ sessionId: 2 })), "OK");
    assert.equal(from(0, push13({ sessionId: 3 })), "OK");
    assert.equal(from(8, push13({ sessionId: 4 })), "THROTTLED");
    const [tpdu] = twinTpdus(push13({ sessionId: 5 }), [2948, 9200]);
    assert.equal(pkg0.statusName(client.receiveTpdu(tpdu!, 0, tpdu!.length)), "OK");
    const unknown = deviceOf(under, { digestBurst: 4 });
    const deliver = (push: Uint8Array) => pkg0.statusName(unknown.hal.deliver(push, 0, push.length, 0));
    assert.deepEqual(
      [bad, bad, bad, push13()].map(deliver),
      [...Array(3).fill("DIGEST_WRONG"), "OK"],
      "nobody is suspect",
    );
  });
}
