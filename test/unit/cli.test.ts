import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openUdp, sendUdp } from "../../targets/node/udp.ts";
import { runCli, runCliAsync, startListener } from "../cli.ts";
import { startModem } from "../modem/server.ts";
import { deliverTpdu, fromHex } from "../modem/tpdu.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const folder = mkdtempSync(join(tmpdir(), "pkg0-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PUSHES = captures.captures.filter(capture => capture.layer === "push");
const FIELDS = {
  sessionId: "1234",
  serverId: "mgmt.example",
  requestedMo: [1],
  preferredBearer: [2],
  uiMode: "background",
  transport: "https",
  timeout: 60,
  timestamp: 1700000000,
};
/** The fields above, signed with secret13: the reference vector of test/vectors/notification13.json. */
const REFERENCE =
  "17500000003c12346553f100" +
  "100c6d676d742e6578616d706c65300101400102" +
  "4f428dec4600bb36ea3b1475285d75af13f332d9cbff0224776c3ae75a2b845a";

/** What captures.json expects of a push, in statuses. */
const EXPECTED: { [name: string]: string } = {
  "kannel-no-application-id": "WSP_APPLICATION_MISSING",
  "kannel-other-application": "WSP_APPLICATION_OTHER",
  "kannel-corrupted-body": "NOTIFICATION_VERSION",
};

describe("decode", () => {
  for (const { name, hex, secret, nonceText } of PUSHES) {
    test(name, () => {
      const nonce = nonceText === undefined ? [] : ["--nonce", Buffer.from(nonceText).toString("hex")];
      const { code, lines } = runCli(["decode", "--secret", secret!, ...nonce, hex[0]!]);
      const decoded = JSON.parse(lines[0]!);
      expect(decoded.status).toBe(EXPECTED[name] ?? "OK");
      expect(decoded.digestValid).toBe(name in EXPECTED ? undefined : true);
      expect(code).toBe(name in EXPECTED ? 1 : 0);
    });
  }

  test("shows every field of the reference vector", () => {
    const { code, lines } = runCli(["decode", "--secret", "secret13", REFERENCE]);
    expect(code).toBe(0);
    expect(JSON.parse(lines[0]!)).toEqual({
      ...{ status: "OK", at: 0, as: "1.3", format: "1.3", initiator: "server", digestValid: true },
      ...FIELDS,
      digest: REFERENCE.slice(-64),
    });
  });

  test("reads a line a message, and says where each bad one breaks", () => {
    const { code, lines } = runCli(["decode"], `${REFERENCE}\n\n${REFERENCE.slice(0, 60)}\n12g4\n123\n`);
    expect(lines.map(line => JSON.parse(line)).map(({ status, at }) => [status, at])).toEqual([
      ["OK", 0],
      ["NOTIFICATION_SHORT", 30],
      ["NOT_HEX", 1],
      ["NOT_HEX", 1],
    ]);
    expect(code).toBe(1);
  });

  test("tells a wrong secret by digestValid and the exit code", () => {
    const { code, lines } = runCli(["decode", "--secret", "other", REFERENCE]);
    expect(JSON.parse(lines[0]!)).toMatchObject({ status: "OK", digestValid: false });
    expect(code).toBe(1);
  });
});

describe("encode", () => {
  test("makes the reference vector", () => {
    expect(runCli(["encode", "--secret", "secret13", JSON.stringify(FIELDS)]).lines).toEqual([REFERENCE]);
    const push = runCli(["encode", "--secret", "secret13", "--push", "--tid", "255", JSON.stringify(FIELDS)]).lines;
    expect(push).toEqual([`ff0603d8af87${REFERENCE}`]);
  });

  test("takes what decode prints", () => {
    const [decoded] = runCli(["decode", REFERENCE]).lines;
    expect(runCli(["encode", "--secret", "secret13"], `${decoded}\n`).lines).toEqual([REFERENCE]);
  });

  const refused: [what: string, fields: object | string, status: string, field?: string][] = [
    ["a misspelt field", { ...FIELDS, sessionid: "1" }, "FIELD_UNKNOWN", "sessionid"],
    ["a field of 1.2", { ...FIELDS, vendorBody: "00" }, "FIELD_UNKNOWN", "vendorBody"],
    ["a number as session id", { ...FIELDS, sessionId: 1234 }, "FIELD_TYPE", "sessionId"],
    ["an unknown word", { ...FIELDS, uiMode: "loud" }, "FIELD_TYPE", "uiMode"],
    ["session id 0", { ...FIELDS, sessionId: "0" }, "FIELD_SESSION_ID"],
    ["no Requested-MO", { ...FIELDS, requestedMo: [] }, "FIELD_REQUESTED_MO"],
    ["eight options", { ...FIELDS, targetedMo: [1, 2, 3, 4, 5] }, "FIELD_OPTIONS"],
    ["a timeout of 65536", { ...FIELDS, timeout: 65536 }, "FIELD_RANGE", "timeout"],
    ["half a number", { ...FIELDS, timeout: 1.5 }, "FIELD_RANGE", "timeout"],
    ["an MO of 65536", { ...FIELDS, requestedMo: [1, 65536] }, "FIELD_RANGE", "requestedMo"],
    ["a bearer that is none", { ...FIELDS, preferredBearer: [12] }, "FIELD_RANGE", "preferredBearer"],
    ["a Server-ID of 256 bytes", { ...FIELDS, serverId: "x".repeat(256) }, "FIELD_SERVER_ID"],
    ["no JSON", "{", "NOT_JSON"],
  ];
  for (const [what, fields, status, field] of refused) {
    test(`refuses ${what}`, () => {
      const text = typeof fields === "string" ? fields : JSON.stringify(fields);
      const { code, lines } = runCli(["encode", "--secret", "s", text]);
      const answer = JSON.parse(lines[0]!);
      expect([answer.status, answer.field, code]).toEqual([status, field, 1]);
    });
  }
});

