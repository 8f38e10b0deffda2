/** npm run build: everything under dist/. */
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { BEARERS_SUITE, bundleDevice, DESK, DEVICES, ROOT, readTypeOptions, SUITE } from "./device.mjs";
import { formatFault } from "./dialect.mjs";
import { checkSizes, measure } from "./sizes.mjs";

/** Modules for hosts, `[source, output]`; the ones that exist are made. */
const HOSTS = [
  ["src/index.ts", "index"],
  ["targets/node/index.ts", "node"],
  ["targets/node/cli.ts", "cli"],
  ["targets/node/start.ts", "test/start"],
];

async function buildHosts() {
  const hosts = HOSTS.filter(([source]) => existsSync(join(ROOT, source)));
  for (const [source, output] of hosts) {
    const outfile = `dist/${output}.js`;
    await build({
      absWorkingDir: ROOT,
      entryPoints: [source],
      outfile,
      bundle: true,
      format: "esm",
      platform: output === "index" ? "neutral" : "node",
      target: output === "index" ? "es2019" : "node20",
      packages: "external",
      legalComments: "none",
      banner: output === "cli" ? { js: "#!/usr/bin/env node" } : {},
      logLevel: "silent",
    });
    if (output === "cli") chmodSync(join(ROOT, outfile), 0o755);
  }
  declareTypes(hosts.filter(([, output]) => output === "index" || output === "node"));
}

/** dist/types mirrors the sources; beside each module stands a declaration that points into it. */
function declareTypes(hosts) {
  const options = readTypeOptions();
  const fileNames = hosts.map(([source]) => join(ROOT, source));
  const program = ts.createProgram(fileNames, {
    ...options,
    noEmit: false,
    noCheck: true, // npm run lint does
    emitDeclarationOnly: true,
    rootDir: ROOT,
    outDir: join(ROOT, "dist/types"),
  });
  const { diagnostics } = program.emit();
  if (diagnostics.length > 0) fail([ts.formatDiagnostics(diagnostics, ts.createCompilerHost(options))]);
  for (const [source, output] of hosts) {
    writeDist(`${output}.d.ts`, `export * from "./types/${source.replace(/\.ts$/, ".js")}";\n`);
  }
}

function writeDist(file, text) {
  const path = join(ROOT, "dist", file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function fail(lines) {
  for (const line of lines) console.error(line);
  process.exit(1);
}

async function main() {
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  await buildHosts();

  const made = [];
  const faults = [];
  for (const row of [...DEVICES, SUITE, BEARERS_SUITE, DESK]) {
    const device = await bundleDevice(row);
    faults.push(...device.faults);
    made.push(...device.bundles);
  }
  if (faults.length > 0) fail(["Not every engine runs this:", ...new Set(faults.map(formatFault))]);

  const codeOf = file => made.find(each => each.file === file).code;
  const flashed = made.filter(({ file }) => !file.startsWith("test/"));
  for (const { file, code } of flashed) writeDist(file, code);
  // what is tested is the bundle that is flashed, byte for byte
  for (const { file, code } of made) if (file.startsWith(DESK.name)) writeDist(file, code);
  for (const level of ["js", "es5.js"]) {
    const [core, client, suite] = ["pkg0.core", "pkg0.client", SUITE.name].map(name => codeOf(`${name}.${level}`));
    writeDist(`test/engine-suite.${level}`, `${core}var core = pkg0;\n${client}${suite}`);
  }

  for (const level of ["js", "es5.js"]) {
    const file = `${BEARERS_SUITE.name}.${level}`;
    writeDist(file, codeOf(file));
  }

  const grown = checkSizes(measure(flashed));
  if (grown.length > 0) fail(grown);
}

// esbuild's message has the lines of the sources in it; its stack tells nothing
await main().catch(error => fail([error.errors === undefined ? error.stack : error.message]));
