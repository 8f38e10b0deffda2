/**
 * A flood on loopback against `listen`: datagrams, SIP requests, connections that are half open. Genuine messages must be
 * taken meanwhile, and the memory must be the same afterwards as before. A hundredth of it by default; FLOOD=1 for all of
 * it, which is 250,000 datagrams, 120,000 SIP requests and 2 x 2,000 connections, and takes some minutes.
 */
import { fork } from "node:child_process";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encode, pushOf } from "../../targets/codec/index.ts";
import { sendTo } from "../../targets/node/senders.ts";

const SCALE = Number(process.env.FLOOD ?? 0.01);
const SECRET = "secret";
const SERVER = "dm.example.com";
const HOST = "127.0.0.1";
const MEGABYTE = 2 ** 20;
/** A pause between messages of a flood, so that the kernel does not drop the genuine ones. */
const BATCH = 50;

const folder = mkdtempSync(join(tmpdir(), "pkg0-flood-"));
const ports: { [via: string]: number } = {};
const sessions = new Set<string>();
let device: ReturnType<typeof fork>;
let events = 0;
let sessionId = 0;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { listen } from "./targets/node/listen.ts";
      const [accounts, state] = process.argv.slice(2);
      const at = ["${HOST}:0"];
      process.on("message", () => {
        gc(); gc();
        process.send({ event: "memory", rss: process.memoryUsage().rss });
      });
      listen({ accounts, state, udp: at, http: at, sip: at, obex: at, rejectsPerMinute: 10,
        print: event => process.send(event) });`,
      resolveDir: new URL("../..", import.meta.url).pathname,
    },
    ...{ bundle: true, write: false, format: "cjs", platform: "node", external: ["serialport"], logLevel: "silent" },
  });
  const program = join(folder, "device.cjs");
  const accounts = join(folder, "accounts.json");
  writeFileSync(program, outputFiles[0]!.text);
  const appAuth = [{ aauthLevel: "NOTICRED", aauthSecret: SECRET }];
  writeFileSync(accounts, JSON.stringify([{ serverId: SERVER, appAuth }]));
  device = fork(program, [accounts, join(folder, "state")], { execArgv: ["--expose-gc"] });
  device.on("message", (event: { event: string; via: string; at: string; sessionId: string }) => {
    events++;
    if (event.event === "listening") ports[event.via] = Number(/\d+$/.exec(event.at)![0]);
    if (event.event === "session") sessions.add(event.sessionId);
  });
});

afterAll(() => {
  device.kill("SIGKILL");
});

async function memory(): Promise<number> {
  const answer = new Promise<number>(resolve => {
    const take = (event: { event: string; rss: number }) => {
      if (event.event !== "memory") return;
      device.off("message", take);
      resolve(event.rss);
    };
    device.on("message", take);
  });
  device.send("memory");
  return answer;
}

function next(): { id: string; bytes: Uint8Array; contentType: number } {
  sessionId++;
  const id = sessionId.toString(16).toUpperCase();
  return { id, ...encode({ sessionId: id, serverId: SERVER, requestedMo: [1] }, { secret: SECRET }) };
}

/** A genuine message by `via`: taken, and its session started. A datagram that the kernel dropped is sent again. */
async function sendGenuine(via: string): Promise<void> {
  const { id, bytes, contentType } = next();
  const port = ports[via]!;
  const uris: { [via: string]: string } = {
    http: `http://${HOST}:${port}/wappush`,
    obex: `obex://${HOST}:${port}`,
    sip: `sip:device@${HOST}:${port}`,
  };
  if (via === "udp") {
    const socket = createSocket("udp4");
    for (let i = 0; i < 5 && !sessions.has(id); i++) {
      await send(socket, pushOf(bytes, contentType, 1), port);
      await expect
        .poll(() => sessions.has(id), { timeout: 500 })
        .toBe(true)
        .catch(() => {});
    }
    socket.close();
  } else {
    const answer = await sendTo(uris[via]!, contentType, bytes);
    expect(answer.isAccepted, `${via}: ${JSON.stringify(answer)}`).toBe(true);
  }
  await expect.poll(() => sessions.has(id), { timeout: 10_000 }).toBe(true);
}

function send(socket: UdpSocket, bytes: Uint8Array, port: number): Promise<void> {
  return new Promise(resolve => socket.send(bytes, port, HOST, () => resolve()));
}

