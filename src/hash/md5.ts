/**
 * MD5, RFC 1321, for the digest of DM 1.2 only. Four steps of each round are written out; its three or four blocks a message
 * would not pay for more code. sha256.ts says why `~` and `var`.
 */
// biome-ignore-all lint/suspicious/noVar: let is checked at each use in QuickJS
import type { Hash } from "./hash.ts";

/** An MD5 in JavaScript, of messages below 2^29 bytes. Allocates 80 bytes of data once; `end` wipes them. */
export function createMd5(): Hash {
  const state = new Int32Array(4);
  const block = new Int32Array(16); // all bytes after the last added one are zero
  let length = 0;
  state.set(INITIAL);

  function start(): void {
    if (length === 0) return;
    state.set(INITIAL);
    block.set(ZEROS);
    length = 0;
  }

  function add(bytes: Uint8Array, from: number, to: number): void {
    var words = block;
    var filled = length & 63;
    var at = from;
    var last = to - 4;
    length += to - from;
    while (at < to) {
      if ((filled & 3) !== 0 || at > last) {
        words[filled >> 2] |= bytes[at] << (filled << 3); // shifts count modulo 32
        at++;
        filled++;
      } else {
        words[filled >> 2] = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
        at += 4;
        filled += 4;
      }
      if (filled === 64) {
        compress();
        filled = 0;
      }
    }
  }

  function finish(): void {
    const filled = length & 63;
    block[filled >> 2] |= 0x80 << (filled << 3);
    if (filled > 55) compress();
    block[14] = length << 3;
    compress();
    length = 0;
  }

  function end(out: Uint8Array, at: number): void {
    finish();
    for (let i = 0; i < 16; i++) out[at + i] = state[i >> 2] >> (i << 3);
    state.set(INITIAL);
  }

  function verify(bytes: Uint8Array, from: number, to: number): boolean {
    finish();
    add(bytes, from, to); // the block's first words are what the state should be
    let different = 0;
    for (let i = 0; i < 4; i++) different |= state[i] ^ block[i];
    start();
    return different === 0;
  }

  /** Adds the block to the state (§3.4), and leaves the block zero. The letters are the standard's. */
  // biome-ignore format: two lines a step
  function compress(): void {
    var a = state[0];
    var b = state[1];
    var c = state[2];
    var d = state[3];
    var m = block;
    var t = T[0];
    var i = 0;
    for (i = 0; i < 16; i += 4) {
      a = ~(a + (d ^ (b & (c ^ d))) + (m[i] + t[i]));
      a = ~(((a << 7) | (a >>> 25)) - b);
      d = ~(d + (c ^ (a & (b ^ c))) + (m[i + 1] + t[i + 1]));
      d = ~(((d << 12) | (d >>> 20)) - a);
      c = ~(c + (b ^ (d & (a ^ b))) + (m[i + 2] + t[i + 2]));
      c = ~(((c << 17) | (c >>> 15)) - d);
      b = ~(b + (a ^ (c & (d ^ a))) + (m[i + 3] + t[i + 3]));
      b = ~(((b << 22) | (b >>> 10)) - c);
    }
    t = T[1];
    for (i = 0; i < 16; i += 4) {
      a = ~(a + (c ^ (d & (b ^ c))) + (m[(i + 1) & 15] + t[i]));
      a = ~(((a << 5) | (a >>> 27)) - b);
      d = ~(d + (b ^ (c & (a ^ b))) + (m[(i + 6) & 15] + t[i + 1]));
      d = ~(((d << 9) | (d >>> 23)) - a);
      c = ~(c + (a ^ (b & (d ^ a))) + (m[(i + 11) & 15] + t[i + 2]));
      c = ~(((c << 14) | (c >>> 18)) - d);
      b = ~(b + (d ^ (a & (c ^ d))) + (m[i] + t[i + 3]));
      b = ~(((b << 20) | (b >>> 12)) - c);
    }
    t = T[2];
    for (i = 0; i < 16; i += 4) {
      a = ~(a + (b ^ c ^ d) + (m[(5 - i) & 15] + t[i]));
      a = ~(((a << 4) | (a >>> 28)) - b);
      d = ~(d + (a ^ b ^ c) + (m[(8 - i) & 15] + t[i + 1]));
      d = ~(((d << 11) | (d >>> 21)) - a);
      c = ~(c + (d ^ a ^ b) + (m[(11 - i) & 15] + t[i + 2]));
      c = ~(((c << 16) | (c >>> 16)) - d);
      b = ~(b + (c ^ d ^ a) + (m[(14 - i) & 15] + t[i + 3]));
      b = ~(((b << 23) | (b >>> 9)) - c);
    }
    t = T[3];
    for (i = 0; i < 16; i += 4) {
      a = ~(a + (c ^ (b | ~d)) + (m[-i & 15] + t[i]));
      a = ~(((a << 6) | (a >>> 26)) - b);
      d = ~(d + (b ^ (a | ~c)) + (m[(7 - i) & 15] + t[i + 1]));
      d = ~(((d << 10) | (d >>> 22)) - a);
      c = ~(c + (a ^ (d | ~b)) + (m[(14 - i) & 15] + t[i + 2]));
      c = ~(((c << 15) | (c >>> 17)) - d);
      b = ~(b + (d ^ (c | ~a)) + (m[(5 - i) & 15] + t[i + 3]));
      b = ~(((b << 21) | (b >>> 11)) - c);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    block.set(ZEROS);
  }

  return { start, add, end, verify };
}

const ZEROS = /* @__PURE__ */ new Int32Array(16);
const INITIAL = /* @__PURE__ */ new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);

