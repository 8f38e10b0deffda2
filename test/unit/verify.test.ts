/** Verification with a broken hash: a native function that writes too few bytes must never make a digest right. */
import { describe, expect, test } from "vitest";
import { createWholeMessageHash } from "../../src/hash/hash.ts";
import { DIGEST12_SCRATCH_BYTES, verifyDigest12 } from "../../src/notification/digest12.ts";
import { DIGEST_COLONS, verifyDigest13 } from "../../src/notification/digest13.ts";
import { newNotification } from "../../src/notification/fields.ts";
import { readNotification12 } from "../../src/notification/read12.ts";
import { readNotification13 } from "../../src/notification/read13.ts";
import { NOTIFICATION12, NOTIFICATION13 } from "../suite/index.ts";
import { inputOf, type Vector } from "../suite/vectors.ts";

const message13 = inputOf(NOTIFICATION13.vectors.find(vector => vector.name === "digest of zeros") as Vector);
const message12 = inputOf(NOTIFICATION12.vectors.find(vector => vector.name === "digest of zeros") as Vector);
const secret = new Uint8Array([1]);

const natives: [string, (message: Uint8Array) => Uint8Array][] = [
  ["an empty digest", () => new Uint8Array(0)],
  ["a digest of one byte", () => new Uint8Array(1)],
  ["an ArrayBuffer in place of a Uint8Array", () => new ArrayBuffer(32) as unknown as Uint8Array],
];

describe.each(natives)("a native hash that returns %s", (_, native) => {
  const hash = createWholeMessageHash(native, 200);
  const n = newNotification();

  test("verifies no 1.3 message", () => {
    readNotification13(message13, 0, message13.length, n, 0);
    expect(verifyDigest13(n, hash, secret, DIGEST_COLONS)).toBe(false);
  });

  test("verifies no 1.2 message", () => {
    const scratch = new Uint8Array(DIGEST12_SCRATCH_BYTES);
    readNotification12(message12, 0, message12.length, n);
    expect(verifyDigest12(n, hash, secret, secret, secret, scratch)).toBe(false);
    expect(scratch.every(byte => byte === 0)).toBe(true);
  });
});
