/** Growing pauses between tries. */
export interface Backoff {
  /** Milliseconds to wait before the next try: about twice as long each time, and spread so that many do not come at once. */
  next(): number;
  /** It worked: the next pause is a short one again. */
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
