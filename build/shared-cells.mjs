/**
 * Puts the captured variables of a function into one array. In MicroQuickJS a captured variable takes 8 bytes of its own, 12 while
 * its function runs, and 4 in each closure that names it, or has such a closure within; an element takes 4, and a closure
 * names only the array. An access takes some thirty instructions more.
 */
import { parse } from "acorn";
import { analyze } from "eslint-scope";
import MagicString from "magic-string";
import { isFunction, walk } from "./scope.mjs";

/** What an array takes, with its own cell, before its elements. */
const ARRAY_BYTES = 36;

/**
 * `code` is a script of ES5 whose functions do not look at `this`: one that is called from the array would get the array.
 * Returns `{ code, maps }`.
 */
export function shareCells(code) {
  const program = parse(code, { ecmaVersion: 5, ranges: true });
  const { scopes } = analyze(program, { ecmaVersion: 5 });
  const parents = new Map();
  walk(program, (node, parent) => {
    parents.set(node, parent);
    if (node.type === "ThisExpression")
      throw new Error("a function that looks at `this` would get an array of variables");
  });
  const shared = new MagicString(code);
  let count = 0;
  for (const scope of scopes) {
    const variables = scope.type === "function" ? worthSharing(scope, parents) : [];
    if (variables.length > 0) share(scope, variables, `cells${count++}`, shared);
  }
  return { code: shared.toString(), maps: [JSON.parse(shared.generateMap({ hires: true }).toString())] };
}

/** The variables of `scope` that go into an array; none when that would take more memory. */
function worthSharing(scope, parents) {
  const isStart = startOf(scope, parents);
  const namers = new Map(); // each captured variable, with the functions that have to name it
  for (const variable of scope.variables) {
    const within = new Set();
    for (const { from } of variable.references)
      for (let each = from.variableScope; each !== scope; each = each.upper.variableScope) within.add(each);
    // the array would keep what only the start uses
    const isKept = variable.references.some(({ from }) => !isStart(from.variableScope.block));
    if (within.size > 0 && isKept && canMove(variable, parents)) namers.set(variable, within);
  }
  const closures = new Set([...namers.values()].flatMap(within => [...within]));
  let before = 0;
  for (const within of namers.values()) before += 8 + 4 * within.size;
  return before > ARRAY_BYTES + 4 * (namers.size + closures.size) ? [...namers.keys()] : [];
}

/**
 * Tells of a function whether it only runs while that of `scope` does: the function itself, functions within that are called
 * where they stand, and its variables that only such functions call.
 */
function startOf(scope, parents) {
  const functions = new Map(); // function: the variable that it is the value of
  for (const variable of scope.variables) {
    const writes = variable.references.filter(reference => reference.isWrite());
    const value = writes.length === 1 ? writes[0].writeExpr : null;
    if (value !== null && isFunction(value) && variable.defs[0].type === "Variable") functions.set(value, variable);
  }
  const isStart = block => {
    if (block === scope.block || functions.has(block)) return true;
    let around = parents.get(block);
    if (around.callee !== block) return false;
    while (!isFunction(around)) around = parents.get(around);
    return isStart(around);
  };
  const isCall = ({ identifier, from }) =>
    parents.get(identifier).callee === identifier && isStart(from.variableScope.block);
  for (let before = -1; before !== functions.size; ) {
    before = functions.size;
    for (const [value, { references }] of functions)
      if (!references.every(reference => reference.isWrite() || isCall(reference))) functions.delete(value);
  }
  return isStart;
}

function canMove({ defs, references }, parents) {
  return (
    defs.length > 0 &&
    defs.every(({ type }) => type === "Variable" || type === "Parameter") &&
    !references.some(({ identifier }) => /^ForIn/.test(parents.get(identifier).type)) &&
    !defs.some(({ type, parent }) => type === "Variable" && /^ForIn/.test(parents.get(parent).type))
  );
}

function share(scope, variables, array, shared) {
  const declarations = new Set();
  let parameters = "";
  variables.forEach(({ defs, references }, i) => {
    const place = `${array}[${i}]`;
    const nodes = new Set(references.map(({ identifier }) => identifier));
    for (const { type, parent, name } of defs) {
      if (type === "Parameter") parameters += `${place}=${name.name};`;
      else {
        declarations.add(parent);
        nodes.add(name);
      }
    }
    for (const { start, end } of nodes) shared.overwrite(start, end, place);
  });
  const names = new Set(variables.map(({ name }) => name));
  let left = ""; // variables that share a declaration with those
  for (const declaration of declarations) {
    for (const { id } of declaration.declarations) if (!names.has(id.name)) left += `,${id.name}`;
    undeclare(declaration, shared);
  }
  const at = scope.block.body.start + 1;
  shared.appendRight(at, `var ${array}=new Array(${variables.length})${left};${parameters}`);
}

/** Leaves of a declaration its assignments. */
function undeclare({ start, declarations }, shared) {
  const { end } = declarations.at(-1);
  let at = start;
  for (const { init, ...declarator } of declarations) {
    if (init === null) continue;
    shared.remove(at, declarator.start);
    if (at !== start) shared.appendLeft(at, ",");
    at = declarator.end;
  }
  if (at === start) shared.overwrite(start, end, "0");
  else if (at < end) shared.remove(at, end);
}
