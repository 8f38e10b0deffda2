import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createConnection, createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { DIGEST_WRONG, HTTP_START_LINE, OK } from "../../src/status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13, CONTENT_TYPE_OTHER } from "../../src/wire.ts";
import { type Listener, openHttp, openObex, openSip } from "../../targets/node/net.ts";
import { readPapResult, writePap } from "../../targets/node/pap.ts";
import { sendHttp, sendObex, sendPap, sendSip, sendTo } from "../../targets/node/senders.ts";
import { addressText } from "../../targets/node/udp.ts";

const BODY = Uint8Array.from({ length: 600 }, (_, i) => (i * 7) & 255);
const PAP_HEADERS = ["Content-Type", "Content-Length", "Host", "Connection"];
const HOSTS = ["127.0.0.1", "::1"];
const open: { close(): unknown }[] = [];
let delivered: { contentType: number; body: Uint8Array }[] = [];
let verdict = OK;

function deliver(bytes: Uint8Array, from: number, to: number, contentType: number): number {
  delivered.push({ contentType, body: bytes.slice(from, to) });
  return verdict;
}

function listening(listener: Listener): Listener {
  open.push(listener);
  return listener;
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  delivered = [];
  verdict = OK;
});

function expectDelivered(contentType: number): void {
  expect(delivered.map(one => one.contentType)).toEqual([contentType]);
  expect(Buffer.from(delivered[0]!.body).equals(BODY)).toBe(true);
}

