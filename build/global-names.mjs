/**
 * Gives the functions and variables of a script names that begin with `$`: those of a boot file are global, and a program of the
 * board has names of its own. Names within functions stay short.
 */
import { parse } from "acorn";
import MagicString from "magic-string";
import { resolveNames, walk } from "./scope.mjs";

/** Returns `{ code, maps }`. */
export function markGlobals(code) {
  const program = parse(code, { ecmaVersion: 2019, sourceType: "script", ranges: true });
  const shorthands = new Set();
  walk(program, node => {
    if (node.type === "Property" && node.shorthand) shorthands.add(node.value.start);
  });
  const marked = new MagicString(code);
  const own = new Map();
  for (const { node, declaration } of resolveNames(program).names) {
    if (declaration === null || declaration.scope.type !== "global") continue;
    if (!own.has(node.name)) own.set(node.name, `$${own.size.toString(36)}`);
    const name = own.get(node.name);
    marked.overwrite(node.start, node.end, shorthands.has(node.start) ? `${node.name}:${name}` : name);
  }
  return { code: marked.toString(), maps: [JSON.parse(marked.generateMap({ hires: true }).toString())] };
}
