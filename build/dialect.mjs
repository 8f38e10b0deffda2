/**
 * The dialect gate: parses a device bundle, and finds constructs that some engine would not run. Espruino skips the bodies
 * of functions until they are called, so a bundle that loads there proves nothing; MicroQuickJS lacks most of ES2015.
 */
import { parse } from "acorn";
import { checkMember, checkSyntax, GLOBALS, isOfArrays, nameOf } from "./rules.mjs";
import { resolveNames, variablesOfBlocks, walk } from "./scope.mjs";

/**
 * The faults of `code` as a script (a module where `isModule`) of ECMAScript `level` (2019 or 5): a list of `{ reason, line,
 * column }`, with `source` where `locate(line, column)` knows it. `globals` are allowed in addition to those of every
 * engine; `api` are the names that the script may give to globalThis; receivers.mjs makes `isProven`. Lines count from 1,
 * columns from 0.
 *
 * @typedef {{ reason: string, source?: string, line?: number, column?: number }} Fault
 * @param {string} code
 * @param {{
 *   level?: number, globals?: string[], api?: string[], isModule?: boolean,
 *   locate?: (line: number, column: number) => { source: string, line: number, column: number } | null,
 *   isProven?: (source: string, line: number, method: string, isEverywhere: boolean) => boolean,
 * }} [options]
 * @returns {Fault[]}
 */
export function checkDialect(
  code,
  { level = 2019, globals = [], api = ["pkg0"], isModule = false, locate = () => null, isProven = () => false } = {},
) {
  const faults = [];
  const add = (node, reason, method) => {
    const { line, column } = (method === undefined ? node : node.property).loc.start;
    const at = locate(line, column) ?? { line, column };
    if (method === undefined || !isProven(at.source, at.line, method, isOfArrays(method)))
      faults.push({ reason, ...at });
  };
  const sourceType = isModule ? "module" : "script";
  let program;
  try {
    program = parse(code, { ecmaVersion: "latest", sourceType, locations: true, ranges: true });
  } catch (error) {
    return [{ reason: `syntax error: ${error.message}`, ...(error.loc ?? {}) }];
  }
  walk(program, (node, parent, key) => {
    checkSyntax(node, parent, level, add);
    checkMember(node, parent, key, add);
  });
  checkNames(program, { level, globals, api }, add);
  if (faults.length === 0) {
    try {
      parse(code, { ecmaVersion: level, sourceType });
    } catch (error) {
      faults.push({
        reason: `not ES${level}: ${error.message}`,
        ...(locate(error.loc.line, error.loc.column) ?? error.loc),
      });
    }
  }
  return faults;
}

/** The faults name no variables, because minified names would not help. */
function checkNames(program, { level, globals, api }, add) {
  const parents = new Map();
  walk(program, (node, parent) => parents.set(node, parent));
  const { names, catches } = resolveNames(program);
  for (const { node, declaration, isCaptured } of names) {
    if (declaration === null) {
      checkGlobal(node, parents, globals, api, add);
    } else if (isCaptured) {
      // Espruino: all closures see the last value
      if (declaration.isInLoop) add(node, "variable of a loop, captured by a closure");
    } else if (node.start < declaration.start) {
      // Espruino hoists neither functions nor var
      add(node, "name before its declaration");
    }
  }
  if (level !== 5) {
    // Espruino: when the block does not run, the name is that of a variable further out, or a global
    for (const { node } of variablesOfBlocks(program)) add(node, "variable of a block, used outside it");
    return;
  }
  for (const { node, names, isRepeated } of catches) {
    // MicroQuickJS: the variable of a catch is one of the function
    if (isRepeated || names.has(node.name)) add(node, "catch variable twice in a function");
  }
}

function checkGlobal(node, parents, globals, api, add) {
  const parent = parents.get(node);
  const isObject = parent.type === "MemberExpression" && parent.object === node;
  if (node.name === "globalThis") {
    const isApi = isObject && api.includes(nameOf(parent));
    const assignment = parents.get(parent);
    if (!isApi || assignment.type !== "AssignmentExpression" || assignment.left !== parent)
      add(node, "globalThis other than to assign the API");
  } else if (globals.includes(node.name)) {
    // the target's own
  } else if (!Object.hasOwn(GLOBALS, node.name)) {
    add(node, `global ${node.name}`);
  } else if (isObject && !GLOBALS[node.name].includes(nameOf(parent))) {
    add(parent, `${node.name}.${nameOf(parent)}`);
  }
}

/**
 * Every file in a bundle must be under one of `folders`, and every file that src/ imports under src/.
 *
 * @param {{ inputs: Record<string, { imports: { path: string }[] }> }} metafile esbuild's
 * @param {string[]} folders
 * @param {string[]} [replacements] files outside src/ that stand in for one of its own
 * @returns {Fault[]}
 */
export function checkInputs(metafile, folders, replacements = []) {
  const faults = [];
  for (const [source, input] of Object.entries(metafile.inputs)) {
    if (!folders.some(folder => source.startsWith(folder))) faults.push({ reason: "not a source of devices", source });
    for (const each of input.imports) {
      if (source.startsWith("src/") && !each.path.startsWith("src/") && !replacements.includes(each.path))
        faults.push({ reason: `import of ${each.path}`, source });
    }
  }
  return faults;
}

export function formatFault({ reason, source, line, column }) {
  return `${source ?? "bundle"}${line === undefined ? "" : `:${line}:${column + 1}`}: ${reason}`;
}
