/** The steps from a source to a bundle; rows.mjs has the bundles. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { join, posix, relative, resolve } from "node:path";
import { parse } from "acorn";
import { build, transform } from "esbuild";
import MagicString from "magic-string";
import { minify } from "terser";
import ts from "typescript";
import { aliasGlobals } from "./alias-globals.mjs";
import { functionsToArrows } from "./arrows.mjs";
import { chainAssignments } from "./chains.mjs";
import { shorterConditions } from "./conditions.mjs";
import { declareVars } from "./declare-vars.mjs";
import { checkDialect, checkInputs } from "./dialect.mjs";
import { dissolveObjects } from "./dissolve.mjs";
import { markGlobals } from "./global-names.mjs";
import { inlineFunctions } from "./inline.mjs";
import { lowerLet } from "./lower-let.mjs";
import { variablesToParameters } from "./parameters.mjs";
import { createNames, renamings } from "./property-names.mjs";
import { createReceivers } from "./receivers.mjs";
import { BEARERS_SUITE, BENCH, DESK, DEVICES, ROOT, SUITE } from "./rows.mjs";
import { isFunction, walk } from "./scope.mjs";
import { shareCells } from "./shared-cells.mjs";
import { freeStartOnly } from "./start-only.mjs";

export * from "./rows.mjs";

/** The types for everything that is built, from test/tsconfig.json. */
export function readTypeOptions() {
  const { config } = ts.readConfigFile(join(ROOT, "test/tsconfig.json"), ts.sys.readFile);
  return ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, join(ROOT, "test")).options;
}

const isProven = createReceivers(
  ROOT,
  [...DEVICES, SUITE, BEARERS_SUITE, DESK, BENCH].map(({ entry }) => join(ROOT, entry)),
  readTypeOptions(),
);

/**
 * Makes a row's bundles: `[{ file, level, code, inputs }]`, `inputs` are the bytes of each source in a bundle of level 2019.
 * `faults` are those that the dialect gate finds (dialect.mjs).
 */
export async function bundleDevice(row) {
  const bundles = [];
  const faults = [];
  for (const level of row.levels) {
    const { code, inputs, metafile, maps } = await (row.isBare ? bundleBare(row) : bundleScript(row, level));
    const locate = (line, column) => trace(maps, line, column, posix.dirname(`dist/${row.name}`));
    faults.push(
      ...checkInputs(metafile, row.folders ?? ["src/", `${posix.dirname(row.entry)}/`], Object.values(row.alias ?? {})),
    );
    faults.push(
      ...checkDialect(code, { level, locate, isProven, globals: row.globals, api: row.api, isModule: row.isModule }),
    );
    bundles.push({ file: level === 5 ? `${row.name}.es5.js` : `${row.name}.js`, level, code, inputs });
  }
  return { bundles, faults };
}

/** The last minification; build/README.md says what each pass saves. */
const TERSER = {
  compress: {
    reduce_funcs: false, // a function at its place of use would be created anew at each use
    inline: 2, // functions without variables: terser would use the others before their declaration
  },
  mangle: { ie8: true }, // in MicroQuickJS the variable of a catch belongs to the function
};

/**
 * The properties that a flashed bundle may shorten (property-names.mjs); null for the suites. A bundle with an API keeps the
 * names that its types lead to. A bundle of `targets/`, which contains its program or calls another bundle, keeps those of
 * every API.
 */
function propertiesOf(row) {
  if (row.name.startsWith("test/")) return null;
  namesFor ??= createNames(ROOT, allSources(), readProgram());
  properties[row.entry] ??= namesFor(
    (row.entry.startsWith("build/entries/") ? [row] : DEVICES).map(({ entry }) => join(ROOT, entry)),
  );
  return properties[row.entry];
}
let namesFor;
const properties = {};

/** What TypeScript knows of all that is flashed. */
function readProgram() {
  program ??= ts.createProgram(allSources(), readTypeOptions());
  return program;
}
let program;

/** The entries, and the sources that replace others: all that they import is in a bundle. */
export function allSources() {
  const rows = [...DEVICES, BENCH];
  const sources = rows.flatMap(({ entry, alias = {} }) => [entry, ...Object.values(alias)]);
  return [...new Set(sources)].map(source => join(ROOT, source));
}

