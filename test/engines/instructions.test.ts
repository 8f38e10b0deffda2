/**
 * Compares the instructions of hashes and verdicts with build/counts.json, and checks that the page has only numbers that
 * were counted with our bundles.
 */
import { describe, expect, test } from "vitest";
import { count } from "../../build/bench/count.mjs";
import { digestOf, readCounts, readPageTable, tableOf } from "../../build/bench/counts.mjs";
import { compare, isMet } from "../../build/bench/goals.mjs";
import { OWN, readCases, readScripts } from "../../build/bench/scripts.mjs";
import { countMetered, METERED } from "../../build/bench/webassembly.mjs";
import { ENGINES } from "../../build/engine-table.mjs";
import { isOnPath } from "../../build/on-path.mjs";

type Counts = Record<string, Record<string, number | string>>;
type Case = { name: string; of?: string; isLong: boolean };

/** The part that names and addresses in memory may change; a larger change must be recorded. */
const TOLERANCE = 0.005;
/** Does not depend on our sources: another count is that of another build of the engine. */
const OPERATORS = "99 operators";
const AGAIN = "npm run bench -- --accept";
const cases = (await readCases()) as Case[];
const scripts = await readScripts();
const recorded = readCounts() as Record<string, { counts: Counts }>;

/** A line for each count of ours that is another than the recorded one. */
function changes(engine: string, results: Counts, isChange: (ratio: number) => boolean): string[] {
  const lines = [];
  for (const [name, subjects] of Object.entries(results)) {
    for (const kind of OWN) {
      const [now, former] = [subjects[kind], recorded[engine]!.counts[name]?.[kind]];
      if (typeof now !== "number" || typeof former !== "number")
        lines.push(`${name}, ${kind}: ${now}, recorded ${former}`);
      else if (isChange(now / former)) lines.push(`${name}, ${kind}: ${Math.round(now)}, recorded ${former}`);
    }
  }
  return lines;
}

test("the table of targets/README.md is that of build/counts.json, with a star where the bundles are older", () => {
  const table = tableOf(recorded, cases, digestOf(scripts));
  expect(readPageTable(), `bundles have changed since they were counted: ${AGAIN}`).toBe(table);
});

describe("instructions of WebAssembly, in", () => {
  test.each(Object.keys(METERED))("%s: as recorded", { timeout: 300_000 }, async engine => {
    const results = (await countMetered(engine, cases, scripts, [])) as Counts;
    const isChange = (ratio: number) => Math.abs(ratio - 1) > TOLERANCE;
    expect(changes(engine, results, isChange), `record them: ${AGAIN} --only ${engine}`).toEqual([]);
  });
});

describe("instructions of the processor, in", () => {
  const few = cases.filter(({ isLong }) => !isLong);
  for (const command of Object.keys(ENGINES)) {
    const missing = [command, "valgrind"].filter(program => !isOnPath(program));
    const note = missing.length > 0 ? `: skipped, no ${missing.join(", no ")} on PATH` : "";
    const name = `${ENGINES[command]!.name} (${command})${note}`;
    test.skipIf(note !== "")(name, { timeout: 600_000 }, async ({ skip }) => {
      const results = (await count(command, few, scripts, [])) as Counts;
      const ofBuild = (counts: Counts) => Number(counts[OPERATORS]![OWN[0]!]);
      const isSame = Math.abs(ofBuild(results) / ofBuild(recorded[command]!.counts) - 1) < TOLERANCE;
      if (!isSame) skip("another build of the engine was recorded");
      const isChange = (ratio: number) => ratio > 1 + TOLERANCE;
      expect(changes(command, results, isChange), `record them: ${AGAIN} --only ${command}`).toEqual([]);
    });
  }
});

describe("a SHA-256 of 64 bytes takes fewer instructions than that of js-sha256, in", () => {
  for (const [engine, { counts }] of Object.entries(recorded)) {
    for (const kind of OWN) {
      const found = compare(engine, kind, cases, counts).filter(
        each => each.name === "sha256 64 B" && each.whose === "js-sha256",
      );
      for (const each of found) test(`${engine}, ${kind}`, () => expect(isMet({ ...each, most: 1 })).toBe(true));
    }
  }
});
