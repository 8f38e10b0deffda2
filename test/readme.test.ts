import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import sizes from "../build/sizes.json" with { type: "json" };

const README = readFileSync("README.md", "utf8");
const folder = mkdtempSync(join(tmpdir(), "pkg0-readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("README", () => {
  test("has a program that runs and prints what it says", () => {
    const program = /```js\n([\s\S]*?)```/.exec(README)![1]!;
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(resolve("."), join(folder, "node_modules/pkg0"));
    writeFileSync(join(folder, "program.mjs"), program);
    const run = () => execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8" });
    expect(run()).toBe("start session 1234 with dm.example.com\nOK\n");
    expect(run()).toBe("DUPLICATE\n");
  });

  test("names the sizes that are committed", () => {
    for (const [file, { bytes, gzip }] of Object.entries(sizes)) {
      const row = README.split("\n").find(line => line.startsWith(`| \`dist/${file}\``));
      if (row !== undefined) expect(row.replace(/ +/g, " ")).toContain(`| ${bytes} | ${gzip} |`);
    }
    expect(README).toContain("| `dist/pkg0.client.js`");
  });

  test("names files that are there", () => {
    for (const [, path] of README.matchAll(/\]\(([^)#:]+)\)/g)) expect(() => readFileSync(path!)).not.toThrow(/ENOENT/);
  });

  test("is short", () => {
    expect(README.split("\n").length).toBeLessThanOrEqual(150);
  });
});
