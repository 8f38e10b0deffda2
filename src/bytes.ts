/** Numbers in bytes, big-endian, and their checksum. */

/** The unsigned number in `bytes[at..at + count)`; exact up to a `count` of 6. */
export function readUint(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value = value * 256 + bytes[at + i];
  return value;
}

/** Writes the low 32 bits of `value` in `count` bytes, 1 to 4; returns the offset after them. */
export function writeUint(value: number, count: number, out: Uint8Array, at: number): number {
  for (let i = 0; i < count; i++) out[at + i] = value >>> (8 * (count - 1 - i));
  return at + count;
}

/** A copy of `bytes[from..to)`; `from` may be anything where it is empty. */
export function copyBytes(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return from < to ? new Uint8Array(bytes.subarray(from, to)) : new Uint8Array(0);
}

/** The first `count` of `values` as an array. */
export function numbersOf(values: ArrayLike<number>, count: number): number[] {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push(values[i]);
  return all;
}

function crcTable(): Int32Array {
  const table = new Int32Array(16);
  for (let i = 0; i < 64; i++) {
    const rest = (i & 3) === 0 ? i >> 2 : table[i >> 2];
    table[i >> 2] = (rest >>> 1) ^ ((rest & 1) * 0xedb88320);
  }
  return table;
}

// behind its function: Espruino does not hoist
const CRC_TABLE = /* @__PURE__ */ crcTable();

/** CRC-32 of IEEE 802.3 over `bytes[0..to)`, unsigned; half a byte at a time. `seed` is 0, or tells apart what bytes alone do not. */
export function crc32(seed: number, bytes: Uint8Array, to: number): number {
  let rest = ~seed;
  for (let at = 0; at < to; at++) {
    rest ^= bytes[at];
    rest = (rest >>> 4) ^ CRC_TABLE[rest & 15];
    rest = (rest >>> 4) ^ CRC_TABLE[rest & 15];
  }
  return ~rest >>> 0;
}
