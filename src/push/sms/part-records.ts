/**
 * The records in which parts of short messages outlast a reset. Each part has one record; the places are used in turn, so
 * that they wear equally.
 */
import type { Storage } from "../../hal.ts";

/** The place of a part that has no record. */
export const NOWHERE = 255;

/** A place whose record could not be read yet. */
const UNREAD = 0;
/** A place without a record that is needed. */
const FREE = 1;
/** The place of the record of a part. */
const USED = 2;

export interface PartRecords {
  store: Storage;
  /** UNREAD, FREE or USED. */
  places: Uint8Array;
  unread: number;
  /** The place that was used last. */
  last: number;
}

/** Makes `capacity` places, up to 255, in `store`. */
export function newPartRecords(store: Storage, capacity: number): PartRecords {
  return { store, places: new Uint8Array(capacity), unread: capacity, last: capacity - 1 };
}

/**
 * Calls `take` with each record that was not read yet, lent; `take` returns whether it is the record of a part, whose place
 * is then used. A record that cannot be read now is tried again by the next call, and is not overwritten until then.
 */
export function loadRecords(r: PartRecords, take: (record: Uint8Array, place: number) => boolean): void {
  for (let place = 0; r.unread > 0 && place < r.places.length; place++) {
    const record = r.places[place] === UNREAD && r.store.load(keyOf(place));
    if (record === false) continue;
    r.unread--;
    r.places[place] = FREE;
    if (record === null || !take(record, place)) continue;
    r.places[place] = USED;
    r.last = place;
  }
}

/** Writes a record at a free place; returns the place, or NOWHERE when the record is not safe. Allocates its key. */
export function saveRecord(r: PartRecords, record: Uint8Array): number {
  const capacity = r.places.length;
  for (let i = 0; i < capacity; i++) {
    r.last = (r.last + 1) % capacity;
    if (r.places[r.last] !== FREE) continue;
    if (!r.store.save(keyOf(r.last), record)) break;
    r.places[r.last] = USED;
    return r.last;
  }
  return NOWHERE;
}

/** To be called when the record at `place` is not needed any more. */
export function eraseRecord(r: PartRecords, place: number): void {
  if (place === NOWHERE) return;
  r.store.erase(keyOf(place));
  r.places[place] = FREE;
}

function keyOf(place: number): string {
  return `sms${place}`;
}
