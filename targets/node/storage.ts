/** HAL storage in a directory, one file a record. */
import type { Storage } from "../../src/hal.ts";
import { eraseStateFile, prepareState, readStateFile, writeStateFile } from "./state.ts";

/**
 * A Storage in `directory`, which is created if it is missing. Throws a StateError when that fails or the directory contains
 * other files. A file is replaced as a whole, and is on the disk when save returns. Only one process at a time may use it
 * (lock.ts): two would overwrite each other's records.
 */
export function createFileStorage(directory: string): Storage {
  prepareState(directory);

  function load(key: string): Uint8Array | null | false {
    try {
      return readStateFile(directory, key);
    } catch {
      return false;
    }
  }

  return {
    load,
    save: (key, bytes) => isDone(() => writeStateFile(directory, key, bytes)),
    erase: key => isDone(() => eraseStateFile(directory, key)),
  };
}

function isDone(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
