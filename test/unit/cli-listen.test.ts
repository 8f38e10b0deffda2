import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openUdp, sendUdp } from "../../targets/node/udp.ts";
import { EXPECTED, PUSHES, runCli, runCliAsync, startListener } from "../cli.ts";
import { startModem } from "../modem/server.ts";
import { deliverTpdu, fromHex } from "../modem/tpdu.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-listen-"));
afterAll(() => rmSync(folder, { recursive: true }));

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
    const others = Array.from({ length: 70 }, (_, i) => ({ serverId: `other${i}`, appAuth: account.appAuth }));
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

  test("asks a modem that announces nothing as often as it is told to", async () => {
    const modem = await startModem({ takesCnmi: () => false });
    const times = ["--answer-seconds", "2", "--list-seconds", "2", "--poll-seconds", "1", "--sweep-seconds", "600"];
    const { child, until, ended } = listener("seconds", "--modem", modem.url, ...times);
    await until(all => all.some(({ status }) => status === "MODEM_POLLING"));
    const fields = JSON.stringify({ sessionId: "D1", serverId: "dm.example.com", requestedMo: [1] });
    const [part] = runCli(["encode", "--secret", "secret", "--sms", fields]).lines.map(line => JSON.parse(line));
    modem.emulator.message(deliverTpdu("447700900123", fromHex(part.udh + part.data)));
    await until(all => all.some(({ event, sessionId }) => event === "session" && sessionId === "D1"));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    modem.close();
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
    // the modem reports when it pleases
    const last = () => events.filter(({ event }) => event !== "modem").at(-1);
    for (const [i, [via, to]] of Object.entries(uris).entries()) {
      const sent = await runCliAsync(["send", "--to", to, "--secret", "secret", fields(`A${i}`)]);
      expect(sent.code, sent.errors).toBe(0);
      await until(all => all.some(({ event, sessionId }) => event === "session" && sessionId === `A${i}`));
      expect(last()).toMatchObject({ event: "session", via, sessionId: `A${i}` });
      // a forged one gets the same answer
      const forged = await runCliAsync(["send", "--to", to, "--secret", "guess", fields(`B${i}`)]);
      expect(forged.lines.join().replace(/\d/g, "")).toBe(sent.lines.join().replace(/\d/g, ""));
      await until(all => all.some(({ event, sessionId }) => event === "rejected" && sessionId === `B${i}`));
      expect(last()).toMatchObject({ event: "rejected", via, status: "DIGEST_WRONG" });
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
