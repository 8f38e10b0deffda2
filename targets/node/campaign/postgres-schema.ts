/** The tables that a campaign keeps in PostgreSQL, beside the queue of pg-boss: schema pkg0. */

/** The part of the npm library pg, and of a connection of it, that we use. */
export interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}
// biome-ignore lint/suspicious/noExplicitAny: the query decides the type of the rows
export type Row = any;

export interface Client extends Queryable {
  release(error?: unknown): void;
}

export interface Pool extends Queryable {
  connect(): Promise<Client>;
  end(): Promise<void>;
  on(event: "error", take: (error: Error) => void): void;
}

const VERSION = 1;
/** Advisory locks for work that several workers must not do at once. The first number makes the keys our own. */
export const LOCK_SPACE = 0x706b6730; // "pkg0"
export const SCHEMA_LOCK = 0;

const TABLES = `
CREATE SCHEMA IF NOT EXISTS pkg0;
CREATE TABLE IF NOT EXISTS pkg0.version (version integer NOT NULL);
CREATE TABLE IF NOT EXISTS pkg0.campaign (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text NOT NULL UNIQUE, identity jsonb NOT NULL,
  read_to integer NOT NULL DEFAULT 0, is_all_read boolean NOT NULL DEFAULT false, twice integer NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS pkg0.pace (campaign integer PRIMARY KEY, next_at double precision NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS pkg0.server (server_id text PRIMARY KEY, last integer NOT NULL);
CREATE TABLE IF NOT EXISTS pkg0.message (
  campaign integer NOT NULL, line integer NOT NULL, address text NOT NULL, server_id text NOT NULL, session_id integer,
  state text NOT NULL, bytes bytea, content_type integer, expires_at bigint, repeats integer NOT NULL DEFAULT 0,
  code text, text text, changed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (campaign, line));
CREATE UNIQUE INDEX IF NOT EXISTS device ON pkg0.message (campaign, address, server_id) WHERE address <> '';
CREATE INDEX IF NOT EXISTS waiting ON pkg0.message (campaign) WHERE state = 'prepared';
CREATE TABLE IF NOT EXISTS pkg0.part (
  campaign integer NOT NULL, message_id text NOT NULL, line integer NOT NULL, state text, text text,
  PRIMARY KEY (campaign, message_id));
CREATE INDEX IF NOT EXISTS part_line ON pkg0.part (campaign, line);
CREATE TABLE IF NOT EXISTS pkg0.early (
  campaign integer NOT NULL, message_id text NOT NULL, is_delivered boolean NOT NULL, text text NOT NULL,
  PRIMARY KEY (campaign, message_id));
INSERT INTO pkg0.version SELECT ${VERSION} WHERE NOT EXISTS (SELECT 1 FROM pkg0.version);`;

/** Creates missing tables. Rejects when the tables are of another version. */
export async function makeTables(pool: Pool): Promise<void> {
  await transaction(pool, async client => {
    await client.query("SELECT pg_advisory_xact_lock($1, $2)", [LOCK_SPACE, SCHEMA_LOCK]);
    await client.query(TABLES);
    const { rows } = await client.query("SELECT version FROM pkg0.version");
    if (rows[0].version !== VERSION)
      throw new Error(`schema pkg0: is of version ${rows[0].version}, this is ${VERSION}`);
  });
}

/** Runs `run` in one transaction on a connection of its own. */
export async function transaction<T>(pool: Pool, run: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await transactionOn(client, run);
    client.release();
    return result;
  } catch (error) {
    client.release(error); // the server rolls the open transaction back
    throw error;
  }
}

export async function transactionOn<C extends Queryable, T>(client: C, run: (client: C) => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await run(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}
