/**
 * Frees the functions of a boot file that only its start calls: `delete` ends the name of a function, and the function ends
 * with the call that runs. In a module `delete` has no effect, so a module can be started again.
 */
import { parse } from "acorn";
import MagicString from "magic-string";
import { isFunction, isLoop, resolveNames, walk } from "./scope.mjs";

/**
 * `code` is a script without a function around it, which calls `freeStart()` once, when it has started. There the functions
 * are deleted that only the start calls. One that is called once is deleted already when it begins, because the last steps of
 * the start take most memory. `makers` are the names of those functions that terser leaves where they are.
 * Returns `{ code, maps }`.
 */
export function freeStartOnly(code, makers) {
  const all = startOnly(parse(code, { ecmaVersion: 2019, sourceType: "script", ranges: true }));
  const left = all.filter(({ node, isOnce }) => !isOnce || makers.has(node.id.name));
  const freed = new MagicString(code);
  freed.replace("freeStart()", left.map(({ node }) => `delete ${node.id.name}`).join(", "));
  for (const { node, isOnce } of left) {
    if (isOnce) freed.appendLeft(node.body.start + 1, ` delete ${node.id.name};`);
  }
  return { code: freed.toString(), maps: [JSON.parse(freed.generateMap({ hires: true }).toString())] };
}

/**
 * The functions of the script that nothing can call after the start, in their order, as `{ node, isOnce }`: each use is a call
 * by the script itself, by the function that calls `freeStart()`, or by another function of these. A method or a callback may
 * run later. `isOnce` tells that it is called once, and not in a loop.
 */
function startOnly(program) {
  const functions = new Set();
  const uses = []; // { of: where its declaration is, by: the function around it, isCall, isInLoop }
  const declarations = new Map(resolveNames(program).names.map(({ node, declaration }) => [node, declaration]));
  const places = new Map([[null, { by: null, isInLoop: false }]]);
  let starter = null;
  walk(program, (node, parent) => {
    const place = isFunction(parent ?? node) ? { by: parent, isInLoop: false } : { ...places.get(parent) };
    if (isLoop(node)) place.isInLoop = true;
    places.set(node, place);
    if (node.type === "FunctionDeclaration" && parent === program) functions.add(node);
    if (node.type !== "Identifier") return;
    const isCall = parent.type === "CallExpression" && parent.callee === node;
    if (isCall && node.name === "freeStart") starter = place.by;
    const isExport = parent.type === "AssignmentExpression" && parent.left.object?.name === "exports"; // in a module
    const of = declarations.get(node)?.start;
    if (of !== undefined && of !== node.start && !isExport) uses.push({ of, isCall, ...place });
  });

  const usesOf = ({ id }) => uses.filter(({ of }) => of === id.start);
  const isAtStart = ({ by, isCall }) => isCall && (by === null || by === starter || functions.has(by));
  for (let before = -1; before !== functions.size; ) {
    before = functions.size;
    for (const node of functions) if (!usesOf(node).every(isAtStart)) functions.delete(node);
  }
  return [...functions].map(node => {
    const all = usesOf(node);
    return { node, isOnce: all.length === 1 && !all[0].isInLoop };
  });
}
