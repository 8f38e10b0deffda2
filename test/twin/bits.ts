/** Bit strings, the only tool of the twins: slow, literal, and sharing nothing with src. */

export function bitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(2).padStart(8, "0")).join("");
}

/** Takes fields from a bit string in the order of the standard's tables. */
export class BitReader {
  #bits: string;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bits = bitsOf(bytes);
  }

  get left(): number {
    return this.#bits.length - this.#at;
  }

  take(count: number): string {
    if (count > this.left) throw new Error(`${count} bits wanted, ${this.left} left`);
    this.#at += count;
    return this.#bits.slice(this.#at - count, this.#at);
  }

  uint(count: number): number {
    return Number.parseInt(this.take(count), 2);
  }

  bytes(count: number): Uint8Array {
    const bits = this.take(8 * count);
    return Uint8Array.from({ length: count }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2));
  }
}
