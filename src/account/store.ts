/**
 * Records that survive a power cut, over a Storage that does not promise it. Each key has two slots, `<key>a` and `<key>b`.
 * A save overwrites the slot that does not hold the newest record, so a torn save leaves the newest record intact.
 */
import { checkOf, isSpan, readUint, writeUint32 } from "../bytes.ts";
import type { Storage } from "../hal.ts";
import { or } from "../or.ts";
import {
  OK,
  STORE_CORRUPT,
  STORE_FALLBACK,
  STORE_UNREADABLE,
  STORE_VERSION,
  STORE_WRITE,
  type Status,
} from "../status.ts";

/** Records that survive a power cut in the middle of a save: two slots for each key. */
export interface Store {
  /**
   * Looks for the newest record of `key`. OK: `record` is that record, or null when none exists. STORE_FALLBACK: `record` is
   * intact but the other slot is damaged, by a power cut during a save or otherwise, so a newer record may be lost. The
   * other statuses have no record. STORE_CORRUPT: a slot holds bytes that are no record of this key, as after a power cut
   * during the first save. STORE_VERSION: a later format wrote the record. STORE_UNREADABLE: the storage cannot read it now.
   */
  load(key: string): Status;
  /** The record that the last load or read found: a view of the storage's bytes, valid until the next save. */
  record: Uint8Array | null;
  /** Whether both slots have the same record: as the last load found it, or since the last save wrote all its copies. */
  isMirrored: boolean;
  /**
   * Like load, but reads only the slot of the newest record once that is known. STORE_CORRUPT or STORE_UNREADABLE when the
   * slot no longer holds it: also when it has gone back to an older one, whose sequence number is another.
   */
  read(key: string): Status;
  /**
   * Saves the record in `slot` (newSlot), which must not be empty, under `key`; looks for the newest record first when that
   * is not known. With `copies` 2, saves it in both slots, one after the other, so that damage to one slot loses nothing;
   * returns OK once the first is safe. On STORE_WRITE, STORE_VERSION and STORE_UNREADABLE the previous record remains,
   * unless the storage wrote but reported failure. Allocates nothing else.
   */
  save(key: string, slot: Uint8Array, copies: number): Status;
  /**
   * Removes the record: saves an empty record in its place, so a power cut leaves either the old record or none. Returns a
   * status of save.
   */
  erase(key: string): Status;
}

//  "P0" | format:8 | sequence:32 | record | check:32 of the key, the record and the fields before it; without key and record when the storage checks its own records
//  The sequence number is even in slot a and odd in slot b. In the check the record comes first: its part is the same in both slots.
const MAGIC = 0x5030;
const FORMAT_AT = 2;
const FORMAT = 2;
const SEQUENCE_AT = 3;
/** The offset in a slot at which its record begins. */
export const RECORD_AT = 7;
const CHECK_BYTES = 4;
/** Beside the statuses of a slot. */
const SLOT_EMPTY = -1;

/** A slot for a record of `length` bytes, which the caller writes into it from RECORD_AT on. Allocates it. */
export function newSlot(length: number): Uint8Array {
  return new Uint8Array(RECORD_AT + length + CHECK_BYTES);
}

/** A slot with a copy of `record`. */
export function slotOf(record: Uint8Array): Uint8Array {
  const slot = newSlot(record.length);
  slot.set(record, RECORD_AT);
  return slot;
}

