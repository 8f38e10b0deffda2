/** Checks the properties of Storage that createStore (src/account/store.ts) relies on, and no others. */
import type { Storage } from "../../src/hal.ts";
import type { Check, Ok, Port } from "./port.ts";

/**
 * Keys that the client does not use. They are chosen so that a port that truncates keys, ignores case or joins them with its
 * prefix makes two of them equal.
 */
const KEYS = ["zz1a", "zz1b", "zz10a", "zy1a", "abcdefghijklmn1", "abcdefghijklmn2"];

export function storageChecks(port: Port, check: Check): void {
  check("storage: a record comes back byte for byte", "", (ok, next) => {
    const storage = port.start().storage;
    const most = port.recordMax === undefined ? 2048 : port.recordMax;
    for (let length = 1, last = 0; length > last; last = length, length = Math.min(3 * length + 1, most)) {
      ok(storage.save("zz0a", record(length, 7)) === true, `save of ${length} bytes is not true`);
      ok(isRecord(storage.load("zz0a"), length, 7), `${length} bytes are not what was saved`);
    }
    next();
  });

  check("storage: no record is null", "", (ok, next) => {
    ok(port.start().storage.load("none9") === null, "load is not null");
    next();
  });

  check("storage: a loaded record is the caller's to keep", "", (ok, next) => {
    const storage = port.start().storage;
    storage.save("zz0a", record(40, 1));
    storage.save("zz0b", record(40, 2));
    const first = storage.load("zz0a");
    const second = storage.load("zz0b");
    ok(isRecord(first, 40, 1) && isRecord(second, 40, 2), "a later load changed it");
    if (first) first[0] = 99;
    ok(isRecord(storage.load("zz0a"), 40, 1), "the stored record changed with it");
    next();
  });

  check("storage: a saved record is lent", "", (ok, next) => {
    const storage = port.start().storage;
    const bytes = record(40, 3);
    storage.save("zz0a", bytes.subarray(10, 30));
    for (let i = 0; i < 40; i++) bytes[i] = 0;
    const loaded = storage.load("zz0a");
    ok(!!loaded && loaded.length === 20 && loaded[0] === at(10, 3), "it is not what it was when it was saved");
    next();
  });

  check("storage: a shorter record takes all of a longer one's place", "", (ok, next) => {
    const storage = port.start().storage;
    storage.save("zz0a", record(300, 4));
    storage.save("zz0a", record(30, 5));
    ok(isRecord(storage.load("zz0a"), 30, 5), "it is not the shorter one alone");
    next();
  });

  check("storage: keys are told apart", "", (ok, next) => {
    const storage = port.start().storage;
    for (let i = 0; i < KEYS.length; i++) storage.save(KEYS[i], record(16, i));
    for (let i = 0; i < KEYS.length; i++) ok(isRecord(storage.load(KEYS[i]), 16, i), `${KEYS[i]} is another's`);
    next();
  });

  check("storage: an erased record is gone", "", (ok, next) => {
    const storage = port.start().storage;
    storage.save("zz0a", record(16, 1));
    storage.save("zz0b", record(16, 2));
    ok(storage.erase("zz0a") === true, "erase is not true");
    ok(storage.load("zz0a") === null, "it is there");
    ok(isRecord(storage.load("zz0b"), 16, 2), "another went with it");
    ok(storage.erase("none9") === true, "erase of none is not true");
    next();
  });

  check("storage: a record outlasts a reset", "restart", (ok, next) => {
    port.start().storage.save("zz0a", record(100, 6));
    restart(port);
    ok(isRecord(port.start().storage.load("zz0a"), 100, 6), "it is not there any more");
    next();
  });

  check("storage: an erased record stays gone over a reset", "restart", (ok, next) => {
    const storage = port.start().storage;
    storage.save("zz0a", record(100, 1));
    storage.save("zz0a", record(100, 2));
    storage.erase("zz0a");
    restart(port);
    ok(port.start().storage.load("zz0a") === null, "it is there again");
    next();
  });

  check("storage: a save that has no room is false", "setFull", (ok, next) => {
    const storage = port.start().storage;
    storage.save("zz0a", record(100, 1));
    setFull(port, true);
    ok(storage.save("zz0b", record(100, 8)) === false, "save is not false");
    ok(isRecord(storage.load("zz0a"), 100, 1), "another record went");
    setFull(port, false);
    ok(storage.save("zz0b", record(100, 9)) === true, "no save any more, when there is room again");
    ok(isRecord(storage.load("zz0b"), 100, 9), "it is not what was saved then");
    next();
  });

  check("storage: a cut in a save harms that record alone", "cutNextSave", (ok, next) => {
    const storage = port.start().storage;
    storage.save("zz0a", record(100, 1));
    storage.save("zz0b", record(100, 2));
    if (port.cutNextSave !== undefined) port.cutNextSave();
    storage.save("zz0b", record(120, 3));
    restart(port);
    const after = port.start().storage;
    ok(isRecord(after.load("zz0a"), 100, 1), "another record is harmed");
    const left = isBytes(after, "zz0b", ok);
    ok(isWholeOf(after, left, 100, 2) || isRecord(left, 120, 3), "it is checked, and yet a torn one is given");
    ok(after.save("zz0b", record(100, 4)) === true, "it cannot be saved any more");
    ok(isRecord(after.load("zz0b"), 100, 4), "it is not what was saved then");
    next();
  });

  check("storage: what cannot be read now is false, not null, and comes back", "setUnreadable", (ok, next) => {
    const storage = port.start().storage;
    storage.save("zz0a", record(100, 1));
    storage.erase("none9");
    setUnreadable(port, true);
    ok(storage.load("zz0a") === false, "load is not false");
    setUnreadable(port, false);
    ok(isRecord(storage.load("zz0a"), 100, 1), "it is not what was saved");
    ok(storage.load("none9") === null, "no record is not null");
    next();
  });

  check("storage: a corrupt record is bytes, null or false", "corrupt", (ok, next) => {
    const storage = port.start().storage;
    storage.save("zz0a", record(100, 1));
    if (port.corrupt !== undefined) port.corrupt("zz0a");
    ok(isWholeOf(storage, isBytes(storage, "zz0a", ok), 100, 1), "it is checked, and yet a damaged one is given");
    ok(storage.save("zz0a", record(100, 2)) === true, "it cannot be saved any more");
    ok(isRecord(storage.load("zz0a"), 100, 2), "it is not what was saved then");
    next();
  });
}

