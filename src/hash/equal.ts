/**
 * Compares `length` bytes in a time that does not depend on where they differ: every byte is read and no branch is taken on
 * one. The time that the engine's garbage collector takes is not under our control.
 */
export function equalBytes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): boolean {
  let different = 0;
  for (let i = 0; i < length; i++) different |= a[aAt + i] ^ b[bAt + i];
  return different === 0;
}
