/** Counts instructions of the QuickJS of WebAssembly: the same on every machine, with nothing but `npm ci`. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import ngVariant from "@jitl/quickjs-ng-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, newVariant, RELEASE_SYNC } from "quickjs-emscripten";
import { COUNTER, meter } from "./meter.mjs";
import { OWN, PEERS, subjectsOf } from "./scripts.mjs";

/** Runs to count in one go, behind one that is not counted. */
const RUNS = 4;
/** Both families of QuickJS, and where npm has put the module of each. */
export const METERED = {
  "quickjs-wasm": { variant: RELEASE_SYNC, module: "@jitl/quickjs-wasmfile-release-sync/wasm" },
  "quickjs-ng-wasm": { variant: ngVariant, module: "@jitl/quickjs-ng-wasmfile-release-sync/wasm" },
};

/** `{ quickjs, instructions }`: the engine, and how many instructions it has run. */
async function openMetered({ variant, module }) {
  const metered = new WebAssembly.Module(meter(readFileSync(createRequire(import.meta.url).resolve(module))));
  let counter;
  const instantiateWasm = (imports, onSuccess) => {
    const instance = new WebAssembly.Instance(metered, imports);
    counter = instance.exports[COUNTER];
    onSuccess(instance);
    return instance.exports;
  };
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { emscriptenModule: { instantiateWasm } }));
  return { quickjs, instructions: () => Number(counter.value) };
}

/** As `count` of count.mjs. */
export async function countMetered(name, cases, scripts, others = PEERS) {
  const { quickjs, instructions } = await openMetered(METERED[name]);
  const results = Object.fromEntries(cases.map(each => [each.name, {}]));
  for (const subject of [...OWN, ...others]) {
    const context = quickjs.newContext();
    const evaluate = code => context.unwrapResult(context.evalCode(code, "bench.js", { type: "global" }));
    const now = context.newFunction("now", () => context.newNumber(instructions()));
    context.setProp(context.global, "now", now);
    now.dispose();
    evaluate(scripts[subject][2019]).dispose();
    const bench = (name, runs) =>
      evaluate(`bench(${JSON.stringify(name)}, 1, ${runs}, now)`).consume(context.getNumber);
    for (const each of cases) {
      if (!subjectsOf(each, false).includes(subject)) continue;
      const runs = Math.min(each.runs - 1, RUNS);
      results[each.name][subject] = (bench(each.name, runs) - bench(each.name, 0)) / runs;
    }
    context.dispose();
  }
  return results;
}
