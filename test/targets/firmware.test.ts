/** The images of targets/firmware in QEMU, made as its README says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type BoardName, type Machine, makeFirmware, missingForFirmware, startMachine, stopMachines } from "./qemu.ts";
import { pushOf, tpdusOf } from "./tty.ts";

const missing = missingForFirmware();
const note = missing.length > 0 ? `: skipped, no ${missing.join(", no ")}` : "";
const BOARDS: BoardName[] = ["lm3s6965evb", "microbit"];

describe.skipIf(missing.length > 0)(`targets/firmware in QEMU${note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-firmware-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(stopMachines);

  for (const board of BOARDS) {
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
        expect(await machine.line("done ")).toBe("0");
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
        console.log(machine.lines.join("\n"));
        await machine.stop();
      }, 60_000);
    });
  }
});
