/** Appendix B: texts and headers at their edges (C-010, C-014, C-020), and what pkg0/node writes of JSON (S-002 to S-012). */
import assert from "node:assert/strict";
import { readTwin13 } from "../twin/notification13.ts";
import {
  HEADERS13,
  join,
  ofHex,
  option,
  push13,
  SECRET13,
  SERVER_ID,
  uint,
  writeTwin13,
  writeTwinPush,
} from "../twin/write.ts";
import { type Check, DM_ACC, deviceOf, NOW, type UnderTest } from "./under-test.ts";

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const nul = "\0";

export function fieldLines(check: Check, under: UnderTest): void {
  const { pkg0, node } = under;

  check("C-010", "characters of one to four bytes", () => {
    for (const serverId of ["é.example", "€.example", "😀.example", "\u{10ffff}", "\ue000"]) {
      assert.equal(deviceOf(under, {}, { ...DM_ACC, serverId }).deliver(push13({ serverId })), "OK", serverId);
    }
  });

  check("C-014", "characters of one to four bytes; a byte that continues none is ill-formed", () => {
    const withReason = (reason: Uint8Array | string) =>
      push13({ options: [option(1, SERVER_ID), uint(3, 1), option(5, reason)] });
    const { hal, deliver } = deviceOf(under);
    assert.equal(deliver(withReason("aé€😀\u{10ffff}")), "OK");
    assert.equal(hal.started[0]!.connectReason, "aé€😀\u{10ffff}");
    for (const hex of ["c3c0", "c3ff", "e282c2", "e2c282", "f09f98f8", "80", "f8808080"]) {
      assert.equal(deviceOf(under).deliver(withReason(ofHex(hex))), "UTF8_ILL_FORMED", hex);
    }
  });

  check("C-020", "the type as text, the application in the first code page alone, lengths that fit", () => {
    const statusOf = (headers: Uint8Array) => deviceOf(under).deliver(writeTwinPush(writeTwin13(), headers));
    const type = "application/vnd.syncml.dm.notification";
    const all: [headers: Uint8Array, status: string][] = [
      [join(type, nul, ofHex("af87")), "OK"],
      [join(`${type}x`, nul, ofHex("af87")), "WSP_CONTENT_TYPE_OTHER"],
      [ofHex("d8 7f02 af82 7f01 af87"), "OK"],
      [ofHex("d8 02 af82 01 af87"), "OK"],
      [ofHex("d8 7f02 af87"), "WSP_APPLICATION_MISSING"],
      [ofHex("d8 02 af87"), "WSP_APPLICATION_MISSING"],
      [ofHex("d8 00 af87"), "WSP_HEADER"],
      [ofHex("d8 af87 7f"), "WSP_HEADER"],
    ];
    for (const [headers, status] of all) assert.equal(statusOf(headers), status, hexOf(headers));
    const body = writeTwin13();
    const push = (length: string) => join(ofHex(`0006${length}`), HEADERS13, body);
    assert.equal(deviceOf(under).deliver(push("03")), "OK");
    assert.equal(deviceOf(under).deliver(push("8003")), "OK", "a uintvar with a leading zero");
    for (const length of ["ff7f", "8fffffff7f"]) {
      assert.equal(deviceOf(under, { headersMax: 2 ** 32 }).deliver(push(length)), "WSP_HEADERS_LENGTH", length);
    }
    assert.notEqual(
      deviceOf(under, { headersMax: 2 ** 40 }).deliver(push("ffffffff7f")),
      "WSP_HEADERS_LENGTH",
      "33 bits",
    );
  });

  const FIELDS = { sessionId: "1234", serverId: SERVER_ID, requestedMo: [1], timestamp: NOW };
  const encode = (changes: object = {}, rules = {}) =>
    node.encode({ ...FIELDS, ...changes } as Parameters<typeof node.encode>[0], { secret: SECRET13 }, rules).bytes;
  const refusal = (changes: object) => {
    try {
      encode(changes);
    } catch (error) {
      return (error as { status?: string }).status;
    }
    return "OK";
  };

  check("S-003", "of JSON: each field in its words, and the server's defaults", () => {
    const twin = { sessionId: 0x1234, timestamp: NOW, timeoutMinutes: 0, uiMode: 0, transport: 0, initiator: 1 };
    assert.equal(hexOf(encode()), hexOf(writeTwin13(twin)));
    const words = { initiator: "user", uiMode: "user-interaction", transport: "wsp", timeout: 65535 };
    const bits = { initiator: 0, uiMode: 3, transport: 4, timeoutMinutes: 65535 };
    assert.equal(hexOf(encode(words)), hexOf(writeTwin13({ ...twin, ...bits })));
    const now = Math.floor(Date.now() / 1000);
    const written = Buffer.from(encode({ timestamp: undefined })).readUInt32BE(8);
    assert.ok(written >= now && written <= now + 5, "without a timestamp it is now");
  });

  check("S-006", "of JSON, each in its place", () => {
    assert.deepEqual(readTwin13(encode({ targetedMo: [7, 300] }), true, true).targetedMo, [7, 300]);
  });

  check("S-008", "of JSON, and none is refused", () => {
    const { requestedMo } = readTwin13(encode({ requestedMo: [2, 300], targetedMo: [7] }), true, true);
    assert.deepEqual(requestedMo, [2, 300]);
    assert.equal(refusal({ requestedMo: [] }), "FIELD_REQUESTED_MO");
  });

  check("S-009", "of JSON: the normal form NFC, whole characters, and mended where that is asked for", () => {
    const nfd = "fu\u0308r";
    for (const text of [nfd, "half \ud800", "cr\r", "\ufeffbom", "c1\u0085"]) {
      assert.notEqual(refusal({ connectReason: text }), "OK", JSON.stringify(text));
    }
    const mended = (text: string) => hexOf(encode({ connectReason: text }, { normalize: true }));
    const written = (text: string) =>
      hexOf(
        writeTwin13({
          sessionId: 0x1234,
          timestamp: NOW,
          timeoutMinutes: 0,
          options: [option(1, SERVER_ID), uint(3, 1), option(5, text)],
        }),
      );
    assert.equal(mended(nfd), written("für"));
    assert.equal(mended("a\rb"), written("a\r\nb"));
    assert.equal(mended("\ufeffa"), written("a"));
  });

  check("S-010", "of JSON, in the order that was given", () => {
    assert.deepEqual(readTwin13(encode({ preferredBearer: [6, 2, 8] }), true, true).preferredBearer, [6, 2, 8]);
  });

  check(
    "S-002",
    "a session id is used again when its former use is over, after 65535 comes 1, and 1.2 keeps its own",
    () => {
      let now = NOW;
      const ids = node.createSessionIds({ now: () => now, first: () => 65_534 });
      const minute = () => ({ timestamp: now, timeoutMinutes: 1 });
      assert.deepEqual(
        [ids.take(SERVER_ID, minute()), ids.take(SERVER_ID, minute()), ids.take(SERVER_ID, minute())],
        [65_534, 65_535, 1],
      );
      assert.equal(ids.claim(SERVER_ID, 9, { timestamp: now, timeoutMinutes: 0 }), true);
      assert.equal(ids.claim(SERVER_ID, 10, { timestamp: now, timeoutMinutes: undefined }), true);
      now += 60;
      assert.equal(ids.claim(SERVER_ID, 1, minute()), false, "a minute");
      now += 1;
      assert.equal(ids.claim(SERVER_ID, 1, minute()), true, "over");
      now += 1_000_000_000;
      assert.equal(ids.claim(SERVER_ID, 9, minute()), false, "for ever");
      assert.equal(ids.claim(SERVER_ID, 10, minute()), false, "of 1.2");
    },
  );

  check("S-012", "no header where there is no room for it", () => {
    assert.equal(pkg0.writePushHeader(1, pkg0.CONTENT_TYPE_13, new Uint8Array(5), 0), -pkg0.FIELD_BUFFER);
    assert.equal(pkg0.writePushHeader(1, pkg0.CONTENT_TYPE_13, new Uint8Array(7), 1), 7);
  });
}
