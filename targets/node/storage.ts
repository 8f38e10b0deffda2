/** HAL storage in a directory, one file a record. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Storage } from "../../src/hal.ts";

/**
 * A Storage in `directory`, made where it is missing; throws where that fails. A file is replaced whole or not at all, and
 * is on the disk when save returns. One process at a time (lock.ts): two would overwrite each other's records.
 */
export function createFileStorage(directory: string): Storage {
  mkdirSync(directory, { recursive: true, mode: 0o700 });

  function load(key: string): Uint8Array | null {
    try {
      return new Uint8Array(readFileSync(join(directory, key)));
    } catch {
      return null;
    }
  }

  function save(key: string, bytes: Uint8Array): boolean {
    const path = join(directory, key);
    return isDone(() => {
      sync(`${path}.new`, "w", file => writeFileSync(file, bytes));
      renameSync(`${path}.new`, path);
      sync(directory, "r");
    });
  }

  function erase(key: string): boolean {
    return isDone(() => {
      rmSync(join(directory, key), { force: true });
      sync(directory, "r");
    });
  }

  return { load, save, erase };
}

/** Opens a file or directory, and closes it when all that `write` wrote is on the disk. */
function sync(path: string, flags: string, write?: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    write?.(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function isDone(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
