/** `pkg0 campaign` with a small SMS centre on loopback: the messages sent, the journal, and the state after a kill. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import manifest from "../../package.json" with { type: "json" };
import { createTpduReader, decode } from "../../targets/codec/index.ts";
import { readTime } from "../../targets/node/campaign/command.ts";
import { createPace } from "../../targets/node/campaign/pace.ts";
import { barText } from "../../targets/node/campaign/progress.ts";
import { PEERS } from "../../targets/node/peers.ts";
import { runCliAsync } from "../cli.ts";
import { createRandom } from "../random.ts";
import { type Centre, type CentreOptions, openCentre, type Submit } from "../smsc.ts";

const SEED = Number(process.env.KILL_SEED ?? 1);
const folder = mkdtempSync(join(tmpdir(), "pkg0-campaign-"));
afterAll(() => rmSync(folder, { recursive: true }));

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(options: CentreOptions = {}): Promise<Centre> {
  const centre = await openCentre(options);
  closers.push(centre.close);
  return centre;
}

const uriOf = (centre: Centre, parameters = "") => `smpp://me:pw@127.0.0.1:${centre.port}?source=PKG0${parameters}`;

let files = 0;
function fileOf(text: string, extension = "ndjson"): string {
  const path = join(folder, `fleet${files++}.${extension}`);
  writeFileSync(path, text);
  return path;
}
const stateOf = () => join(folder, `state${files++}`);

const addressOf = (i: number) => `+4477009${String(i).padStart(5, "0")}`;
const device = (i: number, more: object = {}) =>
  JSON.stringify({ address: addressOf(i), serverId: "dm.example", secret: `secret ${i}`, requestedMo: [1], ...more });
const fleet = (count: number, more: (i: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, i) => `${device(i, more(i))}\n`).join("");

type Json = { [name: string]: unknown };
interface Ran {
  code: number | null;
  events: Json[];
  summary: Json;
  errors: string;
}

async function campaign(...args: string[]): Promise<Ran> {
  const { code, lines, errors } = await runCliAsync(["campaign", ...args]);
  const events = lines.map(line => JSON.parse(line) as Json);
  return { code, events, summary: events.at(-1) ?? {}, errors };
}

/** Decodes the submit_sm of one push as a device with `secret` does. */
function readAt(submits: Submit[], secret: string) {
  const reader = createTpduReader();
  for (const { bytes } of submits) {
    const head = Buffer.from("440b914477009000f000f562102030140000", "hex");
    const { push } = reader.read(Buffer.concat([head, Buffer.of(bytes.length), bytes]));
    if (push !== undefined) return decode(push, "push", { secret });
  }
  throw new Error("no push");
}

