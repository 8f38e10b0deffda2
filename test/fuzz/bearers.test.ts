/** Fuzzes SIP, HTTP and OBEX with messages that are changed by their structure: two for each run of the other formats. */
import { expect, test } from "vitest";
import { fuzzBearers } from "../suite/bearers-fuzz.ts";

/** Two million in `npm run fuzz`; every complaint prints its message. */
const RUNS = 2 * Number(process.env.FUZZ_RUNS ?? 25_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

test(`SIP, HTTP, OBEX: ${RUNS} mutated messages, seed ${SEED}`, { timeout: 3_600_000 }, () => {
  const wrong: string[] = [];
  expect(fuzzBearers(SEED, RUNS, bytes => bytes, wrong)).toBeGreaterThan(RUNS / 50);
  expect(wrong).toEqual([]);
});
