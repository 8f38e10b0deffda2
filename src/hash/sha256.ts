/**
 * SHA-256, FIPS 180-4 §6.2, for speed; sha256-small.ts is the same in a third of the code. An interpreter's time is the
 * number of its bytecodes, so the message schedule lives in sixteen locals and sixteen rounds are written out. The other
 * oddities, each with the share of instructions that it saves for a message of 64 bytes (measured):
 * - sums end in `~`, which is one bytecode, while `| 0` is two; and `~` turns a sum that has become a double into a word at
 *   half the cost: 7 % in QuickJS, 4 % in MicroQuickJS, 1 % in Espruino, JerryScript and XS;
 * - `var`, because QuickJS checks a `let` at each use: 5 % in bellard's QuickJS, 8 % in QuickJS-ng;
 * - a to d are arguments and e to h the first locals: QuickJS has short opcodes for four of each (3 %), and Espruino looks
 *   up names in their order (8 %);
 * - K is a plain array for each of the four passes: no index is added, and a read of a typed array would be a call (in
 *   MicroQuickJS also an allocation): 4 % in XS, 3 % in QuickJS, 2 % in MicroQuickJS and Espruino, 1 % in JerryScript;
 * - H is eight variables, because adding to an element reads and writes a typed array: 2 % in XS, 1 % in QuickJS;
 * - Maj(a, b, c) is b ^ ((a ^ b) & (b ^ c)). Its b ^ c was the a ^ b of the round before, so x and y take turns: 2 % in
 *   Duktape, 1 % in MicroQuickJS and JerryScript; it costs 1 % in Espruino;
 * - the two shifts of a rotation stand together, so V8 makes one machine instruction of them, which saves a quarter of the
 *   time in Node. All right shifts before the left ones, as in sha256-small.ts, would save 8 % in 32-bit MicroQuickJS, 5 %
 *   in JerryScript and 4 % in Espruino.
 *
 * QuickJS is left with some 7400 bytecodes a block, each a load, a constant or an operator of the standard's formulas. Sums
 * that overflow into doubles cost another 16 %; a grouping that is cheaper in bellard's QuickJS is dearer in QuickJS-ng.
 */
// biome-ignore-all lint/suspicious/noVar: see above
// biome-ignore-all lint/suspicious/noAssignInExpressions: Maj, see above
import type { Hash } from "./hash.ts";
import { rootsOfPrimes } from "./roots.ts";

