/** Compares the numbers of a bench with the goals of build/goals.json, and with the floors: no change of our code can go below those. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../device.mjs";

const GOALS = JSON.parse(readFileSync(join(ROOT, "build/goals.json"), "utf8"));

/**
 * All comparisons in an engine, as `[{ name, kind, value, whose, most, floor, why }]`. `value` is the cost of the case `name`
 * with the hash `kind`, divided by the cost of `whose`. `most` is the goal, `floor` the least possible value, and `why` the
 * reason for the distance between them; each is undefined when there is none. `results` are `{ case: { subject: cost } }`.
 */
export function compare(engine, kind, cases, results) {
  const all = [];
  for (const { name, of } of cases) {
    const own = results[name]?.[kind];
    if (typeof own !== "number") continue;
    const peers = (GOALS.ofPeers[kind][engine] ?? GOALS.ofPeers[kind][""])[name];
    for (const whose of Object.keys(results[name])) {
      const cost = results[name][whose];
      if (whose in GOALS.ofPeers || typeof cost !== "number") continue;
      const floor = floorOf(GOALS.floors[name], kind, results, cost);
      all.push({
        name,
        kind,
        value: own / cost,
        whose,
        most: peers?.[whose],
        floor,
        why: GOALS.why[`${kind} ${name}`],
      });
    }
    const digest = results[of]?.[kind];
    if (typeof digest !== "number") continue;
    const { most, floor, why } = GOALS.ofDigest[name];
    all.push({
      name,
      kind,
      value: own / digest,
      whose: "its digest",
      most,
      floor: floorOf(floor, kind, results, digest),
      why,
    });
  }
  return all;
}

/** The names of the cases that add up to the floors of `name`. */
export function floorCases(name) {
  return [GOALS.floors[name], GOALS.ofDigest[name]?.floor].flatMap(floor => Object.keys(floor ?? {}));
}

/** The sum of the cases in `floor` (`{ case: times }`), divided by `cost`; undefined when there are none, or one was not measured. */
function floorOf(floor = {}, kind, results, cost) {
  let sum = 0;
  for (const [name, times] of Object.entries(floor)) sum += times * (results[name]?.[kind] ?? Number.NaN);
  return sum > 0 ? sum / cost : undefined;
}

export function isMet({ value, most }) {
  return value <= most;
}

export function noteOf(comparison) {
  const { value, whose, most, floor, why } = comparison;
  const goal =
    most === undefined
      ? ""
      : isMet(comparison)
        ? `, goal ${most}`
        : `, GOAL ${most} MISSED by ${(value - most).toFixed(3)}`;
  const least = floor === undefined ? "" : `, floor ${floor.toFixed(3)}`;
  return `${value.toFixed(3)} of ${whose}${goal}${least}${goal.includes("MISSED") && why ? `: ${why}` : ""}`;
}