describe("explain", () => {
  test("shows each field with its section", () => {
    const { code, lines } = runCli(["explain", `010603d8af87${REFERENCE}`]);
    expect(code).toBe(0);
    const shown = lines.map(line => line.slice(44).trimEnd());
    for (const text of ["SESSIONID 1234", 'Server-ID "mgmt.example"', "Requested-MO 1", "TIMEOUT 60 minutes"]) {
      expect(shown.some(line => line.startsWith(text))).toBe(true);
    }
    expect(lines.join("\n")).toContain("§6.4.8");
  });

  test("stops where the message breaks, whatever is cut", () => {
    const whole = `010603d8af87${REFERENCE}`;
    for (let length = 0; length < whole.length / 2; length += 7) {
      const { code, lines } = runCli(["explain", "--as", "push", whole.slice(0, 2 * length)]);
      expect(code).toBe(1);
      const at = Number(/at byte (\d+)/.exec(lines.at(-1)!)?.[1]);
      expect(at).toBeLessThanOrEqual(length);
      for (const line of lines.slice(0, -1)) expect(Number.parseInt(line, 10)).toBeLessThanOrEqual(at);
    }
  });
});

describe("usage", () => {
  test.each([
    [["frobnicate"]],
    [["decode", "--as", "morse", "00"]],
    [["encode", "{}"]],
    [["encode", "--secret", "s", "--nonce", "xy", "{}"]],
    [["send", "00"]],
    [["send", "--to", "udp://127.0.0.1:1", "zz"]],
    ...[
      "",
      "sip:",
      "sip:a@127.0.0.1:99999",
      "udp://127.0.0.1:99999",
      "obex:",
      "gopher://127.0.0.1/",
      "modem:/dev/x",
    ].map(to => [["send", "--to", to, REFERENCE]]),
    [["listen", "--accounts", "x", "--state", folder, "--http", "4035"]],
    [["listen", "--state", folder]],
    [["listen", "--accounts", "x", "--state", folder, "--clock", "sun", "--udp", "127.0.0.1:0"]],
    [["toString"]],
  ])("%j is wrong", args => {
    const { code, errors } = runCli(args);
    expect(code).toBe(2);
    expect(errors).toMatch(/^pkg0: .+\n/);
  });

  test.runIf(existsSync("/dev/full"))("a full disk is no success", () => {
    const { status } = spawnSync("sh", ["-c", `"$0" dist/cli.js decode ${REFERENCE} > /dev/full`, process.execPath]);
    expect(status).toBe(1);
  });

  test("--help is right", () => {
    const { code, lines } = runCli(["--help"]);
    expect(code).toBe(0);
    expect(lines.join("\n")).toContain("pkg0 listen");
  });
});