async function bundleScript(row, level) {
  const isFlashed = propertiesOf(row) !== null;
  const bundle = await bundleSources(row, isFlashed ? row.isModule === true : level === 2019);
  if (isFlashed) return shrink(row, bundle, { ...TERSER, ecma: level });
  return level === 5 ? lowerSuite(bundle) : bundle;
}

/** The suites are not flashed: they are lowered, but their own functions stay. */
async function lowerSuite(bundle) {
  const lowered = ts.transpileModule(bundle.code, {
    compilerOptions: { target: ts.ScriptTarget.ES5, ignoreDeprecations: "6.0", sourceMap: true },
  });
  const script = lowered.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, "");
  const options = /** @type {const} */ ({ minify: true, target: "es5", sourcemap: "external", legalComments: "none" });
  const { code, map } = await transform(script, options);
  return { ...bundle, code, maps: [JSON.parse(map), JSON.parse(lowered.sourceMapText), ...bundle.maps] };
}

async function shrink(row, bundle, options) {
  if (row.isModule) {
    const script = { code: lowerLet(bundle.code), maps: bundle.maps };
    return { ...bundle, ...(await minifyLast(script, { ...options, module: true })) };
  }
  const dissolved = dissolveObjects(bundle.code);
  const script = { code: lowerLet(dissolved.code), maps: [...dissolved.maps, ...bundle.maps] };
  const inlined = await inlineFunctions(script.code, options.ecma);
  // the properties of dissolved objects need no names, so the others get shorter ones
  const named = await transform(inlined.code, {
    ...shortProperties(row),
    target: options.ecma === 5 ? "es5" : "es2019", // a short name may be that of a variable
    sourcemap: "external",
    legalComments: "none",
  });
  const last = lastPass(row, options.ecma)(named.code);
  const maps = [...last.maps, JSON.parse(named.map), ...inlined.maps, ...script.maps];
  const minified = await minifyLast({ code: last.code, maps }, options);
  return { ...bundle, ...(options.ecma === 5 ? minified : declared(minified)) };
}

/** For ES5 none, because in MicroQuickJS a variable takes heap, unless variables share an array. */
function lastPass(row, level) {
  if (level !== 5) return code => inTurn(code, aliasGlobals, variablesToParameters);
  return row.isCompiled ? shareCells : code => ({ code, maps: [] });
}

/** The passes one after the other, and their source maps from the last to the first. */
function inTurn(code, ...passes) {
  const done = { code, maps: [] };
  for (const pass of passes) {
    const { code: next, maps } = pass(done.code);
    Object.assign(done, { code: next, maps: [...maps, ...done.maps] });
  }
  return done;
}

function declared({ code, maps }) {
  const { code: out, maps: own } = inTurn(code, chainAssignments, declareVars);
  return { code: out, maps: [...own, ...maps] };
}

async function minifyLast({ code, maps }, options) {
  const minified = await minify(code, { ...options, sourceMap: { asObject: true } });
  return { code: minified.code, maps: [minified.map, ...maps] };
}

/** `isMinified` makes one line of it. */
async function bundleSources(row, isMinified) {
  const own = propertiesOf(row);
  const outfile = join(ROOT, "dist", `${row.name}.js`);
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [row.entry],
    outfile,
    bundle: true,
    minify: isMinified,
    minifySyntax: isMinified || own !== null,
    ...(row.isBare || row.isModule ? shortProperties(row) : {}),
    format: row.isModule || row.isBare ? "esm" : "iife",
    platform: "neutral",
    target: "es2019",
    legalComments: "none",
    sourcemap: "external",
    metafile: true,
    write: false,
    logLevel: "silent",
    // esbuild cannot lower these constructs, so it refuses them with their line in the source
    supported: { "default-argument": false, destructuring: false, "rest-argument": false },
    plugins: [aliases(row.alias ?? {}), leanVectors, ...(own === null ? [] : [flashed(own.renames)])],
  });
  const [map, script] = outputFiles[0].path.endsWith(".map") ? outputFiles : [outputFiles[1], outputFiles[0]];
  const inputs = {};
  for (const output of Object.values(metafile.outputs)) {
    for (const [source, { bytesInOutput }] of Object.entries(output.inputs)) inputs[source] = bytesInOutput;
  }
  return { code: script.text, inputs, metafile, maps: [JSON.parse(map.text)] };
}

