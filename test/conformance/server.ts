/**
 * Appendix B, server: the twin reads the built messages; messages that must not be sent are refused; and real sends go to
 * peers made of Node's own modules (S-001 to S-015).
 */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { readTwin13 } from "../twin/notification13.ts";
import {
  bytesOf,
  join,
  ofHex,
  option,
  SECRET13,
  SERVER_ID,
  twinDigest13,
  uint,
  writeTwin12,
  writeTwin13,
} from "../twin/write.ts";
import { readTwinPush } from "../twin/wsp.ts";
import { type Check, deviceOf, NOW, type UnderTest } from "./under-test.ts";

type Fields = Parameters<UnderTest["pkg0"]["writeNotification13"]>[0];
const SERVER_ID_OPTION = "100a646d2e6578616d706c65";
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const MIME = "application/vnd.syncml.dm.notification";

export function serverLines(check: Check, under: UnderTest): void {
  const { pkg0, node } = under;
  const fieldsOf = (changes: Partial<Fields> = {}): Fields => ({
    ...{ initiator: 1, uiMode: 0, transport: 0, timeoutMinutes: 60, sessionId: 0x1234, timestamp: NOW },
    ...{ serverId: bytesOf(SERVER_ID), targetedMo: [], requestedMo: [1], preferredBearer: [] },
    ...{ connectReason: new Uint8Array(0), vendorInfo: new Uint8Array(0), versionTenths: 11 },
    ...changes,
  });
  const out = new Uint8Array(10_000);
  function end(changes: Partial<Fields>, digestInput = 0): number {
    return pkg0.writeNotification13(fieldsOf(changes), pkg0.createSha256(), bytesOf(SECRET13), digestInput, out, 3);
  }
  function write(changes: Partial<Fields> = {}, digestInput = 0): Uint8Array {
    const to = end(changes, digestInput);
    assert.ok(to > 0, pkg0.statusName(-to));
    return out.slice(3, to);
  }
  const refusal = (changes: Partial<Fields>) => pkg0.statusName(-end(changes));
  /** The bytes of a message between header and digest: its options. */
  const optionsOf = (changes: Partial<Fields>) => hexOf(write(changes).slice(12, -32));

  check("S-001", "what is written starts a session on a client", () => {
    const device = deviceOf(under);
    const push = new Uint8Array(6 + write().length);
    push.set(write(), pkg0.writePushHeader(0, pkg0.CONTENT_TYPE_13, push, 0));
    assert.equal(device.deliver(push), "OK");
    assert.deepEqual(device.sessions(), ["1234"]);
  });

  check("S-002", "byte for byte what the twin builds, whatever the fields", () => {
    const messages: [Partial<Fields>, Parameters<typeof writeTwin13>[0]][] = [
      [{}, {}],
      [
        { targetedMo: [1, 300], preferredBearer: [6] },
        { options: [option(1, SERVER_ID), uint(2, 1), uint(2, 300, 2), uint(3, 1), uint(4, 6)] },
      ],
      [
        { connectReason: bytesOf("why"), vendorInfo: bytesOf("who") },
        { options: [option(1, SERVER_ID), uint(3, 1), option(5, "why"), option(6, "who")] },
      ],
    ];
    for (const [changes, f] of messages) {
      assert.equal(hexOf(write(changes)), hexOf(writeTwin13({ sessionId: 0x1234, ...f })));
      assert.equal(pkg0.sizeOfNotification13(fieldsOf(changes)), write(changes).length);
    }
  });

  check("S-002", "what has no room is not written at all", () => {
    const small = new Uint8Array(write().length + 2);
    const written = pkg0.writeNotification13(fieldsOf(), pkg0.createSha256(), bytesOf(SECRET13), 0, small, 3);
    assert.equal(pkg0.statusName(-written), "FIELD_BUFFER");
    assert.ok(small.every(byte => byte === 0));
    assert.equal(refusal({ requestedMo: [1, 2, 3, 4], preferredBearer: [1, 2, 3] }), "FIELD_OPTIONS");
    assert.equal(
      readTwin13(write({ requestedMo: [1, 2, 3], preferredBearer: [1, 2, 3] }), true, true).requestedMo.length,
      3,
    );
  });

  check("S-002", "the session ids of one server differ while they are valid (§6.4.8)", () => {
    const ids = node.createSessionIds({ now: () => NOW });
    const validity = { timestamp: NOW, timeoutMinutes: 60 };
    const taken = Array.from({ length: 1000 }, () => ids.take(SERVER_ID, validity));
    assert.equal(new Set(taken).size, 1000);
    assert.ok(taken.every(id => id >= 1 && id <= 0xffff));
    assert.equal(ids.claim(SERVER_ID, taken[0]!, validity), false);
  });

  check("S-003", "every field at its bits, RESERVED 0", () => {
    const header = (changes: Partial<Fields>) => hexOf(write(changes).slice(0, 12));
    assert.equal(header({}), "15000000003c12346553f100");
    assert.equal(header({ initiator: 0, uiMode: 3, transport: 4, timeoutMinutes: 65535 }), "14e00000ffff12346553f100");
    assert.equal(
      header({ uiMode: 1, transport: 2, sessionId: 0xfedc, timestamp: 0xfedcba98 }),
      "15500000003cfedcfedcba98",
    );
    assert.equal(header({ requestedMo: [1, 2, 3, 4, 5, 6], timeoutMinutes: 0 }), "1f000000000012346553f100");
  });

  check("S-003", "numbers out of their range are refused", () => {
    for (const bad of [
      { initiator: 2 },
      { initiator: -1 },
      { uiMode: 4 },
      { transport: 5 },
      { timeoutMinutes: 65_536 },
      { timeoutMinutes: 0.5 },
      { timestamp: -1 },
      { timestamp: 2 ** 32 },
      { timestamp: Number.NaN },
    ]) {
      assert.equal(refusal(bad), "FIELD_RANGE", JSON.stringify(bad));
    }
    for (const sessionId of [0, -1, 65_536, 1.5]) assert.equal(refusal({ sessionId }), "FIELD_SESSION_ID");
  });

  check("S-004", "whatever the other fields are", () => {
    for (const initiator of [0, 1]) {
      for (const requestedMo of [[1], [1, 2, 3, 4, 5, 6]]) assert.equal(write({ initiator, requestedMo })[0]! >> 4, 1);
    }
  });

  check("S-005", "first, 1 to 255 bytes of UTF-8 (D3)", () => {
    assert.equal(optionsOf({}), `${SERVER_ID_OPTION}300101`);
    const longest = "s".repeat(255);
    assert.equal(
      Buffer.from(readTwin13(write({ serverId: bytesOf(longest) }), true, true).serverId).toString(),
      longest,
    );
    for (const length of [0, 256])
      assert.equal(refusal({ serverId: new Uint8Array(length).fill(97) }), "FIELD_SERVER_ID");
    for (const hex of ["ff", "eda080", "61c3"]) assert.equal(refusal({ serverId: ofHex(hex) }), "FIELD_SERVER_ID");
    assert.equal(refusal({ serverId: bytesOf("\ufeffs") }), "FIELD_NET_UNICODE");
  });

  check("S-006", "before Requested-MO, in the fewest bytes, 0 to 65535", () => {
    assert.equal(optionsOf({ targetedMo: [5, 300] }), `${SERVER_ID_OPTION}2001052002012c300101`);
    assert.equal(optionsOf({ targetedMo: [255, 256] }), `${SERVER_ID_OPTION}2001ff20020100300101`);
    assert.equal(optionsOf({ targetedMo: [0, 65_535] }), `${SERVER_ID_OPTION}2001002002ffff300101`);
    for (const mo of [65_536, -1, 0.5]) assert.equal(refusal({ targetedMo: [mo] }), "FIELD_RANGE");
  });

  check("S-007", "last, up to 4095 bytes, Net-Unicode unless asked otherwise (D9)", () => {
    assert.equal(
      optionsOf({ connectReason: bytesOf("r"), vendorInfo: bytesOf("vi") }),
      `${SERVER_ID_OPTION}30010150017260027669`,
    );
    const longest = new Uint8Array(4095).fill(118);
    assert.deepEqual(readTwin13(write({ vendorInfo: longest }), true, true).vendorInfo, longest);
    assert.equal(refusal({ vendorInfo: new Uint8Array(4096) }), "FIELD_TEXT");
    assert.equal(refusal({ vendorInfo: ofHex("ff") }), "FIELD_TEXT");
    assert.equal(refusal({ vendorInfo: bytesOf("a\rb") }), "FIELD_NET_UNICODE");
    assert.equal(optionsOf({ vendorInfo: ofHex("ff"), isVendorInfoOpaque: true }), `${SERVER_ID_OPTION}3001016001ff`);
    assert.equal(refusal({ vendorInfo: new Uint8Array(4096), isVendorInfoOpaque: true }), "FIELD_TEXT");
  });

  check("S-008", "one at least, all of them, 0 to 65535", () => {
    assert.equal(optionsOf({ requestedMo: [1, 2] }), `${SERVER_ID_OPTION}300101300102`);
    assert.equal(
      optionsOf({ requestedMo: [0, 256, 65_535] }),
      `${SERVER_ID_OPTION}3001003002010030 02ffff`.replace(" ", ""),
    );
    assert.equal(refusal({ requestedMo: [] }), "FIELD_REQUESTED_MO");
    for (const mo of [65_536, -1, 1.5]) assert.equal(refusal({ requestedMo: [1, mo] }), "FIELD_RANGE");
    assert.equal(refusal({ requestedMo: [1, 2, 3, 4, 5, 6, 7] }), "FIELD_OPTIONS");
  });

  check("S-009", "Net-Unicode of up to 4095 bytes", () => {
    assert.equal(optionsOf({ connectReason: bytesOf("why") }), `${SERVER_ID_OPTION}3001015003776879`);
    const longest = new Uint8Array(4095).fill(114);
    assert.deepEqual(readTwin13(write({ connectReason: longest }), true, true).connectReason, longest);
    assert.equal(refusal({ connectReason: new Uint8Array(4096).fill(114) }), "FIELD_TEXT");
    for (const hex of ["80", "c0af", "eda080", "61c3"])
      assert.equal(refusal({ connectReason: ofHex(hex) }), "FIELD_TEXT");
    for (const text of ["\ufeffr", "a\u0080", "a\u009fb", "a\r", "\rb"]) {
      assert.equal(refusal({ connectReason: bytesOf(text) }), "FIELD_NET_UNICODE", JSON.stringify(text));
    }
    assert.notEqual(refusal({ connectReason: bytesOf("a\r\nb\ufeff\u00a0\n") }), "FIELD_NET_UNICODE");
  });

  check("S-010", "in the order given, 0 to 11", () => {
    assert.equal(optionsOf({ preferredBearer: [6, 2] }), `${SERVER_ID_OPTION}300101400106400102`);
    assert.equal(optionsOf({ preferredBearer: [11, 0] }), `${SERVER_ID_OPTION}30010140010b400100`);
    for (const bearer of [12, -1, 255]) assert.equal(refusal({ preferredBearer: [bearer] }), "FIELD_RANGE");
  });

  check("S-011", "in each of its readings, over secret, header and options (D1)", () => {
    for (const [input, name] of [
      [pkg0.DIGEST_COLONS, "colons"],
      [pkg0.DIGEST_PLAIN, "plain"],
      [pkg0.DIGEST_ONE_COLON, "one-colon"],
    ] as const) {
      const message = write({ vendorInfo: bytesOf("v") }, input);
      const digest = twinDigest13(message.slice(0, 12), message.slice(12, -32), SECRET13, name);
      assert.equal(hexOf(message.slice(-32)), hexOf(digest), name);
    }
    assert.equal(pkg0.statusName(-end({}, 3)), "FIELD_RANGE", "no such reading");
  });

  check("S-011", "by the command line as it is asked to, and by default with both colons", async () => {
    const json = JSON.stringify({
      sessionId: "1234",
      serverId: SERVER_ID,
      requestedMo: [1],
      timeout: 60,
      timestamp: NOW,
    });
    for (const digestInput of [undefined, "colons", "plain", "one-colon"] as const) {
      const args = digestInput === undefined ? [] : ["--digest-input", digestInput];
      const { lines } = await under.cli(["encode", "--secret", SECRET13, ...args, json]);
      const expected = writeTwin13({ sessionId: 0x1234, ...(digestInput !== undefined && { digestInput }) });
      assert.deepEqual(lines, [hexOf(expected)], digestInput);
    }
  });

  check("S-011", "of DM 1.2, the reference vectors under each nonce", () => {
    for (const nonce of ["000102030405060708090a0b0c0d0e0f", "00000000", ""].map(ofHex)) {
      const { bytes } = node.encode(
        { format: "1.2", sessionId: "1234", serverId: "mgmt.example", uiMode: "background" },
        { secret: "secret12", nonce },
      );
      const f = { serverId: "mgmt.example", sessionId: 0x1234, uiMode: 1, secret: "secret12", nonce };
      assert.equal(hexOf(bytes), hexOf(writeTwin12(f)));
    }
  });

  sendLines(check, under);
}

