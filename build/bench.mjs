/**
 * npm run bench: measures hashes and whole verdicts, with each of the two hashes of the bundles, and other libraries for
 * comparison. It counts instructions of WebAssembly in both QuickJS of npm, which are the same on every machine, and with
 * callgrind those of the processor in the engines on PATH. In Node it measures time, which only a quiet machine can give.
 * Each goal of build/goals.json stands beside its number, and the last line says how many are missed.
 *   --only a,b      only these engines, by command; quickjs-wasm, quickjs-ng-wasm, node
 *   --cases TEXT    only the cases whose names contain TEXT, and the cases that they are compared with
 *   --accept        records the counts in build/counts.json, and their table in targets/README.md
 *   --json          prints the numbers as JSON
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { count } from "./bench/count.mjs";
import { digestOf, readCounts, writeCounts } from "./bench/counts.mjs";
import { compare, floorCases, isMet, noteOf } from "./bench/goals.mjs";
import { OWN, readCases, readScripts } from "./bench/scripts.mjs";
import { SAMPLES, timeInNode } from "./bench/time.mjs";
import { countMetered, METERED } from "./bench/webassembly.mjs";
import { bundlesWith } from "./device.mjs";
import { ENGINES } from "./engine-table.mjs";
import { isOnPath } from "./on-path.mjs";

/** A load average above which times are not measured. */
const QUIET = 0.5;

const TIMES = `us, median of ${SAMPLES} samples`;

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean" },
    only: { type: "string" },
    cases: { type: "string" },
    accept: { type: "boolean" },
  },
});

/** Prints a table for each of the two hashes; returns what has a goal. */
function print(engine, unit, results, cases) {
  const former = readCounts()[engine]?.counts;
  const all = [];
  for (const kind of OWN) {
    console.log(`\n${engine}, ${unit}, with the ${kind} hash (${bundlesWith(kind).join(", ")})`);
    const compared = compare(engine, kind, cases, results);
    all.push(...compared.filter(({ most }) => most !== undefined));
    for (const { name } of cases) {
      const own = results[name][kind];
      const notes = compared.filter(each => each.name === name).map(noteOf);
      for (const [whose, cost] of Object.entries(results[name]))
        if (typeof cost === "string") notes.push(`${whose} ${cost}`);
      const change = (own / former?.[name]?.[kind] - 1) * 100;
      if (Math.abs(change) >= 0.1 && unit !== TIMES) notes.push(`${change.toFixed(1)} % since it was recorded`);
      const cost = typeof own === "string" ? "-" : unit === TIMES ? own.toFixed(2) : (own / 1000).toFixed(1);
      console.log(`  ${name.padEnd(32)}${cost.padStart(10)}  ${notes.join("; ")}`);
    }
  }
  return all;
}

function isAsked(name) {
  return options.only === undefined || options.only.split(",").includes(name);
}

/** Calls `show(engine, unit, results)` for all that is asked for and can be measured. */
async function measureAll(cases, scripts, show) {
  for (const name of Object.keys(METERED).filter(isAsked))
    show(name, "thousand instructions of WebAssembly", await countMetered(name, cases, scripts));
  if (isAsked("node")) {
    const [busy] = loadavg();
    if (busy > QUIET) console.error(`node: no times, the machine is busy (load ${busy.toFixed(1)})`);
    else show("node", TIMES, timeInNode(cases, scripts));
  }
  for (const command of Object.keys(ENGINES).filter(isAsked)) {
    const missing = [command, "valgrind"].filter(each => !isOnPath(each));
    if (missing.length > 0) console.error(`${command}: skipped, no ${missing.join(", no ")} on PATH`);
    else show(command, "thousand instructions", await count(command, cases, scripts));
  }
}

/** The cases that are asked for, and what those are compared with. */
async function casesAsked() {
  const all = await readCases();
  if (options.cases === undefined) return all;
  const asked = all.filter(({ name }) => name.includes(options.cases));
  const needed = asked.flatMap(each => [each.name, each.of, ...floorCases(each.name)]);
  return all.filter(({ name }) => needed.includes(name));
}

async function main() {
  const cases = await casesAsked();
  const scripts = await readScripts();
  const bundle = digestOf(scripts);
  const found = [];
  await measureAll(cases, scripts, (engine, unit, results) => {
    if (options.json) console.log(JSON.stringify({ [engine]: results }));
    else found.push(...print(engine, unit, results, cases));
    // engine by engine: what was counted stays when a later one is interrupted
    if (options.accept && unit !== TIMES && options.cases === undefined)
      writeCounts({ [engine]: { bundle, counts: results } }, cases, bundle);
  });
  if (!options.json) {
    const missed = found.filter(each => !isMet(each)).length;
    console.log(`\n${found.length - missed} goals met, ${missed} missed`);
  }
}

await main();