describe("listen", () => {
  const accounts = join(folder, "accounts.json");
  const account = {
    serverId: "dm.example.com",
    appAddr: [{ addr: "https://dm.example.com/dm", port: [443] }],
    appAuth: [
      { aauthLevel: "NOTICRED", aauthSecret: "secret" },
      { aauthLevel: "SRVCRED", aauthName: "dm.example.com", aauthSecret: "pw", aauthData: "bm9uY2U=" },
    ],
  };
  writeFileSync(accounts, JSON.stringify([account]));
  const listener = (state: string, ...more: string[]) =>
    startListener(["--accounts", accounts, "--state", join(folder, state), "--udp", "127.0.0.1:0", ...more]);
  const portOf = (at: unknown) => Number(/:(\d+)$/.exec(String(at))![1]);

  test("gives each captured push the verdict it should have", async () => {
    const { child, events, until, ended } = listener("captures");
    await until(all => all.length === 1);
    const to = { host: "127.0.0.1", port: portOf(events[0]!.at) };
    for (const { name, hex, serverId } of PUSHES) {
      const before = events.length;
      await sendUdp(to, Buffer.from(hex[0]!, "hex"));
      const isGood = !(name in EXPECTED);
      await until(all => all.length === before + (isGood ? 2 : 1));
      const [verdict, session] = events.slice(before);
      expect(verdict).toMatchObject(
        isGood ? { event: "accepted", serverId } : { event: "rejected", status: EXPECTED[name] },
      );
      if (isGood) expect(session).toMatchObject({ event: "session", via: "udp", serverId, appAddr: account.appAddr });
    }
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  test("ends with 0 by a signal that comes with the first event", async () => {
    const many = ["--udp", "127.0.0.1:0", "--http", "localhost:0", "--obex", "localhost:0", "--sip", "localhost:0"];
    const device = startListener(["--accounts", accounts, "--state", join(folder, "early"), ...many]);
    await device.until(events => events.length > 0);
    device.child.kill("SIGTERM");
    expect(await device.ended).toBe(0);
  });

  test("ends with 1 when one of its addresses is taken, whatever is open by then", async () => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, "127.0.0.1", resolve));
    const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const where = ["--udp", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--http", taken];
    const { code, errors } = await runCliAsync([
      "listen",
      "--accounts",
      accounts,
      "--state",
      join(folder, "taken"),
      ...where,
    ]);
    other.close();
    expect([code, errors.includes("EADDRINUSE")]).toEqual([1, true]);
  }, 10_000);

  test("keeps a held session over a kill, and takes no replay", async () => {
    const hex = PUSHES[0]!.hex[0]!;
    const first = listener("held", "--hold");
    await first.until(all => all.length === 1);
    expect(runCli(["send", "--to", `udp://${first.events[0]!.at}`, hex]).code).toBe(0);
    await first.until(all => all.some(({ event }) => event === "session"));
    first.child.kill("SIGKILL");
    await first.ended;

    const second = listener("held");
    await second.until(all => all.some(({ event }) => event === "resumed"));
    expect(second.events.find(({ event }) => event === "resumed")).toMatchObject({
      sessionId: "1234",
      transport: "https",
    });
    runCli(["send", "--to", `udp://${second.events[0]!.at}`, hex]);
    await second.until(all => all.some(({ event }) => event === "duplicate"));
    second.child.kill("SIGINT");
    expect(await second.ended).toBe(0);

    const third = listener("held");
    await third.until(all => all.length === 1);
    runCli(["send", "--to", `udp://${third.events[0]!.at}`, hex]);
    await third.until(all => all.some(({ event }) => event === "duplicate"));
    expect(third.events.map(({ event }) => event)).toEqual(["listening", "duplicate"]);
    third.child.kill("SIGTERM");
    expect(await third.ended).toBe(0);
  });

  test.runIf(process.platform === "linux" || process.platform === "win32")(
    "leaves a directory to the one that has it, and takes it when that was killed",
    async () => {
      const first = listener("shared");
      await first.until(all => all.length === 1);
      const args = ["listen", "--accounts", accounts, "--state", join(folder, "shared"), "--udp", "127.0.0.1:0"];
      const second = await runCliAsync(args);
      expect([second.code, second.lines]).toEqual([1, []]);
      expect(second.errors).toContain("another process has it");
      first.child.kill("SIGKILL");
      await first.ended;
      const third = listener("shared");
      await third.until(all => all.length === 1);
      third.child.kill("SIGTERM");
      expect(await third.ended).toBe(0);
    },
  );

  test("knows a replay to the last of many accounts when the file has shrunk to it", async () => {
    const file = join(folder, "shrinking.json");
    const others = Array.from({ length: 70 }, (_, i) => ({ serverId: `other${i}`, appAuth: [] }));
    writeFileSync(file, JSON.stringify([...others, account]));
    const args = ["--accounts", file, "--state", join(folder, "shrinking"), "--udp", "127.0.0.1:0"];
    for (const verdict of ["accepted", "duplicate"]) {
      const device = startListener(args);
      await device.until(all => all.length === 1);
      const push = Buffer.from(PUSHES[0]!.hex[0]!, "hex");
      await sendUdp({ host: "127.0.0.1", port: portOf(device.events[0]!.at) }, push);
      await device.until(all => all.some(({ event }) => event === verdict));
      device.child.kill("SIGTERM");
      await device.ended;
      writeFileSync(file, JSON.stringify([account]));
    }
  });

  test("send builds and signs from fields", async () => {
    const { child, events, until, ended } = listener("fields", "--clock", "system");
    await until(all => all.length === 1);
    const to = `udp://${events[0]!.at}`;
    const fields = { sessionId: "A", serverId: "dm.example.com", requestedMo: [1], timeout: 5 };
    runCli(["send", "--to", to, "--secret", "secret", JSON.stringify(fields)]);
    await until(all => all.some(({ event }) => event === "session"));
    runCli([
      "send",
      "--to",
      to,
      "--secret",
      "secret",
      JSON.stringify({ ...fields, sessionId: "B", timestamp: 1700000000 }),
    ]);
    await until(all => all.some(({ event }) => event === "rejected"));
    expect(events.at(-1)).toMatchObject({ event: "rejected", status: "EXPIRED", sessionId: "B" });
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  test("registers for SIP Push where it is told to", async () => {
    const registrar = await openUdp({ host: "127.0.0.1", port: 0 }, bytes =>
      requests.push(Buffer.from(bytes).toString("latin1")),
    );
    const requests: string[] = [];
    const { child, ended } = listener(
      "register",
      "--sip",
      "127.0.0.1:0",
      "--register",
      `sip:device@127.0.0.1:${registrar.port}`,
    );
    await expect.poll(() => requests[0], { timeout: 10_000 }).toMatch(/^REGISTER sip:127\.0\.0\.1 SIP\/2\.0\r\n/);
    expect(requests[0]).toMatch(/^Contact: <sip:device@127\.0\.0\.1:\d+>.*g\.oma\.eventappid="syncml\.dm"/m);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    registrar.close();
  });

  test("takes the same notification by every bearer", async () => {
    const modem = await startModem({ hasCsms: true });
    const listening = ["--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--obex", "[::1]:0", "--modem", modem.url];
    const { child, events, until, ended } = listener("bearers", ...listening);
    await until(all => all.filter(({ event }) => event === "listening").length === 5);
    const at = Object.fromEntries(events.map(event => [event.via, event.at]));
    const uris: { [via: string]: string } = {
      udp: `udp://${at.udp}`,
      http: `http://${at.http}/wappush`,
      sip: `sip:device@${at.sip}`,
      obex: `obex://${at.obex}`,
    };
    const fields = (sessionId: string) => JSON.stringify({ sessionId, serverId: "dm.example.com", requestedMo: [1] });
    for (const [i, [via, to]] of Object.entries(uris).entries()) {
      const sent = await runCliAsync(["send", "--to", to, "--secret", "secret", fields(`A${i}`)]);
      expect(sent.code, sent.errors).toBe(0);
      await until(all => all.some(({ event, sessionId }) => event === "session" && sessionId === `A${i}`));
      expect(events.at(-1)).toMatchObject({ event: "session", via, sessionId: `A${i}` });
      // a forged one gets the same answer
      const forged = await runCliAsync(["send", "--to", to, "--secret", "guess", fields(`B${i}`)]);
      expect(forged.lines.join().replace(/\d/g, "")).toBe(sent.lines.join().replace(/\d/g, ""));
      await until(all => all.some(({ event, sessionId }) => event === "rejected" && sessionId === `B${i}`));
      expect(events.at(-1)).toMatchObject({ event: "rejected", via, status: "DIGEST_WRONG" });
    }
    const parts = runCli(["encode", "--secret", "secret", "--sms", fields("A9")]).lines.map(line => JSON.parse(line));
    for (const { udh, data } of parts) modem.emulator.message(deliverTpdu("447700900123", fromHex(udh + data)));
    await until(all => all.some(({ event, via }) => event === "session" && via === "sms"));
    expect(events.at(-1)).toMatchObject({ event: "session", via: "sms", sessionId: "A9" });
    child.kill("SIGTERM");
    expect(await ended).toBe(0);

    const sent = await runCliAsync([
      ...["send", "--to", `modem:${modem.url}`, "--number", "+447700900123", "--secret", "secret"],
      fields("C"),
    ]);
    expect(sent.errors + sent.lines.join()).toContain('"parts":1');
    expect(modem.emulator.sent.length).toBe(1);
    modem.close();
  });

  test.each([
    ["no JSON", "{"],
    ["no array", "{}"],
    ["an unknown node", '[{"serverId":"a","appAuth":[],"secret":"x"}]'],
    ["no appAuth", '[{"serverId":"a"}]'],
    ["bad base64", '[{"serverId":"a","appAuth":[{"aauthLevel":"SRVCRED","aauthData":"*"}]}]'],
    ["a serverId twice", '[{"serverId":"a","appAuth":[]},{"serverId":"a","appAuth":[]}]'],
  ])("says what is wrong with an accounts file: %s", (_, text) => {
    const file = join(folder, "bad.json");
    writeFileSync(file, text);
    const { code, errors } = runCli([
      "listen",
      "--accounts",
      file,
      "--state",
      join(folder, "x"),
      "--udp",
      "127.0.0.1:0",
    ]);
    expect(code).toBe(1);
    expect(errors).toContain("bad.json");
  });
});
