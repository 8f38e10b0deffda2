/**
 * Records that survive a power cut, over a Storage that does not promise it. Each key has two slots, `<key>a` and `<key>b`,
 * which take turns: a save overwrites the one that does not hold the newest record, so a torn save leaves that intact.
 */
import { crc32, EMPTY, readUint, writeUint32 } from "../bytes.ts";
import type { Storage } from "../hal.ts";
import { OK, STORE_CORRUPT, STORE_VERSION, STORE_WRITE, type Status } from "../status.ts";

/** Records that survive a power cut in the midst of a save: two slots for each key. */
export interface Store {
  /**
   * Looks for the newest record of `key`. OK with `record` null: there is none. STORE_CORRUPT: something is there, and none of
   * it is a record of this key; so also after a cut in the first save of a key. STORE_VERSION: a later format wrote it.
   */
  load(key: string): Status;
  /** What the last load found, a view of what the storage gave; good until the next save. Null after a status other than OK. */
  record: Uint8Array | null;
  /**
   * Saves `record`, which is not empty, as that of `key`; what is newest there is looked for first where that is not known.
   * STORE_WRITE, STORE_VERSION: the former record stands, unless the storage wrote what it says it did not. Allocates the
   * slot.
   */
  save(key: string, record: Uint8Array): Status;
  /** Removes the record: an empty one takes its place and stays, so that a cut leaves the one or the other. Statuses as of save. */
  erase(key: string): Status;
}

//  "P0" | format:8 | sequence:32 | record | CRC-32 of the bytes before it, seeded with key and slot
const MAGIC = 0x5030;
const FORMAT = 1;
const RECORD_AT = 7;
const CRC_BYTES = 4;

/** A Store over `storage`. Keeps one number for each key. */
export function createStore(storage: Storage): Store {
  /** Sequence number of the newest record; -1 where a later format wrote it: good data that is not ours to overrule. */
  const sequences: { [key: string]: number } = {};

  function load(key: string): Status {
    let status = OK;
    let newest = 0;
    let record: Uint8Array | null = null;
    for (let i = 0; i < 2; i++) {
      const name = nameOf(key, i);
      const slot = storage.load(name);
      if (!slot) continue;
      const slotStatus = checkSlot(name, slot);
      if (slotStatus === OK) {
        const sequence = readUint(slot, 3, 4);
        // serial number arithmetic: the sequence may wrap
        if (record !== null && ((sequence - newest) | 0) < 0) continue;
        record = slot.subarray(RECORD_AT, slot.length - CRC_BYTES);
        newest = sequence;
      } else if (status !== STORE_VERSION) status = slotStatus;
    }
    // beside a later format the other slot is older: going back to it would undo what that one says
    const isLater = status === STORE_VERSION;
    if (record !== null && !isLater) status = OK;
    sequences[key] = isLater ? -1 : newest;
    store.record = isLater || record === null || record.length === 0 ? null : record; // an empty one was erased
    return status;
  }

  function save(key: string, record: Uint8Array): Status {
    if (sequences[key] === undefined) load(key);
    if (sequences[key] < 0) return STORE_VERSION;
    const sequence = (sequences[key] + 1) >>> 0;
    const name = nameOf(key, sequence);
    const crcAt = RECORD_AT + record.length;
    const slot = new Uint8Array(crcAt + CRC_BYTES);
    slot.set(record, RECORD_AT);
    slot[0] = MAGIC >> 8;
    slot[1] = MAGIC & 255;
    slot[2] = FORMAT;
    writeUint32(sequence, slot, 3);
    writeUint32(crcOf(name, slot, crcAt), slot, crcAt);
    if (!storage.save(name, slot)) return STORE_WRITE;
    sequences[key] = sequence;
    return OK;
  }

  function erase(key: string): Status {
    const status = save(key, EMPTY);
    if (status === OK) storage.erase(nameOf(key, sequences[key] + 1)); // it held secrets
    return status;
  }

  const store: Store = { record: null, load, save, erase };
  return store;
}

/** Even sequence numbers live in slot a, odd ones in slot b. */
function nameOf(key: string, sequence: number): string {
  return key + (sequence % 2 === 0 ? "a" : "b");
}

function checkSlot(name: string, slot: Uint8Array): Status {
  const crcAt = slot.length - CRC_BYTES;
  if (crcAt < RECORD_AT || readUint(slot, 0, 2) !== MAGIC) return STORE_CORRUPT;
  if (crcOf(name, slot, crcAt) !== readUint(slot, crcAt, CRC_BYTES)) return STORE_CORRUPT;
  return slot[2] === FORMAT ? OK : STORE_VERSION;
}

/** The seed is the name: a record copied to another place is not taken for that one's. */
function crcOf(name: string, slot: Uint8Array, crcAt: number): number {
  let seed = 0;
  for (let i = 0; i < name.length; i++) seed = (seed * 31 + name.charCodeAt(i)) | 0;
  return crc32(seed, slot, 0, crcAt);
}
