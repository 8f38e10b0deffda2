/** What the small SHA-256 and the small MD5 share: blocks of 64 bytes, and the padding with the length (FIPS 180-4 §5.1, RFC 1321 §3). */
import type { Hash } from "./hash.ts";

/**
 * A Hash of messages below 2^29 bytes. `compress` works a block into the state. `order` is -1 where words are big-endian, 0
 * where they are little-endian. Allocates 64 bytes and the state once; `end` wipes them.
 */
export function createBlockHash(
  initial: Int32Array,
  order: number,
  compress: (state: Int32Array, block: Int32Array) => void,
): Hash {
  const state = new Int32Array(initial.length);
  const block = new Int32Array(16); // zero from the last byte added on
  let length = 0;

  function start(): void {
    state.set(initial);
    block.set(ZEROS);
    length = 0;
  }

  function next(): void {
    compress(state, block);
    block.set(ZEROS);
  }

  function add(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      block[(length >> 2) & 15] |= bytes[at] << ((length ^ order) << 3); // shifts count modulo 32
      if (!(++length & 63)) next();
    }
  }

  function end(out: Uint8Array, at: number): void {
    block[(length >> 2) & 15] |= 0x80 << ((length ^ order) << 3);
    if ((length & 63) > 55) next();
    block[14 - order] = length << 3;
    next();
    for (let i = 0; i < 4 * state.length; i++) out[at + i] = state[i >> 2] >> ((i ^ order) << 3);
    start();
  }

  return { start, add, end };
}

const ZEROS = /* @__PURE__ */ new Int32Array(16);
