/**
 * SESSIONIDs that a server gives out (§6.4.8): no two notifications of one ServerID have the same one while the first of
 * them is valid. What was given out is kept in a journal, a line for each, until it has expired (§6.4.7).
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
import { FORMAT_12, sessionIdText } from "../../src/index.ts";
import { encode, FieldError, fieldsOf, type NotificationJson, type TextRules } from "../codec/index.ts";
import { lockDirectory } from "./lock.ts";
import { prepareState } from "./state.ts";
import { createFileStorage } from "./storage.ts";

const FILE = "session-ids";
const HIGHEST = 0xffff;

/** For how long a notification keeps its SESSIONID. */
export interface Validity {
  /** TIMESTAMP, POSIX seconds. */
  timestamp: number;
  /** TIMEOUT; 0 = for ever. Undefined for DM 1.2, which has none: its ids are used again when all others have been. */
  timeoutMinutes: number | undefined;
}

/** All calls are synchronous: tasks of one process may share one object. */
export interface SessionIds {
  /**
   * A SESSIONID that no valid notification of `serverId` has, the one that was free for longest. Throws a FieldError with
   * status SESSION_IDS_SPENT when 65535 of them are valid. `serverId` may name a device, too, where the server keeps the
   * sessions of its devices apart.
   */
  take(serverId: string, validity: Validity): number;
  /** Notes a SESSIONID that the caller chose; false when another notification of `serverId` has it and is still valid. */
  claim(serverId: string, sessionId: number, validity: Validity): boolean;
  /**
   * Writes what was taken to the disk, all of it with one sync. Nothing may be sent before: after a cut its SESSIONID
   * would be given out again. Throws when the disk does not take it; then nothing has been saved.
   */
  save(): void;
  /** Saves, and gives the directory back. */
  close(): void;
}

/** `now` is the server's clock. Keeps everything in memory, 65535 entries for a ServerID at most. */
export function createSessionIds(now = () => Date.now() / 1000): SessionIds {
  return sessionIdsOf(readJournal(""), now, () => {});
}

/**
 * The SESSIONIDs given out by means of `directory`, which is made where it is missing. Rejects when another process has
 * it for more than `waitMs`, or when a line of the journal other than a last one that was cut off cannot be read.
 */
