/** The port checks on the board itself, in its heap: in QEMU, with the lines of targets/firmware/README.md. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type BoardName, missingForFirmware } from "./qemu.ts";

const missing = missingForFirmware();
const note = missing.length > 0 ? `: skipped, no ${missing.join(", no ")}` : "";

/** The checks that have no control on both boards: power, clock and damage are tried on flash.c itself, and the modem driver is ours. */
const SKIPPED = [
  "storage: a record outlasts a reset: no restart",
  "storage: an erased record stays gone over a reset: no restart",
  "storage: a save that has no room is false: no setFull",
  "storage: a cut in a save harms that record alone: no cutNextSave",
  "storage: what cannot be read now is false, not null, and comes back: no setUnreadable",
  "storage: a corrupt record is bytes, null or false: no corrupt",
  "clock: a clock that nobody has set is 0: no setClock",
  "clock: monotonic seconds do not follow the clock: no setClock",
  "clock: monotonic seconds go on for two months: no passDay",
  "sms: each message once, whole, in a burst: no tpdu",
  "sms: one message at a time, also while a record is saved: no tpdu",
  "sms: close ends delivery, open begins it again: no tpdu",
  "sms: a part of a message that is not complete stays in the modem, and is delivered again: no kept",
  "sms: a message that there was no digest for stays in the modem, and is delivered again: no kept",
  "sms: a message that could not be saved stays in the modem, and is delivered again: no kept",
  "sms: a message of others stays in the modem, and is delivered again: no kept",
  "sms: what was not settled outlasts a reset: no kept",
  "serial: what is written goes out whole, and is lent: no serialOut",
];
const SKIPPED_OF: Record<BoardName, string[]> = {
  lm3s6965evb: SKIPPED,
  // this board has no second UART for datagrams
  microbit: [
    ...SKIPPED,
    "udp: each message once, whole, in a burst: no datagram",
    "udp: one message at a time, also while a record is saved: no datagram",
    "udp: close ends delivery, open begins it again: no datagram",
  ],
};
/** All checks there are (test/targets/conformance.test.ts runs each of them). */
const CHECKS = 36;

/** `status` of npm run checks, and what it printed. */
function runChecks(...args: string[]): Promise<{ status: unknown; stdout: string }> {
  return new Promise(resolve => {
    execFile("node", ["build/checks.mjs", ...args], (error, stdout) => resolve({ status: error?.code ?? 0, stdout }));
  });
}

describe.skipIf(missing.length > 0)(`port checks on the board${note}`, () => {
  const readme = readFileSync("targets/firmware/README.md", "utf8");
  const commands = [...readme.matchAll(/^npm run checks -- "(.*BOARD=(\w+).*)"/gm)];

  test.each(commands.map(([, command, board]) => [board as BoardName, command!] as const))(
    "%s",
    async (board, command) => {
      const run = await runChecks(command);
      const lines = run.stdout.split("\n");
      const starting = (word: string) =>
        lines.filter(line => line.startsWith(word)).map(line => line.slice(word.length));
      expect(starting("failed "), run.stdout).toEqual([]);
      expect(starting("checks "), run.stdout).toEqual(["0", "0", "0", "0"]);
      expect(starting("skipped ").sort()).toEqual(SKIPPED_OF[board].sort());
      expect(starting("passed ").length).toBe(CHECKS - SKIPPED_OF[board].length);
      expect(starting("overruns ")).toEqual([]);
      expect(run.status).toBe(0);
    },
    240_000,
  );

  test("a board whose heap is too small for a part says so", async () => {
    const out = mkdtempSync(join(tmpdir(), "pkg0-checks-"));
    const small = `MORE_PARTS="-UHOST_HEAP_BYTES -DHOST_HEAP_BYTES=16128" OUT=${out}`;
    const command = `make -s -C targets/firmware BOARD=microbit ${small} run`;
    const run = await runChecks("--only", "session", command);
    rmSync(out, { recursive: true });
    expect(run.stdout).toMatch(/^failed session: .*out of memory$|^session: 0 passed.*the board was reset/m);
    expect(run.status).toBe(1);
  }, 120_000);

  test("the page has both boards", () => expect(commands.map(([, , board]) => board)).toEqual(Object.keys(SKIPPED_OF)));
});
