/** Delivery receipts in PostgreSQL: a message is delivered when all of its parts are, and failed when one is. */
import type { Outcome, Receipted, ReceiptNote } from "./journal.ts";
import type { Queryable } from "./postgres-schema.ts";

/**
 * Keeps, within a transaction, the message ids of accepted messages and the states in receipts. Resolves to the messages
 * that are decided now.
 */
export async function noteReceipts(
  client: Queryable,
  campaign: number,
  outcomes: Outcome[],
  receipts: ReceiptNote[],
): Promise<Receipted[]> {
  const parts = outcomes.flatMap(({ line, messageIds }) => messageIds.map(messageId => ({ line, messageId })));
  const insert = `INSERT INTO pkg0.part (campaign, message_id, line)
    SELECT DISTINCT ON (message_id) $1::int, message_id, line FROM unnest($2::text[], $3::int[]) n (message_id, line)
    ON CONFLICT (campaign, message_id) DO UPDATE SET line = excluded.line, state = NULL, text = NULL`;
  if (parts.length > 0) {
    await client.query(insert, [campaign, parts.map(({ messageId }) => messageId), parts.map(({ line }) => line)]);
  }
  // a receipt may overtake the answer to its submit_sm, so receipts wait in a table for the message that they name
  const early = `INSERT INTO pkg0.early VALUES ($1, $2, $3, $4)
    ON CONFLICT (campaign, message_id) DO UPDATE SET is_delivered = excluded.is_delivered, text = excluded.text`;
  for (const { messageId, isDelivered, text } of receipts) {
    await client.query(early, [campaign, messageId, isDelivered, text]);
  }
  if (parts.length === 0 && receipts.length === 0) return [];
  const ids = [...parts, ...receipts].map(({ messageId }) => messageId);
  const judge = `WITH come AS (
      DELETE FROM pkg0.early e USING pkg0.part p
      WHERE e.campaign = $1 AND e.message_id = ANY ($2) AND p.campaign = $1 AND p.message_id = e.message_id
      RETURNING e.message_id, e.is_delivered, e.text)
    UPDATE pkg0.part p SET state = CASE WHEN come.is_delivered THEN 'delivered' ELSE 'failed' END, text = come.text
    FROM come WHERE p.campaign = $1 AND p.message_id = come.message_id RETURNING p.line`;
  const lines = (await client.query(judge, [campaign, ids])).rows.map(({ line }) => line as number);
  if (lines.length === 0) return [];
  const decide = `UPDATE pkg0.message m SET state = d.state, code = CASE d.state WHEN 'failed' THEN 'RECEIPT' END, text = d.text, changed_at = now()
    FROM (SELECT line, CASE WHEN bool_or(state = 'failed') THEN 'failed' ELSE 'delivered' END state,
        coalesce(min(text) FILTER (WHERE state = 'failed'), min(text)) text
      FROM pkg0.part WHERE campaign = $1 AND line = ANY ($2)
      GROUP BY line HAVING bool_or(state = 'failed') OR bool_and(state IS NOT NULL)) d
    WHERE m.campaign = $1 AND m.line = d.line AND m.state = 'accepted'
    RETURNING m.line, m.address, m.server_id "serverId", m.session_id "sessionId", m.state, m.text`;
  return (await client.query(decide, [campaign, lines])).rows as Receipted[];
}
