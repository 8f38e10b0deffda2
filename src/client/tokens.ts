/**
 * How many digests are computed: a flood of forged messages must neither eat the battery nor shut out the others. Each
 * bearer has tokens of its own, a message takes one at most, and an origin that sent a wrong digest cannot take the last half.
 */
import type { Clock } from "../hal.ts";
import type { Via } from "../wire.ts";

export interface Tokens {
  /** A message came over `via` from `origin`, a number that tells senders apart; 0 = unknown. */
  begin(via: Via, origin: number): void;
  /** Whether a digest may be computed for this message. */
  take(): boolean;
  /** The digest was wrong. */
  suspect(): void;
}

/** VIA_* take three bits; what a board numbers beyond them shares. */
const BEARERS = 8;
/** Origins of the last wrong digests that are remembered. */
const SUSPECTS = 8;

/** `burst` tokens for each bearer at first and at most, 0 = no limit; `perMinute` are regained. Allocates two small arrays. */
export function createTokens(clock: Clock, burst: number, perMinute: number): Tokens {
  const left: number[] = [];
  const suspects = new Int32Array(SUSPECTS);
  let count = 0;
  let lastSeconds = clock.monotonicSeconds();
  let bearer = 0;
  let origin = 0;
  let isSpent = false;

  function begin(via: Via, from: number): void {
    bearer = via & (BEARERS - 1);
    origin = from | 0;
    isSpent = false;
  }

  function take(): boolean {
    if (burst === 0) return true;
    const seconds = clock.monotonicSeconds();
    const gained = ((seconds - lastSeconds) * perMinute) / 60;
    lastSeconds = seconds;
    for (let i = 0; i < BEARERS; i++) left[i] = Math.min(left[i] + gained, burst);
    if (isSpent || left[bearer] < 1 + (isSuspect() ? (burst - 1) / 2 : 0)) return false;
    left[bearer]--;
    isSpent = true;
    return true;
  }

  function isSuspect(): boolean {
    for (let i = 0; i < SUSPECTS; i++) if (origin !== 0 && suspects[i] === origin) return true;
    return false;
  }

  function suspect(): void {
    if (!isSuspect()) suspects[count++ % SUSPECTS] = origin;
  }

  for (let i = 0; i < BEARERS; i++) left.push(burst);
  return { begin, take, suspect };
}
