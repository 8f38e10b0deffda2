/** Base64 (RFC 4648 §4) as ASCII bytes: the digest of DM 1.2 hashes them, and accounts keep AAuthData in this form. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Writes padded base64 of `bytes[from..to)` to `out` from `at` on; returns the offset after it. The caller makes sure of the
 * room: 4 bytes for every 3, rounded up. Allocates nothing.
 */
export function writeBase64(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  let end = at;
  for (let i = from; i < to; i += 3) {
    const left = to - i;
    const triple = (bytes[i] << 16) | ((left > 1 ? bytes[i + 1] : 0) << 8) | (left > 2 ? bytes[i + 2] : 0);
    for (let k = 0; k < 4; k++) out[end++] = k > left ? 0x3d : ALPHABET.charCodeAt((triple >> (18 - 6 * k)) & 63);
  }
  return end;
}

/** The bytes of the base64 `text`, with padding or without; null when `text` is not base64. Allocates the result. */
export function readBase64(text: string): Uint8Array | null {
  let length = text.length;
  // padding is one or two "=", up to a multiple of 4
  if (length % 4 === 0) for (let i = 0; i < 2 && length > 0 && text.charAt(length - 1) === "="; i++) length--;
  if (length % 4 === 1) return null;
  const bytes = new Uint8Array((length * 3) >> 2);
  let bits = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const value = ALPHABET.indexOf(text.charAt(i));
    if (value < 0) return null;
    bits = ((bits << 6) | value) & 0xfffff;
    if ((i & 3) !== 0) bytes[at++] = bits >> (6 - 2 * (i & 3));
  }
  return bytes;
}
