/** Numbers in bytes, big-endian, and their checksum. */

/** The unsigned number in `bytes[at..at + count)`; exact up to a `count` of 6. */
export function readUint(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 256 + bytes[i];
  return value;
}

/** Writes the low 32 bits of `value` to `out[at..at + 4)`. */
export function writeUint32(value: number, out: Uint8Array, at: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}

/** A copy of `bytes[from..to)`; `from` may be anything where it is empty. Allocates nothing then. */
export function copyBytes(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return from < to ? new Uint8Array(bytes.subarray(from, to)) : EMPTY;
}

/** No bytes. */
export const EMPTY: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/** The first `count` of `values` as an array. */
export function numbersOf(values: ArrayLike<number>, count: number): number[] {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push(values[i]);
  return all;
}

/** The remainder of each byte, from those of the powers of two: 1 KB, for 0.6 of the instructions of half bytes (measured). */
function crcTable(): Int32Array {
  const table = new Int32Array(256);
  let rest = 1;
  for (let bit = 128; bit > 0; bit >>= 1) {
    rest = (rest >>> 1) ^ ((rest & 1) * 0xedb88320);
    for (let i = 0; i < 256; i += 2 * bit) table[i + bit] = table[i] ^ rest;
  }
  return table;
}

// behind its function: Espruino does not hoist
const CRC_TABLE = /* @__PURE__ */ crcTable();

/** CRC-32 of IEEE 802.3 over `bytes[from..to)`, unsigned. `seed` is 0, or tells apart what bytes alone do not. */
export function crc32(seed: number, bytes: Uint8Array, from: number, to: number): number {
  const table = CRC_TABLE;
  let rest = ~seed;
  const last = to - 4;
  let at = from;
  // written out: 14 % of the instructions in QuickJS (measured)
  while (at <= last) {
    rest = (rest >>> 8) ^ table[(rest ^ bytes[at++]) & 255];
    rest = (rest >>> 8) ^ table[(rest ^ bytes[at++]) & 255];
    rest = (rest >>> 8) ^ table[(rest ^ bytes[at++]) & 255];
    rest = (rest >>> 8) ^ table[(rest ^ bytes[at++]) & 255];
  }
  while (at < to) rest = (rest >>> 8) ^ table[(rest ^ bytes[at++]) & 255];
  return ~rest >>> 0;
}