/**
 * T, §3.4: the integer part of 2^32 times |sin(i)|, i from 1 to 64; a plain array for each round, for the reasons in
 * sha256.ts.
 */
// biome-ignore format: four a line
const T = [
  [
    0xd76aa478 | 0, 0xe8c7b756 | 0, 0x242070db, 0xc1bdceee | 0,
    0xf57c0faf | 0, 0x4787c62a, 0xa8304613 | 0, 0xfd469501 | 0,
    0x698098d8, 0x8b44f7af | 0, 0xffff5bb1 | 0, 0x895cd7be | 0,
    0x6b901122, 0xfd987193 | 0, 0xa679438e | 0, 0x49b40821,
  ],
  [
    0xf61e2562 | 0, 0xc040b340 | 0, 0x265e5a51, 0xe9b6c7aa | 0,
    0xd62f105d | 0, 0x02441453, 0xd8a1e681 | 0, 0xe7d3fbc8 | 0,
    0x21e1cde6, 0xc33707d6 | 0, 0xf4d50d87 | 0, 0x455a14ed,
    0xa9e3e905 | 0, 0xfcefa3f8 | 0, 0x676f02d9, 0x8d2a4c8a | 0,
  ],
  [
    0xfffa3942 | 0, 0x8771f681 | 0, 0x6d9d6122, 0xfde5380c | 0,
    0xa4beea44 | 0, 0x4bdecfa9, 0xf6bb4b60 | 0, 0xbebfbc70 | 0,
    0x289b7ec6, 0xeaa127fa | 0, 0xd4ef3085 | 0, 0x04881d05,
    0xd9d4d039 | 0, 0xe6db99e5 | 0, 0x1fa27cf8, 0xc4ac5665 | 0,
  ],
  [
    0xf4292244 | 0, 0x432aff97, 0xab9423a7 | 0, 0xfc93a039 | 0,
    0x655b59c3, 0x8f0ccc92 | 0, 0xffeff47d | 0, 0x85845dd1 | 0,
    0x6fa87e4f, 0xfe2ce6e0 | 0, 0xa3014314 | 0, 0x4e0811a1,
    0xf7537e82 | 0, 0xbd3af235 | 0, 0x2ad7d2bb, 0xeb86d391 | 0,
  ],
];
