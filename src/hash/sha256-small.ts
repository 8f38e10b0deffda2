/**
 * SHA-256, FIPS 180-4 §6.2, small: sha256.ts in a fifth of the code and 1.5 times the instructions (measured). The
 * constants are computed, as their tables alone are longer than all of this. For why `~` and `var`, see sha256.ts.
 */
// biome-ignore-all lint/suspicious/noVar: let is checked at each use in QuickJS
import { createBlockHash } from "./block-hash.ts";
import type { Hash } from "./hash.ts";

/** A SHA-256 in JavaScript, of messages below 2^29 bytes. Allocates 96 bytes of data once; `end` wipes them. */
export function createSha256(): Hash {
  return createBlockHash(INITIAL, -1, compress);
}

/** The block into the state (§6.2.2). The letters are the standard's. */
// biome-ignore format: one line a word and a sum
function compress(state: Int32Array, block: Int32Array): void {
  var a = state[0];
  var b = state[1];
  var c = state[2];
  var d = state[3];
  var e = state[4];
  var f = state[5];
  var g = state[6];
  var h = state[7];
  var i: number;
  var w1 = 0; // the last two words
  var w2 = 0;
  var x: number;
  for (i = 0; i < 64; i++) {
    if (i > 15) {
      x = block[(i + 1) & 15];
      block[i & 15] += block[(i + 9) & 15] + (((x >>> 7) ^ (x >>> 18) ^ (x >>> 3) ^ (x << 25) ^ (x << 14)) + ((w2 >>> 17) ^ (w2 >>> 19) ^ (w2 >>> 10) ^ (w2 << 15) ^ (w2 << 13)));
    }
    w2 = w1;
    w1 = block[i & 15];
    x = ~(h + ((e >>> 6) ^ (e >>> 11) ^ (e >>> 25) ^ (e << 26) ^ (e << 21) ^ (e << 7)) + ((g ^ (e & (f ^ g))) + w1 + K[i])); // ~T1
    h = g;
    g = f;
    f = e;
    e = ~(x - d); // d + T1
    d = c;
    c = b;
    b = a;
    a = ~(x - ((a >>> 2) ^ (a >>> 13) ^ (a >>> 22) ^ (a << 30) ^ (a << 19) ^ (a << 10)) - ((b & c) | (d & (b | c)))); // T1 + T2
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/** The first 32 bits of the fractional parts of the `power`th roots of the first `count` primes. */
function rootsOfPrimes(power: number, count: number): Int32Array {
  const roots = new Int32Array(count);
  let found = 0;
  for (let n = 2; found < count; n++) {
    let divisor = 2;
    while (n % divisor) divisor++;
    if (divisor === n) {
      let root = 7; // Newton's method, with + - * / alone: every engine gives the same
      for (let i = 0; i < 9; i++) root -= (root - n / (power > 2 ? root * root : root)) / power;
      roots[found++] = root * 4294967296;
    }
  }
  return roots;
}

/** H(0), §5.3.3, and K, §4.2.2. */
const INITIAL = /* @__PURE__ */ rootsOfPrimes(2, 8);
const K = /* @__PURE__ */ rootsOfPrimes(3, 64);
