/**
 * Records that survive a power cut, over a Storage that does not promise it. Each key has two slots, `<key>a` and `<key>b`;
 * a save always overwrites the slot that does not hold the newest good record, so a torn save leaves that one intact.
 */
import type { Storage } from "../hal.ts";
import { OK, STORE_CORRUPT, STORE_VERSION, STORE_WRITE } from "../status.ts";
import { crc32 } from "./crc32.ts";

export interface Store {
  /**
   * Reads the newest good record under `key`. OK with `record` null: there is none. STORE_CORRUPT: something is there, and
   * none of it is a record of this key. STORE_VERSION: it was written by a later format. `record` is then null too.
   */
  load(key: string): number;
  /** What the last load found: the payload. Allocated by load, the caller's to keep. */
  record: Uint8Array | null;
  /** Saves `bytes[0..length)` as the record of `key`, which has been loaded before. Else than OK (STORE_WRITE, STORE_VERSION), the former record stands. */
  save(key: string, bytes: Uint8Array, length: number): number;
  /** Removes the record: an empty one takes its place, and stays, so that a cut leaves the one or the other. Statuses as of save. */
  erase(key: string): number;
}

//  "P0" | format:8 | sequence:32 | payload | CRC-32 over the key and the bytes before it
const MAGIC_0 = 0x50;
const MAGIC_1 = 0x30;
const FORMAT = 1;
const PAYLOAD_AT = 7;
const CRC_BYTES = 4;

interface Place {
  /** Whether the newest good record is in slot b. */
  isB: boolean;
  sequence: number;
  /** A later format is here: good data that is not ours to overrule. */
  isLater: boolean;
}

/** A Store over `storage`. Allocates a small record for each key that is loaded, and one array for each save. */
export function createStore(storage: Storage): Store {
  const places: { [key: string]: Place } = {};

  function load(key: string): number {
    const a = storage.load(`${key}a`);
    const b = storage.load(`${key}b`);
    const statusA = checkSlot(key, a);
    const statusB = checkSlot(key, b);
    const isGoodA = a !== null && statusA === OK;
    const isGoodB = b !== null && statusB === OK;
    const place: Place = { isB: true, sequence: 0, isLater: false };
    places[key] = place;
    store.record = null;
    place.isLater = statusA === STORE_VERSION || statusB === STORE_VERSION;
    if (place.isLater) return STORE_VERSION; // the other slot is older: going back to it would undo what this one says
    if (!isGoodA && !isGoodB) return statusA === OK ? statusB : statusA;

    const sequenceA = isGoodA ? readUint32(a as Uint8Array, 3) : 0;
    const sequenceB = isGoodB ? readUint32(b as Uint8Array, 3) : 0;
    // serial number arithmetic: the sequence may wrap
    place.isB = isGoodB && (!isGoodA || ((sequenceB - sequenceA) | 0) > 0);
    place.sequence = place.isB ? sequenceB : sequenceA;
    const slot = (place.isB ? b : a) as Uint8Array;
    const payload = new Uint8Array(slot.length - PAYLOAD_AT - CRC_BYTES);
    for (let i = 0; i < payload.length; i++) payload[i] = slot[PAYLOAD_AT + i];
    if (payload.length > 0) store.record = payload; // an empty record is an erased one
    return OK;
  }

  function save(key: string, bytes: Uint8Array, length: number): number {
    const place = places[key];
    if (place.isLater) return STORE_VERSION;
    const sequence = (place.sequence + 1) | 0;
    const slot = new Uint8Array(PAYLOAD_AT + length + CRC_BYTES);
    slot[0] = MAGIC_0;
    slot[1] = MAGIC_1;
    slot[2] = FORMAT;
    writeUint32(sequence, slot, 3);
    for (let i = 0; i < length; i++) slot[PAYLOAD_AT + i] = bytes[i];
    writeUint32(crcOf(key, slot), slot, PAYLOAD_AT + length);
    if (!storage.save(`${key}${place.isB ? "a" : "b"}`, slot)) return STORE_WRITE;
    place.isB = !place.isB;
    place.sequence = sequence;
    return OK;
  }

  function erase(key: string): number {
    const status = save(key, new Uint8Array(0), 0);
    if (status !== OK) return status;
    const place = places[key];
    storage.erase(`${key}${place.isB ? "a" : "b"}`);
    return OK;
  }

  const store: Store = { record: null, load, save, erase };
  return store;
}

/** OK for a slot that is good or empty. */
function checkSlot(key: string, slot: Uint8Array | null): number {
  if (slot === null) return OK;
  const length = slot.length;
  if (length < PAYLOAD_AT + CRC_BYTES || slot[0] !== MAGIC_0 || slot[1] !== MAGIC_1) return STORE_CORRUPT;
  if ((crcOf(key, slot) | 0) !== (readUint32(slot, length - CRC_BYTES) | 0)) return STORE_CORRUPT;
  return slot[2] === FORMAT ? OK : STORE_VERSION;
}

/** The CRC starts from the key: a record copied to another key's place is not taken for its own. */
function crcOf(key: string, slot: Uint8Array): number {
  let seed = 0;
  for (let i = 0; i < key.length; i++) seed = (seed * 31 + key.charCodeAt(i)) | 0;
  return crc32(seed, slot, 0, slot.length - CRC_BYTES);
}

/** Big-endian, unsigned. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

export function writeUint32(value: number, out: Uint8Array, at: number): void {
  for (let i = 0; i < 4; i++) out[at + i] = value >>> (24 - 8 * i);
}