/** A Store over `storage`. Keeps one number for each key that has a record. */
export function createStore(storage: Storage): Store {
  /**
   * The sequence number of the newest record of each key; -1 when a later format wrote it: such a record must not be
   * overwritten.
   */
  const sequences: { [key: string]: number | undefined } = {};
  /** The check of the last key and record, and the sequence number of the last slot that was read. */
  let recordCheck = 0;
  let sequence = 0;

  function load(key: string): Status {
    let status = OK;
    let newest = 0;
    let found: Uint8Array | null = null;
    store.record = null;
    store.isMirrored = false;
    for (let i = 0; i < 2; i++) {
      const slotStatus = readSlot(key, i);
      // serial number arithmetic, because the sequence may wrap
      if (slotStatus === OK && (found === null || ((sequence - newest) | 0) > 0)) {
        found = store.record as Uint8Array | null;
        newest = sequence;
      } else if (slotStatus > OK && status !== STORE_VERSION && status !== STORE_UNREADABLE) status = slotStatus;
    }
    // a slot of a later format, or one that cannot be read, may be newer than the other slot, whose record is therefore not
    // used
    if (status === STORE_CORRUPT && found !== null) status = STORE_FALLBACK;
    else if (status !== OK) found = null;
    sequences[key] = status === STORE_VERSION ? -1 : found === null ? undefined : newest;
    store.record = found !== null && found.length > 0 ? found : null; // an empty record was erased
    return status;
  }

  /** Reads slot `i` of `key`: SLOT_EMPTY, why it has no record, or OK. Then its record is in `store.record`. */
  function readSlot(key: string, i: number): Status {
    const slot = storage.load(nameOf(key, i));
    if (slot === null) return SLOT_EMPTY;
    if (slot === false) return STORE_UNREADABLE;
    const checkAt = slot.length - CHECK_BYTES;
    if (checkAt < RECORD_AT || readUint(slot, 0, 2) !== MAGIC || (slot[RECORD_AT - 1] & 1) !== i) return STORE_CORRUPT;
    const record = slot.subarray(RECORD_AT, checkAt);
    const former = store.record;
    const isMirrored = former !== null && isSpan(former, record, 0, record.length);
    if (!isMirrored) recordCheck = checkOfRecord(key, record, 0, record.length);
    if (checkOf(recordCheck, slot, 0, RECORD_AT) !== readUint(slot, checkAt, CHECK_BYTES)) return STORE_CORRUPT;
    if (slot[FORMAT_AT] !== FORMAT) return STORE_VERSION;
    sequence = readUint(slot, SEQUENCE_AT, 4);
    store.record = record;
    store.isMirrored = isMirrored;
    return OK;
  }

  /**
   * The checksum of a record includes its key, so a record that was copied to another place is not accepted there. 0 when
   * the storage checks its own records.
   */
  function checkOfRecord(key: string, bytes: Uint8Array, from: number, to: number): number {
    if (storage.isChecked === true) return 0;
    let seed = 0;
    for (let i = 0; i < key.length; i++) seed = (seed * 31 + key.charCodeAt(i)) | 0;
    return checkOf(seed, bytes, from, to);
  }

  function read(key: string): Status {
    store.record = null;
    const newest = sequences[key] as number;
    const status = readSlot(key, newest & 1);
    if (status > OK || (status === OK && sequence === newest)) return status;
    store.record = null; // nothing, or what the slot had before
    return STORE_CORRUPT;
  }

  function save(key: string, slot: Uint8Array, copies: number): Status {
    if (sequences[key] === undefined && load(key) === STORE_UNREADABLE) return STORE_UNREADABLE;
    sequence = or(sequences[key], 0);
    if (sequence < 0) return STORE_VERSION;
    const checkAt = slot.length - CHECK_BYTES;
    const check = checkOfRecord(key, slot, RECORD_AT, checkAt);
    let status: Status = STORE_WRITE;
    store.isMirrored = false;
    writeUint32((MAGIC << 16) | (FORMAT << 8), slot, 0);
    for (let i = 0; i < copies; i++) {
      sequence = (sequence + 1) >>> 0;
      writeUint32(sequence, slot, SEQUENCE_AT);
      writeUint32(checkOf(check, slot, 0, RECORD_AT), slot, checkAt);
      if (!storage.save(nameOf(key, sequence & 1), slot)) return status;
      sequences[key] = sequence;
      status = OK;
    }
    store.isMirrored = true;
    return status;
  }

  function erase(key: string): Status {
    const status = save(key, newSlot(0), 1);
    if (status === OK) storage.erase(nameOf(key, ~(sequences[key] as number) & 1)); // it held secrets
    return status;
  }

  const store: Store = { record: null, isMirrored: false, load, read, save, erase };
  return store;
}

function nameOf(key: string, i: number): string {
  return key + (i === 0 ? "a" : "b");
}
