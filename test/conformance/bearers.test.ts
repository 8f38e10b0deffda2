/** Appendix B, the transport profiles of §7.2 to §7.4, with bytes that other programs sent. */
import { describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const { CONTENT_TYPE_13 } = pkg0;
const DM_ACC: pkg0.DmAcc = {
  serverId: "dm.example.com",
  appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }],
};

const CLOCK = { monotonicSeconds: () => 1 };
const capturesOf = (layer: string) => captures.captures.filter(capture => capture.layer.startsWith(layer));
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

/** A board whose client takes what a profile delivers; `replies` is what the sender saw. */
function board(secret = "secret") {
  const hal = createMockHal();
  const client = pkg0.createClient(hal, {});
  client.addAccount({ ...DM_ACC, appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: secret }] });
  const replies: string[] = [];
  const verdicts: number[] = [];
  const bodies: string[] = [];
  const profile = (via: number) => ({
    deliver(bytes: Uint8Array, from: number, to: number, contentType: number) {
      const status = client.receiveBody(bytes, from, to, contentType, via);
      verdicts.push(status);
      bodies.push(Buffer.from(bytes.subarray(from, to)).toString("hex"));
      return status;
    },
    reply: (bytes: Uint8Array, from: number, to: number) => {
      replies.push(Buffer.from(bytes.subarray(from, to)).toString("latin1"));
    },
  });
  return { hal, replies, verdicts, bodies, profile };
}

/** Package #0 with the secret of DM_ACC. */
function notification(sessionId: number): Uint8Array {
  const out = new Uint8Array(128);
  const fields = {
    ...{ initiator: 1, uiMode: 1, transport: 2, timeoutMinutes: 0, sessionId, timestamp: 1700000000 },
    ...{ serverId: pkg0.utf8Bytes(DM_ACC.serverId), targetedMo: [], requestedMo: [1], preferredBearer: [] },
    ...{ connectReason: new Uint8Array(0), vendorInfo: new Uint8Array(0), versionTenths: 11 },
  };
  const end = pkg0.writeNotification13(fields, pkg0.createSha256(), pkg0.utf8Bytes("secret"), 0, out, 0);
  return out.subarray(0, end);
}

function obexReceives(b: ReturnType<typeof board>, packets: string[]): void {
  const obex = pkg0.createObexReceiver(CLOCK, b.profile(pkg0.VIA_OBEX));
  for (const packet of packets.map(bytesOf)) obex.receive(packet, 0, packet.length);
}

function sipReceives(b: ReturnType<typeof board>, message: Uint8Array): void {
  const sip = pkg0.createSipReceiver(CLOCK, { ...b.profile(pkg0.VIA_SIP), tag: "12345678" });
  sip.receive(message, 0, message.length, "192.0.2.1", 5060);
}

function httpReceives(b: ReturnType<typeof board>, request: Uint8Array): void {
  const http = pkg0.createHttpReceiver(CLOCK, b.profile(pkg0.VIA_HTTP));
  http.receive(request, 0, request.length);
}

