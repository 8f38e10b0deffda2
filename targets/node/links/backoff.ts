/** Growing pauses between tries. */
export interface Backoff {
  /**
   * Milliseconds to wait before the next try. They double each time, with a random share, so that many clients do not try at
   * the same moment.
   */
  next(): number;
  /** To be called after a success: the next pause is short again. */
  reset(): void;
}

export function createBackoff(firstMs: number, longestMs: number): Backoff {
  let pauseMs = firstMs;
  return {
    next() {
      const now = pauseMs * (0.75 + Math.random() / 2);
      pauseMs = Math.min(2 * pauseMs, longestMs);
      return Math.min(now, longestMs);
    },
    reset() {
      pauseMs = firstMs;
    },
  };
}
