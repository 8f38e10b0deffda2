import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import heaps from "../build/heap.json" with { type: "json" };
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

  test("names the sizes that are committed, with bytecode and heap in 32-bit MicroQuickJS", () => {
    const rows = README.split("\n").filter(line => line.startsWith("| `dist/"));
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) {
      const file = /`dist\/(.*?)`/.exec(row)![1]! as keyof typeof sizes.bundles;
      const es5 = file.replace(".js", ".es5.js") as keyof typeof heaps.bytecode;
      const cells = [sizes.bundles[file], heaps.bytecode[es5].mqjs32, `${heaps.mqjs[es5].mqjs32.bytecode[1]} KiB`];
      expect(row.replace(/ +/g, " ")).toContain(`| ${cells.join(" | ")} |`);
    }
  });

  test("names files that are there", () => {
    for (const [, path] of README.matchAll(/\]\(([^)#:]+)\)/g)) expect(() => readFileSync(path!)).not.toThrow(/ENOENT/);
  });

  test("is short", () => {
    expect(README.split("\n").length).toBeLessThanOrEqual(150);
  });
});
