/**
 * Compares the bytes of the flashed bundles with the committed build/sizes.json and the goals in build/goals.json. npm run
 * sizes prints the bytes of each source in each bundle. npm run sizes -- --accept writes the present sizes there and into
 * the README's table.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { bundleDevice, DEVICES, ROOT } from "./device.mjs";

const FILE = join(ROOT, "build/sizes.json");

/** `{ file: { bytes, gzip } }` of bundles as bundleDevice makes them. */
export function measure(bundles) {
  const sizes = {};
  for (const { file, code } of bundles) {
    sizes[file] = { bytes: Buffer.byteLength(code), gzip: gzipSync(code, { level: 9 }).length };
  }
  return sizes;
}

/** Prints `sizes` beside the committed ones; returns a line for each bundle that has grown. Only minified bytes count: gzip's differ between versions of Node. */
export function checkSizes(sizes) {
  const committed = readSizes();
  const goals = JSON.parse(readFileSync(join(ROOT, "build/goals.json"), "utf8")).bytes;
  const grown = [];
  for (const [file, { bytes, gzip }] of Object.entries(sizes)) {
    const { bytes: most } = committed[file] ?? {};
    const goal = goals[file];
    const notes = [];
    if (goal !== undefined) {
      const isOver = bytes > goal.bytes || gzip > goal.gzip;
      notes.push(`${isOver ? "OVER THE GOAL of" : "goal"} ${goal.bytes} (gzip ${goal.gzip})`);
    }
    if (most === undefined)
      grown.push(`${file} is not in build/sizes.json. If it should be: npm run sizes -- --accept`);
    else if (bytes > most)
      grown.push(`${file} has grown from ${most} to ${bytes} bytes. If it is worth it: npm run sizes -- --accept`);
    else if (bytes < most) notes.push(`${most - bytes} less than committed`);
    console.log(
      `${file.padEnd(24)}${String(bytes).padStart(7)} bytes ${String(gzip).padStart(6)} gzip  ${notes.join("; ")}`,
    );
  }
  return grown;
}

function readSizes() {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

/** Writes the present sizes into build/sizes.json and the README's table. */
export function acceptSizes(sizes) {
  writeFileSync(FILE, `${JSON.stringify(sizes, null, 2)}\n`);
  writeReadme(sizes);
}

/** The last two cells of a row that begins with the bundle's name are its sizes. */
function writeReadme(sizes) {
  const path = join(ROOT, "README.md");
  const lines = readFileSync(path, "utf8").split("\n");
  for (const [file, { bytes, gzip }] of Object.entries(sizes)) {
    const i = lines.findIndex(line => line.startsWith(`| \`dist/${file}\``));
    if (i < 0) continue;
    const cells = lines[i].split("|");
    cells.splice(-3, 2, ...[bytes, gzip].map((size, k) => ` ${String(size).padEnd(cells.at(k - 3).length - 2)} `));
    lines[i] = cells.join("|");
  }
  writeFileSync(path, lines.join("\n"));
}

async function main() {
  const made = [];
  for (const row of DEVICES) made.push(...(await bundleDevice(row)).bundles);
  const sizes = measure(made);
  if (process.argv.includes("--accept")) acceptSizes(sizes);
  for (const { file, level, inputs } of made) {
    if (level === 5) continue; // these have the same sources
    console.log(file);
    const rows = Object.entries(inputs).sort(([, a], [, b]) => b - a);
    for (const [source, bytes] of rows) if (bytes > 0) console.log(`${String(bytes).padStart(7)}  ${source}`);
  }
  process.exitCode = checkSizes(sizes).length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
