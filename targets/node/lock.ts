/** Lets only one process at a time use a directory: two would overwrite each other's records, and start each session twice. */
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync, linkSync, openSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, StateError } from "./state.ts";

/** How long a process waits for another that came at the same moment. */
const MEETING_MS = 1_000;
/** The longest path that the address of a socket can hold with its NUL, on every system: sun_path. */
const SOCKET_PATH_MAX = 103;

/**
 * Takes the existing `directory` for this process, until the process ends in any way. Resolves to a function that gives it
 * back. Rejects when another process has it, even from another network namespace or container that mounts the same
 * directory. The lock is a socket `lock-<number>` in the directory: its owner answers as long as it lives, and nobody after
 * a crash. No process overwrites a lock: it takes the next number, by a link that fails if the name exists, and removes the
 * earlier ones that nobody answers.
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  if (process.platform === "win32") return lockPipe(directory);
  const folder = shortPath(directory);
  const name = `lock-x${randomUUID().slice(0, 8)}`; // a name of its own, until it listens
  const server = createServer(socket => socket.destroy()).unref();
  try {
    await listenAt(server, join(folder.path, name), directory);
    const number = await takeNumber(directory, folder.path, name);
    rmSync(join(directory, name), { force: true });
    return () => {
      rmSync(join(directory, `lock-${number}`), { force: true });
      server.close();
      folder.close();
    };
  } catch (error) {
    rmSync(join(directory, name), { force: true });
    server.close();
    folder.close();
    throw error;
  }
}

async function takeNumber(directory: string, folder: string, name: string): Promise<number> {
  for (;;) {
    const before = numbersIn(directory);
    for (const number of before) if (await isHeld(folder, `lock-${number}`)) throw taken(directory);
    const own = Math.max(0, ...before) + 1;
    try {
      linkSync(join(directory, name), join(directory, `lock-${own}`));
    } catch (error) {
      if (codeOf(error) === "EEXIST") continue; // another was first
      throw new StateError(directory, `cannot be locked (${codeOf(error)})`);
    }
    if (!(await isAlone(directory, folder, own))) {
      rmSync(join(directory, `lock-${own}`), { force: true });
      throw taken(directory);
    }
    for (const old of readdirSync(directory).filter(one => /^lock-\w+$/.test(one))) {
      if (!(await isHeld(folder, old))) rmSync(join(directory, old), { force: true });
    }
    return own;
  }
}

/**
 * Whether no other process came at the same moment. If several did, all but the one with the lowest number give up, and that
 * one waits until they have.
 */
async function isAlone(directory: string, folder: string, own: number): Promise<boolean> {
  const end = performance.now() + MEETING_MS;
  for (;;) {
    let isMet = false;
    for (const number of numbersIn(directory)) {
      if (number === own || !(await isHeld(folder, `lock-${number}`))) continue;
      if (number < own) return false;
      isMet = true;
    }
    if (!isMet) return true;
    if (performance.now() > end) return false;
    await sleep(20);
  }
}

function numbersIn(directory: string): number[] {
  const numbers = readdirSync(directory).map(name => Number(/^lock-(\d{1,9})$/.exec(name)?.[1] ?? 0));
  return numbers.filter(number => number > 0);
}

/** Whether a process answers at the socket `name`. */
async function isHeld(folder: string, name: string): Promise<boolean> {
  const socket = createConnection(join(folder, name));
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    return !["ECONNREFUSED", "ENOENT"].includes(codeOf(error));
  } finally {
    socket.destroy();
  }
}

function taken(directory: string): Error {
  return new Error(`${directory}: another process has it`);
}

async function listenAt(server: Server, path: string, directory: string): Promise<void> {
  try {
    server.listen(path);
    await once(server, "listening");
  } catch (error) {
    throw new StateError(directory, `cannot be locked (${codeOf(error)})`);
  }
}

/** The path of `directory`, or a shorter path to it when that is too long for the address of a socket. */
function shortPath(directory: string): { path: string; close: () => void } {
  if (Buffer.byteLength(directory) + 30 <= SOCKET_PATH_MAX || process.platform !== "linux") {
    return { path: directory, close: () => {} };
  }
  const file = openSync(directory, "r");
  return { path: `/proc/self/fd/${file}`, close: () => closeSync(file) };
}

/** Windows has no sockets in directories, but named pipes, which end with their process. */
async function lockPipe(directory: string): Promise<() => void> {
  const name = createHash("sha256").update(realpathSync(directory)).digest("hex");
  const server = createServer(socket => socket.destroy()).listen(`\\\\.\\pipe\\pkg0-${name}`);
  try {
    await once(server, "listening");
  } catch (error) {
    throw codeOf(error) === "EADDRINUSE" ? taken(directory) : error;
  }
  server.unref();
  return () => server.close();
}
