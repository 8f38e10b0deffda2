/** targets/host-functions/flash.c, compiled for this machine with a chip in memory (flash.c), as a Storage of a test. */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOnPath } from "../../build/on-path.mjs";
import type { Storage } from "../../src/hal.ts";

export const FLASH_TOOLS = ["cc", "mkfifo"];
export const missingTools = () => FLASH_TOOLS.filter(tool => !isOnPath(tool));

export interface NorFlash extends Storage {
  /** As flash_load: -1 none, -2 damaged, -3 the chip is away, or the length. */
  status(key: string): number;
  /** The power comes back; a board boots. */
  open(): void;
  /** The power goes within the write (program or erase) after so many. */
  cutAfter(writes: number): void;
  isOff(): boolean;
  /** Chooses what cuts leave. */
  seed(seed: number): void;
  /** Remembers the cells as one of four; brings them back. */
  keep(slot: number): void;
  restore(slot: number): void;
  /** All of them. */
  cells(): Uint8Array;
  flipBit(bit: number): void;
  fillWithGarbage(): void;
  /** After so many reads the chip is away for so many, or for ever: -1. */
  awayAfter(reads: number, times: number): void;
  isAway(): boolean;
  wasAway(): boolean;
  /** The byte that the chip cannot read; -1 = it can read all. */
  setUnreadable(at: number): void;
  /** Erases that a sector stands. */
  setErasesMax(erases: number): void;
  /** Programs and erases so far; erases; bytes that were programmed twice; most erases of a sector less the fewest. */
  writes(): number;
  erases(): number;
  programmedTwice(): number;
  wearSpread(): number;
  close(): void;
}

/** What a request can carry: the buffer of test/targets/flash.c. */
const RECORD_MAX = 65_536;

const folders: string[] = [];
const programs = new Map<number, string>();

/** Compiles it once for each size of a unit. */
function programOf(unitBytes: number): string {
  const known = programs.get(unitBytes);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "pkg0-flash-"));
  folders.push(folder);
  const program = join(folder, "flash");
  const checks = ["-Wall", "-Wextra", "-Werror", "-O1", "-g"];
  const sources = ["targets/host-functions/flash.c", "test/targets/flash.c"];
  const args = [...checks, `-DFLASH_UNIT_BYTES=${unitBytes}`, ...sources, "-o", program];
  const { status, stderr } = spawnSync("cc", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  programs.set(unitBytes, program);
  return program;
}

process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The result of Storage.load for a status of flash_load: a damaged record counts as no record. */
function storageAnswer(status: number): Uint8Array | null | false {
  return status === -1 ? null : status === -2 ? new Uint8Array(0) : false;
}

/** A blank chip. Storage is synchronous: requests and answers go through two named pipes. */
export function openFlash(sectors: number, sectorBytes: number, unitBytes = 4): NorFlash {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-chip-"));
  folders.push(folder);
  const [requests, answers] = [join(folder, "requests"), join(folder, "answers")];
  spawnSync("mkfifo", [requests, answers]);
  const script = `exec "$0" "$1" "$2" <"$3" >"$4"`;
  const args = ["-c", script, programOf(unitBytes), `${sectors}`, `${sectorBytes}`, requests, answers];
  const child = spawn("sh", args, { stdio: ["ignore", "ignore", "inherit"] });
  child.unref();
  const out = openSync(requests, "w");
  const into = openSync(answers, "r");
  const number = Buffer.alloc(4);

  function read(buffer: Uint8Array): void {
    for (let at = 0; at < buffer.length; ) {
      const count = readSync(into, buffer, at, buffer.length - at, null);
      if (count === 0) throw new Error("flash.c has ended");
      at += count;
    }
  }

  function ask(request: string, key = "", length = 0, bytes: Uint8Array = new Uint8Array(0)): number {
    const frame = Buffer.alloc(9 + key.length + bytes.length);
    frame[0] = request.charCodeAt(0);
    frame.writeUInt32LE(key.length, 1);
    frame.writeUInt32LE(length >>> 0, 5);
    frame.write(key, 9, "latin1");
    frame.set(bytes, 9 + key.length);
    for (let at = 0; at < frame.length; ) at += writeSync(out, frame, at);
    read(number);
    return number.readInt32LE(0);
  }

  return {
    status: key => ask("l", key),
    load(key) {
      const length = ask("l", key, RECORD_MAX);
      if (length < 0) return storageAnswer(length);
      const record = new Uint8Array(length);
      read(record);
      return record;
    },
    save: (key, bytes) => ask("s", key, bytes.length, bytes) === 1,
    erase: key => ask("e", key) === 1,
    open: () => void ask("o"),
    cutAfter: writes => void ask("c", "", writes),
    isOff: () => ask("i") === 1,
    seed: seed => void ask("r", "", seed),
    keep: slot => void ask("p", "", slot),
    restore: slot => void ask("b", "", slot),
    cells() {
      const cells = new Uint8Array(ask("z"));
      read(cells);
      return cells;
    },
    flipBit: bit => void ask("x", "", bit),
    fillWithGarbage: () => void ask("g"),
    awayAfter(reads, times) {
      ask("k", "", times);
      ask("y", "", reads);
    },
    isAway: () => ask("q") === 1,
    wasAway: () => ask("q") !== 0,
    setUnreadable: at => void ask("u", "", at),
    setErasesMax: erases => void ask("m", "", erases),
    writes: () => ask("w"),
    erases: () => ask("n"),
    programmedTwice: () => ask("a"),
    wearSpread: () => ask("d"),
    close() {
      closeSync(out);
      closeSync(into);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
