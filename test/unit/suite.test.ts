import { expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { suite } from "../suite/index.ts";
import { repeatAll } from "../suite/repeat.ts";

suite(
  {
    test,
    equal: (actual, expected, what) => expect(actual, what).toBe(expected),
    ok: (condition, what) => expect(condition, what).toBe(true),
  },
  pkg0,
);

test("repeated reading gives the same number of good answers each time", () => {
  const once = repeatAll(pkg0, 1);
  expect(once).toBeGreaterThan(0);
  expect(repeatAll(pkg0, 3)).toBe(3 * once);
});
