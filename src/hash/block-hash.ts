/**
 * The part that the small SHA-256 and the small MD5 share: blocks of 64 bytes, and the padding with the length (FIPS 180-4 §5.1, RFC 1321 §3).
 *
 * The block is an array that is not typed, whose reads are no calls: of SHA-256's instructions 10 % in XS, 5 % in QuickJS and
 * MicroQuickJS, 3 % in JerryScript (measured). For why `var`, see sha256.ts.
 */
// biome-ignore-all lint/suspicious/noVar: let is checked at each use in QuickJS
import type { Hash } from "./hash.ts";

/**
 * A Hash of messages below 2^29 bytes. `compress` works a block of 16 words into the state. `order` is -1 where words are
 * big-endian, 0 where they are little-endian. Allocates the block and the state once; `end` wipes them.
 */
export function createBlockHash(
  initial: Int32Array,
  order: number,
  compress: (state: Int32Array, block: number[]) => void,
): Hash {
  const state = new Int32Array(initial);
  const block: number[] = []; // zero from the last byte added on
  let length = 0;

  function clear(): void {
    for (let i = 0; i < 16; i++) block[i] = 0;
  }

  function reset(): void {
    state.set(initial);
    clear();
    length = 0;
  }

  function start(): void {
    if (length) reset();
  }

  function next(): void {
    compress(state, block);
    clear();
  }

  function add(bytes: Uint8Array, from: number, to: number): void {
    var words = block;
    var filled = length;
    var at = from;
    length += to - from;
    while (at < to) {
      // only SHA-256 has a way for whole words: MD5's three or four blocks a message do not pay for more code
      if (filled & 3 || !order || to - at < 4) {
        words[(filled >> 2) & 15] |= bytes[at++] << ((filled++ ^ order) << 3); // shifts count modulo 32
      } else {
        words[(filled >> 2) & 15] = (bytes[at++] << 24) | (bytes[at++] << 16) | (bytes[at++] << 8) | bytes[at++];
        filled += 4;
      }
      if (!(filled & 63)) next();
    }
  }

  function end(out: Uint8Array, at: number): void {
    block[(length >> 2) & 15] |= 0x80 << ((length ^ order) << 3);
    if ((length & 63) > 55) next();
    block[14 - order] = length << 3;
    compress(state, block);
    for (let i = 4 * initial.length; i--; ) out[at + i] = state[i >> 2] >> ((i ^ order) << 3);
    reset();
  }

  clear();
  return { start, add, end };
}
