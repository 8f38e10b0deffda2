/** Bounds that all targets share. */

/** The longest datagram in bytes: a WSP header and a Package #0 of the default bounds. A longer one is dropped. */
export const DATAGRAM_BYTES = 1100;

/** 2023-01-01. A clock that shows an earlier time has counted from power-on, and was never set. */
const CLOCK_SET = 1672531200;

/** The result of Clock.posixSeconds for a clock that shows `seconds`: whole seconds, or 0 when it was never set. */
export function posixSecondsOf(seconds: number): number {
  return seconds < CLOCK_SET ? 0 : Math.floor(seconds);
}
