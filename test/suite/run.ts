/**
 * What an engine's command line runs behind the client bundle: the suite, a line for each check that fails, at the end
 * `N passed, N failed` and an exception when any failed, for the exit code. Leaves `repeatAll(times)` behind.
 */
import { type Pkg0, suite } from "./index.ts";
import { repeatAll } from "./repeat.ts";

declare const pkg0: Pkg0;
declare const print: ((line: string) => void) | undefined;

const write = typeof print === "function" ? print : (line: string) => console.log(line);
let passed = 0;
let failed = 0;
let name = "";
let failures = 0;

function report(what: string): void {
  failures++;
  write(`${name}: ${what}`);
}

function isEqual(actual: unknown, expected: unknown): boolean {
  if (actual === expected) return true;
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null) return false;
  const a = actual as ArrayLike<unknown>;
  const b = expected as ArrayLike<unknown>;
  if (a.length !== b.length || a.length === undefined) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const t = {
  test(title: string, fn: () => void): void {
    name = title;
    failures = 0;
    try {
      fn();
    } catch (error) {
      report(`threw ${error}`);
    }
    if (failures === 0) passed++;
    else failed++;
  },
  equal(actual: unknown, expected: unknown, what: string): void {
    if (!isEqual(actual, expected)) report(`${what} is ${actual}, not ${expected}`);
  },
  ok(condition: boolean, what: string): void {
    if (!condition) report(what);
  },
};

suite(t, pkg0);
(globalThis as { repeatAll?: (times: number) => void }).repeatAll = times => repeatAll(pkg0, times);
write(`${passed} passed, ${failed} failed`);
if (failed > 0) throw new Error(`${failed} failed`);
