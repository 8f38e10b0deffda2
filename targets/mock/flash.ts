/**
 * A Storage for tests that behaves like flash: the power can be cut at any byte of a save, which leaves a remainder, and a
 * record wears out. In the device dialect.
 */
import type { Storage } from "../../src/hal.ts";

/** CUT_LEAVES_*: the remainder of a record whose save was cut. */
export const CUT_LEAVES_TORN = 0; //    the bytes written so far, then erased ones (FF)
export const CUT_LEAVES_SHORT = 1; //   only the bytes written so far
export const CUT_LEAVES_GARBAGE = 2; // the bytes written so far, then any bytes
export const CUT_LEAVES_MIXED = 3; //   the bytes written so far, then those of the former record
export const CUT_LEAVES_OLD = 4; //     the former record: the new one had no name yet
export const CUT_LEAVES_NONE = 5; //    no record: the former one was deleted already
export const CUT_KINDS = 6;

export interface Flash extends Storage {
  records: { [key: string]: Uint8Array };
  /** How many bytes can be written before the power is cut; -1 = any number. An erase counts as one byte. */
  bytesLeft: number;
  /** The remainder that the cut will leave: CUT_LEAVES_*. */
  cutLeaves: number;
  /** The power is off: nothing can be read or written until powerOn. */
  isOff: boolean;
  /** The key that cannot be read now; "" = none. */
  unreadable: string;
  /** How many saves a record endures; the next one leaves garbage and fails. -1 = any number. */
  wearMax: number;
  /** The number of saves and erases that were begun. */
  writes: number;
  powerOn(): void;
}

/** An empty flash; `seed` chooses its garbage. */
export function createFlash(seed: number): Flash {
  const worn: { [key: string]: number } = {};
  let random = seed | 1;

  function garbage(): number {
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    return random & 255;
  }

  function tear(key: string, bytes: Uint8Array, written: number, kind: number): void {
    const old = flash.records[key];
    if (kind === CUT_LEAVES_OLD) return;
    if (kind === CUT_LEAVES_NONE) {
      delete flash.records[key];
      return;
    }
    const torn = new Uint8Array(kind === CUT_LEAVES_SHORT ? written : bytes.length);
    for (let i = 0; i < torn.length; i++) {
      if (i < written) torn[i] = bytes[i];
      else if (kind === CUT_LEAVES_GARBAGE) torn[i] = garbage();
      else torn[i] = kind === CUT_LEAVES_MIXED && old !== undefined && i < old.length ? old[i] : 0xff;
    }
    flash.records[key] = torn;
  }

  /** Whether the power lasts for `cost` more bytes. */
  function spend(cost: number): boolean {
    if (flash.isOff) return false;
    flash.writes++;
    if (flash.bytesLeft < 0) return true;
    if (flash.bytesLeft < cost) {
      flash.isOff = true;
      return false;
    }
    flash.bytesLeft -= cost;
    return true;
  }

  const flash: Flash = {
    records: {},
    bytesLeft: -1,
    cutLeaves: CUT_LEAVES_TORN,
    isOff: false,
    unreadable: "",
    wearMax: -1,
    writes: 0,
    load(key) {
      const record = flash.records[key];
      if (key === flash.unreadable) return false;
      return record === undefined || flash.isOff ? null : new Uint8Array(record);
    },
    save(key, bytes) {
      if (flash.isOff) return false;
      if (!spend(bytes.length)) {
        tear(key, bytes, flash.bytesLeft, flash.cutLeaves);
        return false;
      }
      worn[key] = worn[key] === undefined ? 1 : worn[key] + 1;
      if (flash.wearMax >= 0 && worn[key] > flash.wearMax) {
        tear(key, bytes, 0, CUT_LEAVES_GARBAGE);
        return false;
      }
      flash.records[key] = new Uint8Array(bytes);
      // the power may be cut between the last byte and the return: the record is saved, but the caller does not learn it
      if (flash.bytesLeft === 0) flash.isOff = true;
      return !flash.isOff;
    },
    erase(key) {
      if (flash.isOff) return false;
      if (!spend(1)) {
        if (flash.cutLeaves === CUT_LEAVES_GARBAGE && flash.records[key] !== undefined)
          tear(key, flash.records[key], 0, CUT_LEAVES_GARBAGE);
        return false;
      }
      delete flash.records[key];
      return true;
    },
    powerOn() {
      flash.isOff = false;
      flash.bytesLeft = -1;
    },
  };
  return flash;
}
