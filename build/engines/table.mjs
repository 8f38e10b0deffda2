/**
 * The table of engines: build/engines.json has what was measured, cell by cell with the digest of the bundle that it was
 * measured with, and the READMEs have it between two marks.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../device.mjs";
import { ENGINES } from "../engine-table.mjs";

const FILE = join(ROOT, "build/engines.json");
const [BEGIN, END] = ["<!-- engines: npm run engines -->", "<!-- /engines -->"];
const COLUMNS = [
  ...["engine", "version", "checks", "client, bytes", "client, heap", "thousand instructions"],
  ...["target, bytes", "target, heap", "measured"],
];
/** The columns of each page, by number. */
export const PAGES = { "targets/README.md": [0, 1, 2, 3, 4, 5, 6, 7, 8], "README.md": [0, 1, 2, 3, 5, 7, 8] };

/** The bundle that is the engine's own target. */
const TARGETS = {
  ...{ qjs: "quickjs.js", "qjs-ng": "quickjs.js", espruino: "espruino.native.js", jerry: "host-functions.js" },
  ...{
    xst: "moddable.js",
    mqjs: "mquickjs.es5.js",
    mqjs32: "mquickjs.es5.js",
    duk: "host-functions.es5.js",
  },
};

/** Heaps that a firmware fixes: where the README of the target says what it measured. */
const COPIED = {
  jerry: ["jerryscript", /`JERRY_GLOBAL_HEAP_SIZE`, with the script \| (\d+)/, "KiB"],
  xst: ["moddable", /with a modem,[^|]*\| (\d+) KB/, "KiB beside the preloaded module"],
};

/** By cell: the file in dist/ that it is measured with, of an engine. */
export function bundlesOf(command) {
  const end = ENGINES[command].level === 5 ? ".es5.js" : ".js";
  const client = `pkg0.client${end}`;
  return { checks: `test/engine-suite${end}`, clientHeap: client, instructions: client, targetHeap: TARGETS[command] };
}

/** `{ digest, bytes }` of a file in dist/. */
export function readBundle(file) {
  const bytes = readFileSync(join(ROOT, "dist", file));
  return { bytes: bytes.length, bundle: createHash("sha256").update(bytes).digest("hex").slice(0, 16) };
}

/** "64 KiB (copied)" as the target's README has it today; undefined for an engine in which it is measured. */
export function copiedHeap(command) {
  if (COPIED[command] === undefined) return undefined;
  const [target, pattern, unit] = COPIED[command];
  const found = pattern.exec(readFileSync(join(ROOT, "targets", target, "README.md"), "utf8"));
  if (found === null) throw new Error(`targets/${target}/README.md has no row with ${pattern}`);
  return `${found[1]} ${unit} (copied)`;
}

/** `{ command: { version, about, cells: { cell: { value, bundle, bytes, measured } } } }` */
export function readRows() {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

/** Writes `rows` there, and their tables into the pages. */
export function writeRows(rows) {
  writeFileSync(FILE, `${JSON.stringify(rows, null, 1)}\n`);
  for (const path of Object.keys(PAGES)) {
    const { before, after } = splitPage(path);
    writeFileSync(join(ROOT, path), `${before}${BEGIN}\n\n${tableOf(rows, path)}\n\n${END}${after}`);
  }
}

function splitPage(path) {
  const [before, rest] = readFileSync(join(ROOT, path), "utf8").split(BEGIN);
  const [table, after] = rest.split(END);
  return { before, table: table.trim(), after };
}

/** The table that stands in a page. */
export function readTable(path) {
  return splitPage(path).table;
}

/** A number that was measured with another bundle than that of dist/ has a star. */
export function tableOf(rows, path) {
  const commands = Object.keys(ENGINES).filter(command => rows[command] !== undefined);
  const lines = [COLUMNS, COLUMNS.map(() => "---"), ...commands.map(command => cellsOf(command, rows[command]))];
  return lines.map(cells => `| ${PAGES[path].map(column => cells[column]).join(" | ")} |`).join("\n");
}

function cellsOf(command, { version, about, cells }) {
  const bundles = bundlesOf(command);
  const isOld = name => cells[name] !== undefined && cells[name].bundle !== readBundle(bundles[name]).bundle;
  const star = name => (isOld(name) ? " *" : "");
  const cell = name => (cells[name] === undefined ? "-" : `${cells[name].value}${star(name)}`);
  const bytes = name => (cells[name] === undefined ? "-" : `${cells[name].bytes}${star(name)}`);
  const days = Object.values(cells).map(({ measured }) => measured);
  return [
    `${ENGINES[command].name} (\`${command}\`)`,
    [version, about].filter(Boolean).join(", ") || "-",
    cell("checks"),
    bytes("instructions"),
    cell("clientHeap"),
    cell("instructions"),
    copiedHeap(command) === undefined ? bytes("targetHeap") : `${readBundle(TARGETS[command]).bytes}`,
    copiedHeap(command) ?? cell("targetHeap"),
    days.sort()[0] ?? "-",
  ];
}