describe("a campaign", () => {
  test("sends each device its own notification, signed with its own secret", async () => {
    const centre = await open();
    const file = fileOf(fleet(20, i => (i % 4 === 0 ? { connectReason: "r".repeat(200) } : {})));
    const state = stateOf();
    const { code, events, summary } = await campaign(file, "--to", uriOf(centre), "--state", state);
    expect(summary).toMatchObject({ event: "summary", accepted: 20, failed: 0, possiblyRepeated: 0, isAllRead: true });
    expect(code).toBe(0);
    const now = Date.now() / 1000;
    const ids = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const submits = centre.submits.filter(({ destination }) => `+${destination}` === addressOf(i));
      const read = readAt(submits, `secret ${i}`);
      expect(read).toMatchObject({ status: "OK", digestValid: true, serverId: "dm.example", requestedMo: [1] });
      expect(Math.abs(now - read.timestamp!)).toBeLessThan(60);
      ids.add(read.sessionId!);
      expect(events).toContainEqual(
        expect.objectContaining({ event: "accepted", address: addressOf(i), sessionId: read.sessionId }),
      );
    }
    expect(ids.size, "session ids").toBe(20);
    const again = await campaign(file, "--to", uriOf(centre), "--state", state);
    expect(again).toMatchObject({ code: 0, summary: { accepted: 20 } });
    expect(centre.submits.length, "nothing was sent again").toBe(20 + 5 * 2);
    expect(readdirSync(state).sort()).toEqual(["campaign.sqlite", "session-ids"]);
  });

  test("takes accounts by name and by ServerID, NOTICRED before SRVCRED, and templates", async () => {
    const centre = await open();
    const accounts = fileOf(
      JSON.stringify([
        { serverId: "dm.example", name: "one", appAuth: [auth("SRVCRED", "srv1"), auth("NOTICRED", "noti1")] },
        { serverId: "dm.example", name: "two", appAuth: [auth("SRVCRED", "srv2")] },
        { serverId: "other.example", appAuth: [auth("NOTICRED", "noti3")] },
      ]),
      "json",
    );
    const lines = [
      { address: addressOf(1), account: "one" },
      { address: addressOf(2), account: "two", connectReason: "own" },
      { address: addressOf(3), serverId: "other.example" },
      { address: addressOf(4), serverId: "dm.example" },
      { address: addressOf(5), account: "three" },
      { address: addressOf(6), account: "one", sessionId: "1" },
      { address: addressOf(7), account: "one", requestedMos: [1] },
      { account: "one" },
      { address: addressOf(1), account: "one" },
    ];
    const file = fileOf(`${lines.map(line => JSON.stringify(line)).join("\n")}\nnot json\n`);
    const template = JSON.stringify({ requestedMo: [1, 2], connectReason: "common", timeout: 60 });
    const rest = ["--to", uriOf(centre), "--state", stateOf(), "--accounts", accounts, "--template", template];
    const { code, events, summary } = await campaign(file, ...rest);
    expect(code).toBe(1);
    expect(summary).toMatchObject({ accepted: 3, failed: 6, twice: 1 });
    const unfit = events.filter(({ event }) => event === "unfit");
    expect(unfit.map(({ line, code }) => [line, code])).toEqual([
      [4, "ACCOUNT_MISSING"],
      [5, "ACCOUNT_MISSING"],
      [6, "FIELD_OURS"],
      [7, "FIELD_UNKNOWN"],
      [8, "ADDRESS_MISSING"],
      [9, "DEVICE_TWICE"],
      [10, "LINE_UNREADABLE"],
    ]);
    const read = (i: number, secret: string) =>
      readAt(
        centre.submits.filter(({ destination }) => `+${destination}` === addressOf(i)),
        secret,
      );
    expect(read(1, "noti1")).toMatchObject({ digestValid: true, connectReason: "common", requestedMo: [1, 2] });
    expect(read(2, "srv2")).toMatchObject({ digestValid: true, connectReason: "own", timeout: 60 });
    expect(read(3, "noti3")).toMatchObject({ digestValid: true });
  });
  const auth = (aauthLevel: string, aauthSecret: string) => ({ aauthLevel, aauthSecret });

  test("reads CSV", async () => {
    const centre = await open();
    const file = fileOf(
      'address,serverId,secret,requestedMo,connectReason,timeout\r\n+447700900001,dm.example,s1,1;2,"a, b",60\r\n\r\n+447700900002,dm.example,s2,3,,\r\n',
      "csv",
    );
    const { code } = await campaign(file, "--to", uriOf(centre), "--state", stateOf());
    expect(code).toBe(0);
    expect(readAt([centre.submits[0]!], "s1")).toMatchObject({
      requestedMo: [1, 2],
      connectReason: "a, b",
      timeout: 60,
    });
    expect(readAt([centre.submits[1]!], "s2")).toMatchObject({ digestValid: true, requestedMo: [3], timeout: 0 });
  });

  test("tells what is refused, and sends it again on demand only", async () => {
    let isRefusing = true;
    const centre = await open({ answer: ({ destination }) => (isRefusing && destination.endsWith("3") ? 0x0b : 0) });
    const file = fileOf(fleet(10));
    const state = stateOf();
    const rest = ["--to", uriOf(centre), "--state", state];
    const first = await campaign(file, ...rest);
    expect(first).toMatchObject({ code: 1, summary: { accepted: 9, failed: 1 } });
    const failed = { event: "failed", line: 4, code: "ESME_RINVDSTADR", text: "invalid destination address" };
    expect(first.events).toContainEqual(expect.objectContaining(failed));
    isRefusing = false;
    expect(await campaign(file, ...rest)).toMatchObject({ code: 1, summary: { failed: 1 } });
    const report = await campaign("report", state, "--failed");
    expect(report.events[0]).toMatchObject(failed);
    expect(await campaign("retry", state, "--code", "ESME_RSYSERR")).toMatchObject({ summary: { same: 0, anew: 0 } });
    expect(await campaign("retry", state)).toMatchObject({ code: 0, summary: { same: 1, anew: 0 } });
    expect(await campaign(file, ...rest)).toMatchObject({ code: 0, summary: { accepted: 10, failed: 0 } });
    const both = centre.submits.filter(({ destination }) => destination.endsWith("3"));
    expect(both.length).toBe(2);
    expect(both[0]!.bytes).toEqual(both[1]!.bytes);
  });

  test("prepares again what could not be prepared, once its account is there", async () => {
    const centre = await open();
    const file = fileOf(
      `${JSON.stringify({ address: addressOf(1), account: "late", requestedMo: [1] })}\n${device(2)}\n`,
    );
    const state = stateOf();
    const rest = ["--to", uriOf(centre), "--state", state];
    expect(await campaign(file, ...rest)).toMatchObject({ code: 1, summary: { accepted: 1, failed: 1 } });
    const account = { serverId: "dm.example", name: "late", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "x" }] };
    const accounts = fileOf(JSON.stringify([account]), "json");
    expect(await campaign("retry", state)).toMatchObject({ summary: { same: 0, anew: 1 } });
    expect(await campaign(file, ...rest, "--accounts", accounts)).toMatchObject({ code: 0, summary: { accepted: 2 } });
    expect(centre.submits.length).toBe(2);
  });

  test("waits for receipts: delivered, and failed after all", async () => {
    const receipt = ({ destination }: Submit) =>
      destination.endsWith("2") ? "stat:UNDELIV err:013" : "stat:DELIVRD err:000";
    const centre = await open({ receipt });
    const file = fileOf(fleet(4, i => (i === 0 ? { connectReason: "r".repeat(200) } : {})));
    const { code, events, summary } = await campaign(
      file,
      "--to",
      uriOf(centre, "&receipts=yes"),
      "--state",
      stateOf(),
    );
    expect(summary).toMatchObject({ accepted: 0, delivered: 3, failed: 1 });
    expect(code).toBe(1);
    const failed = { event: "failed", line: 3, address: addressOf(2), text: "UNDELIV, error 013 of the SMS centre" };
    expect(events).toContainEqual(expect.objectContaining(failed));
  });

  test.each([
    ["address;serverId;secret;requestedMo", "; commas separate the columns"],
    ["Address,serverId,secret,requestedMo", "; names are as in pkg0 encode"],
    ["+447700900123,dm.example.com,hunter2,1", ""],
  ])("a CSV file whose first line is %s is refused as a whole", async (first, hint) => {
    const path = fileOf(`${first}\r\n+447700900123,dm.example.com,hunter2,1\r\n`, "csv");
    const { code, errors } = await campaign(path, "--dry-run");
    expect([code, errors]).toEqual([1, `pkg0: campaign: ${path}: its first line has no column "address"${hint}\n`]);
  });

  test("refuses a line of more than 1 MiB, and goes on behind it; a CSV record of that size ends it", async () => {
    const centre = await open();
    const long = device(1, { connectReason: "r".repeat(2 ** 20) });
    const file = fileOf(`${device(0)}\n${long}\n${device(2)}\n`);
    const { code, events, summary } = await campaign(file, "--to", uriOf(centre), "--state", stateOf());
    expect(events).toContainEqual(expect.objectContaining({ event: "unfit", line: 2, code: "INPUT_LONG" }));
    expect([code, summary.accepted, summary.failed]).toEqual([1, 2, 1]);
    const unclosed = `address,serverId,secret,requestedMo\n+1,dm.example,s,1\n+2,"dm.example,s,1\n${"+3,dm.example,s,1\n".repeat(70_000)}`;
    const csv = await campaign(fileOf(unclosed, "csv"), "--dry-run");
    expect(csv.code).toBe(1);
    expect(csv.errors).toMatch(/behind line 2: INPUT_LONG: .*a quote is never closed/);
  });

  test("keeps to its rate", async () => {
    const times: number[] = [];
    const centre = await open({ took: () => times.push(performance.now()) });
    // three short messages each: 36 slots of 50 ms, of which one may be made up for
    const file = fileOf(fleet(12, () => ({ connectReason: "r".repeat(300) })));
    const start = performance.now();
    await campaign(file, "--to", uriOf(centre), "--state", stateOf(), "--rate", "20");
    expect(times.length).toBe(36);
    expect(times.at(-1)! - start).toBeGreaterThan(34 * 50);
  });

  test("continues with the file that it was begun with alone", async () => {
    const centre = await open();
    const state = stateOf();
    const file = fileOf(fleet(2));
    await campaign(file, "--to", uriOf(centre), "--state", state);
    writeFileSync(file, fleet(3));
    const { code, errors } = await campaign(file, "--to", uriOf(centre), "--state", state);
    expect(code).toBe(1);
    expect(errors).toContain("FILE is not what this campaign was begun with");
    expect(centre.submits.length).toBe(2);
  });

  test("is looked at, and nothing opened, by --dry-run", async () => {
    const file = fileOf(
      `${fleet(3, i => ({ connectReason: "r".repeat(100 * i + 1) }))}${device(1)}\n{"address":"+1"}\n`,
    );
    const { code, events } = await campaign(file, "--dry-run");
    expect(code).toBe(1);
    expect(events).toMatchObject([
      { event: "unfit", line: 4, code: "DEVICE_TWICE", text: "line 2 is for the same device" },
      { event: "unfit", line: 5, code: "ACCOUNT_MISSING" },
      { event: "dry-run", devices: 3, unfit: 1, twice: 1, shortMessages: 6 },
    ]);
  });

  test.each([
    [["--state", "s"], /campaign: needs --to/],
    [["--to", "smpp://me@127.0.0.1"], /needs either --state DIR or --queue/],
    [["--to", "smpp://me@127.0.0.1", "--queue", "postgres://127.0.0.1/x"], /--queue needs --name/],
    [["--to", "smpp://me@127.0.0.1", "--queue", "mysql://127.0.0.1/x", "--name", "n"], /must be postgres:/],
    [
      ["--to", "smpp://me@127.0.0.1", "--queue", "postgres://127.0.0.1/x", "--name", "n", "--lease", "90"],
      /longer than throttled and timeout of the link together, 90 s/,
    ],
    [["--to", "smpp://127.0.0.1", "--state", "s"], /no user/],
    [["--to", "udp://127.0.0.1:2948", "--state", "s"], /no \{address\}/],
    [["--to", "udp://127.0.0.1:2948", "--dry-run"], /no \{address\}/],
    [["--until", "25:00", "--dry-run"], /--until/],
    [
      ["--to", "smpp://me@127.0.0.1", "--state", "s", "--rate", "0"],
      /--rate must be a number, 0.01 to 100000, not "0"/,
    ],
    [["--to", "smpp://me@127.0.0.1", "--state", "s", "--until", "25:00"], /--until/],
    [["--to", "smpp://me@127.0.0.1", "--state", "s", "--template", "{"], /--template/],
  ])("with %j is refused", async (args, message) => {
    const { code, errors } = await campaign(fileOf(fleet(1)), ...args);
    expect(code).toBe(2);
    expect(errors).toMatch(message);
  });
});