describe("Appendix B, client", () => {
  for (const { name, hex } of capturesOf("obex")) {
    test(`C-021 OBEX: ${name} starts its session, and a forged one sees the same answers (§7.2)`, () => {
      const good = board();
      obexReceives(good, hex);
      expect(good.verdicts).toEqual([pkg0.OK]);
      expect(good.hal.started[0]).toMatchObject({ serverId: "dm.example.com", via: pkg0.VIA_OBEX });
      const forged = board("other");
      obexReceives(forged, hex);
      expect(forged.verdicts).toEqual([pkg0.DIGEST_WRONG]);
      expect(forged.replies).toEqual(good.replies);
    });
  }

  for (const { name, hex } of capturesOf("sip")) {
    test(`C-022 SIP: ${name} starts its session, and a forged one sees the same answer (§7.3)`, () => {
      const good = board();
      sipReceives(good, bytesOf(hex[0]!));
      expect(good.verdicts).toEqual([pkg0.OK]);
      expect(good.hal.started[0]).toMatchObject({ sessionId: "1234", via: pkg0.VIA_SIP });
      expect(good.replies[0]).toMatch(/^SIP\/2\.0 200 /);
      const forged = board("other");
      sipReceives(forged, bytesOf(hex[0]!));
      expect(forged.verdicts).toEqual([pkg0.DIGEST_WRONG]);
      expect(forged.replies).toEqual(good.replies);
    });
  }

  test("C-022 SIP: registers with the feature tag and asks for a GRUU (§7.3)", () => {
    let sent = "";
    const registration = pkg0.createSipRegisterSender(CLOCK, {
      send: (bytes, from, to) => {
        sent = Buffer.from(bytes.subarray(from, to)).toString("latin1");
      },
      token: () => "abcdefgh",
      ...{ registrar: "sip:example.com", address: "sip:device@example.com", sentBy: "192.0.2.4:5060" },
      ...{ contact: "sip:device@192.0.2.4:5060", instance: "urn:uuid:00000000-0000-1000-8000-000a95a0e128" },
      onChanged: () => {},
    });
    registration.open();
    registration.tick();
    expect(sent).toMatch(/^REGISTER sip:example\.com SIP\/2\.0\r\n/);
    expect(sent).toMatch(/^Contact: .*\+g\.oma\.eventappid="syncml\.dm"/m);
    expect(sent).toMatch(/^Contact: .*\+sip\.instance="<urn:uuid:/m);
    expect(sent).toMatch(/^Supported: .*gruu/m);
  });

  test("C-023 HTTP: a POST starts its session, and a forged one sees the same answer (§7.4)", () => {
    const request = (body: Uint8Array) =>
      Buffer.concat([
        Buffer.from(
          "POST /wappush HTTP/1.1\r\nHost: device\r\nX-Wap-Push-OTA-Version: 1.0\r\n" +
            "X-Wap-Application-Id: x-wap-application:syncml.dm\r\n" +
            `Content-Type: application/vnd.syncml.dm.notification\r\nContent-Length: ${body.length}\r\n\r\n`,
        ),
        body,
      ]);
    const good = board();
    httpReceives(good, request(notification(7)));
    expect(good.verdicts).toEqual([pkg0.OK]);
    expect(good.hal.started[0]).toMatchObject({ sessionId: "7", via: pkg0.VIA_HTTP });
    expect(good.replies[0]).toMatch(/^HTTP\/1\.1 204 /);
    const forged = board("other");
    httpReceives(forged, request(notification(7)));
    expect(forged.verdicts).toEqual([pkg0.DIGEST_WRONG]);
    expect(forged.replies).toEqual(good.replies);
  });
});

describe("Appendix B, server", () => {
  const body = notification(0xab);
  const hex = Buffer.from(body).toString("hex");

  test("S-013 OBEX: what is sent starts a session, in packets of 255 too (§7.2)", () => {
    for (const packetMax of [255, 1024]) {
      const b = board();
      const line: (() => void)[] = []; // what is on its way, in order
      const obex = pkg0.createObexReceiver(CLOCK, {
        ...b.profile(pkg0.VIA_OBEX),
        reply(bytes, from, to) {
          const packet = bytes.slice(from, to);
          line.push(() => {
            status = put.receive(packet, 0, packet.length);
          });
        },
      });
      const put = pkg0.createObexSender(CLOCK, {
        ...{ contentType: CONTENT_TYPE_13, packetMax, isDirected: true },
        send(bytes, from, to) {
          const packet = bytes.slice(from, to);
          line.push(() => obex.receive(packet, 0, packet.length));
        },
      });
      let status: number = pkg0.MORE;
      put.open(body, 0, body.length);
      while (line.length > 0) line.shift()!();
      expect(status).toBe(pkg0.OK);
      expect(b.bodies).toEqual([hex]);
      expect(b.verdicts).toEqual([pkg0.OK]);
    }
  });

  test("S-014 SIP: a MESSAGE with the feature tag, answered 200 (§7.3)", () => {
    const out = new Uint8Array(1300);
    const fields = {
      ...{ uri: "sip:device@192.0.2.4", from: "sip:dm@example.com", sentBy: "192.0.2.1:5060", branch: "branch0001" },
      ...{ tag: "tag00001", callId: "call0001", cseq: 1, contentType: CONTENT_TYPE_13 },
    };
    const end = pkg0.writeSipMessage(fields, body, 0, body.length, out, 0);
    expect(end).toBeGreaterThan(0);
    const text = Buffer.from(out.subarray(0, end)).toString("latin1");
    expect(text).toMatch(/^MESSAGE sip:device@192\.0\.2\.4 SIP\/2\.0\r\n/);
    expect(text).toMatch(/^Accept-Contact: .*g\.oma\.eventappid="syncml\.dm"/m);
    const b = board();
    sipReceives(b, out.subarray(0, end));
    expect(b.bodies).toEqual([hex]);
    expect(b.verdicts).toEqual([pkg0.OK]);
    expect(b.replies[0]).toMatch(/^SIP\/2\.0 200 /);
  });

  test("S-015 HTTP: a POST with the content type as text, answered 204 (§7.4)", () => {
    const out = new Uint8Array(1000);
    const end = pkg0.writeHttpPost("192.0.2.4:4035", "/wappush", CONTENT_TYPE_13, body, 0, body.length, out, 0);
    expect(Buffer.from(out.subarray(0, end)).toString("latin1")).toMatch(
      /^Content-Type: application\/vnd\.syncml\.dm\.notification\r$/m,
    );
    const b = board();
    httpReceives(b, out.subarray(0, end));
    expect(b.bodies).toEqual([hex]);
    expect(b.verdicts).toEqual([pkg0.OK]);
    expect(b.replies[0]).toMatch(/^HTTP\/1\.1 204 /);
  });
});
