/** The recorded numbers, build/counts.json, and their table in targets/README.md. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../device.mjs";
import { ENGINES } from "../engine-table.mjs";
import { compare, isMet } from "./goals.mjs";
import { OWN } from "./scripts.mjs";

/** The table has the floors in this engine; a goal of one other engine alone has its floor there. */
const FLOOR_OF = "quickjs-wasm";
const FILE = join(ROOT, "build/counts.json");
const PAGE = join(ROOT, "targets/README.md");
const [BEGIN, END] = ["<!-- counts: npm run bench -- --accept -->", "<!-- /counts -->"];

/** `{ engine: { version, bundle, counts } }`: `bundle` is the digest of the scripts, `counts` are `{ case: { subject: instructions } }`. */
export function readCounts() {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

/** One digest of all our scripts, which shows whether numbers were counted with the bundles of now. */
export function digestOf(scripts) {
  const hash = createHash("sha256");
  for (const kind of OWN) for (const level of [2019, 5]) hash.update(scripts[kind][level]).update("\0");
  return hash.digest("hex").slice(0, 16);
}

/** Replaces the recorded numbers of the engines in `measured`, in the file and in the page. */
export function writeCounts(measured, cases, bundle) {
  const found = { ...readCounts(), ...measured };
  // engines in WebAssembly come first, then the others in the order of the table of engines
  const places = Object.keys(ENGINES);
  const all = Object.fromEntries(Object.entries(found).sort(([x], [y]) => places.indexOf(x) - places.indexOf(y)));
  const whole = (_, value) => (typeof value === "number" ? Math.round(value) : value);
  writeFileSync(FILE, `${JSON.stringify(all, whole, 1)}\n`);
  const { before, after } = pageParts();
  writeFileSync(PAGE, before + tableOf(readCounts(), cases, bundle) + after);
}

function pageParts() {
  const [before, rest] = readFileSync(PAGE, "utf8").split(BEGIN);
  const [table, after] = rest.split(END);
  return { before: `${before}${BEGIN}\n\n`, table: table.trim(), after: `\n\n${END}${after}` };
}

/** The table that the page has now. */
export function readPageTable() {
  return pageParts().table;
}

/**
 * The table for `counts`: one row for each goal, with its value in each engine. A value that misses its goal is in bold. An
 * engine has a star when it was counted with other bundles than `bundle`.
 */
export function tableOf(counts, cases, bundle) {
  const engines = Object.keys(counts);
  const rows = new Map();
  for (const engine of engines) {
    for (const kind of OWN) {
      for (const each of compare(engine, kind, cases, counts[engine].counts)) {
        if (each.most === undefined) continue;
        const label = `${each.name}, of ${each.whose}, ${kind} hash | ${each.most}`;
        rows.set(label, { ...rows.get(label), [engine]: each });
      }
    }
  }
  const heads = engines.map(engine => `\`${engine}\`${counts[engine].bundle === bundle ? "" : " *"}`);
  const lines = [["goal", "at most", "floor", ...heads]];
  lines.push(lines[0].map(() => "---"));
  for (const [label, cells] of rows) {
    const floor = (cells[FLOOR_OF] ?? Object.values(cells)[0]).floor;
    const values = engines.map(engine => {
      if (cells[engine] === undefined) return "-";
      const text = cells[engine].value.toFixed(2);
      return isMet(cells[engine]) ? text : `**${text}**`;
    });
    lines.push([label, floor === undefined ? "-" : floor.toFixed(2), ...values]);
  }
  return lines.map(cells => `| ${cells.join(" | ")} |`).join("\n");
}
