/** Appendix B on the sources and the built command line: the name of each test begins with its line. */
import { execFile } from "node:child_process";
import { describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import * as node from "../../targets/node/index.ts";
import { conformance, LINES, type UnderTest } from "./index.ts";

const under: UnderTest = {
  pkg0,
  node,
  cli: args =>
    new Promise(resolve => {
      execFile(process.execPath, ["dist/cli.js", ...args], (error, stdout) => {
        resolve({
          code: error === null ? 0 : Number(error.code),
          lines: stdout.split("\n").filter(line => line !== ""),
        });
      });
    }),
};

describe("Appendix B", () => {
  const proven = new Set<string>();
  conformance((line, name, run) => {
    proven.add(line);
    test(`${line} ${name}`, run);
  }, under);

  test("every line has tests, and every test has a line", () => {
    expect([...proven].sort()).toEqual(LINES.map(({ id }) => id).sort());
  });
});
