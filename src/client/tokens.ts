/**
 * Limits the number of digests: a flood of forged messages must neither drain the battery nor shut out genuine ones. Each
 * bearer has tokens of its own. A message takes at most one, and an origin that sent a wrong digest cannot take the last
 * half.
 */
import type { Clock } from "../hal.ts";
import { or } from "../or.ts";
import type { Via } from "../wire.ts";

export interface Tokens {
  /** Begins a message that came over `via` from `origin`, a number that distinguishes senders; 0 or undefined = unknown. */
  begin(via: Via, origin: number | undefined): void;
  /** The bearer of the message. */
  via: Via;
  /** Whether a digest may be computed for this message. A second one is refused, however many sets of parts it has. */
  take(): boolean;
  /** To be called when the digest was wrong. */
  suspect(): void;
}

/** VIA_* take three bits; higher numbers of a board share the tokens of these. */
const BEARERS = 8;
/** How many origins of wrong digests are remembered. */
const SUSPECTS = 8;
/** Tokens are counted in parts, so that a second brings a whole number of them. */
const TOKEN = 60;

/** Each bearer has `burst` tokens at first and at most (0 = no limit), and regains `perMinute`. Allocates two small objects. */
export function createTokens(clock: Clock, burst: number, perMinute: number): Tokens {
  /** For each bearer: how much must have been gained since the clock was 0, until it has all its tokens again. */
  const fullAt: { [via: number]: number | undefined } = {};
  const suspects = [0, 0, 0, 0, 0, 0, 0, 0];
  let count = 0;
  let origin = 0;
  let isSpent = false;

  function begin(via: Via, from: number | undefined): void {
    tokens.via = via;
    origin = (from as number) | 0;
    isSpent = false;
  }

  function take(): boolean {
    if (burst === 0) return true;
    const gained = clock.monotonicSeconds() * perMinute;
    const bearer = tokens.via & (BEARERS - 1);
    const full = Math.max(or(fullAt[bearer], 0), gained) + TOKEN;
    if (isSpent || full - gained > (isSuspect() ? (burst + 1) / 2 : burst) * TOKEN) return false;
    fullAt[bearer] = full;
    isSpent = true;
    return true;
  }

  function isSuspect(): boolean {
    return origin !== 0 && suspects.indexOf(origin) >= 0;
  }

  function suspect(): void {
    if (!isSuspect()) suspects[count++ % SUSPECTS] = origin;
  }

  const tokens: Tokens = { begin, via: 0, take, suspect };
  return tokens;
}
