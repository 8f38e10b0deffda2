/**
 * `campaign --dry-run --to` and a run judge each line of a file alike, on every kind of link; and a device that is off delays no
 * other. Variable: FLEET_SEED.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { OK } from "../../src/status.ts";
import { openObex, openSip } from "../../targets/node/index.ts";
import { runCliAsync } from "../cli.ts";
import { createRandom, type Random, shuffle } from "../random.ts";
import { openCentre } from "../smsc.ts";

const SEED = Number(process.env.FLEET_SEED ?? 1);
const folder = mkdtempSync(join(tmpdir(), "pkg0-dry-run-"));
const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
  rmSync(folder, { recursive: true });
});

/** Addresses as people have them in their files, good for one link and not for another. */
const ADDRESSES: unknown[] = [
  ...["+447700900001", "447700900002", "0", "1", "112233445566778899001", "+", " +447700900003", "+44 7700 900004"],
  ...["+447700900005 +447700900006", "(0)7700", "+44-7700", "dm.example", "127.0.0.1", "::1", "[::1]", "2948", "99999"],
  ...[
    "a@b",
    "a/b",
    "a?b=c",
    "a#b",
    "{address}",
    "%00",
    "..",
    "x".repeat(300),
    "é",
    "٠١٢",
    "a\nb",
    "a\u0000b",
    "\ud800",
    "",
  ],
  ...[7, null, true, ["+1"]],
];

const long = (length: number) => "r".repeat(length);
const BODIES: object[] = [
  ...[
    { requestedMo: [1] },
    { requestedMo: [1], connectReason: long(300) },
    { requestedMo: [1], connectReason: long(1200) },
  ],
  ...[
    { requestedMo: [70_000] },
    { requestedMo: [] },
    {},
    { requestedMo: [1], sessionId: "1" },
    { requestedMo: [1], secret: "" },
  ],
  ...[
    { format: "1.2" },
    { format: "1.2", vendorBody: "00".repeat(32_570) },
    { format: "1.2", vendorBody: "00".repeat(70_000) },
  ],
  { format: "1.2", vendorBody: "00".repeat(65_501 - 8 - 16 - 10) },
];

/** Where the address is a host, no name is looked up: there may be no server for names. */
const isLookedUp = (address: unknown) =>
  typeof address === "string" && /^[\w.-]+$/.test(address) && address !== "127.0.0.1";

function fleet(random: Random, isHost: boolean): string {
  const pick = <T>(all: T[]) => all[random(all.length)]!;
  const addresses = ADDRESSES.filter(address => !isHost || !isLookedUp(address));
  const good = (i: number) => (isHost ? `127.0.0.${i + 2}` : `+4477009${10_000 + i}`);
  // each address with a small notification, then any with any
  const rows = addresses.map(address => ({ address, body: BODIES[0]! }));
  for (let i = 0; i < 40; i++) rows.push({ address: random(3) > 0 ? good(i) : pick(addresses), body: pick(BODIES) });
  return shuffle(rows, random)
    .map(({ address, body }) => `${JSON.stringify({ address, serverId: "dm.example", secret: "s", ...body })}\n`)
    .join("");
}

type Json = { [name: string]: unknown };
async function campaign(...args: string[]) {
  const { code, lines, errors } = await runCliAsync(["campaign", ...args]);
  const events = lines.map(line => JSON.parse(line) as Json);
  const unfit = events.filter(({ event }) => event === "unfit");
  return { code, events, unfit, summary: events.at(-1)!, errors };
}

async function openWeb(answer: number): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(answer).end());
  });
  await once(server.listen(0), "listening");
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

const LINKS: { [name: string]: () => Promise<string> } = {
  async smpp() {
    const centre = await openCentre({});
    closers.push(centre.close);
    return `smpp://me:pw@127.0.0.1:${centre.port}`;
  },
  kannel: async () => `kannel+http://127.0.0.1:${await openWeb(202)}/cgi-bin/sendsms?username=a&password=b`,
  pap: async () => `pap+http://127.0.0.1:${await openWeb(202)}/pap?address=WAPPUSH={address}/TYPE=PLMN@ppg.example`,
  http: async () => `http://127.0.0.1:${await openWeb(204)}/{address}`,
  httpHost: async () => `http://{address}:${await openWeb(204)}/`,
  async sip() {
    const { port, close } = await openSip({ host: "127.0.0.1", port: 0 }, () => OK);
    closers.push(close);
    return `sip:{address}@127.0.0.1:${port}`;
  },
  async obexHost() {
    const { port, close } = await openObex({ host: "0.0.0.0", port: 0 }, () => OK, { bodyMax: 100_000 });
    closers.push(close);
    return `obex://{address}:${port}`;
  },
  async udpHost() {
    const socket = createSocket("udp4").bind(0);
    closers.push(() => socket.close());
    await once(socket, "listening");
    return `udp://{address}:${socket.address().port}`;
  },
};

describe("a dry run with --to judges each line as a run does", () => {
  // at the same time, because a run mostly waits
  test.concurrent.each(Object.keys(LINKS))("%s", async name => {
    const to = await LINKS[name]!();
    const file = join(folder, `${name}.ndjson`);
    writeFileSync(file, fleet(createRandom(SEED), /Host$/.test(name)));
    const dry = await campaign(file, "--to", to, "--dry-run");
    const run = await campaign(file, "--to", to, "--state", join(folder, name), "--window", "8");
    expect(run.errors).toBe("");
    expect(dry.unfit).toEqual(run.unfit);
    expect(dry.code).toBe(run.code);
    // nothing that the run prepared was refused for its address or its size
    const failed = run.events.filter(({ event }) => event === "failed");
    expect(failed.filter(({ code }) => /UNFIT|LONG|NO_ANSWER/.test(code as string))).toEqual([]);
    expect(dry.summary.devices).toBe((run.summary.accepted as number) + failed.length);
    const codes = dry.unfit.map(({ code }) => code);
    for (const code of ["SECRET_MISSING", "ADDRESS_UNFIT", "ADDRESS_MISSING", "DEVICE_TWICE", "FIELD_OURS"])
      expect(codes).toContain(code);
  });
});

test("a device that is off is told, and delays no other", async () => {
  const port = await openWeb(204);
  const rows = Array.from({ length: 20 }, (_, i) => (i === 3 ? "127.0.0.1:1" : `127.0.0.${i + 1}:${port}`));
  const file = join(folder, "off.ndjson");
  const more = { serverId: "dm.example", secret: "s", requestedMo: [1] };
  writeFileSync(file, rows.map(address => `${JSON.stringify({ address, ...more })}\n`).join(""));
  const { events, summary } = await campaign(file, "--to", "http://{address}/wappush", "--state", join(folder, "off"));
  expect(summary).toMatchObject({ accepted: 19, failed: 1, possiblyRepeated: 0 });
  expect(events).toContainEqual(expect.objectContaining({ event: "failed", line: 4, code: "ECONNREFUSED" }));
  expect(events.filter(({ event }) => event === "link")).toEqual([]);
});
