/**
 * npm run mutants: plants the faults of mutants.json one by one. The tests of its line of Appendix B must catch a fault, or
 * the engines' suite when it concerns no line. `--sample N --seed S` plants N of them, `--line C-018` those of a line. Exits
 * with 1 when a fault is not caught, or when its place in the sources is not found exactly once.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A fault may cause an endless loop; a test that takes this long has caught it. */
const MUTANT_MS = 60_000;

/**
 * `line` is one of Appendix B, or "suite" or "bearers". `inPlaceOf` is the source that `file` replaces in some bundles.
 * @type {{ file: string, before: string, after: string, line: string, inPlaceOf?: string }[]}
 */
export const MUTANTS = JSON.parse(readFileSync(new URL("mutants.json", import.meta.url), "utf8"));

/** The reason why a mutant cannot be planted; "" when it can. */
export function placeFault({ file, before, after }) {
  const count = readFileSync(join(ROOT, file), "utf8").split(before).length - 1;
  if (before === after) return "changes nothing";
  return count === 1 ? "" : `found ${count} times, has to be found once`;
}

/** Chooses `count` of `all` by `seed`. */
export function sampleOf(all, count, seed) {
  const rest = [...all];
  let state = seed >>> 0 || 1;
  const chosen = [];
  while (chosen.length < count && rest.length > 0) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    chosen.push(...rest.splice((state >>> 0) % rest.length, 1));
  }
  return chosen;
}

/**
 * Plants each of `mutants` and runs the tests that must catch it. Resolves to `{ mutant, caughtBy, problem }[]`: `caughtBy`
 * are the names of the tests that caught it; `problem` is the reason why it could not be planted or built.
 */
export async function runMutants(mutants, onResult = () => {}) {
  mkdirSync(join(ROOT, "node_modules/.cache"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "node_modules/.cache/mutants-"));
  try {
    const tests = await bundleTests(folder);
    const intact = await runIn(folder, 0, null, tests);
    if (intact.failed.length > 0) throw new Error(`without a fault these fail: ${intact.failed.join("; ")}`);
    const results = [];
    let next = 0;
    async function work() {
      while (next < mutants.length) {
        const index = next++;
        results[index] = await runOne(folder, index + 1, mutants[index], tests);
        onResult(results[index]);
      }
    }
    await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runOne(folder, index, mutant, tests) {
  const fault = placeFault(mutant);
  if (fault !== "") return { mutant, caughtBy: [], problem: fault };
  try {
    const { failed } = await runIn(folder, index, mutant, tests);
    return { mutant, caughtBy: failed, problem: "" };
  } catch (error) {
    return { mutant, caughtBy: [], problem: `cannot be built: ${error.message}` };
  }
}

/** Bundles the conformance tests and the suites once. They contain nothing of the code under test. */
async function bundleTests(folder) {
  const conformance = join(folder, "conformance.mjs");
  const { metafile } = await bundle('export * from "./test/conformance/index.ts";', conformance, null);
  const own = Object.keys(metafile.inputs).filter(file => file.startsWith("src/"));
  if (own.length > 0) throw new Error(`the conformance tests import what they test: ${own.join(", ")}`);
  const suite = join(folder, "suite.mjs");
  await bundle('export * from "./test/suite/index.ts";', suite, null);
  return { conformance, suite };
}

/** Builds the sources with `mutant` in them, and runs the tests of its line in a worker; all tests without a mutant. */
async function runIn(folder, index, mutant, tests) {
  const under = join(folder, `under${index}.mjs`);
  await bundle(mutant?.line === "bearers" || mutant === null ? UNDER_TEST + BEARERS : UNDER_TEST, under, mutant);
  const cli = join(folder, `cli${index}.mjs`);
  if (mutant === null || CLI_LINES.includes(mutant.line))
    await bundle('export * from "./targets/node/cli.ts";', cli, mutant);
  const workerData = { ...tests, under, cli, line: mutant?.line ?? "" };
  const worker = new Worker(new URL("mutants-worker.mjs", import.meta.url), { workerData, stdout: true, stderr: true });
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve({ failed: ["it does not end"] }), MUTANT_MS);
      worker.once("message", message => {
        clearTimeout(timer);
        resolve(message);
      });
      worker.once("error", reject);
      worker.once("exit", () => {
        clearTimeout(timer);
        reject(new Error("the worker ended"));
      });
    });
  } finally {
    worker.removeAllListeners();
    await worker.terminate();
    for (const file of [under, cli]) rmSync(file, { force: true });
  }
}

const UNDER_TEST = 'export * as pkg0 from "./src/index.ts"; export * as node from "./targets/node/index.ts";';
/** This suite imports what it tests. */
const BEARERS = 'export { bearersSuite } from "./test/suite/bearers-suite.ts";';

/** The lines whose tests use the command line. */
const CLI_LINES = ["S-011", "S-012"];

function bundle(contents, outfile, mutant) {
  const planted = {
    name: "mutant",
    setup({ onLoad }) {
      if (mutant === null) return;
      const path = join(ROOT, mutant.file);
      const replaced = mutant.inPlaceOf === undefined ? path : join(ROOT, mutant.inPlaceOf);
      onLoad({ filter: /\.ts$/ }, args => {
        if (args.path !== path && args.path !== replaced) return undefined;
        const text = readFileSync(path, "utf8");
        return { contents: text.split(mutant.before).join(mutant.after), loader: "ts" };
      });
    },
  };
  return build({
    absWorkingDir: ROOT,
    stdin: { contents, resolveDir: ROOT, loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    banner: {
      js: 'import { createRequire as createRequireOf } from "node:module"; const require = createRequireOf(import.meta.url);',
    },
    metafile: true,
    logLevel: "silent",
    plugins: [planted],
  });
}

/** The line of the table for a mutant. */
export function textOf({ file, before, after }) {
  const short = text => (text.length > 60 ? `${text.slice(0, 57)}...` : text).replaceAll("\n", " ");
  return `${file}: ${short(before)} -> ${short(after) || "(nothing)"}`;
}

async function main() {
  const { values } = parseArgs({
    options: { sample: { type: "string" }, seed: { type: "string", default: "1" }, line: { type: "string" } },
  });
  const all = MUTANTS.filter(({ line }) => values.line === undefined || line === values.line);
  const misplaced = all.filter(mutant => placeFault(mutant) !== "");
  for (const mutant of misplaced) console.log(`NOT PLANTED  ${mutant.line}  ${textOf(mutant)}: ${placeFault(mutant)}`);
  const chosen = values.sample === undefined ? all : sampleOf(all, Number(values.sample), Number(values.seed));
  const start = performance.now();
  let missed = 0;
  await runMutants(chosen, ({ mutant, caughtBy, problem }) => {
    if (caughtBy.length > 0) return;
    missed++;
    if (problem === "" || !misplaced.includes(mutant))
      console.log(`NOT CAUGHT   ${mutant.line}  ${textOf(mutant)} ${problem}`);
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const sample = values.sample === undefined ? "" : `, a sample of ${all.length} with seed ${values.seed}`;
  console.log(
    `${chosen.length - missed} of ${chosen.length} caught${sample}, ${misplaced.length} not planted, ${seconds} s`,
  );
  if (missed > 0 || misplaced.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
