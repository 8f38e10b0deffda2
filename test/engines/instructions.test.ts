/**
 * Compares the instructions of our SHA-256 with those of another library, as valgrind counts them. `npm run bench` measures
 * the rest.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { count, readCases, readScripts } from "../../build/bench/measure.mjs";
import { ENGINES } from "../../build/engine-table.mjs";
import { isOnPath } from "../../build/on-path.mjs";

const CASE = "sha256 64 B";
const PEER = "js-sha256";
const cases = (await readCases()).filter(({ name }: { name: string }) => name === CASE);
const scripts = await readScripts();
const { ofPeers } = JSON.parse(readFileSync("build/goals.json", "utf8"));

describe(`${CASE}, with each of the two hashes, of ${PEER} in`, () => {
  // the other library runs only in these engines
  for (const command of ["qjs", "qjs-ng", "jerry", "xst", "duk"]) {
    const missing = [command, "valgrind"].filter(program => !isOnPath(program));
    const note = missing.length > 0 ? `: skipped, no ${missing.join(", no ")} on PATH` : "";
    test.skipIf(note !== "")(`${ENGINES[command]!.name} (${command})${note}`, { timeout: 300_000 }, async () => {
      const results = (await count(command, cases, scripts, [PEER])) as Record<string, Record<string, number>>;
      const counts = results[CASE]!;
      for (const kind of ["small", "fast"]) {
        const ratio = counts[kind]! / counts[PEER]!;
        console.log(`${command}, ${kind}: ${ratio.toFixed(3)}`);
        expect(ratio).toBeLessThan(ofPeers[kind][""][CASE][PEER]);
      }
    });
  }
});
