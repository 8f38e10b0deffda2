/**
 * Records that survive a power cut, over a Storage that does not promise it. Each key has two slots, `<key>a` and `<key>b`.
 * A save overwrites the slot that does not hold the newest record, so a torn save leaves the newest record intact.
 */
import { checkOf, EMPTY, readUint, writeUint32 } from "../bytes.ts";
import type { Storage } from "../hal.ts";
import { equalBytes } from "../hash/equal.ts";
import {
  OK,
  STORE_CORRUPT,
  STORE_FALLBACK,
  STORE_UNREADABLE,
  STORE_VERSION,
  STORE_WRITE,
  type Status,
} from "../status.ts";

/** Records that survive a power cut in the midst of a save: two slots for each key. */
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
  /** Whether the last load found the same record in both slots. */
  isMirrored: boolean;
  /**
   * Like load, but reads only the slot of the newest record once that is known. STORE_CORRUPT or STORE_UNREADABLE when the
   * slot no longer holds it.
   */
  read(key: string): Status;
  /**
   * Saves `record`, which must not be empty, under `key`; looks for the newest record first when that is not known. On
   * STORE_WRITE, STORE_VERSION and STORE_UNREADABLE the previous record remains, unless the storage wrote but reported
   * failure. Allocates the slot.
   */
  save(key: string, record: Uint8Array): Status;
  /**
   * Saves the newest record in the other slot too, so that damage to one slot loses nothing. Returns a status of read or
   * save.
   */
  mirror(key: string): Status;
  /**
   * Removes the record: saves an empty record in its place, so a power cut leaves either the old record or none. Returns a
   * status of save.
   */
  erase(key: string): Status;
}

//  "P0" | format:8 | sequence:32 | record | check:32 of the bytes before it, seeded with key and slot; anything when the storage is checked
const MAGIC = 0x5030;
const FORMAT = 1;
const SEQUENCE_AT = 3;
const RECORD_AT = 7;
const CHECK_BYTES = 4;

/** A Store over `storage`. Keeps one number for each key. */
export function createStore(storage: Storage): Store {
  /**
   * The sequence number of the newest record of each key; -1 when a later format wrote it: such a record must not be
   * overwritten.
   */
  const sequences: { [key: string]: number | undefined } = {};

  function load(key: string): Status {
    let status = OK;
    let newest = 0;
    store.record = null;
    store.isMirrored = false;
    for (let i = 0; i < 2; i++) {
      const name = nameOf(key, i);
      const slot = storage.load(name);
      if (slot === null) continue;
      const slotStatus = slot === false ? STORE_UNREADABLE : checkSlot(name, slot, storage.isChecked);
      if (slotStatus === OK) {
        const sequence = readUint(slot as Uint8Array, SEQUENCE_AT, 4);
        const record = recordOf(slot as Uint8Array);
        const other = store.record;
        if (other !== null) {
          store.isMirrored = other.length === record.length && equalBytes(other, 0, record, 0, record.length);
          // serial number arithmetic, because the sequence may wrap
          if (((sequence - newest) | 0) < 0) continue;
        }
        store.record = record;
        newest = sequence;
      } else if (status !== STORE_VERSION && status !== STORE_UNREADABLE) status = slotStatus;
    }
    // a slot of a later format, or one that cannot be read, may be newer than the other slot, whose record is therefore not
    // used
    if (status === STORE_CORRUPT && store.record !== null) status = STORE_FALLBACK;
    else if (status !== OK) store.record = null;
    sequences[key] = status === STORE_VERSION ? -1 : status === STORE_UNREADABLE ? undefined : newest;
    if (store.record !== null && store.record.length === 0) store.record = null; // it was erased
    return status;
  }

  function read(key: string): Status {
    const name = nameOf(key, sequences[key] as number);
    const slot = storage.load(name);
    store.record = null;
    if (slot === false) return STORE_UNREADABLE;
    if (slot === null || checkSlot(name, slot, storage.isChecked) !== OK) return STORE_CORRUPT;
    store.record = recordOf(slot);
    return OK;
  }

  function save(key: string, record: Uint8Array): Status {
    if (sequences[key] === undefined && load(key) === STORE_UNREADABLE) return STORE_UNREADABLE;
    const former = sequences[key] as number;
    if (former < 0) return STORE_VERSION;
    const sequence = (former + 1) >>> 0;
    const name = nameOf(key, sequence);
    const checkAt = RECORD_AT + record.length;
    const slot = new Uint8Array(checkAt + CHECK_BYTES);
    slot.set(record, RECORD_AT);
    slot[0] = MAGIC >> 8;
    slot[1] = MAGIC & 255;
    slot[2] = FORMAT;
    writeUint32(sequence, slot, SEQUENCE_AT);
    if (storage.isChecked !== true) writeUint32(checkOfSlot(name, slot, checkAt), slot, checkAt);
    if (!storage.save(name, slot)) return STORE_WRITE;
    sequences[key] = sequence;
    return OK;
  }

  function mirror(key: string): Status {
    return read(key) || save(key, store.record as Uint8Array);
  }

  function erase(key: string): Status {
    const status = save(key, EMPTY);
    if (status === OK) storage.erase(nameOf(key, (sequences[key] as number) + 1)); // it held secrets
    return status;
  }

  const store: Store = { record: null, isMirrored: false, load, read, save, mirror, erase };
  return store;
}

/** Even sequence numbers live in slot a, odd ones in slot b. */
function nameOf(key: string, sequence: number): string {
  return key + (sequence % 2 === 0 ? "a" : "b");
}

function recordOf(slot: Uint8Array): Uint8Array {
  return slot.subarray(RECORD_AT, slot.length - CHECK_BYTES);
}

function checkSlot(name: string, slot: Uint8Array, isChecked: boolean | undefined): Status {
  const checkAt = slot.length - CHECK_BYTES;
  if (checkAt < RECORD_AT || readUint(slot, 0, 2) !== MAGIC) return STORE_CORRUPT;
  if (isChecked !== true && checkOfSlot(name, slot, checkAt) !== readUint(slot, checkAt, CHECK_BYTES))
    return STORE_CORRUPT;
  return slot[2] === FORMAT ? OK : STORE_VERSION;
}

/** The name seeds the CRC, so a record that was copied to another key or slot is not accepted there. */
function checkOfSlot(name: string, slot: Uint8Array, checkAt: number): number {
  let seed = 0;
  for (let i = 0; i < name.length; i++) seed = (seed * 31 + name.charCodeAt(i)) | 0;
  return checkOf(seed, slot, 0, checkAt);
}
