/** The images of targets/firmware in QEMU, made as its README says. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../random.ts";
import type { Gdb } from "./gdb.ts";
import {
  type BoardName,
  type Machine,
  makeFirmware,
  missingForFirmware,
  startMachine,
  stopMachines,
  symbolsOf,
} from "./qemu.ts";
import { freePort, pushOf, tpdusOf } from "./tty.ts";

const missing = missingForFirmware();
const note = missing.length > 0 ? `: skipped, no ${missing.join(", no ")}` : "";
const RESETS = Number(process.env.FIRMWARE_RESETS ?? 12);
const SEED = Number(process.env.FIRMWARE_SEED ?? 1);
/** pendingMax of each board, as the Makefile has it. */
const PENDING_MAX = { lm3s6965evb: 4, microbit: 1 };
const BOARDS: BoardName[] = ["lm3s6965evb", "microbit"];

describe.skipIf(missing.length > 0)(`targets/firmware in QEMU${note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-firmware-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(stopMachines);

  for (const board of BOARDS) {
    test(`the lines of the README end in a started session: ${board}`, async () => {
      const readme = readFileSync("targets/firmware/README.md", "utf8");
      const [, lines] = /<!-- the test runs these lines -->\s+```sh\n([\s\S]*?)```/.exec(readme) as RegExpExecArray;
      const [modem, image] = ["node dist/test/modem.js", `BOARD=${board} run`].map(
        part => lines.split("\n").find(line => line.includes(part)) as string,
      );
      const port = await freePort();
      const programs = [
        runShell(modem.replace("5555", `${port}`)),
        runShell(`${image} MODEM=tcp:127.0.0.1:${port} OUT=${join(folder, "readme", board)}`),
      ];
      await until(() => programs[1].output().includes("start session 1234\n"), programs[1].output);
      for (const program of programs) program.stop();
    }, 90_000);

    describe(board, () => {
      let elf = "";
      beforeAll(async () => {
        elf = await makeFirmware(board, join(folder, board));
      }, 60_000);

      test("boots, and starts sessions of an SMS in one part and in four, not of a forged one", async () => {
        const machine: Machine = await startMachine(board, elf);
        await machine.line("account 0");
        await machine.line("modem C0");
        for (const tpdu of tpdusOf(pushOf(0x1234), 1)) machine.modem.message(tpdu);
        expect(await machine.line("start session ")).toBe("1234");
        expect(await machine.line("done ")).toBe("1234");
        const four = tpdusOf(pushOf(0xbeef, 400), 7);
        expect(four.length).toBe(4);
        const from = machine.lines.length;
        for (const tpdu of four) machine.modem.message(tpdu);
        expect(await machine.line("start session ", from)).toBe("BEEF");
        const forged = pushOf(0x5678);
        forged[forged.length - 1] ^= 1;
        for (const tpdu of tpdusOf(forged, 1)) machine.modem.message(tpdu);
        expect(await machine.line("verdict 82")).toMatch(/@/);
        expect(machine.lines.filter(line => line.startsWith("start session")).length).toBe(2);
        await machine.stop();
      }, 60_000);

      test(
        `over ${RESETS} resets at random instructions nothing is lost, and nothing starts twice`,
        async () => {
          const short = await makeFirmware(board, join(folder, `${board}-short`), ["MORE_PARTS=-DSESSION_SECONDS=1"]);
          const machine = await startMachine(board, short, { capacity: 20 });
          const random = createRandom(SEED);
          const gdb = await machine.gdb();
          const symbols = symbolsOf(short);
          const sent: string[] = [];
          gdb.run();
          await machine.line("modem C0");
          for (let i = 0; i < RESETS; i++) {
            // every third time as many as may wait, of the greatest length
            const count = i % 3 === 0 ? PENDING_MAX[board] : 1;
            for (let k = 0; k < count && sent.length - endedOf(machine.lines).size < PENDING_MAX[board]; k++) {
              const id = 0x100 + sent.length;
              for (const tpdu of tpdusOf(pushOf(id, i % 2 === 0 ? 400 : 0), id & 255)) machine.modem.message(tpdu);
              sent.push(id.toString(16).toUpperCase());
            }
            const from = machine.lines.length;
            if (random(3) === 0) await sleep(random(400));
            else await runToWrite(gdb, symbols.get(random(4) === 0 ? "erase" : "program") as number, random(60));
            await gdb.interrupt();
            await gdb.step(random(30));
            await gdb.reset();
            await machine.line("ready", from);
          }
          await until(
            () => endedOf(machine.lines).size === sent.length,
            () =>
              `${machine.modem.stored()} ${machine.modem.waiting()} ${machine.modem.commands.slice(-20).join("|")} ${machine.lines.join("\n")}`,
          );
          expect([...endedOf(machine.lines)].sort()).toEqual([...sent].sort());
          for (const id of sent) {
            const done = machine.lines.indexOf(`done ${id}`);
            expect(machine.lines.indexOf(`start session ${id}`), id).toBeGreaterThan(-1);
            expect(machine.lines.lastIndexOf(`start session ${id}`), id).toBeLessThan(done);
          }
          gdb.close();
          await machine.stop();
        },
        60_000 + RESETS * 6000,
      );
    });
  }
});

const sleep = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

/** Runs until `address` has been come to so often, or for a second. */
async function runToWrite(gdb: Gdb, address: number, times: number): Promise<void> {
  await gdb.interrupt();
  await gdb.breakAt(address);
  for (let i = 0, isStopped = true; i <= times && isStopped; i++) {
    gdb.run();
    isStopped = await gdb.stopped(1000);
  }
  await gdb.interrupt();
  await gdb.goOnAt(address);
}

/** Runs a line as a person would, in a process group that is ended as one. */
function runShell(line: string) {
  const child = spawn("sh", ["-c", line.trim()], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", bytes => {
    text += bytes;
  });
  child.stderr.on("data", bytes => {
    text += bytes;
  });
  return { output: () => text, stop: () => process.kill(-(child.pid as number), "SIGKILL") };
}

/** Ids of the sessions that have ended, and were told so. */
function endedOf(lines: string[]): Set<string> {
  return new Set(lines.flatMap(line => /^done (\w+)$/.exec(line)?.slice(1) ?? []));
}

async function until(isDone: () => boolean, detail: () => string): Promise<void> {
  for (const end = Date.now() + 60_000; !isDone(); await sleep(20))
    if (Date.now() > end) throw new Error(`waited in vain: ${detail()}`);
}
