/** The table of the engines that tests and measurements use if they are on PATH. */
import { isOnPath } from "./on-path.mjs";

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {string[]} args the arguments before the file
 * @property {5 | 2019} level of the bundles that it runs: 5 for engines without let
 * @property {[string[], RegExp]} [version] the arguments that print the version, or none for a file, and the pattern of the version
 * @property {(kib: number) => string[]} [limit] arguments for a heap of so many KiB
 * @property {number} [suiteKib] heap for the suite: source, code and data of all of it. Desktop builds of QuickJS have 64-bit
 * values, and need more than twice what a board's has
 * @property {number} [suiteSeconds] a start of the suite that lasts longer hangs; 50 if absent. Espruino reads the source text
 * again at each step: the suite takes it 46 s of the processor, a third of that for Package #0 of 1.3, a sixth for SHA-256, and
 * no check more than a twentieth (measured), so there is none to leave out; a machine with other work takes a few times as long
 * @property {boolean} [isOfMalloc] true when its heap is the memory that it takes from malloc, its own included
 * @property {number} [runsMax] runs to count in one go: Espruino takes tens of millions of instructions for one
 */

/** @param {string} unit */
function memory(unit) {
  return (/** @type {number} */ kib) => ["--memory-limit", `${kib}${unit}`];
}

/** By command. @type {Record<string, Engine>} */
export const ENGINES = {
  qjs: {
    ...{ name: "QuickJS", args: ["--script"], level: 2019, version: [["--help"], /version (\S+)/] },
    ...{ limit: memory("k"), suiteKib: 3072 },
  },
  "qjs-ng": {
    ...{ name: "QuickJS-ng", args: ["-C"], level: 2019, version: [["--version"], /(\S+)/] },
    ...{ limit: memory(""), suiteKib: 3000 },
  },
  espruino: { name: "Espruino", args: [], level: 2019, version: [[], /(\dv\S+)/], runsMax: 1, suiteSeconds: 300 },
  mqjs: { name: "MicroQuickJS", args: [], level: 5, limit: memory("k"), suiteKib: 1024 },
  mqjs32: { name: "MicroQuickJS, 32-bit", args: [], level: 5, limit: memory("k"), suiteKib: 768 },
  jerry: { name: "JerryScript", args: [], level: 2019, version: [["--version"], /: (\S+)/] },
  xst: { name: "Moddable XS", args: [], level: 2019, version: [["-v"], /XS ([\d.]+)/] },
  duk: { name: "Duktape", args: [], level: 5, version: [["-e", "print(Duktape.version)"], /(\d+)/], isOfMalloc: true },
};

/** Those on PATH. */
export function enginesFound() {
  return Object.keys(ENGINES).filter(isOnPath);
}
