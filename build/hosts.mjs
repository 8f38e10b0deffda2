/**
 * Builds the files that a program on Node or in a browser imports: modules, their types and source maps, and chunks of
 * shared code.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { parse } from "acorn";
import { build, transform } from "esbuild";
import ts from "typescript";
import { DEVICES, ROOT, readTypeOptions } from "./device.mjs";
import { makeInspector } from "./inspector.mjs";

/** Subpaths of the package that a browser can import, too: `output under dist/: source`. */
const NEUTRAL = {
  index: "src/index.ts",
  codec: "targets/codec/index.ts",
  conformance: "targets/conformance/index.ts",
  "targets/device": "targets/device.ts",
  "targets/espruino/hal": "targets/espruino/hal.ts",
  "targets/host-functions/hal": "targets/host-functions/hal.ts",
  "targets/mock/flash": "targets/mock/flash.ts",
  "targets/mock/hal": "targets/mock/hal.ts",
  "targets/moddable/hal": "targets/moddable/hal.ts",
  "targets/quickjs/hal": "targets/quickjs/hal.ts",
};
const NODE = { node: "targets/node/index.ts", cli: "targets/node/cli.ts" };
const START = { "test/start": "targets/node/start.ts", "test/modem": "test/modem/desk.ts" };

export async function buildHosts() {
  const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const neutral = await bundle(NEUTRAL, { platform: "neutral", target: "es2019" });
  // the optional libraries, which a user installs in addition; every other library is bundled
  const node = await bundle(NODE, { platform: "node", target: "node20", external: Object.keys(peerDependencies) });
  writeDist("THIRD-PARTY.txt", licencesOf([neutral, node]));
  await bundle(START, { platform: "node", target: "node20", packages: "external" });
  chmodSync(join(ROOT, "dist/cli.js"), 0o755);
  declareModules({ ...NEUTRAL, node: NODE.node });
  await declareGlobals();
  writeDist("inspector.html", await makeInspector());
}

function bundle(entryPoints, options) {
  return build({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(entryPoints).map(([out, source]) => ({ out, in: source })),
    outdir: "dist",
    chunkNames: `chunks/${options.platform}-[hash]`,
    bundle: true,
    splitting: true,
    format: "esm",
    sourcemap: true,
    metafile: true,
    legalComments: "none",
    logLevel: "silent",
    ...options,
  });
}

/** The licences of the libraries in the bundles, which ask to be handed on with them. */
function licencesOf(bundles) {
  const inputs = bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const found = inputs.flatMap(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(found)].sort().map(path => {
    const folder = join(ROOT, path);
    const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find(one => /^licen[cs]e/i.test(one));
    const text =
      file === undefined
        ? `${author?.name ?? author}: ${license}, https://spdx.org/licenses/${license}.html`
        : readFileSync(join(folder, file), "utf8");
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return `The files for Node contain these libraries.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** dist/types mirrors the sources; each module has a declaration file that refers to it. */
function declareModules(modules) {
  const options = readTypeOptions();
  const program = ts.createProgram(
    Object.values(modules).map(source => join(ROOT, source)),
    {
      ...options,
      noEmit: false,
      noCheck: true, // npm run lint checks types
      emitDeclarationOnly: true,
      declarationMap: true,
      rootDir: ROOT,
      outDir: join(ROOT, "dist/types"),
    },
  );
  const { diagnostics } = program.emit();
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost(options)));
  for (const [output, source] of Object.entries(modules)) {
    const types = posix.relative(posix.dirname(output), `types/${source.replace(/\.ts$/, ".js")}`);
    writeDist(`${output}.d.ts`, `export * from "${types.startsWith(".") ? types : `./${types}`}";\n`);
  }
}

/** Writes the types of the global that each pkg0.*.js assigns: the names of its entry, with their types in src/. */
async function declareGlobals() {
  for (const { name, entry } of DEVICES.filter(({ name }) => name.startsWith("pkg0."))) {
    const { code } = await transform(readFileSync(join(ROOT, entry), "utf8"), { loader: "ts" });
    const { body } = parse(code, { ecmaVersion: 2022, sourceType: "module" });
    const from = new Map();
    for (const node of body.filter(({ type }) => type === "ImportDeclaration"))
      for (const { local } of node.specifiers) from.set(local.name, node.source.value);
    const [{ expression }] = body.filter(({ type }) => type === "ExpressionStatement");
    const members = expression.right.properties.map(({ key }) => {
      const types = posix.join("types", posix.dirname(entry), from.get(key.name)).replace(/\.ts$/, ".js");
      return `    ${key.name}: typeof import("./${types}").${key.name};\n`;
    });
    const text = `export {};\ndeclare global {\n  var pkg0: {\n${members.join("")}  };\n}\n`;
    for (const level of ["", ".es5"]) writeDist(`${name}${level}.d.ts`, text);
  }
}

export function writeDist(file, text) {
  const path = join(ROOT, "dist", file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
