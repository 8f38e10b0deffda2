/**
 * Writes src/status-names.ts from src/status.ts: the comment above a status is its meaning, for people who read the source,
 * for the API reference, and for statusMeaning. Run it after a change of src/status.ts; a test sees to that.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FILE = join(ROOT, "src/status-names.ts");

/** `[name, meaning]` of every status that `source`, the text of src/status.ts, declares; null between two layers. */
export function readMeanings(source) {
  const rows = [];
  const declaration = /\n(\n?)\/\*\* ([^\n]*) \*\/\nexport const (\w+)(?:: Status)? = 0x/g;
  for (const [, blank, meaning, name] of source.matchAll(declaration)) {
    if (blank !== "" && rows.length > 0) rows.push(null);
    rows.push([name, meaning]);
  }
  return rows;
}

function statusNamesOf(source) {
  const rows = readMeanings(source).map(row =>
    row === null ? "" : `  [${JSON.stringify(row[0])}, ${quoted(row[1])}],`,
  );
  return `${HEAD}${rows.join("\n")}${FOOT}`;
}

/** As the formatter writes it: in double quotes, unless the text has some. */
function quoted(text) {
  return text.includes('"') && !text.includes("'") ? `'${text}'` : JSON.stringify(text);
}

const HEAD = `/**
 * Names and meanings of the statuses, for hosts; device bundles leave this file out and log the number and the offset.
 * Written by build/status-names.mjs from the comments in status.ts: change them there.
 */
import * as codes from "./status.ts";

/** \`[name, meaning]\` of every status, in the order of the pipeline. */
export const STATUSES: readonly (readonly [name: string, meaning: string])[] = [
`;

const FOOT = `
];

const numbers: { readonly [name: string]: unknown } = codes;

/** The name of a status, such as "DIGEST_WRONG"; "0x.." for a number that is none. */
export function statusName(status: number): string {
  const row = STATUSES.find(([name]) => numbers[name] === status);
  return row === undefined ? \`0x\${status.toString(16)}\` : row[0];
}

/** The meaning of a status, in a line with its section. */
export function statusMeaning(status: number): string {
  const row = STATUSES.find(([name]) => numbers[name] === status);
  return row === undefined ? "unknown status" : row[1];
}
`;

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(FILE, statusNamesOf(readFileSync(join(ROOT, "src/status.ts"), "utf8")));
