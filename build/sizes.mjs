/**
 * Compares the bytes of the flashed bundles, and of programs that import one reader or writer, with build/sizes.json.
 * npm run sizes: prints the bytes of each source in each bundle, the goals of build/goals.json, and the bytes of each reader.
 * npm run sizes -- --accept: writes the present sizes into build/sizes.json and the README's table.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { bundleDevice, DEVICES, ROOT } from "./device.mjs";

const FILE = join(ROOT, "build/sizes.json");
const INDEX = join(ROOT, "src/index.ts");
/** The engine whose bytecode and heap the README has: its values have the size that they have on a Cortex-M. */
const ENGINE = "mqjs32";
const NONE = "none";
/** Functions of the public API that work on their own. */
const READERS = /^(check|compute|create|is|locate|read|sizeOf|utf8|verify|write|count)[A-Z0-9]/;

/** `{ file: bytes }` of bundles from bundleDevice. */
export function measure(bundles) {
  return Object.fromEntries(bundles.map(({ file, code }) => [file, Buffer.byteLength(code)]));
}

/** `{ name: bytes }`: the minified program that imports only this function of the package; "" imports none. */
export async function measureReaders() {
  const exported = await namesIn(INDEX);
  const names = ["", ...exported.filter(name => READERS.test(name)).sort()];
  const { outputFiles } = await build({
    entryPoints: names.map(name => ({ in: `only:${name || NONE}`, out: name || NONE })),
    outdir: "/",
    plugins: [onlyOne],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2019",
    write: false,
    logLevel: "error", // a warning says that an import that uses nothing is left out
  });
  return Object.fromEntries(names.map((name, i) => [name, outputFiles[i].contents.length]));
}

async function namesIn(file) {
  const { metafile } = await build({
    ...{ entryPoints: [file], absWorkingDir: ROOT, bundle: true, format: "esm", write: false, metafile: true },
  });
  return Object.values(metafile.outputs)[0].exports;
}

const onlyOne = {
  name: "only one",
  setup(esbuild) {
    esbuild.onResolve({ filter: /^only:/ }, ({ path }) => ({ path: path.slice(5), namespace: "only" }));
    esbuild.onLoad({ filter: /.*/, namespace: "only" }, ({ path: name }) => ({
      contents:
        name === NONE ? `import ${JSON.stringify(INDEX)};` : `export { ${name} } from ${JSON.stringify(INDEX)};`,
      resolveDir: ROOT,
    }));
  },
};

/** Prints `sizes` beside bytecode and heap; returns a line for each bundle that has grown. */
export function checkSizes(sizes) {
  const committed = readSizes().bundles;
  const grown = [];
  for (const [file, bytes] of Object.entries(sizes)) {
    const most = committed[file];
    const notes = [deviceNote(file)];
    if (most === undefined)
      grown.push(`${file} is not in build/sizes.json. If it should be: npm run sizes -- --accept`);
    else if (bytes > most)
      grown.push(`${file} has grown from ${most} to ${bytes} bytes. If it is worth it: npm run sizes -- --accept`);
    else if (bytes < most) notes.push(`${most - bytes} less than committed`);
    console.log(`${file.padEnd(26)}${String(bytes).padStart(7)} bytes  ${notes.filter(Boolean).join("; ")}`);
  }
  return grown;
}

/** `{ bundles: { file: bytes }, readers: { name: bytes } }`, as committed. */
export function readSizes() {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

/** `{ bytecode, heap }` of a bundle in ENGINE, from build/heap.json; undefined for a bundle that is not measured. */
function onDevice(file) {
  const { mqjs, bytecode } = JSON.parse(readFileSync(join(ROOT, "build/heap.json"), "utf8"));
  const es5 = file.replace(/(\.es5)?\.js$/, ".es5.js");
  if (bytecode?.[es5] === undefined) return undefined;
  return { bytecode: bytecode[es5][ENGINE], heap: mqjs[es5][ENGINE].bytecode[1] };
}

function deviceNote(file) {
  const measured = file.endsWith(".es5.js") ? onDevice(file) : undefined;
  return measured && `${measured.bytecode} bytes of bytecode, ${measured.heap} KiB of heap in ${ENGINE} (npm run heap)`;
}

/** Writes the sizes of `bundles`, and of the readers, into build/sizes.json and the README's table. */
export async function acceptSizes(bundles) {
  writeFileSync(FILE, `${JSON.stringify({ bundles, readers: await measureReaders() }, null, 2)}\n`);
  writeReadme();
}

/** Writes the last three cells of each row that begins with a bundle's name: bytes, bytecode, heap. */
export function writeReadme() {
  const path = join(ROOT, "README.md");
  const lines = readFileSync(path, "utf8").split("\n");
  for (const [file, bytes] of Object.entries(readSizes().bundles)) {
    const i = lines.findIndex(line => line.startsWith(`| \`dist/${file}\``));
    if (i < 0) continue;
    const { bytecode = "-", heap } = onDevice(file) ?? {};
    const cells = lines[i].split("|");
    const values = [bytes, bytecode, heap === undefined ? "-" : `${heap} KiB`];
    cells.splice(-4, 3, ...values.map((value, k) => ` ${String(value).padEnd(cells.at(k - 4).length - 2)} `));
    lines[i] = cells.join("|");
  }
  writeFileSync(path, lines.join("\n"));
}

function printGoals(sizes) {
  const goals = JSON.parse(readFileSync(join(ROOT, "build/goals.json"), "utf8")).bytes;
  for (const [file, { most, why }] of Object.entries(goals)) {
    const over = sizes[file] - most;
    console.log(`${file}: goal ${most} bytes, ${over > 0 ? `MISSED by ${over}: ${why}` : "met"}`);
  }
}

async function main() {
  const made = [];
  for (const row of DEVICES) made.push(...(await bundleDevice(row)).bundles);
  const sizes = measure(made);
  if (process.argv.includes("--accept")) await acceptSizes(sizes);
  for (const { file, level, inputs } of made) {
    if (level === 5) continue; // the same sources again
    console.log(file);
    const rows = Object.entries(inputs).sort(([, a], [, b]) => b - a);
    for (const [source, bytes] of rows) if (bytes > 0) console.log(`${String(bytes).padStart(7)}  ${source}`);
  }
  console.log("\nA program that imports one function of the package:");
  for (const [name, bytes] of Object.entries(await measureReaders()))
    console.log(`${String(bytes).padStart(7)}  ${name || NONE}`);
  console.log("");
  process.exitCode = checkSizes(sizes).length > 0 ? 1 : 0;
  printGoals(sizes);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
