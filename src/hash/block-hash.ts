/**
 * The part that the small SHA-256 and the small MD5 share: blocks of 64 bytes, and the padding with the length (FIPS 180-4
 * §5.1, RFC 1321 §3). The block is a plain array, because a read of a typed array is a call: that saves 10 % of SHA-256's
 * instructions in XS, 5 % in QuickJS and MicroQuickJS, 3 % in JerryScript (measured). sha256.ts says why `var`.
 */
// biome-ignore-all lint/suspicious/noVar: let is checked at each use in QuickJS
import type { Hash } from "./hash.ts";

/**
 * A Hash of messages below 2^29 bytes. `compress` adds a block of 16 words to the state. `order` is -1 for big-endian words,
 * 0 for little-endian ones. Allocates the block and the state once; `end` wipes them.
 */
export function createBlockHash(
  initial: Int32Array,
  order: number,
  compress: (state: Int32Array, block: number[]) => void,
): Hash {
  const state = new Int32Array(initial);
  const block: number[] = []; // all bytes after the last added one are zero
  let length = 0;

  function wipe(): void {
    for (let i = 0; i < 16; i++) block[i] = 0;
  }

  function reset(): void {
    state.set(initial);
    length = 0;
  }

  function next(): void {
    compress(state, block);
    wipe();
  }

  function start(): void {
    if (length === 0) return;
    next(); // wipes the block
    reset();
  }

  function add(bytes: Uint8Array, from: number, to: number): void {
    var words = block;
    var filled = length;
    var at = from;
    length += to - from;
    while (at < to) {
      // only SHA-256 takes whole words at once: MD5 hashes three or four blocks a message, too few to pay for more code
      if (filled & 3 || !order || to - at < 4) {
        words[(filled >> 2) & 15] |= bytes[at] << ((filled ^ order) << 3); // shifts count modulo 32
        at++;
        filled++;
      } else {
        words[(filled >> 2) & 15] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
        at += 4;
        filled += 4;
      }
      if (!(filled & 63)) next();
    }
  }

  function finish(): void {
    block[(length >> 2) & 15] |= 0x80 << ((length ^ order) << 3);
    if ((length & 63) > 55) next();
    block[14 - order] = length << 3;
    next();
  }

  function end(out: Uint8Array, at: number): void {
    finish();
    for (let i = 4 * initial.length - 1; i >= 0; i--) out[at + i] = state[i >> 2] >> ((i ^ order) << 3);
    reset();
  }

  function verify(bytes: Uint8Array, from: number, to: number): boolean {
    var low = order & 3; // the place of a word's low octet: 3 or 0
    var different = 0;
    finish();
    for (let i = 0, at = from; at < to; i++, at += 4) {
      different |=
        state[i] ^
        (bytes[at + low] |
          (bytes[at + (low ^ 1)] << 8) |
          (bytes[at + (low ^ 2)] << 16) |
          (bytes[at + (low ^ 3)] << 24));
    }
    reset();
    return different === 0;
  }

  wipe();
  return { start, add, end, verify };
}
