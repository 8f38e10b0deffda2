/** The structure that src/README.md promises: directions of imports, lengths of functions, and citations of things that exist. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const MAP = readFileSync("src/README.md", "utf8");
const FILES = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" })
  .split("\n")
  .filter(file => file !== "" && existsSync(file));
const NAMES = new Set(FILES.map(file => basename(file)));
const SOURCES = FILES.filter(file => /^src\/.*\.ts$/.test(file));
const textOf = (file: string): string => readFileSync(file, "utf8");

/** The cells of the rows of the table under `## heading`. */
function rowsUnder(heading: string): string[][] {
  const section = MAP.split(/^## /m).find(each => each.startsWith(heading))!;
  const rows = section.split("\n").filter(line => /^\| [^-]/.test(line));
  return rows.map(line =>
    line
      .slice(1, -1)
      .split("|")
      .map(cell => cell.trim()),
  );
}

describe("rooms import only what the map allows", () => {
  const rows = rowsUnder("Rooms").slice(1);
  const rooms = rows.map(([room]) => room!.replaceAll("`", ""));
  const roomOf = (file: string): string => {
    const path = file.replace(/^src\//, "");
    return (
      rooms.filter(room => path === room || path.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0] ?? path
    );
  };
  const allowed = new Map(
    rows.map(([, , imports], i) => {
      const named = [...imports!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
      const above = rooms.slice(0, i);
      return [rooms[i]!, imports!.startsWith("all of the above") ? above.filter(room => !named.includes(room)) : named];
    }),
  );

  test.each(SOURCES)("%s", file => {
    const room = roomOf(file);
    expect(allowed.has(room), `${room} has no row in src/README.md`).toBe(true);
    for (const [, path] of textOf(file).matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"/gm)) {
      expect(path, "src/ imports nothing from outside").toMatch(/^\./);
      const target = roomOf(posix.join(dirname(file), path!));
      if (target !== room) expect(allowed.get(room), `${room} imports ${target}`).toContain(target);
    }
  });
});

describe("functions fit a screen", () => {
  const LINES_OWN = 70;
  const LINES_IN_ALL = 180;

  test.each(SOURCES.filter(file => !file.startsWith("src/hash/")))("%s", file => {
    const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022, true);
    const lineOf = (at: number): number => source.getLineAndCharacterOfPosition(at).line;
    const tooLong: string[] = [];
    /** Lines of the functions directly inside `node`. */
    function measure(node: ts.Node): number {
      let inside = 0;
      ts.forEachChild(node, child => {
        if (!ts.isFunctionLike(child) || !("body" in child) || child.body === undefined) {
          inside += measure(child);
          return;
        }
        const lines = lineOf(child.end) - lineOf(child.getStart()) + 1;
        const own = lines - measure(child);
        if (lines > LINES_IN_ALL || own > LINES_OWN)
          tooLong.push(`${file}:${lineOf(child.getStart()) + 1} has ${lines} lines, ${own} of its own`);
        inside += lines;
      });
      return inside;
    }
    measure(source);
    expect(tooLong).toEqual([]);
  });
});

describe("what a comment or a page cites is there", () => {
  const PAGES = FILES.filter(file => /\.(ts|mjs|md|c|h)$/.test(file) && !/^(CHANGELOG|test\/vectors)/.test(file));
  const decisions = new Set(MAP.match(/\bD\d+\b(?= \|)/g));
  const sections = new Set(rowsUnder("Where a rule stands").flatMap(([cell]) => cell!.match(/§[\d.]+/g) ?? []));
  /** A document other than OMA-TS-DM_Notification-V1_3: a file that names one may cite its sections. */
  const OTHER_DOCUMENT = /RFC \d+|FIPS|IrOBEX|WAP-\d+|V1_2|SMPP \d|DM 1\.2|\d\d\.\d{3}|V\.250/;
  /** In a page everything is prose; in code what stands in comments is. */
  const proseOf = (file: string): string =>
    file.endsWith(".md")
      ? textOf(file)
      : (textOf(file).match(/(?<![\w/"])\/\*[\s\S]*?\*\/|(?<=^|[\s;{}])\/\/.*$/gm) ?? []).join("\n");

  test("the map has the decisions D1 to D12", () => {
    expect([...decisions]).toEqual(Array.from({ length: 12 }, (_, i) => `D${i + 1}`));
  });

  test("the map names files that are there", () => {
    for (const [, , cell] of rowsUnder("Where a rule stands").slice(1))
      for (const [, path] of cell!.matchAll(/`([^`]+)`/g)) expect(existsSync(join("src", path!)), path).toBe(true);
  });

  test.each(PAGES)("%s", file => {
    const prose = proseOf(file);
    // in backticks stand bytes, such as `D8`; a range has its two ends
    const words = prose.replace(/`[^`\n]*`/g, "");
    for (const [decision] of words.matchAll(/\bD(?:[1-9]|1\d)\b/g))
      expect(decisions, `${file}: ${decision}`).toContain(decision);
    const hasOther = OTHER_DOCUMENT.test(textOf(file));
    for (const [section] of words.matchAll(/§[\d.]*\d/g))
      if (!hasOther) expect(sections, `${file}: ${section}`).toContain(section);
    for (const [, path] of prose.matchAll(/(?<![\w./*{<-])((?:[\w-]+\/)*[\w-]+\.(?:ts|mjs|md))(?![\w/*])/g)) {
      const isThere = NAMES.has(basename(path!)) && (!path!.includes("/") || FILES.some(each => each.endsWith(path!)));
      expect(isThere, `${file} names ${path}`).toBe(true);
    }
  });
});
