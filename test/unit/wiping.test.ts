/**
 * What is kept of secrets: the state of every hash, and the scratch of a client, are looked at as a debugger does
 * (../closures.ts), and so is every typed array that was made. Texts are left out: a text cannot be overwritten in JavaScript,
 * so the AAuthSecret of a DmAcc and the copy of an account that the storage keeps live as long as their owners keep them.
 */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createNativeHash, createWholeMessageHash, type Hash } from "../../src/hash/hash.ts";
import { createMd5 } from "../../src/hash/md5.ts";
import { createMd5 as createMd5Small } from "../../src/hash/md5-small.ts";
import { createSha256 } from "../../src/hash/sha256.ts";
import { createSha256 as createSha256Halves } from "../../src/hash/sha256-halves.ts";
import { createSha256 as createSha256Small } from "../../src/hash/sha256-small.ts";
import * as pkg0 from "../../src/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { reachedFrom } from "../closures.ts";
import { deliver, deviceOf, NOW } from "../suite/device.ts";
import { NONCE, nonceOf, octets, push12, push13, SERVER_ID } from "../suite/messages.ts";

type TypedArray = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array;
const CONSTRUCTORS = ["Uint8Array", "Uint16Array", "Uint32Array", "Int8Array", "Int16Array", "Int32Array"] as const;

/** Runs `work`; returns every typed array that was made meanwhile by its constructor. */
function arraysMadeIn(work: () => void): TypedArray[] {
  const made: TypedArray[] = [];
  const construct = (target: new (...args: unknown[]) => TypedArray, args: unknown[]) => {
    const array = new target(...args);
    made.push(array);
    return array;
  };
  const globals = globalThis as unknown as Record<string, object>;
  const own = CONSTRUCTORS.map(name => globals[name] as object);
  for (const name of CONSTRUCTORS) globals[name] = new Proxy(globals[name] as object, { construct } as object);
  try {
    work();
  } finally {
    for (const [i, name] of CONSTRUCTORS.entries()) globals[name] = own[i] as object;
  }
  return made;
}

/** Two messages of `length` bytes, which are different at each byte. */
function messagesOf(length: number): [Uint8Array, Uint8Array] {
  const one = createHash("shake256", { outputLength: length + 1 })
    .update("wiping.test.ts")
    .digest()
    .subarray(0, length);
  return [Uint8Array.from(one), Uint8Array.from(one, byte => byte ^ 0xa5)];
}

const nativeOf = (algorithm: string) => (bytes: Uint8Array) =>
  Uint8Array.from(createHash(algorithm).update(bytes).digest());

const HASHES: [name: string, algorithm: string, create: () => Hash][] = [
  ["sha256", "sha256", createSha256],
  ["sha256-small", "sha256", createSha256Small],
  ["sha256-halves", "sha256", createSha256Halves],
  ["md5", "md5", createMd5],
  ["md5-small", "md5", createMd5Small],
  ["a native hash", "sha256", () => createWholeMessageHash(nativeOf("sha256"), 64)],
  [
    "a native hash that gives no digest",
    "sha256",
    () => createNativeHash(() => new Uint8Array(0), 32, createSha256Small),
  ],
];

const out = new Uint8Array(32);

/** How a message can come to its end; `digest` is the right one. */
const ENDS: Record<string, (hash: Hash, digest: Uint8Array) => void> = {
  "verified as right": (hash, digest) => expect(hash.verify(digest, 0, digest.length)).toBe(true),
  "verified as wrong": (hash, digest) =>
    expect(
      hash.verify(
        digest.map(byte => ~byte),
        0,
        digest.length,
      ),
    ).toBe(false),
  "hashed to its end": hash => {
    hash.end(out, 0);
    out.fill(0); // a native function reaches this file's variables
  },
  dropped: hash => hash.start(),
};

/** A part of a block; so much that the padding takes one more; a whole block; more than the native hash's buffer. */
const LENGTHS = [3, 56, 64, 130];