/** A SHA-256 in JavaScript, of messages below 2^29 bytes. Allocates 64 bytes of data once; `end` wipes them. */
export function createSha256(): Hash {
  const block = new Int32Array(16); // all bytes after the last added one are zero
  const digest = new Uint8Array(block.buffer, 0, 32);
  let length = 0;
  let h0 = 0;
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let h5 = 0;
  let h6 = 0;
  let h7 = 0;
  block[0] = 1;
  const isLittleEndian = digest[0] === 1;

  /** H(0), §5.3.3: the first 32 bits of the fractional parts of the square roots of the first eight primes. */
  function reset(): void {
    h0 = 0x6a09e667;
    h1 = 0xbb67ae85 | 0;
    h2 = 0x3c6ef372;
    h3 = 0xa54ff53a | 0;
    h4 = 0x510e527f;
    h5 = 0x9b05688c | 0;
    h6 = 0x1f83d9ab;
    h7 = 0x5be0cd19;
    block.set(ZEROS);
    length = 0;
  }

  function start(): void {
    if (length !== 0) reset();
  }

  function add(bytes: Uint8Array, from: number, to: number): void {
    var at = from;
    var words = block;
    var word = 0;
    var stop = 0;
    var filled = length & 63;
    var last = to - 4;
    length += to - from;
    while (at < to) {
      if ((filled & 3) !== 0 || at > last) {
        words[filled >> 2] |= bytes[at] << (~filled << 3); // shifts count modulo 32: 24, 16, 8, 0
        at++;
        filled++;
      } else {
        word = filled >> 2;
        stop = word + 1 + ((last - at) >> 2);
        if (stop > 16) stop = 16;
        while (word < stop) {
          words[word] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
          word++;
          at += 4;
        }
        filled = word << 2;
      }
      if (filled === 64) {
        compress(h0, h1, h2, h3);
        if (to - at < 64) words.set(ZEROS); // else the next 64 bytes overwrite it
        filled = 0;
      }
    }
  }

  function finish(): void {
    const filled = length & 63;
    block[filled >> 2] |= 0x80 << (~filled << 3);
    if (filled > 55) {
      compress(h0, h1, h2, h3);
      block.set(ZEROS);
    }
    block[15] = length << 3;
    compress(h0, h1, h2, h3);
  }

  function end(out: Uint8Array, at: number): void {
    var word = 0;
    var i = 0;
    finish();
    block[0] = h0;
    block[1] = h1;
    block[2] = h2;
    block[3] = h3;
    block[4] = h4;
    block[5] = h5;
    block[6] = h6;
    block[7] = h7;
    // one `set` saves 2 % of the hash against 32 writes in QuickJS-ng and XS (measured)
    if (isLittleEndian) {
      for (i = 0; i < 8; i++) {
        word = block[i];
        block[i] = (word << 24) | ((word & 0xff00) << 8) | ((word >> 8) & 0xff00) | (word >>> 24);
      }
    }
    out.set(digest, at);
    reset();
  }

  function verify(bytes: Uint8Array, from: number, to: number): boolean {
    var w = block;
    finish();
    length = 0;
    w.set(ZEROS);
    add(bytes, from, to); // the block's first words are what the state should be
    const different =
      (h0 ^ w[0]) | (h1 ^ w[1]) | (h2 ^ w[2]) | (h3 ^ w[3]) | (h4 ^ w[4]) | (h5 ^ w[5]) | (h6 ^ w[6]) | (h7 ^ w[7]);
    reset();
    return different === 0;
  }

  /** Adds the block to the state (§6.2.2); the first four words of the state are arguments. The letters are the standard's. */
  // biome-ignore format: one line a word and a round
  function compress(a: number, b: number, c: number, d: number): void {
    var e = h4;
    var f = h5;
    var g = h6;
    var h = h7;
    var x = 0;
    var y = b ^ c;
    var k = K[0];
    var w0 = block[0];
    var w1 = block[1];
    var w2 = block[2];
    var w3 = block[3];
    var w4 = block[4];
    var w5 = block[5];
    var w6 = block[6];
    var w7 = block[7];
    var w8 = block[8];
    var w9 = block[9];
    var w10 = block[10];
    var w11 = block[11];
    var w12 = block[12];
    var w13 = block[13];
    var w14 = block[14];
    var w15 = block[15];
    var i = 0;
    for (i = 0; i < 4; i++) {
      k = K[i];
      if (i > 0) {
        w0 = ~~(w0 + w9 + ((((w1 >>> 7) | (w1 << 25)) ^ ((w1 >>> 18) | (w1 << 14)) ^ (w1 >>> 3)) + (((w14 >>> 17) | (w14 << 15)) ^ ((w14 >>> 19) | (w14 << 13)) ^ (w14 >>> 10))));
        w1 = ~~(w1 + w10 + ((((w2 >>> 7) | (w2 << 25)) ^ ((w2 >>> 18) | (w2 << 14)) ^ (w2 >>> 3)) + (((w15 >>> 17) | (w15 << 15)) ^ ((w15 >>> 19) | (w15 << 13)) ^ (w15 >>> 10))));
        w2 = ~~(w2 + w11 + ((((w3 >>> 7) | (w3 << 25)) ^ ((w3 >>> 18) | (w3 << 14)) ^ (w3 >>> 3)) + (((w0 >>> 17) | (w0 << 15)) ^ ((w0 >>> 19) | (w0 << 13)) ^ (w0 >>> 10))));
        w3 = ~~(w3 + w12 + ((((w4 >>> 7) | (w4 << 25)) ^ ((w4 >>> 18) | (w4 << 14)) ^ (w4 >>> 3)) + (((w1 >>> 17) | (w1 << 15)) ^ ((w1 >>> 19) | (w1 << 13)) ^ (w1 >>> 10))));
        w4 = ~~(w4 + w13 + ((((w5 >>> 7) | (w5 << 25)) ^ ((w5 >>> 18) | (w5 << 14)) ^ (w5 >>> 3)) + (((w2 >>> 17) | (w2 << 15)) ^ ((w2 >>> 19) | (w2 << 13)) ^ (w2 >>> 10))));
        w5 = ~~(w5 + w14 + ((((w6 >>> 7) | (w6 << 25)) ^ ((w6 >>> 18) | (w6 << 14)) ^ (w6 >>> 3)) + (((w3 >>> 17) | (w3 << 15)) ^ ((w3 >>> 19) | (w3 << 13)) ^ (w3 >>> 10))));
        w6 = ~~(w6 + w15 + ((((w7 >>> 7) | (w7 << 25)) ^ ((w7 >>> 18) | (w7 << 14)) ^ (w7 >>> 3)) + (((w4 >>> 17) | (w4 << 15)) ^ ((w4 >>> 19) | (w4 << 13)) ^ (w4 >>> 10))));
        w7 = ~~(w7 + w0 + ((((w8 >>> 7) | (w8 << 25)) ^ ((w8 >>> 18) | (w8 << 14)) ^ (w8 >>> 3)) + (((w5 >>> 17) | (w5 << 15)) ^ ((w5 >>> 19) | (w5 << 13)) ^ (w5 >>> 10))));
        w8 = ~~(w8 + w1 + ((((w9 >>> 7) | (w9 << 25)) ^ ((w9 >>> 18) | (w9 << 14)) ^ (w9 >>> 3)) + (((w6 >>> 17) | (w6 << 15)) ^ ((w6 >>> 19) | (w6 << 13)) ^ (w6 >>> 10))));
        w9 = ~~(w9 + w2 + ((((w10 >>> 7) | (w10 << 25)) ^ ((w10 >>> 18) | (w10 << 14)) ^ (w10 >>> 3)) + (((w7 >>> 17) | (w7 << 15)) ^ ((w7 >>> 19) | (w7 << 13)) ^ (w7 >>> 10))));
        w10 = ~~(w10 + w3 + ((((w11 >>> 7) | (w11 << 25)) ^ ((w11 >>> 18) | (w11 << 14)) ^ (w11 >>> 3)) + (((w8 >>> 17) | (w8 << 15)) ^ ((w8 >>> 19) | (w8 << 13)) ^ (w8 >>> 10))));
        w11 = ~~(w11 + w4 + ((((w12 >>> 7) | (w12 << 25)) ^ ((w12 >>> 18) | (w12 << 14)) ^ (w12 >>> 3)) + (((w9 >>> 17) | (w9 << 15)) ^ ((w9 >>> 19) | (w9 << 13)) ^ (w9 >>> 10))));
        w12 = ~~(w12 + w5 + ((((w13 >>> 7) | (w13 << 25)) ^ ((w13 >>> 18) | (w13 << 14)) ^ (w13 >>> 3)) + (((w10 >>> 17) | (w10 << 15)) ^ ((w10 >>> 19) | (w10 << 13)) ^ (w10 >>> 10))));
        w13 = ~~(w13 + w6 + ((((w14 >>> 7) | (w14 << 25)) ^ ((w14 >>> 18) | (w14 << 14)) ^ (w14 >>> 3)) + (((w11 >>> 17) | (w11 << 15)) ^ ((w11 >>> 19) | (w11 << 13)) ^ (w11 >>> 10))));
        w14 = ~~(w14 + w7 + ((((w15 >>> 7) | (w15 << 25)) ^ ((w15 >>> 18) | (w15 << 14)) ^ (w15 >>> 3)) + (((w12 >>> 17) | (w12 << 15)) ^ ((w12 >>> 19) | (w12 << 13)) ^ (w12 >>> 10))));
        w15 = ~~(w15 + w8 + ((((w0 >>> 7) | (w0 << 25)) ^ ((w0 >>> 18) | (w0 << 14)) ^ (w0 >>> 3)) + (((w13 >>> 17) | (w13 << 15)) ^ ((w13 >>> 19) | (w13 << 13)) ^ (w13 >>> 10))));
      }
      // three lines a round: h = ~T1, d = d + T1 = ~(~T1 - d), h = T1 + T2 = ~(~T1 - T2)
      h = ~(h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((g ^ (e & (f ^ g))) + w0 + k[0]));
      d = ~(h - d);
      h = ~(h - (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) - (b ^ ((x = a ^ b) & y)));
      g = ~(g + (((d >>> 6) | (d << 26)) ^ ((d >>> 11) | (d << 21)) ^ ((d >>> 25) | (d << 7))) + ((f ^ (d & (e ^ f))) + w1 + k[1]));
      c = ~(g - c);
      g = ~(g - (((h >>> 2) | (h << 30)) ^ ((h >>> 13) | (h << 19)) ^ ((h >>> 22) | (h << 10))) - (a ^ ((y = h ^ a) & x)));
      f = ~(f + (((c >>> 6) | (c << 26)) ^ ((c >>> 11) | (c << 21)) ^ ((c >>> 25) | (c << 7))) + ((e ^ (c & (d ^ e))) + w2 + k[2]));
      b = ~(f - b);
      f = ~(f - (((g >>> 2) | (g << 30)) ^ ((g >>> 13) | (g << 19)) ^ ((g >>> 22) | (g << 10))) - (h ^ ((x = g ^ h) & y)));
      e = ~(e + (((b >>> 6) | (b << 26)) ^ ((b >>> 11) | (b << 21)) ^ ((b >>> 25) | (b << 7))) + ((d ^ (b & (c ^ d))) + w3 + k[3]));
      a = ~(e - a);
      e = ~(e - (((f >>> 2) | (f << 30)) ^ ((f >>> 13) | (f << 19)) ^ ((f >>> 22) | (f << 10))) - (g ^ ((y = f ^ g) & x)));
      d = ~(d + (((a >>> 6) | (a << 26)) ^ ((a >>> 11) | (a << 21)) ^ ((a >>> 25) | (a << 7))) + ((c ^ (a & (b ^ c))) + w4 + k[4]));
      h = ~(d - h);
      d = ~(d - (((e >>> 2) | (e << 30)) ^ ((e >>> 13) | (e << 19)) ^ ((e >>> 22) | (e << 10))) - (f ^ ((x = e ^ f) & y)));
      c = ~(c + (((h >>> 6) | (h << 26)) ^ ((h >>> 11) | (h << 21)) ^ ((h >>> 25) | (h << 7))) + ((b ^ (h & (a ^ b))) + w5 + k[5]));
      g = ~(c - g);
      c = ~(c - (((d >>> 2) | (d << 30)) ^ ((d >>> 13) | (d << 19)) ^ ((d >>> 22) | (d << 10))) - (e ^ ((y = d ^ e) & x)));
      b = ~(b + (((g >>> 6) | (g << 26)) ^ ((g >>> 11) | (g << 21)) ^ ((g >>> 25) | (g << 7))) + ((a ^ (g & (h ^ a))) + w6 + k[6]));
      f = ~(b - f);
      b = ~(b - (((c >>> 2) | (c << 30)) ^ ((c >>> 13) | (c << 19)) ^ ((c >>> 22) | (c << 10))) - (d ^ ((x = c ^ d) & y)));
      a = ~(a + (((f >>> 6) | (f << 26)) ^ ((f >>> 11) | (f << 21)) ^ ((f >>> 25) | (f << 7))) + ((h ^ (f & (g ^ h))) + w7 + k[7]));
      e = ~(a - e);
      a = ~(a - (((b >>> 2) | (b << 30)) ^ ((b >>> 13) | (b << 19)) ^ ((b >>> 22) | (b << 10))) - (c ^ ((y = b ^ c) & x)));
      h = ~(h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((g ^ (e & (f ^ g))) + w8 + k[8]));
      d = ~(h - d);
      h = ~(h - (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) - (b ^ ((x = a ^ b) & y)));
      g = ~(g + (((d >>> 6) | (d << 26)) ^ ((d >>> 11) | (d << 21)) ^ ((d >>> 25) | (d << 7))) + ((f ^ (d & (e ^ f))) + w9 + k[9]));
      c = ~(g - c);
      g = ~(g - (((h >>> 2) | (h << 30)) ^ ((h >>> 13) | (h << 19)) ^ ((h >>> 22) | (h << 10))) - (a ^ ((y = h ^ a) & x)));
      f = ~(f + (((c >>> 6) | (c << 26)) ^ ((c >>> 11) | (c << 21)) ^ ((c >>> 25) | (c << 7))) + ((e ^ (c & (d ^ e))) + w10 + k[10]));
      b = ~(f - b);
      f = ~(f - (((g >>> 2) | (g << 30)) ^ ((g >>> 13) | (g << 19)) ^ ((g >>> 22) | (g << 10))) - (h ^ ((x = g ^ h) & y)));
      e = ~(e + (((b >>> 6) | (b << 26)) ^ ((b >>> 11) | (b << 21)) ^ ((b >>> 25) | (b << 7))) + ((d ^ (b & (c ^ d))) + w11 + k[11]));
      a = ~(e - a);
      e = ~(e - (((f >>> 2) | (f << 30)) ^ ((f >>> 13) | (f << 19)) ^ ((f >>> 22) | (f << 10))) - (g ^ ((y = f ^ g) & x)));
      d = ~(d + (((a >>> 6) | (a << 26)) ^ ((a >>> 11) | (a << 21)) ^ ((a >>> 25) | (a << 7))) + ((c ^ (a & (b ^ c))) + w12 + k[12]));
      h = ~(d - h);
      d = ~(d - (((e >>> 2) | (e << 30)) ^ ((e >>> 13) | (e << 19)) ^ ((e >>> 22) | (e << 10))) - (f ^ ((x = e ^ f) & y)));
      c = ~(c + (((h >>> 6) | (h << 26)) ^ ((h >>> 11) | (h << 21)) ^ ((h >>> 25) | (h << 7))) + ((b ^ (h & (a ^ b))) + w13 + k[13]));
      g = ~(c - g);
      c = ~(c - (((d >>> 2) | (d << 30)) ^ ((d >>> 13) | (d << 19)) ^ ((d >>> 22) | (d << 10))) - (e ^ ((y = d ^ e) & x)));
      b = ~(b + (((g >>> 6) | (g << 26)) ^ ((g >>> 11) | (g << 21)) ^ ((g >>> 25) | (g << 7))) + ((a ^ (g & (h ^ a))) + w14 + k[14]));
      f = ~(b - f);
      b = ~(b - (((c >>> 2) | (c << 30)) ^ ((c >>> 13) | (c << 19)) ^ ((c >>> 22) | (c << 10))) - (d ^ ((x = c ^ d) & y)));
      a = ~(a + (((f >>> 6) | (f << 26)) ^ ((f >>> 11) | (f << 21)) ^ ((f >>> 25) | (f << 7))) + ((h ^ (f & (g ^ h))) + w15 + k[15]));
      e = ~(a - e);
      a = ~(a - (((b >>> 2) | (b << 30)) ^ ((b >>> 13) | (b << 19)) ^ ((b >>> 22) | (b << 10))) - (c ^ ((y = b ^ c) & x)));
    }
    h0 = ~~(h0 + a);
    h1 = ~~(h1 + b);
    h2 = ~~(h2 + c);
    h3 = ~~(h3 + d);
    h4 = ~~(h4 + e);
    h5 = ~~(h5 + f);
    h6 = ~~(h6 + g);
    h7 = ~~(h7 + h);
  }

  reset();
  return { start, add, end, verify };
}

const ZEROS = /* @__PURE__ */ new Int32Array(16);

/** K, §4.2.2, in an array for each of the four passes. */
function passes(): number[][] {
  const words = rootsOfPrimes(64, 3);
  const k: number[][] = [[], [], [], []];
  for (let i = 0; i < 64; i++) k[i >> 4].push(words[i]);
  return k;
}

const K = /* @__PURE__ */ passes();
