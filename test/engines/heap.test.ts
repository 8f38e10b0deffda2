/** Compares the heap that a client needs with build/heap.json, and checks that it does not grow with the number of messages. */
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { MEASURED, measureBytecode, measureHeaps, measureQuickjs, readHeaps } from "../../build/heap.mjs";
import { isOnPath } from "../../build/on-path.mjs";
import { QUICKJS, runInQuickjs } from "./quickjs.ts";

type Pairs = Record<string, Record<string, [number, number]>>;
type Bytecode = Record<string, Record<string, number>>;
const committed = readHeaps() as { mqjs: Record<string, Pairs>; bytecode: Bytecode; quickjs: Pairs };

describe("the smallest heap of MicroQuickJS, in", () => {
  for (const engine of MEASURED) {
    const name = `${engine}: KiB to load each bundle, and to accept a message`;
    test.skipIf(!isOnPath(engine))(isOnPath(engine) ? name : `${name}: skipped, not on PATH`, async () => {
      const heaps = (await measureHeaps([engine])) as Record<string, Pairs>;
      for (const [bundle, now] of Object.entries(heaps)) {
        for (const [form, [loads, accepts]] of Object.entries(now[engine]!)) {
          const [loadsMost, acceptsMost] = committed.mqjs[bundle]![engine]![form]!;
          expect(loads, `${bundle} from ${form}, loaded`).toBeLessThanOrEqual(loadsMost);
          expect(accepts, `${bundle} from ${form}, message accepted`).toBeLessThanOrEqual(acceptsMost);
        }
      }
      for (const [bundle, bytes] of Object.entries((await measureBytecode([engine])) as Bytecode))
        expect(bytes[engine], `${bundle}, bytecode`).toBeLessThanOrEqual(committed.bytecode[bundle]![engine]!);
    });
  }
});

test("bytes in QuickJS: each bundle loaded, and a message accepted", async () => {
  const bytes = (await measureQuickjs(QUICKJS)) as Pairs;
  for (const [bundle, variants] of Object.entries(bytes)) {
    for (const [variant, [loaded, accepted]] of Object.entries(variants)) {
      const [loadedMost, acceptedMost] = committed.quickjs[bundle]![variant]!;
      expect(loaded, `${bundle} in ${variant}, loaded`).toBeLessThanOrEqual(loadedMost);
      expect(accepted, `${bundle} in ${variant}, message accepted`).toBeLessThanOrEqual(acceptedMost);
    }
  }
});

describe("no growth over 10,000 messages of each kind, in", async () => {
  const { outputFiles } = await build({
    entryPoints: ["test/engines/allocations.ts"],
    bundle: true,
    format: "iife",
    target: "es2019",
    write: false,
  });
  const script = readFileSync("dist/pkg0.client.js", "utf8") + outputFiles[0]!.text;

  test.each(Object.entries(QUICKJS))("%s", { timeout: 300_000 }, async (_, variant) => {
    const board = await runInQuickjs(variant, 4 << 20, script);
    expect(board.lines.join("\n")).toMatch(/^\d+ rejected$/);
    for (const call of ["reject", "acceptNew", "acceptNew12"]) {
      board.evaluate(`allocations.${call}(20)`);
      const before = board.usedBytes();
      board.evaluate(`var times = allocations.${call}(10000); if (times !== 10000) throw "not all: " + times`);
      expect(board.usedBytes(), call).toBe(before);
    }
    board.dispose();
  });
});