/** What is there of `message` after `end`, and in the arrays that were made; `before` is what was there before it. */
function lookAt(create: () => Hash, algorithm: string, message: Uint8Array, end: string) {
  const digest = nativeOf(algorithm)(message);
  const found = { before: "", after: "", arrays: [] as string[] };
  const made = arraysMadeIn(() => {
    const hash = create();
    hash.start();
    hash.add(message, 0, message.length);
    found.before = reachedFrom(hash).join("\n");
    ENDS[end]?.(hash, digest);
    found.after = reachedFrom(hash).join("\n");
  });
  found.arrays = made.map(array => hexOf(new Uint8Array(array.buffer)));
  return found;
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe.each(HASHES)("%s keeps nothing of a message that was", (_, algorithm, create) => {
  create().end(out, 0); // makes the tables that a first block makes

  test.each(Object.keys(ENDS))("%s", end => {
    for (const length of LENGTHS) {
      const [one, other] = messagesOf(length).map(message => lookAt(create, algorithm, message, end));
      expect(one?.before, "the message is where this test looks").not.toBe(other?.before);
      expect(one?.after, `${length} bytes`).toBe(other?.after);
      expect(one?.arrays, `${length} bytes, in arrays`).toEqual(other?.arrays);
    }
  });
});

const md5 = nativeOf("md5");
const CREDENTIALS = md5(octets(`${SERVER_ID}:secret12`));
/** By name: what no verdict may leave behind, beside the accounts' own copy of the secrets. */
const NEEDLES: Record<string, Uint8Array> = {
  "the secret of 1.3": octets("secret13"),
  "the secret of 1.2": octets("secret12"),
  "MD5 of name and secret": CREDENTIALS,
  "the same in base64": octets(Buffer.from(CREDENTIALS).toString("base64")),
};

/** The needles, each as often as an array has it. */
function needlesIn(arrays: TypedArray[]): string[] {
  const buffers = [...new Set(arrays.map(array => array.buffer))];
  return Object.keys(NEEDLES).flatMap(name =>
    buffers
      .filter(buffer => hexOf(new Uint8Array(buffer)).includes(hexOf(NEEDLES[name] as Uint8Array)))
      .map(() => name),
  );
}

/** The needles in the arrays that `client` reaches. */
function needlesReached(client: pkg0.Client): string[] {
  const lines = reachedFrom(client).filter(line => line.includes("Array "));
  return lines.flatMap(line =>
    Object.keys(NEEDLES).filter(name => line.includes((NEEDLES[name] as Uint8Array).join(" "))),
  );
}

const OWN_HASHES = undefined;
const NATIVE_HASHES = { sha256: nativeOf("sha256"), md5 };

describe.each([
  ["its own hashes", OWN_HASHES],
  ["native hashes", NATIVE_HASHES],
])("a client with %s", (_, hash) => {
  const hal = { ...createMockHal(), ...(hash === undefined ? {} : { hash }) };
  const changed = (push: Uint8Array, at: number) => push.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const right13 = push13({ sessionId: 1, timestamp: NOW });
  const right12 = push12({ sessionId: 2 }, NONCE);

  test("keeps no secret after a verdict but in its accounts", () => {
    let client = null as pkg0.Client | null;
    const made = arraysMadeIn(() => {
      client = deviceOf(pkg0, hal, {});
    });
    const before = needlesReached(client as unknown as pkg0.Client);
    const madeBefore = needlesIn(made);
    for (const [push, status] of [
      [changed(right13, right13.length - 1), pkg0.DIGEST_WRONG],
      [right13, pkg0.OK],
      [changed(right12, 6), pkg0.DIGEST_WRONG],
      [push12({ sessionId: 2 }, nonceOf(9)), pkg0.DIGEST_WRONG],
      [right12, pkg0.OK],
    ] as const) {
      made.push(...arraysMadeIn(() => expect(deliver(hal, push)).toBe(status)));
      expect(needlesReached(client as unknown as pkg0.Client)).toEqual(before);
      expect(needlesIn(made)).toEqual(madeBefore);
    }
    // it looks where the secrets are: in the accounts, and in what was stored
    const kept = ["the secret of 1.3", "the secret of 1.2"];
    expect(before).toEqual(expect.arrayContaining(kept));
    expect([...new Set(madeBefore)]).toEqual(kept);
  });
});
