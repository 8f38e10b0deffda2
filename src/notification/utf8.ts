/** UTF-8 well-formedness, RFC 3629 §4 (the ABNF there is what the ranges below say). Net-Unicode strings are UTF-8 (§6.2.3, D9). */

/**
 * Checks `bytes[from..to)`. Returns `to` when all of it is well-formed, else the offset of the first byte of the first
 * ill-formed sequence: overlong, surrogate, above U+10FFFF, stray continuation or cut. Reads only; allocates nothing.
 */
export function checkUtf8(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (true) {
    while (at < to && bytes[at] < 0x80) at++;
    if (at >= to) return to;
    const lead = bytes[at];
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
}

/** The UTF-8 bytes of `text`; a lone surrogate becomes U+FFFD. Allocates the result and a plain array. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      if (code < 0xdc00 && next >= 0xdc00 && next <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        i++;
      } else {
        code = 0xfffd;
      }
    }
    if (code < 0x80) bytes.push(code);
    else {
      if (code < 0x800) bytes.push(0xc0 | (code >> 6));
      else {
        if (code < 0x10000) bytes.push(0xe0 | (code >> 12));
        else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f));
        bytes.push(0x80 | ((code >> 6) & 0x3f));
      }
      bytes.push(0x80 | (code & 0x3f));
    }
  }
  return new Uint8Array(bytes);
}

/**
 * The text of well-formed UTF-8 `bytes[from..to)`. Where the engine's strings have 8 bits a character (Espruino without
 * Unicode), "?" stands for what they cannot hold. Allocates the result.
 */
export function utf8Text(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  let at = from;
  while (at < to) {
    let code = bytes[at++];
    const more = code < 0x80 ? 0 : code < 0xe0 ? 1 : code < 0xf0 ? 2 : 3;
    if (more > 0) code &= 0x3f >> more;
    for (let i = 0; i < more && at < to; i++) code = (code << 6) | (bytes[at++] & 0x3f);
    if (code >= 0x10000) text += character(0xd7c0 + (code >> 10)) + character(0xdc00 + (code & 0x3ff));
    else text += character(code);
  }
  return text;
}

function character(code: number): string {
  const text = String.fromCharCode(code);
  return text.charCodeAt(0) === code ? text : "?";
}
