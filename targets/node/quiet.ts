/** `listen --quiet-rejects N`: of the events that anybody can cause, prints N a minute, and then the number of the others. */

export interface Quiet {
  /** Whether one more event may be printed now. */
  allows(): boolean;
  /** To be called about once a second. */
  tick(): void;
}

const MINUTE = 60;

/**
 * `seconds` is a clock that never goes back. `leftOut` is called at the end of a minute in which events were left out, with
 * their number.
 */
export function createQuiet(perMinute: number, seconds: () => number, leftOut: (count: number) => void): Quiet {
  let since = seconds();
  let count = 0;

  function tick(): void {
    if (seconds() - since < MINUTE) return;
    const left = count - perMinute;
    since = seconds();
    count = 0;
    if (left > 0) leftOut(left);
  }

  return {
    allows(): boolean {
      tick();
      count++;
      return count <= perMinute;
    },
    tick,
  };
}
