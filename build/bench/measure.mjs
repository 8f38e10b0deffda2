/** Counts and times the cases of cases.ts, for our code with each of its two hashes, and for other libraries. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import vm from "node:vm";
import ngVariant from "@jitl/quickjs-ng-wasmfile-release-sync";
import { build, transform } from "esbuild";
import { newQuickJSWASMModuleFromVariant, RELEASE_SYNC } from "quickjs-emscripten";
import ts from "typescript";
import { BENCHES, bundleDevice, ROOT } from "../device.mjs";
import { ENGINES } from "../engine-table.mjs";

export const OWN = Object.keys(BENCHES);
const PEERS = ["noble", "js-sha256"];
/** Node alone has it. */
const NATIVE = "crypto";

export const TIMED = {
  node: () => openInNode,
  quickjs: () => openInQuickjs(RELEASE_SYNC),
  "quickjs-ng": () => openInQuickjs(ngVariant),
};

export const SAMPLES = 9;
const SAMPLE_MS = 10;
const COUNT_MS = 300_000;
const DONE = "bench is done";
const run = promisify(execFile);

/** `{ name, of, isOwn, runs }` of each case. */
export async function readCases() {
  const code = await bundleScript("build/bench/cases.ts", "esm");
  const { newCases } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return newCases().map(({ name, of, runs, create }) => ({ name, of, runs, isOwn: !create }));
}

/** The implementations that a case measures. */
function subjectsOf({ name, isOwn }, isNode) {
  if (isOwn) return OWN;
  const peers = name.startsWith("md5") ? ["noble"] : PEERS;
  return [...OWN, ...peers, ...(isNode ? [NATIVE] : [])];
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

/** `{ subject: { 2019: script, 5: script } }`; our scripts begin with the sources that are flashed, built in the same way. */
export async function readScripts() {
  const scripts = {};
  for (const subject of [...PEERS, NATIVE, "pkg0"]) {
    const code = await bundleScript(`build/bench/${subject}.ts`, subject === NATIVE ? "cjs" : "iife");
    scripts[subject] = { 2019: code, 5: await lower(code) };
  }
  for (const [kind, row] of Object.entries(BENCHES)) {
    const { bundles } = await bundleDevice(row);
    scripts[kind] = Object.fromEntries(bundles.map(({ level, code }) => [level, code + scripts.pkg0[level]]));
  }
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

/** `{ case: { subject: microseconds, or an error } }`: the median of SAMPLES; the subjects take turns. */
export async function time(open, cases, scripts, isNode) {
  const opened = {};
  for (const subject of [...OWN, ...PEERS, ...(isNode ? [NATIVE] : [])])
    opened[subject] = await open(scripts[subject][2019]);
  const results = {};
  for (const each of cases) {
    const samples = {};
    for (let i = -1; i < SAMPLES; i++) {
      for (const subject of subjectsOf(each, isNode)) {
        const sample = sampleOf(opened[subject].bench, each.name, each.runs);
        samples[subject] ??= [];
        if (i >= 0) samples[subject].push(sample); // the first one warms up
      }
    }
    results[each.name] = {};
    for (const [subject, all] of Object.entries(samples)) {
      results[each.name][subject] = all.sort((a, b) => a - b)[all.length >> 1];
    }
  }
  for (const each of Object.values(opened)) each.dispose();
  return results;
}

function sampleOf(bench, name, runs) {
  let ms = 0;
  let count = 0;
  const end = performance.now() + 5 * SAMPLE_MS; // for a case whose set-up takes longer than its runs
  while (ms < SAMPLE_MS && (count === 0 || performance.now() < end)) {
    ms += bench(name, runs);
    count += runs;
  }
  return (1000 * ms) / count;
}

/** `{ case: { subject: instructions, or an error } }`; `others` are the other libraries to measure. */
export async function count(command, cases, scripts, others = PEERS) {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-bench-"));
  const { level, args, runsMax = 8 } = ENGINES[command];
  const results = {};
  try {
    for (const each of cases) {
      results[each.name] = {};
      const n = Math.min(each.runs / 2, runsMax);
      for (const subject of subjectsOf(each, false).filter(one => OWN.includes(one) || others.includes(one))) {
        // an engine may parse a library in ES5 but not in ES2019
        for (const code of level === 5 ? [scripts[subject][5]] : [scripts[subject][2019], scripts[subject][5]]) {
          const counts = [];
          for (const runs of [n, 2 * n]) counts.push(await instructions(command, args, code, each.name, runs, folder));
          const fault = counts.find(one => typeof one === "string");
          results[each.name][subject] = fault ?? (counts[1] - counts[0]) / n;
          if (fault === undefined || OWN.includes(subject)) break;
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return results;
}

/** Instructions of a whole run, or an error: "does not run" only when the script was seen to throw. */
async function instructions(command, args, script, name, runs, folder) {
  // always the same length: more bytes could move a garbage collection from the runs to the start
  const file = join(folder, `${String(runs).padStart(4, "0")}.js`);
  const tail = `bench(${JSON.stringify(name)}, ${String(runs).padEnd(4)});(typeof print === "undefined" ? console.log : print)("${DONE}");`;
  writeFileSync(file, `${script}\n${tail}\n`);
  const valgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null", command, ...args, file];
  const child = run("valgrind", valgrind, { timeout: COUNT_MS, maxBuffer: 16 << 20, cwd: folder });
  child.child.stdin.end();
  const { stdout, stderr, killed, code } = await child.catch(error => error);
  if (killed) return `timed out after ${COUNT_MS / 1000} s`;
  const counted = /Collected : (\d+)/.exec(stderr ?? "");
  if (counted !== null && stdout.includes(DONE)) return Number(counted[1]);
  return /error|uncaught|exception/i.test(`${stdout}${(stderr ?? "").replace(/^==.*$/gm, "")}`)
    ? "does not run"
    : `fails (${code})`;
}
