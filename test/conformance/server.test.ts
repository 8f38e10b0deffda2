/** Appendix B, server: what the building side writes. A line is proven by the tests whose names begin with its id. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { deliver, deviceOf, NOW } from "../suite/device.ts";
import { type Message, octets, push13, SERVER_ID, write13 } from "../suite/messages.ts";
import { readTwin13 } from "../twin/notification13.ts";

const base = { sessionId: 0x1234, timestamp: NOW };
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
/** The options of a message as the wire has them, between header and digest. */
const optionsOf = (message: Message) => hexOf(write13(message).slice(12, -32));
const SERVER_ID_OPTION = "100a646d2e6578616d706c65";

/** What the writer says to fields that the standard does not allow. */
function refusal(fields: Partial<pkg0.NotificationFields>): number {
  const good = { initiator: 1, uiMode: 0, transport: 0, timeoutMinutes: 60, ...base, versionTenths: 11 };
  const lists = { serverId: octets(SERVER_ID), targetedMo: [], requestedMo: [1], preferredBearer: [] };
  const texts = { connectReason: new Uint8Array(0), vendorInfo: new Uint8Array(0) };
  const all = { ...good, ...lists, ...texts, ...fields };
  return -pkg0.writeNotification13(all, pkg0.createSha256(), octets("s"), 0, new Uint8Array(5000), 0);
}

describe("Appendix B, server", () => {
  test("S-001 server alerted session: what is written starts one on the client", () => {
    const hal = createMockHal();
    deviceOf(pkg0, hal, {});
    expect(deliver(hal, push13(base))).toBe(pkg0.OK);
    expect(hal.started[0]?.sessionId).toBe("1234");
  });

  test("S-002 sends the message: header, options, digest, and nothing else (§6)", () => {
    const message = write13({ ...base, targetedMo: [1], preferredBearer: [2], vendorInfo: octets("v") });
    expect(readTwin13(message, true, true)).toMatchObject({
      ...base,
      targetedMo: [1],
      requestedMo: [1],
      preferredBearer: [2],
    });
    expect(refusal({ connectReason: new Uint8Array(4090), vendorInfo: new Uint8Array(4090) })).toBe(pkg0.FIELD_BUFFER);
  });

  test("S-003 header: every field at its bits, RESERVED 0 (§6.1)", () => {
    const header = (message: Message) => hexOf(write13(message).slice(0, 12));
    expect(header(base)).toBe("15000000003c12346553f100");
    expect(header({ ...base, initiator: 0, uiMode: 3, transport: 4, timeoutMinutes: 65535 })).toBe(
      "14e00000ffff12346553f100",
    );
    for (const bad of [
      { initiator: 2 },
      { uiMode: 4 },
      { transport: 5 },
      { timeoutMinutes: 65536 },
      { timestamp: -1 },
    ]) {
      expect(refusal(bad)).toBe(pkg0.FIELD_RANGE);
    }
    expect(refusal({ sessionId: 0 })).toBe(pkg0.FIELD_SESSION_ID);
  });

  test("S-004 VER = 1 (§6.4.1)", () => expect(write13(base)[0]! >> 4).toBe(1));

  test("S-005 Server-ID: once, 1 to 255 bytes of UTF-8 (§6.5.1, D3)", () => {
    expect(optionsOf(base)).toBe(`${SERVER_ID_OPTION}300101`);
    for (const length of [0, 256]) expect(refusal({ serverId: new Uint8Array(length) })).toBe(pkg0.FIELD_SERVER_ID);
    expect(refusal({ serverId: Uint8Array.of(0xff) })).toBe(pkg0.FIELD_SERVER_ID);
  });

  test("S-006 Targeted-MO: before Requested-MO, in the fewest bytes (§6.5.2)", () => {
    expect(optionsOf({ ...base, targetedMo: [5, 300] })).toBe(`${SERVER_ID_OPTION}2001052002012c300101`);
    expect(refusal({ targetedMo: [65536] })).toBe(pkg0.FIELD_RANGE);
  });

  test("S-007 Vendor-Info: last (§6.5.3)", () => {
    expect(optionsOf({ ...base, vendorInfo: octets("vi") })).toBe(`${SERVER_ID_OPTION}30010160027669`);
    expect(refusal({ vendorInfo: new Uint8Array(4096) })).toBe(pkg0.FIELD_TEXT);
  });

  test("S-008 Requested-MO: one at least (§6.5.4)", () => {
    expect(optionsOf({ ...base, requestedMo: [1, 2] })).toBe(`${SERVER_ID_OPTION}300101300102`);
    expect(refusal({ requestedMo: [] })).toBe(pkg0.FIELD_REQUESTED_MO);
    expect(refusal({ requestedMo: [1, 2, 3, 4, 5, 6, 7] }), "8 options").toBe(pkg0.FIELD_OPTIONS);
  });

  test("S-009 Connect-Reason: UTF-8 (§6.5)", () => {
    expect(optionsOf({ ...base, connectReason: octets("why") })).toBe(`${SERVER_ID_OPTION}3001015003776879`);
    expect(refusal({ connectReason: Uint8Array.of(0x80) })).toBe(pkg0.FIELD_TEXT);
  });

  test("S-010 Preferred-Bearer: first = highest priority (§6.5)", () => {
    expect(optionsOf({ ...base, preferredBearer: [6, 2] })).toBe(`${SERVER_ID_OPTION}300101400106400102`);
    expect(refusal({ preferredBearer: [12] })).toBe(pkg0.FIELD_RANGE);
  });

  test("S-011 digest: SHA-256 of secret, header and options (§6.6, D1)", () => {
    const message = write13({ ...base, secret: octets("server-secret") });
    const sha256 = createHash("sha256");
    sha256.update("server-secret:").update(message.slice(0, 12)).update(":").update(message.slice(12, -32));
    expect(hexOf(message.slice(-32))).toBe(sha256.digest("hex"));
  });

  test("S-012 WAP Push: the smallest header of §7.1", () => {
    expect(hexOf(push13(base).slice(0, 6))).toBe("000603d8af87");
  });
});
