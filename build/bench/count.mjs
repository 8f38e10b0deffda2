/** Counts the instructions that the cases of cases.ts take: our code with each of its two hashes, and the peers' code. */
import { ENGINES } from "../engine-table.mjs";
import { countBetweenMarks } from "./callgrind.mjs";
import { OWN, PEERS, subjectsOf } from "./scripts.mjs";

/** Runs that are counted together, after one that is not counted. */
const RUNS = 4;

/**
 * Returns `{ case: { subject: instructions or a fault } }` of an engine, for our code and the peers in `others`. Two starts of
 * the engine count the cases of a subject, one the short and one the long ones: what ran before decides when memory is
 * collected, so a case has its count among the same cases only (JerryScript: up to 1.3 % more or less, measured).
 */
export async function count(command, cases, scripts, others = PEERS) {
  const results = Object.fromEntries(cases.map(({ name }) => [name, {}]));
  for (const isLong of [false, true]) {
    const group = cases.filter(each => each.isLong === isLong);
    await countGroup(command, group, scripts, [...OWN, ...others], results);
  }
  return results;
}

/** Puts the counts of some cases into `results`: one start of the engine for each of the `subjects`. */
async function countGroup(command, cases, scripts, subjects, results) {
  const { level, args, runsMax = RUNS } = ENGINES[command];
  for (const subject of subjects) {
    const own = cases.filter(each => subjectsOf(each, false).includes(subject));
    if (own.length === 0) continue;
    // a peer may parse in ES5 where it does not in ES2019
    const levels = level === 5 || OWN.includes(subject) ? [level] : [2019, 5];
    let left = own.map(({ name, runs }) => ({ name, runs: Math.min(runs - 1, runsMax) }));
    for (const each of levels) {
      const counts = await countCases(command, args, scripts[subject][each], left);
      for (const { name } of left) results[name][subject] = counts[name];
      left = left.filter(({ name }) => typeof counts[name] === "string");
      if (left.length === 0) break;
    }
  }
}

/**
 * Returns `{ case: instructions of a run, or a fault }`. Before all cases, the first one is set up with no run between its
 * marks: that counts what the marks themselves cost.
 */
async function countCases(command, args, script, cases) {
  const all = [{ ...cases[0], runs: 0 }, ...cases];
  const program = `function one(i, name, runs) {
  var marks = 0, fault = "";
  try { bench(name, 1, runs, function () { marks++; return mark(); }); } catch (error) { fault = "" + error; }
  (typeof print === "undefined" ? console.log : print)("#" + i + " " + marks + " " + fault);
}
${all.map(({ name, runs }, i) => `one(${i}, ${JSON.stringify(name)}, ${runs});`).join("\n")}`;
  const { printed, between, fault = "does not run" } = await countBetweenMarks(command, args, script, program);
  const counts = Object.fromEntries(cases.map(({ name }) => [name, fault]));
  let at = 0;
  let ofMarks = 0;
  for (const [, i, marks, error] of printed.matchAll(/^#(\d+) (\d) (.*?)\r?$/gm)) {
    const { name, runs } = all[i];
    if (error === "" && runs === 0) ofMarks = between[at + 1];
    else if (error === "") counts[name] = (between[at + 1] - ofMarks) / runs;
    at += Number(marks);
  }
  return counts;
}
