/** One rate for all workers of a campaign: PostgreSQL keeps the next free slot, in the time of its own clock. */
import type { Pace } from "./journal.ts";
import { CATCH_UP_MS } from "./pace.ts";
import type { Pool } from "./postgres-schema.ts";

/** Computes as createPace (pace.ts) does, under the lock of the campaign's row. */
const RESERVE = `
WITH free AS (
  SELECT greatest(next_at, now_at - ${CATCH_UP_MS}) from_at, now_at
  FROM (
    SELECT next_at, extract(epoch FROM clock_timestamp())::float8 * 1000 AS now_at
    FROM pkg0.pace WHERE campaign = $1 FOR UPDATE
  ) locked
), slots AS (
  SELECT from_at, now_at,
    CASE WHEN from_at > now_at THEN 0 ELSE least($2::int, floor((now_at - from_at) / $3::float8)::int + 1) END AS granted
  FROM free
)
UPDATE pkg0.pace SET next_at = from_at + granted * $3::float8 FROM slots WHERE campaign = $1
RETURNING granted, greatest(0, from_at - now_at) AS "waitMs"`;

export function createPostgresPace(pool: Pool, campaign: number, perSecond: number | undefined): Pace {
  return {
    async reserve(wanted) {
      if (perSecond === undefined) return { granted: wanted, waitMs: 0 };
      const { rows } = await pool.query(RESERVE, [campaign, wanted, 1000 / perSecond]);
      return rows[0];
    },
    async giveBack(slots) {
      if (perSecond === undefined) return;
      await pool.query("UPDATE pkg0.pace SET next_at = next_at - $2 WHERE campaign = $1", [
        campaign,
        (slots * 1000) / perSecond,
      ]);
    },
  };
}
