/**
 * npm run bench: what hashes and whole verdicts cost, beside peers. In Node and in both QuickJS of WebAssembly, time: the
 * median of interleaved samples. In the engines on PATH, instructions as valgrind counts them: of 2n runs less those of n,
 * so that start-up cancels. Prints ratios, asserts nothing.
 *   --json            prints the numbers as JSON; build/baselines/bench.json is that of the engines that are counted,
 *                     for times do not last
 *   --compare FILE    adds the change since FILE
 *   --only a,b        only these engines, by command; node, quickjs and quickjs-ng for the ones that are timed
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import vm from "node:vm";
import ngVariant from "@jitl/quickjs-ng-wasmfile-release-sync";
import { build, transform } from "esbuild";
import { newQuickJSWASMModuleFromVariant, RELEASE_SYNC } from "quickjs-emscripten";
import ts from "typescript";
import { BENCH, bundleDevice, ROOT } from "./device.mjs";
import { isOnPath } from "./on-path.mjs";

const OWN = "pkg0";
const SUBJECTS = [OWN, "noble", "js-sha256", "crypto"];

/** How an engine runs a file, and the most runs to count: Espruino takes tens of millions of instructions for one. */
const ENGINES = {
  qjs: { args: ["--script"], level: 2019 },
  "qjs-ng": { args: ["-C"], level: 2019 },
  espruino: { args: [], level: 2019, runsMax: 2 },
  mqjs: { args: [], level: 5 },
  mqjs32: { args: [], level: 5 },
  jerry: { args: [], level: 2019 },
  xst: { args: [], level: 2019 },
  duk: { args: [], level: 5 },
};

const TIMED = {
  node: () => openInNode,
  quickjs: () => openInQuickjs(RELEASE_SYNC),
  "quickjs-ng": () => openInQuickjs(ngVariant),
};

const SAMPLES = 9;
const SAMPLE_MS = 10;
const DONE = "bench is done";

const { values: options } = parseArgs({
  options: { json: { type: "boolean" }, compare: { type: "string" }, only: { type: "string" } },
});
const folder = mkdtempSync(join(tmpdir(), "pkg0-bench-"));
const run = promisify(execFile);

/** `{ name, of, most, isOwn, runs }` of each case. */
async function readCases() {
  const code = await bundleScript("build/bench/cases.ts", "esm");
  const { newCases } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return newCases().map(({ name, of, most, runs, create }) => ({ name, of, most, runs, isOwn: !create }));
}

async function bundleScript(entry, format) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format,
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2019",
    external: ["node:crypto"],
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0].text;
}

async function lower(code) {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES5, ignoreDeprecations: "6.0" },
  });
  return (await transform(outputText, { minify: true, target: "es5", legalComments: "none" })).code;
}

/** `{ subject: { 2019: script, 5: script } }`; ours begins with the sources that are flashed, built as they are. */
async function readScripts() {
  const { bundles } = await bundleDevice(BENCH);
  const scripts = {};
  for (const subject of SUBJECTS) {
    const code = await bundleScript(`build/bench/${subject}.ts`, subject === "crypto" ? "cjs" : "iife");
    scripts[subject] = { 2019: code, 5: await lower(code) };
  }
  for (const { level, code } of bundles) scripts[OWN][level] = code + scripts[OWN][level];
  return scripts;
}

/** Opens a script in a fresh global of this Node; `bench` is that of build/bench/run.ts. */
async function openInNode(script) {
  const context = vm.createContext({ performance, require: createRequire(import.meta.url) });
  vm.runInContext(script, context);
  const bench = vm.runInContext("(name, runs) => bench(name, runs, () => performance.now())", context);
  return { bench, dispose() {} };
}

async function openInQuickjs(variant) {
  const quickjs = await newQuickJSWASMModuleFromVariant(variant);
  return async script => {
    const context = quickjs.newContext();
    const evaluate = code => context.unwrapResult(context.evalCode(code, "bench.js", { type: "global" }));
    const now = context.newFunction("now", () => context.newNumber(performance.now()));
    context.setProp(context.global, "now", now);
    now.dispose();
    evaluate(script).dispose();
    const bench = (name, runs) => evaluate(`bench(${JSON.stringify(name)}, ${runs}, now)`).consume(context.getNumber);
    return { bench, dispose: () => context.dispose() };
  };
}

/** `{ case: { subject: microseconds } }`. */
async function time(open, cases, scripts, subjects) {
  const opened = {};
  for (const subject of subjects) opened[subject] = await attempt(() => open(scripts[subject][2019]));
  const results = {};
  for (const { name, runs, isOwn } of cases) {
    const samples = {};
    for (let i = -1; i < SAMPLES; i++) {
      for (const subject of isOwn ? [OWN] : subjects) {
        const sample =
          opened[subject] === null ? null : await attempt(() => sampleOf(opened[subject].bench, name, runs));
        samples[subject] ??= [];
        if (i >= 0) samples[subject].push(sample); // the first one warms up
      }
    }
    results[name] = {};
    for (const [subject, all] of Object.entries(samples)) results[name][subject] = median(all);
  }
  for (const each of Object.values(opened)) each?.dispose();
  return results;
}

