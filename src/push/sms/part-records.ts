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
  /**
   * Calls `take` with each record that was not read yet, lent; `take` returns whether it is the record of a part, whose
   * place is then used. A record that cannot be read now is tried again by the next call, and is not overwritten until then.
   */
  load(take: (record: Uint8Array, place: number) => boolean): void;
  /** Writes a record at a free place; returns the place, or NOWHERE when the record is not safe. */
  save(record: Uint8Array): number;
  /** To be called when the record at `place` is not needed any more. */
  erase(place: number): void;
}

/**
 * Makes `capacity` places, up to 255, in `store`. Allocates a byte for each, and the key of each record that it reads,
 * writes or erases.
 */
export function createPartRecords(store: Storage, capacity: number): PartRecords {
  const places = new Uint8Array(capacity);
  let unread = capacity;
  let last = capacity - 1;

  function load(take: (record: Uint8Array, place: number) => boolean): void {
    for (let place = 0; unread > 0 && place < capacity; place++) {
      const record = places[place] === UNREAD && store.load(keyOf(place));
      if (record === false) continue;
      unread--;
      places[place] = FREE;
      if (record === null || !take(record, place)) continue;
      places[place] = USED;
      last = place;
    }
  }

  function save(record: Uint8Array): number {
    for (let i = 0; i < capacity; i++) {
      last = (last + 1) % capacity;
      if (places[last] !== FREE) continue;
      if (!store.save(keyOf(last), record)) break;
      places[last] = USED;
      return last;
    }
    return NOWHERE;
  }

  function erase(place: number): void {
    store.erase(keyOf(place));
    places[place] = FREE;
  }

  return { load, save, erase };
}

function keyOf(place: number): string {
  return `sms${place}`;
}
