/** One implementation under measurement, as a script that any engine runs: `bench(name, before, runs, now)`. */
import { type Hashes, newCases, type Pkg0 } from "./cases.ts";

/**
 * Assigned to the global `bench`. Sets a case up, does `before` runs, and then `runs` between two calls of `now`; returns the
 * difference of what those returned.
 */
export function createBench(hashes: Hashes, pkg0: Pkg0 | null) {
  const cases = newCases();
  return (name: string, before: number, runs: number, now: () => number): number => {
    for (let i = 0; i < cases.length; i++) {
      const each = cases[i];
      if (each.name !== name) continue;
      let run = () => -1;
      if (each.createOwn !== undefined && pkg0 !== null) run = each.createOwn(pkg0);
      else if (each.create !== undefined) run = each.create(hashes);
      let result = each.expected;
      for (let k = 0; k < before; k++) result = run();
      const from = now();
      for (let k = 0; k < runs; k++) result = run();
      const to = now();
      if (result !== each.expected) throw new Error(`${name}: ${result}`);
      return to - from;
    }
    throw new Error(`no case ${name}`);
  };
}
