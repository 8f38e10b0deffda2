import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { COMMANDS, runCommand } from "./command.ts";
import { QUICKJS, runInQuickjs } from "./quickjs.ts";
import { runInVm } from "./vm.ts";

/** The bytes that a QuickJS may use after the suite: for the engine itself, the bundle, the suite and its vectors. */
const HEAP_BYTES = 1024 * 1024;

const fileOf = { 2019: "dist/test/engine-suite.js", 5: "dist/test/engine-suite.es5.js" };
const scriptOf = { 2019: readFileSync(fileOf[2019], "utf8"), 5: readFileSync(fileOf[5], "utf8") };

/** The number of checks; every other engine must report the same number. */
const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(runInVm(scriptOf[2019]).join("\n")) ?? [];
const all = Number(passed) + Number(failed);

function expectAllPassed(lines: string[]): void {
  expect(all).toBeGreaterThan(0);
  expect(lines.join("\n")).toMatch(new RegExp(`^${all} passed, 0 failed$`, "m"));
  expect(lines.at(-1)).toBe(`${all} passed, 0 failed`);
}

describe("the bundle that is flashed, in", () => {
  test("Node, ES2019", () => expectAllPassed(runInVm(scriptOf[2019])));
  test("Node, ES5", () => expectAllPassed(runInVm(scriptOf[5])));

  for (const [name, variant] of Object.entries(QUICKJS)) {
    for (const level of [2019, 5] as const) {
      test(`${name} with ${HEAP_BYTES / 1024} KiB, ES${level}, without growth of the heap`, async () => {
        const board = await runInQuickjs(variant, HEAP_BYTES, scriptOf[level]);
        expectAllPassed(board.lines);
        expect(board.usedBytes()).toBeLessThanOrEqual(HEAP_BYTES);
        board.evaluate("repeatAll(1)");
        const before = board.usedBytes();
        board.evaluate("repeatAll(20)");
        expect(board.usedBytes()).toBe(before);
        board.dispose();
      });
    }
  }

  for (const [name, command] of Object.entries(COMMANDS)) {
    const isFound = isOnPath(command.command);
    const title = isFound ? name : `${name}: skipped, not on PATH`;
    test.skipIf(!isFound)(title, { timeout: command.timeoutMs + 10_000 }, async () => {
      expectAllPassed(await runCommand(command, fileOf[command.level]));
    });
  }
});

describe("SIP, HTTP and OBEX, in", () => {
  const files = { 2019: "dist/test/bearers-suite.js", 5: "dist/test/bearers-suite.es5.js" };
  const last = (lines: string[]) => expect(lines.at(-1), lines.join("\n")).toMatch(/^[1-9]\d* passed, 0 failed$/);

  for (const level of [2019, 5] as const) {
    const script = readFileSync(files[level], "utf8");
    test(`Node, ES${level}`, () => last(runInVm(script)));
    for (const [name, variant] of Object.entries(QUICKJS)) {
      test(`${name} with ${HEAP_BYTES / 1024} KiB, ES${level}`, async () => {
        const board = await runInQuickjs(variant, HEAP_BYTES, script);
        last(board.lines);
        board.dispose();
      });
    }
  }

  for (const [name, command] of Object.entries(COMMANDS)) {
    const isFound = isOnPath(command.command);
    const title = isFound ? name : `${name}: skipped, not on PATH`;
    test.skipIf(!isFound)(title, { timeout: command.timeoutMs + 10_000 }, async () => {
      last(await runCommand(command, files[command.level]));
    });
  }
});
