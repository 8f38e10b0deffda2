/** Checks that are too slow for the engines: NIST's procedures, and a comparison with node:crypto over every length and split. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createNativeHash, createWholeMessageHash, type Hash } from "../../src/hash/hash.ts";
import { createMd5 } from "../../src/hash/md5.ts";
import { createMd5 as createMd5Small } from "../../src/hash/md5-small.ts";
import { createSha256 } from "../../src/hash/sha256.ts";
import { createSha256 as createSha256Halves } from "../../src/hash/sha256-halves.ts";
import { createSha256 as createSha256Small } from "../../src/hash/sha256-small.ts";
import { bytesOf } from "../suite/vectors.ts";
import sha256Vectors from "../vectors/sha256.json" with { type: "json" };
import sha256Constants from "../vectors/sha256-constants.json" with { type: "json" };

function digestOf(hash: Hash, bytes: number, message: Uint8Array, splits: number[]): string {
  const out = new Uint8Array(bytes);
  hash.start();
  let from = 0;
  for (const to of [...splits, message.length]) {
    hash.add(message, from, to);
    from = to;
  }
  hash.end(out, 0);
  return Buffer.from(out).toString("hex");
}

const message = createHash("shake256", { outputLength: 300 }).update("hashes.test.ts").digest();

for (const [name, algorithm, create, bytes] of [
  ["sha256", "sha256", createSha256, 32],
  ["sha256-small", "sha256", createSha256Small, 32],
  ["sha256-halves", "sha256", createSha256Halves, 32],
  ["md5", "md5", createMd5, 16],
  ["md5-small", "md5", createMd5Small, 16],
] as const) {
  describe(name, () => {
    const hash = create();
    const expected = (length: number) => createHash(algorithm).update(message.subarray(0, length)).digest("hex");

    test("messages of 0 to 300 bytes, as node:crypto", () => {
      for (let length = 0; length <= 300; length++) {
        expect(digestOf(hash, bytes, message.subarray(0, length), [])).toBe(expected(length));
      }
    });

    test("every split in two and in three", () => {
      for (const length of [63, 64, 65, 128, 150]) {
        const part = message.subarray(0, length);
        const digest = expected(length);
        for (let a = 0; a <= length; a++) {
          expect(digestOf(hash, bytes, part, [a])).toBe(digest);
          for (let b = a; b <= length; b += 7) expect(digestOf(hash, bytes, part, [a, b])).toBe(digest);
        }
      }
    });

    test("random pieces, from the middle of a buffer into the middle of one", () => {
      let seed = 1;
      const below = (n: number) => {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 1;
        return (seed >>> 8) % n;
      };
      for (let run = 0; run < 500; run++) {
        const length = below(281);
        const shift = below(20);
        const out = new Uint8Array(bytes + 20).fill(0xa5);
        const input = Uint8Array.from(message.subarray(0, length + shift));
        hash.start();
        if (below(4) === 0) {
          hash.add(message, 0, below(140)); // a message that is not ended
          hash.start();
        }
        for (let from = shift; from < input.length; ) {
          const to = Math.min(input.length, from + below(30));
          hash.add(input, from, to);
          from = to;
        }
        hash.end(out, shift);
        const digest = createHash(algorithm).update(input.subarray(shift)).digest("hex");
        expect(Buffer.from(out.subarray(shift, shift + bytes)).toString("hex")).toBe(digest);
        expect(out.subarray(0, shift).every(byte => byte === 0xa5)).toBe(true);
        expect(out.subarray(shift + bytes).every(byte => byte === 0xa5)).toBe(true);
        expect(input).toEqual(Uint8Array.from(message.subarray(0, length + shift)));
      }
    });

    test("two instances do not disturb each other", () => {
      const other = create();
      const out = new Uint8Array(bytes);
      hash.start();
      hash.add(message, 0, 70);
      digestOf(other, bytes, message, []);
      hash.add(message, 70, 150);
      hash.end(out, 0);
      expect(Buffer.from(out).toString("hex")).toBe(expected(150));
    });
  });
}

describe.each([
  ["sha256", createSha256],
  ["sha256-small", createSha256Small],
  ["sha256-halves", createSha256Halves],
])("%s, NIST", (_, create) => {
  for (const vector of sha256Vectors.vectors) {
    if (vector.isMonteCarlo) {
      test(vector.name, () =>
        expect(monteCarlo(create(), bytesOf(vector.seed as string), vector.count as number)).toBe(vector.digest),
      );
    } else {
      test(vector.name, () =>
        expect(digestOf(create(), 32, bytesOf(vector.message as string), [])).toBe(vector.digest),
      );
    }
  }
});

/** SHAVS §6.4: each message is the last three digests; after 1000 of them the last one is the new seed. */
function monteCarlo(hash: Hash, seed: Uint8Array, count: number): string {
  const last = [seed, seed, seed].map(bytes => Uint8Array.from(bytes));
  for (let i = 0; i < 1000 * count; i++) {
    if (i % 1000 === 0) for (const each of last) each.set(last[(i + 2) % 3]);
    const oldest = last[i % 3];
    hash.start();
    hash.add(oldest, 0, 32);
    hash.add(last[(i + 1) % 3], 0, 32);
    hash.add(last[(i + 2) % 3], 0, 32);
    hash.end(oldest, 0);
  }
  return Buffer.from(last[(1000 * count - 1) % 3]).toString("hex");
}

/** The largest whole number whose `degree`-th power is not above `n`. */
function wholeRoot(n: bigint, degree: bigint): bigint {
  let low = 0n;
  let high = n + 1n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= n) low = middle;
    else high = middle;
  }
  return low;
}

