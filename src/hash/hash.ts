/** A hash, as the digests need it: it takes a message in pieces, then gives the digest. Engines with a native one supply the same. */
export interface Hash {
  /** Begins a message; one that was not ended is forgotten. */
  start(): void;
  /** Adds `bytes[from..to)`; reads only. */
  add(bytes: Uint8Array, from: number, to: number): void;
  /** Ends the message, writes the digest to `out` from `at` on, and wipes what the message left in the hash's own memory. */
  end(out: Uint8Array, at: number): void;
}

/**
 * A Hash over a native function that wants the whole message at once (Espruino's `crypto.SHA256`).
 * Collects it in a buffer of `bytesExpected`, allocated once; a longer message makes the buffer grow, for a digest over
 * less than the message would let anybody append to it. `end` hands `digestOf` a view of the buffer, and then wipes it.
 */
export function createWholeMessageHash(digestOf: (message: Uint8Array) => Uint8Array, bytesExpected: number): Hash {
  let message = new Uint8Array(bytesExpected);
  let length = 0;

  function wipe(): void {
    for (let i = 0; i < length; i++) message[i] = 0;
  }

  return {
    start(): void {
      length = 0;
    },
    add(bytes: Uint8Array, from: number, to: number): void {
      if (length + to - from > message.length) {
        const larger = new Uint8Array(2 * (length + to - from));
        larger.set(message);
        wipe();
        message = larger;
      }
      for (let at = from; at < to; at++) message[length++] = bytes[at];
    },
    end(out: Uint8Array, at: number): void {
      const digest = digestOf(message.subarray(0, length));
      for (let i = 0; i < digest.length; i++) out[at + i] = digest[i];
      wipe();
    },
  };
}

/** Bytes that a native hash collects at first; a longer message makes that grow once. */
const HASHED_BYTES = 256;

/**
 * The board's function `native`, or the Hash of `createOwn` where the board has none. A native digest that has not `bytes`
 * bytes is not used: `createOwn` makes the one of that message, and allocates for it. So a faulty driver costs time and no
 * message. The port check "hash: the board's digests are right" (targets/conformance) reports it.
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
