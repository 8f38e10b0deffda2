/** The journal of one machine: SQLite in the state directory, beside the session ids. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { HostCode } from "../codes.ts";
import { lockDirectory } from "../lock.ts";
import { type SessionIds, sessionIdsIn } from "../session-ids.ts";
import { prepareState } from "../state.ts";
import { type Database, type LibraryName, openDatabase } from "./database.ts";
import {
  type Draft,
  type Failure,
  isDraft,
  type Journal,
  type Outcome,
  type Pace,
  type ReadFrom,
  type Receipted,
  type ReceiptNote,
  type State,
  type Step,
  type Summary,
  type Taken,
  TWICE,
  twiceOf,
  type Unfit,
} from "./journal.ts";

const VERSION = 2;
const SCHEMA = `
CREATE TABLE campaign (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE message (
  line INTEGER PRIMARY KEY, address TEXT NOT NULL, server_id TEXT NOT NULL, session_id INTEGER, state TEXT NOT NULL,
  bytes BLOB, content_type INTEGER, expires_at INTEGER, repeats INTEGER NOT NULL DEFAULT 0, code TEXT, text TEXT,
  changed_at INTEGER NOT NULL);
CREATE UNIQUE INDEX device ON message (address, server_id) WHERE address <> '';
CREATE INDEX waiting ON message (line) WHERE state = 'prepared';
CREATE INDEX under_way ON message (line) WHERE state = 'submitted';
CREATE INDEX repeated ON message (line) WHERE repeats > 0;
CREATE INDEX anew ON message (line) WHERE state = 'anew';
CREATE TABLE part (message_id TEXT PRIMARY KEY, line INTEGER NOT NULL, state TEXT, text TEXT) WITHOUT ROWID;
CREATE INDEX part_line ON part (line);
CREATE TABLE early (message_id TEXT PRIMARY KEY, is_delivered INTEGER NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = ${VERSION};`;

/** The values that a campaign begins with, and that must be the same when it continues. */
export interface Identity {
  [name: string]: string;
}

/**
 * Opens the journal in `directory`. With `identity`, a missing journal is created, and an existing one must have that
 * identity. Rejects when the identity differs (the error says in what), when another process has the directory, and when
 * there is no library for SQLite. Notifications that were under way when a process ended are prepared again, as possibly repeated.
 */
export async function openSqliteJournal(
  directory: string,
  identity: Identity | undefined,
  pace: Pace,
  library?: LibraryName,
): Promise<Journal> {
  if (identity !== undefined) prepareState(directory);
  const unlock = await lockDirectory(directory);
  const path = join(directory, "campaign.sqlite");
  let db: Database | undefined;
  try {
    if (identity === undefined && !existsSync(path)) throw new Error(`${path}: there is no campaign`);
    db = await openDatabase(path, "a campaign's --state", library);
    begin(db, path, identity);
    const ids = sessionIdsIn(directory);
    const journal = journalOf(db, ids, pace);
    return {
      ...journal,
      async close() {
        ids.close();
        db!.close();
        unlock();
      },
    };
  } catch (error) {
    db?.close();
    unlock();
    throw error;
  }
}

function begin(db: Database, path: string, identity: Identity | undefined): void {
  const { user_version: version } = db.statement("PRAGMA user_version").get() as { user_version: number };
  if (version === 0) {
    if (identity === undefined) throw new Error(`${path}: there is no campaign`);
    db.transaction(() => {
      db.exec(SCHEMA);
      const insert = db.statement("INSERT INTO campaign VALUES (?, ?)");
      for (const [name, value] of Object.entries({ ...identity, read_to: 0, is_all_read: 0, twice: 0 })) {
        insert.run(name, value);
      }
    })();
  } else if (version !== VERSION) throw new Error(`${path}: is of version ${version}, this is ${VERSION}`);
  checkIdentity(
    identity ?? {},
    name => (db.statement("SELECT value FROM campaign WHERE name = ?").get(name) as Named).value,
  );
  db.statement("UPDATE message SET state = 'prepared', repeats = repeats + 1 WHERE state = 'submitted'").run();
}

type Named = { value: unknown };

/** Throws an Error when the campaign was begun with other values than `identity`. */
export function checkIdentity(identity: Identity, begunWith: (name: string) => unknown): void {
  for (const [name, value] of Object.entries(identity)) {
    if (begunWith(name) === value) continue;
    throw new Error(`${name} is not what this campaign was begun with; another campaign needs a state of its own`);
  }
}

