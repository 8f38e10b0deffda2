/** Checks that every planted fault (npm run mutants) has its place in the sources, and that the tests catch a sample of them. */
import { expect, test } from "vitest";
import { MUTANTS, placeFault, runMutants, sampleOf, textOf } from "../build/mutants.mjs";
import { LINES } from "./conformance/index.ts";

const SEED = Number(process.env.MUTANTS_SEED ?? 1);
const COUNT = 12;

test("every fault has its place in the sources, exactly once", () => {
  const misplaced = MUTANTS.filter(mutant => placeFault(mutant) !== "");
  expect(misplaced.map(mutant => `${mutant.line} ${textOf(mutant)}: ${placeFault(mutant)}`)).toEqual([]);
});

test("every line of Appendix B has a fault, and every fault is another one", () => {
  const lines = new Set(MUTANTS.map(({ line }) => line));
  expect(LINES.filter(({ id }) => !lines.has(id)).map(({ id }) => id)).toEqual([]);
  expect(new Set(MUTANTS.map(mutant => JSON.stringify(mutant))).size).toBe(MUTANTS.length);
  expect(MUTANTS.length).toBeGreaterThanOrEqual(150);
});

test(`${COUNT} of ${MUTANTS.length} faults, chosen by seed ${SEED}, are caught`, { timeout: 300_000 }, async () => {
  const results = await runMutants(sampleOf(MUTANTS, COUNT, SEED));
  const missed = results.filter(({ caughtBy }) => caughtBy.length === 0);
  expect(missed.map(({ mutant, problem }) => `${mutant.line} ${textOf(mutant)} ${problem}`)).toEqual([]);
});
