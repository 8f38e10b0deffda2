/** HAL storage in a directory, one file a record. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Storage } from "../../src/hal.ts";

/** A Storage in `directory`, made where it is missing. A file is replaced whole or not at all, and is on the disk when save returns. */
export function createFileStorage(directory: string): Storage {
  mkdirSync(directory, { recursive: true });

  function load(key: string): Uint8Array | null {
    try {
      return new Uint8Array(readFileSync(join(directory, key)));
    } catch {
      return null;
    }
  }

  function save(key: string, bytes: Uint8Array): boolean {
    const path = join(directory, key);
    try {
      const file = openSync(`${path}.new`, "w", 0o600);
      try {
        writeSync(file, bytes);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(`${path}.new`, path);
      syncDirectory();
      return true;
    } catch {
      return false;
    }
  }

  function erase(key: string): boolean {
    try {
      rmSync(join(directory, key), { force: true });
      syncDirectory();
      return true;
    } catch {
      return false;
    }
  }

  function syncDirectory(): void {
    const handle = openSync(directory, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }

  return { load, save, erase };
}