/** Everything that the peer sends until it closes. */
function talk(to: Listener, pieces: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(to);
    let text = "";
    socket.on("connect", () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.on("data", piece => {
      text += piece.toString("latin1");
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

test.each(HOSTS)("HTTP on %s", async host => {
  const to = listening(await openHttp({ host, port: 0 }, deliver));
  const url = `http://${addressText(to.host, to.port)}/wappush`;
  const answer = await sendHttp(url, CONTENT_TYPE_13, BODY);
  expect(answer).toEqual({ isAccepted: true, code: 204, text: "X-Wap-Push-Status: 400" });
  expectDelivered(CONTENT_TYPE_13);
  expect(await sendHttp(url.replace("wappush", "other"), CONTENT_TYPE_13, BODY)).toMatchObject({ code: 404 });
  verdict = DIGEST_WRONG;
  expect(await sendTo(url, CONTENT_TYPE_12, BODY)).toEqual(answer);
});

test.each(HOSTS)("OBEX on %s", async host => {
  const to = listening(await openObex({ host, port: 0 }, deliver));
  const answer = await sendObex(to, CONTENT_TYPE_13, BODY, { packetMax: 255, isDirected: true });
  expect(answer).toEqual({ isAccepted: true, code: 0xa0, text: "success" });
  expectDelivered(CONTENT_TYPE_13);
  expect(await sendTo(`obex://${addressText(to.host, to.port)}`, CONTENT_TYPE_OTHER, BODY)).toEqual(answer);
  expect(delivered[1]!.contentType).toBe(CONTENT_TYPE_OTHER);
});

test.each(HOSTS)("SIP on %s", async host => {
  const to = listening(await openSip({ host, port: 0 }, deliver));
  const answer = await sendSip("sip:device@example.com", to, CONTENT_TYPE_12, BODY);
  expect(answer).toEqual({ isAccepted: true, code: 200, text: "OK" });
  expectDelivered(CONTENT_TYPE_12);
  expect(await sendTo(`sip:device@${addressText(to.host, to.port)}`, CONTENT_TYPE_13, BODY)).toEqual(answer);
  await expect(sendSip("sip:device@example.com", to, CONTENT_TYPE_13, new Uint8Array(1300))).rejects.toThrow(
    "SIP_BODY_LONG",
  );
});

test("SIP: sent again until there is an answer, delivered once", async () => {
  const device = listening(await openSip({ host: "127.0.0.1", port: 0 }, deliver));
  let lost = 0;
  let sender = 0;
  const relay = createSocket("udp4", (bytes, peer) => {
    if (peer.port === device.port) relay.send(bytes, sender, "127.0.0.1");
    else {
      sender = peer.port;
      if (bytes.toString("latin1").startsWith("MESSAGE") && lost++ === 0) return; // the request is lost
      relay.send(bytes, device.port, "127.0.0.1");
      relay.send(bytes, device.port, "127.0.0.1"); // and comes twice
    }
  });
  await new Promise<void>(resolve => relay.bind(0, "127.0.0.1", resolve));
  open.push({ close: () => new Promise<void>(resolve => relay.close(resolve)) });
  const answer = await sendSip("sip:d@e", { host: "127.0.0.1", port: relay.address().port }, CONTENT_TYPE_13, BODY);
  expect(answer).toMatchObject({ code: 200 });
  expect(lost).toBe(2);
  expectDelivered(CONTENT_TYPE_13);
});

test.each(HOSTS)("SIP on %s: the answer is out before the message is delivered (D12)", async host => {
  const isAnswered = new Int32Array(new SharedArrayBuffer(4));
  let waited = "";
  const to = listening(
    await openSip({ host, port: 0 }, () => {
      waited = Atomics.wait(isAnswered, 0, 0, 5_000); // nothing else runs in this thread
      return OK;
    }),
  );
  const message = [
    `MESSAGE sip:device@${addressText(host, to.port)} SIP/2.0`,
    `Via: SIP/2.0/UDP ${addressText(host, 9)};rport;branch=z9hG4bK12345678`,
    "From: <sip:server@example.com>;tag=1",
    "To: <sip:device@example.com>",
    "Call-ID: 1@example.com",
    "CSeq: 1 MESSAGE",
    "Content-Type: application/vnd.syncml.dm.notification\r\n\r\nbody",
  ].join("\r\n");
  const peer = new Worker(
    `const { workerData } = require("node:worker_threads");
    const socket = require("node:dgram").createSocket(workerData.type);
    socket.on("message", () => {
      Atomics.store(workerData.isAnswered, 0, 1);
      Atomics.notify(workerData.isAnswered, 0);
      socket.close();
    });
    socket.send(workerData.message, workerData.port, workerData.host);`,
    {
      eval: true,
      workerData: { isAnswered, message, host, port: to.port, type: host === "::1" ? "udp6" : "udp4" },
    },
  );
  await once(peer, "exit");
  expect(waited).not.toBe("timed-out");
  expect(waited).not.toBe("");
});

test("a peer that is not there, and one that says nothing", async () => {
  await expect(sendHttp("http://127.0.0.1:1/", CONTENT_TYPE_13, BODY)).rejects.toThrow("ECONNREFUSED");
  await expect(sendTo("gopher://127.0.0.1/", CONTENT_TYPE_13, BODY)).rejects.toThrow("cannot send");
  const server = createServer(() => {});
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  open.push(server);
  const { port } = server.address() as { port: number };
  const none = { isAccepted: false, code: 0, text: "no answer" };
  expect(await sendObex({ host: "127.0.0.1", port }, CONTENT_TYPE_13, BODY, { timeoutMs: 50 })).toEqual(none);
  expect(await sendHttp(`http://127.0.0.1:${port}/`, CONTENT_TYPE_13, BODY, { timeoutMs: 50 })).toEqual(none);
});

test("an address in use is an error", async () => {
  const taken = listening(await openHttp({ host: "127.0.0.1", port: 0 }, deliver));
  await expect(openObex(taken, deliver)).rejects.toThrow("EADDRINUSE");
  const udp = listening(await openSip({ host: "127.0.0.1", port: 0 }, deliver));
  await expect(openSip(udp, deliver)).rejects.toThrow("EADDRINUSE");
});

test("garbage is answered, and the connection closed", async () => {
  const statuses: number[] = [];
  const peers: string[] = [];
  const refused = (status: number, _at: number, peer: string) => {
    statuses.push(status);
    peers.push(peer);
  };
  const to = listening(await openHttp({ host: "127.0.0.1", port: 0 }, deliver, { refused }));
  expect(await talk(to, ["\x16\x03\x01\r\n\r\n", new Uint8Array(100_000)])).toMatch(/^HTTP\/1.1 400 /);
  expect(statuses).toEqual([HTTP_START_LINE]);
  expect(peers[0]).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(delivered).toEqual([]);
});

test("slow senders are ended, and others are served meanwhile", async () => {
  const to = listening(await openHttp({ host: "127.0.0.1", port: 0 }, deliver, { secondsMax: 0, idleSecondsMax: 0 }));
  const slow = talk(to, ["POST /wappush HTTP/1.1\r\nHost: x\r\n"]);
  const silent = talk(to, []);
  expect(await sendHttp(`http://127.0.0.1:${to.port}/`, CONTENT_TYPE_13, BODY)).toMatchObject({ code: 204 });
  expect(await slow).toMatch(/^HTTP\/1.1 408 /);
  expect(await silent).toBe("");
});

test("connections are counted", async () => {
  const bounds = { connectionsPerAddressMax: 2 };
  const to = listening(await openObex({ host: "127.0.0.1", port: 0 }, deliver, bounds));
  const held = [createConnection(to), createConnection(to)];
  await Promise.all(held.map(socket => new Promise(resolve => socket.on("connect", resolve))));
  const isTaken = () =>
    sendObex(to, CONTENT_TYPE_13, BODY).then(
      answer => answer.isAccepted,
      () => false,
    );
  expect(await isTaken()).toBe(false);
  held[0]!.destroy();
  await expect.poll(isTaken).toBe(true);
  held[1]!.destroy();
});

test("a registration reaches the registrar, and its GRUU comes back", async () => {
  const asked: string[] = [];
  const registrar = createSocket("udp4", (bytes, peer) => {
    const text = bytes.toString("latin1");
    asked.push(text);
    const via = /^Via: .*$/m.exec(text)![0];
    const contact = /^Contact: .*$/m.exec(text)![0];
    registrar.send(`SIP/2.0 200 OK\r\n${via}\r\n${contact};pub-gruu="sip:g"\r\n\r\n`, peer.port, peer.address);
  });
  await new Promise<void>(resolve => registrar.bind(0, "127.0.0.1", resolve));
  open.push({ close: () => new Promise<void>(resolve => registrar.close(resolve)) });
  const gruu = new Promise<string>(resolve => {
    const register = {
      host: "127.0.0.1",
      port: registrar.address().port,
      registrar: "sip:example.com",
      address: "sip:device@example.com",
      instance: "urn:uuid:1",
      changed: (_: number, pubGruu: string) => resolve(pubGruu),
    };
    openSip({ host: "127.0.0.1", port: 0 }, deliver, { register }).then(listening);
  });
  expect(await gruu).toBe("sip:g");
  await open.pop()!.close();
  await expect.poll(() => asked.length).toBe(2);
  expect(asked[1]).toContain(";expires=0\r\n");
});

test("PAP: a gateway gets the message whole, and its answer is read", async () => {
  const hostile = Buffer.from("\r\n--pkg0-\r\n\0\xff", "latin1");
  const message = writePap("WAPPUSH=+44/TYPE=PLMN@a&b", "id<1>", CONTENT_TYPE_12, hostile);
  const boundary = /boundary=([^;]+)/.exec(message.contentType)![1]!;
  const parts = message.body.toString("latin1").split(`--${boundary}`);
  expect(parts).toHaveLength(4);
  expect(parts[1]).toContain('address-value="WAPPUSH=+44/TYPE=PLMN@a&#38;b"');
  const [head, ...rest] = parts[2]!.split("\r\n\r\n");
  expect(head).toContain("Content-Type: application/vnd.syncml.notification");
  expect(rest.join("\r\n\r\n")).toBe(`${hostile.toString("latin1")}\r\n`);
  expect(parts[3]).toBe("--\r\n");

  const asked: string[] = [];
  const server = createServer(socket => {
    socket.once("data", bytes => {
      asked.push(bytes.toString("latin1"));
      const xml =
        '<?xml version="1.0"?><pap><push-response push-id="1"><response-result code="1001" desc="Accepted"/></push-response></pap>';
      socket.end(`HTTP/1.1 202 Accepted\r\nContent-Length: ${xml.length}\r\n\r\n${xml}`);
    });
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  open.push(server);
  const { port } = server.address() as { port: number };
  const answer = { isAccepted: true, code: 1001, text: "Accepted" };
  expect(await sendPap(`http://a:b@127.0.0.1:${port}/`, "WAPPUSH=x", CONTENT_TYPE_13, BODY)).toEqual(answer);
  expect(await sendTo(`pap+http://127.0.0.1:${port}/x?address=WAPPUSH%3Dx`, CONTENT_TYPE_13, BODY)).toEqual(answer);
  expect(asked[0]).toContain("\r\nAuthorization: Basic YTpi\r\n");
  expect(
    asked[1]!
      .split("\r\n")
      .slice(1, 5)
      .map(line => line.split(":")[0]),
  ).toEqual(PAP_HEADERS);
  expect(readPapResult("<pap><badmessage-response code='2000' desc='bad'/></pap>")).toEqual({
    code: 2000,
    text: "bad",
  });
  expect(readPapResult("no xml")).toEqual({ code: 0, text: "" });
});
