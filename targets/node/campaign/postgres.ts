/**
 * The journal of many workers: tables in PostgreSQL, and a queue of the npm library pg-boss with a job for each prepared
 * message. A job and the state of its message change in one transaction. The messages of a dead worker return to the queue
 * when its lease has run out.
 */
import { loadPeer } from "../peers.ts";
import {
  type Draft,
  type Failure,
  type Journal,
  type Outcome,
  type ReadFrom,
  type Receipted,
  type ReceiptNote,
  type Step,
  type Summary,
  type Taken,
  TWICE,
  type Unfit,
} from "./journal.ts";
import { createPostgresPace } from "./postgres-pace.ts";
import { prepareLines } from "./postgres-prepare.ts";
import { noteReceipts } from "./postgres-receipts.ts";
import {
  type Client,
  LOCK_SPACE,
  makeTables,
  type Pool,
  type Queryable,
  transaction,
  transactionOn,
} from "./postgres-schema.ts";
import { checkIdentity, type Identity } from "./sqlite.ts";

interface PgLibrary {
  default: { Pool: new (options: { connectionString: string; max: number }) => Pool };
}

/** The part of pg-boss that we use. */
interface Db {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}
type On = { db: Db };
export interface Boss {
  on(event: "error", take: (error: Error) => void): void;
  start(): Promise<unknown>;
  stop(options: { graceful: boolean }): Promise<void>;
  createQueue(name: string, options: object): Promise<void>;
  updateQueue(name: string, options: object): Promise<void>;
  insert(jobs: { name: string; data: { line: number } }[], on: On): Promise<unknown>;
  fetch(name: string, options: { batchSize: number } & On): Promise<{ id: string; data: { line: number } }[]>;
  complete(name: string, ids: string[], data: object, on: On): Promise<unknown>;
  fail(name: string, ids: string[], data: object, on: On): Promise<unknown>;
}
interface BossLibrary {
  default: new (options: object) => Boss;
}

export interface PostgresOptions {
  /** postgres://.. */
  url: string;
  /** The campaign's name in that database. */
  name: string;
  /** The identity with which the campaign begins. Absent for a worker without FILE, and for reports: then the campaign must exist already. */
  identity?: Identity;
  /** Short messages a second of all workers together. */
  perSecond: number | undefined;
  /** How long a worker may keep a message, in seconds. */
  leaseSeconds: number;
}

/** The queue never gives a job up: the journal decides when a message has failed. */
const RETRIES = 1_000_000;
const RETENTION_DAYS = 365;
const ROLE_RETRY_MS = 1_000;
/** Prepared messages are counted up to this number. */
const COUNTED = 5_000;

