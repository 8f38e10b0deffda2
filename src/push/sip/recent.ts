/** The messages of the last 32 seconds: retransmissions (RFC 3261 §17.2.3) and merged requests (§8.2.2.2) are known by them. */
import type { Clock } from "../../hal.ts";
import { HEADER_CALL_ID, HEADER_CSEQ, HEADER_VIA } from "./headers.ts";
import type { SipRequest } from "./read-request.ts";

/** How a message compares with those before it. */
export const NEW = 0;
/** The same again: to be answered alike, and not to be delivered. */
export const REPEATED = 1;
/** The same by another way: 482. */
export const MERGED = 2;

export interface Recent {
  /** NEW, REPEATED or MERGED. */
  find(bytes: Uint8Array, r: SipRequest): number;
  /** Remembers the message that `find` has looked for; where there is no room, the oldest is forgotten. */
  add(): void;
}

/** Timer J (§17.2.2): how long a request over UDP may come again. */
const RECENT_SECONDS = 32;
/** Kept for each message: two hashes of its first Via value, two of what stays the same on every way, the time it came. */
const SLOT = 5;

/**
 * Allocates 20 bytes for each of `recentMax`. The body counts, too: whoever has seen the headers of a message cannot have it
 * taken for known by sending another body ahead of it. What was forgotten, admission knows as a duplicate.
 */
export function createRecent(clock: Pick<Clock, "monotonicSeconds">, recentMax: number): Recent {
  const slots = new Int32Array(SLOT * recentMax);
  const key = new Int32Array(SLOT);
  let count = 0;

  function find(bytes: Uint8Array, r: SipRequest): number {
    const spans = r.spans;
    start(0);
    add(0, bytes, spans[2 * HEADER_VIA], r.via.to);
    start(2);
    add(2, bytes, r.fromTagFrom, r.fromTagTo);
    add(2, bytes, spans[2 * HEADER_CALL_ID], spans[2 * HEADER_CALL_ID + 1]);
    add(2, bytes, spans[2 * HEADER_CSEQ], spans[2 * HEADER_CSEQ + 1]);
    add(2, bytes, r.bodyFrom, r.bodyTo);
    key[4] = clock.monotonicSeconds();
    let kind = NEW;
    for (let i = 0; i < count && i < recentMax; i++) {
      const at = SLOT * i;
      if (key[4] - slots[at + 4] > RECENT_SECONDS) continue;
      if (slots[at + 2] !== key[2] || slots[at + 3] !== key[3]) continue;
      if (slots[at] === key[0] && slots[at + 1] === key[1]) return REPEATED;
      if (!r.hasToTag) kind = MERGED;
    }
    return kind;
  }

  /** Two hashes of 32 bits from `key[at]` on. They guard against chance only: who could choose a message with the same ones cannot sign it. */
  function start(at: number): void {
    key[at] = 0;
    key[at + 1] = 5381;
  }

  function add(at: number, bytes: Uint8Array, from: number, to: number): void {
    let a = key[at];
    let b = key[at + 1];
    for (let i = from; i < to; i++) {
      a = ((a << 5) - a + bytes[i]) | 0;
      b = (((b << 5) + b) ^ bytes[i]) | 0;
    }
    key[at] = a + 1; // where one ends and the next begins
    key[at + 1] = (b << 5) + b;
  }

  return {
    find,
    add(): void {
      if (recentMax === 0) return;
      const at = SLOT * (count % recentMax);
      for (let i = 0; i < SLOT; i++) slots[at + i] = key[i];
      count++;
      if (count === 2 * recentMax) count = recentMax;
    },
  };
}
