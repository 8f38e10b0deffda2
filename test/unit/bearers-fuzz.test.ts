import { afterEach, expect, test, vi } from "vitest";
import { fuzzBearers } from "../suite/bearers-fuzz.ts";

afterEach(() => vi.unstubAllGlobals());

/** A typed array that refuses to be read or written out of range, as some engines do. */
function guard<T extends object>(bytes: T & { length: number }): T {
  return new Proxy(bytes, {
    get(target, key) {
      check(target, key, "read");
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set(target, key, value) {
      check(target, key, "written");
      return Reflect.set(target, key, value, target);
    },
  });
}

function check(target: { length: number }, key: string | symbol, what: string): void {
  const index = typeof key === "string" ? Number(key) : Number.NaN;
  if (Number.isNaN(index)) return;
  if (!Number.isInteger(index) || index < 0 || index >= target.length) throw new Error(`${what} at ${String(key)}`);
}

test("no byte is read or written out of range", () => {
  const guarding = <T extends { new (...args: never[]): object & { length: number } }>(type: T) =>
    new Proxy(type, { construct: (target, args) => guard(Reflect.construct(target, args)) });
  vi.stubGlobal("Uint8Array", guarding(Uint8Array));
  vi.stubGlobal("Int32Array", guarding(Int32Array));
  expect(() => new Uint8Array(2)[2]).toThrow("read at 2");
  const wrong: string[] = [];
  expect(fuzzBearers(2, 2000, guard, wrong)).toBeGreaterThan(10);
  expect(wrong).toEqual([]);
});
