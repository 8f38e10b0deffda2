/**
 * The records in which parts of short messages outlast a reset. Each part has one record; the places are used in turn, so
 * that they wear equally.
 */
import type { Storage } from "../../hal.ts";

/** The place of a part that has no record. */
export const NOWHERE = 255;

export interface PartRecords {
  /**
   * Calls `take` with each record that was not read yet, lent; `take` returns whether it is the record of a part, whose place
   * is then used. A record that cannot be read now is tried again by the next call, and is not overwritten until then.
   */
  load(take: (record: Uint8Array, place: number) => boolean): void;
  /** Writes a record at a free place; returns the place, or NOWHERE when the record is not safe. Allocates its key. */
  save(record: Uint8Array): number;
  /** To be called when the record at `place` is not needed any more. */
  erase(place: number): void;
}

/** Makes `capacity` places, up to 255, in `store`; with 0, `store` is not used. */
export function createPartRecords(store: Storage, capacity: number): PartRecords {
  /** Places whose record could not be read yet. */
  const unread: number[] = [];
  /** Places without a record that is needed; the first is used next. */
  const free: number[] = [];

  function load(take: (record: Uint8Array, place: number) => boolean): void {
    for (let left = unread.length; left > 0; left--) {
      const place = unread[0];
      const record = store.load(keyOf(place));
      unread.shift();
      if (record === false) unread.push(place);
      else if (record === null || !take(record, place)) free.push(place);
    }
  }

  function save(record: Uint8Array): number {
    if (free.length === 0) return NOWHERE;
    const place = free[0];
    const isSaved = store.save(keyOf(place), record);
    free.shift();
    if (isSaved) return place;
    free.push(place);
    return NOWHERE;
  }

  function erase(place: number): void {
    if (place === NOWHERE) return;
    store.erase(keyOf(place));
    free.push(place);
  }

  for (let place = 0; place < capacity; place++) unread.push(place);
  return { load, save, erase };
}

function keyOf(place: number): string {
  return `sms${place}`;
}
