/** What a reader of `bytes[from..to)` tells beside its status. */
export interface Place {
  /** The offset of the first byte that is wrong; after OK, where the reader ended. */
  at: number;
}

/** Notes where a reader ended, and returns its `status`. */
export function endAt(place: Place, at: number, status: number): number {
  place.at = at;
  return status;
}
