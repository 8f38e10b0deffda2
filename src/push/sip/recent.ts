/** The messages of the last 32 seconds, to recognise retransmissions (RFC 3261 §17.2.3) and merged requests (§8.2.2.2). */
import type { Clock } from "../../hal.ts";
import { HEADER_CALL_ID, HEADER_CSEQ, HEADER_VIA } from "./headers.ts";
import type { SipRequest } from "./read-request.ts";

/** The message differs from all remembered ones. */
export const NEW = 0;
/** A retransmission: it gets the same answer, and is not delivered again. */
export const REPEATED = 1;
/** The same request by another way through the proxies: it is answered 482. */
export const MERGED = 2;

export interface Recent {
  /** Returns NEW, REPEATED or MERGED. */
  find(bytes: Uint8Array, r: SipRequest): number;
  /** Remembers the message that `find` was called with last. A full memory forgets the oldest message. */
  add(): void;
}

/** Timer J (§17.2.2): how long a request over UDP may be retransmitted. */
const RECENT_SECONDS = 32;
/** Five numbers for each message: two hashes of its first Via value, two of the parts that no proxy changes, and its time. */
const SLOT = 5;

/**
 * Allocates 20 bytes for each of `recentMax` messages. The body is hashed too: an attacker who has seen the headers of a
 * message cannot suppress it by sending the same headers with another body first. Admission still refuses the duplicate of a
 * forgotten message.
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

  /**
   * Begins two hashes of 32 bits at `key[at]`. They need only withstand chance: an attacker can choose a message with equal
   * hashes, but cannot sign it.
   */
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
    key[at] = a + 1; // marks where one span ends and the next begins
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
