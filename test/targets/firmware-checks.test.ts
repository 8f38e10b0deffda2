/** The conformance checks of a port, run on the board itself: in QEMU, with the C and the flash of targets/firmware. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bundleDevice } from "../../build/device.mjs";
import { type BoardName, makeFirmware, missingForFirmware, startMachine, stopMachines } from "./qemu.ts";

const missing = missingForFirmware();
const note = missing.length > 0 ? `: skipped, no ${missing.join(", no ")}` : "";

/** The checks that have no hand here: the power, the clock and damage are tried on flash.c itself, and there is no modem driver but ours. */
const SKIPPED = [
  "storage: a record outlasts a reset: restart",
  "storage: an erased record stays gone over a reset: restart",
  "storage: a save that has no room is false: setFull",
  "storage: a cut in a save harms that record alone: cutNextSave",
  "storage: what cannot be read now is false, not null, and comes back: setUnreadable",
  "storage: a corrupt record is bytes, null or false: corrupt",
  "clock: a clock that nobody has set is 0: setClock",
  "clock: monotonic seconds do not follow the clock: setClock",
  "clock: monotonic seconds go on for two months: passDay",
  "sms: each message once, whole, in a burst: tpdu",
  "sms: one message at a time, also while a record is saved: tpdu",
  "sms: close ends delivery, open begins it again: tpdu",
  "sms: a part of a message that is not complete stays in the modem, and is delivered again: kept",
  "sms: a message that there was no digest for stays in the modem, and is delivered again: kept",
  "sms: a message that could not be saved stays in the modem, and is delivered again: kept",
  "sms: a message of others stays in the modem, and is delivered again: kept",
  "sms: what was not settled outlasts a reset: kept",
  "serial: what is written goes out whole, and is lent: serialOut",
];
/** All checks at once have no room in the heap: they run in two parts, each without the sources of the other. */
const NONE = "test/targets/no-checks.ts";
const PARTS: Record<string, Record<string, string>> = {
  "storage and receivers": { "targets/conformance/board.ts": NONE },
  "clock, hash, session and bearers": {
    "targets/conformance/storage.ts": NONE,
    "targets/conformance/receivers.ts": NONE,
  },
};

describe.skipIf(missing.length > 0)(`port conformance on the board${note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-checks-"));
  afterAll(() => {
    stopMachines();
    rmSync(folder, { recursive: true });
  });

  async function bundleOf(part: string): Promise<string> {
    const { bundles, faults } = await bundleDevice({
      ...{ name: "test/board-checks", entry: "test/targets/board-checks.ts", levels: [5], globals: ["host"] },
      alias: {
        "src/hash/md5.ts": "src/hash/md5-small.ts",
        "src/hash/sha256.ts": "src/hash/sha256-small.ts",
        ...PARTS[part],
      },
      folders: ["src/", "targets/", "test/targets/"],
    });
    expect(faults).toEqual([]);
    const script = join(folder, "checks.es5.js");
    writeFileSync(script, bundles[0].code);
    return script;
  }

  /** Runs one part; returns what the board has logged. */
  async function check(board: BoardName, part: string): Promise<string[]> {
    const elf = await makeFirmware(board, join(folder, board), [`BUNDLE=${await bundleOf(part)}`]);
    const machine = await startMachine(board, elf);
    let done = 0;
    let datagram = "";
    /** Sends what the log has asked for since. */
    function obey(): void {
      for (; done < machine.lines.length; done++) {
        const [, what, hex] = /^(serial|datagram)\+? (\w+)$/.exec(machine.lines[done]) ?? [];
        if (what === "serial") machine.serial(Buffer.from(hex, "hex"));
        if (what !== "datagram") continue;
        datagram += hex;
        if (machine.lines[done].startsWith("datagram+")) continue;
        machine.datagram(Buffer.from(datagram, "hex"));
        datagram = "";
      }
    }
    const timer = setInterval(obey, 10);
    await machine.line("checks ", 0, 100_000).finally(() => clearInterval(timer));
    await machine.stop();
    return machine.lines;
  }

  // the heap of the microbit has no room for the checks of sessions
  test("lm3s6965evb", async () => {
    const lines: string[] = [];
    for (const part of Object.keys(PARTS)) lines.push(...(await check("lm3s6965evb", part)));
    const starting = (word: string) => lines.filter(line => line.startsWith(word)).map(line => line.slice(word.length));
    expect(starting("failed ")).toEqual([]);
    expect(starting("checks ")).toEqual(["0", "0"]);
    expect(starting("skipped ").sort()).toEqual([...SKIPPED].sort());
    expect(starting("passed ").length + SKIPPED.length).toBe(36);
    expect(starting("overruns ")).toEqual([]);
  }, 240_000);
});
