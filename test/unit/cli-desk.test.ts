/** listen with a user who is asked, bearers that come and go, the bounds of a board, and accounts that cannot work. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { createClient } from "../../src/client/client.ts";
import { SESSION_WAITING } from "../../src/status.ts";
import { encode, type Fields13, pushOf } from "../../targets/codec/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { createControls, readBearers } from "../../targets/node/desk.ts";
import { openUdp, sendUdp } from "../../targets/node/udp.ts";
import { type Event, runCli } from "../cli.ts";
import { deliver, deviceOf, NOW } from "../suite/device.ts";
import { push13 } from "../suite/messages.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-desk-"));
afterAll(() => rmSync(folder, { recursive: true }));

const accounts = join(folder, "accounts.json");
const appAuth = [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }];
writeFileSync(accounts, JSON.stringify([{ serverId: "dm.example.com", appAuth }]));

interface Desk {
  child: ChildProcess;
  events: Event[];
  /** Resolves to the first event of that name that has come since the last one asked for. */
  next(name: string): Promise<Event>;
  say(line: string): void;
  push(fields: Partial<Fields13>): Promise<Uint8Array>;
  end(): Promise<number | null>;
}

async function startDesk(state: string, ...args: string[]): Promise<Desk> {
  const all = [
    "dist/cli.js",
    "listen",
    "--accounts",
    accounts,
    "--state",
    join(folder, state),
    "--udp",
    "127.0.0.1:0",
    ...args,
  ];
  const child = spawn(process.execPath, all, { stdio: ["pipe", "pipe", "inherit"] });
  const events: Event[] = [];
  let seen = 0;
  let look = () => {};
  createInterface({ input: child.stdout! }).on("line", line => {
    events.push(JSON.parse(line));
    look();
  });
  const ended = new Promise<number | null>(resolve => child.once("close", resolve));
  const next = (name: string) =>
    new Promise<Event>((resolve, reject) => {
      look = () => {
        const index = events.findIndex(({ event }, i) => i >= seen && event === name);
        if (index < 0) return;
        seen = index + 1;
        resolve(events[index]!);
      };
      ended.then(() => reject(new Error(`ended after ${JSON.stringify(events)}`)));
      look();
    });
  const { at } = await next("listening");
  const to = { host: "127.0.0.1", port: Number(/:(\d+)$/.exec(String(at))![1]) };
  return {
    ...{ child, events, next },
    say: line => child.stdin!.write(`${line}\n`),
    async push(fields) {
      const { bytes, contentType } = encode(
        { sessionId: "1", serverId: "dm.example.com", requestedMo: [1], ...fields },
        { secret: "secret" },
      );
      const push = pushOf(bytes, contentType, 1);
      await sendUdp(to, push);
      return push;
    },
    async end() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

describe("listen", () => {
  test("asks, and takes yes and no from standard input", async () => {
    const desk = await startDesk("ask", "--ui", "ask");
    await desk.push({ uiMode: "user-interaction", connectReason: "Now?", sessionId: "AB" });
    expect(await desk.next("ask")).toMatchObject({ connectReason: "Now?", sessionId: "AB" });
    desk.say("yes");
    expect(await desk.next("session")).toMatchObject({ sessionId: "AB" });
    await desk.push({ uiMode: "user-interaction", sessionId: "AC" });
    await desk.next("ask");
    desk.say("no ac");
    expect(await desk.next("ended")).toMatchObject({ status: "SESSION_REFUSED", sessionId: "AC" });
    await desk.push({ uiMode: "informative", sessionId: "AD" });
    await desk.next("inform");
    await desk.next("session");
    expect(await desk.end()).toBe(0);
  });

  test("a question whose session is over takes no answer from a later one", () => {
    const hal = createMockHal();
    const controls = createControls("ask", undefined);
    Object.assign(
      hal,
      controls.hal(() => {}),
    );
    const client = deviceOf({ createClient }, hal, {
      onSession: (status, request) => void (status !== SESSION_WAITING && controls.forget(request)),
    });
    controls.attach(client);
    deliver(hal, push13({ sessionId: 1, timestamp: NOW, timeoutMinutes: 1, uiMode: 3 }));
    hal.posix += 120;
    client.tick();
    expect(() => controls.tell("yes 1")).toThrow("nobody asked");
    deliver(hal, push13({ sessionId: 2, timestamp: hal.posix, timeoutMinutes: 1, uiMode: 3 }));
    controls.tell("yes");
    expect(hal.started.map(({ sessionId }) => sessionId)).toEqual(["2"]);
  });

  test("waits for a bearer that a line of standard input brings", async () => {
    const desk = await startDesk("bearers", "--bearers", "2");
    await desk.push({ preferredBearer: [6] });
    expect(await desk.next("waiting")).toMatchObject({ status: "SESSION_WAITING", preferredBearer: [6] });
    desk.say("bearers 6,8");
    expect(await desk.next("session")).toMatchObject({ bearer: 6 });
    expect(await desk.end()).toBe(0);
  });

  test("says when each message came, and its bytes", async () => {
    const desk = await startDesk("hex");
    const push = await desk.push({});
    const { time, hex, tra } = await desk.next("accepted");
    expect(tra, "the three bits of TRA as they came").toBe(0);
    expect(hex).toBe(Buffer.from(push).toString("hex"));
    expect(Math.abs(Date.parse(String(time)) - Date.now())).toBeLessThan(60_000);
    for (const event of desk.events) expect(event.time).toMatch(/^\d{4}-\d\d-\d\dT/);
    await desk.end();
  });

  test("has the bounds of a board where it is asked for, and each by an option", async () => {
    const long = { connectReason: "x".repeat(1100) };
    const cases: [string[], Partial<Fields13>, string | undefined][] = [
      [[], long, undefined],
      [["--board"], long, "NOTIFICATION_LONG"],
      [["--board", "--message-max", "2000"], long, undefined],
      [["--headers-max", "2"], {}, "WSP_HEADERS_LONG"],
      [["--clock", "system", "--max-skew", "10"], { timestamp: Math.floor(Date.now() / 1000) + 3600 }, "FUTURE"],
    ];
    for (const [i, [args, fields, status]] of cases.entries()) {
      const desk = await startDesk(`board${i}`, ...args);
      await desk.push(fields);
      if (status === undefined) await desk.next("accepted");
      else expect(await desk.next("rejected")).toMatchObject({ status });
      await desk.end();
    }
  });

  test("takes one session however long it is, and no second one beyond --pending-bytes", async () => {
    const desk = await startDesk("pending", "--hold", "--pending-bytes", "150");
    await desk.push({ sessionId: "1", connectReason: "x".repeat(100) });
    await desk.next("accepted");
    await desk.push({ sessionId: "2" });
    expect(await desk.next("rejected")).toMatchObject({ status: "PENDING_FULL" });
    expect(await desk.end()).toBe(0);
  });

  const unfit: [what: string, dmAcc: object, said: string][] = [
    ["no AppAuth", { serverId: "a", appAuth: [] }, "no AppAuth of aauthLevel NOTICRED or SRVCRED"],
    [
      "only CLCRED",
      { serverId: "a", appAuth: [{ aauthLevel: "CLCRED", aauthSecret: "x" }] },
      "no AppAuth of aauthLevel",
    ],
    ["no secret", { serverId: "a", appAuth: [{ aauthLevel: "NOTICRED" }] }, "has no aauthSecret"],
    ["a long ServerID", { serverId: "a".repeat(257), appAuth }, "more than 256 bytes"],
    ["a misspelt node", { serverId: "a", appauth: [] }, "did you mean appAuth?"],
  ];
  test.each(unfit)("refuses an account with %s, and says why", (_, dmAcc, said) => {
    const file = join(folder, "unfit.json");
    writeFileSync(file, JSON.stringify([dmAcc]));
    const { code, errors } = runCli([
      "listen",
      "--accounts",
      file,
      "--state",
      join(folder, "unfit"),
      "--udp",
      "127.0.0.1:0",
    ]);
    expect([code, errors.includes(said)], errors).toEqual([1, true]);
  });

  test("takes bearers of 1 to 11 only", async () => {
    expect(readBearers(" 6, 8")).toEqual([6, 8]);
    for (const bad of ["0", "12", "wlan", "6,,8"]) expect(() => readBearers(bad)).toThrow("1 to 11");
    const taken = await openUdp({ host: "127.0.0.1", port: 0 }, () => {});
    taken.close();
  });
});

test("encode warns of what a board refuses by default", () => {
  const fields = { sessionId: "1", serverId: "s", requestedMo: [1], connectReason: "x".repeat(1100) };
  const { code, errors } = runCli(["encode", "--secret", "s", "--sms", JSON.stringify(fields)]);
  expect(code).toBe(0);
  expect(errors).toContain("NOTIFICATION_LONG");
  expect(errors).toContain("SMS_MESSAGE_LONG");
});
