/** UTF-8, RFC 3629 §3 and §4. Net-Unicode strings are UTF-8 (§6.2.3, D9). */
import { copyBytes, isSpanIn } from "../bytes.ts";

/**
 * Checks that `bytes[from..to)` is UTF-8. Returns `to` when it is, else the offset of the first ill-formed sequence:
 * overlong, a surrogate, above U+10FFFF, a stray continuation byte, or cut off at `to`. Allocates nothing.
 */
export function checkUtf8(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    if (bytes[at] < 0x80) {
      at++;
      continue;
    }
    const code = readCode(bytes, at, to);
    if (code < 0) return at;
    at += sizeOf(code);
  }
  return to;
}

/**
 * Checks that `bytes[from..to)` is Net-Unicode (§6.2.3; RFC 5198 §2), as we write it. Returns `to` when it is, else the
 * offset of the first ill-formed sequence, C1 control, byte order mark at `from`, or CR without LF. The normal form NFC is
 * not checked here: it needs tables for which a device has no room, so hosts check it. Returns `from` for a span that is not in
 * `bytes`. Allocates nothing.
 */
export function checkNetUnicode(bytes: Uint8Array, from: number, to: number): number {
  const end = isSpanIn(bytes, from, to) ? checkUtf8(bytes, from, to) : from;
  for (let at = from; at < end; at++) {
    const isCr = bytes[at] === 0x0d && (at + 1 === end || bytes[at + 1] !== 0x0a);
    const isC1 = bytes[at] === 0xc2 && bytes[at + 1] < 0xa0; // U+0080 to U+009F
    const isBom = at === from && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf; // U+FEFF
    if (isCr || isC1 || isBom) return at;
  }
  return end;
}

/** The code point at `at`, where no ASCII is; -1 when the sequence there is ill-formed or runs over `to`. */
function readCode(bytes: Uint8Array, at: number, to: number): number {
  const lead = bytes[at];
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (to - at < size) return -1;
  let code = lead - 256 + (256 >> size); // negative for a continuation byte, too high for F8 and above
  for (let i = at + 1; i < at + size; i++) {
    if ((bytes[i] & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (bytes[i] & 0x3f);
  }
  return code > 0x10ffff || code >> 11 === 27 || sizeOf(code) !== size ? -1 : code;
}

/** The number of bytes of a code point. */
function sizeOf(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/** The UTF-8 bytes of `text`; a lone surrogate becomes U+FFFD. Allocates the result, and for a while three bytes a character. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length);
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes[end++] = code;
      continue;
    }
    if (code >> 11 === 27) {
      const low = i + 1 < text.length ? text.charCodeAt(i + 1) - 0xdc00 : -1;
      if (code < 0xdc00 && low >= 0 && low < 0x400) {
        code = ((code - 0xd7c0) << 10) + low;
        i++;
      } else code = 0xfffd;
    }
    const size = sizeOf(code);
    let shift = 6 * (size - 1);
    bytes[end++] = 256 - (256 >> size) + (code >> shift);
    for (shift -= 6; shift >= 0; shift -= 6) bytes[end++] = 0x80 | ((code >> shift) & 0x3f);
  }
  return copyBytes(bytes, 0, end);
}

/**
 * The text of UTF-8 `bytes[from..to)`. "?" replaces each ill-formed byte, and each character that the engine's strings
 * cannot hold (Espruino without Unicode has 8 bits a character). Allocates the result.
 */
export function utf8Text(bytes: Uint8Array, from: number, to: number): string {
  // adding to a string copies all of it, so characters are added to a short string, and that is added to the text: a fifth of
  // the time in a heap of 64 KB that is nearly full (measured in MicroQuickJS, 430 characters)
  let text = "";
  let piece = "";
  for (let at = from; at < to; ) {
    if (bytes[at] < 0x80) {
      piece += String.fromCharCode(bytes[at]);
      at++;
    } else {
      const code = readCode(bytes, at, to);
      at += sizeOf(code);
      if (code >= 0x10000) piece += character(0xd7c0 + (code >> 10)) + character(0xdc00 + (code & 0x3ff));
      else piece += character(code);
    }
    if (piece.length < 32) continue;
    text += piece;
    piece = "";
  }
  return text + piece;
}

function character(code: number): string {
  const text = String.fromCharCode(code);
  return text.charCodeAt(0) === code ? text : "?";
}
