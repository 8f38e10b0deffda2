/** Appendix B, client: the transport profiles of §7 (C-020 to C-023), with messages of the twin and captures of other programs. */
import assert from "node:assert/strict";
import {
  HEADERS13,
  join,
  ofHex,
  option,
  push13,
  SERVER_ID,
  twinTpdus,
  uint,
  writeTwin13,
  writeTwinPush,
} from "../twin/write.ts";
import captures from "../vectors/captures.json" with { type: "json" };
import { type Check, DM_ACC, deviceOf, type UnderTest } from "./under-test.ts";

const capturesOf = (layer: string) => captures.captures.filter(capture => capture.layer.startsWith(layer));
/** The account that verifies the captured messages. */
const CAPTURED = { serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] };
const FORGED = { serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "other" }] };
const CLOCK = { monotonicSeconds: () => 1 };
/** The time of the captured messages, which differs from the twin's. */
const ANY_TIME = { maxSkewSeconds: 0xffffffff };
const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const nul = "\0";

export function profileLines(check: Check, under: UnderTest): void {
  const { pkg0 } = under;

  /** A board with the receivers of a profile: its replies, and the verdict on each message. */
  function board(via: number, dmAcc: object = DM_ACC) {
    const device = deviceOf(under, ANY_TIME, dmAcc);
    const replies: string[] = [];
    const verdicts: string[] = [];
    const profile = {
      deliver(bytes: Uint8Array, from: number, to: number, contentType: number) {
        const status = device.client.receiveBody(bytes, from, to, contentType, via);
        verdicts.push(pkg0.statusName(status));
        return status;
      },
      reply: (bytes: Uint8Array, from: number, to: number) => void replies.push(latin(bytes.subarray(from, to))),
    };
    return { ...device, replies, verdicts, profile };
  }
  const tpdu = (bytes: Uint8Array) => {
    const sms = pkg0.createSmsReceiver({ posixSeconds: () => 0, monotonicSeconds: () => 0 }, {});
    return pkg0.statusName(sms.receive(bytes, 0, bytes.length));
  };

  check("P-001", "a push over UDP, and one in a short message, each start a session", () => {
    const { hal, client, deliver } = deviceOf(under);
    assert.equal(deliver(push13()), "OK");
    const [message] = twinTpdus(push13({ sessionId: 2 }), [2948, 9200]);
    assert.equal(client.receiveTpdu(message!, 0, message!.length), pkg0.OK);
    assert.deepEqual(
      hal.started.map(({ sessionId, via }) => [sessionId, via]),
      [
        ["1", pkg0.VIA_UDP],
        ["2", pkg0.VIA_SMS],
      ],
    );
  });

  for (const { name, hex, secret, serverId, ...capture } of capturesOf("push")) {
    const expected: { [name: string]: string } = {
      "kannel-no-application-id": "WSP_APPLICATION_MISSING",
      "kannel-other-application": "WSP_APPLICATION_OTHER",
      "kannel-corrupted-body": "NOTIFICATION_VERSION",
    };
    check("C-020", `${name}: ${expected[name] ?? "OK"}`, () => {
      const srvCred = {
        aauthLevel: "SRVCRED",
        aauthSecret: secret,
        aauthData: Buffer.from((capture as { nonceText?: string }).nonceText ?? ""),
      };
      const dmAcc = { serverId, appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: secret }, srvCred] };
      assert.equal(deviceOf(under, ANY_TIME, dmAcc).deliver(ofHex(hex[0]!)), expected[name] ?? "OK");
    });
  }

  check("C-020", "a connectionless push alone", () => {
    for (let pduType = 0; pduType < 256; pduType++) {
      const status = deviceOf(under).deliver(writeTwinPush(writeTwin13(), HEADERS13, pduType));
      assert.equal(status, pduType === 6 ? "OK" : "WSP_PDU_TYPE", `type ${pduType}`);
    }
  });

  check(
    "C-020",
    'the content type by code, as Long-integer and as text in any case, with parameters behind ";" alone',
    () => {
      const types: [type: Uint8Array, status: string][] = [
        [ofHex("d8"), "OK"],
        [ofHex("020158"), "OK"],
        [ofHex("02d881"), "OK"],
        [ofHex("b0"), "WSP_CONTENT_TYPE_OTHER"],
        [join("application/vnd.syncml.dm.notification", nul), "OK"],
        [join("Application/VND.SyncML.dm.Notification", nul), "OK"],
        [join("application/vnd.syncml.dm.notification;a=b", nul), "OK"],
        [join("application/vnd.syncml.dm.notification ;a=b", nul), "OK"],
        [join("application/vnd.syncml.dm.notification2", nul), "WSP_CONTENT_TYPE_OTHER"],
        [join("application/vnd.syncml.dm.notification+wbxml", nul), "WSP_CONTENT_TYPE_OTHER"],
        [join("application/vnd.syncml.dm.notificatio", nul), "WSP_CONTENT_TYPE_OTHER"],
        [join("application/vnd.syncml.dm", nul), "WSP_CONTENT_TYPE_OTHER"],
        [join("xapplication/vnd.syncml.dm.notification", nul), "WSP_CONTENT_TYPE_OTHER"],
      ];
      for (const [type, status] of types) {
        const push = writeTwinPush(writeTwin13(), join(type, ofHex("af87")));
        assert.equal(deviceOf(under, { headersMax: 100 }).deliver(push), status, latin(type));
      }
    },
  );

  check("C-020", "application 7 by code, as Long-integer and as text in any case; no other, and not none", () => {
    const ids: [header: Uint8Array, status: string][] = [
      [ofHex("af87"), "OK"],
      [ofHex("af0107"), "OK"],
      [ofHex("af020007"), "OK"],
      [join(ofHex("af"), "x-wap-application:syncml.dm", nul), "OK"],
      [join(ofHex("af"), "X-WAP-Application:SyncML.DM", nul), "OK"],
      [join("X-Wap-Application-Id", nul, ofHex("87")), "OK"],
      [join("x-wap-application-ID", nul, "x-wap-application:syncml.dm", nul), "WSP_HEADERS_LONG"],
      [ofHex("8d81 af87"), "OK"],
      [ofHex("af87 8d81"), "OK"],
      [ofHex("af82"), "WSP_APPLICATION_OTHER"],
      [ofHex("af020700"), "WSP_APPLICATION_OTHER"],
      [ofHex("af0108"), "WSP_APPLICATION_OTHER"],
      [join(ofHex("af"), "x-wap-application:mms.ua", nul), "WSP_APPLICATION_OTHER"],
      [join(ofHex("af"), "x-wap-application:syncml.dmx", nul), "WSP_APPLICATION_OTHER"],
      [ofHex("af87 af82"), "WSP_APPLICATION_OTHER"],
      [ofHex("b087"), "WSP_APPLICATION_MISSING"],
      [ofHex("8d81"), "WSP_APPLICATION_MISSING"],
      [new Uint8Array(0), "WSP_APPLICATION_MISSING"],
    ];
    for (const [header, status] of ids) {
      assert.equal(
        deviceOf(under).deliver(writeTwinPush(writeTwin13(), join(ofHex("d8"), header))),
        status,
        latin(header),
      );
    }
    const inBody = writeTwinPush(join(ofHex("af87"), writeTwin13()), ofHex("d8"));
    assert.equal(deviceOf(under).deliver(inBody), "WSP_APPLICATION_MISSING", "one in the body is none");
  });

  check("C-020", "48 bytes of headers, and not 49, unless the board says otherwise", () => {
    const headers = (length: number) => join(HEADERS13, "x".repeat(length - 6), nul, "y", nul);
    for (const length of [47, 48]) {
      assert.equal(deviceOf(under).deliver(writeTwinPush(writeTwin13(), headers(length))), "OK", `${length} bytes`);
    }
    assert.equal(deviceOf(under).deliver(writeTwinPush(writeTwin13(), headers(49))), "WSP_HEADERS_LONG");
    assert.equal(deviceOf(under, { headersMax: 49 }).deliver(writeTwinPush(writeTwin13(), headers(49))), "OK");
    assert.equal(
      deviceOf(under, { headersMax: 20 }).deliver(writeTwinPush(writeTwin13(), headers(21))),
      "WSP_HEADERS_LONG",
    );
    assert.equal(deviceOf(under, { headersMax: 200 }).deliver(writeTwinPush(writeTwin13(), headers(200))), "OK");
  });

  check("C-020", "what is decoded on a host is judged by the 48 bytes, too", () => {
    const headers = (length: number) => join(HEADERS13, "x".repeat(length - 6), nul, "y", nul);
    const statusOf = (length: number) =>
      under.node.decode(writeTwinPush(writeTwin13(), headers(length)), "push").status;
    assert.deepEqual([statusOf(48), statusOf(49)], ["OK", "WSP_HEADERS_LONG"]);
  });

  check("C-020", "over SMS for port 2948, from whatever port; no other", () => {
    const push = push13();
    for (const source of [9200, 2948, 0, 65535]) assert.equal(tpdu(twinTpdus(push, [2948, source])[0]!), "OK");
    for (const port of [2949, 2947, 9200, 0, 2948 + 256]) {
      assert.equal(tpdu(twinTpdus(push, [port, 2948])[0]!), "SMS_PORT_OTHER", `port ${port}`);
    }
  });

  check("C-020", "over SMS in parts, in any order; a part twice counts once; another sender's are others", () => {
    const push = push13({ options: [option(1, SERVER_ID), uint(3, 1), option(6, "v".repeat(280))] });
    const parts = twinTpdus(push, [2948, 9200]);
    assert.equal(parts.length, 3);
    const { hal, client } = deviceOf(under);
    const receive = (part: Uint8Array) => pkg0.statusName(client.receiveTpdu(part, 0, part.length));
    const stranger = parts[0]!.slice();
    stranger[4]! ^= 0x11;
    assert.equal(receive(stranger), "MORE");
    for (const i of [2, 0, 2]) assert.notEqual(receive(parts[i]!), "OK");
    assert.equal(hal.started.length, 0);
    assert.equal(receive(parts[1]!), "OK");
    assert.deepEqual(
      hal.started.map(({ sessionId, via }) => [sessionId, via]),
      [["1", pkg0.VIA_SMS]],
    );
  });

  for (const { name, hex } of capturesOf("obex")) {
    check("C-021", `${name}: a session, and a forged one sees the same answers (D12)`, () => {
      const seen = [CAPTURED, FORGED].map(dmAcc => {
        const b = board(pkg0.VIA_OBEX, dmAcc);
        const obex = pkg0.createObexReceiver(CLOCK, b.profile);
        for (const packet of hex.map(ofHex)) obex.receive(packet, 0, packet.length);
        return b;
      });
      assert.deepEqual(
        seen.map(b => b.verdicts),
        [["OK"], ["DIGEST_WRONG"]],
      );
      assert.deepEqual(
        seen.map(b => b.hal.started.map(request => request.via)),
        [[pkg0.VIA_OBEX], []],
      );
      assert.deepEqual(seen[0]!.replies, seen[1]!.replies);
    });
  }

  check("C-021", "a PUT by Type and directed to the DM client; other types and connections are refused", () => {
    const exchange = (...packets: Uint8Array[]) => {
      const b = board(pkg0.VIA_OBEX);
      const obex = pkg0.createObexReceiver(CLOCK, b.profile);
      for (const packet of packets) obex.receive(packet, 0, packet.length);
      return { verdicts: b.verdicts, replies: b.replies.map(reply => hexOf(Buffer.from(reply, "latin1"))) };
    };
    const sized = (opcode: number, ...parts: Uint8Array[]) => {
      const rest = join(...parts);
      return join(Uint8Array.of(opcode, (rest.length + 3) >> 8, rest.length + 3), rest);
    };
    const header = (id: number, value: Uint8Array) =>
      join(Uint8Array.of(id, (value.length + 3) >> 8, value.length + 3), value);
    const type = (mime: string) => header(0x42, join(mime, nul));
    const body = header(0x49, writeTwin13());
    const connect = sized(0x80, ofHex("10000400"), header(0x46, join("SYNCML-DM")));
    const dm = type("application/vnd.syncml.dm.notification");
    const directed = exchange(connect, sized(0x82, ofHex("cb00000001"), dm, body));
    assert.deepEqual(directed.verdicts, ["OK"]);
    assert.match(directed.replies[0]!, /^a0/);
    assert.ok(directed.replies[0]!.includes("4a000c53594e434d4c2d444d"), "Who");
    assert.ok(directed.replies[0]!.includes("cb00000001"), "ConnectionID");
    assert.match(directed.replies[1]!, /^a00003/);
    const plain = sized(0x80, ofHex("10000400"));
    assert.deepEqual(exchange(plain, sized(0x82, dm, body)).verdicts, ["OK"]);
    assert.deepEqual(exchange(plain, sized(0x82, body)).verdicts, ["OK"], "without a Type the structure decides");
    const other = exchange(plain, sized(0x82, type("text/plain"), body));
    assert.deepEqual([other.verdicts, other.replies[1]!.slice(0, 2)], [[], "cf"]);
    const wrong = exchange(connect, sized(0x82, ofHex("cb00000002"), dm, body));
    assert.deepEqual([wrong.verdicts, wrong.replies[1]!.slice(0, 2) !== "a0"], [[], true], "another ConnectionID");
    const get = exchange(plain, sized(0x83, dm));
    assert.deepEqual([get.verdicts, get.replies[1]!.slice(0, 2)], [[], "d1"], "GET");
  });

  sipLines(check, under, board);
  httpLines(check, under, board);
}