function restart(port: Port): void {
  if (port.restart !== undefined) port.restart();
}

function setFull(port: Port, isFull: boolean): void {
  if (port.setFull !== undefined) port.setFull(isFull);
}

function setUnreadable(port: Port, isUnreadable: boolean): void {
  if (port.setUnreadable !== undefined) port.setUnreadable(isUnreadable);
}

function isBytes(storage: Storage, key: string, ok: Ok): Uint8Array | null | false {
  const loaded = storage.load(key);
  ok(!loaded || typeof loaded.length === "number", "load is neither bytes, null nor false");
  return loaded;
}

/** Storage.isChecked: what was loaded is none, or an empty one, or that record. */
function isWholeOf(storage: Storage, loaded: Uint8Array | null | false, length: number, seed: number): boolean {
  return storage.isChecked !== true || !loaded || loaded.length === 0 || isRecord(loaded, length, seed);
}

/** A record with all byte values, from a start that `seed` chooses. */
function at(index: number, seed: number): number {
  return (index * 11 + seed * 31) & 255;
}

function record(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = at(i, seed);
  return bytes;
}

function isRecord(bytes: Uint8Array | null | false, length: number, seed: number): boolean {
  if (!bytes || bytes.length !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== at(i, seed)) return false;
  return true;
}
