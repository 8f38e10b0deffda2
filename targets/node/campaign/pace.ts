/** Keeps a rate from slot to slot, so a peer that counts messages by the second never counts too many. */
import type { Pace } from "./journal.ts";

/** After a pause, at most the slots of 50 ms may be used at once, and at least one. */
export const CATCH_UP_MS = 50;

/** For one process. `perSecond` undefined: no limit. `now`: milliseconds of a clock that nobody sets. */
export function createPace(perSecond: number | undefined, now: () => number = () => performance.now()): Pace {
  let nextAt = 0;
  return {
    async reserve(wanted) {
      if (perSecond === undefined) return { granted: wanted, waitMs: 0 };
      const slotMs = 1000 / perSecond;
      const at = now();
      nextAt = Math.max(nextAt, at - CATCH_UP_MS);
      if (nextAt > at) return { granted: 0, waitMs: nextAt - at };
      const granted = Math.min(wanted, Math.floor((at - nextAt) / slotMs) + 1);
      nextAt += granted * slotMs;
      return { granted, waitMs: 0 };
    },
    async giveBack(slots) {
      if (perSecond !== undefined) nextAt -= (slots * 1000) / perSecond;
    },
  };
}
