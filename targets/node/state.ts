/** The state directory, which outlasts a restart: creates it, checks it, and writes its files. */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { visible } from "../codec/index.ts";

/** The fault of the directory, in one line. */
export class StateError extends Error {
  constructor(path: string, what: string) {
    super(visible(`${path}: ${what}`));
    this.name = "StateError";
  }
}

/**
 * The names of files that may be in a state directory: records (src/hal.ts), the other files of listen, the senders and a
 * campaign, and temporary names of all of them.
 */
const FILES = /^(?:(?:[a-z]{1,9}\d{0,5}[ab]?|session-ids|sip-instance)(?:\.new)?|campaign\.sqlite(?:-wal|-shm)?)$/;
/** The lock of node-sqlite3-wasm, which a killed process leaves behind. */
const DATABASE_LOCK = "campaign.sqlite.lock";
const LOCKS = /^lock-\w{1,40}$/;
const RECORD_BYTES_MAX = 2 ** 20;

const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_DIRECTORY = 0 } = constants;

/**
 * Creates `directory` if it is missing. Checks that it is a directory, that this process can write to it and not everybody
 * can, and that it contains only our files. Throws a StateError. Never blocks, because it opens only regular files.
 */
export function prepareState(directory: string): void {
  makeStateDirectory(directory);
  for (const name of readdirSync(directory)) checkEntry(join(directory, name), name);
}

/** Like openState, whatever the directory contains. */
export function makeStateDirectory(directory: string): void {
  makeDirectory(resolve(directory));
  const found = statSync(directory);
  if (!found.isDirectory()) throw new StateError(directory, "is no directory");
  if (process.platform !== "win32" && (found.mode & 0o002) !== 0) {
    throw new StateError(directory, "everybody may write to it: chmod o-w");
  }
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StateError(directory, `cannot be written to (${codeOf(error)})`);
  }
}

/** Creates each level by itself, because Node's `recursive` never ends under /proc. */
function makeDirectory(directory: string): void {
  const missing: string[] = [];
  let path = directory;
  while (!exists(path) && dirname(path) !== path) {
    missing.push(path);
    path = dirname(path);
  }
  if (!statSync(path).isDirectory()) throw new StateError(path, "is no directory");
  for (const one of missing.reverse()) {
    try {
      mkdirSync(one, 0o700);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw new StateError(one, `cannot be made (${codeOf(error)})`);
    }
  }
}

function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw new StateError(path, `cannot be looked at (${codeOf(error)})`);
  }
}

function checkEntry(path: string, name: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return; // left by a process that has ended
  if ((name === "lost+found" || name === DATABASE_LOCK) && found.isDirectory()) return;
  if (LOCKS.test(name) && found.isSocket()) return;
  if (!found.isFile()) throw new StateError(path, `is ${kindOf(found)}, not a file of pkg0`);
  if (!FILES.test(name)) throw new StateError(path, "is not a file of pkg0");
}

function kindOf(found: Stats): string {
  if (found.isFIFO()) return "a FIFO";
  if (found.isSymbolicLink()) return "a link";
  if (found.isDirectory()) return "a directory";
  return found.isSocket() ? "a socket" : "a device";
}

/** The bytes of a file; null when it does not exist. Throws when it is not a regular file or cannot be read. */
export function readStateFile(directory: string, name: string): Uint8Array | null {
  let file: number;
  try {
    file = openSync(join(directory, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
  try {
    checkFile(file, join(directory, name));
    return new Uint8Array(readFileSync(file));
  } finally {
    closeSync(file);
  }
}

/**
 * Replaces a file as a whole, readable by its owner only. Returns when it is on the disk; throws when that fails, and for
 * more than `bytesMax`.
 */
export function writeStateFile(
  directory: string,
  name: string,
  bytes: Uint8Array | string,
  bytesMax = RECORD_BYTES_MAX,
): void {
  const path = join(directory, name);
  // it could not be read again
  if (bytes.length > bytesMax) throw new StateError(path, `would have more than ${bytesMax} bytes`);
  const file = openSync(`${path}.new`, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    checkFile(file, `${path}.new`);
    fchmodSync(file, 0o600);
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  syncDirectory(directory);
}

export function eraseStateFile(directory: string, name: string): void {
  rmSync(join(directory, name), { force: true });
  syncDirectory(directory);
}

function checkFile(file: number, path: string): void {
  const found = fstatSync(file);
  if (!found.isFile()) throw new StateError(path, `is ${kindOf(found)}, not a file of pkg0`);
  if (found.size > RECORD_BYTES_MAX) throw new StateError(path, `has more than ${RECORD_BYTES_MAX} bytes`);
}

function syncDirectory(directory: string): void {
  if (process.platform === "win32") return; // Windows cannot open a directory
  const file = openSync(directory, O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
