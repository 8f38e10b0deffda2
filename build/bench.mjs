/**
 * npm run bench: measures hashes and whole verdicts, with each of the two hashes of the bundles, and other libraries for
 * comparison. In the engines on PATH, valgrind counts instructions: those of 2n runs less those of n, so that the start
 * cancels out. In Node and both QuickJS of WebAssembly it measures time, which only a quiet machine can give. Each goal of
 * build/goals.json stands beside its number, and the last line says how many are missed; with --check a missed one is a
 * failure.
 *   --json            prints the numbers as JSON; build/baselines/bench.json has those of the engines with counts, because times do not stay comparable
 *   --compare FILE    adds the change since FILE
 *   --only a,b        only these engines, by command; node, quickjs and quickjs-ng for the ones that are timed
 *   --cases TEXT      only the cases whose names contain TEXT, and the digests that they are compared with
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { count, OWN, readCases, readScripts, SAMPLES, TIMED, time } from "./bench/measure.mjs";
import { bundlesWith, ROOT } from "./device.mjs";
import { ENGINES } from "./engine-table.mjs";
import { isOnPath } from "./on-path.mjs";

/** A load average above which times are not measured. */
const QUIET = 0.5;

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean" },
    check: { type: "boolean" },
    compare: { type: "string" },
    only: { type: "string" },
    cases: { type: "string" },
  },
});
const goals = JSON.parse(readFileSync(join(ROOT, "build/goals.json"), "utf8"));

/** The goals of one case with the hash `kind`: `[{ note, isMet }]`. */
function comparisons(engine, kind, { name, of }, results) {
  const own = results[name][kind];
  const notes = [];
  for (const [subject, cost] of Object.entries(results[name])) {
    if (OWN.includes(subject)) continue;
    const most = (goals.ofPeers[kind][engine] ?? goals.ofPeers[kind][""])[name]?.[subject];
    notes.push(typeof cost === "string" ? { note: `${subject} ${cost}` } : ratio(own / cost, subject, most, 2));
  }
  if (of !== undefined) notes.push(ratio(own / results[of][kind], "its digest", goals.ofDigest[name], 3));
  return notes;
}

function ratio(value, whose, most, digits) {
  const isMet = most === undefined ? undefined : value <= most;
  const goal = most === undefined ? "" : isMet ? `, goal ${most}` : `, GOAL ${most} MISSED`;
  return { note: `${value.toFixed(digits)} of ${whose}${goal}`, isMet };
}

/** Prints a table for each of the two hashes; returns the goals, met or not. */
function print(engine, unit, results, cases, former) {
  const all = [];
  for (const kind of OWN) {
    console.log(`\n${engine}, ${unit}, with the ${kind} hash (${bundlesWith(kind).join(", ")})`);
    for (const each of cases) {
      const own = results[each.name][kind];
      const found = typeof own === "string" ? [{ note: own, isMet: false }] : comparisons(engine, kind, each, results);
      const before = former?.[engine]?.[each.name]?.[kind];
      if (before) found.push({ note: `${(100 * (own / before - 1)).toFixed(1)} % since` });
      const cost = typeof own === "string" ? "-" : unit.startsWith("us") ? own.toFixed(2) : (own / 1000).toFixed(1);
      console.log(`  ${each.name.padEnd(32)}${cost.padStart(10)}  ${found.map(({ note }) => note).join("; ")}`);
      all.push(...found.filter(({ isMet }) => isMet !== undefined));
    }
  }
  return all;
}

async function main() {
  const cases = (await readCases()).filter(
    ({ name }, _, all) =>
      options.cases === undefined ||
      name.includes(options.cases) ||
      all.some(each => each.of === name && each.name.includes(options.cases)),
  );
  const scripts = await readScripts();
  const former = options.compare === undefined ? null : JSON.parse(readFileSync(options.compare, "utf8")).engines;
  const isAsked = name => options.only === undefined || options.only.split(",").includes(name);
  const machine = `${cpus()[0]?.model ?? "?"}, ${process.arch}, Node ${process.version}`;
  const engines = {};
  const found = [];
  const show = (name, unit, results) => {
    engines[name] = results;
    if (!options.json) found.push(...print(name, unit, results, cases, former));
  };
  for (const [name, prepare] of Object.entries(TIMED)) {
    if (!isAsked(name)) continue;
    const [busy] = loadavg();
    if (busy > QUIET) console.error(`${name}: no times, the machine is busy (load ${busy.toFixed(1)})`);
    else show(name, `us, median of ${SAMPLES} samples`, await time(await prepare(), cases, scripts, name === "node"));
  }
  for (const command of Object.keys(ENGINES)) {
    if (!isAsked(command)) continue;
    const missing = [command, "valgrind"].filter(each => !isOnPath(each));
    if (missing.length > 0) console.error(`${command}: skipped, no ${missing.join(", no ")} on PATH`);
    else show(command, "thousand instructions", await count(command, cases, scripts));
  }
  if (options.json) console.log(JSON.stringify({ machine, engines }, rounded, 1));
  else if (found.length > 0) {
    const missed = found.filter(({ isMet }) => !isMet).length;
    console.log(`\n${found.length - missed} goals met, ${missed} missed`);
    if (options.check && missed > 0) process.exitCode = 1;
  }
}

function rounded(_, value) {
  return typeof value === "number" ? Number(value.toPrecision(6)) : value;
}

await main();
