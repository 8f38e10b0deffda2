/**
 * Prints the results of a suite in an engine's command line: a line for each check that fails, and at the end `N passed, N
 * failed`.
 */
import type { T } from "./api.ts";

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

export const t: T = {
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

/** Writes the last line; throws when a check failed, for the exit code. */
export function end(): void {
  write(`${passed} passed, ${failed} failed`);
  if (failed > 0) throw new Error(`${failed} failed`);
}