describe("other ways of a campaign", () => {
  interface Gateway {
    port: number;
    connections: () => number;
    requests: { url: URL; body: Buffer }[];
  }

  async function gateway(answer: (count: number) => { status: number; body: string }): Promise<Gateway> {
    const requests: Gateway["requests"] = [];
    let connections = 0;
    const server = createServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      requests.push({ url: new URL(request.url!, "http://gateway"), body: Buffer.concat(pieces) });
      const { status, body } = answer(requests.length);
      response.writeHead(status).end(body);
    });
    server.on("connection", () => connections++);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    return { port: (server.address() as AddressInfo).port, connections: () => connections, requests };
  }

  test("Kannel's sendsms, over one connection; what it has no room for comes again", async () => {
    const { port, connections, requests } = await gateway(count => ({
      status: count === 2 ? 503 : 202,
      body: "0: Accepted",
    }));
    const to = `kannel+http://127.0.0.1:${port}/cgi-bin/sendsms?username=u&password=p`;
    const { code, summary } = await campaign(fileOf(fleet(4)), "--to", to, "--state", stateOf());
    expect(code).toBe(0);
    expect(summary).toMatchObject({ accepted: 4, possiblyRepeated: 0 });
    expect(requests.map(({ url }) => url.searchParams.get("to"))).toEqual([0, 1, 1, 2, 3].map(addressOf));
    expect(connections()).toBe(1);
  });

  test("a push gateway, over one connection, to the address of each", async () => {
    const body =
      '<?xml version="1.0"?><pap><push-response push-id="1"><response-result code="1001" desc="ok"/></push-response></pap>';
    const { port, connections, requests } = await gateway(() => ({ status: 202, body }));
    const to = `pap+http://127.0.0.1:${port}/pap?address=WAPPUSH={address}/TYPE=PLMN@ppg.example`;
    const { code, summary } = await campaign(fileOf(fleet(4)), "--to", to, "--state", stateOf());
    expect(summary).toMatchObject({ accepted: 4 });
    expect(code).toBe(0);
    const addresses = requests.map(request => /address-value="([^"]*)"/.exec(request.body.toString("latin1"))?.[1]);
    expect(addresses).toEqual([0, 1, 2, 3].map(i => `WAPPUSH=${addressOf(i)}/TYPE=PLMN@ppg.example`));
    expect(connections()).toBe(1);
  });

  test("datagrams", async () => {
    const socket = createSocket("udp4");
    const came: Buffer[] = [];
    socket.on("message", datagram => came.push(datagram));
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    closers.push(async () => void socket.close());
    const to = `udp://{address}:${socket.address().port}`;
    const line = JSON.stringify({ address: "127.0.0.1", serverId: "dm.example", secret: "s", requestedMo: [1] });
    const { code } = await campaign(fileOf(`${line}\n`), "--to", to, "--state", stateOf());
    expect(code).toBe(0);
    await expect.poll(() => came.length).toBe(1);
    expect(decode(came[0]!, "push", { secret: "s" })).toMatchObject({ status: "OK", digestValid: true });
  });

  test("one notification by send", async () => {
    const centre = await open();
    const fields = JSON.stringify({ sessionId: "12", serverId: "dm.example", requestedMo: [1] });
    const args = ["send", "--to", uriOf(centre), "--number", addressOf(1), "--secret", "s", fields];
    const { code, lines, errors } = await runCliAsync(args);
    expect(code, errors).toBe(0);
    expect(JSON.parse(lines[0]!)).toMatchObject({ accepted: true, number: addressOf(1), text: "message id 1" });
    expect(lines[0], "the password").not.toContain("me:pw");
    expect(readAt(centre.submits, "s")).toMatchObject({ sessionId: "12", digestValid: true });
  });
});