export async function openSessionIds(
  directory: string,
  options: { now?: () => number; waitMs?: number } = {},
): Promise<SessionIds> {
  const now = options.now ?? (() => Date.now() / 1000);
  prepareState(directory);
  const unlock = await lockPatiently(directory, options.waitMs ?? 5_000);
  try {
    const path = join(directory, FILE);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const journal = readJournal(text, path);
    const kept = linesToKeep(journal, now());
    // replaced whole or not at all; where a last line was cut off, the next one must not be glued to it
    if (kept !== text && !createFileStorage(directory).save(FILE, Buffer.from(kept))) {
      throw new Error(`${path}: cannot be written`);
    }
    const file = openSync(path, "a", 0o600);
    const ids = sessionIdsOf(journal, now, lines => append(file, lines));
    return {
      ...ids,
      close() {
        ids.save();
        closeSync(file);
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The ids of one ServerID. */
interface Given {
  last: number;
  entries: Map<number, Entry>;
}

interface Entry {
  /** POSIX seconds up to which the id is taken; null for DM 1.2. */
  until: number | null;
  line: string;
}

type Journal = Map<string, Given>;

function sessionIdsOf(journal: Journal, now: () => number, write: (lines: string) => void): SessionIds {
  let unsaved = "";

  function take(serverId: string, validity: Validity): number {
    const given = givenOf(journal, serverId);
    // by the clock of the server and by the message: a device without a clock knows the message alone
    const at = Math.min(validity.timestamp, now());
    for (const isLast of [false, true]) {
      for (let i = 1; i <= HIGHEST; i++) {
        const sessionId = ((given.last + i - 1) % HIGHEST) + 1;
        const entry = given.entries.get(sessionId);
        if (entry !== undefined && !isFree(entry, at, isLast)) continue;
        note(serverId, sessionId, validity);
        return sessionId;
      }
    }
    const meaning = `all ${HIGHEST} SESSIONIDs of ${serverId} belong to notifications that are still valid (§6.4.8)`;
    throw new FieldError("SESSION_IDS_SPENT", "sessionId", meaning);
  }

  function claim(serverId: string, sessionId: number, validity: Validity): boolean {
    const entry = givenOf(journal, serverId).entries.get(sessionId);
    if (entry !== undefined && !isFree(entry, Math.min(validity.timestamp, now()), false)) return false;
    note(serverId, sessionId, validity);
    return true;
  }

  function note(serverId: string, sessionId: number, validity: Validity): void {
    const line = lineOf(serverId, sessionId, validity);
    enter(journal, serverId, sessionId, validity, line);
    unsaved += line;
  }

  function save(): void {
    if (unsaved === "") return;
    write(unsaved);
    unsaved = "";
  }

  return { take, claim, save, close: save };
}

/** A device takes an id again only when the former notification has expired by more than its TIMEOUT (admission.ts). */
function isFree(entry: Entry, at: number, isLast: boolean): boolean {
  return entry.until === null ? isLast : at > entry.until;
}

function givenOf(journal: Journal, serverId: string): Given {
  let given = journal.get(serverId);
  if (given === undefined) {
    given = { last: 0, entries: new Map() };
    journal.set(serverId, given);
  }
  return given;
}

function enter(journal: Journal, serverId: string, sessionId: number, validity: Validity, line: string): void {
  const { timestamp, timeoutMinutes } = validity;
  const until = timeoutMinutes === undefined ? null : timeoutMinutes === 0 ? Infinity : timestamp + 60 * timeoutMinutes;
  const given = givenOf(journal, serverId);
  given.last = sessionId;
  given.entries.delete(sessionId); // entries stay in the order in which they were given out
  given.entries.set(sessionId, { until, line });
}

//  a check of the rest, SESSIONID, TIMESTAMP, TIMEOUT or "-", ServerID in JSON
function lineOf(serverId: string, sessionId: number, { timestamp, timeoutMinutes }: Validity): string {
  const rest = `${sessionIdText(sessionId)} ${timestamp} ${timeoutMinutes ?? "-"} ${JSON.stringify(serverId)}`;
  return `${checkOfText(rest)} ${rest}\n`;
}

function checkOfText(text: string): string {
  const bytes = Buffer.from(text);
  return checkOf(0, bytes, 0, bytes.length).toString(16).padStart(8, "0");
}

function readJournal(text: string, path = ""): Journal {
  const journal: Journal = new Map();
  const lines = text.split("\n");
  lines.pop(); // behind the last line feed nothing is whole
  for (const [i, line] of lines.entries()) {
    const [, check, rest, sessionId, timestamp, timeout, serverId] =
      /^([0-9a-f]{8}) (([0-9A-F]{1,4}) (\d+) (\d+|-) (".*"))$/.exec(line) ?? [];
    if (rest === undefined || checkOfText(rest) !== check) {
      throw new Error(`${path}: line ${i + 1} is damaged: without it a SESSIONID may be given out twice`);
    }
    const timeoutMinutes = timeout === "-" ? undefined : Number(timeout);
    const validity = { timestamp: Number(timestamp), timeoutMinutes };
    enter(journal, JSON.parse(serverId!), Number.parseInt(sessionId!, 16), validity, `${line}\n`);
  }
  return journal;
}

/** Lines to keep. Expired ids are removed, except the last one of each ServerID: the next ids follow it. */
function linesToKeep(journal: Journal, now: number): string {
  let lines = "";
  for (const { last, entries } of journal.values()) {
    for (const [sessionId, entry] of entries) {
      if (isFree(entry, now, false) && sessionId !== last) entries.delete(sessionId);
      else lines += entry.line;
    }
  }
  return lines;
}

/** All of `lines` or nothing: what a full disk has taken of them goes again. */
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

/** Several commands of a shell's loop may want one directory: each needs it for a moment only. */
async function lockPatiently(directory: string, waitMs: number): Promise<() => void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      return await lockDirectory(directory);
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}

/** The SESSIONIDs of one run of `encode` or `send`. */
export interface Numbering {
  /**
   * FIELDS-JSON with the sessionId and timestamp that it is sent with, both saved. Throws a FieldError for fields that
   * cannot be sent, and for a sessionId that a valid notification has.
   */
  number(json: unknown): NotificationJson;
  close(): void;
}

/**
 * With a state directory, fields need no sessionId, and one that is taken is refused. Without one, fields bring theirs,
 * and `warn` is told of a sessionId that another notification of this run has.
 */
export async function openNumbering(
  directory: string | undefined,
  warn: (message: string) => void,
  rules: TextRules = {},
): Promise<Numbering> {
  const ids = directory === undefined ? createSessionIds() : await openSessionIds(directory);
  /** Check of the fields, by SESSIONID and ServerID: the same notification again is none that a device would miss. */
  const former = new Map<string, string>();

  function number(json: unknown): NotificationJson {
    const brought = json as NotificationJson; // encode says what is wrong with it
    if (typeof json !== "object" || json === null || Array.isArray(json)) return brought;
    const isBrought = "sessionId" in json;
    if (!isBrought && directory === undefined) return brought;
    const fields = fieldsOf({ sessionId: "1", ...json }, Math.floor(Date.now() / 1000), rules);
    if (fields.sessionId === 0) return brought;
    const is12 = fields.format === FORMAT_12;
    const validity = { timestamp: fields.timestamp, timeoutMinutes: is12 ? undefined : fields.timeoutMinutes };
    const serverId = Buffer.from(fields.serverId).toString();
    if (isBrought && directory !== undefined) encode(brought, { secret: "" }, rules); // what cannot be sent takes no id
    const sessionId = isBrought ? fields.sessionId : ids.take(serverId, validity);
    if (isBrought && !ids.claim(serverId, sessionId, validity)) {
      const taken = `${sessionIdText(sessionId)} belongs to a notification of ${serverId} that is still valid (§6.4.8)`;
      if (directory !== undefined) throw new FieldError("SESSION_ID_USED", "sessionId", `${taken}: ${TO_REPEAT}`);
      if (former.get(`${sessionId} ${serverId}`) !== checkOfText(JSON.stringify(json))) {
        warn(`sessionId ${taken}: devices answer DUPLICATE`);
      }
    }
    if (directory === undefined) former.set(`${sessionId} ${serverId}`, checkOfText(JSON.stringify(json)));
    ids.save();
    return { ...brought, sessionId: sessionIdText(sessionId), ...(!is12 && { timestamp: fields.timestamp }) };
  }

  return { number, close: ids.close };
}

const TO_REPEAT = "to repeat that notification, send its bytes again";