describe.each(sha256Constants.vectors)("$name, §4.2.2, §5.3.3", ({ degree, bytes }) => {
  const words = bytesOf(bytes);
  const primes = Array.from({ length: 312 }, (_, n) => n)
    .filter(n => n > 1 && !Array.from({ length: n }, (_, d) => d).some(d => d > 1 && n % d === 0))
    .slice(0, words.length / 4);
  // with twenty bits more than a word has
  const roots = primes.map(n => wholeRoot(BigInt(n) << BigInt(52 * degree), BigInt(degree)));

  test("the vector has the first 32 bits of the fractions, in whole numbers", () => {
    const hex = roots
      .map(root =>
        BigInt.asUintN(32, root >> 20n)
          .toString(16)
          .padStart(8, "0"),
      )
      .join("");
    expect(hex).toBe(bytes);
  });

  test("no root is closer than 0.005 to another word", () => {
    for (const root of roots) {
      const rest = Number(BigInt.asUintN(20, root)) / 2 ** 20;
      expect(Math.min(rest, 1 - rest)).toBeGreaterThan(0.005);
    }
  });
});

describe("a hash over a native function", () => {
  const native = (bytes: Uint8Array) => Uint8Array.from(createHash("sha256").update(bytes).digest());

  test("gives the native digest, in pieces too, and again", () => {
    const hash = createWholeMessageHash(native, 300);
    const expected = createHash("sha256").update(message).digest("hex");
    expect(digestOf(hash, 32, message, [])).toBe(expected);
    expect(digestOf(hash, 32, message, [1, 100])).toBe(expected);
  });

  test("verifies the native digest alone, and of its length alone", () => {
    const hash = createWholeMessageHash(native, 300);
    const isRight = (digest: Uint8Array) => {
      hash.start();
      hash.add(message, 0, message.length);
      return hash.verify(Uint8Array.from([1, 2, ...digest, 3]), 2, 2 + digest.length);
    };
    const digest = native(message);
    expect(isRight(digest)).toBe(true);
    for (let i = 0; i < 32; i++) expect(isRight(digest.map((byte, k) => (k === i ? byte ^ 128 : byte)))).toBe(false);
    expect(isRight(digest.subarray(0, 31))).toBe(false);
    expect(isRight(Uint8Array.from([...digest, 0]))).toBe(false);
  });

  test("takes a digest that the native function wrote over the message", () => {
    const hash = createWholeMessageHash(bytes => {
      bytes.set(native(bytes));
      return bytes.subarray(0, 32);
    }, 300);
    const digest = native(message);
    expect(digestOf(hash, 32, message, [])).toBe(Buffer.from(digest).toString("hex"));
    hash.add(message, 0, message.length);
    expect(hash.verify(digest, 0, 32)).toBe(true);
  });

  test("hashes all of a message that is longer than expected, and remembers nothing of it", () => {
    const seen: Uint8Array[] = [];
    const hash = createWholeMessageHash(bytes => {
      seen.push(bytes);
      return native(bytes);
    }, 16);
    for (const length of [0, 16, 17, 300, 5]) {
      const part = message.subarray(0, length);
      expect(digestOf(hash, 32, part, [length >> 1])).toBe(createHash("sha256").update(part).digest("hex"));
    }
    for (const bytes of seen) expect(bytes.every(byte => byte === 0)).toBe(true);
  });

  test("keeps nothing of a message that was not ended, nor of one at which the native function threw", () => {
    let seen: Uint8Array = new Uint8Array(0);
    let isBusy = true;
    const hash = createWholeMessageHash(bytes => {
      seen = bytes;
      if (isBusy) throw new Error("busy");
      return native(bytes);
    }, 300);
    const short = message.subarray(0, 5);
    expect(() => digestOf(hash, 32, message, [])).toThrow("busy");
    isBusy = false;
    expect(digestOf(hash, 32, short, [])).toBe(createHash("sha256").update(short).digest("hex"));
    expect(new Uint8Array(seen.buffer).every(byte => byte === 0)).toBe(true);
    hash.start();
    hash.add(message, 0, message.length);
    expect(digestOf(hash, 32, short, [])).toBe(createHash("sha256").update(short).digest("hex"));
    expect(new Uint8Array(seen.buffer).every(byte => byte === 0)).toBe(true);
  });
});

describe("a board's function that returns", () => {
  const expected = createHash("sha256").update(message).digest("hex");
  const right = (bytes: Uint8Array) => Uint8Array.from(createHash("sha256").update(bytes).digest());
  const digest = (native: ((bytes: Uint8Array) => unknown) | undefined) =>
    digestOf(createNativeHash(native as () => Uint8Array, 32, createSha256Small), 32, message, [100]);

  test.each<[string, (bytes: Uint8Array) => unknown]>([
    ["the digest", right],
    ["nothing", () => undefined],
    ["null", () => null],
    ["no bytes", () => new Uint8Array(0)],
    ["31 bytes", bytes => right(bytes).subarray(0, 31)],
    ["64 bytes, which out has no room for", () => new Uint8Array(64)],
    ["an ArrayBuffer", bytes => right(bytes).buffer],
    ["a text", () => "digest"],
  ])("%s: the digest is right all the same", (_, native) => expect(digest(native)).toBe(expected));

  test("32 bytes: they are the digest, right or wrong; without a function ours is", () => {
    expect(digest(() => new Uint8Array(32))).toBe("00".repeat(32));
    expect(digest(undefined)).toBe(expected);
  });
});
