/**
 * Gives out the SESSIONIDs of a server (§6.4.8): a notification never gets the SESSIONID of another valid notification of
 * the same ServerID. A journal has a line for each SESSIONID until its notification has expired (§6.4.7). A new journal
 * begins at a random id: devices may still remember those of a journal that was lost.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { checkOf } from "../../src/bytes.ts";
import { sessionIdText } from "../../src/index.ts";
import { FieldError } from "../codec/index.ts";
import { lockDirectory } from "./lock.ts";
import { prepareState, writeStateFile } from "./state.ts";

const FILE = "session-ids";
const HIGHEST = 0xffff;

/** For how long a notification keeps its SESSIONID. */
export interface Validity {
  /** TIMESTAMP, POSIX seconds. */
  timestamp: number;
  /** TIMEOUT; 0 = for ever. Undefined for DM 1.2, which has no TIMEOUT: such an id is used again only after all others. */
  timeoutMinutes: number | undefined;
}

/** All calls are synchronous, so the tasks of one process may share one object. */
export interface SessionIds {
  /**
   * A SESSIONID that no valid notification of `serverId` has, the one that was free for longest. When all 65535 are valid:
   * throws a FieldError with status SESSION_IDS_SPENT; or, where `whenSpent` says so, gives the next one in the round, to a
   * caller who knows that it goes to another device. `serverId` may name a device, too, where the server keeps the
   * sessions of its devices apart.
   */
  take(serverId: string, validity: Validity, whenSpent?: "refuse" | "next"): number;
  /** Notes a SESSIONID that the caller chose. False when another valid notification of `serverId` has it. */
  claim(serverId: string, sessionId: number, validity: Validity): boolean;
  /**
   * Writes all new SESSIONIDs to the disk with one sync. The caller must not send before: after a power cut the SESSIONID
   * would be given out again. Throws when the disk fails; nothing has been saved then.
   */
  save(): void;
  /** Saves, and releases the directory. */
  close(): void;
}

/** The clock and the beginning of session ids. */
export interface SessionIdOptions {
  /** The server's clock, POSIX seconds; the system's when absent. */
  now?: () => number;
  /** The first id of a ServerID that has none yet, 1 to 65535; random when absent. */
  first?: () => number;
}

/** Keeps all SESSIONIDs in memory: at most 65535 for a ServerID. */
export function createSessionIds(options: SessionIdOptions = {}): SessionIds {
  return sessionIdsOf(new Map(), options, () => {});
}

/**
 * Opens the journal in `directory`, which is created if it is missing. Rejects when another process holds the directory for
 * more than `waitMs`, and when a line of the journal cannot be read; only the last line may be cut off.
 */
