/** The bundles that are made, one row each: what is flashed, its tests, and what is measured. */
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const SMALL_MD5 = { "src/hash/md5.ts": "src/hash/md5-small.ts" };
const SMALL = { ...SMALL_MD5, "src/hash/sha256.ts": "src/hash/sha256-small.ts" };

/**
 * For MicroQuickJS alone, whose integers have 31 bits on a board. Instructions of a block, of those with the small hash:
 * 0.72 in 32-bit MicroQuickJS, 1.03 in 64-bit MicroQuickJS, 1.2 in JerryScript, 1.9 in Duktape (measured).
 */
const HALVES = { ...SMALL_MD5, "src/hash/sha256.ts": "src/hash/sha256-halves.ts" };

/** The native SHA-256 replaces the one in JavaScript, for boards whose firmware has it. */
const NATIVE = { ...SMALL_MD5, "src/hash/sha256.ts": "targets/espruino/sha256-native.ts" };

/**
 * Espruino puts a function around each module; a second function would cost a JsVar for each function inside. There a
 * function costs four, and one more for each parameter. Closure Compiler puts one that is used once at its place of use: that saves
 * 170 of 2,486 JsVars in a session (measured).
 */
const ESPRUINO = {
  entry: "targets/espruino/main.ts",
  levels: [2019],
  globals: ["exports", "global", "getTime", "setInterval", "setTimeout", "print"],
  isBare: true,
};
const HOST_FUNCTIONS = { entry: "targets/host-functions/main.ts", globals: ["host"] };
const QUICKJS = ["std", "os", "scriptArgs", "performance", "Date"];

/**
 * One row a bundle: `name` under dist/, `entry`, `levels` (2019 makes name.js, 5 makes name.es5.js). Optional: `alias`
 * replaces one source by another if that exists; `globals` are the engine's own; `api` the names that the bundle gives to
 * globalThis (`pkg0`); `folders` the places of its sources; `isModule` marks a bundle that is imported, `isBare` one without
 * a function around it, `isCompiled` one that a board has as bytecode, so that the length of its text does not count.
 */
export const DEVICES = [
  { name: "pkg0.core", entry: "build/entries/core.ts", levels: [2019, 5], alias: SMALL },
  { name: "pkg0.client", entry: "build/entries/client.ts", levels: [2019, 5], alias: SMALL },
  { name: "pkg0.client-fast", entry: "build/entries/client.ts", levels: [2019, 5] },
  { name: "pkg0.client-sms", entry: "build/entries/client-sms.ts", levels: [2019, 5], alias: SMALL },
  { name: "pkg0.client-udp", entry: "build/entries/client-udp.ts", levels: [2019, 5], alias: SMALL },
  { name: "virtual", entry: "targets/virtual/main.ts", levels: [2019], globals: ["pkg0", "host"], api: ["board"] },
  ...[
    // the small SHA-256 would take 57 JsVars and 4,560 bytes less, and 1.4 times the instructions (measured)
    { name: "espruino", ...ESPRUINO, alias: SMALL_MD5 },
    { name: "espruino.native", ...ESPRUINO, alias: NATIVE },
    { name: "quickjs", entry: "targets/quickjs/main.ts", levels: [2019], globals: QUICKJS },
    { name: "host-functions", ...HOST_FUNCTIONS, levels: [2019, 5], alias: SMALL },
    { name: "mquickjs", ...HOST_FUNCTIONS, levels: [5], alias: HALVES, isCompiled: true },
    { name: "moddable", entry: "targets/moddable/main.ts", levels: [2019], globals: ["Date"], isModule: true },
  ].map(row => ({ ...row, folders: ["src/", "targets/"] })),
];

/** The suite, which dist/test/engine-suite*.js have after the core and the client bundle. */
export const SUITE = {
  name: "test/suite",
  entry: "test/suite/run.ts",
  levels: [2019, 5],
  globals: ["pkg0", "core", "print", "console"],
  api: ["repeatAll"],
  folders: ["src/", "targets/mock/", "test/suite/", "test/vectors/"],
};

/** A firmware in JavaScript, for trying dist/host-functions.js in an engine's command line. */
export const DESK = {
  name: "test/desk",
  entry: "targets/host-functions/desk.ts",
  levels: [2019, 5],
  globals: ["pkg0", "print", "console"],
  api: ["host", "desk"],
  folders: ["src/", "targets/"],
};

/** The suite of the bearers on top of the client: dist/test/bearers-suite*.js. */
export const BEARERS_SUITE = {
  name: "test/bearers-suite",
  entry: "test/suite/run-bearers.ts",
  levels: [2019, 5],
  globals: ["print", "console"],
  folders: SUITE.folders,
};

/** The port checks on a board over host functions, by part: what fits into a heap of 28 KB at once. */
export const CHECKS = Object.fromEntries(
  ["storage", "clock", "receivers", "session"].map(part => [
    part,
    {
      ...{ name: `test/checks/${part}`, entry: `targets/host-functions/checks/${part}.ts`, levels: [5], alias: SMALL },
      ...{ globals: ["host"], folders: ["src/", "targets/"] },
    },
  ]),
);

/**
 * The code that build/bench measures, built like a flashed bundle, with each of the two hashes. The program of the benchmark
 * runs after it.
 */
export const BENCH = { name: "bench", entry: "build/entries/bench.ts", levels: [2019, 5] };
export const BENCHES = { small: { ...BENCH, alias: SMALL }, fast: BENCH };

/** What stands in the bundle `name` in place of other sources. */
export function aliasOf(name) {
  return DEVICES.find(row => row.name === name)?.alias ?? {};
}

/** The bundles that have the hashes of `kind` in them. */
export function bundlesWith(kind) {
  const source = SMALL["src/hash/sha256.ts"];
  return DEVICES.filter(({ name }) => name !== "virtual") // which has none
    .filter(({ alias = {} }) => (alias["src/hash/sha256.ts"] ?? "fast") === (kind === "small" ? source : "fast"))
    .map(({ name }) => name);
}
