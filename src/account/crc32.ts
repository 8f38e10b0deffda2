/** CRC-32 of IEEE 802.3 over `bytes[from..to)`, half a byte at a time: sixteen numbers of table. `crc` is 0, or the result so far. */
export function crc32(crc: number, bytes: Uint8Array, from: number, to: number): number {
  const table = TABLE;
  let rest = ~crc;
  for (let at = from; at < to; at++) {
    rest ^= bytes[at];
    rest = (rest >>> 4) ^ table[rest & 15];
    rest = (rest >>> 4) ^ table[rest & 15];
  }
  return ~rest;
}

const TABLE = /* @__PURE__ */ new Int32Array([
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320,
  0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
]);
