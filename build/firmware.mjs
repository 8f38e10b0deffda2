/**
 * Measures the resources of a firmware in QEMU on a Cortex-M3 (targets/firmware/README.md names the programs it needs). npm
 * run heap -- --accounts 2 --pending 4 --reason 430 prints the smallest heap of MicroQuickJS for so many DMAccs, waiting
 * sessions and bytes of Connect-Reason. npm run firmware prints the instructions of both boards.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { ROOT } from "./device.mjs";

let stopMachines = () => {};
const folder = mkdtempSync(join(tmpdir(), "pkg0-firmware-"));

/** Bundles test/targets/firmware-measure.ts as a module for Node. */
async function importMeasure() {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    stdin: {
      contents: `export * from "./test/targets/firmware-measure.ts"; export * from "./test/targets/qemu.ts";`,
      resolveDir: ROOT,
    },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  const file = join(folder, "measure.mjs");
  writeFileSync(file, outputFiles[0].text);
  return import(pathToFileURL(file).href);
}

async function printHeap(measure, values) {
  const scenario = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  const bytes = await measure.leastHeap(scenario, folder);
  const { accounts, pending, reason } = scenario;
  console.log(`${bytes} bytes of heap: accounts ${accounts}, pending ${pending}, Connect-Reason of ${reason} bytes`);
}

async function printCounts(measure) {
  const rows = {};
  for (const board of ["lm3s6965evb", "microbit"]) {
    const elf = await measure.makeFirmware(board, join(folder, board));
    const { verdict, total, ...counts } = await measure.countInstructions(board, elf, folder);
    const thousands = number => Math.round(number / 1000);
    rows[board] = {
      boot: thousands(counts.boot),
      "an idle second": thousands(counts.idleSecond),
      "verdict of one part": thousands(verdict.one),
      "of four": thousands(verdict.four),
      "one part, all": thousands(total.one),
      "four, all": thousands(total.four),
      "deepest C stack, bytes": counts.stackBytes,
      "a byte of a list, instructions": counts.listByte,
    };
  }
  console.log("Thousand Thumb instructions:");
  console.table(rows);
}

process.chdir(ROOT);
const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "1" },
    pending: { type: "string", default: "1" },
    reason: { type: "string", default: "0" },
    counts: { type: "boolean" },
  },
});
const { counts: isOfCounts, ...scenario } = values;
try {
  const measure = await importMeasure();
  stopMachines = measure.stopMachines;
  const missing = measure.missingForFirmware();
  if (missing.length > 0) {
    console.error(`Not measured, no ${missing.join(", no ")}`);
    process.exitCode = 1;
  } else if (isOfCounts) await printCounts(measure);
  else await printHeap(measure, scenario);
} finally {
  stopMachines();
  rmSync(folder, { recursive: true });
}
