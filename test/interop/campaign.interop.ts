/** Campaigns against an SMS centre of another maker: Net::SMPP, and Kannel as gateway in front of one. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { startListener } from "../cli.ts";
import { startModem } from "../modem/server.ts";
import { deliverTpdu } from "../modem/tpdu.ts";
import { createRandom } from "../random.ts";
import { openCentre } from "../smsc.ts";
import { Arrivals, addressOf, DEVICES, startCampaign, writeFleet } from "./fleet.ts";
import { startKannel } from "./kannel.ts";
import { freePorts, needing, run, start, workDirectory } from "./programs.ts";

const SEED = Number(process.env.KILL_SEED ?? 1);
const KILLS = 10;

needing(["perl -MNet::SMPP"], "libnet-smpp-perl", "Net::SMPP takes campaigns", () => {
  const folder = workDirectory();

  async function startCentre() {
    const [port] = await freePorts(1);
    const { output } = start("perl", [join(import.meta.dirname, "smsc.pl"), String(port)]);
    await expect.poll(output, { timeout: 10_000 }).toContain("listening");
    /** "destination octets" of each submit_sm that has come. */
    const lines = () => output().split("\n").slice(1, -1);
    return { lines, arrived: () => lines().length, to: `smpp://me:pw@127.0.0.1:${port}?source=PKG0` };
  }

  /** Kills it at random moments, each time after something has arrived. */
  async function runKilled(
    args: string[],
    kills: number,
    longestMs: number,
    arrived: () => number,
  ): Promise<{ [name: string]: unknown }> {
    const random = createRandom(SEED);
    for (let i = 0; i < kills; i++) {
      const before = arrived();
      const { child, ended } = startCampaign(args);
      while (arrived() === before && child.exitCode === null) await sleep(5);
      await sleep(random(longestMs));
      child.kill("SIGKILL");
      await ended;
    }
    const last = startCampaign(args);
    expect(await last.ended, last.errors()).toBe(0);
    return last.events.at(-1)!;
  }

  test("killed, and its messages brought to a device by a modem: each session starts once", async () => {
    const devices = 24;
    const { to, lines, arrived } = await startCentre();
    const server = (i: number) => `dm${i}.example`;
    const secret = (i: number) => `secret ${i}`;
    const file = join(folder, "devices.ndjson");
    const fleet = Array.from({ length: devices }, (_, i) => {
      const common = { address: addressOf(i), serverId: server(i), secret: secret(i), requestedMo: [1] };
      return JSON.stringify(i % 3 === 0 ? { ...common, connectReason: "r".repeat(250) } : common);
    });
    writeFileSync(file, `${fleet.join("\n")}\n`);
    const summary = await runKilled(
      [file, "--to", to, "--state", join(folder, "few"), "--rate", "30"],
      3,
      500,
      arrived,
    );
    expect(summary).toMatchObject({ accepted: devices, failed: 0 });

    const accounts = join(folder, "accounts.json");
    const dmAccs = Array.from({ length: devices }, (_, i) => ({
      serverId: server(i),
      appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: secret(i) }],
    }));
    writeFileSync(accounts, JSON.stringify(dmAccs));
    const modem = await startModem({ hasCsms: true, capacity: 100 });
    const state = join(folder, "device");
    const listener = startListener(["--accounts", accounts, "--state", state, "--modem", modem.url]);
    await listener.until(events => events.some(({ event }) => event === "modem" || event === "listening"));
    const came = lines().map(line => line.split(" ") as [string, string]);
    for (const [i, [, hex]] of came.entries()) {
      modem.emulator.message(deliverTpdu("447700900123", Buffer.from(hex, "hex"), i));
    }
    const sessions = () => listener.events.filter(({ event }) => event === "session");
    await expect.poll(() => sessions().length, { timeout: 30_000 }).toBe(devices);
    listener.child.kill("SIGTERM");
    expect(await listener.ended).toBe(0);
    modem.close();
    const started = sessions().map(({ serverId }) => serverId);
    expect(new Set(started).size, "each device once").toBe(devices);
    console.log(`${came.length} short messages, ${summary.possiblyRepeated} messages marked as repeated`);
  }, 120_000);

  test(`${DEVICES} devices, killed ${KILLS} times: one accepted notification for each`, async () => {
    const { to, lines, arrived } = await startCentre();
    const file = join(folder, "fleet.ndjson");
    await writeFleet(file, DEVICES);
    const rate = String(Math.max(100, DEVICES / 10));
    const args = [file, "--to", `${to}&window=50`, "--state", join(folder, "many"), "--rate", rate];
    const summary = await runKilled(args, KILLS, 500, arrived);
    expect(summary).toMatchObject({ accepted: DEVICES, failed: 0, prepared: 0, submitted: 0, isAllRead: true });
    const arrivals = new Arrivals();
    for (const line of lines()) {
      const [destination, hex] = line.split(" ") as [string, string];
      arrivals.take({ destination, bytes: Buffer.from(hex, "hex"), pdu: {} });
    }
    expect(arrivals.times.size, "devices").toBe(DEVICES);
    expect(arrivals.changed, "the bytes of a repetition").toEqual([]);
    expect(arrivals.repeated()).toBeLessThanOrEqual(summary.possiblyRepeated as number);
    console.log(`${summary.possiblyRepeated} marked as repeated, ${arrivals.repeated()} were`);
  }, 300_000);
});

