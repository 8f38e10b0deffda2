import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** What npm would publish: packed, checked, installed in an empty project and used there. */
const project = mkdtempSync(join(tmpdir(), "pkg0-"));
const installed = join(project, "node_modules/pkg0");
let tarball = "";

const run = (command: string, args: string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: "utf8" });

beforeAll(() => {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], "."));
  tarball = join(project, packed.filename);
  mkdirSync(installed, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"], project);
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
});

afterAll(() => rmSync(project, { recursive: true }));

describe("the package", () => {
  test("holds the bundles and the sources, and no tests", () => {
    const files = run("tar", ["-tzf", tarball], project);
    expect(files).toContain("package/dist/pkg0.client.js");
    expect(files).toContain("package/dist/index.d.ts");
    expect(files).toContain("package/src/index.ts");
    expect(files).not.toMatch(/^package\/(dist\/)?(test|build)\//m);
  });

  test("passes publint", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, strict: true });
    expect(messages.map(message => formatMessage(message, pkg))).toEqual([]);
  });

  test("passes attw", () => {
    const options = ["--profile", "esm-only", "--format", "json"];
    const { analysis } = JSON.parse(run("node_modules/.bin/attw", [tarball, ...options], ".")); // exits with 1 on a problem
    expect(Object.keys(analysis.entrypoints)).toEqual([".", "./node", "./package.json"]);
  });

  test("is imported by its names", () => {
    const script = `
      import { newNotification, readNotification13 } from "pkg0";
      import * as node from "pkg0/node";
      const status = readNotification13(new Uint8Array([0x10]), 0, 1, newNotification(), 0);
      console.log(status, typeof node.encode);`;
    expect(run(process.execPath, ["--input-type=module", "-e", script], project)).toBe("96 function\n");
  });

  test("has types that a strict project can use", () => {
    const script =
      'import { newPush, type Hal, type Push } from "pkg0";\nexport const p: Push = newPush();\nexport let h: Hal;\n';
    writeFileSync(join(project, "use.mts"), script);
    const tsc = join(process.cwd(), "node_modules/typescript/bin/tsc");
    const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022"];
    expect(run(process.execPath, [tsc, ...options, "use.mts"], project)).toBe("");
  });

  test("has the command pkg0 when there is a command line", () => {
    const { bin } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(bin).toEqual(existsSync("targets/node/cli.ts") ? { pkg0: "dist/cli.js" } : undefined);
    if (bin !== undefined)
      expect(run(process.execPath, [join(installed, bin.pkg0), "--help"], project)).toMatch(/pkg0/);
  });
});
