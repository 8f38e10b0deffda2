/** Bounds that the boards here have in common. */

/** Bytes of a datagram at most: Package #0, and a WSP header of the default bounds. A longer one is dropped. */
export const DATAGRAM_BYTES = 1100;

/** 2023-01-01. A clock that shows an earlier time counts from power-on, and nobody has set it. */
const CLOCK_SET = 1672531200;

/** Whole POSIX seconds of a clock that may not be set: 0 then, as Clock.posixSeconds wants it. */
export function posixSecondsOf(seconds: number): number {
  return seconds < CLOCK_SET ? 0 : Math.floor(seconds);
}
