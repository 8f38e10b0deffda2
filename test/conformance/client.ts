/** Appendix B, client: the verdicts on messages that the twin built and signed (C-001 to C-019). */
import assert from "node:assert/strict";
import {
  bytesOf,
  NONCE,
  ofHex,
  option,
  push12,
  push13,
  SECRET12,
  SECRET13,
  SERVER_ID,
  type TwinFields13,
  uint,
  writeTwin13,
  writeTwinPush,
} from "../twin/write.ts";
import { type Check, DM_ACC, deviceOf, NOW, type UnderTest } from "./under-test.ts";

/** Reference vectors of an independent generator: `mgmt.example`, session 1234, secret13 or secret12. */
const REFERENCE13 = "17500000003c12346553f100 100c6d676d742e6578616d706c65300101400102";
const DIGESTS13 = {
  colons: "4f428dec4600bb36ea3b1475285d75af13f332d9cbff0224776c3ae75a2b845a",
  plain: "0b14103f14024b2b19a99d1045c39222c568e3d6f495acf5f5e3b4753dbd3a23",
  "one-colon": "436dd96ec6315cd9339e0517f3099327d79c87e8d4ba46b203776f7ac63aa570",
};
const TRIGGER12 = "02d800000012340c6d676d742e6578616d706c65";
const MGMT = {
  serverId: "mgmt.example",
  appAuth: [
    { aauthLevel: "NOTICRED", aauthSecret: SECRET13 },
    { aauthLevel: "SRVCRED", aauthName: "mgmt.example", aauthSecret: SECRET12, aauthData: NONCE },
  ],
};
const reference13 = (digest: string) => writeTwinPush(ofHex(REFERENCE13 + digest));
const reference12 = (digest: string) => writeTwinPush(ofHex(digest + TRIGGER12), ofHex("c4af87"));

/** Server-ID and Requested-MO, with other options between and after them. */
const withOptions = (...others: ReturnType<typeof option>[]) => ({
  options: [option(1, SERVER_ID), uint(3, 1), ...others].sort((a, b) => a.number - b.number),
});

