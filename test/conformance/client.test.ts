/** Appendix B, client. A line is proven by the tests whose names begin with its id; npm run conformance shows them. */
import { describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { createMockHal, type MockHal } from "../../targets/mock/hal.ts";
import { deliver, deviceOf, NOW } from "../suite/device.ts";
import { DM_ACC, NONCE, octets, push12, push13, SERVER_ID, sign13 } from "../suite/messages.ts";

function device(options: pkg0.ClientOptions = {}): { hal: MockHal; client: pkg0.Client } {
  const hal = createMockHal();
  return { hal, client: deviceOf(pkg0, hal, options) };
}

/** A push whose bytes were changed by hand, signed again. */
function changed(change: (push: Uint8Array) => void): Uint8Array {
  const push = push13({ sessionId: 0x1234, timestamp: NOW });
  change(push);
  sign13(push);
  return push;
}

describe("Appendix B, client", () => {
  test("C-001 server alerted session: one good notification, one session to its server (§5)", () => {
    const { hal } = device();
    expect(deliver(hal, push13({ sessionId: 1, timestamp: NOW }))).toBe(pkg0.OK);
    expect(hal.started).toHaveLength(1);
    expect(hal.started[0]).toMatchObject({ serverId: SERVER_ID, appAddr: DM_ACC.appAddr, initiator: 1 });
  });

  test("C-002 receives the message: from the first byte of the datagram to the session (§6)", () => {
    const { hal, client } = device();
    const push = push13({ sessionId: 1, timestamp: NOW });
    const inside = new Uint8Array(push.length + 20);
    inside.set(push, 10);
    expect(hal.deliver(inside, 10, 10 + push.length)).toBe(pkg0.OK);
    client.close();
    expect(hal.deliver(push, 0, push.length), "closed").toBe(-1);
  });

  test("C-003 DM 1.2 format: read, verified under the nonce, started", () => {
    const { hal } = device();
    expect(deliver(hal, push12({ sessionId: 0xbeef, uiMode: 1, vendorInfo: octets("body") }, NONCE))).toBe(pkg0.OK);
    expect(hal.started[0]).toMatchObject({ format: pkg0.FORMAT_12, sessionId: "BEEF", uiMode: 1, timestamp: 0 });
    expect(hal.started[0]?.vendorInfo).toEqual(octets("body"));
  });

  test("C-004 DM 1.3 format, under either content type", () => {
    const { hal } = device();
    const push = push13({ sessionId: 1, timestamp: NOW });
    push[3] = 0xc4; // the type of 1.2
    expect(deliver(hal, push)).toBe(pkg0.OK);
    expect(hal.started[0]?.format).toBe(pkg0.FORMAT_13);
  });

  test("C-005 header: every field of §6.1", () => {
    const { hal } = device();
    const message = { sessionId: 0xa1, timestamp: NOW, timeoutMinutes: 515, transport: 3, uiMode: 1, initiator: 0 };
    expect(deliver(hal, push13(message))).toBe(pkg0.OK);
    const { sessionId, ...rest } = message;
    expect(hal.started[0]).toMatchObject({ ...rest, sessionId: "A1" });
    for (const bits of [0x07, 0xff]) {
      // RESERVED is ignored (D4), reserved TRA values choose nothing (D7)
      const push = changed(bytes => {
        bytes[7] = bits & 0x3f;
        bytes[8] = bits;
        bytes[13] = bits;
      });
      expect(deliver(hal, push)).toBe(pkg0.OK);
      expect(hal.started.at(-1)?.transport).toBe(0);
    }
  });

  test("C-006 VER = 1: all others are ignored (§6.4.1)", () => {
    const { hal } = device();
    for (let version = 0; version < 16; version++) {
      const push = changed(bytes => {
        bytes[6] = (version << 4) | (bytes[6]! & 15);
      });
      const expected = { 1: pkg0.OK, 4: pkg0.NOTIFICATION_DM20 }[version] ?? pkg0.NOTIFICATION_VERSION;
      expect(deliver(hal, push)).toBe(expected);
    }
    expect(hal.started).toHaveLength(1);
  });

  test("C-007 UI mode: background, informative, user interaction (§6.4.4)", () => {
    const { hal } = device();
    for (const uiMode of [0, 1, 2, 3]) {
      deliver(hal, push13({ sessionId: uiMode + 1, timestamp: NOW, uiMode, connectReason: octets(`mode ${uiMode}`) }));
    }
    expect(hal.started.map(request => request.uiMode)).toEqual([0, 1, 2]);
    expect(hal.informed).toEqual(["mode 2"]);
    expect(hal.confirmed).toEqual(["mode 3"]);
    hal.answers[0]?.(true);
    expect(hal.started.at(-1)?.uiMode).toBe(3);
  });

  test("C-007 UI mode: a session that the user declines is never started", () => {
    const { hal, client } = device();
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, uiMode: 3 }));
    hal.answers[0]?.(false);
    client.resume();
    pkg0.createClient(hal, {}).resume();
    expect(hal.started).toHaveLength(0);
  });

  test("C-008 use of SESSIONID: 1 to 4 upper-case hex digits without leading zeros (§6.4.8)", () => {
    const { hal } = device({ pendingMax: 9 });
    for (const sessionId of [0x1, 0xab, 0xabc, 0xffff]) deliver(hal, push13({ sessionId, timestamp: NOW }));
    expect(hal.started.map(request => request.sessionId)).toEqual(["1", "AB", "ABC", "FFFF"]);
    const zero = changed(bytes => bytes.fill(0, 12, 14));
    expect(deliver(hal, zero)).toBe(pkg0.SESSION_ID_ZERO);
  });

  test("C-008 use of SESSIONID: the same id again is one session (§6.4.8)", () => {
    const { hal } = device();
    deliver(hal, push13({ sessionId: 1, timestamp: NOW }));
    expect(deliver(hal, push13({ sessionId: 1, timestamp: NOW }))).toBe(pkg0.DUPLICATE);
    expect(deliver(hal, push13({ sessionId: 1, timestamp: NOW + 5 }))).toBe(pkg0.DUPLICATE);
    expect(hal.started).toHaveLength(1);
  });

  test("C-009 ignores old messages: older than TIMEOUT, in minutes or days (§6.4.9, D2)", () => {
    for (const [timeoutUnit, seconds] of [
      ["minutes", 60],
      ["days", 86_400],
    ] as const) {
      const { hal } = device({ timeoutUnit });
      const timestamp = NOW - 5 * seconds;
      expect(deliver(hal, push13({ sessionId: 1, timestamp: timestamp - 1, timeoutMinutes: 5 }))).toBe(pkg0.EXPIRED);
      expect(deliver(hal, push13({ sessionId: 2, timestamp, timeoutMinutes: 5 }))).toBe(pkg0.OK);
      expect(deliver(hal, push13({ sessionId: 3, timestamp: 1, timeoutMinutes: 0 }))).toBe(pkg0.OK);
    }
  });

  test("C-010 Server-ID: the one of a DMAcc, byte for byte (§6.5.1)", () => {
    const { hal, client } = device();
    client.addAccount({ ...DM_ACC, serverId: "ö.example" });
    const messages = ["DM.example", "dm.exampl", "dm.example ", "dm.examplE"];
    for (const serverId of messages) {
      const push = push13({ sessionId: 1, timestamp: NOW, serverId: octets(serverId) });
      expect(deliver(hal, push)).toBe(pkg0.ACCOUNT_UNKNOWN);
    }
    const utf8 = push13({ sessionId: 1, timestamp: NOW, serverId: new TextEncoder().encode("ö.example") });
    expect(deliver(hal, utf8)).toBe(pkg0.OK);
    expect(hal.started[0]?.serverId).toBe("ö.example");
  });

  test("C-010 Server-ID: has to be there, once", () => {
    const n = pkg0.newNotification();
    const missing = Uint8Array.from([0x12, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0x30, 1, 1, ...new Uint8Array(32)]);
    expect(pkg0.readNotification13(missing, 0, missing.length, n, 0)).toBe(pkg0.SERVER_ID_MISSING);
    const twice = Uint8Array.from([
      0x14,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      0,
      0x10,
      1,
      65,
      0x10,
      1,
      65,
      ...new Uint8Array(32),
    ]);
    expect(pkg0.readNotification13(twice, 0, twice.length, n, 0)).toBe(pkg0.SERVER_ID_TWICE);
  });

  test("C-011 Targeted-MO: the board learns which MOs, and may decline (§6.5.2)", () => {
    const { hal } = device();
    hal.answer = pkg0.SESSION_DECLINED;
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, targetedMo: [3, 0x1234] }));
    expect(hal.started[0]?.targetedMo).toEqual([3, 0x1234]);
    pkg0.createClient(hal, {}).resume();
    expect(hal.started, "declined is done with").toHaveLength(1);
  });

  test("C-012 Vendor-Info: handed on as it is (§6.5.3)", () => {
    const { hal } = device();
    const vendorInfo = Uint8Array.of(0, 0xff, 0x80, 1);
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, vendorInfo }));
    expect(hal.started[0]?.vendorInfo).toEqual(vendorInfo);
  });

  test("C-013 Requested-MO: told to the session, and has to be there (§6.5.4, D8)", () => {
    const { hal } = device();
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, requestedMo: [1, 300] }));
    expect(hal.started[0]?.requestedMo).toEqual([1, 300]);
    const without = changed(bytes => {
      bytes[bytes.length - 35] = 0x20; // Targeted-MO in its place
    });
    expect(deliver(hal, without)).toBe(pkg0.REQUESTED_MO_MISSING);
    expect(deliver(device({ requireRequestedMo: false }).hal, without)).toBe(pkg0.OK);
  });

  test("C-014 Connect-Reason: read as UTF-8 (§6.3, D9)", () => {
    const { hal } = device();
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, connectReason: new TextEncoder().encode("für Sie") }));
    expect(hal.started[0]?.connectReason).toBe("für Sie");
    const broken = push13({ sessionId: 2, timestamp: NOW, connectReason: octets("xx") });
    broken[broken.length - 33] = 0xc3;
    sign13(broken);
    expect(deliver(hal, broken)).toBe(pkg0.UTF8_ILL_FORMED);
  });

  test("C-015 displays Connect-Reason before the session (§6.5)", () => {
    const { hal } = device();
    hal.onStart = () => expect(hal.informed).toEqual(["new firmware"]);
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, uiMode: 2, connectReason: octets("new firmware") }));
    expect(hal.started).toHaveLength(1);
  });

  test("C-016 Preferred-Bearer: all of them, in their order (§6.5)", () => {
    const { hal } = device();
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, preferredBearer: [6, 3, 6, 0] }));
    expect(hal.started[0]?.preferredBearer).toEqual([6, 3, 6, 0]);
  });

  test("C-017 uses the preferred bearer: the first that is up, and waits for one (§6.5)", () => {
    const { hal, client } = device();
    hal.bearersUp = [8];
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, preferredBearer: [6, 8] }));
    expect(hal.started[0]?.bearer).toBe(8);
    deliver(hal, push13({ sessionId: 2, timestamp: NOW, preferredBearer: [6, 2] }));
    expect(hal.started).toHaveLength(1);
    hal.bearersUp = [6, 2];
    client.bearerChanged();
    expect(hal.started[1]?.bearer).toBe(6);
  });

  test("C-018 digest: of NOTICRED, else of SRVCRED (§6.6)", () => {
    const { hal, client } = device();
    expect(deliver(hal, push13({ sessionId: 1, timestamp: NOW }))).toBe(pkg0.OK);
    client.addAccount({ serverId: SERVER_ID, appAuth: [{ aauthLevel: "SRVCRED", aauthSecret: "other" }] });
    expect(deliver(hal, push13({ sessionId: 2, timestamp: NOW, secret: octets("other") }))).toBe(pkg0.OK);
  });

  test("C-019 ignores a bad digest: any changed bit, and nothing of it is left (§6.6)", () => {
    const { hal } = device();
    const good = push13({ sessionId: 1, timestamp: NOW, vendorInfo: octets("vendor") });
    const writes = hal.storage.writes;
    for (let at = 6; at < good.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bad = Uint8Array.from(good);
        bad[at]! ^= 1 << bit;
        expect(deliver(hal, bad), `bit ${bit} of byte ${at}`).not.toBe(pkg0.OK);
      }
    }
    expect(hal.started).toHaveLength(0);
    expect(hal.storage.writes).toBe(writes);
    expect(deliver(hal, good), "and the good one still counts").toBe(pkg0.OK);
  });

  test("C-020 WAP Push: over UDP, for the DM application and of its types only (§7.1.1)", () => {
    const { hal } = device();
    const good = push13({ sessionId: 1, timestamp: NOW });
    for (const [at, value, status] of [
      [1, 0x07, pkg0.WSP_PDU_TYPE],
      [3, 0xb0, pkg0.WSP_CONTENT_TYPE_OTHER],
      [5, 0x82, pkg0.WSP_APPLICATION_OTHER],
      [4, 0xb0, pkg0.WSP_APPLICATION_MISSING],
    ] as const) {
      const bad = Uint8Array.from(good);
      bad[at] = value;
      expect(deliver(hal, bad)).toBe(status);
    }
    expect(deliver(hal, good)).toBe(pkg0.OK);
  });

  test("C-020 WAP Push: over SMS, in parts", () => {
    const { hal, client } = device();
    const push = push13({ sessionId: 1, timestamp: NOW, vendorInfo: new Uint8Array(300) });
    const sms = pkg0.createSmsReceiver(hal.clock, { isSubmitRead: true });
    const statuses = [];
    for (let part = pkg0.countParts(push.length, false); part > 0; part--) {
      const data = new Uint8Array(140);
      const dataEnd = pkg0.writePart(push, 0, push.length, 7, false, part, data, 0);
      const tpdu = new Uint8Array(pkg0.SUBMIT_BYTES);
      const end = pkg0.writeSubmit("+491700000000", pkg0.DCS_DATA, data, 0, dataEnd, tpdu, 0);
      statuses.push(sms.receive(tpdu, 0, end));
    }
    expect(statuses).toEqual([pkg0.MORE, pkg0.MORE, pkg0.OK]);
    expect(client.receivePush(sms.bytes, sms.from, sms.to, pkg0.VIA_SMS)).toBe(pkg0.OK);
    expect(hal.started[0]?.via).toBe(pkg0.VIA_SMS);
  });
});
