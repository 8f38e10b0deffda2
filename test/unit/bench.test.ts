/** Checks that npm run bench measures what it claims: every case gives its expected result, as often as one set-up allows. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { newCases } from "../../build/bench/cases.ts";
import { createBench } from "../../build/bench/run.ts";
import * as pkg0 from "../../src/index.ts";

const hashes = {
  sha256: (message: Uint8Array) => createHash("sha256").update(message).digest(),
  md5: (message: Uint8Array) => createHash("md5").update(message).digest(),
};
const cases = newCases();

test.each(cases)("$name", ({ name, runs, of }) => {
  const bench = createBench(hashes, pkg0);
  expect(bench(name, runs)).toBe(0);
  if (of !== undefined) expect(cases.map(each => each.name)).toContain(of);
});

test("a wrong result is an error, and so is a case that a peer has not", () => {
  const bench = createBench({ sha256: () => [0] }, null);
  expect(() => bench("sha256 64 B", 1)).toThrow("sha256 64 B: 0");
  expect(() => bench("md5 64 B", 1)).toThrow("md5 64 B: -1");
  expect(() => bench("digest 1.3", 1)).toThrow("digest 1.3: -1");
  expect(() => bench("none", 1)).toThrow("no case none");
});
