/** Prepares lines of FILE in PostgreSQL, many at once. */
import { type Draft, isDraft, type Signed, TWICE, twiceOf, type Unfit } from "./journal.ts";
import type { Queryable } from "./postgres-schema.ts";

type Prepared = Signed & { line: number; address: string; serverId: string; sessionId: number };

/**
 * Prepares the lines within a transaction. Resolves to the prepared messages by line, and to the lines that could not be
 * prepared.
 */
export async function prepareLines(
  client: Queryable,
  campaign: number,
  lines: (Draft | Unfit)[],
): Promise<{ prepared: number[]; unfit: Unfit[] }> {
  const { drafts, unfit } = await leaveOutTwice(client, campaign, lines);
  const signing = await createSigning(client, drafts);
  const prepared: Prepared[] = [];
  for (const draft of drafts) prepared.push(signing.sign(draft));
  await signing.save();
  await insertPrepared(client, campaign, prepared);
  await insertUnfit(
    client,
    campaign,
    unfit.filter(({ code }) => code !== TWICE),
  );
  return { prepared: prepared.map(({ line }) => line), unfit };
}

/** A device may have only one line in FILE; later lines of it are refused. */
async function leaveOutTwice(
  client: Queryable,
  campaign: number,
  lines: (Draft | Unfit)[],
): Promise<{ drafts: Draft[]; unfit: Unfit[] }> {
  const find = `SELECT m.line, m.address, m.server_id FROM pkg0.message m
    JOIN unnest($2::text[], $3::text[]) d (address, server_id) ON m.address = d.address AND m.server_id = d.server_id
    WHERE m.campaign = $1 AND m.address <> ''`;
  const keyOf = (address: string, serverId: string) => JSON.stringify([address, serverId]);
  const values = [campaign, lines.map(({ address }) => address), lines.map(({ serverId }) => serverId)];
  const { rows } = await client.query(find, values);
  const seen = new Map<string, number>(rows.map(row => [keyOf(row.address, row.server_id), row.line]));
  const drafts: Draft[] = [];
  const unfit: Unfit[] = [];
  for (const one of lines) {
    const { line, address, serverId } = one;
    const key = keyOf(address, serverId);
    const former = address === "" ? undefined : seen.get(key);
    if (former !== undefined && former !== line) {
      unfit.push(twiceOf(one, former));
      continue;
    }
    if (address !== "") seen.set(key, line);
    if (isDraft(one)) drafts.push(one);
    else unfit.push(one);
  }
  return { drafts, unfit };
}

/** Session ids go round: 1 to 65535 (§6.4.8). */
function nextSessionId(last: number): number {
  return (last % 0xffff) + 1;
}

/** Session ids of all campaigns of the database go on from one another; the first one of a ServerID is random. */
async function createSigning(client: Queryable, drafts: Draft[]) {
  const lastOf = new Map<string, number>();
  const lock = `INSERT INTO pkg0.server VALUES ($1, $2)
    ON CONFLICT (server_id) DO UPDATE SET last = pkg0.server.last RETURNING last`;
  for (const serverId of [...new Set(drafts.map(draft => draft.serverId))].sort()) {
    lastOf.set(serverId, (await client.query(lock, [serverId, Math.floor(Math.random() * 0xffff)])).rows[0].last);
  }
  return {
    sign(draft: Draft): Prepared {
      const { line, address, serverId } = draft;
      const sessionId = nextSessionId(lastOf.get(serverId)!);
      const signed = draft.sign(sessionId);
      lastOf.set(serverId, sessionId);
      return { ...signed, line, address, serverId, sessionId };
    },
    async save(): Promise<void> {
      const update =
        "UPDATE pkg0.server s SET last = n.last FROM unnest($1::text[], $2::int[]) n (server_id, last) WHERE s.server_id = n.server_id";
      if (lastOf.size > 0) await client.query(update, [[...lastOf.keys()], [...lastOf.values()]]);
    },
  };
}

async function insertPrepared(client: Queryable, campaign: number, prepared: Prepared[]): Promise<void> {
  if (prepared.length === 0) return;
  const insert = `INSERT INTO pkg0.message (campaign, line, address, server_id, session_id, state, bytes, content_type, expires_at)
    SELECT $1, line, address, server_id, session_id, 'prepared', decode(bytes, 'hex'), content_type, expires_at
    FROM unnest($2::int[], $3::text[], $4::text[], $5::int[], $6::text[], $7::int[], $8::bigint[])
      n (line, address, server_id, session_id, bytes, content_type, expires_at)
    ON CONFLICT (campaign, line) DO UPDATE SET address = excluded.address, server_id = excluded.server_id,
      session_id = excluded.session_id, state = 'prepared', bytes = excluded.bytes, content_type = excluded.content_type,
      expires_at = excluded.expires_at, repeats = 0, code = NULL, text = NULL, changed_at = now()`;
  const column = <T>(of: (one: Prepared) => T) => prepared.map(of);
  await client.query(insert, [
    campaign,
    column(({ line }) => line),
    column(({ address }) => address),
    column(({ serverId }) => serverId),
    column(({ sessionId }) => sessionId),
    column(({ bytes }) => Buffer.from(bytes).toString("hex")),
    column(({ contentType }) => contentType),
    column(({ expiresAt }) => expiresAt),
  ]);
}

async function insertUnfit(client: Queryable, campaign: number, unfit: Unfit[]): Promise<void> {
  if (unfit.length === 0) return;
  const insert = `INSERT INTO pkg0.message (campaign, line, address, server_id, state, code, text)
    SELECT $1, line, address, server_id, 'failed', code, text
    FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) n (line, address, server_id, code, text)
    ON CONFLICT (campaign, line) DO UPDATE SET state = 'failed', code = excluded.code, text = excluded.text, changed_at = now()`;
  const column = (of: (one: Unfit) => unknown) => unfit.map(of);
  await client.query(insert, [
    campaign,
    column(({ line }) => line),
    column(({ address }) => address),
    column(({ serverId }) => serverId),
    column(({ code }) => code),
    column(({ text }) => text),
  ]);
}
