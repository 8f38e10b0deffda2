/**
 * npm run engines: runs the bundles in each engine on PATH: counts the checks that pass; finds the smallest heaps in which
 * the client, and the bundle of the engine's own target, accept a notification; counts the instructions of that verdict. It
 * measures only what has changed: cells of another bundle, or of another build of the engine. Each number goes at once into
 * build/engines.json and the tables of targets/README.md and README.md, so an interrupted run goes on where it stopped.
 * The rows of the firmware (engines/firmware.mjs) go the same way, by build/firmware.json, all at once.
 *   --about FILE    JSON, by command: the commit and flags of the build, which a program does not know of itself
 *   --only a,b      only these engines, by command; firmware is one of them
 *   --cells a,b     only these of checks, clientHeap, instructions, targetHeap
 *   --again         measures up-to-date cells too
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { countBetweenMarks } from "./bench/callgrind.mjs";
import { ROOT } from "./device.mjs";
import { ENGINES } from "./engine-table.mjs";
import { digestOfImage, measureFirmware, readFirmware, writeFirmware } from "./engines/firmware.mjs";
import { clientHeap, espruinoHeap, hostHeap, output, quickjsHeap, removeFiles, write } from "./engines/heaps.mjs";
import { countedProgram, pushes } from "./engines/programs.mjs";
import { bundlesOf, copiedHeap, readBundle, readRows, writeRows } from "./engines/table.mjs";
import { isOnPath } from "./on-path.mjs";

const TARGET_HEAPS = { qjs: quickjsHeap, "qjs-ng": quickjsHeap, espruino: espruinoHeap };

const { values: options } = parseArgs({
  options: {
    about: { type: "string" },
    only: { type: "string" },
    cells: { type: "string" },
    again: { type: "boolean" },
  },
});

async function checks(command, file) {
  const [, passed, failed] =
    /(\d+) passed, (\d+) failed/.exec(await output(command, [...ENGINES[command].args, file])) ?? [];
  if (passed === undefined) return "do not run";
  return failed === "0" ? `${passed} passed` : `${failed} of ${Number(passed) + Number(failed)} failed`;
}

/** Thousands, from a datagram to the accepted notification. */
async function instructions(command, code, messages) {
  if (!isOnPath("valgrind")) return undefined;
  const program = countedProgram(messages);
  const { between, printed } = await countBetweenMarks(command, ENGINES[command].args, code, program);
  return /accepted 4/.test(printed) ? (between[1] / 2000).toFixed(0) : undefined;
}

/** Undefined where this machine cannot measure it. */
function measure(cell, command, file, messages) {
  const path = join(ROOT, "dist", file);
  const code = readFileSync(path, "utf8");
  if (cell === "checks") return checks(command, path);
  if (cell === "instructions") return instructions(command, code, messages);
  if (cell === "clientHeap") return clientHeap(command, ENGINES[command], code, messages[0]);
  return (TARGET_HEAPS[command] ?? hostHeap)(command, ENGINES[command], code, messages[0]);
}

async function versionOf(command) {
  const { version } = ENGINES[command];
  if (version === undefined) return undefined;
  const args = version[0].length > 0 ? version[0] : [write("empty.js", "")];
  return version[1].exec(await output(command, args))?.[1];
}

/** Renews the cells of `command` in `rows`; calls `keep` after each. */
async function renew(command, rows, about, messages, keep) {
  const version = await versionOf(command);
  const former = rows[command] ?? {};
  const isSameBuild = former.version === version && former.about === (about ?? former.about);
  const row = { version, about: about ?? (isSameBuild ? former.about : undefined), cells: former.cells ?? {} };
  rows[command] = row;
  for (const [cell, file] of Object.entries(bundlesOf(command))) {
    if (options.cells !== undefined && !options.cells.split(",").includes(cell)) continue;
    if (cell === "targetHeap" && copiedHeap(command) !== undefined) continue;
    const today = readBundle(file);
    if (isSameBuild && !options.again && row.cells[cell]?.bundle === today.bundle) continue;
    const from = performance.now();
    const value = await measure(cell, command, file, messages);
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    console.log(`${command.padEnd(10)}${cell.padEnd(14)}${value ?? "not measured"}  (${seconds} s)`);
    if (value === undefined || value === "-") delete row.cells[cell];
    else row.cells[cell] = { value, ...today, measured: new Date().toISOString().slice(0, 10) };
    keep();
  }
}

/** Counts the images of targets/firmware again when one of their sources has changed. */
async function renewFirmware(about) {
  const former = readFirmware();
  const isSameBuild = former.about === (about ?? former.about);
  const isOld = former.image !== digestOfImage() || !isSameBuild || options.again === true;
  const record = isOld
    ? await measureFirmware(about ?? former.about, each => console.log(`firmware  ${each}`))
    : former;
  if (record === null) console.error("firmware: its record stays; what is of other sources gets a star");
  writeFirmware(record ?? former);
}

function isChosen(name) {
  return options.only === undefined || options.only.split(",").includes(name);
}

async function main() {
  const about = options.about === undefined ? {} : JSON.parse(readFileSync(options.about, "utf8"));
  const messages = await pushes();
  const rows = readRows();
  const keep = () => writeRows(rows);
  for (const command of Object.keys(ENGINES)) {
    if (!isChosen(command)) continue;
    if (isOnPath(command)) await renew(command, rows, about[command], messages, keep);
    else console.error(`${command}: not on PATH; what it measured with other bundles gets a star`);
  }
  keep();
  if (isChosen("firmware")) await renewFirmware(about.firmware);
}

try {
  await main();
} finally {
  removeFiles();
}
