/** The hash functions that the digests use. A native hash is wrapped into the same interface. */
import { equalBytes } from "./equal.ts";

/** Takes a message in pieces, and then gives its digest, or tells whether some bytes are its digest. */
export interface Hash {
  /** Begins a message; drops one that was not ended. */
  start(): void;
  /** Adds `bytes[from..to)`; reads only. */
  add(bytes: Uint8Array, from: number, to: number): void;
  /** Ends the message, writes its digest to `out` from `at` on, and wipes the hash's own memory. */
  end(out: Uint8Array, at: number): void;
  /**
   * Ends the message, and wipes the hash's own memory: whether `bytes[from..to)`, which has a digest's length, is its digest.
   * The time does not depend on where they differ: every byte is read and no branch is taken on one. The time that the
   * engine's garbage collector takes is not under our control.
   */
  verify(bytes: Uint8Array, from: number, to: number): boolean;
}

/**
 * A Hash over a native function that needs the whole message at once, such as Espruino's `crypto.SHA256`. It collects the
 * message in a buffer of `bytesExpected` bytes, allocated once. The buffer grows for a longer message: a digest over a part
 * of it would let anybody append to the message. `end` and `verify` hand `digestOf` a view of the buffer, and wipe it and the
 * digest afterwards. Bytes are added and wiped with `set`: half of the instructions of a loop in each engine (measured), for a
 * view or a few zeros that are garbage at once.
 */
export function createWholeMessageHash(digestOf: (message: Uint8Array) => Uint8Array, bytesExpected: number): Hash {
  let message = new Uint8Array(bytesExpected);
  let length = 0;

  /** Begins a message; wipes the former one, which a function that threw did not end, for example. */
  function start(): void {
    message.set(new Uint8Array(length));
    length = 0;
  }

  function add(bytes: Uint8Array, from: number, to: number): void {
    const filled = length;
    if (filled + to - from > message.length) {
      const larger = new Uint8Array(2 * (filled + to - from));
      larger.set(message);
      start();
      message = larger;
    }
    length = filled + to - from;
    message.set(bytes.subarray(from, to), filled);
  }

  function end(out: Uint8Array, at: number): void {
    const digest = digestOf(message.subarray(0, length));
    out.set(digest, at);
    wipe(digest);
  }

  function verify(bytes: Uint8Array, from: number, to: number): boolean {
    const digest = digestOf(message.subarray(0, length));
    const isEqual = digest.length === to - from && equalBytes(digest, 0, bytes, from, digest.length);
    wipe(digest);
    return isEqual;
  }

  /**
   * Not before the digest was read, which may be a view of the message. It may be as good as a secret: in DM 1.2 that of name
   * and password is. What a faulty function returns may be no bytes.
   */
  function wipe(digest: Uint8Array): void {
    if (digest.set) digest.set(new Uint8Array(digest.length));
    start();
  }

  return { start, add, end, verify };
}

/** The first size of the buffer of a native hash; a longer message makes it grow once. */
const HASHED_BYTES = 256;

/**
 * A Hash over the board's function `native`, or the Hash of `createOwn` when the board has no such function. When a native
 * digest does not have `bytes` bytes, `createOwn` hashes the message instead, and allocates for it: a faulty driver costs
 * time, but no message is lost. The port check "hash: the board's digests are right" (targets/conformance) reports such a
 * driver.
 */
export function createNativeHash(
  native: ((message: Uint8Array) => Uint8Array) | undefined,
  bytes: number,
  createOwn: () => Hash,
): Hash {
  if (!native) return createOwn();
  return createWholeMessageHash(message => {
    const digest = native(message);
    if (digest && digest.length === bytes) return digest;
    const own = createOwn();
    const out = new Uint8Array(bytes);
    own.add(message, 0, message.length);
    own.end(out, 0);
    return out;
  }, HASHED_BYTES);
}
