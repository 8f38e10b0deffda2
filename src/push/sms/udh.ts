/**
 * Reads and writes the TP-User-Data-Header (3GPP TS 23.040 §9.2.3.24): the application ports and the concatenation. Other
 * elements are skipped.
 */
import { readUint } from "../../bytes.ts";
import { FIELD_BUFFER } from "../../status.ts";
import { PUSH_PORT, PUSH_SOURCE_PORT } from "../../wire.ts";

const IEI_CONCATENATION = 0x00;
const IEI_PORTS_8 = 0x04;
const IEI_PORTS_16 = 0x05;
const IEI_CONCATENATION_WIDE = 0x08;

export interface Udh {
  /** 0 to 65535; -1 = none. The source port is ignored, because operators use any. */
  destinationPort: number;
  /** 0 to 255, or 0 to 65535 when `isWide`. */
  reference: number;
  isWide: boolean;
  /** 1 to 255; 1 for a message in one part. */
  total: number;
  /** 1 to `total`. */
  sequence: number;
}

/**
 * Reads the UDH at the start of the user data `bytes[from..to)` into `u`. Returns the offset after it. When the header or an
 * element runs over the end, the whole header is ignored: returns `from`, with `u` as without a UDH. An element that repeats
 * or excludes an earlier one replaces it. Allocates nothing.
 */
export function readUdh(bytes: Uint8Array, from: number, to: number, u: Udh): number {
  clearUdh(u);
  if (from >= to) return from;
  const end = from + 1 + bytes[from];
  if (end > to) return from;
  for (let at = from + 1; at < end; ) {
    //  IEI:8 | IEDL:8 | data
    const value = at + 2;
    if (value > end || value + bytes[at + 1] > end) {
      clearUdh(u);
      return from;
    }
    const iei = bytes[at];
    const length = bytes[at + 1];
    if (iei === IEI_PORTS_16 ? length === 4 : iei === IEI_PORTS_8 && length === 2) {
      u.destinationPort = readUint(bytes, value, length >> 1); // destination first (§9.2.3.24.3 and 4)
    } else if (iei === IEI_CONCATENATION ? length === 3 : iei === IEI_CONCATENATION_WIDE && length === 4) {
      //  reference:8 or 16 | maximum:8 | sequence:8; impossible values are ignored (§9.2.3.24.1 and 8)
      const total = bytes[value + length - 2];
      const sequence = bytes[value + length - 1];
      if (sequence > 0 && sequence <= total) {
        u.reference = readUint(bytes, value, length - 2);
        u.isWide = length === 4;
        u.total = total;
        u.sequence = sequence;
      }
    }
    at = value + length;
  }
  return end;
}

export function clearUdh(u: Udh): void {
  u.destinationPort = -1;
  u.reference = 0;
  u.isWide = false;
  u.total = 1;
  u.sequence = 1;
}

/** The bytes of the UDH that writeUdh writes. */
export function sizeOfUdh(total: number, isWide: boolean): number {
  return total === 1 ? 7 : isWide ? 13 : 12;
}

/**
 * Writes the UDH of part `sequence` of `total` of a push to `out` from `at` on; that of a message in one part has only
 * ports. Returns the offset after it, or -FIELD_BUFFER.
 */
export function writeUdh(
  reference: number,
  isWide: boolean,
  total: number,
  sequence: number,
  out: Uint8Array,
  at: number,
): number {
  const size = sizeOfUdh(total, isWide);
  if (out.length - at < size) return -FIELD_BUFFER;
  let end = at;
  out[end++] = size - 1;
  out[end++] = IEI_PORTS_16;
  out[end++] = 4;
  out[end++] = PUSH_PORT >> 8;
  out[end++] = PUSH_PORT & 255;
  out[end++] = PUSH_SOURCE_PORT >> 8;
  out[end++] = PUSH_SOURCE_PORT & 255;
  if (total > 1) {
    out[end++] = isWide ? IEI_CONCATENATION_WIDE : IEI_CONCATENATION;
    out[end++] = isWide ? 4 : 3;
    if (isWide) out[end++] = reference >> 8;
    out[end++] = reference & 255;
    out[end++] = total;
    out[end++] = sequence;
  }
  return end;
}
