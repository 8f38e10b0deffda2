/** The images of targets/firmware in QEMU, made as its README says. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { datagramOf, slipOf } from "../../build/slip.mjs";
import { createRandom } from "../random.ts";
import { leastRings } from "./firmware-ring.ts";
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
/** With it a push of pushOf fills four short messages. */
const REASON_MAX = 441;
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

      test("boots with as many sessions waiting as there may be, each of the greatest length, and offers them again", async () => {
        const endless = await makeFirmware(board, join(folder, `${board}-endless`), [
          "MORE_PARTS=-DSESSION_SECONDS=9999",
        ]);
        const machine = await startMachine(board, endless, { capacity: 20 });
        const gdb = await machine.gdb();
        gdb.run();
        await machine.line("modem C0");
        for (let id = 1; id <= PENDING_MAX[board]; id++) {
          const from = machine.lines.length;
          for (const tpdu of tpdusOf(pushOf(id, REASON_MAX), id)) machine.modem.message(tpdu);
          await machine.line("verdict 0@", from);
        }
        await machine.line("start session 1");
        const from = machine.lines.length;
        await gdb.interrupt();
        await gdb.reset();
        await machine.line("start session 1", from);
        await machine.line("modem C0", from);
        expect(machine.lines.filter(line => line.includes("memory"))).toEqual([]);
        gdb.close();
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
              for (const tpdu of tpdusOf(pushOf(id, i % 2 === 0 ? REASON_MAX : 0), id & 255))
                machine.modem.message(tpdu);
              sent.push(id.toString(16).toUpperCase());
            }
            const from = machine.lines.length;
            if (random(3) === 0) await sleep(random(400));
            else await runToWrite(gdb, symbols.get(random(4) === 0 ? "erase" : "program") as number, random(60));
            await gdb.interrupt();
            await gdb.step(random(30));
            await gdb.reset();
            // a line that the reset cut short has this one behind it
            await until(
              () => machine.lines.slice(from).some(line => line.endsWith("ready")),
              () => `no "ready" in:\n${machine.lines.join("\n")}`,
            );
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

describe.skipIf(missing.length > 0)(`targets/firmware on lm3s6965evb in QEMU${note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-firmware-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(stopMachines);

  test("datagrams in SLIP on the second UART start sessions; what is damaged or for another port does not", async () => {
    const machine = await startMachine("lm3s6965evb", await makeFirmware("lm3s6965evb", join(folder, "slip")));
    await machine.line("modem C0");
    const verdicts = () => machine.lines.filter(line => line.startsWith("verdict ")).length;
    /** The frames before the last one leave no trace: it is the next verdict. */
    async function expectNext(id: number, push = pushOf(id)): Promise<void> {
      const before = verdicts();
      const name = id.toString(16).toUpperCase();
      const from = machine.lines.length;
      machine.datagram(push);
      expect(await machine.line("verdict ", from)).toMatch(/^0@\d+ via 1$/);
      expect(await machine.line("start session ", from)).toBe(name);
      expect(await machine.line("done ", from)).toBe(name);
      expect(verdicts()).toBe(before + 1);
    }
    const packet = datagramOf(pushOf(0x99), 2948);
    const broken = (change: (bytes: Uint8Array) => void) => {
      const bytes = packet.slice();
      change(bytes);
      machine.slip(slipOf(bytes));
    };

    // one whose digest has both bytes that are escaped
    let id = 0x1000;
    let push = pushOf(id, 400);
    while (!push.includes(0xc0) || !push.includes(0xdb)) push = pushOf(++id, 400);
    await expectNext(id, push);

    machine.datagram(pushOf(0x99), 2949);
    broken(bytes => void bytes[12]++); // the checksum of the header
    broken(bytes => void bytes.set([0x20], 6)); // a fragment, with a wrong checksum as well
    machine.slip(slipOf(packet.subarray(0, packet.length - 1)));
    machine.slip(slipOf(packet.subarray(0, 20)));
    machine.slip(Uint8Array.of(0xc0, 0xc0, 0xc0));
    machine.slip(slipOf(new Uint8Array(6000).fill(7))); // longer than the ring
    await sleep(300);
    await expectNext(0xf235);

    // the head of a frame is lost, as when the cable is put in
    machine.slip(slipOf(packet).subarray(30));
    await expectNext(0xf236);

    // one after the other while a session runs, which are offered again when it has ended
    for (const next of [0x21, 0x22, 0x23]) machine.datagram(pushOf(next));
    for (const name of ["21", "22", "23"]) await machine.line(`done ${name}`);
    const starts = machine.lines.filter(line => line.startsWith("start session "));
    expect(new Set(starts).size).toBe(starts.length);
    await machine.stop();
  }, 60_000);

  test("the rings that the README names for a line without flow control are the smallest that lose nothing", async () => {
    const readme = readFileSync("targets/firmware/README.md", "utf8");
    const rows = [...readme.matchAll(/^\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$/gm)];
    const named = rows.map(([, ...cells]) => cells.map(cell => Number(cell.replace(",", ""))));
    const bauds = named.map(([baud]) => baud);
    expect(bauds).toEqual([9600, 115_200]);
    const found = await leastRings(bauds, [1, 4, 10], folder);
    const measured = bauds.map(baud => [baud, ...found.filter(row => row.baud === baud).map(({ ring }) => ring)]);
    expect(measured).toEqual(named);
  }, 180_000);

  test("the watchdog resets a firmware that hangs, and what waited is offered again", async () => {
    const parts = "-UWATCHDOG_SECONDS -DWATCHDOG_SECONDS=2 -DSESSION_SECONDS=9999";
    const elf = await makeFirmware("lm3s6965evb", join(folder, "watchdog"), [`MORE_PARTS=${parts}`]);
    const machine = await startMachine("lm3s6965evb", elf);
    const gdb = await machine.gdb();
    gdb.run();
    await machine.line("modem C0");
    for (const tpdu of tpdusOf(pushOf(0x1234), 1)) machine.modem.message(tpdu);
    await machine.line("start session 1234");
    // it is held back for as long as the main loop goes round
    await sleep(5000);
    expect(machine.lines.filter(line => line === "ready").length).toBe(1);
    const from = machine.lines.length;
    await gdb.interrupt();
    const stack = symbolsOf(elf).get("stack_start") as number;
    await gdb.write(stack, Uint8Array.of(0xfe, 0xe7)); // b .
    await gdb.setRegister(15, stack);
    gdb.run();
    await machine.line("ready", from);
    expect(await machine.line("start session ", from)).toBe("1234");
    gdb.close();
    await machine.stop();
  }, 60_000);
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