/** `count` datagrams to `via`, and a genuine message ten times meanwhile. */
async function flood(via: string, count: number, make: (i: number) => Uint8Array): Promise<void> {
  const socket = createSocket("udp4");
  for (let i = 0; i < count; i++) {
    socket.send(make(i), ports[via]!, HOST, () => {});
    if (i % BATCH === 0) await send(socket, make(i), ports[via]!);
    if (i % Math.ceil(count / 10) === 0) await sendGenuine(via);
  }
  socket.close();
}

const forged = (i: number) => {
  const { bytes, contentType } = encode(
    { sessionId: ((i % 65535) + 1).toString(16), serverId: i % 2 === 0 ? SERVER : `x${i}`, requestedMo: [1] },
    { secret: "guessed" },
  );
  return { bytes, contentType };
};

function sipMessage(i: number): Uint8Array {
  const { bytes } = forged(i);
  const method = ["MESSAGE", "OPTIONS", "INVITE", "x"][i % 4]!;
  const head = [
    `${method} sip:device@${HOST} SIP/2.0`,
    `Via: SIP/2.0/UDP ${HOST}:9;branch=z9hG4bK${i}`,
    "From: <sip:s@example.com>;tag=1",
    "To: <sip:device@example.com>",
    `Call-ID: ${i}`,
    `CSeq: 1 ${method}`,
    ...(i % 7 === 0 ? [] : ["Max-Forwards: 70"]),
    "Content-Type: application/vnd.syncml.dm.notification",
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), bytes]);
}

/** `count` connections that say `start` and then nothing, from a hundred addresses where the system has them. */
async function halfOpen(via: string, count: number, start: Uint8Array): Promise<void> {
  const localAddress = (i: number) => (process.platform === "linux" ? `127.0.1.${(i % 100) + 1}` : HOST);
  const held = new Set<ReturnType<typeof createConnection>>();
  for (let i = 0; i < count; i++) {
    const socket = createConnection({ host: HOST, port: ports[via]!, localAddress: localAddress(i) });
    held.add(socket);
    socket.on("error", () => {}).on("close", () => held.delete(socket));
    socket.write(start);
    if (i % 20 === 0) await once(socket, "connect").catch(() => {});
    if (i % Math.ceil(count / 10) === 0) await sendGenuine(via);
  }
  await sendGenuine(via);
  for (const socket of held) socket.destroy();
}

test(`a flood, ${SCALE} of it: genuine messages are taken, and the memory is that of before`, {
  timeout: 1_200_000,
}, async () => {
  const vias = ["udp", "sip", "http", "obex"];
  await expect.poll(() => Object.keys(ports).length, { timeout: 20_000 }).toBe(4);
  // what an engine compiles and keeps once
  for (let i = 0; i < 5; i++) for (const via of vias) await sendGenuine(via);
  await flood("udp", 500, i => pushOf(forged(i).bytes, forged(i).contentType, i & 255));
  await flood("sip", 500, sipMessage);
  await halfOpen("http", 50, Buffer.from("POST /wappush HTTP/1.1\r\nHost: d\r\n"));
  await halfOpen("obex", 50, Buffer.from([0x02]));
  const before = await memory();

  await flood("udp", Math.ceil(250_000 * SCALE), i => {
    if (i % 3 === 0) return Buffer.from(`garbage ${i}`);
    return pushOf(forged(i).bytes, forged(i).contentType, i & 255);
  });
  await flood("sip", Math.ceil(120_000 * SCALE), sipMessage);
  await halfOpen("http", Math.ceil(2_000 * SCALE), Buffer.from("POST /wappush HTTP/1.1\r\nHost: d\r\n"));
  await halfOpen("obex", Math.ceil(2_000 * SCALE), Buffer.from([0x02]));
  for (const via of vias) await sendGenuine(via);
  // lingering connections end, and V8 returns the memory of its young generation when it has been idle
  await new Promise(resolve => setTimeout(resolve, SCALE > 0.1 ? 25_000 : 3_000));
  const after = await memory();
  console.log(
    `memory before ${(before / MEGABYTE).toFixed(1)} MB, after ${(after / MEGABYTE).toFixed(1)} MB; ${events} events`,
  );
  expect(after - before).toBeLessThan(20 * MEGABYTE);
  expect(sessions.size).toBe(sessionId);
  // 10 rejects a minute, and how many more there were; the rest are genuine
  expect(events).toBeLessThan(3 * sessionId + 200);
});
