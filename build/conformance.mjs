/**
 * npm run conformance: prints Appendix B line by line: the statement, the results of its tests, and the planted faults that
 * these tests catch. `--no-mutants` leaves the faults out. Exits with 1 when a test fails, a fault is not caught, a
 * mandatory line has no test, or no planted fault proves the tests of a line.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { MUTANTS, runMutants, textOf } from "./mutants.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

async function readLines(folder) {
  const outfile = join(folder, "lines.mjs");
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["test/conformance/lines.ts"],
    outfile,
    format: "esm",
    logLevel: "silent",
  });
  return (await import(pathToFileURL(outfile).href)).LINES;
}

/** The tests of test/conformance whose names begin with a line: `[{ title, status, file }]`. */
function runTests(folder) {
  const output = join(folder, "tests.json");
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = [
    vitest,
    "run",
    "test/conformance",
    "-t",
    "\\b[CSP]-0\\d\\d ",
    "--reporter=json",
    `--outputFile=${output}`,
  ];
  const { stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  if (stderr !== "") console.error(stderr);
  const { testResults } = JSON.parse(readFileSync(output, "utf8"));
  for (const { name, status, message, assertionResults } of testResults) {
    if (status !== "failed" || assertionResults.length > 0) continue;
    console.error(`${relative(ROOT, name)} did not load: ${message}`);
    process.exitCode = 1;
  }
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, status }) => ({ title, status, file: relative(ROOT, name) })),
  );
}

/** Prints a line of the table; returns whether it is proven. */
function printLine({ id, statement, isMandatory }, tests, faults) {
  const behind = tests.filter(({ title, status }) => title.startsWith(`${id} `) && status !== "skipped");
  const failed = behind.filter(({ status }) => status !== "passed");
  const missed = faults?.filter(({ caughtBy }) => caughtBy.length === 0) ?? [];
  const result = behind.length === 0 ? "missing" : failed.length + missed.length > 0 ? "FAILED" : "passed";
  console.log(`${id}  ${isMandatory ? "M" : "O"}  ${result.padEnd(7)}  ${statement}`);
  for (const { title, status, file } of behind) {
    console.log(`              ${status === "passed" ? "" : `${status}: `}${title.slice(id.length + 1)}  [${file}]`);
  }
  for (const { mutant, caughtBy, problem } of faults ?? []) {
    const verdict = caughtBy.length > 0 ? "catches" : problem === "" ? "DOES NOT CATCH" : `NOT PLANTED (${problem})`;
    console.log(`                ${verdict}  ${textOf(mutant)}`);
  }
  if (faults?.length === 0) console.log("                NO FAULT shows what these tests are worth");
  return failed.length + missed.length === 0 && (!isMandatory || behind.length > 0) && faults?.length !== 0;
}

async function main() {
  const { values } = parseArgs({ options: { "no-mutants": { type: "boolean" } } });
  const folder = mkdtempSync(join(tmpdir(), "pkg0-conformance-"));
  try {
    const lines = await readLines(folder);
    const tests = runTests(folder);
    const ofLines = MUTANTS.filter(({ line }) => lines.some(({ id }) => id === line));
    const results = values["no-mutants"] ? undefined : await runMutants(ofLines);
    const stands = lines.map(line =>
      printLine(
        line,
        tests,
        results?.filter(({ mutant }) => mutant.line === line.id),
      ),
    );
    const missing = lines.filter(
      ({ id, isMandatory }) => isMandatory && !tests.some(({ title }) => title.startsWith(`${id} `)),
    );
    if (missing.length > 0) console.log(`mandatory, and not there: ${missing.map(({ id }) => id).join(", ")}`);
    if (stands.includes(false)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