describe("a campaign that is killed", () => {
  const DEVICES = 60;
  const KILLS = 6;

  test(`${KILLS} times ends with each device's notification accepted; what came twice was marked, and is the same`, async () => {
    const random = createRandom(SEED);
    const centre = await open({ delayMs: 3 });
    const file = fileOf(fleet(DEVICES, i => (i % 5 === 0 ? { connectReason: "r".repeat(200) } : {})));
    const args = [file, "--to", uriOf(centre), "--state", stateOf(), "--rate", "150"];
    for (let kills = 0; kills < KILLS; kills++) {
      const child = spawn(process.execPath, ["dist/cli.js", "campaign", ...args], { stdio: "ignore" });
      const before = centre.submits.length;
      await untilSubmits(centre, before + 1 + random(10), child);
      await sleep(random(5));
      child.kill("SIGKILL");
      await gone(child);
    }
    const { code, summary } = await campaign(...args);
    expect(code).toBe(0);
    expect(summary).toMatchObject({ accepted: DEVICES, failed: 0, prepared: 0 });
    const counts = new Map<string, number>();
    const parts = new Map<string, string>();
    for (const { destination, bytes } of centre.submits) {
      const hex = bytes.toString("hex");
      // of a long one the parts differ, by their number in the UDH
      const key = `${destination} ${hex.startsWith("0b") ? hex.slice(0, 24) : ""}`;
      counts.set(destination, Math.max(counts.get(destination) ?? 0, count(destination, hex)));
      expect(parts.get(key) ?? hex, "the bytes of a repetition").toBe(hex);
      parts.set(key, hex);
    }
    function count(destination: string, hex: string): number {
      return centre.submits.filter(one => one.destination === destination && one.bytes.toString("hex") === hex).length;
    }
    expect(counts.size, "devices").toBe(DEVICES);
    const repeated = [...counts.values()].filter(times => times > 1).length;
    expect(repeated).toBeLessThanOrEqual(summary.possiblyRepeated as number);
    console.log(`${DEVICES} devices, ${KILLS} kills: ${summary.possiblyRepeated} marked as repeated, ${repeated} were`);
  }, 120_000);

  async function untilSubmits(centre: Centre, count: number, child: ChildProcess): Promise<void> {
    while (centre.submits.length < count && child.exitCode === null) await sleep(2);
  }

  async function gone(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    await new Promise(resolve => child.once("exit", resolve));
  }

  test("by SIGTERM ends while the centre does not let it in", async () => {
    const centre = await open({ bind: () => 0x05 });
    const args = [fileOf(fleet(4)), "--to", uriOf(centre), "--state", stateOf()];
    const child = spawn(process.execPath, ["dist/cli.js", "campaign", ...args], { stdio: "ignore" });
    while (centre.binds === 0) await sleep(2);
    child.kill("SIGTERM");
    await gone(child);
    expect([child.exitCode, child.signalCode]).toEqual([1, null]);
  });

  test("by SIGTERM takes its answers with it, and goes on later", async () => {
    const centre = await open({ delayMs: 50 });
    const args = [fileOf(fleet(40)), "--to", uriOf(centre), "--state", stateOf()];
    const child = spawn(process.execPath, ["dist/cli.js", "campaign", ...args], { stdio: "ignore" });
    await untilSubmits(centre, 5, child);
    child.kill("SIGTERM");
    await gone(child);
    expect(child.exitCode).toBe(1);
    const before = centre.submits.length;
    expect(before).toBeLessThan(40);
    expect(await campaign(...args)).toMatchObject({ code: 0, summary: { accepted: 40, possiblyRepeated: 0 } });
    expect(centre.submits.length).toBe(40);
  });
});

