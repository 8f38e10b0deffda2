/** Runs the tests of one line on one build of the sources, and posts `{ failed }`, the names of those that failed. */
import { execFile } from "node:child_process";
import { parentPort, workerData } from "node:worker_threads";

const { conformance, suite, under, cli, line } = workerData;
const failed = [];

async function attempt(name, run) {
  try {
    await run();
  } catch {
    failed.push(name);
  }
}

/** The engines' suites count comparisons; a test with a false comparison has failed. */
function runSuite(run, pkg0) {
  let isGood = true;
  const t = {
    test(name, check) {
      isGood = true;
      try {
        check();
      } catch {
        isGood = false;
      }
      if (!isGood) failed.push(name);
    },
    equal(actual, expected) {
      if (actual !== expected) isGood = false;
    },
    ok(condition) {
      if (!condition) isGood = false;
    },
  };
  run(t, pkg0);
}

async function runConformance(api) {
  const tests = await import(conformance);
  const checks = [];
  const runCli = args =>
    new Promise(resolve => {
      execFile(process.execPath, [cli, ...args], { timeout: 20_000 }, (error, stdout) =>
        resolve({ code: error === null ? 0 : error.code, lines: stdout.split("\n").filter(text => text !== "") }),
      );
    });
  tests.conformance((id, name, run) => checks.push([id, name, run]), { ...api, cli: runCli });
  for (const [id, name, run] of checks) if (line === "" || id === line) await attempt(`${id} ${name}`, run);
}

await attempt("it loads", async () => {
  const api = await import(under);
  if (line === "" || line === "suite") runSuite((await import(suite)).suite, api.pkg0);
  if (line === "" || line === "bearers") runSuite(api.bearersSuite, api.pkg0);
  if (line !== "suite" && line !== "bearers") await runConformance(api);
});
parentPort.postMessage({ failed });
