/**
 * Compares `length` bytes in a time that does not depend on where they differ: every byte is read and no branch is taken on
 * one. The time that the engine's garbage collector takes is not under our control.
 */
export function equalBytes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): boolean {
  let different = 0;
  const end = aAt + length;
  let k = bAt;
  let i = aAt;
  // two written out: 1 % of a verdict in QuickJS (measured)
  while (i + 1 < end) different |= (a[i++] ^ b[k++]) | (a[i++] ^ b[k++]);
  if (i < end) different |= a[i] ^ b[k];
  return different === 0;
}
