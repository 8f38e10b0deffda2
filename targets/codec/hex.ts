/** Converts bytes to hex text and back, and reads hex or base64. */
import { readBase64 } from "../../src/index.ts";

/** Two digits for each byte, in lower case. */
export function hexOf(bytes: ArrayLike<number>): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += (bytes[i]! < 16 ? "0" : "") + bytes[i]!.toString(16);
  return text;
}

/** The bytes of a hex text, which may have blanks and colons between bytes; else the offset of the first byte that is not hex. */
export function bytesOfHex(hex: string): Uint8Array | number {
  const digits = hex.replace(/[\s:]/g, "");
  const bad = digits.search(/[^0-9A-Fa-f]/);
  if (bad >= 0) return bad >> 1;
  if (digits.length % 2 === 1) return digits.length >> 1;
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/**
 * AAuthData, raw octets, from hex or base64; null for neither. A text that can be both, such as "deadbeef", is hex;
 * "base64:deadbeef" is base64.
 */
export function readNonce(text: string): Uint8Array | null {
  if (text.startsWith("base64:")) return readBase64(text.slice("base64:".length));
  const hex = bytesOfHex(text);
  if (typeof hex !== "number") return hex;
  return text.length % 4 === 0 ? readBase64(text) : null;
}
