import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bearersSuite } from "../suite/bearers-suite.ts";

bearersSuite({
  test,
  equal: (actual, expected, what) => expect(actual, what).toBe(expected),
  ok: (condition, what) => expect(condition, what).toBe(true),
});

test("captures.json holds the packets of bearers.json, byte for byte", () => {
  const read = (name: string) => JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), "utf8"));
  const captures: { name: string; layer: string; hex: string[] }[] = read("captures.json").captures;
  const expected = captures
    .filter(({ layer }) => /^(sip|obex)/.test(layer))
    .map(({ name, hex }) => ({ name, packets: hex }));
  const vectors: { name: string; packets: string[] }[] = read("bearers.json").vectors;
  expect(expected.length).toBeGreaterThan(0);
  expect(vectors.map(({ name, packets }) => ({ name, packets }))).toEqual(expected);
});