needing(["openssl"], "openssl", "SMPP over TLS", () => {
  const folder = workDirectory();

  test("to a centre whose certificate is trusted, and to no other", async () => {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const made = await run("openssl", [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      key,
      "-out",
      cert,
      ...names,
    ]);
    expect(made.status, made.output).toBe(0);
    const centre = await openCentre({ key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") });
    const file = join(folder, "fleet.ndjson");
    await writeFleet(file, 5);
    const to = `smpps://me:pw@localhost:${centre.port}?source=PKG0`;
    const trusting = startCampaign([file, "--to", `${to}&ca=${cert}`, "--state", join(folder, "trusting")]);
    expect(await trusting.ended, trusting.errors()).toBe(0);
    expect(centre.submits.length).toBe(5);
    const wary = startCampaign([file, "--to", to, "--state", join(folder, "wary")]);
    expect(await wary.ended).toBe(1);
    expect(wary.errors()).toMatch(/self.signed certificate/);
    expect(centre.submits.length).toBe(5);
    await centre.close();
  });
});

needing(["bearerbox", "smsbox"], "kannel", "Kannel between a campaign and an SMS centre", () => {
  const folder = workDirectory();

  test("sendsms over one connection, and SMPP behind it", async () => {
    const arrivals = new Arrivals();
    const centre = await openCentre({ took: arrivals.take });
    const { port, box } = await startKannel({
      directory: folder,
      box: "smsbox",
      groups: sendsmsPort => `group = smsc
smsc = smpp
smsc-id = centre
host = 127.0.0.1
port = ${centre.port}
smsc-username = kannel
smsc-password = kannel
system-type = ""
transceiver-mode = true

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${sendsmsPort}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = pkg0
password = pkg0
concatenation = false
max-messages = 1
`,
      ready: bearerbox =>
        expect.poll(() => centre.binds, { timeout: 20_000, message: bearerbox.output() }).toBeGreaterThan(0),
    });
    await expect.poll(box.output, { timeout: 20_000 }).toMatch(/Connected to bearerbox|sendsms/i);
    const devices = 30;
    const file = join(folder, "fleet.ndjson");
    await writeFleet(file, devices);
    const to = `kannel+http://127.0.0.1:${port}/cgi-bin/sendsms?username=pkg0&password=pkg0&from=12345`;
    const campaign = startCampaign([file, "--to", to, "--state", join(folder, "state")]);
    expect(await campaign.ended, campaign.errors()).toBe(0);
    expect(campaign.events.at(-1)).toMatchObject({ accepted: devices, failed: 0 });
    await expect.poll(() => arrivals.times.size, { timeout: 20_000 }).toBe(devices);
    expect(arrivals.total).toBe(devices);
    await centre.close();
  });
});
