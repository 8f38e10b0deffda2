/** Texts of 4095 bytes (§6.3) from encode or send through each bearer to the session, where messageMax allows. */
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MIME_13 } from "../../src/index.ts";
import { type Listener, runCli, runCliAsync, startListener } from "../cli.ts";
import { startModem } from "../modem/server.ts";
import { deliverTpdu, fromHex } from "../modem/tpdu.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-long-"));
const accounts = join(folder, "accounts.json");
const SERVER_ID = "s".repeat(255);
const appAuth = [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }];
writeFileSync(accounts, JSON.stringify([{ serverId: SERVER_ID, appAuth }]));

/** 4095 bytes in characters of 1, 2, 3 and 4 bytes, that differ all along. */
const textOf = (first: string) => {
  let text = first;
  while (Buffer.byteLength(text) < 4095 - 8) text += ["x", "ü", "€", "😀"][text.length % 4]! + (text.length % 10);
  return text + ".".repeat(4095 - Buffer.byteLength(text));
};
const TEXTS = { connectReason: textOf("reason"), vendorInfo: textOf("vendor") };
const fieldsOf = (sessionId: string) =>
  JSON.stringify({ sessionId, serverId: SERVER_ID, requestedMo: [1], preferredBearer: [6], timeout: 0, ...TEXTS });
const ENCODE = ["encode", "--secret", "secret"];

let device: Listener;
let modem: Awaited<ReturnType<typeof startModem>>;
let at: { [via: string]: string };
beforeAll(async () => {
  modem = await startModem({ hasCsms: true, capacity: 255 });
  const bearers = ["udp", "http", "sip", "obex"].flatMap(via => [`--${via}`, "127.0.0.1:0"]);
  device = startListener(["--accounts", accounts, "--state", join(folder, "state"), ...bearers, "--modem", modem.url]);
  await device.until(events => events.filter(({ event }) => event === "listening").length === 5);
  at = Object.fromEntries(device.events.map(event => [event.via, event.at as string]));
});
afterAll(async () => {
  device.child.kill("SIGTERM");
  await device.ended;
  modem.close();
  rmSync(folder, { recursive: true });
});

/** The session, once it has started; throws when the notification was rejected. */
async function sessionOf(sessionId: string) {
  await device.until(events => events.some(one => one.sessionId === sessionId && one.event === "session"));
  return device.events.find(one => one.sessionId === sessionId && one.event === "session")!;
}

test.each([
  ["udp", "C1", () => `udp://${at.udp}`],
  ["http", "C2", () => `http://${at.http}/wappush`],
  ["obex", "C3", () => `obex://${at.obex}`],
])("%s: sent, received, and whole in the session", async (via, sessionId, to) => {
  const sent = await runCliAsync(["send", "--to", to(), "--secret", "secret", fieldsOf(sessionId)]);
  expect(sent.code, sent.errors).toBe(0);
  expect(await sessionOf(sessionId)).toMatchObject({ via, serverId: SERVER_ID, ...TEXTS });
});

test("sms: in 64 parts, in any order", async () => {
  const parts = runCli([...ENCODE, "--sms", fieldsOf("C4")]).lines.map(line => JSON.parse(line));
  expect(parts.length).toBeGreaterThan(62);
  const tpdus = parts.map(({ udh, data }) => deliverTpdu("447700900123", fromHex(udh + data)));
  for (const tpdu of tpdus.reverse()) modem.emulator.message(tpdu);
  expect(await sessionOf("C4")).toMatchObject({ via: "sms", serverId: SERVER_ID, ...TEXTS });
}, 60_000);

test("sip: received in a datagram of its own, though RFC 3428 lets nobody send more than 1300 bytes that way", async () => {
  const body = fromHex(runCli([...ENCODE, fieldsOf("C5")]).lines[0]!);
  const [host, port] = at.sip!.split(":");
  const head = [
    "MESSAGE sip:device@127.0.0.1 SIP/2.0",
    "Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bKlong",
    "From: <sip:server@127.0.0.1>;tag=1",
    "To: <sip:device@127.0.0.1>",
    "Call-ID: long",
    "CSeq: 1 MESSAGE",
    "Max-Forwards: 70",
    'Accept-Contact: *;+g.oma.eventappid="syncml.dm";require;explicit',
    `Content-Type: ${MIME_13}`,
    `Content-Length: ${body.length}`,
  ];
  const socket = createSocket("udp4");
  socket.send(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]), Number(port), host);
  expect(await sessionOf("C5")).toMatchObject({ via: "sip", serverId: SERVER_ID, ...TEXTS });
  socket.close();
  const refused = await runCliAsync(["send", "--to", `sip:device@${at.sip}`, "--secret", "secret", fieldsOf("C6")]);
  expect(refused.code).not.toBe(0);
  expect(refused.errors).toContain("SIP_BODY_LONG");
});

test("one byte more is refused by encode, and by the client of a board what is longer than its messageMax", () => {
  const long = JSON.stringify({ ...JSON.parse(fieldsOf("C7")), connectReason: `${TEXTS.connectReason}.` });
  expect(runCli([...ENCODE, long]).errors).toContain("FIELD_TEXT");
  const hex = runCli([...ENCODE, fieldsOf("C8")]).lines[0]!;
  expect(hex.length / 2).toBeGreaterThan(2 * 4095 + 255);
  const judge = (...more: string[]) =>
    JSON.parse(runCli(["decode", "--accounts", accounts, ...more], `${hex}\n`).lines[0]!);
  expect(judge()).toMatchObject({ status: "NOTIFICATION_LONG", at: 1024 });
  expect(judge("--message-max", "9000")).toMatchObject({ status: "OK", ...TEXTS });
});
