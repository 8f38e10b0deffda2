/** HAL storage in a directory, one file a record. */
import type { Storage } from "../../src/hal.ts";
import { eraseStateFile, prepareState, readStateFile, writeStateFile } from "./state.ts";

/**
 * A Storage in `directory`, which is created if it is missing. Throws a StateError when that fails or the directory contains
 * other files. A file is replaced as a whole, and is on the disk when save returns. Only one process at a time may use it
 * (lock.ts): two would overwrite each other's records. `onFault` is told why a call answers false, such as ENOSPC.
 */
export function createFileStorage(
  directory: string,
  onFault: (what: string, error: Error) => void = () => {},
): Storage {
  prepareState(directory);

  function attempt<T>(what: string, act: () => T): T | false {
    try {
      return act();
    } catch (error) {
      onFault(what, error as Error);
      return false;
    }
  }

  return {
    load: key => attempt(`load ${key}`, () => readStateFile(directory, key)),
    save: (key, bytes) =>
      attempt(`save ${key}`, () => {
        writeStateFile(directory, key, bytes);
        return true;
      }),
    erase: key =>
      attempt(`erase ${key}`, () => {
        eraseStateFile(directory, key);
        return true;
      }),
  };
}
