/** The journal of a campaign by each library for SQLite, and its session ids beside those of `send`. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { LIBRARIES, type LibraryName, openDatabase } from "../../targets/node/campaign/database.ts";
import { createDrafting } from "../../targets/node/campaign/draft.ts";
import type { Journal, Outcome, Taken } from "../../targets/node/campaign/journal.ts";
import { createPace } from "../../targets/node/campaign/pace.ts";
import { openSqliteJournal } from "../../targets/node/campaign/sqlite.ts";
import { runCli } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-journal-"));
afterAll(() => rmSync(folder, { recursive: true }));
let states = 0;
const newState = () => join(folder, `state${states++}`);

const draft = createDrafting({
  accounts: [],
  template: { requestedMo: [1] },
  now: () => Math.floor(Date.now() / 1000),
});
const lineOf = (line: number, more: object = {}) =>
  draft({ line, record: { address: `+${line}`, serverId: "dm.example", secret: "s", ...more } });
const lines = (count: number, more: object = {}) => Array.from({ length: count }, (_, i) => lineOf(i + 1, more));
const accepted = ({ line }: Taken, ...messageIds: string[]): Outcome => ({
  ...{ line, state: "accepted", isRepeat: false, code: "", text: "", messageIds },
});

const HINTS: { [name in LibraryName]: string } = {
  "better-sqlite3": "better-sqlite3 is not installed with its binary",
  "node:sqlite": "Node 22.13 or later",
  "node-sqlite3-wasm": "npm ci",
};

function isHere(name: LibraryName): boolean {
  if (name === "node:sqlite") return process.getBuiltinModule(name) !== undefined;
  try {
    const library = createRequire(import.meta.url)(name);
    if (name === "better-sqlite3") new library(":memory:").close(); // it may have no binary
    return true;
  } catch {
    return false;
  }
}

for (const name of LIBRARIES) {
  const run = isHere(name) ? describe : describe.skip;
  run(`the journal by ${name}${isHere(name) ? "" : ` (skipped: ${HINTS[name]})`}`, () => {
    const open = (state: string, identity: { [name: string]: string } | undefined = { FILE: "f" }): Promise<Journal> =>
      openSqliteJournal(state, identity, createPace(undefined), name);

    test("a full disk is told with the file and with what to do, and undoes the transaction", async () => {
      const state = newState();
      mkdirSync(state, { recursive: true });
      const path = join(state, "small.sqlite");
      const database = await openDatabase(path, "a test", name);
      database.exec("CREATE TABLE t (b BLOB)");
      database.exec("PRAGMA max_page_count = 3");
      const insert = database.transaction((size: number) => {
        for (let i = 0; i < 3; i++) database.statement("INSERT INTO t VALUES (?)").run(new Uint8Array(size));
      });
      insert(1);
      expect(() => insert(20_000)).toThrow(new RegExp(`^${path}: .*full.*; mend the disk`));
      expect(database.statement("SELECT count(*) n FROM t").get()).toEqual({ n: 3 });
      const other = database.transaction(() => {
        throw new RangeError("ours");
      });
      expect(other).toThrow(new RangeError("ours"));
      database.close();
    });

    test("keeps bytes, outcomes, receipts and what failed, over a restart", async () => {
      const state = newState();
      const journal = await open(state);
      const bad = { line: 6, address: "", serverId: "", code: "LINE_UNREADABLE", text: "no JSON" };
      expect(await journal.prepare([...lines(5), bad], 6, true)).toEqual([bad]);
      const { taken } = await journal.step([], [], 3);
      expect(taken.map(({ line }) => line)).toEqual([1, 2, 3]);
      const [first, second, third] = taken as [Taken, Taken, Taken];
      expect(Buffer.from(first.bytes).length).toBeGreaterThan(32);
      const failed: Outcome = { ...accepted(third), state: "failed", code: "ESME_RINVDSTADR", text: "no such address" };
      const early = [{ messageId: "b", isDelivered: false, text: "UNDELIV" }];
      expect((await journal.step([accepted(first, "a"), failed], early, 0)).receipted).toEqual([]);
      // a receipt that came before its answer
      expect((await journal.step([accepted(second, "b")], [], 0)).receipted).toMatchObject([
        { line: 2, state: "failed" },
      ]);
      const late = [{ messageId: "a", isDelivered: true, text: "DELIVRD" }];
      expect((await journal.step([], late, 1)).receipted).toMatchObject([{ line: 1, state: "delivered" }]);
      await journal.close();

      const again = await open(state);
      const { states, isAllRead, possiblyRepeated } = await again.summary();
      expect(states).toEqual({ prepared: 2, submitted: 0, accepted: 0, delivered: 1, failed: 3 });
      expect([isAllRead, possiblyRepeated], "the one that was taken and has no answer").toEqual([true, 1]);
      expect([...(again.failures() as Iterable<object>)]).toMatchObject([
        { line: 2, code: "RECEIPT", text: "UNDELIV" },
        { line: 3, code: "ESME_RINVDSTADR" },
        { line: 6, code: "LINE_UNREADABLE" },
      ]);
      expect(await again.retry("ESME_RINVDSTADR", 0)).toEqual({ same: 1, anew: 0 });
      expect(await again.retry(undefined, 0)).toEqual({ same: 1, anew: 1 });
      expect((await again.readFrom())?.again).toEqual([6]);
      const { taken: repeated } = await again.step([], [], 10);
      const same = repeated.find(({ line }) => line === 3)!;
      expect([same.sessionId, Buffer.from(same.bytes)]).toEqual([third.sessionId, Buffer.from(third.bytes)]);
      await again.close();
    });

    test("belongs to one process, and to one campaign", async () => {
      const state = newState();
      const journal = await open(state);
      await expect(open(state)).rejects.toThrow("another process has it");
      await journal.close();
      await expect(open(state, { FILE: "g" })).rejects.toThrow("FILE is not what this campaign was begun with");
      await (await open(state, undefined)).close();
    });

    test("undoes a transaction that throws, and goes on", async () => {
      const db = await openDatabase(join(folder, `${states++}.sqlite`), "a test", name);
      db.exec("CREATE TABLE t (x INTEGER PRIMARY KEY)");
      const insert = db.transaction((...all: number[]) =>
        all.map(x => db.statement("INSERT INTO t VALUES (?)").run(x)),
      );
      expect(insert(1, 2)).toEqual([1, 1]);
      expect(() => insert(3, 1)).toThrow();
      expect(insert(4)).toEqual([1]);
      expect(db.statement("SELECT x FROM t ORDER BY x").all()).toMatchObject([{ x: 1 }, { x: 2 }, { x: 4 }]);
      expect(db.statement("SELECT x FROM t WHERE x = ?").get(3)).toBeUndefined();
      db.close();
    });
  });
}

describe("session ids", () => {
  const journalIn = (state: string) =>
    openSqliteJournal(state, { FILE: "f" }, createPace(undefined), LIBRARIES.find(isHere));
  const fields = '{"serverId":"dm.example","requestedMo":[1]}';
  const sent = (state: string) => {
    const { code, lines, errors } = runCli(["encode", "--secret", "s", "--state", state, fields]);
    expect(code, errors).toBe(0);
    return Number.parseInt(lines[0]!.slice(12, 16), 16);
  };

  test("of a campaign, and of send and encode with the same DIR, are never the same", async () => {
    const state = newState();
    const all = [sent(state)];
    for (const from of [0, 50]) {
      const journal = await journalIn(state);
      await journal.prepare(
        lines(50).map((_, i) => lineOf(from + i + 1)),
        from + 50,
        false,
      );
      all.push(...(await journal.step([], [], 100)).taken.filter(({ line }) => line > from).map(one => one.sessionId));
      await journal.close();
      all.push(sent(state));
    }
    expect(all.length).toBe(103);
    expect(new Set(all).size).toBe(103);
  });

  test("of what cannot be sent are not taken", async () => {
    const state = newState();
    const before = sent(state);
    const journal = await journalIn(state);
    const unfit = await journal.prepare(lines(20, { requestedMo: [] }), 20, true);
    expect(unfit.map(({ code }) => code)).toEqual(Array(20).fill("FIELD_REQUESTED_MO"));
    await journal.close();
    expect(sent(state)).toBe((before % 0xffff) + 1);
  });
});
