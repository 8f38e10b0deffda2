/**
 * npm run build: makes everything under dist/, unless dist/ is up to date. `--force` builds in any case. `--any-size` builds
 * even if a bundle has grown, because an installation must not fail for that. `--accept` writes the present sizes into
 * build/sizes.json.
 */
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { BEARERS_SUITE, bundleDevice, DESK, DEVICES, ROOT, SUITE } from "./device.mjs";
import { formatFault } from "./dialect.mjs";
import { isFresh, recordBuild } from "./fresh.mjs";
import { buildHosts, writeDist } from "./hosts.mjs";
import { acceptSizes, checkSizes, measure } from "./sizes.mjs";

function fail(lines) {
  for (const line of lines) console.error(line);
  process.exit(1);
}

/**
 * The devices of `rows`, in their order: as many at a time as the machine has processors, and two more, since this process
 * works while Closure Compiler does.
 */
async function bundleAll(rows) {
  const devices = [];
  let next = 0;
  const lane = async () => {
    while (next < rows.length) {
      const i = next++;
      devices[i] = await bundleDevice(rows[i]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 2 }, lane));
  return devices;
}

async function main() {
  if (isFresh(ROOT) && !["--force", "--accept"].some(option => process.argv.includes(option))) return;
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  await buildHosts();

  const devices = await bundleAll([...DEVICES, SUITE, BEARERS_SUITE, DESK]);
  const faults = devices.flatMap(device => device.faults);
  const made = devices.flatMap(device => device.bundles);
  if (faults.length > 0) fail(["Not every engine runs this:", ...new Set(faults.map(formatFault))]);

  const codeOf = file => made.find(each => each.file === file).code;
  const flashed = made.filter(({ file }) => !file.startsWith("test/"));
  for (const { file, code } of flashed) writeDist(file, code);
  // the tests run the flashed bundle, byte for byte
  for (const { file, code } of made) if (file.startsWith(DESK.name)) writeDist(file, code);
  for (const level of ["js", "es5.js"]) {
    const [core, client, suite] = ["pkg0.core", "pkg0.client", SUITE.name].map(name => codeOf(`${name}.${level}`));
    writeDist(`test/engine-suite.${level}`, `${core}var core = pkg0;\n${client}${suite}`);
  }

  for (const level of ["js", "es5.js"]) {
    const file = `${BEARERS_SUITE.name}.${level}`;
    writeDist(file, codeOf(file));
  }

  const sizes = measure(flashed);
  if (process.argv.includes("--accept")) await acceptSizes(sizes);
  const grown = checkSizes(sizes);
  if (grown.length > 0 && !process.argv.includes("--any-size")) fail(grown);
  recordBuild(ROOT);
}

// esbuild's message names the lines of the sources; its stack is of no use
await main().catch(error => fail([error.errors === undefined ? error.stack : error.message]));
