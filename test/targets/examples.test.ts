import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runInThisContext } from "node:vm";
import { afterAll, describe, expect, test } from "vitest";
import * as hostPkg0 from "../../src/index.ts";
import { createReceiver } from "../../targets/examples/own-modem.js";
import { startTracker } from "../../targets/examples/tracker.js";
import { createMockHal } from "../../targets/mock/hal.ts";
import { createBench } from "../modem/bench.ts";
import { TEXT_TPDU } from "../modem/tpdu.ts";
import { ACCOUNT, pushOf, tpdusOf } from "./tty.ts";

/** The API of a board: the flashed bundle. */
const pkg0 = ((): typeof hostPkg0 => {
  const flashed = globalThis as { pkg0?: typeof hostPkg0 };
  runInThisContext(readFileSync("dist/pkg0.client.js", "utf8"));
  return flashed.pkg0!;
})();

const folder = mkdtempSync(join(tmpdir(), "pkg0-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("examples", () => {
  test("are short", () => {
    for (const file of readdirSync("targets/examples")) {
      const lines = readFileSync(join("targets/examples", file), "utf8").trim().split("\n");
      expect(lines.length, file).toBeLessThanOrEqual(52);
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
      report(request: hostPkg0.SessionRequest, done: () => void) {
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
    const client = pkg0.createClient(hal, { sms: () => pkg0.createSmsReceiver(hal.clock, {}) });
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

  describe("of sms-modem.md", () => {
    const programs = [...readFileSync("targets/sms-modem.md", "utf8").matchAll(/```js\n([\s\S]*?)```/g)].map(
      m => m[1]!,
    );
    expect(programs.length).toBe(3);
    const [atModem, ownModem, sendingModem] = programs as [string, string, string];

    test("an AT modem on a serial port", () => {
      const bench = createBench({}, {});
      const hal = createMockHal();
      let second = (): void => {};
      const names = ["pkg0", "serial", "clock", "storage", "session", "log", "setInterval"];
      const reports: number[] = [];
      const client = new Function(...names, `${atModem}\nreturn client;`)(
        ...[pkg0, bench.serial, bench.clock, hal.storage, hal.session, (status: number) => reports.push(status)],
        (call: () => void) => {
          second = call;
        },
      ) as hostPkg0.Client;
      client.addAccount(ACCOUNT);
      for (const tpdu of tpdusOf(pushOf(0x55, 200), 1)) bench.emulator.message(tpdu);
      for (let i = 0; i < 100; i++) {
        second();
        bench.run(1);
      }
      expect(reports).toContain(hostPkg0.MODEM_READY);
      expect(hal.started.map(request => request.sessionId)).toEqual(["55"]);
    });

    test("a board's own modem driver", () => {
      const hal = createMockHal();
      let deleted = 0;
      const board = { onSms: (_pdu: Uint8Array, _hasSmsc: boolean) => {}, deleteSms: () => deleted++ };
      hal.sms = new Function("pkg0", "board", `${ownModem}\nreturn receiver;`)(pkg0, board);
      const client = pkg0.createClient(hal, { sms: () => pkg0.createSmsReceiver(hal.clock, {}) });
      client.addAccount(ACCOUNT);
      client.open();
      board.onSms(Uint8Array.from([0, ...tpdusOf(pushOf(0x56), 1)[0]!]), true);
      board.onSms(TEXT_TPDU, false);
      expect(hal.started.map(request => request.sessionId)).toEqual(["56"]);
      expect(deleted).toBe(1);
      client.close();
    });

    test("sending", () => {
      const bench = createBench({}, {});
      const seen: number[] = [];
      const log = (status: number): void => void seen.push(status);
      const [tpdu] = tpdusOf(pushOf(0x57), 1);
      const [head, send] = sendingModem.split("// once the modem is ready");
      const { modem, sending } = new Function("pkg0", "serial", "clock", "log", `${head}\nreturn { modem, sending };`)(
        ...[hostPkg0, bench.serial, bench.clock, log],
      );
      modem.open(() => hostPkg0.OK);
      const run = (seconds: number): void => {
        for (let i = 0; i < seconds; i++) {
          modem.tick();
          bench.run(1);
        }
      };
      run(30);
      expect(seen).toContain(hostPkg0.MODEM_READY);
      new Function("sending", "tpdu", "log", `// ${send}`)(sending, tpdu, log);
      run(30);
      expect(seen.at(-1)).toBe(hostPkg0.OK);
    });
  });

  test("gateway: a datagram starts a session; the user is asked, and a bearer that is down makes it wait", async () => {
    cpSync("targets/examples/gateway.js", join(folder, "gateway.mjs"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(resolve("."), join(folder, "node_modules/pkg0"));
    const child = spawn(process.execPath, ["gateway.mjs", "state", "0", "8,2"], { cwd: folder });
    const socket = createSocket("udp4");
    let text = "";
    await new Promise<void>((done, fail) => {
      child.stderr.on("data", bytes => fail(new Error(String(bytes))));
      child.stdout.on("data", bytes => {
        const port = /^port (\d+)\n$/.exec(text + bytes);
        text += bytes;
        const send = (push: Uint8Array) => socket.send(push, Number(/^port (\d+)\n/.exec(text)![1]), "127.0.0.1");
        if (port !== null) send(pushOf(0x54, 0, 1, [8]));
        if (String(bytes).includes("session 54 with")) send(pushOf(0x61, 0, 1, [6]));
        if (String(bytes).includes("session 61: SESSION_WAITING")) send(pushOf(0x62, 3, 3));
        if (String(bytes).includes("may session 62 begin? rrr")) child.stdin.write("y\n");
        if (String(bytes).includes("session 62 with")) done();
      });
    });
    expect(text).toContain("OK at ");
    expect(text).toContain("session 54 with dm.example.com");
    expect(text).not.toContain("session 61 with");
    socket.close();
    child.kill();
  });
});