export async function openPostgresJournal(options: PostgresOptions): Promise<Journal> {
  const purpose = "a campaign's --queue";
  const { default: pg } = await loadPeer<PgLibrary>("pg", purpose);
  const { default: PgBoss } = await loadPeer<BossLibrary>("pg-boss", purpose);
  const pool = new pg.Pool({ connectionString: options.url, max: 4 });
  pool.on("error", () => {}); // a lost idle connection is opened again; a lost connection in use rejects its query
  const { leaseSeconds } = options;
  const maintenanceIntervalSeconds = Math.max(1, Math.floor(leaseSeconds / 4));
  const boss = new PgBoss({ db: dbOf(pool), schedule: false, maintenanceIntervalSeconds });
  boss.on("error", () => {}); // errors of its maintenance, which is tried again
  try {
    await makeTables(pool);
    const id = await begin(pool, options);
    await boss.start();
    const queue = `pkg0-campaign-${id}`;
    const settings = {
      expireInSeconds: leaseSeconds,
      retryLimit: RETRIES,
      retryDelay: 0,
      retentionDays: RETENTION_DAYS,
    };
    await boss.createQueue(queue, { name: queue, ...settings });
    await boss.updateQueue(queue, { name: queue, ...settings });
    return journalOf(pool, boss, { id, queue }, options);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function dbOf(on: Queryable): Db {
  return { executeSql: (text, values) => on.query(text, values) };
}

/** The campaign's number. */
async function begin(pool: Pool, { name, identity }: PostgresOptions): Promise<number> {
  if (identity !== undefined) {
    const insert = "INSERT INTO pkg0.campaign (name, identity) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    await pool.query(insert, [name, JSON.stringify(identity)]);
  }
  const { rows } = await pool.query("SELECT id, identity FROM pkg0.campaign WHERE name = $1", [name]);
  if (rows.length === 0) throw new Error(`there is no campaign ${name}: its first worker needs FILE`);
  checkIdentity(identity ?? {}, key => rows[0].identity[key]);
  await pool.query("INSERT INTO pkg0.pace (campaign) VALUES ($1) ON CONFLICT DO NOTHING", [rows[0].id]);
  return rows[0].id;
}

/** A campaign by its number, and the queue of its jobs. */
interface CampaignQueue {
  id: number;
  queue: string;
}

function journalOf(pool: Pool, boss: Boss, { id, queue }: CampaignQueue, options: PostgresOptions): Journal {
  const jobs = new Map<number, string>();
  /** The connection that holds the lock for preparing; when it is lost, another worker may prepare. */
  let preparer: Client | undefined;
  let roleAskedAt = Number.NEGATIVE_INFINITY;

  async function readFrom(): Promise<ReadFrom | null> {
    if (performance.now() - roleAskedAt < ROLE_RETRY_MS) return null;
    roleAskedAt = performance.now();
    const client = await pool.connect();
    const { rows } = await client.query("SELECT pg_try_advisory_lock($1, $2) is_ours", [LOCK_SPACE, id]);
    if (!rows[0].is_ours) {
      client.release();
      return null;
    }
    preparer = client;
    const campaign = await client.query("SELECT read_to FROM pkg0.campaign WHERE id = $1", [id]);
    const anew = "SELECT line FROM pkg0.message WHERE campaign = $1 AND state = 'anew' ORDER BY line";
    const again = (await client.query(anew, [id])).rows.map(({ line }) => line as number);
    return { after: campaign.rows[0].read_to, again };
  }

  async function prepare(lines: (Draft | Unfit)[], readTo: number, isAllRead: boolean): Promise<Unfit[]> {
    return transactionOn(preparer!, async client => {
      const { prepared, unfit } = await prepareLines(client, id, lines);
      const data = prepared.map(line => ({ name: queue, data: { line } }));
      if (data.length > 0) await boss.insert(data, { db: dbOf(client) });
      const twice = unfit.filter(({ code }) => code === TWICE).length;
      const update =
        "UPDATE pkg0.campaign SET read_to = greatest(read_to, $2), is_all_read = is_all_read OR $3, twice = twice + $4 WHERE id = $1";
      await client.query(update, [id, readTo, isAllRead, twice]);
      return unfit;
    });
  }

  async function step(outcomes: Outcome[], receipts: ReceiptNote[], count: number): Promise<Step> {
    return transaction(pool, async client => {
      await settle(client, outcomes);
      const receipted: Receipted[] = await noteReceipts(client, id, outcomes, receipts);
      return { receipted, taken: count > 0 ? await take(client, count) : [] };
    });
  }

  async function settle(client: Client, outcomes: Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    // after our lease another worker may have sent it and got an answer, which then counts
    const update = `UPDATE pkg0.message m SET state = o.state, repeats = m.repeats + o.repeats, code = o.code, text = o.text, changed_at = now()
      FROM unnest($2::int[], $3::text[], $4::int[], $5::text[], $6::text[]) o (line, state, repeats, code, text)
      WHERE m.campaign = $1 AND m.line = o.line AND m.state = 'submitted'`;
    const column = <T>(of: (outcome: Outcome) => T) => outcomes.map(of);
    await client.query(update, [
      id,
      column(({ line }) => line),
      column(({ state }) => state),
      column(({ isRepeat }) => (isRepeat ? 1 : 0)),
      column(({ code }) => code),
      column(({ text }) => text),
    ]);
    const on = { db: dbOf(client) };
    const idsOf = (isAgain: boolean) =>
      outcomes
        .filter(({ state }) => (state === "prepared") === isAgain)
        .map(({ line }) => jobs.get(line))
        .filter(job => job !== undefined);
    const done = idsOf(false);
    const again = idsOf(true);
    if (done.length > 0) await boss.complete(queue, done, {}, on);
    if (again.length > 0) await boss.fail(queue, again, {}, on);
    for (const { line } of outcomes) jobs.delete(line);
  }

  async function take(client: Client, count: number): Promise<Taken[]> {
    const on = { db: dbOf(client) };
    const fetched = await boss.fetch(queue, { batchSize: count, ...on });
    if (fetched.length === 0) return [];
    const update = `UPDATE pkg0.message SET state = 'submitted', repeats = repeats + (state = 'submitted')::int, changed_at = now()
      WHERE campaign = $1 AND line = ANY ($2) AND state IN ('prepared', 'submitted')
      RETURNING line, address, server_id "serverId", session_id "sessionId", bytes, content_type "contentType",
        expires_at::float8 "expiresAt", repeats`;
    const lines = fetched.map(({ data }) => data.line);
    const taken = (await client.query(update, [id, lines])).rows as Taken[];
    const isTaken = new Set(taken.map(({ line }) => line));
    const over = fetched.filter(({ data }) => !isTaken.has(data.line)).map(job => job.id);
    if (over.length > 0) await boss.complete(queue, over, {}, on);
    for (const job of fetched) if (isTaken.has(job.data.line)) jobs.set(job.data.line, job.id);
    return taken.sort((a, b) => a.line - b.line);
  }

  async function waiting(): Promise<number> {
    const prepared = "SELECT 1 FROM pkg0.message WHERE campaign = $1 AND state = 'prepared' LIMIT $2";
    const { rows } = await pool.query(`SELECT count(*)::int count FROM (${prepared}) counted`, [id, COUNTED]);
    return rows[0].count;
  }

  async function summary(): Promise<Summary> {
    const byState =
      "SELECT state, count(*)::int count FROM pkg0.message WHERE campaign = $1 AND state <> 'anew' GROUP BY state";
    const states = { prepared: 0, submitted: 0, accepted: 0, delivered: 0, failed: 0 };
    for (const { state, count } of (await pool.query(byState, [id])).rows) states[state as keyof typeof states] = count;
    const rest = `SELECT twice, is_all_read "isAllRead",
      (SELECT count(*)::int FROM pkg0.message WHERE campaign = $1 AND repeats > 0) "possiblyRepeated" FROM pkg0.campaign WHERE id = $1`;
    return { states, ...(await pool.query(rest, [id])).rows[0] };
  }

  async function* failures(): AsyncGenerator<Failure> {
    const page = `SELECT line, address, server_id "serverId", code, text FROM pkg0.message
      WHERE campaign = $1 AND state = 'failed' AND line > $2 ORDER BY line LIMIT 1000`;
    let after = 0;
    for (;;) {
      const rows = (await pool.query(page, [id, after])).rows as Failure[];
      yield* rows;
      if (rows.length === 0) return;
      after = rows.at(-1)!.line;
    }
  }

  async function retry(code: string | undefined, now: number): Promise<{ same: number; anew: number }> {
    return transaction(pool, async client => {
      const update = `UPDATE pkg0.message SET repeats = least(repeats, 1), changed_at = now(),
        state = CASE WHEN bytes IS NOT NULL AND (expires_at = 0 OR expires_at > $3) THEN 'prepared' ELSE 'anew' END
        WHERE campaign = $1 AND state = 'failed' AND ($2::text IS NULL OR code = $2) RETURNING line, state`;
      const rows = (await client.query(update, [id, code ?? null, now])).rows as { line: number; state: string }[];
      await client.query("DELETE FROM pkg0.part WHERE campaign = $1 AND line = ANY ($2)", [
        id,
        rows.map(({ line }) => line),
      ]);
      const same = rows
        .filter(({ state }) => state === "prepared")
        .map(({ line }) => ({ name: queue, data: { line } }));
      if (same.length > 0) await boss.insert(same, { db: dbOf(client) });
      const anew = rows.length - same.length;
      if (anew > 0) await client.query("UPDATE pkg0.campaign SET is_all_read = false WHERE id = $1", [id]);
      return { same: same.length, anew };
    });
  }

  async function close(): Promise<void> {
    await boss.stop({ graceful: false });
    preparer?.release(new Error("done")); // ends the connection, and with it the lock
    await pool.end();
  }

  const pace = createPostgresPace(pool, id, options.perSecond);
  return { readFrom, prepare, step, waiting, summary, failures, retry, pace, close };
}