function journalOf(db: Database, ids: SessionIds, pace: Pace): Omit<Journal, "close"> {
  const number = (sql: string) => Object.values(db.statement(sql).get() as object)[0] as number;
  const set = db.statement("UPDATE campaign SET value = ? WHERE name = ?");
  const states = countStates(db);
  let isAllRead = number("SELECT value FROM campaign WHERE name = 'is_all_read'") === 1;
  let twice = number("SELECT value FROM campaign WHERE name = 'twice'");
  const preparing = createPreparing(db, ids, states);
  const stepping = createStepping(db, states);

  async function readFrom(): Promise<ReadFrom> {
    const after = number("SELECT value FROM campaign WHERE name = 'read_to'");
    const rows = db.statement("SELECT line FROM message WHERE state = 'anew' ORDER BY line").all() as {
      line: number;
    }[];
    return { after, again: rows.map(({ line }) => line) };
  }

  const prepareAll = db.transaction((lines: (Draft | Unfit)[], readTo: number, isEnd: boolean): Unfit[] => {
    const unfit = lines.map(line => preparing(line)).filter(one => one !== null);
    ids.save(); // before the messages with these ids are kept
    const twiceNow = twice + unfit.filter(({ code }) => code === TWICE).length;
    db.statement("UPDATE campaign SET value = max(value, ?) WHERE name = 'read_to'").run(readTo);
    if (isEnd) set.run(1, "is_all_read");
    if (twiceNow > twice) set.run(twiceNow, "twice");
    twice = twiceNow;
    isAllRead ||= isEnd;
    return unfit;
  });

  const stepAll = db.transaction(
    (outcomes: Outcome[], receipts: ReceiptNote[], count: number): Step => ({
      receipted: stepping.note(outcomes, receipts),
      taken: count > 0 ? stepping.take(count) : [],
    }),
  );

  const retryAll = db.transaction((code: string | undefined, now: number) => {
    const which = "state = 'failed' AND (? IS NULL OR code = ?)";
    const chosen = [code ?? null, code ?? null];
    const isGood = "bytes IS NOT NULL AND (expires_at = 0 OR expires_at > ?)";
    db.statement(`DELETE FROM part WHERE line IN (SELECT line FROM message WHERE ${which})`).run(...chosen);
    const anew = `UPDATE message SET state = 'anew', repeats = 0 WHERE ${which} AND NOT (${isGood})`;
    const same = `UPDATE message SET state = 'prepared', repeats = min(repeats, 1) WHERE ${which}`;
    const counts = {
      anew: db.statement(anew).run(...chosen, now),
      same: db.statement(same).run(...chosen),
    };
    if (counts.anew > 0) set.run(0, "is_all_read");
    return counts;
  });

  return {
    readFrom,
    prepare: async (lines, readTo, isEnd) => prepareAll(lines, readTo, isEnd),
    step: async (outcomes, receipts, count) => stepAll(outcomes, receipts, count),
    waiting: async () => states.prepared,
    async summary(): Promise<Summary> {
      const possiblyRepeated = number("SELECT count(*) FROM message WHERE repeats > 0");
      return { states: { ...states }, possiblyRepeated, twice, isAllRead };
    },
    failures: () =>
      db
        .statement(
          "SELECT line, address, server_id serverId, code, text FROM message WHERE state = 'failed' ORDER BY line",
        )
        .iterate() as IterableIterator<Failure>,
    retry: async (code, now) => retryAll(code, now),
    pace,
  };
}

type Counts = { [state in State]: number };

function countStates(db: Database): Counts {
  const states: Counts = { prepared: 0, submitted: 0, accepted: 0, delivered: 0, failed: 0 };
  const rows = db.statement("SELECT state, count(*) count FROM message WHERE state <> 'anew' GROUP BY state").all();
  for (const { state, count } of rows as { state: State; count: number }[]) states[state] = count;
  return states;
}

const seconds = () => Math.floor(Date.now() / 1000);

