/** Times the cases of cases.ts in Node. */
import { createRequire } from "node:module";
import vm from "node:vm";
import { NATIVE, OWN, PEERS, subjectsOf } from "./scripts.mjs";

export const SAMPLES = 9;
const SAMPLE_MS = 10;

/** Opens a script in a fresh global of this Node; `bench` is that of build/bench/run.ts. */
function open(script) {
  const context = vm.createContext({ performance, require: createRequire(import.meta.url) });
  vm.runInContext(script, context);
  return vm.runInContext("(name, runs) => bench(name, 0, runs, () => performance.now())", context);
}

/** `{ case: { subject: microseconds } }`: the median of SAMPLES that take turns. */
export function timeInNode(cases, scripts) {
  const benches = {};
  for (const subject of [...OWN, ...PEERS, NATIVE]) benches[subject] = open(scripts[subject][2019]);
  const results = {};
  for (const each of cases) {
    const samples = {};
    for (let i = -1; i < SAMPLES; i++) {
      for (const subject of subjectsOf(each, true)) {
        const sample = sampleOf(benches[subject], each.name, each.runs);
        samples[subject] ??= [];
        if (i >= 0) samples[subject].push(sample); // the first one warms up
      }
    }
    results[each.name] = {};
    for (const [subject, all] of Object.entries(samples)) {
      results[each.name][subject] = all.sort((a, b) => a - b)[all.length >> 1];
    }
  }
  return results;
}

function sampleOf(bench, name, runs) {
  let ms = 0;
  let count = 0;
  const end = performance.now() + 5 * SAMPLE_MS; // ends also a case whose set-up takes longer than its runs
  while (ms < SAMPLE_MS && (count === 0 || performance.now() < end)) {
    ms += bench(name, runs);
    count += runs;
  }
  return (1000 * ms) / count;
}
