/** Counts the instructions of the cases of cases.ts, of ours with each of its two hashes and of peers. */
import { ENGINES } from "../engine-table.mjs";
import { countBetweenMarks } from "./callgrind.mjs";
import { OWN, PEERS, subjectsOf } from "./scripts.mjs";

/** Runs to count in one go, behind one that is not counted. */
const RUNS = 4;

/**
 * `{ case: { subject: instructions, or what went wrong } }` in an engine; `others` are the peers that are asked for. One
 * start of the engine counts all cases of a subject.
 */
export async function count(command, cases, scripts, others = PEERS) {
  const { level, args, runsMax = RUNS } = ENGINES[command];
  const results = Object.fromEntries(cases.map(({ name }) => [name, {}]));
  for (const subject of [...OWN, ...others]) {
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
  return results;
}

/**
 * `{ case: instructions of a run, or what went wrong }`. The first case is set up once more and not run between its marks:
 * so much do the marks cost.
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
