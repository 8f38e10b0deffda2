import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { createReceiver } from "../../targets/examples/own-modem.js";
import { startTracker } from "../../targets/examples/tracker.js";
import { createMockHal } from "../../targets/mock/hal.ts";
import { createBench } from "../modem/bench.ts";
import { TEXT_TPDU } from "../modem/tpdu.ts";
import { ACCOUNT, pushOf, tpdusOf } from "./tty.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("examples", () => {
  test("are short", () => {
    for (const file of readdirSync("targets/examples")) {
      const lines = readFileSync(join("targets/examples", file), "utf8").trim().split("\n");
      expect(lines.length, file).toBeLessThanOrEqual(45);
    }
  });

  test("tracker: sleeps, is woken by a short message, reports and sleeps again", () => {
    const bench = createBench({}, {});
    const hal = createMockHal();
    const setUp = pkg0.createClient({ storage: hal.storage, clock: hal.clock, session: hal.session }, {});
    setUp.open();
    setUp.addAccount(ACCOUNT);
    let wake = (): void => {};
    let isAwake = false;
    const reports: string[] = [];
    const ends: (() => void)[] = [];
    const tick = startTracker(pkg0, {
      storage: hal.storage,
      clock: bench.clock,
      serial: bench.serial,
      wake: (call: () => void) => {
        wake = call;
      },
      sleep: () => {
        isAwake = false;
      },
      report(request: pkg0.SessionRequest, done: () => void) {
        reports.push(request.sessionId);
        ends.push(done);
      },
    });
    const run = (seconds: number): void => {
      for (let i = 0; i < seconds && isAwake; i++) {
        bench.run(1);
        tick();
      }
    };
    for (const tpdu of tpdusOf(pushOf(0x51, 200), 1)) bench.emulator.message(tpdu);
    isAwake = true;
    wake();
    run(100);
    expect(reports).toEqual(["51"]);
    expect(isAwake).toBe(true); // as long as the session runs
    ends[0]!();
    run(100);
    expect(isAwake).toBe(false);
    expect(bench.emulator.stored()).toBe(0);
  });

  test("own modem: hands over, deletes ours, leaves texts", async () => {
    const tpdus = [TEXT_TPDU, ...tpdusOf(pushOf(0x52), 1)];
    const stored = new Map(tpdus.map((tpdu, i) => [i, Uint8Array.from([0, ...tpdu])]));
    const driver = {
      onMessage: null as ((index: number) => void) | null,
      list: () => [...stored.keys()],
      read: (index: number) => stored.get(index)!,
      delete: (index: number) => stored.delete(index),
    };
    const hal = createMockHal();
    hal.sms = createReceiver(pkg0, driver);
    const client = pkg0.createClient(hal, { sms: check => pkg0.createSmsReceive(hal.clock, { check }) });
    client.addAccount(ACCOUNT);
    client.open();
    await new Promise(done => setTimeout(done, 5));
    expect(hal.started.map(request => request.sessionId)).toEqual(["52"]);
    expect([...stored.keys()]).toEqual([0]);
    stored.set(7, Uint8Array.from([0, ...tpdusOf(pushOf(0x53), 2)[0]!]));
    driver.onMessage!(7);
    expect(hal.started.map(request => request.sessionId)).toEqual(["52", "53"]);
    client.close();
  });

  test("gateway: a datagram starts a session", async () => {
    cpSync("targets/examples/gateway.js", join(folder, "gateway.mjs"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(resolve("."), join(folder, "node_modules/pkg0"));
    const child = spawn(process.execPath, ["gateway.mjs", "state", "0"], { cwd: folder });
    const socket = createSocket("udp4");
    let text = "";
    await new Promise<void>((done, fail) => {
      child.stderr.on("data", bytes => fail(new Error(String(bytes))));
      child.stdout.on("data", bytes => {
        const port = /^port (\d+)\n$/.exec(text + bytes);
        text += bytes;
        if (port !== null) socket.send(pushOf(0x54), Number(port[1]), "127.0.0.1");
        if (text.includes("session 54 with dm.example.com")) done();
      });
    });
    expect(text).toContain("OK at ");
    socket.close();
    child.kill();
  });
});
