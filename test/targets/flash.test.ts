/**
 * Records on raw NOR flash (targets/host-functions/flash.c), with a power cut in every write, and with worn and damaged
 * chips. Variable: FLASH_SEED.
 */
import { afterEach, describe, expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { missingTools, type NorFlash, openFlash } from "./flash.ts";
import { createHostPort, type HostPort } from "./host-functions.ts";
import { run } from "./port.ts";

const SEED = Number(process.env.FLASH_SEED ?? 1);
const missing = missingTools();
const note = missing.length > 0 ? `: skipped, no ${missing.join(", no ")} on PATH` : "";
const KEYS = ["acca", "accb", "adm0a", "adm0b", "adm1a", "adm1b"];

/** Sectors, their bytes, bytes of a unit. */
const CHIPS = [
  [2, 1024, 4],
  [3, 512, 4],
  [4, 2048, 8],
  [5, 512, 16],
] as const;

const open: NorFlash[] = [];
afterEach(() => {
  for (const flash of open.splice(0)) flash.close();
});

function chip(sectors: number, sectorBytes: number, unitBytes = 4): NorFlash {
  const flash = openFlash(sectors, sectorBytes, unitBytes);
  open.push(flash);
  return flash;
}

type Records = Map<string, string>;
const text = (bytes: Uint8Array | null) => (bytes === null ? "none" : Buffer.from(bytes).toString("hex"));

/** The records in flash, by key. */
function recordsOf(flash: NorFlash): Records {
  const records: Records = new Map();
  for (const key of KEYS) {
    const record = flash.load(key);
    if (record !== null) records.set(key, text(record || null));
  }
  return records;
}

/** One random step, on flash and in `after`; answers whether flash says it is done. */
function stepOf(random: (below: number) => number, longest: number) {
  const key = KEYS[random(KEYS.length)];
  if (random(5) === 0) {
    return {
      run: (flash: NorFlash) => flash.erase(key),
      after(records: Records): Records {
        const after = new Map(records);
        after.delete(key);
        return after;
      },
    };
  }
  const bytes = Uint8Array.from({ length: random(longest) }, () => (random(3) === 0 ? 0xff : random(256)));
  return {
    run: (flash: NorFlash) => flash.save(key, bytes),
    after: (records: Records): Records => new Map(records).set(key, text(bytes)),
  };
}

const sorted = (records: Records) => [...records].sort().join("\n");

describe.skipIf(missing.length > 0)(`flash.c${note}`, () => {
  for (const [sectors, sectorBytes, unitBytes] of CHIPS) {
    const name = `${sectors} sectors of ${sectorBytes} bytes, units of ${unitBytes}`;
    // the entries that count must fit into all sectors but one, less the rests at their ends
    const longest = Math.floor((((sectors - 1) * sectorBytes) / KEYS.length) * 0.55);

    test(`at a cut within any write a record is the old or the new one, all others as they were: ${name}`, () => {
      const flash = chip(sectors, sectorBytes, unitBytes);
      const random = createRandom(SEED);
      let records: Records = new Map();
      let cuts = 0;
      let compactions = 0;
      for (let i = 0; i < 150; i++) {
        const step = stepOf(random, longest);
        const after = step.after(records);
        flash.keep(0);
        for (let cut = 0; ; cut++) {
          flash.seed(SEED + 1000 * i + cut);
          flash.cutAfter(cut);
          const isDone = step.run(flash);
          const isCut = flash.isOff();
          flash.open();
          const found = sorted(recordsOf(flash));
          const what = `step ${i}, cut ${cut}`;
          if (!isCut) {
            expect(isDone, what).toBe(true);
            expect(found, what).toBe(sorted(after));
            break;
          }
          cuts++;
          expect([sorted(records), sorted(after)], what).toContain(found);
          if (isDone) expect(found, what).toBe(sorted(after));
          // from here on, as well: one more step, or the same again
          const next = random(2) === 0 ? step : stepOf(random, longest);
          const state = found === sorted(after) ? after : records;
          if (!next.run(flash)) expect.fail(`${what}: no save after it`);
          flash.open();
          expect(sorted(recordsOf(flash)), `${what}, and a step`).toBe(sorted(next.after(state)));
          flash.restore(0);
          flash.open();
        }
        records = after;
        compactions = flash.erases();
      }
      expect(flash.programmedTwice()).toBe(0);
      expect(cuts).toBeGreaterThan(1000);
      expect(compactions).toBeGreaterThan(20);
    }, 120_000);

    test(`cuts that follow one another within a compaction: ${name}`, () => {
      const flash = chip(sectors, sectorBytes, unitBytes);
      const random = createRandom(SEED + 7);
      let records: Records = new Map();
      for (let i = 0; i < 600; i++) {
        const step = stepOf(random, longest);
        const after = step.after(records);
        flash.seed(SEED + i);
        if (random(3) !== 0) flash.cutAfter(random(60));
        step.run(flash);
        const isCut = flash.isOff();
        flash.open();
        const found = sorted(recordsOf(flash));
        expect(isCut ? [sorted(records), sorted(after)] : [sorted(after)], `step ${i}`).toContain(found);
        records = found === sorted(after) ? after : records;
      }
      expect(flash.programmedTwice()).toBe(0);
    }, 120_000);
  }

  test("one bit that flips harms one record, which is unreadable or the one before it", () => {
    const flash = chip(3, 512);
    const versions = new Map(KEYS.map(key => [key, [] as string[]]));
    for (let i = 0; i < 30; i++) {
      const key = KEYS[i % 5];
      const bytes = Uint8Array.from({ length: 20 + i }, (_, at) => i * 7 + at);
      expect(flash.save(key, bytes)).toBe(true);
      (versions.get(key) as string[]).unshift(text(bytes));
    }
    flash.keep(0);
    let harmed = 0;
    for (let bit = 0; bit < 8 * 3 * 512; bit++) {
      flash.restore(0);
      flash.flipBit(bit);
      flash.open();
      const different = KEYS.slice(0, 5).filter(key => text(flash.load(key) || null) !== versions.get(key)?.[0]);
      expect(different.length, `bit ${bit}`).toBeLessThan(2);
      harmed += different.length;
      for (const key of different) {
        const status = flash.status(key);
        if (status >= 0) expect(versions.get(key), `bit ${bit}`).toContain(text(flash.load(key) || null));
        else expect([-1, -2], `bit ${bit}`).toContain(status);
      }
    }
    expect(harmed).toBeGreaterThan(5 * 8 * 20);
  }, 60_000);

  test("what the chip cannot read is damaged, not absent", () => {
    const flash = chip(2, 1024);
    flash.save("acca", new Uint8Array(100).fill(1));
    flash.setUnreadable(32 + 16 + 4 + 50);
    expect(flash.status("acca")).toBe(-2);
    expect(flash.load("acca")).toEqual(new Uint8Array(0));
    expect(flash.status("accb")).toBe(-1);
    flash.setUnreadable(-1);
    expect(flash.status("acca")).toBe(100);
  });

  for (const times of [-1, 1, 5])
    test(`while the chip is away nothing is absent, damaged, written or lost: for ${times < 0 ? "long" : `${times} reads`}`, () => {
      const flash = chip(3, 512);
      const random = createRandom(SEED + 11);
      let records: Records = new Map([["acca", "07"]]);
      let absences = 0;
      flash.save("acca", Uint8Array.of(7));
      for (let i = 0; i < 60; i++) {
        const step = stepOf(random, 90);
        const after = step.after(records);
        flash.keep(0);
        for (let reads = 0; ; reads++) {
          const what = `step ${i}, after ${reads} reads`;
          flash.restore(0);
          flash.awayAfter(-1, 0);
          if (reads % 2 === 0) flash.open();
          flash.awayAfter(reads, times);
          if (reads % 2 === 1) flash.open(); // it may be away at the boot
          const isDone = step.run(flash);
          const wasAway = flash.wasAway();
          if (flash.isAway() && times < 0) {
            for (const key of KEYS) expect(flash.status(key), what).toBe(-3);
            expect(flash.save("acca", new Uint8Array(9)), what).toBe(false);
            expect(flash.erase("accb"), what).toBe(false);
          }
          flash.awayAfter(-1, 0);
          const found = sorted(recordsOf(flash));
          if (isDone) expect(found, what).toBe(sorted(after));
          else expect([sorted(records), sorted(after)], what).toContain(found);
          flash.open();
          expect(sorted(recordsOf(flash)), `${what}, and a reset`).toBe(found);
          expect(step.run(flash), `${what}, and the same again`).toBe(true);
          expect(sorted(recordsOf(flash)), what).toBe(sorted(after));
          if (!wasAway) break;
          absences++;
        }
        records = after;
      }
      expect(flash.programmedTwice()).toBe(0);
      expect(absences).toBeGreaterThan(1000);
    }, 120_000);

  test("a damaged record stays a damaged one over compactions, until it is saved again", () => {
    const flash = chip(2, 1024);
    flash.save("acca", new Uint8Array(100).fill(1));
    flash.flipBit(8 * (32 + 16 + 4 + 50));
    for (let i = 0; i < 40; i++) expect(flash.save("accb", new Uint8Array(100).fill(i))).toBe(true);
    expect(flash.status("acca")).toBe(-2);
    flash.open();
    expect(flash.status("acca")).toBe(-2);
    flash.save("acca", new Uint8Array(4));
    expect(flash.status("acca")).toBe(4);
  });

  test("a record that looks like entries is never taken for one, wherever the power goes", () => {
    const source = chip(2, 1024);
    source.save("adm0a", new Uint8Array(24).fill(7));
    const forged = readBack(source);
    const flash = chip(2, 1024);
    for (let cut = 0; cut < 400; cut++) {
      flash.seed(cut);
      flash.cutAfter(cut % 61);
      flash.save("acca", forged);
      flash.open();
      expect(flash.status("adm0a"), `cut ${cut}`).toBe(-1);
    }
  });

  test("an area that holds anything else is prepared by the first save", () => {
    const flash = chip(3, 512);
    for (let seed = 0; seed < 50; seed++) {
      flash.seed(seed);
      flash.fillWithGarbage();
      flash.open();
      expect(flash.status("acca")).toBe(-1);
      expect(flash.save("acca", new Uint8Array(60).fill(seed))).toBe(true);
      flash.open();
      expect((flash.load("acca") || null)?.[0]).toBe(seed);
    }
  });

  test("a sector that can be erased no more ends saving, and loses nothing", () => {
    const flash = chip(4, 512);
    flash.setErasesMax(20);
    let saved = -1;
    for (let i = 0; flash.save("acca", new Uint8Array(60).fill(i)); i++) saved = i & 255;
    expect(flash.erases()).toBeGreaterThan(4 * 19);
    expect((flash.load("acca") || null)?.[0]).toBe(saved);
    flash.open();
    expect((flash.load("acca") || null)?.[0]).toBe(saved);
  });

  test("no room is told without wear, and what is stored stays", () => {
    const flash = chip(3, 512);
    const big = new Uint8Array(200);
    let key = 0;
    while (flash.save(`k${key}`, big)) key++;
    expect(key).toBe(2); // two do not fit into one sector, and one sector is spare
    const erases = flash.erases();
    for (let i = 0; i < 20; i++) expect(flash.save("more", big)).toBe(false);
    expect(flash.erases()).toBe(erases);
    for (let i = 0; i < key; i++) expect(flash.status(`k${i}`)).toBe(200);
    expect(flash.save("more", new Uint8Array(1000))).toBe(false);
    expect(flash.erase("k0")).toBe(true);
    expect(flash.save("k0", big)).toBe(true);
  });

  test("wear is spread, under records that never change, too", () => {
    const flash = chip(6, 512);
    for (let i = 0; i < 4; i++) flash.save(`k${i}`, new Uint8Array(200).fill(i));
    for (let i = 0; i < 3000; i++) expect(flash.save("acca", new Uint8Array(60).fill(i))).toBe(true);
    expect(flash.wearSpread()).toBeLessThan(3);
    for (let i = 0; i < 4; i++) expect((flash.load(`k${i}`) || null)?.[0]).toBe(i);
  });

  test("it passes the checks of a port", async () => {
    const flash = chip(3, 8192);
    const port = flashPort(flash);
    const { start } = port;
    port.start = () => {
      const board = start();
      board.storage.isChecked = true;
      return board;
    };
    const outcome = await run(port);
    expect(outcome.failed).toEqual([]);
    expect(outcome.skipped).toEqual([]);
    expect(outcome.passed.length).toBeGreaterThan(25);
  }, 60_000);
});

/** The first entry of a chip with units of 4 bytes, as it lies there: form twice, two CRCs, key, record, mark. */
function readBack(flash: NorFlash): Uint8Array {
  return flash.cells().slice(32, 32 + 16 + 5 + 24 + 3 + 4);
}

/** The port of the host functions, with this flash in the place of its records. */
function flashPort(flash: NorFlash): HostPort {
  const port = createHostPort();
  const filler: string[] = [];
  port.setUnreadable = isUnreadable => flash.awayAfter(isUnreadable ? 0 : -1, -1);
  port.host.load = (key, into) => {
    const status = flash.status(key);
    if (status > 0) into.set((flash.load(key) as Uint8Array).subarray(0, into.length));
    return status;
  };
  port.host.save = flash.save;
  port.host.erase = flash.erase;
  const { restart } = port;
  port.restart = () => {
    restart();
    flash.open();
  };
  port.cutNextSave = () => flash.cutAfter(7);
  port.corrupt = key => {
    const cells = Buffer.from(flash.cells());
    for (let at = cells.indexOf(key, 0, "latin1"); at >= 0; at = cells.indexOf(key, at + 1, "latin1"))
      flash.flipBit(8 * (at + key.length + 3));
  };
  port.setFull = isFull => {
    if (!isFull) for (const key of filler.splice(0)) flash.erase(key);
    for (let size = 4096; isFull && size > 0; size >>= 1)
      while (flash.save(`f${filler.length}`, new Uint8Array(size))) filler.push(`f${filler.length}`);
  };
  return port;
}
