/**
 * SQLite by the library that is installed: better-sqlite3, which is the fastest; or node:sqlite, which Node has since 22.13;
 * or node-sqlite3-wasm, which needs neither a compiler nor a binary for the platform.
 */
import { rmdirSync } from "node:fs";
import { findPeer, installable } from "../peers.ts";
import { codeOf } from "../state.ts";

export type Value = string | number | Uint8Array | null;

/** A statement, kept until the database is closed. Values stand for its question marks, in their order. */
export interface Statement {
  /** Returns the number of rows that it changed. */
  run(...values: Value[]): number;
  /** The first row; undefined when there is none. */
  get(...values: Value[]): unknown;
  all(...values: Value[]): unknown[];
  iterate(...values: Value[]): IterableIterator<unknown>;
}

export interface Database {
  exec(sql: string): void;
  /** The statement `sql`: a second call with the same text returns the same statement. */
  statement(sql: string): Statement;
  /** `run` in one transaction, which is undone when it throws. */
  transaction<A extends unknown[], T>(run: (...values: A) => T): (...values: A) => T;
  close(): void;
}

/** The part of a library that this file uses. All three have it, with differences that `databaseOf` evens out. */
interface Library {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: unknown[]): { changes: number | bigint };
    all(...values: unknown[]): unknown[];
    iterate(...values: unknown[]): IterableIterator<unknown>;
    finalize?(): void;
  };
  close(): void;
}
type Open = new (path: string) => Library;

/** The libraries by their names, in the order in which they are tried. */
export const LIBRARIES = ["better-sqlite3", "node:sqlite", "node-sqlite3-wasm"] as const;
export type LibraryName = (typeof LIBRARIES)[number];

/**
 * Opens or makes the database at `path`, which no other process may open meanwhile. Rejects when no library is there (or
 * not the one of `only`): the error says what to install for `purpose`.
 */
export async function openDatabase(path: string, purpose: string, only?: LibraryName): Promise<Database> {
  let isUnbuilt = false;
  for (const name of only === undefined ? LIBRARIES : [only]) {
    const Library = await loadLibrary(name, purpose);
    const library = Library && open(Library, path, name);
    isUnbuilt ||= library === null;
    if (library == null) continue;
    const database = databaseOf(library, name, path);
    // no other process may open it, so the index of the log is in memory: a library without shared memory can do that, too
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL"); // a power cut, too, forgets nothing that was sent
    return database;
  }
  const [fast, portable] = [installable("better-sqlite3"), installable("node-sqlite3-wasm")];
  const here = isUnbuilt ? "better-sqlite3 has no binary here: npm rebuild better-sqlite3" : `npm install ${fast}`;
  throw new Error(
    `${purpose} needs SQLite. Node has it from 22.13 on; else ${here}, or npm install ${portable}, which needs no compiler`,
  );
}

/** The constructor of a library; undefined when the library is not installed. */
async function loadLibrary(name: LibraryName, purpose: string): Promise<Open | undefined> {
  if (name === "node:sqlite") {
    const own = process.getBuiltinModule?.(name) as { DatabaseSync: Open } | undefined;
    return own?.DatabaseSync;
  }
  const module = await findPeer<{ default: Open & { Database: Open } }>(name, purpose);
  return name === "better-sqlite3" ? module?.default : module?.default.Database;
}

/** null when its binary is missing: a script makes or fetches it, which npm may have been told to leave out. */
function open(Library: Open, path: string, name: LibraryName): Library | null {
  if (name === "node-sqlite3-wasm") removeLock(`${path}.lock`);
  try {
    return new Library(path);
  } catch (error) {
    const { message } = error as Error;
    if (/bindings file|NODE_MODULE_VERSION/.test(message)) return null;
    throw new Error(`${path}: ${message.split("\n")[0]}`);
  }
}

/** node-sqlite3-wasm locks by a directory, which a killed process leaves behind. The caller has locked against others. */
function removeLock(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** The error of a library with the file and what to do; any other error as it is. */
function withPath(error: unknown, path: string): unknown {
  const { name, message } = error as Error;
  if (!/sqlite/i.test(`${name} ${codeOf(error)}`)) return error;
  return new Error(`${path}: ${message}; mend the disk, and give the same command again: it goes on from there`);
}

function databaseOf(library: Library, name: LibraryName, path: string): Database {
  const statements = new Map<string, { statement: Statement; finalize(): void }>();
  /** node-sqlite3-wasm takes values as one array. */
  const given = (values: Value[]): unknown[] => (name === "node-sqlite3-wasm" ? [values] : values);

  function prepare(sql: string): { statement: Statement; finalize(): void } {
    let prepared = library.prepare(sql);
    function rowsOf<T>(run: (values: unknown[]) => T): (...values: Value[]) => T {
      return (...values) => {
        try {
          return run(given(values));
        } catch (error) {
          // node-sqlite3-wasm has ended a statement that threw
          prepared = library.prepare(sql);
          throw error;
        }
      };
    }
    return {
      statement: {
        run: rowsOf(values => Number(prepared.run(...values).changes)),
        // get of node-sqlite3-wasm leaves its statement under way, and nothing can be committed then
        get: rowsOf(values => prepared.all(...values)[0]),
        all: rowsOf(values => prepared.all(...values)),
        iterate: rowsOf(values => prepared.iterate(...values)),
      },
      finalize: () => prepared.finalize?.(),
    };
  }

  return {
    exec(sql) {
      try {
        library.exec(sql);
      } catch (error) {
        throw withPath(error, path);
      }
    },
    statement(sql) {
      let found = statements.get(sql);
      if (found === undefined) {
        found = prepare(sql);
        statements.set(sql, found);
      }
      return found.statement;
    },
    transaction:
      run =>
      (...values) => {
        library.exec("BEGIN IMMEDIATE");
        try {
          const result = run(...values);
          library.exec("COMMIT");
          return result;
        } catch (error) {
          try {
            library.exec("ROLLBACK");
          } catch {
            // a full disk may have ended it already; the first error is the one to tell
          }
          throw withPath(error, path);
        }
      },
    close() {
      for (const { finalize } of statements.values()) finalize();
      library.close();
    },
  };
}