async function bundleBare(row) {
  const bundle = await bundleSources(row, false);
  const dissolved = dissolveObjects(bundle.code, true);
  const inlined = await inlineFunctions(lowerLet(dissolved.code), 2019, true);
  const marked = markGlobals(inlined.code);
  const makers = makersIn(marked.code);
  const compress = {
    top_retain: [...makers],
    arrows: false,
    hoist_funs: false,
    inline: 1,
    passes: 3,
    sequences: false,
  };
  const freed = freeStartOnly(marked.code, makers);
  const maps = [...freed.maps, ...marked.maps, ...inlined.maps, ...dissolved.maps, ...bundle.maps];
  const options = { compress, mangle: { toplevel: false }, ecma: 2019, toplevel: true };
  return { ...bundle, ...declared(await minifyLast({ code: freed.code, maps }, options)) };
}

/**
 * The names of top-level functions that create functions. If they stood at their place of use, each created function would
 * hold an array of all scopes around it: 61 JsVars of a session (measured).
 */
function makersIn(code) {
  const makers = new Set();
  let top = null;
  walk(parse(code, { ecmaVersion: 2019, sourceType: "module" }), (node, parent) => {
    if (!isFunction(node)) return;
    if (parent.type === "Program") top = node;
    else if (top !== null && node.end < top.end) makers.add(top.id.name);
  });
  return makers;
}

/** The sources of a flashed bundle: properties have names of their own, conditions are short, and functions are arrows. */
function flashed(renames) {
  return {
    name: "flashed",
    setup(esbuild) {
      esbuild.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = readProgram().getSourceFile(path);
        const edited = new MagicString(file.text);
        const edits = [...renamings(renames.get(path)), ...shorterConditions(file, readProgram().getTypeChecker())];
        for (const [from, to, text] of edits) {
          if (from === to) edited.appendLeft(from, text);
          else edited.update(from, to, text);
        }
        const contents = edited.toString();
        return { contents: functionsToArrows(contents), loader: "ts" };
      });
    },
  };
}

/** The option of esbuild that gives short names to the properties that no other code sees. */
function shortProperties(row) {
  return { mangleProps: new RegExp(`^(${propertiesOf(row).names.map(escaped).join("|")})$`) };
}

function escaped(name) {
  return name.replace("$", "\\$");
}

/** Test vectors without the texts for people: engine-suite.js has 120 KB instead of 175 (measured). */
const leanVectors = {
  name: "lean vectors",
  setup(esbuild) {
    esbuild.onLoad({ filter: /test\/vectors\/\w+\.json$/ }, async ({ path }) => {
      const file = JSON.parse(await readFile(path, "utf8"));
      const vectors = file.vectors.map(({ section, source, ...vector }) =>
        vector.parts === undefined ? vector : { ...vector, parts: vector.parts.map(([hex]) => [hex]) },
      );
      return { contents: JSON.stringify({ ...file, vectors }), loader: "json" };
    });
  },
};

function aliases(table) {
  return {
    name: "aliases",
    setup(esbuild) {
      esbuild.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, importer }) => {
        const other = table[relative(ROOT, resolve(resolveDir, path)).replaceAll("\\", "/")];
        if (other === undefined || !existsSync(join(ROOT, other)) || relative(ROOT, importer) === other) return null;
        return { path: join(ROOT, other) };
      });
    },
  };
}

/**
 * The place in the source of a place in the last of several outputs. `maps` are the source maps from the last to the first,
 * `folder` that of the output. Lines count from 1, columns from 0.
 */
function trace(maps, line, column, folder) {
  let at = { line, column };
  for (const map of maps) {
    if (!read.has(map)) read.set(map, new SourceMap(map));
    const { originalSource, originalLine, originalColumn } = read.get(map).findEntry(at.line - 1, at.column);
    if (originalSource === undefined) return null;
    at = { source: posix.join(folder, originalSource), line: originalLine + 1, column: originalColumn };
  }
  return at;
}
const read = new WeakMap(); // source maps, each read once though a bundle asks for thousands of places
