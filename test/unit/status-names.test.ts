import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readMeanings } from "../../build/status-names.mjs";
import * as codes from "../../src/status.ts";
import { STATUSES, statusName } from "../../src/status-names.ts";

const numbers: { readonly [name: string]: unknown } = codes;

test("every status has a number of its own", () => {
  for (const [name] of STATUSES) expect(statusName(numbers[name] as number)).toBe(name);
});

test("the comment above a status is its meaning: node build/status-names.mjs writes them over", () => {
  const rows = readMeanings(readFileSync("src/status.ts", "utf8")).filter(row => row !== null);
  expect(STATUSES).toEqual(rows);
  expect(rows.map(row => row?.[0])).toEqual(Object.keys(codes).filter(name => name === name.toUpperCase()));
});