function sampleOf(bench, name, runs) {
  let ms = 0;
  let count = 0;
  const end = performance.now() + 5 * SAMPLE_MS; // where setting up takes longer than the runs
  while (ms < SAMPLE_MS && (count === 0 || performance.now() < end)) {
    ms += bench(name, runs);
    count += runs;
  }
  return (1000 * ms) / count;
}

function median(samples) {
  return samples.includes(null) ? null : samples.sort((a, b) => a - b)[samples.length >> 1];
}

async function attempt(work) {
  try {
    return await work();
  } catch {
    return null;
  }
}

/** `{ case: { subject: instructions } }`; null for a subject that the engine cannot run. */
async function count(command, cases, scripts, subjects) {
  const { level, args, runsMax = 8 } = ENGINES[command];
  const results = {};
  for (const { name, runs, isOwn } of cases) {
    results[name] = {};
    for (const subject of isOwn ? [OWN] : subjects) {
      const n = Math.min(runs / 2, runsMax);
      results[name][subject] = null;
      // a peer may parse in ES5 where it does not in ES2019
      for (const each of level === 5 ? [5] : [2019, 5]) {
        const counts = await Promise.all(
          [n, 2 * n].map(times => attempt(() => instructions(command, args, scripts[subject][each], name, times))),
        );
        if (counts.includes(null)) continue;
        results[name][subject] = (counts[1] - counts[0]) / n;
        break;
      }
    }
  }
  return results;
}

async function instructions(command, args, script, name, runs) {
  // of one length, whatever the number: bytes more could move a collection from the runs to the start-up
  const file = join(folder, `${String(runs).padStart(4, "0")}.js`);
  const tail = `bench(${JSON.stringify(name)}, ${String(runs).padEnd(4)});(typeof print === "undefined" ? console.log : print)("${DONE}");`;
  writeFileSync(file, `${script}\n${tail}\n`);
  const valgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null", command, ...args, file];
  const child = run("valgrind", valgrind, { timeout: 300_000, maxBuffer: 16 << 20, cwd: folder });
  child.child.stdin.end();
  const { stdout, stderr } = await child;
  if (!stdout.includes(DONE)) throw new Error(stdout);
  return Number(/Collected : (\d+)/.exec(stderr)[1]);
}

function print(engine, unit, results, cases, former) {
  console.log(`\n${engine}, ${unit}`);
  for (const { name, of, most } of cases) {
    const own = results[name][OWN];
    const notes = [];
    for (const [subject, cost] of Object.entries(results[name])) {
      if (subject === OWN || (name.startsWith("md5") && subject === "js-sha256")) continue;
      notes.push(cost === null ? `${subject} does not run` : `${(own / cost).toFixed(2)} of ${subject}`);
    }
    if (of !== undefined) notes.push(`${(own / results[of][OWN]).toFixed(3)} of its digest, goal ${most}`);
    const before = former?.[engine]?.[name]?.[OWN];
    if (before) notes.push(`${(100 * (own / before - 1)).toFixed(1)} % since`);
    const cost = own === null ? "fails" : unit === "us" ? own.toFixed(2) : (own / 1000).toFixed(1);
    console.log(`  ${name.padEnd(32)}${cost.padStart(10)}  ${notes.join(", ")}`);
  }
}

async function main() {
  const cases = await readCases();
  const scripts = await readScripts();
  const former = options.compare === undefined ? null : JSON.parse(readFileSync(options.compare, "utf8")).engines;
  const isAsked = name => options.only === undefined || options.only.split(",").includes(name);
  const machine = `${cpus()[0]?.model ?? "?"}, ${process.arch}, Node ${process.version}`;
  const engines = {};
  const show = (name, unit, results) => {
    engines[name] = results;
    if (!options.json) print(name, unit, results, cases, former);
  };
  for (const [name, prepare] of Object.entries(TIMED)) {
    if (!isAsked(name)) continue;
    const subjects = name === "node" ? SUBJECTS : SUBJECTS.filter(subject => subject !== "crypto");
    show(name, "us", await time(await prepare(), cases, scripts, subjects));
  }
  for (const command of Object.keys(ENGINES)) {
    if (!isAsked(command)) continue;
    if (!isOnPath(command) || !isOnPath("valgrind")) {
      console.error(`${command}: skipped, ${isOnPath(command) ? "valgrind" : "it"} is not on PATH`);
      continue;
    }
    const peers = SUBJECTS.filter(subject => subject !== "crypto");
    show(command, "thousand instructions", await count(command, cases, scripts, peers));
  }
  if (options.json) console.log(JSON.stringify({ machine, engines }, rounded, 1));
}

function rounded(_, value) {
  return typeof value === "number" ? Number(value.toPrecision(6)) : value;
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true });
}
