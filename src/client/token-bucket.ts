/** Bounds how often the dear step is taken: a flood of forged messages must not eat the battery. */
import type { Clock } from "../hal.ts";

export interface TokenBucket {
  /** Whether one more is allowed now; takes a token if so. */
  take(): boolean;
}

/** Holds at most `burst` tokens and regains `perMinute`; `burst` 0 always allows. */
export function createTokenBucket(burst: number, perMinute: number, clock: Clock): TokenBucket {
  let tokens = burst;
  let lastSeconds = clock.monotonicSeconds();

  function take(): boolean {
    if (burst === 0) return true;
    const now = clock.monotonicSeconds();
    tokens += ((now - lastSeconds) * perMinute) / 60;
    if (tokens > burst) tokens = burst;
    lastSeconds = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  }

  return { take };
}
