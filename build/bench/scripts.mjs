/** The scripts that npm run bench runs: ours with each of the two hashes, and those of peers. */
import { build, transform } from "esbuild";
import ts from "typescript";
import { BENCHES, bundleDevice, ROOT } from "../device.mjs";

export const OWN = Object.keys(BENCHES);
export const PEERS = ["noble", "js-sha256"];
/** Node alone has it. */
export const NATIVE = "crypto";

/** `{ name, of, isOwn, isLong, runs }` of each case. */
export async function readCases() {
  const code = await bundleScript("build/bench/cases.ts", "esm");
  const { newCases } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return newCases().map(({ name, of, runs, isLong = false, create }) => ({ name, of, runs, isLong, isOwn: !create }));
}

/** The programs that a case compares. */
export function subjectsOf({ name, isOwn }, isNode) {
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

/** `{ subject: { 2019: script, 5: script } }`; ours begin with the sources that are flashed, built as they are. */
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
