/**
 * The table of the firmware: build/firmware.json has what was counted in QEMU, with the digest of the image's sources, and
 * targets/README.md has it between two marks.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { ROOT } from "../device.mjs";

const FILE = join(ROOT, "build/firmware.json");
const PAGE = join(ROOT, "targets/README.md");
const [BEGIN, END] = ["<!-- firmware: npm run engines -->", "<!-- /firmware -->"];

/** The boards, and the one that has SHA-256 in C too, where its headers are found. */
export const IMAGES = {
  lm3s6965evb: { board: "lm3s6965evb", title: "Cortex-M3" },
  "lm3s6965evb-sha256": { board: "lm3s6965evb", title: "Cortex-M3, SHA-256 in C" },
  microbit: { board: "microbit", title: "Cortex-M0, SHA-256 in C" },
};

/** One row a number: what it is, the most that it may be, and whether it is in thousand instructions. */
const ROWS = {
  boot: { what: "boot: from the reset to the main loop, one account stored", most: 1300, isCounted: true },
  idleSecond: { what: "a second in which nothing arrives", most: 8, isCounted: true },
  verdictOne: {
    what: "verdict of one part, from its last byte to its saved record",
    most: [1200, 500],
    isCounted: true,
  },
  verdictFour: { what: "the same of four parts, with a Connect-Reason of 400 bytes", most: 7000, isCounted: true },
  allOne: { what: "all for one part: AT commands, verdict, session, deletion", isCounted: true },
  allFour: { what: "all for four parts", isCounted: true },
  heapOne: { what: "least heap for one part, bytes", most: 20 * 1024 },
  heapFour: { what: "least heap for four parts, bytes", most: 22 * 1024 },
  stackBytes: { what: "deepest C stack, bytes" },
  imageBytes: { what: "image, bytes of flash" },
};

/** Assumed cycles of an instruction, wait states of flash included, and the clocks of the table. */
const CYCLES = 1.5;
const MEGAHERTZ = [48, 64, 168];

/** The digest of everything that is in an image but for the engine. */
export function digestOfImage() {
  const hash = createHash("sha256");
  const folders = ["targets/firmware", "targets/host-functions", "targets/mquickjs"];
  const sources = folders.flatMap(folder => readdirSync(join(ROOT, folder)).map(name => join(folder, name)));
  const parts = sources.filter(path => /\.(c|h|ld)$|Makefile$/.test(path)).sort();
  for (const path of ["dist/mquickjs.es5.js", ...parts]) hash.update(readFileSync(join(ROOT, path))).update("\0");
  return hash.digest("hex").slice(0, 16);
}

/** `{ about, measured, image, counts: { image: { row: number } }, floors: { image: { row: number } } }` */
export function readFirmware() {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

/** The record and its table. */
export function writeFirmware(record) {
  writeFileSync(FILE, `${JSON.stringify(record, null, 1)}\n`);
  const { before, after } = splitPage();
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${firmwareTableOf(record)}\n\n${END}${after}`);
}

function splitPage() {
  const [before, rest] = readFileSync(PAGE, "utf8").split(BEGIN);
  const [table, after] = rest.split(END);
  return { before, table: table.trim(), after };
}

/** The table that stands in the page. */
export function readFirmwareTable() {
  return splitPage().table;
}

/** Numbers of another image than that of today have a star. */
export function firmwareTableOf({ about, measured, image, counts, floors }) {
  const star = image === digestOfImage() ? "" : " *";
  const images = Object.keys(IMAGES).filter(name => counts[name] !== undefined);
  const heads = images.flatMap(name => [`${IMAGES[name].title}${star}`, "floor", "ms"]);
  const lines = [["", "at most", ...heads]];
  lines.push(lines[0].map(() => "---"));
  for (const [row, { what, most, isCounted }] of Object.entries(ROWS)) {
    const mosts = [most ?? []].flat();
    const cells = images.flatMap(name => {
      const value = shown(counts[name][row], isCounted);
      const goal = IMAGES[name].title.includes("in C") ? mosts.at(-1) : mosts[0];
      const floor = shown(floors[name]?.[row], isCounted);
      const isMissed = goal !== undefined && value !== "-" && Number(value) > goal;
      return [isMissed ? `**${value}**` : value, floor, isCounted ? timesOf(counts[name][row]) : "-"];
    });
    lines.push([what, mosts.join(", with C ") || "-", ...cells]);
  }
  const table = lines.map(cells => `| ${cells.join(" | ")} |`).join("\n");
  return `${table}\n\nMeasured on ${measured} with ${about}.`;
}

function shown(number, isCounted) {
  if (typeof number !== "number") return "-";
  return `${isCounted ? Math.round(number / 1000) : number}`;
}

/** Milliseconds at each clock. */
function timesOf(instructions) {
  if (typeof instructions !== "number") return "-";
  const times = MEGAHERTZ.map(megahertz => (instructions * CYCLES) / megahertz / 1000);
  return times.map(each => (each < 10 ? each.toFixed(1) : each.toFixed(0))).join(", ");
}

/** What measures images, as a module for Node, and a folder for what it makes; `close` ends machines and removes both. */
export async function openFirmware() {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-firmware-"));
  const names = ["measure", "heap", "ring"].map(name => `export * from "./test/targets/firmware-${name}.ts";`);
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    stdin: { contents: `${names.join("\n")} export * from "./test/targets/qemu.ts";`, resolveDir: ROOT },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    external: ["../../build/*"],
    write: false,
  });
  // beside the sources, because it imports those of build/ and their packages
  const file = join(ROOT, "dist/test/firmware-measure.mjs");
  writeFileSync(file, outputFiles[0].text);
  process.chdir(ROOT);
  const measure = await import(pathToFileURL(file).href);
  rmSync(file);
  const missing = measure.missingForFirmware();
  return {
    missing,
    ...measure,
    folder,
    close() {
      measure.stopMachines();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Measures all images; null where a tool is missing. `about` says what the engine is, `say` is told what is measured. */
export async function measureFirmware(about, say) {
  const firmware = await openFirmware();
  const { folder, missing } = firmware;
  try {
    if (missing.length > 0) {
      say(`not measured, no ${missing.join(", no ")}`);
      return null;
    }
    const [counts, floors] = [{}, {}];
    for (const [name, { board }] of Object.entries(IMAGES)) {
      const more = name === board ? [] : firmware.flagsOfCHash();
      if (more === null) continue;
      say(name);
      const elf = await firmware.makeFirmware(board, join(folder, name), more);
      counts[name] = await firmware.countInstructions(board, elf, folder);
      floors[name] = await firmware.countFloors(board, folder, more);
      for (const [row, reason] of Object.entries({ heapOne: 0, heapFour: firmware.FOUR_PARTS_REASON }))
        counts[name][row] = await firmware.leastHeap(board, { accounts: 1, pending: 1, reason }, folder, more);
    }
    return { about, measured: new Date().toISOString().slice(0, 10), image: digestOfImage(), counts, floors };
  } finally {
    firmware.close();
  }
}