type Board = (
  via: number,
  dmAcc?: object,
) => {
  hal: { started: { via: number; sessionId: string }[] };
  replies: string[];
  verdicts: string[];
  profile: {
    deliver: (bytes: Uint8Array, from: number, to: number, contentType: number) => number;
    reply: (bytes: Uint8Array, from: number, to: number) => void;
  };
};

function sipLines(check: Check, { pkg0 }: UnderTest, board: Board): void {
  function receiver(dmAcc?: object) {
    const b = board(pkg0.VIA_SIP, dmAcc);
    const sip = pkg0.createSipReceiver(CLOCK, { ...b.profile, tag: "12345678" });
    return {
      ...b,
      receive: (message: Uint8Array) => sip.receive(message, 0, message.length, "192.0.2.1", 5060),
    };
  }
  const message = (changes: {
    start?: string;
    type?: string;
    extra?: string;
    branch?: string;
    body?: Uint8Array;
    cseq?: string;
  }) => {
    const body = changes.body ?? writeTwin13();
    const rows = [
      changes.start ?? "MESSAGE sip:device@192.0.2.4 SIP/2.0",
      `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${changes.branch ?? "1"}`,
      "From: <sip:dm@example.com>;tag=abcdefgh",
      "To: <sip:device@example.com>",
      `Call-ID: call${changes.branch ?? "1"}`,
      "Max-Forwards: 70",
      `CSeq: 1 ${changes.cseq ?? "MESSAGE"}`,
      ...(changes.extra === undefined ? [] : [changes.extra]),
      `Content-Type: ${changes.type ?? "application/vnd.syncml.dm.notification"}`,
      `Content-Length: ${body.length}`,
    ];
    return join(`${rows.join("\r\n")}\r\n\r\n`, body);
  };

  for (const { name, hex } of capturesOf("sip")) {
    check("C-022", `${name}: a session, and a forged one sees the same answer (D12)`, () => {
      const seen = [CAPTURED, FORGED].map(dmAcc => {
        const b = receiver(dmAcc);
        b.receive(ofHex(hex[0]!));
        return b;
      });
      assert.deepEqual(
        seen.map(b => b.verdicts),
        [["OK"], ["DIGEST_WRONG"]],
      );
      assert.equal(seen[0]!.hal.started[0]!.via, pkg0.VIA_SIP);
      assert.match(seen[0]!.replies[0]!, /^SIP\/2\.0 200 /);
      assert.deepEqual(seen[0]!.replies, seen[1]!.replies);
    });
  }

  check("C-022", "a MESSAGE of either type is answered 200; another type 415, another method 405", () => {
    const first = (changes: Parameters<typeof message>[0]) => {
      const b = receiver();
      b.receive(message(changes));
      return [b.replies[0]?.slice(8, 11), b.verdicts[0]];
    };
    assert.deepEqual(first({}), ["200", "OK"]);
    assert.deepEqual(first({ type: "Application/vnd.syncml.DM.notification;x=y" }), ["200", "OK"]);
    assert.deepEqual(first({ type: "text/plain" }), ["415", undefined]);
    assert.deepEqual(first({ type: "application/vnd.syncml.dm.notification2" }), ["415", undefined]);
    assert.deepEqual(first({ start: "INVITE sip:device@192.0.2.4 SIP/2.0", cseq: "INVITE" }), ["405", undefined]);
    assert.deepEqual(first({ extra: "Content-Encoding: gzip" }), ["415", undefined]);
    assert.deepEqual(first({ extra: "Require: magic" }), ["420", undefined]);
  });

  check("C-022", "a retransmission is answered in the same way, and delivered once", () => {
    const b = receiver();
    for (let i = 0; i < 3; i++) b.receive(message({}));
    assert.equal(b.replies.length, 3);
    assert.deepEqual(new Set(b.replies).size, 1);
    assert.equal(b.verdicts.length, 1);
    b.receive(message({ branch: "2", body: writeTwin13({ sessionId: 2 }) }));
    assert.deepEqual(b.verdicts, ["OK", "OK"]);
  });

  function registration() {
    const sent: string[] = [];
    const told: string[] = [];
    let now = 0;
    let count = 0;
    const clock = { monotonicSeconds: () => now };
    const r = pkg0.createSipRegisterSender(clock, {
      send: (bytes, from, to) => void sent.push(latin(bytes.subarray(from, to))),
      token: () => `token000${count++}`,
      ...{ registrar: "sip:example.com", address: "sip:device@example.com", sentBy: "192.0.2.4:5060" },
      ...{ contact: "sip:device@192.0.2.4:5060", instance: "urn:uuid:00000000-0000-1000-8000-000a95a0e128" },
      onChanged: (status, pubGruu, tempGruu) => void told.push([pkg0.statusName(status), pubGruu, tempGruu].join(" ")),
    });
    const answer = (code: string, ...rows: string[]) => {
      const request = sent.at(-1)!;
      const copied = ["Via", "From", "To", "Call-ID", "CSeq"].map(
        name => new RegExp(`^${name}: .*$`, "m").exec(request)![0],
      );
      const response = join(`${[`SIP/2.0 ${code}`, ...copied, ...rows, "Content-Length: 0"].join("\r\n")}\r\n\r\n`);
      return pkg0.statusName(r.receive(response, 0, response.length));
    };
    /** Ticks once a second, beginning at the time `from`. */
    const pass = (from: number, to: number) => {
      for (now = from; now < to; now++) r.tick();
    };
    return { r, sent, told, answer, pass };
  }

  check("C-022", "registers with the feature tag and its instance, and asks for a GRUU", () => {
    const { r, sent, pass } = registration();
    r.open();
    pass(1, 2);
    assert.match(sent[0]!, /^REGISTER sip:example\.com SIP\/2\.0\r\n/);
    assert.match(sent[0]!, /^Contact: .*\+g\.oma\.eventappid="syncml\.dm"/m);
    assert.match(sent[0]!, /^Contact: .*\+sip\.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"/m);
    assert.match(sent[0]!, /^Supported: .*gruu/m);
    assert.match(sent[0]!, /^Expires: 3600|;expires=3600/m);
  });

  check("C-022", "tells the GRUUs it was given, and registers again before they expire", () => {
    const { r, sent, told, answer, pass } = registration();
    r.open();
    pass(1, 2);
    const contact =
      'Contact: <sip:device@192.0.2.4:5060>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"' +
      ';pub-gruu="sip:device@example.com;gr=1";temp-gruu="sip:t@example.com;gr";expires=600';
    assert.equal(answer("200 OK", contact), "OK");
    assert.deepEqual(told, ["OK sip:device@example.com;gr=1 sip:t@example.com;gr"]);
    pass(2, 300);
    assert.equal(sent.length, 1, "not at once");
    pass(300, 600);
    assert.ok(sent.length > 1, "before 600 s are over");
    assert.match(sent[1]!, /^CSeq: 2 REGISTER/m);
  });

  check("C-022", "without an answer it asks again, and in the end says so", () => {
    const { r, sent, told, pass } = registration();
    r.open();
    pass(1, 40);
    assert.ok(sent.length >= 5, `${sent.length} times`);
    assert.equal(new Set(sent.slice(0, 5)).size, 1, "the same request");
    assert.match(told[0]!, /^SIP_NO_ANSWER/);
  });
}

function httpLines(check: Check, { pkg0 }: UnderTest, board: Board): void {
  const DM = "application/vnd.syncml.dm.notification";
  function post(
    changes: { start?: string; type?: string; rows?: string[]; body?: Uint8Array; entity?: Uint8Array },
    dmAcc?: object,
  ) {
    const body = changes.body ?? writeTwin13();
    const entity = changes.entity ?? body;
    const rows = [
      changes.start ?? "POST /wappush HTTP/1.1",
      "Host: device",
      "X-Wap-Push-OTA-Version: 1.0",
      ...(changes.rows ?? ["X-Wap-Application-Id: x-wap-application:syncml.dm", `Content-Length: ${entity.length}`]),
      `Content-Type: ${changes.type ?? DM}`,
    ];
    const b = board(pkg0.VIA_HTTP, dmAcc);
    const http = pkg0.createHttpReceiver(CLOCK, b.profile);
    const request = join(`${rows.join("\r\n")}\r\n\r\n`, entity);
    http.receive(request, 0, request.length);
    return b;
  }
  const first = (...args: Parameters<typeof post>) => {
    const b = post(...args);
    return [b.replies[0]?.slice(9, 12), b.verdicts[0]];
  };

  check("C-023", "a POST starts its session, and a forged one sees the same answer (D12)", () => {
    const seen = [SERVER_ID, "other"].map(serverId => post({}, { ...DM_ACC, serverId }));
    assert.deepEqual(
      seen.map(b => b.verdicts),
      [["OK"], ["ACCOUNT_UNKNOWN"]],
    );
    assert.deepEqual(
      seen[0]!.hal.started.map(({ sessionId, via }) => [sessionId, via]),
      [["1", pkg0.VIA_HTTP]],
    );
    assert.match(seen[0]!.replies[0]!, /^HTTP\/1\.1 204 .*^X-Wap-Push-Status: 400\r$/ms);
    assert.deepEqual(seen[0]!.replies, seen[1]!.replies);
  });

  check("C-023", "path, method and type are those of the profile", () => {
    assert.deepEqual(first({}), ["204", "OK"]);
    assert.deepEqual(first({ start: "POST /other HTTP/1.1" }), ["404", undefined]);
    assert.deepEqual(first({ start: "POST /wappush2 HTTP/1.1" }), ["404", undefined]);
    assert.deepEqual(first({ start: "PUT /wappush HTTP/1.1" }), ["405", undefined]);
    assert.match(post({ start: "GET /wappush HTTP/1.1" }).replies[0]!, /^Allow: POST, OPTIONS\r$/m);
    assert.deepEqual(first({ type: "text/plain" })[1], undefined);
    assert.deepEqual(first({ type: `${DM}2` })[1], undefined);
    assert.deepEqual(first({ type: `${DM.toUpperCase()}; charset=x` }), ["204", "OK"]);
  });

  check("C-023", "the application is ours, by name or by number, and another's is refused", () => {
    const status = (id: string) =>
      first({ rows: [`X-Wap-Application-Id: ${id}`, `Content-Length: ${writeTwin13().length}`] })[1];
    assert.equal(status("x-wap-application:syncml.dm"), "OK");
    assert.equal(status("X-Wap-Application:SyncML.dm"), "OK");
    assert.equal(status("7"), "OK");
    assert.equal(status("8"), undefined);
    assert.equal(status("x-wap-application:mms.ua"), undefined);
    assert.equal(status("x-wap-application:syncml.dmx"), undefined);
  });

  check("C-023", "a body in chunks is one body; one in another coding is refused", () => {
    const body = writeTwin13();
    const half = body.length >> 1;
    const entity = join(
      `${half.toString(16)}\r\n`,
      body.slice(0, half),
      `\r\n${(body.length - half).toString(16)}\r\n`,
      body.slice(half),
      "\r\n0\r\n\r\n",
    );
    assert.deepEqual(first({ rows: ["Transfer-Encoding: chunked"], entity }), ["204", "OK"]);
    assert.equal(first({ rows: ["Transfer-Encoding: gzip, chunked"], entity })[1], undefined);
    assert.equal(first({ rows: ["Content-Encoding: gzip", `Content-Length: ${body.length}`] })[1], undefined);
    assert.deepEqual(first({ rows: ["Content-Encoding: identity", `Content-Length: ${body.length}`] }), ["204", "OK"]);
  });

  check("C-023", "a push inside application/http is unwrapped", () => {
    const body = writeTwin13();
    const inner = join(`HTTP/1.1 200 OK\r\nContent-Type: ${DM}\r\nContent-Length: ${body.length}\r\n\r\n`, body);
    assert.deepEqual(first({ type: "application/http", entity: inner }), ["204", "OK"]);
    assert.deepEqual(first({ type: "application/http;msgtype=response", entity: inner }), ["204", "OK"]);
  });

  check("C-023", "OPTIONS tells what the client takes", () => {
    const [reply] = post({
      start: "OPTIONS /wappush HTTP/1.1",
      rows: ["Content-Length: 0"],
      entity: new Uint8Array(0),
    }).replies;
    assert.match(reply!, /^X-Wap-Push-Accept: application\/vnd\.syncml\.dm\.notification, /m);
    assert.match(reply!, /^X-Wap-Push-Accept-AppID: .*syncml\.dm/m);
  });
}
