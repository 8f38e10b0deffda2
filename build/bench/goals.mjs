/** The numbers of a bench beside the goals of build/goals.json: met or missed by how much, and the floor, which no change of ours goes below. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../device.mjs";

const GOALS = JSON.parse(readFileSync(join(ROOT, "build/goals.json"), "utf8"));

/**
 * All that is compared in an engine: `[{ name, kind, value, whose, most, floor, why }]`, for the case `name` with the hash
 * `kind` its cost divided by that of `whose`; `most` is the goal, `floor` its least possible value, and `why` says what
 * stands between, each undefined where there is none. `results` are those of one engine, `{ case: { subject: cost } }`.
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

/** The cases that the floors of `name` are made of. */
export function floorCases(name) {
  return [GOALS.floors[name], GOALS.ofDigest[name]?.floor].flatMap(floor => Object.keys(floor ?? {}));
}

/** The cases of `floor`, each so many times, divided by `cost`; undefined where they were not measured, or there are none. */
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
