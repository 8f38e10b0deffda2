/**
 * SHA-256, FIPS 180-4 §6.2, for engines whose integers have 31 bits. Each word is two halves of 16 bits, so that no sum and no
 * shift becomes a double, for which MicroQuickJS takes memory. sha256-small.ts is 1,070 bytes shorter, and takes 1.4 times the
 * instructions in 32-bit MicroQuickJS, and two to three times on a board whose heap is nearly full, because its doubles are
 * collected again and again. Where integers have 32 bits, halves take up to twice the instructions of words (measured).
 *
 * A half of a rotated word is a part of the word, or of the word rotated by 16 bits:
 *
 *        31            16 15             0        31            16 15             0
 *       +----------------+----------------+      +----------------+----------------+
 *       |      high      |      low       |      |      low       |      high      |
 *       +----------------+----------------+      +----------------+----------------+
 *        <------------- t ------------> s         <------------- u ------------> s
 *
 * `t` has the bits from s on of the word, and `u` those of the rotated word. For r from s to 16, ROTR^r has the low half
 * t >> (r - s) and the high half u >> (r - s); ROTR^(r + 16) has them the other way round. SHR^r has the low half of ROTR^r,
 * and the high half is shifted alone. A half has waste above its 16 bits. In a low half it would disturb the carry, so it is
 * masked before the sum; a high half is masked before the sum only when that would be too large.
 */
// biome-ignore-all lint/suspicious/noVar: let is checked at each use in QuickJS
import { createBlockHash } from "./block-hash.ts";
import type { Hash } from "./hash.ts";

/**
 * A SHA-256 in JavaScript, of messages below 2^29 bytes. Allocates 32 numbers and 320 bytes of data once; `end` wipes what is
 * of the message.
 */
export function createSha256(): Hash {
  const k = readHalves(K);
  // H(0), §5.3.3
  // biome-ignore format: the eight words
  const initial = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  const high = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

  /** Adds the block to the state (§6.2.2). The letters are the standard's; `l` and `h` are the halves of a word. */
  // biome-ignore format: one line a word and a sum
  function compress(state: Int32Array, low: number[]): void {
    var al = state[0] & 0xffff, ah = state[0] >>> 16;
    var bl = state[1] & 0xffff, bh = state[1] >>> 16;
    var cl = state[2] & 0xffff, ch = state[2] >>> 16;
    var dl = state[3] & 0xffff, dh = state[3] >>> 16;
    var el = state[4] & 0xffff, eh = state[4] >>> 16;
    var fl = state[5] & 0xffff, fh = state[5] >>> 16;
    var gl = state[6] & 0xffff, gh = state[6] >>> 16;
    var hl = state[7] & 0xffff, hh = state[7] >>> 16;
    var i: number;
    var j: number;
    var t: number;
    var u: number;
    var xl: number;
    var xh: number;
    for (i = 0; i < 16; i++) {
      xl = low[i];
      low[i] = xl & 0xffff;
      high[i] = xl >>> 16;
    }
    for (i = 0; i < 64; i++) {
      if (i > 15) {
        j = (i + 1) & 15;
        t = (high[j] << 14) | (low[j] >> 2);
        u = (low[j] << 14) | (high[j] >> 2);
        xl = ((t >> 5) ^ u ^ (t >> 1)) & 0xffff; // ROTR 7, 18, SHR 3
        xh = ((u >> 5) ^ t ^ (high[j] >> 3)) & 0xffff;
        j = (i + 14) & 15;
        t = ((high[j] & 0x3fff) << 15) | (low[j] >> 1);
        u = ((low[j] & 0x3fff) << 15) | (high[j] >> 1);
        xl += (u ^ (u >> 2) ^ (t >> 9)) & 0xffff; // ROTR 17, 19, SHR 10
        xh += t ^ (t >> 2) ^ (high[j] >> 10);
        j = (i + 9) & 15;
        xl += low[j] + low[i & 15];
        low[i & 15] = xl & 0xffff;
        high[i & 15] = (xh + high[j] + high[i & 15] + (xl >> 16)) & 0xffff;
      }
      t = (eh << 10) | (el >> 6);
      u = (el << 10) | (eh >> 6);
      xl = hl + ((t ^ (t >> 5) ^ (u >> 3)) & 0xffff) + (gl ^ (el & (fl ^ gl))) + low[i & 15] + k[i]; // T1; ROTR 6, 11, 25
      xh = hh + (u ^ (u >> 5) ^ (t >> 3)) + (gh ^ (eh & (fh ^ gh))) + high[i & 15] + k[i + 64];
      hl = gl; hh = gh;
      gl = fl; gh = fh;
      fl = el; fh = eh;
      el = dl + xl;
      eh = (dh + xh + (el >> 16)) & 0xffff;
      el &= 0xffff;
      dl = cl; dh = ch;
      cl = bl; ch = bh;
      bl = al; bh = ah;
      t = (ah << 14) | (al >> 2);
      u = (al << 14) | (ah >> 2);
      xl += ((t ^ (t >> 11) ^ (u >> 4)) & 0xffff) + ((bl & cl) | (dl & (bl | cl))); // T1 + T2; ROTR 2, 13, 22
      ah = (xh + ((u ^ (u >> 11) ^ (t >> 4)) & 0xffff) + ((bh & ch) | (dh & (bh | ch))) + (xl >> 16)) & 0xffff;
      al = xl & 0xffff;
    }
    state[0] += (ah << 16) | al;
    state[1] += (bh << 16) | bl;
    state[2] += (ch << 16) | cl;
    state[3] += (dh << 16) | dl;
    state[4] += (eh << 16) | el;
    state[5] += (fh << 16) | fl;
    state[6] += (gh << 16) | gl;
    state[7] += (hh << 16) | hl;
    for (i = 0; i < 16; i++) high[i] = 0;
  }

  return createBlockHash(new Int32Array(initial), -1, compress);
}

/**
 * The halves that `text` encodes: three digits of base 41 each, modulo 2^16. The text has the first digits of all halves,
 * then all second digits, and then all third digits.
 */
function readHalves(text: string): Uint16Array {
  const halves = new Uint16Array(128);
  for (let i = 0; i < 128; i++)
    halves[i] = (text.charCodeAt(i) * 41 + text.charCodeAt(i + 128)) * 41 + text.charCodeAt(i + 256);
  return halves;
}

/** K, §4.2.2: the low halves of all words, and then the high ones. */
const K =
  "T0LGCO94?3:84@MJ50=>S9?:2DR9N;4SNQ6N7NDSI5;2IMT>C67BN?D6948ML6>8V7AIU3<?FOR279=CHJORS137<?@BDFMO" +
  "RS12579<>?CDEFJOPQRTU13578:;;>BD0959?DK9OJ6V0TPFTKQAFXJI70R:HUU3?RFO>@AF8>095MU979WEMMHRMV33O?O8" +
  "U1C?DC2RLH;N:@E;H<7:O5UUW@HV3=QRQPFB7QF3G??6LCW;K?NPCPNJF609RQS0T@FMQNX@BD>EPJ:THS@E6ISO1944=?@9" +
  "@50>?MALPXU0C2T1TQ6F0FC;P51@G>2B774EMSAK5<L<MUB5K83P?605SB;11<4HLH5T6JCKBTABQ858Q?XL<G;O2G>;19L=";
