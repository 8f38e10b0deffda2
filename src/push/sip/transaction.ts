/** A request of ours over UDP, until its answer: timer E repeats it, timer F gives it up (RFC 3261 §17.1.2). */
import type { Clock } from "../../hal.ts";
import { MORE, OK, SIP_NO_ANSWER, type Status } from "../../status.ts";

export interface Transaction {
  /** Sends `out[0..length)`, the first time. */
  open(length: number): void;
  /**
   * Sends the request again when that is due. Returns OK when no request is open, MORE while one is, and SIP_NO_ANSWER once
   * when it is given up.
   */
  tick(): Status;
  /** Ends the transaction, because its answer came. */
  close(): void;
  isOpen(): boolean;
}

/** 64 T1. */
const ANSWER_SECONDS = 32;
/** T1 is half a second; a Clock counts whole seconds. */
const FIRST_SECONDS = 1;
/** T2. */
const INTERVAL_SECONDS_MAX = 4;

export function createTransaction(
  clock: Pick<Clock, "monotonicSeconds">,
  out: Uint8Array,
  send: (bytes: Uint8Array, from: number, to: number) => void,
): Transaction {
  let length = 0; // 0 when no request is open
  let interval = 0;
  let next = 0;
  let giveUp = 0;

  function tick(): Status {
    if (length === 0) return OK;
    const now = clock.monotonicSeconds();
    if (now >= giveUp) {
      length = 0;
      return SIP_NO_ANSWER;
    }
    if (now >= next) {
      interval = Math.min(2 * interval, INTERVAL_SECONDS_MAX);
      next = now + interval;
      send(out, 0, length);
    }
    return MORE;
  }

  return {
    open(bytes: number): void {
      length = bytes;
      interval = FIRST_SECONDS;
      next = clock.monotonicSeconds() + interval;
      giveUp = clock.monotonicSeconds() + ANSWER_SECONDS;
      send(out, 0, length);
    },
    tick,
    close(): void {
      length = 0;
    },
    isOpen: () => length > 0,
  };
}