/** Tests each profile's sender against a peer that is not made of our code. */
function sendLines(check: Check, under: UnderTest): void {
  const { pkg0, node } = under;
  const body = writeTwin13({ sessionId: 0xab });
  const fields = JSON.stringify({
    sessionId: "AB",
    serverId: SERVER_ID,
    requestedMo: [1],
    timeout: 60,
    timestamp: NOW,
  });

  check("S-012", "the smallest header of §7.1, which the twin reads as ours", () => {
    const push = node.pushOf(body, pkg0.CONTENT_TYPE_13, 7);
    assert.equal(hexOf(push.slice(0, 6)), "070603d8af87");
    assert.deepEqual(readTwinPush(push, 48), { tid: 7, contentType: 0x58, body: [...body] });
    assert.equal(hexOf(node.pushOf(body, pkg0.CONTENT_TYPE_12, 0).slice(0, 6)), "000603c4af87");
  });

  check("S-012", "send --to udp: sends one datagram, which is the push", async () => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    try {
      const arrived = once(socket, "message", { signal: AbortSignal.timeout(10_000) });
      const sent = await under.cli([
        "send",
        "--to",
        `udp://127.0.0.1:${socket.address().port}`,
        "--secret",
        SECRET13,
        fields,
      ]);
      assert.equal(sent.code, 0);
      const [datagram] = (await arrived) as [Buffer];
      assert.deepEqual(readTwinPush(datagram, 48)?.body, [...body]);
    } finally {
      socket.close();
    }
  });

  check("S-012", "over SMS to port 2948, 8-bit data, in parts that hold it all", () => {
    const push = join(
      ofHex("000603d8af87"),
      writeTwin13({ options: [option(1, SERVER_ID), uint(3, 1), option(6, "v".repeat(300))] }),
    );
    const parts = node.smsParts(push, { reference: 0x2a });
    const udhs = parts.map(part => part.udh);
    assert.deepEqual(
      udhs,
      [1, 2, 3, 4].slice(0, parts.length).map(i => `0b05040b8423f000032a0${parts.length}0${i}`),
    );
    assert.equal(parts.map(part => part.data).join(""), hexOf(push));
    for (const part of parts) assert.ok((part.udh.length + part.data.length) / 2 <= 140);
    const [single] = node.smsParts(join(ofHex("000603d8af87"), body), { reference: 1 });
    assert.equal(single!.udh, "0605040b8423f0");
    const [tpdu] = node.submitTpdus("+447700900123", join(ofHex("000603d8af87"), body), { reference: 1 });
    const hex = hexOf(tpdu!);
    assert.match(hex, /^[4-7]1..0c91447700091032..0[4]/, "SMS-SUBMIT with UDHI, to the number, 8-bit data");
    assert.ok(hex.endsWith(`0605040b8423f0000603d8af87${hexOf(body)}`));
  });

  check("S-013", "a real PUT over TCP: Type, Length and body, in packets of any size", async () => {
    const packets: Buffer[] = [];
    let pending = Buffer.alloc(0);
    const server = createServer(socket =>
      socket.on("data", piece => {
        pending = Buffer.concat([pending, piece]);
        while (pending.length >= 3 && pending.length >= pending.readUInt16BE(1)) {
          const packet = pending.subarray(0, pending.readUInt16BE(1));
          pending = pending.subarray(packet.length);
          packets.push(packet);
          const isConnect = packet[0] === 0x80;
          socket.write(
            ofHex(isConnect ? "a0000710000 0ff".replace(" ", "") : packet[0] === 0x02 ? "900003" : "a00003"),
          );
        }
      }),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const long = writeTwin13({ options: [option(1, SERVER_ID), uint(3, 1), option(6, "v".repeat(400))] });
      const { port } = server.address() as AddressInfo;
      const answer = await node.sendObex({ host: "127.0.0.1", port }, pkg0.CONTENT_TYPE_13, long);
      assert.deepEqual([answer.isAccepted, answer.code], [true, 0xa0]);
      const puts = packets.filter(packet => (packet[0]! & 0x7f) === 0x02);
      assert.ok(puts.length > 1 && puts.every(packet => packet.length <= 255));
      const headers = puts.flatMap(packet => obexHeaders(packet.subarray(3)));
      const type = headers.find(header => header.id === 0x42);
      assert.equal(type?.value.toString("latin1"), `${MIME}\0`);
      const bodies = headers.filter(header => header.id === 0x48 || header.id === 0x49);
      assert.equal(hexOf(Buffer.concat(bodies.map(header => header.value))), hexOf(long));
      assert.equal(headers.find(header => header.id === 0xc3)?.value.readUInt32BE(), long.length);
    } finally {
      server.close();
    }
  });

  check("S-013", "to the DM client by name: Target SYNCML-DM, then its ConnectionID in each request", async () => {
    const packets: Buffer[] = [];
    const server = createServer(socket =>
      socket.on("data", packet => {
        packets.push(packet);
        socket.write(ofHex(packet[0] === 0x80 ? "a0001810000400cb0000002a4a000c53594e434d4c2d444d" : "a00003"));
      }),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const to = { host: "127.0.0.1", port };
    const answer = await node.sendObex(to, pkg0.CONTENT_TYPE_13, body, { isDirected: true });
    server.close();
    assert.equal(answer.isAccepted, true);
    const target = obexHeaders(packets[0]!.subarray(7)).find(header => header.id === 0x46);
    assert.equal(target?.value.toString("latin1"), "SYNCML-DM");
    assert.equal(hexOf(packets[1]!.subarray(3, 8)), "cb0000002a", "first of its headers");
  });

  check("S-013", "what the peer refuses is not called sent", async () => {
    const server = createServer(socket =>
      socket.on("data", packet => socket.write(ofHex(packet[0] === 0x80 ? "a0000710000400" : "cf0003"))),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const answer = await node.sendObex({ host: "127.0.0.1", port }, pkg0.CONTENT_TYPE_13, body);
    server.close();
    assert.deepEqual([answer.isAccepted, answer.code], [false, 0xcf]);
  });

  check("S-014", "a real MESSAGE over UDP: type in text, feature tag, sent again until it is answered", async () => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    try {
      const { port } = socket.address();
      const requests: string[] = [];
      socket.on("message", (bytes, peer) => {
        const text = bytes.toString("latin1");
        requests.push(text);
        if (requests.length === 1) return; // lost
        const copied = ["Via", "From", "To", "Call-ID", "CSeq"].map(
          name => new RegExp(`^${name}: .*$`, "m").exec(text)![0],
        );
        socket.send(`SIP/2.0 200 OK\r\n${copied.join("\r\n")}\r\nContent-Length: 0\r\n\r\n`, peer.port, peer.address);
      });
      const answer = await node.sendTo(`sip:device@127.0.0.1:${port}`, pkg0.CONTENT_TYPE_13, body);
      assert.deepEqual([answer.isAccepted, answer.code], [true, 200]);
      assert.equal(requests[0], requests[1], "a retransmission");
      const [head, content] = requests[0]!.split("\r\n\r\n") as [string, string];
      assert.match(head, new RegExp(`^MESSAGE sip:device@127\\.0\\.0\\.1:${port} SIP/2\\.0`));
      assert.match(head, /^Content-Type: application\/vnd\.syncml\.dm\.notification\r$/m);
      assert.match(head, /^Accept-Contact: \*;\+g\.oma\.eventappid="syncml\.dm";require;explicit\r$/m);
      assert.match(head, new RegExp(`^Content-Length: ${body.length}\\r?$`, "m"));
      assert.equal(hexOf(Buffer.from(content, "latin1")), hexOf(body));
    } finally {
      socket.close();
    }
  });

  check("S-015", "a real POST: path, type in text, application, and the answer's meaning", async () => {
    const requests: {
      url: string | undefined;
      method: string | undefined;
      headers: NodeJS.Dict<string | string[]>;
      body: Buffer;
    }[] = [];
    const server = createHttpServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece);
      requests.push({
        url: request.url,
        method: request.method,
        headers: request.headers,
        body: Buffer.concat(pieces),
      });
      const isFirst = requests.length === 1;
      response.writeHead(isFirst ? 204 : 415, isFirst ? { "X-Wap-Push-Status": "400" } : {}).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { port } = server.address() as AddressInfo;
      const answers = [];
      for (let i = 0; i < 2; i++)
        answers.push(await node.sendHttp(`http://127.0.0.1:${port}/wappush`, pkg0.CONTENT_TYPE_13, body));
      assert.deepEqual(
        answers.map(({ isAccepted, code }) => [isAccepted, code]),
        [
          [true, 204],
          [false, 415],
        ],
      );
      const { url, method, headers, body: content } = requests[0]!;
      assert.deepEqual([url, method, headers["content-type"]], ["/wappush", "POST", MIME]);
      assert.equal(headers["x-wap-application-id"], "x-wap-application:syncml.dm");
      assert.equal(headers["x-wap-push-ota-version"], "1.0");
      assert.equal(hexOf(content), hexOf(body));
    } finally {
      server.close();
    }
  });
}

/** The headers of an OBEX packet: the two high bits of the id tell the form of the value. */
function obexHeaders(bytes: Buffer): { id: number; value: Buffer }[] {
  const headers = [];
  for (let at = 0; at < bytes.length; ) {
    const id = bytes[at]!;
    const form = id >> 6;
    const valueAt = form < 2 ? at + 3 : at + 1;
    const end = form < 2 ? at + bytes.readUInt16BE(at + 1) : form === 2 ? at + 2 : at + 5;
    headers.push({ id, value: bytes.subarray(valueAt, end) });
    at = end;
  }
  return headers;
}