export async function openSessionIds(
  directory: string,
  options: SessionIdOptions & { waitMs?: number } = {},
): Promise<SessionIds> {
  prepareState(directory);
  const unlock = await lockPatiently(directory, options.waitMs ?? 5_000);
  try {
    const ids = sessionIdsIn(directory, options);
    return {
      ...ids,
      close() {
        ids.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Like openSessionIds, in an existing directory that the caller has locked. Throws when openSessionIds would reject. */
export function sessionIdsIn(directory: string, options: SessionIdOptions = {}): SessionIds {
  const path = join(directory, FILE);
  const { now = systemSeconds } = options;
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const journal = readJournal(text, path);
  let file: number | undefined;
  let lines = 0;
  let rewriteAt = 0;

  /** Replaces the journal as a whole, without expired ids, so that no line is appended to one that was cut off. */
  function rewrite(former?: string): void {
    const kept = linesToKeep(journal, now());
    if (kept !== former) writeStateFile(directory, FILE, kept, Number.POSITIVE_INFINITY);
    if (file !== undefined) closeSync(file);
    file = openSync(path, "a", 0o600);
    lines = entriesOf(journal);
    rewriteAt = 2 * lines + REWRITE_LINES;
  }

  function write(added: string, count: number): void {
    append(file!, added);
    lines += count;
    if (lines > rewriteAt) rewrite();
  }

  rewrite(text);
  const ids = sessionIdsOf(journal, options, write);
  return {
    ...ids,
    close() {
      ids.save();
      closeSync(file!);
    },
  };
}

/** Lines that may be in the file beyond twice those that were kept when it was written last. */
const REWRITE_LINES = 10_000;

function systemSeconds(): number {
  return Date.now() / 1000;
}

function randomSessionId(): number {
  return 1 + Math.floor(Math.random() * HIGHEST);
}

/** The ids of one ServerID. */
interface Given {
  last: number;
  /** In the order in which they were given out. */
  entries: Map<number, Validity>;
  /** POSIX seconds up to which none is free: it was looked for. */
  spentUntil: number;
  /** How many entries are of DM 1.2. */
  lasting: number;
}

type Journal = Map<string, Given>;

function sessionIdsOf(
  journal: Journal,
  { now = systemSeconds, first = randomSessionId }: SessionIdOptions,
  write: (lines: string, count: number) => void,
): SessionIds {
  let unsaved: string[] = [];

  function take(serverId: string, validity: Validity, whenSpent: "refuse" | "next" = "refuse"): number {
    const given = givenOf(journal, serverId);
    if (given.entries.size === 0) return note(serverId, given.last === 0 ? first() : followerOf(given.last), validity);
    // at the earlier of the server's time and TIMESTAMP, which is all that a device without a clock knows
    const at = Math.min(validity.timestamp, now());
    const free = findFree(given, at, false) ?? findFree(given, at, true);
    if (free !== undefined) return note(serverId, free, validity);
    if (whenSpent === "next") return note(serverId, followerOf(given.last), validity);
    const meaning = `all ${HIGHEST} SESSIONIDs of ${serverId} belong to notifications that are still valid (§6.4.8)`;
    throw new FieldError("SESSION_IDS_SPENT", "sessionId", meaning);
  }

  function claim(serverId: string, sessionId: number, validity: Validity): boolean {
    const entry = givenOf(journal, serverId).entries.get(sessionId);
    if (entry !== undefined && !isFree(entry, Math.min(validity.timestamp, now()), false)) return false;
    note(serverId, sessionId, validity);
    return true;
  }

  function note(serverId: string, sessionId: number, validity: Validity): number {
    enter(journal, serverId, sessionId, validity);
    unsaved.push(lineOf(serverId, sessionId, validity));
    return sessionId;
  }

  function save(): void {
    if (unsaved.length === 0) return;
    write(unsaved.join(""), unsaved.length);
    unsaved = [];
  }

  return { take, claim, save, close: save };
}

/** The free id that follows the last one; `isLast` takes one of DM 1.2, too. */
function findFree(given: Given, at: number, isLast: boolean): number | undefined {
  if (isLast ? given.lasting === 0 : at <= given.spentUntil) return undefined;
  let sessionId = given.last;
  let soonest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < HIGHEST; i++) {
    sessionId = followerOf(sessionId);
    const entry = given.entries.get(sessionId);
    if (entry === undefined || isFree(entry, at, isLast)) return sessionId;
    soonest = Math.min(soonest, untilOf(entry));
  }
  if (!isLast) given.spentUntil = soonest;
  return undefined;
}

/** Session ids go round: 1 to 65535 (§6.4.8). */
function followerOf(sessionId: number): number {
  return (sessionId % HIGHEST) + 1;
}

/** POSIX seconds up to which an id is taken; one of DM 1.2 for ever. */
function untilOf({ timestamp, timeoutMinutes = 0 }: Validity): number {
  return timeoutMinutes === 0 ? Number.POSITIVE_INFINITY : timestamp + 60 * timeoutMinutes;
}

/** A device accepts an id again only when the earlier notification has expired (admission.ts). */
function isFree(entry: Validity, at: number, isLast: boolean): boolean {
  return entry.timeoutMinutes === undefined ? isLast : at > untilOf(entry);
}

function givenOf(journal: Journal, serverId: string): Given {
  let given = journal.get(serverId);
  if (given === undefined) {
    given = { last: 0, entries: new Map(), spentUntil: Number.NEGATIVE_INFINITY, lasting: 0 };
    journal.set(serverId, given);
  }
  return given;
}

function enter(journal: Journal, serverId: string, sessionId: number, validity: Validity): void {
  const given = givenOf(journal, serverId);
  const former = given.entries.get(sessionId);
  if (former !== undefined && former.timeoutMinutes === undefined) given.lasting--;
  if (validity.timeoutMinutes === undefined) given.lasting++;
  given.last = sessionId;
  given.entries.delete(sessionId); // so that it stands at the end
  given.entries.set(sessionId, validity);
  given.spentUntil = Math.min(given.spentUntil, untilOf(validity));
}

function entriesOf(journal: Journal): number {
  let count = 0;
  for (const { entries } of journal.values()) count += entries.size;
  return count;
}

//  a check of the rest, SESSIONID, TIMESTAMP, TIMEOUT or "-", ServerID in JSON
function lineOf(serverId: string, sessionId: number, { timestamp, timeoutMinutes }: Validity): string {
  const rest = `${sessionIdText(sessionId)} ${timestamp} ${timeoutMinutes ?? "-"} ${JSON.stringify(serverId)}`;
  return `${checkOfText(rest)} ${rest}\n`;
}

/** A check of a text, in hex. */
export function checkOfText(text: string): string {
  const bytes = Buffer.from(text);
  return checkOf(0, bytes, 0, bytes.length).toString(16).padStart(8, "0");
}

function readJournal(text: string, path: string): Journal {
  const journal: Journal = new Map();
  const lines = text.split("\n");
  lines.pop(); // bytes after the last line feed are a cut-off line
  for (const [i, line] of lines.entries()) {
    const [, check, rest, sessionId, timestamp, timeout, serverId] =
      /^([0-9a-f]{8}) (([0-9A-F]{1,4}) (\d+) (\d+|-) (".*"))$/.exec(line) ?? [];
    if (rest === undefined || checkOfText(rest) !== check) {
      throw new Error(`${path}: line ${i + 1} is damaged: without it a SESSIONID may be given out twice`);
    }
    const timeoutMinutes = timeout === "-" ? undefined : Number(timeout);
    const validity = { timestamp: Number(timestamp), timeoutMinutes };
    enter(journal, JSON.parse(serverId!), Number.parseInt(sessionId!, 16), validity);
  }
  return journal;
}

/** The lines to keep: those that have not expired, and the last of each ServerID, because the next ids follow it. */
function linesToKeep(journal: Journal, now: number): string {
  const lines: string[] = [];
  for (const [serverId, given] of journal) {
    const { last, entries } = given;
    given.spentUntil = Number.NEGATIVE_INFINITY;
    for (const [sessionId, entry] of entries) {
      if (isFree(entry, now, false) && sessionId !== last) entries.delete(sessionId);
      else lines.push(lineOf(serverId, sessionId, entry));
    }
  }
  return lines.join("");
}

/** Appends all of `lines` or nothing: removes the part that a full disk has taken. */
function append(file: number, lines: string): void {
  const bytes = Buffer.from(lines);
  const end = fstatSync(file).size;
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fdatasyncSync(file);
  } catch (error) {
    ftruncateSync(file, end);
    throw error;
  }
}

/** Commands in a shell loop may use one directory at the same time; each needs it only for a moment. */
async function lockPatiently(directory: string, waitMs: number): Promise<() => void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await lockDirectory(directory);
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}
