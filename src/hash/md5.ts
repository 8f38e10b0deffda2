/** MD5, RFC 1321, for the digest of DM 1.2 only. Rolled: its two or three blocks a message do not pay for more code. */
import type { Hash } from "./hash.ts";

/** An MD5 in JavaScript. Allocates its state and block once (80 bytes of data); `end` wipes them. */
export function createMd5(): Hash {
  const state = new Int32Array(4);
  const block = new Uint8Array(64);
  let filled = 0; // bytes waiting in block
  let length = 0; // bytes hashed so far, below 2^28

  function start(): void {
    state[0] = 0x67452301;
    state[1] = 0xefcdab89;
    state[2] = 0x98badcfe;
    state[3] = 0x10325476;
    filled = 0;
    length = 0;
  }

  function add(bytes: Uint8Array, from: number, to: number): void {
    length += to - from;
    for (let at = from; at < to; at++) {
      block[filled++] = bytes[at];
      if (filled === 64) {
        compress(state, block);
        filled = 0;
      }
    }
  }

  function end(out: Uint8Array, at: number): void {
    const bits = length << 3;
    block[filled++] = 0x80;
    if (filled > 56) {
      while (filled < 64) block[filled++] = 0;
      compress(state, block);
      filled = 0;
    }
    while (filled < 64) block[filled++] = 0;
    for (let i = 0; i < 4; i++) block[56 + i] = bits >> (8 * i);
    compress(state, block);
    for (let i = 0; i < 16; i++) out[at + i] = state[i >> 2] >> (8 * (i & 3));
    for (let i = 0; i < 64; i++) block[i] = 0;
    for (let i = 0; i < 4; i++) state[i] = 0;
  }

  return { start, add, end };
}

/** One block into `state` (§3.4). */
function compress(state: Int32Array, block: Uint8Array): void {
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    let f = 0;
    let word = i;
    if (round === 0) f = d ^ (b & (c ^ d));
    else if (round === 1) {
      f = c ^ (d & (b ^ c));
      word = 5 * i + 1;
    } else if (round === 2) {
      f = b ^ c ^ d;
      word = 3 * i + 5;
    } else {
      f = c ^ (b | ~d);
      word = 7 * i;
    }
    const at = (word & 15) << 2;
    const x = block[at] | (block[at + 1] << 8) | (block[at + 2] << 16) | (block[at + 3] << 24);
    const sum = (a + f + T[i] + x) | 0;
    const shift = SHIFT[(round << 2) | (i & 3)];
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

const SHIFT = /* @__PURE__ */ new Uint8Array([7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]);

/** T, §3.4: the integer part of 2^32 times |sin(i)|, i from 1 to 64. */
const T = /* @__PURE__ */ new Int32Array([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8,
  0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
  0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87,
  0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
  0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039,
  0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
  0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
  0xeb86d391,
]);
