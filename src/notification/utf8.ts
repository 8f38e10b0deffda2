/** UTF-8 well-formedness, RFC 3629 §4 (the ABNF there is what the ranges below say). Net-Unicode strings are UTF-8 (§6.2.3, D9). */

/**
 * Checks `bytes[from..to)`. Returns `to` when all of it is well-formed, else the offset of the first byte of the first
 * ill-formed sequence: overlong, surrogate, above U+10FFFF, stray continuation or cut. Reads only; allocates nothing.
 */
export function checkUtf8(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const lead = bytes[at];
    if (lead < 0x80) {
      at++;
      continue;
    }
    let more = 1;
    let lowest = 0x80;
    let highest = 0xbf;
    if (lead < 0xc2 || lead > 0xf4) return at;
    if (lead >= 0xf0) {
      more = 3;
      if (lead === 0xf0) lowest = 0x90;
      if (lead === 0xf4) highest = 0x8f;
    } else if (lead >= 0xe0) {
      more = 2;
      if (lead === 0xe0) lowest = 0xa0;
      if (lead === 0xed) highest = 0x9f;
    }
    if (to - at <= more || bytes[at + 1] < lowest || bytes[at + 1] > highest) return at;
    for (let i = 2; i <= more; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return at;
    at += more + 1;
  }
  return to;
}