test("no centre and no gateway fills the disk with what it says", async () => {
  const centre = await open();
  const gateway = createServer((_, response) => response.writeHead(202).end("x".repeat(60_000)));
  closers.push(async () => void gateway.close());
  gateway.listen(0, "127.0.0.1");
  await once(gateway, "listening");
  const { port } = gateway.address() as AddressInfo;
  centre.messageId = "9".repeat(15_000);
  for (const to of [uriOf(centre), `kannel+http://127.0.0.1:${port}/sendsms?username=u&password=p`]) {
    const { summary, events } = await campaign(fileOf(fleet(3)), "--to", to, "--state", stateOf());
    expect(summary).toMatchObject({ accepted: 3 });
    for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(500);
  }
});

describe("the clock of a campaign", () => {
  test("a rate is kept from slot to slot, with little made up for", async () => {
    let now = 1_000;
    const pace = createPace(100, () => now);
    expect(await pace.reserve(50)).toEqual({ granted: 6, waitMs: 0 });
    expect(await pace.reserve(50)).toEqual({ granted: 0, waitMs: 10 });
    now = 1_010;
    expect(await pace.reserve(50)).toMatchObject({ granted: 1 });
    await pace.giveBack(1);
    expect(await pace.reserve(50)).toMatchObject({ granted: 1 });
    now = 100_000;
    expect((await pace.reserve(50)).granted).toBeLessThanOrEqual(6);
    expect(await createPace(undefined).reserve(50)).toEqual({ granted: 50, waitMs: 0 });
  });

  test("--until takes a time of the day or a date", () => {
    const now = Date.parse("2030-01-01T12:00:00Z");
    expect(readTime("2030-01-01T13:00:00Z", now)).toBe(now / 1000 + 3600);
    const next = readTime("22:30", now) * 1000;
    expect(next - now).toBeGreaterThan(0);
    expect(next - now).toBeLessThanOrEqual(86_400_000);
    expect(() => readTime("2029-01-01T13:00:00Z", now)).toThrow(/a time to come/);
  });

  test("the bar fits its terminal", () => {
    const bar = barText({ done: 250, devices: 1000, perSecond: 12.5, failed: 3, leftSeconds: 60 }, 80);
    expect(bar).toMatch(/^\[#+\.+\] 250 of 1000, 12.5 a second, 3 failed, 1 min left$/);
    const far = { done: 250, devices: 1000, perSecond: 12.5, failed: 3, leftSeconds: 60 };
    expect(barText(far, 50)).toBe("250 of 1000, 12.5 a second, 3 failed, 1 min left");
    expect(barText(far, 48)).toBe("250 of 1000, 3 failed, 1 min left");
    expect(barText(far, 30)).toBe("250 of 1000, 3 failed");
    expect(barText(far, 20)).toBe("250 of 1000");
    for (let columns = 0; columns < 200; columns++) {
      expect(barText(far, columns).length).toBeLessThan(Math.max(1, columns));
    }
  });
});

describe.runIf(isOnPath("script"))(
  `a campaign at a terminal${isOnPath("script") ? "" : " (skipped: no script)"}`,
  () => {
    test.each([30, 80])("of %i columns draws one line again and again, and leaves the summary", async columns => {
      const centre = await open({ answer: ({ destination }) => (destination.endsWith("7") ? 0x0b : 0) });
      const args = [fileOf(fleet(30)), "--to", uriOf(centre), "--state", stateOf(), "--rate", "20"];
      const line = ["node", "dist/cli.js", "campaign", ...args].map(one => `'${one}'`).join(" ");
      const child = spawn("script", ["-qec", `stty cols ${columns}; ${line}`, "/dev/null"], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, LC_ALL: "C" },
      });
      let output = "";
      child.stdout.on("data", piece => {
        output += piece;
      });
      await once(child, "close");
      expect(output).toMatch(/^[\r\n -~]*$/); // no escape, nothing that is not ASCII
      const drawn = output.split(/[\r\n]+/).filter(one => /\d+ of 30/.test(one));
      expect(drawn.length).toBeGreaterThan(1);
      expect(drawn.every(one => one.trimEnd().length < columns)).toBe(true);
      expect(drawn.some(one => one.startsWith("[#"))).toBe(columns === 80);
      expect(output).toContain("line 8, +447700900007: failed, ESME_RINVDSTADR invalid destination address");
      // the bar is wiped before the summary
      expect(output).toMatch(/\r +\r +27 accepted\r\n +3 failed\r\n$/);
    });
  },
);

