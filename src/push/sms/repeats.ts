/** Recognises a short message that comes again: networks repeat one whose acknowledgement was lost, modems one that was not deleted. */
import { crc32 } from "../../bytes.ts";

export interface Repeats {
  /** False when `bytes[from..to)` was among the last ones; otherwise it is remembered. */
  add(bytes: Uint8Array, from: number, to: number): boolean;
  /** Forgets the one that was added last. */
  forget(): void;
}

/** Remembers `size` messages by 32 bits each; 0 = none. Chance finds two equal once in 2^32 / size, and the sender sends again. */
export function createRepeats(size: number): Repeats {
  const marks = new Int32Array(size);
  let count = 0;
  let oldest = 0;
  return {
    add(bytes: Uint8Array, from: number, to: number): boolean {
      const mark = crc32(0, bytes, from, to) | 0;
      for (let i = 0; i < count; i++) if (marks[i] === mark) return false;
      if (size === 0) return true;
      marks[oldest] = mark;
      oldest = (oldest + 1) % size;
      if (count < size) count++;
      return true;
    },
    forget(): void {
      if (count > 0) marks[(oldest + size - 1) % size] ^= 1;
    },
  };
}
