/** The client allocates nothing for a rejected message, and a fixed number of blocks for an accepted one. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten";
import ts from "typescript";
import { afterAll, describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { QUICKJS } from "./quickjs.ts";

/** Blocks for one accepted message, session and sessionDone included, in Duktape; targets/admission.md states it. */
const ACCEPTED_BLOCKS_MAX = 68;
const FATES = 24;

const { outputFiles } = await build({
  entryPoints: ["test/engines/allocations.ts"],
  bundle: true,
  format: "iife",
  target: "es2019",
  write: false,
});
const fates = outputFiles[0]!.text;
const script = readFileSync("dist/pkg0.client.js", "utf8") + fates;

describe.each(Object.entries(QUICKJS))("%s", (_, variant) => {
  test("a rejected message of any kind leaves nothing behind, and an accepted one nothing but what is remembered", async () => {
    const quickjs = await newQuickJSWASMModuleFromVariant(variant);
    const runtime = quickjs.newRuntime();
    const context = runtime.newContext();
    const lines: string[] = [];
    const print = context.newFunction("print", line => {
      lines.push(context.getString(line));
    });
    context.setProp(context.global, "print", print);
    print.dispose();
    const evaluate = (code: string) =>
      context.unwrapResult(context.evalCode(code)).consume(value => context.dump(value));
    const usage = () => {
      const { malloc_count, obj_count, memory_used_size } = runtime
        .computeMemoryUsage()
        .consume(handle => context.dump(handle));
      return { malloc_count, obj_count, memory_used_size };
    };

    evaluate(script);
    expect(lines).toEqual([`${FATES} rejected`]);
    evaluate("allocations.reject(1)");
    const before = usage();
    evaluate("allocations.reject(400)");
    expect(usage()).toEqual(before);

    // eight remembered, then each new one takes the place of another
    evaluate("allocations.accept(20)");
    const full = usage();
    expect(evaluate("allocations.accept(50)")).toBe(50);
    expect(usage()).toEqual(full);
    context.dispose();
    runtime.dispose();
  });
});

const hasTools = isOnPath("duk") && isOnPath("valgrind");

// Duktape calls malloc for each block; QuickJS takes them from larger ones, where they cannot be counted
describe("every block that Duktape asks for, also those it gives back", () => {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-allocations-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const es5 = ts.transpileModule(fates, {
    compilerOptions: { target: ts.ScriptTarget.ES5, ignoreDeprecations: "6.0" },
  }).outputText;

  /** The blocks that `code`, run after the script, allocates. */
  function countBlocks(code: string): number {
    const file = join(folder, "script.js");
    writeFileSync(file, `${readFileSync("dist/pkg0.client.es5.js", "utf8")}${es5}\n${code}`);
    const { stderr } = spawnSync("valgrind", ["--undef-value-errors=no", "duk", file], { encoding: "utf8" });
    return Number(/total heap usage: ([\d,]+) allocs/.exec(stderr)?.[1]?.replaceAll(",", ""));
  }

  const name = "none for a rejected message, a fixed number for an accepted one";
  test.skipIf(!hasTools)(hasTools ? name : `${name}: skipped, no duk or valgrind on PATH`, () => {
    // a garbage collection in one of the spans changes its count; the blocks of a message are in all spans
    const counts = [2, 5, 8, 11].map(rounds => countBlocks(`allocations.reject(${rounds})`));
    const differences = counts.slice(1).map((count, i) => count - counts[i]!);
    expect(differences.sort((a, b) => a - b)[1]).toBe(0);
    const each = (countBlocks("allocations.accept(60)") - countBlocks("allocations.accept(20)")) / 40;
    console.log(`${each} blocks for an accepted message with its session`);
    expect(each).toBeGreaterThan(0);
    expect(each).toBeLessThanOrEqual(ACCEPTED_BLOCKS_MAX);
  });
});