export function clientLines(check: Check, under: UnderTest): void {
  const { pkg0 } = under;
  const one = (f: TwinFields13 = {}, options = {}, dmAcc: object = DM_ACC) => {
    const device = deviceOf(under, options, dmAcc);
    const status = device.deliver(push13(f));
    return { ...device, status, request: device.hal.started[0]! };
  };

  check("C-001", "one good notification, one session to its server", () => {
    const { hal, client, status, request } = one();
    assert.equal(status, "OK");
    assert.equal(hal.started.length, 1);
    assert.equal(request.serverId, SERVER_ID);
    assert.deepEqual(request.appAddr, DM_ACC.appAddr);
    client.resume();
    assert.equal(hal.started.length, 1, "it is under way");
    assert.equal(client.sessionDone(request), pkg0.OK);
    pkg0.createClient(hal, {}).resume();
    assert.equal(hal.started.length, 1, "it is done");
  });

  check("C-001", "a session that a reset cut off is offered once more, and marked so", () => {
    const { hal } = one();
    pkg0.createClient(hal, {}).resume();
    assert.deepEqual(
      hal.started.map(request => [request.sessionId, request.isResumed]),
      [
        ["1", false],
        ["1", true],
      ],
    );
  });

  check("C-001", "nothing is started that storage did not take before", () => {
    const device = deviceOf(under, { pendingMax: 1 });
    device.hal.storage.isBroken = true;
    assert.equal(device.deliver(push13()), "STORE_WRITE");
    assert.deepEqual(device.sessions(), []);
    device.hal.storage.isBroken = false;
    device.client.resume();
    assert.deepEqual(device.sessions(), [], "nothing of it is left");
    assert.equal(device.deliver(push13()), "OK", "sent again, it passes, and no place was lost");
    assert.deepEqual(device.sessions(), ["1"]);
  });

  check("C-001", "of two servers, the session goes to the one that the notification is from", () => {
    const device = deviceOf(under);
    const other = { serverId: "other", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "theirs" }] };
    device.client.addAccount(other);
    assert.equal(device.deliver(push13({ serverId: "other", secret: "theirs" })), "OK");
    assert.equal(device.deliver(push13({ serverId: "other", sessionId: 2 })), "DIGEST_WRONG");
    assert.deepEqual(
      device.hal.started.map(request => request.serverId),
      ["other"],
    );
  });

  check("C-002", "from the first byte of the datagram to the last, and to a session", () => {
    const { hal, client, sessions } = deviceOf(under);
    const push = push13({ sessionId: 0xc2 });
    const inside = new Uint8Array(push.length + 20).fill(0xd8);
    inside.set(push, 10);
    const before = inside.slice();
    assert.equal(hal.deliver(inside, 10, 10 + push.length), pkg0.OK);
    assert.deepEqual(inside, before, "the message is lent");
    assert.deepEqual(sessions(), ["C2"]);
    assert.equal(hal.started[0]!.via, pkg0.VIA_UDP);
    client.close();
    assert.equal(hal.deliver(push, 0, push.length), -1, "closed");
  });

  check("C-002", "of 1024 bytes, and of more where messageMax allows", () => {
    const sized = (size: number) => {
      const rest = size - writeTwin13(withOptions(option(6, "v"))).length + 1;
      return push13(withOptions(option(6, "v".repeat(rest))));
    };
    assert.equal(deviceOf(under).deliver(sized(1024)), "OK");
    assert.equal(deviceOf(under).deliver(sized(1025)), "NOTIFICATION_LONG");
    assert.equal(deviceOf(under, { messageMax: 1025 }).deliver(sized(1025)), "OK");
    assert.equal(deviceOf(under, { messageMax: 100 }).deliver(sized(101)), "NOTIFICATION_LONG");
  });

  check("C-003", "the reference vector under its nonce, and not under another", () => {
    const digests = {
      stored: "6c3744b1b7dba51a112ed2d79edda67b",
      zeros: "6b6e666da546f88ad6a186fe4cc0822a",
      empty: "e0c5da353ce7c37ff91c9216d04d5795",
    };
    const statuses = (dmAcc: object) =>
      Object.values(digests).map(digest => deviceOf(under, {}, dmAcc).deliver(reference12(digest)));
    const withNonce = (aauthData: Uint8Array | undefined) => ({
      ...MGMT,
      appAuth: [{ ...MGMT.appAuth[1], aauthData }],
    });
    assert.deepEqual(statuses(MGMT), ["OK", "DIGEST_WRONG", "DIGEST_WRONG"]);
    assert.deepEqual(statuses(withNonce(new Uint8Array(4))), ["DIGEST_WRONG", "OK", "DIGEST_WRONG"]);
    assert.deepEqual(statuses(withNonce(new Uint8Array(0))), ["DIGEST_WRONG", "DIGEST_WRONG", "OK"]);
  });

  check("C-003", "the nonce of resynchronisation where the account allows it, and the session is told", () => {
    const zeros = push12({ nonce: new Uint8Array(4) });
    const device = deviceOf(under, {}, { ...DM_ACC, nonceResync: true });
    assert.equal(device.deliver(zeros), "OK");
    assert.equal(device.deliver(push12({ sessionId: 2 })), "OK");
    assert.deepEqual(
      device.hal.started.map(request => request.renewNonces),
      [true, false],
    );
  });

  check("C-003", "the nonce that a session agreed on takes the place of the former", () => {
    const { client, deliver, sessions } = deviceOf(under);
    const next = ofHex("ff00ff00ff00ff00");
    assert.equal(client.saveNonce(SERVER_ID, next), pkg0.OK);
    assert.equal(deliver(push12()), "DIGEST_WRONG");
    assert.equal(deliver(push12({ nonce: next })), "OK");
    assert.equal(deliver(push12({ nonce: next })), "DUPLICATE");
    assert.deepEqual(sessions(), ["1"]);
  });

  check("C-003", "the name in the digest: ServerID or AAuthName, as the account says", () => {
    const named = (digestName?: string) => ({
      ...DM_ACC,
      ...(digestName !== undefined && { digestName }),
      appAuth: [{ ...DM_ACC.appAuth[1], aauthName: "someone" }],
    });
    const statuses = (digestName?: string) =>
      [SERVER_ID, "someone"].map(name => deviceOf(under, {}, named(digestName)).deliver(push12({ name })));
    assert.deepEqual(statuses(), ["OK", "OK"]);
    assert.deepEqual(statuses("serverId"), ["OK", "DIGEST_WRONG"]);
    assert.deepEqual(statuses("aauthName"), ["DIGEST_WRONG", "OK"]);
  });

  check("C-003", "every field of its trigger", () => {
    const { hal, deliver } = deviceOf(under);
    const f = {
      versionTenths: 12,
      uiMode: 2,
      initiator: 0,
      futureUse: 0x7ffffff,
      sessionId: 0xbeef,
      body: ofHex("00ff80"),
    };
    assert.equal(deliver(push12(f)), "OK");
    const { format, sessionId, uiMode, initiator, serverId, vendorInfo, timestamp, transport } = hal.started[0]!;
    assert.deepEqual(
      { format, sessionId, uiMode, initiator, serverId, timestamp, transport },
      { format: 12, sessionId: "BEEF", uiMode: 2, initiator: 0, serverId: SERVER_ID, timestamp: 0, transport: 0 },
    );
    assert.deepEqual([...vendorInfo], [0, 0xff, 0x80]);
    assert.equal(deliver(push12({ versionTenths: 10, sessionId: 10 })), "OK");
  });

  check("C-003", "versions, lengths and session ids that are none are refused", () => {
    const { deliver, sessions } = deviceOf(under);
    for (const versionTenths of [0, 9, 13, 1023]) {
      assert.equal(deliver(push12({ versionTenths })), "NOTIFICATION12_VERSION");
    }
    assert.equal(deliver(push12({ sessionId: 0 })), "SESSION_ID_ZERO");
    assert.equal(deliver(push12({ serverId: "" })), "SERVER_ID_EMPTY");
    assert.equal(deliver(push12({ length: SERVER_ID.length + 1 })), "SERVER_ID_CUT");
    const whole = push12();
    for (let end = 6; end < 6 + 24; end++) assert.equal(deliver(whole.slice(0, end)), "NOTIFICATION12_SHORT");
    assert.deepEqual(sessions(), []);
  });

  check("C-003", "an id again under one nonce is one session", () => {
    const { deliver, sessions } = deviceOf(under);
    assert.deepEqual(
      [deliver(push12()), deliver(push12()), deliver(push12({ body: "other" }))],
      ["OK", "DUPLICATE", "DUPLICATE"],
    );
    assert.deepEqual(sessions(), ["1"]);
  });

  check("C-004", "the reference vector, under the content type of either format and under none", () => {
    const body = ofHex(REFERENCE13 + DIGESTS13.colons);
    for (const type of [pkg0.CONTENT_TYPE_13, pkg0.CONTENT_TYPE_12, pkg0.CONTENT_TYPE_OTHER]) {
      const { client, hal } = deviceOf(under, {}, MGMT);
      assert.equal(client.receiveBody(body, 0, body.length, type, pkg0.VIA_SIP), pkg0.OK);
      const { format, sessionId, requestedMo, preferredBearer, timestamp, timeoutMinutes } = hal.started[0]!;
      assert.deepEqual(
        { format, sessionId, requestedMo, preferredBearer, timestamp, timeoutMinutes },
        { format: 13, sessionId: "1234", requestedMo: [1], preferredBearer: [2], timestamp: NOW, timeoutMinutes: 60 },
      );
    }
  });

  check("C-004", "options in ascending order, and in no other", () => {
    const all = [option(1, SERVER_ID), uint(2, 1), uint(3, 1), uint(4, 1), option(5, "r"), option(6, "v")];
    assert.equal(one({ options: all }).status, "OK");
    for (let i = 0; i + 1 < all.length; i++) {
      const swapped = [...all];
      swapped.splice(i, 2, all[i + 1]!, all[i]!);
      assert.equal(one({ options: swapped }).status, "OPTION_ORDER", `${i + 1} behind ${i + 2}`);
    }
    assert.equal(one({ options: [...all.slice(0, 3), uint(2, 2)] }).status, "OPTION_ORDER", "repeats stand together");
  });

  check("C-004", "as many options as OPC says, and nothing behind them", () => {
    const options = [option(1, SERVER_ID), uint(3, 1), uint(4, 1)];
    assert.equal(one({ options, count: 3 }).status, "OK");
    assert.equal(one({ options, count: 2 }).status, "OPTIONS_TRAILING");
    assert.equal(one({ options, count: 4 }).status, "OPTION_CUT");
    assert.equal(one({ trailing: ofHex("00") }).status, "OPTIONS_TRAILING");
    assert.equal(one({ options: [option(1, SERVER_ID), { ...uint(3, 1), length: 2 }] }).status, "OPTION_CUT");
    assert.equal(one({ options: [option(1, SERVER_ID), uint(3, 1), option(6, "")] }).status, "OPTION_EMPTY");
  });

  check("C-004", "seven options, unknown ones among them: skipped, but counted, in order, and under the digest", () => {
    const many = [
      option(0, "x"),
      option(1, SERVER_ID),
      uint(3, 1),
      uint(3, 2),
      uint(4, 1),
      option(7, "u"),
      option(15, "w"),
    ];
    const { status, request } = one({ options: many });
    assert.equal(status, "OK");
    assert.deepEqual(request.requestedMo, [1, 2]);
    assert.equal(one({ options: many, count: 6 }).status, "OPTIONS_TRAILING");
    assert.equal(
      one({ options: [option(1, SERVER_ID), uint(3, 1), option(9, "a"), option(8, "b")] }).status,
      "OPTION_ORDER",
    );
    const changed = push13({ options: many });
    changed[changed.length - 33]! ^= 1;
    assert.equal(deviceOf(under).deliver(changed), "DIGEST_WRONG");
  });

  check("C-004", "cut anywhere, it is none", () => {
    const whole = push13(withOptions(option(5, "reason")));
    const { deliver, sessions } = deviceOf(under);
    for (let end = 0; end < whole.length; end++) assert.notEqual(deliver(whole.slice(0, end)), "OK", `${end} bytes`);
    for (let end = 7; end < 6 + 44; end++) assert.equal(deliver(whole.slice(0, end)), "NOTIFICATION_SHORT");
    assert.deepEqual(sessions(), []);
    assert.equal(deliver(whole), "OK");
  });

  check("C-005", "each field at its bits", () => {
    const fields = [
      { sessionId: 0xa1b2, timestamp: 0x01020304, timeoutMinutes: 0, transport: 1, uiMode: 1, initiator: 0 },
      { sessionId: 0x0001, timestamp: NOW + 5, timeoutMinutes: 0xff01, transport: 4, uiMode: 2, initiator: 1 },
      { sessionId: 0xff00, timestamp: NOW - 60, timeoutMinutes: 1, transport: 2, uiMode: 0, initiator: 1 },
      { sessionId: 0x8000, timestamp: 0xfedcba98, timeoutMinutes: 0x0102, transport: 3, uiMode: 1, initiator: 0 },
    ];
    for (const f of fields) {
      const { status, request } = one(f, { maxSkewSeconds: 0xffffffff });
      assert.equal(status, "OK");
      const { timestamp, timeoutMinutes, transport, uiMode, initiator } = request;
      assert.deepEqual(
        { sessionId: Number.parseInt(request.sessionId, 16), timestamp, timeoutMinutes, transport, uiMode, initiator },
        f,
      );
    }
  });

  check("C-005", "RESERVED is ignored, and reserved values of TRA choose nothing (D4, D7)", () => {
    assert.equal(one({ reserved: 0x7ffff }).status, "OK");
    assert.equal(one({ reserved: 0x40000 }).request.transport, 0);
    for (const transport of [5, 6, 7]) assert.equal(one({ transport }).request.transport, 0);
    assert.equal(one({ transport: 4 }).request.transport, 4);
  });

  check("C-006", "all others are refused, DM 2.0 by its name", () => {
    for (let version = 0; version < 16; version++) {
      const expected = { 1: "OK", 4: "NOTIFICATION_DM20" }[version] ?? "NOTIFICATION_VERSION";
      assert.equal(one({ version }).status, expected, `VER ${version}`);
    }
  });

  check("C-007", "background starts, informative shows, user interaction asks", () => {
    const { hal, deliver } = deviceOf(under);
    for (const uiMode of [0, 1, 2, 3]) {
      deliver(push13({ sessionId: uiMode + 1, uiMode, ...withOptions(option(5, `mode ${uiMode}`)) }));
    }
    assert.deepEqual(
      hal.started.map(request => request.uiMode),
      [0, 1, 2],
    );
    assert.deepEqual([hal.informed, hal.confirmed], [["mode 2"], ["mode 3"]]);
    hal.answers[0]!(true);
    assert.equal(hal.started.at(-1)!.uiMode, 3);
    hal.answers[0]!(true);
    assert.equal(hal.started.length, 4, "a second answer does nothing");
  });

  check("C-007", "what the user declines is never started", () => {
    const { hal, client } = one({ uiMode: 3 });
    hal.answers[0]!(false);
    client.resume();
    hal.answers[0]!(true);
    pkg0.createClient(hal, {}).resume();
    assert.equal(hal.started.length, 0);
  });

  check("C-008", "1 to 4 upper-case hex digits without leading zeros; 0 is refused", () => {
    const { deliver, sessions } = deviceOf(under);
    for (const sessionId of [0x1, 0xab, 0xabc, 0xffff]) deliver(push13({ sessionId }));
    assert.deepEqual(sessions(), ["1", "AB", "ABC", "FFFF"]);
    assert.equal(deliver(push13({ sessionId: 0 })), "SESSION_ID_ZERO");
  });

  check("C-008", "the same id again is one session, while it is valid", () => {
    const { hal, deliver, sessions } = deviceOf(under);
    const at = (seconds: number) => push13({ timestamp: NOW + seconds, timeoutMinutes: 1 });
    assert.equal(deliver(at(0)), "OK");
    assert.equal(deliver(at(0)), "DUPLICATE");
    assert.equal(deliver(at(60)), "DUPLICATE");
    hal.posix = NOW + 61;
    assert.equal(deliver(at(61)), "OK", "the former is over");
    assert.equal(deliver(push13({ timestamp: NOW + 61, timeoutMinutes: 0, sessionId: 2 })), "OK");
    hal.posix = NOW + 1_000_000;
    assert.equal(
      deliver(push13({ timestamp: NOW + 1_000_000, timeoutMinutes: 0, sessionId: 2 })),
      "DUPLICATE",
      "for ever",
    );
    assert.deepEqual(sessions(), ["1", "1", "2"]);
  });

  check("C-008", "an id of one server is not taken for that of another", () => {
    const { client, deliver } = deviceOf(under);
    client.addAccount({ serverId: "other", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: SECRET13 }] });
    assert.deepEqual([deliver(push13()), deliver(push13({ serverId: "other" }))], ["OK", "OK"]);
  });

  check(
    "C-008",
    "what was accepted is known after a reset, and what is older than all that is remembered is refused",
    () => {
      const { hal, deliver } = deviceOf(under, { rememberedMax: 2 });
      for (const sessionId of [1, 2, 3]) assert.equal(deliver(push13({ sessionId, timestamp: NOW + sessionId })), "OK");
      pkg0.createClient(hal, { rememberedMax: 2 }).open();
      assert.equal(deliver(push13({ sessionId: 3, timestamp: NOW + 3 })), "DUPLICATE");
      assert.equal(deliver(push13({ sessionId: 1, timestamp: NOW + 1 })), "REPLAY");
      assert.equal(deliver(push13({ sessionId: 4, timestamp: NOW + 2 })), "OK", "late, and not older than the oldest");
    },
  );

  check("C-009", "older than TIMEOUT by a second, in minutes or days (D2)", () => {
    for (const [timeoutUnit, seconds] of [
      ["minutes", 60],
      ["days", 86_400],
    ] as const) {
      const timestamp = NOW - 5 * seconds;
      assert.equal(one({ timestamp: timestamp - 1, timeoutMinutes: 5 }, { timeoutUnit }).status, "EXPIRED");
      assert.equal(one({ timestamp, timeoutMinutes: 5 }, { timeoutUnit }).status, "OK");
    }
    assert.equal(one({ timestamp: NOW - 301, timeoutMinutes: 5 }).status, "EXPIRED", "minutes by default");
    assert.equal(one({ timestamp: 1, timeoutMinutes: 0 }).status, "OK", "0 is for ever");
  });

  check("C-009", "none is too old for a board without a clock", () => {
    const device = deviceOf(under);
    device.hal.posix = 0;
    assert.equal(device.deliver(push13({ timestamp: 1, timeoutMinutes: 1 })), "OK");
    assert.equal(device.deliver(push13({ timestamp: NOW, timeoutMinutes: 1, sessionId: 2 })), "OK", "nor ahead of it");
  });

  check("C-009", "a TIMESTAMP in the future: up to a day, or as the board says (D10)", () => {
    assert.equal(one({ timestamp: NOW + 86_400 }).status, "OK");
    assert.equal(one({ timestamp: NOW + 86_401 }).status, "FUTURE");
    assert.equal(one({ timestamp: NOW + 11 }, { maxSkewSeconds: 10 }).status, "FUTURE");
    assert.equal(one({ timestamp: NOW + 10 }, { maxSkewSeconds: 10 }).status, "OK");
  });

  check("C-009", "each account has the unit and the skew of its server, before those of the board (D2, D10)", () => {
    const reference = reference13(DIGESTS13.colons); // TIMEOUT 60, TIMESTAMP NOW
    const verdict = (own: object, options: object, seconds: number) => {
      const device = deviceOf(under, options, { ...MGMT, ...own });
      device.hal.posix = NOW + seconds;
      return device.deliver(reference);
    };
    const days = { timeoutUnit: "days" };
    const minutes = { timeoutUnit: "minutes" };
    for (const [own, options, limit] of [
      [{}, {}, 3600],
      [{}, days, 60 * 86_400],
      [days, {}, 60 * 86_400],
      [days, minutes, 60 * 86_400],
      [minutes, days, 3600],
    ] as const) {
      assert.equal(verdict(own, options, limit), "OK", `${limit} seconds`);
      assert.equal(verdict(own, options, limit + 1), "EXPIRED", `${limit} seconds`);
    }
    for (const [own, options, limit] of [
      [{ maxSkewSeconds: 10 }, {}, 10],
      [{ maxSkewSeconds: 0 }, { maxSkewSeconds: 10 }, 0],
      [{ maxSkewSeconds: 200_000 }, {}, 200_000],
    ] as const) {
      assert.equal(verdict(own, options, -limit), "OK", `${limit} ahead`);
      assert.equal(verdict(own, options, -limit - 1), "FUTURE", `${limit} ahead`);
    }
    const { client } = deviceOf(under);
    for (const unknown of [{ timeoutUnit: "hours" }, { maxSkewSeconds: "10" }, { maxSkewSeconds: -1 }]) {
      assert.equal(client.addAccount({ ...MGMT, ...unknown } as typeof MGMT), pkg0.ACCOUNT_INVALID);
    }
  });

  check(
    "C-009",
    "a session that waits, and an id that is remembered, are over by the unit of their account (D2)",
    () => {
      const other = { serverId: "other", appAuth: DM_ACC.appAuth, timeoutUnit: "days" as const };
      const { hal, client, deliver } = deviceOf(under);
      client.addAccount(other);
      hal.answer = pkg0.SESSION_LATER;
      for (const serverId of [SERVER_ID, "other"])
        assert.equal(deliver(push13({ serverId, timeoutMinutes: 1, timestamp: NOW })), "OK");
      const offered = () => {
        hal.started = [];
        pkg0.createClient(hal, {}).resume();
        return hal.started.map(request => request.serverId);
      };
      hal.posix = NOW + 61;
      assert.equal(deliver(push13({ serverId: "other", timeoutMinutes: 1, timestamp: NOW + 61 })), "DUPLICATE");
      assert.deepEqual(offered(), ["other"]);
      hal.posix = NOW + 86_401;
      assert.deepEqual(offered(), []);
      assert.equal(deliver(push13({ serverId: "other", timeoutMinutes: 1, timestamp: NOW + 86_401 })), "OK");
    },
  );

  check("C-010", "that of a DMAcc, byte for byte", () => {
    for (const serverId of ["DM.example", "dm.exampl", "dm.example ", "dm.examplE", "m.example", "\0dm.example"]) {
      assert.equal(one({ serverId }).status, "ACCOUNT_UNKNOWN", serverId);
    }
    const { client, deliver, hal } = deviceOf(under);
    client.addAccount({ ...DM_ACC, serverId: "ö.example" });
    assert.equal(deliver(push13({ serverId: "o\u0308.example" })), "ACCOUNT_UNKNOWN", "no normalisation");
    assert.equal(deliver(push13({ serverId: "ö.example" })), "OK");
    assert.equal(hal.started[0]!.serverId, "ö.example");
  });

  check("C-010", "1 to 256 bytes (D3)", () => {
    for (const length of [1, 255, 256]) {
      const serverId = "s".repeat(length);
      assert.equal(one({ serverId }, {}, { ...DM_ACC, serverId }).status, "OK", `${length} bytes`);
    }
    assert.equal(one({ serverId: "s".repeat(257) }).status, "OPTION_LONG");
    assert.equal(one({ serverId: "" }).status, "OPTION_EMPTY");
  });

  check("C-008", "the same id in both formats is one session, in either order", () => {
    const in13 = reference13(DIGESTS13.colons);
    const in12 = reference12("6c3744b1b7dba51a112ed2d79edda67b");
    for (const [first, second] of [
      [in13, in12],
      [in12, in13],
    ] as const) {
      const device = deviceOf(under, {}, MGMT);
      assert.equal(device.deliver(first), "OK");
      assert.equal(device.deliver(second), "DUPLICATE", "while it runs");
      assert.equal(device.client.sessionDone(device.hal.started[0]!), pkg0.OK);
      assert.equal(device.deliver(second), "DUPLICATE", "when it is done");
      pkg0.createClient(device.hal, {}).open();
      assert.equal(device.deliver(second), "DUPLICATE", "after a reset");
      assert.deepEqual(device.sessions(), ["1234"]);
    }
    const blind = deviceOf(under, {}, MGMT);
    blind.hal.posix = 0;
    assert.equal(blind.deliver(in13), "OK");
    assert.equal(blind.deliver(in12), "DUPLICATE", "without a clock, while it runs");
    blind.client.sessionDone(blind.hal.started[0]!);
    assert.equal(blind.deliver(in12), "OK", "without a clock, when it is done");
  });

  check("C-008", "two days later, the id may be used again in the other format", () => {
    const twoDays = 172_800;
    const later = deviceOf(under, {}, MGMT);
    assert.equal(later.deliver(reference13(DIGESTS13.colons)), "OK");
    later.client.sessionDone(later.hal.started[0]!);
    later.hal.posix = NOW + twoDays;
    assert.equal(later.deliver(reference12("6c3744b1b7dba51a112ed2d79edda67b")), "OK", "in 1.2");
    const again = deviceOf(under);
    assert.equal(again.deliver(push12({ sessionId: 7 })), "OK");
    again.client.sessionDone(again.hal.started[0]!);
    again.hal.posix = NOW + twoDays;
    assert.equal(again.deliver(push13({ sessionId: 7, timestamp: NOW + twoDays })), "OK", "in 1.3");
  });

  check("C-010", "once, and UTF-8", () => {
    assert.equal(one({ options: [uint(3, 1)] }).status, "SERVER_ID_MISSING");
    assert.equal(one({ options: [option(1, SERVER_ID), option(1, SERVER_ID), uint(3, 1)] }).status, "SERVER_ID_TWICE");
    for (const hex of ["ff", "c0af", "eda080", "f4908080", "61c3"]) {
      assert.equal(one({ serverId: ofHex(hex) }).status, "ACCOUNT_UNKNOWN", `${hex}: no account can have it`);
      const message = writeTwin13({ serverId: ofHex(hex) });
      const n = pkg0.newNotification();
      const status = pkg0.readNotification13(message, 0, message.length, n, 0);
      assert.equal(pkg0.statusName(status), "UTF8_ILL_FORMED", hex);
    }
  });

  check("C-010", "whose message it is comes before what is wrong behind its Server-ID", () => {
    const bad = [uint(3, 1, 3)];
    assert.equal(one({ options: [option(1, SERVER_ID), ...bad] }).status, "OPTION_LONG");
    assert.equal(one({ options: [option(1, "nobody"), ...bad] }).status, "ACCOUNT_UNKNOWN");
  });

  check("C-011", "the board learns which MOs, and may decline", () => {
    const device = deviceOf(under);
    device.hal.answer = pkg0.SESSION_DECLINED;
    device.deliver(push13(withOptions(uint(2, 3), uint(2, 0x1234, 2))));
    assert.deepEqual(device.hal.started[0]!.targetedMo, [3, 0x1234]);
    device.client.resume();
    pkg0.createClient(device.hal, {}).resume();
    assert.equal(device.hal.started.length, 1, "declined is done with");
    assert.equal(one(withOptions(uint(2, 1, 3))).status, "OPTION_LONG");
    assert.deepEqual(one().request.targetedMo, []);
  });

  check("C-012", "handed on as it is, of any bytes and up to 4095", () => {
    const bytes = ofHex("00ff8001");
    assert.deepEqual(bytesOf(one(withOptions(option(6, bytes))).request.vendorInfo), bytes);
    const long = new Uint8Array(4095).fill(0xee);
    const { status, request } = one(withOptions(option(6, long)), { messageMax: 5000 });
    assert.equal(status, "OK");
    assert.deepEqual(bytesOf(request.vendorInfo), long);
    assert.equal(one().request.vendorInfo.length, 0);
  });

  check("C-012", "at most once, and UTF-8 where the board is strict (D9)", () => {
    assert.equal(one(withOptions(option(6, "a"), option(6, "b"))).status, "VENDOR_INFO_TWICE");
    const strictVendorInfo = true;
    assert.equal(one(withOptions(option(6, ofHex("ff"))), { strictVendorInfo }).status, "UTF8_ILL_FORMED");
    assert.equal(one(withOptions(option(6, "ä")), { strictVendorInfo }).status, "OK");
    assert.equal(one(withOptions(option(6, ofHex("ff"))), { strictVendorInfo: false }).status, "OK");
    for (const isStrict of [true, false]) {
      const dmAcc = { ...DM_ACC, strictVendorInfo: isStrict };
      const { status } = one(withOptions(option(6, ofHex("ff"))), { strictVendorInfo: !isStrict }, dmAcc);
      assert.equal(status, isStrict ? "UTF8_ILL_FORMED" : "OK", "the account before the board");
    }
    const unknown = { ...DM_ACC, strictVendorInfo: "yes" } as unknown as typeof DM_ACC;
    assert.equal(deviceOf(under).client.addAccount(unknown), pkg0.ACCOUNT_INVALID);
  });

  check("C-013", "all of them, of 1 or 2 bytes", () => {
    const options = [option(1, SERVER_ID), uint(3, 1), uint(3, 0x0102, 2), uint(3, 255), uint(3, 5, 2)];
    assert.deepEqual(one({ options }).request.requestedMo, [1, 0x0102, 255, 5]);
    assert.equal(one({ options: [option(1, SERVER_ID), uint(3, 1, 3)] }).status, "OPTION_LONG");
    const six = [option(1, SERVER_ID), ...[1, 2, 3, 4, 5, 6].map(mo => uint(3, mo))];
    assert.deepEqual(one({ options: six }).request.requestedMo, [1, 2, 3, 4, 5, 6]);
  });

  check("C-013", "missing, the message is refused, unless the board says otherwise (D8)", () => {
    const without = { options: [option(1, SERVER_ID), uint(2, 1)] };
    assert.equal(one(without).status, "REQUESTED_MO_MISSING");
    assert.equal(one(without, { requireRequestedMo: true }).status, "REQUESTED_MO_MISSING");
    assert.equal(one(without, { requireRequestedMo: false }).status, "OK");
    for (const isRequired of [true, false]) {
      const dmAcc = { ...DM_ACC, requireRequestedMo: isRequired };
      const { status } = one(without, { requireRequestedMo: !isRequired }, dmAcc);
      assert.equal(status, isRequired ? "REQUESTED_MO_MISSING" : "OK", "the account before the board");
    }
    const unknown = { ...DM_ACC, requireRequestedMo: 0 } as unknown as typeof DM_ACC;
    assert.equal(deviceOf(under).client.addAccount(unknown), pkg0.ACCOUNT_INVALID);
  });

  check("C-014", "read as UTF-8, at most once, up to 4095 bytes (D9)", () => {
    assert.equal(one(withOptions(option(5, "für Sie"))).request.connectReason, "für Sie");
    assert.equal(one(withOptions(option(5, "a"), option(5, "b"))).status, "CONNECT_REASON_TWICE");
    assert.equal(one(withOptions(option(5, ofHex("c3")))).status, "UTF8_ILL_FORMED");
    const long = "r".repeat(4095);
    assert.equal(one(withOptions(option(5, long)), { messageMax: 5000 }).request.connectReason, long);
    assert.equal(one().request.connectReason, "");
  });

  check("C-015", "shown before the session begins, and with the question", () => {
    const device = deviceOf(under);
    device.hal.onStart = () => assert.deepEqual(device.hal.informed, ["new firmware"]);
    device.deliver(push13({ uiMode: 2, ...withOptions(option(5, "new firmware")) }));
    assert.equal(device.hal.started.length, 1);
    device.deliver(push13({ sessionId: 2, uiMode: 3, ...withOptions(option(5, "now?")) }));
    assert.deepEqual(device.hal.confirmed, ["now?"]);
    assert.deepEqual(device.sessions(), ["1"], "not before the answer");
  });

  check("C-016", "all of them in their order, unknown ones too, of one byte each (D7)", () => {
    const bearers = [6, 3, 6, 200, 11].map(bearer => uint(4, bearer));
    assert.deepEqual(one(withOptions(...bearers)).request.preferredBearer, [6, 3, 6, 200, 11]);
    assert.equal(one(withOptions(uint(4, 1, 2))).status, "OPTION_LONG");
    assert.deepEqual(one().request.preferredBearer, []);
  });

  check("C-017", "the first that is up; unknown ones are skipped, 0 is any", () => {
    const chosen = (up: number[], ...bearers: number[]) => {
      const device = deviceOf(under);
      device.hal.bearersUp = up;
      device.deliver(push13(withOptions(...bearers.map(bearer => uint(4, bearer)))));
      return device.hal.started[0]?.bearer;
    };
    assert.equal(chosen([8, 2], 6, 8, 2), 8);
    assert.equal(chosen([2], 200, 12, 2), 2);
    assert.equal(chosen([12, 200], 200, 12), 0, "none that means anything: any");
    assert.equal(chosen([], 6, 0), 0);
    assert.equal(chosen([11], 11), 11);
    assert.equal(chosen([8], 6, 2), undefined);
    assert.equal(chosen([]), 0);
  });

  check("C-017", "waits until one is up, tells so, and takes the best then", () => {
    const told: string[] = [];
    const onSession = (status: number) => told.push(pkg0.statusName(status));
    const { hal, client, deliver } = deviceOf(under, { onSession });
    hal.bearersUp = [1];
    assert.equal(deliver(push13(withOptions(uint(4, 6), uint(4, 2)))), "OK");
    client.bearerChanged();
    assert.equal(hal.started.length, 0);
    assert.equal(told[0], "SESSION_WAITING");
    hal.bearersUp = [2, 6];
    client.bearerChanged();
    assert.deepEqual(
      hal.started.map(request => request.bearer),
      [6],
    );
  });

  check("C-017", "waits no longer than TIMEOUT, with a clock and without, and not after a reset", () => {
    for (const hasClock of [true, false]) {
      const told: string[] = [];
      const onSession = (status: number) => told.push(pkg0.statusName(status));
      const { hal, client, deliver } = deviceOf(under, { onSession });
      hal.bearersUp = [];
      hal.posix = hasClock ? NOW : 0;
      const pass = (seconds: number) => {
        hal.monotonic += seconds;
        if (hasClock) hal.posix += seconds;
        client.tick();
      };
      assert.equal(deliver(push13({ timeoutMinutes: 2, ...withOptions(uint(4, 6)) })), "OK");
      assert.equal(deliver(push13({ timeoutMinutes: 0, sessionId: 2, ...withOptions(uint(4, 6)) })), "OK");
      pass(120);
      assert.ok(!told.includes("EXPIRED"), "in time");
      pass(1);
      assert.equal(told.filter(status => status === "EXPIRED").length, 1);
      pass(1_000_000);
      hal.bearersUp = null;
      client.bearerChanged();
      assert.deepEqual(
        hal.started.map(request => request.sessionId),
        ["2"],
        "0 waits for ever",
      );
      const again = pkg0.createClient(hal, {});
      again.resume();
      assert.deepEqual(
        hal.started.slice(1).map(request => request.sessionId),
        ["2"],
      );
    }
  });

  check("C-017", "whose TIMEOUT is over when a bearer comes up is not started", () => {
    const { hal, client, deliver } = deviceOf(under);
    hal.bearersUp = [];
    deliver(push13({ timeoutMinutes: 2, ...withOptions(uint(4, 6)) }));
    hal.posix = NOW + 121;
    hal.bearersUp = null;
    client.bearerChanged();
    assert.equal(hal.started.length, 0);
  });

  check("C-018", "the reference vectors, each by its reading and by no other (D1)", () => {
    const inputs = ["colons", "plain", "one-colon"] as const;
    for (const digestInput of [undefined, ...inputs]) {
      const dmAcc = digestInput === undefined ? MGMT : { ...MGMT, digestInput };
      for (const signed of inputs) {
        const expected = signed === (digestInput ?? "colons") ? "OK" : "DIGEST_WRONG";
        assert.equal(
          deviceOf(under, {}, dmAcc).deliver(reference13(DIGESTS13[signed])),
          expected,
          `${digestInput}, ${signed}`,
        );
      }
    }
    const unknown = { ...MGMT, digestInput: "colon" } as unknown as typeof MGMT;
    assert.equal(deviceOf(under).client.addAccount(unknown), pkg0.ACCOUNT_INVALID);
  });

  check("C-018", "of NOTICRED; where there is none, of SRVCRED; never of another level", () => {
    const srvCred = { aauthLevel: "SRVCRED", aauthSecret: "srv" };
    const notiCred = { aauthLevel: "NOTICRED", aauthSecret: "noti" };
    const clCred = { aauthLevel: "CLCRED", aauthSecret: "cl" };
    const statuses = (...appAuth: object[]) =>
      ["noti", "srv", "cl"].map(secret => one({ secret }, {}, { serverId: SERVER_ID, appAuth }).status);
    assert.deepEqual(statuses(clCred, srvCred, notiCred), ["OK", "DIGEST_WRONG", "DIGEST_WRONG"]);
    assert.deepEqual(statuses(clCred, srvCred), ["DIGEST_WRONG", "OK", "DIGEST_WRONG"]);
    assert.deepEqual(statuses(clCred), ["ACCOUNT_NO_SECRET", "ACCOUNT_NO_SECRET", "ACCOUNT_NO_SECRET"]);
    assert.equal(
      one({ secret: "" }, {}, { serverId: SERVER_ID, appAuth: [{ ...notiCred, aauthSecret: "" }, srvCred] }).status,
      "ACCOUNT_NO_SECRET",
    );
    const utf8 = "pässwörd";
    assert.equal(
      one({ secret: utf8 }, {}, { serverId: SERVER_ID, appAuth: [{ ...notiCred, aauthSecret: utf8 }] }).status,
      "OK",
    );
  });

  check("C-018", "by the hash of the board, where it has one", () => {
    let count = 0;
    const device = deviceOf(under);
    device.hal.hash = {
      sha256(message) {
        count++;
        const hash = pkg0.createSha256();
        const out = new Uint8Array(32);
        hash.start();
        hash.add(message, 0, message.length);
        hash.end(out, 0);
        return out;
      },
    };
    const client = pkg0.createClient(device.hal, {});
    client.open();
    assert.equal(device.deliver(reference13(DIGESTS13.colons)), "ACCOUNT_UNKNOWN");
    client.addAccount(MGMT);
    assert.equal(device.deliver(reference13(DIGESTS13.colons)), "OK");
    assert.equal(device.deliver(reference13(DIGESTS13.plain)), "DUPLICATE");
    assert.equal(count, 1, "one digest for one message, and none for one that is known");
  });

  check("C-019", "whatever bit is changed, and nothing of it is left", () => {
    for (const good of [push13(withOptions(option(6, "vendor"))), push12({ body: "body" })]) {
      const { hal, deliver, sessions } = deviceOf(under);
      const writes = hal.storage.writes;
      for (let at = 6; at < good.length; at++) {
        for (let bit = 0; bit < 8; bit += at % 3 === 0 ? 1 : 5) {
          const bad = good.slice();
          bad[at]! ^= 1 << bit;
          assert.notEqual(deliver(bad), "OK", `bit ${bit} of byte ${at}`);
        }
      }
      assert.deepEqual(sessions(), []);
      assert.equal(hal.storage.writes, writes);
      assert.equal(deliver(good), "OK", "and the good one still counts");
    }
  });

  check("C-019", "each byte of the digest is compared, and another secret gives none", () => {
    for (const [good, digestAt, bytes] of [
      [push13(), push13().length - 32, 32],
      [push12(), 6, 16],
    ] as const) {
      for (let i = 0; i < bytes; i++) {
        const bad = good.slice();
        bad[digestAt + i]! ^= 0x10;
        assert.equal(deviceOf(under).deliver(bad), "DIGEST_WRONG", `byte ${i}`);
      }
    }
    assert.equal(one({ secret: "secret1" }).status, "DIGEST_WRONG");
    assert.equal(deviceOf(under).deliver(push12({ secret: "secret1" })), "DIGEST_WRONG");
    assert.equal(deviceOf(under).deliver(push12({ nonce: "" })), "DIGEST_WRONG");
  });

  check("C-019", "a flood of bad ones takes no more digests than the board allows, and good ones pass again", () => {
    const { hal, deliver } = deviceOf(under, { digestBurst: 2, digestsPerMinute: 6 });
    const bad = (sessionId: number) => push13({ sessionId, secret: "other" });
    assert.deepEqual(
      [1, 2, 3].map(id => deliver(bad(id))),
      ["DIGEST_WRONG", "DIGEST_WRONG", "THROTTLED"],
    );
    hal.monotonic += 10;
    assert.equal(deliver(push13({ sessionId: 4 })), "OK");
    assert.equal(deliver(push13({ sessionId: 5 })), "THROTTLED");
  });
}
