/** Octets of ASCII by name, and its hex digits. This file imports nothing, so esbuild inlines every number and drops the names. */
export const LF = 0x0a;
export const CR = 0x0d;
export const CTRL_Z = 0x1a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const DIGIT_0 = 0x30;
export const DIGIT_9 = 0x39;
export const GREATER_THAN = 0x3e;
export const TILDE = 0x7e;
/** What a small letter has more than the capital one. */
export const CASE_BIT = 0x20;

const SMALL_A = 0x61;

/** The value of a hex digit; -1 for other octets. */
export function hexDigit(octet: number): number {
  if (octet >= DIGIT_0 && octet <= DIGIT_9) return octet - DIGIT_0;
  const value = (octet | CASE_BIT) - SMALL_A + 10;
  return value > 9 && value < 16 ? value : -1;
}