/** Node 22.13 and later have SQLite themselves; then the next library is missing. */
const hasSqlite = process.getBuiltinModule("node:sqlite") !== undefined;

test.each([
  [
    ["--state", "state"],
    hasSqlite
      ? /an smpp: destination needs the package smpp, .*: npm install smpp@0\.5\.1/
      : /--state needs SQLite\. Node has it from 22\.13 on; else npm install better-sqlite3@12, or npm install node-sqlite3-wasm@0\.8/,
  ],
  [["--queue", "postgres://127.0.0.1/x", "--name", "n"], /--queue needs the package pg, .*: npm install pg@8\n/],
])("campaign with %j says what to install", (args, message) => {
  const alone = join(folder, "alone");
  cpSync("dist", join(alone, "dist"), { recursive: true });
  writeFileSync(join(alone, "package.json"), '{ "type": "module" }');
  const cli = [join(alone, "dist/cli.js"), "campaign", fileOf(fleet(1)), "--to", "smpp://me@127.0.0.1", ...args];
  const { status, stderr } = spawnSync(process.execPath, cli, { cwd: alone, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
});

test("what is not installed is named with the range that the package asks for", () => {
  const { peerDependencies } = manifest as { peerDependencies: { [name: string]: string } };
  expect(peerDependencies).toMatchObject(PEERS);
});
