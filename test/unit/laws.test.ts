/** The laws in their thorough form: every vector, every byte, every value; too long for the engines. */
import { describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { codecOf, newShared } from "../suite/codecs.ts";
import { NOTIFICATION12, NOTIFICATION13, PUSH } from "../suite/index.ts";
import { isDeclared } from "../suite/laws.ts";
import { changedReaders } from "../suite/readers.ts";
import { inputOf } from "../suite/vectors.ts";

const t = {
  test: (name: string, check: () => void) => test(name, check),
  equal: (actual: unknown, expected: unknown, what: string) => expect(actual, what).toBe(expected),
  ok: (condition: boolean, what: string) => expect(condition, what).toBe(true),
};
const EVERY = Array.from({ length: 255 }, (_, i) => i + 1);
const ENDS = [0x01, 0x80, 0xff];

describe("every good message, each byte by every other value", () => {
  for (const file of [NOTIFICATION13, NOTIFICATION12, PUSH]) changedReaders(t, pkg0, file, EVERY, Infinity, 120);
});

describe("the longer ones, each byte by three values", () => {
  for (const file of [NOTIFICATION13, NOTIFICATION12, PUSH]) changedReaders(t, pkg0, file, ENDS, Infinity, 700);
});

describe("every vector, good or bad, cut after each of its bytes", () => {
  for (const file of [NOTIFICATION13, NOTIFICATION12, PUSH]) {
    test(file.file, () => {
      const shared = newShared(pkg0);
      for (const vector of file.vectors) {
        const codec = codecOf(pkg0, file, vector, shared);
        const input = inputOf(vector);
        for (let to = 0; to <= input.length; to++) {
          // the rest of the message stays after `to`, so that reading it would change the result
          const status = codec.read(input, 0, to);
          const alone = codec.read(input.slice(0, to), 0, to);
          if (status !== alone || !isDeclared(codec, status, 0, to))
            expect.fail(`${vector.name}, ${to}: ${status}, ${alone}`);
        }
      }
    });
  }
});

/** An array that throws when a byte outside [from, to) is read, which vectors cannot detect. */
test("no reader looks outside of its span", () => {
  for (const file of [NOTIFICATION13, NOTIFICATION12, PUSH]) {
    const shared = newShared(pkg0);
    for (const vector of file.vectors) {
      const input = inputOf(vector);
      if (input.length > 300) continue;
      const codec = codecOf(pkg0, file, vector, shared);
      for (const to of new Set([input.length, input.length >> 1, Math.max(input.length - 1, 0)])) {
        const guarded = new Proxy(input, {
          get(target, key) {
            const index = typeof key === "string" ? Number(key) : Number.NaN;
            if (index >= to || index < 0) throw new Error(`${vector.name}: byte ${index} of ${to}`);
            const value = Reflect.get(target, key, target);
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
        codec.read(guarded, 0, to);
      }
    }
  }
});
