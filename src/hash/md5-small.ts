/**
 * MD5, RFC 1321, small: md5.ts in a third of the code. The constants are computed, because their table alone would be as
 * long as this file. sha256.ts says why `var`.
 */
// biome-ignore-all lint/suspicious/noVar: let is checked at each use in QuickJS
import { createBlockHash } from "./block-hash.ts";
import type { Hash } from "./hash.ts";

/**
 * An MD5 in JavaScript, of messages below 2^29 bytes. Allocates 16 numbers and 16 bytes of data once, which `end` wipes; the
 * first block ever hashed allocates another 256 bytes, for T.
 */
export function createMd5(): Hash {
  return createBlockHash(INITIAL, 0, compress);
}

/** Adds the block to the state (§3.4). The letters are the standard's. */
function compress(state: Int32Array, block: number[]): void {
  var a = state[0];
  var b = state[1];
  var c = state[2];
  var d = state[3];
  var i: number;
  var k: number;
  var s: number;
  var x: number;
  var t = sines();
  for (i = 0; i < 64; i++) {
    if (i < 16) {
      x = d ^ (b & (c ^ d));
      k = i;
    } else if (i < 32) {
      x = c ^ (d & (b ^ c));
      k = 5 * i + 1;
    } else if (i < 48) {
      x = b ^ c ^ d;
      k = 3 * i + 5;
    } else {
      x = c ^ (b | ~d);
      k = 7 * i;
    }
    x += a + block[k & 15] + t[i];
    s = SHIFTS[((i >> 2) & 12) | (i & 3)];
    a = d;
    d = c;
    c = b;
    b = ~~(b + ((x << s) | (x >>> (32 - s))));
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

/**
 * T, §3.4. The first block fills it, so a client without an account of DM 1.2 does not compute
 * 64 sines: 645 of 2197 thousand instructions of the boot of a Cortex-M3 (measured).
 */
let T: Int32Array | null = null;

/**
 * The integer part of 2^32 times |sin(i)|, i from 1 to 64. Every product is at least 0.015 away from a whole number, so any
 * engine's sine is exact enough.
 */
function sines(): Int32Array {
  if (T !== null) return T;
  T = new Int32Array(64);
  for (let i = 0; i < 64; i++) T[i] = Math.abs(Math.sin(i + 1)) * 4294967296;
  return T;
}

const INITIAL = /* @__PURE__ */ new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
const SHIFTS = /* @__PURE__ */ new Uint8Array([7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]);