/** Prepares one line within a transaction. Returns its fault, or null. */
function createPreparing(db: Database, ids: SessionIds, states: Counts): (line: Draft | Unfit) => Unfit | null {
  const find = db.statement(
    "SELECT line FROM message INDEXED BY device WHERE address = ? AND server_id = ? AND address <> ''",
  );
  const insert = db.statement(
    "INSERT OR REPLACE INTO message (line, address, server_id, session_id, state, bytes, content_type, expires_at, code, text, " +
      "changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );

  function note(unfit: Unfit): Unfit {
    const { line, address, serverId, code, text } = unfit;
    insert.run(line, address, serverId, null, "failed", null, null, null, code, text, seconds());
    states.failed++;
    return unfit;
  }

  return line => {
    const { address, serverId } = line;
    const found = address === "" ? undefined : (find.get(address, serverId) as { line: number } | undefined);
    if (found !== undefined && found.line !== line.line) {
      return twiceOf(line, found.line);
    }
    if (!isDraft(line)) return note(line);
    const sessionId = ids.take(serverId, line.validity, "next");
    const { bytes, contentType, expiresAt } = line.sign(sessionId);
    const values = [line.line, address, serverId, sessionId, "prepared", bytes, contentType, expiresAt];
    insert.run(...values, null, null, seconds());
    states.prepared++;
    return null;
  };
}

/** Notes outcomes and takes the next messages, within a transaction. */
function createStepping(db: Database, states: Counts) {
  const next = db.statement(
    "SELECT line, address, server_id serverId, session_id sessionId, bytes, content_type contentType, expires_at expiresAt, " +
      "repeats FROM message INDEXED BY waiting WHERE state = 'prepared' ORDER BY line LIMIT ?",
  );
  const submit = db.statement("UPDATE message SET state = 'submitted', changed_at = ? WHERE line = ?");
  const settle = db.statement(
    "UPDATE message SET state = ?, repeats = repeats + ?, code = ?, text = ?, changed_at = ? WHERE line = ?",
  );
  const addPart = db.statement("INSERT OR REPLACE INTO part VALUES (?, ?, NULL, NULL)");
  const takeEarly = db.statement("DELETE FROM early WHERE message_id = ? RETURNING is_delivered, text");
  const addEarly = db.statement("INSERT OR REPLACE INTO early VALUES (?, ?, ?)");
  const notePart = db.statement("UPDATE part SET state = ?, text = ? WHERE message_id = ? RETURNING line");
  const partsOf = db.statement("SELECT state, text FROM part WHERE line = ?");
  const receipt = db.statement(
    "UPDATE message SET state = ?, code = ?, text = ?, changed_at = ? WHERE line = ? AND state = 'accepted' " +
      "RETURNING line, address, server_id serverId, session_id sessionId",
  );

  function move(from: State, to: State): void {
    states[from]--;
    states[to]++;
  }

  function noteReceipt({ messageId, isDelivered, text }: ReceiptNote): Receipted | null {
    const found = notePart.get(isDelivered ? "delivered" : "failed", text, messageId) as { line: number } | undefined;
    // a receipt may overtake the answer to its submit_sm
    if (found === undefined) addEarly.run(messageId, isDelivered ? 1 : 0, text);
    return found === undefined ? null : judge(found.line);
  }

  /** A message is delivered when all of its parts are, and failed when one is. */
  function judge(line: number): Receipted | null {
    const parts = partsOf.all(line) as { state: string | null; text: string }[];
    const failed = parts.find(({ state }) => state === "failed");
    if (failed === undefined && parts.some(({ state }) => state === null)) return null;
    const state = failed === undefined ? "delivered" : "failed";
    const text = (failed ?? parts[0]!).text;
    const row = receipt.get(
      state,
      failed === undefined ? null : ("RECEIPT" satisfies HostCode),
      text,
      seconds(),
      line,
    ) as Receipted | undefined;
    if (row === undefined) return null;
    move("accepted", state);
    return { ...row, state, text };
  }

  return {
    note(outcomes: Outcome[], receipts: ReceiptNote[]): Receipted[] {
      const receipted: (Receipted | null)[] = [];
      for (const { line, state, isRepeat, code, text, messageIds } of outcomes) {
        settle.run(state, isRepeat ? 1 : 0, code, text, seconds(), line);
        move("submitted", state);
        for (const id of messageIds) {
          addPart.run(id, line);
          const early = takeEarly.get(id) as { is_delivered: number; text: string } | undefined;
          if (early !== undefined) notePart.get(early.is_delivered === 1 ? "delivered" : "failed", early.text, id);
        }
        if (messageIds.length > 0) receipted.push(judge(line));
      }
      receipted.push(...receipts.map(noteReceipt));
      return receipted.filter(one => one !== null);
    },
    take(count: number): Taken[] {
      const taken = next.all(count) as Taken[];
      const now = seconds();
      for (const { line } of taken) {
        submit.run(now, line);
        move("prepared", "submitted");
      }
      return taken;
    },
  };
}
