/** Converts bytes to hex text and back. */

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
