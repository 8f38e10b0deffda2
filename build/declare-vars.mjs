/**
 * Declares a variable at the start of its function if it was declared in a block that may not run, and is used outside it:
 * inlining leaves such variables. Espruino does not hoist `var`; it would take another variable of that name, or a global.
 */
import { parse } from "acorn";
import MagicString from "magic-string";
import { isFunction, variablesOfBlocks, walk } from "./scope.mjs";

/** `code` is a minified script. Returns `{ code, maps }`. */
export function declareVars(code) {
  const program = parse(code, { ecmaVersion: 2019, ranges: true });
  const declared = new MagicString(code);
  const namesByOwner = new Map();
  for (const { owner, name } of variablesOfBlocks(program))
    namesByOwner.set(owner, [...(namesByOwner.get(owner) ?? []), name]);
  for (const [owner, names] of namesByOwner) {
    const [first] = owner.body.body;
    if (first.type === "VariableDeclaration" && first.kind === "var")
      declared.appendLeft(first.declarations[0].start, `${names},`);
    else declared.appendLeft(first.start, `var ${names};`);
    walk(owner.body, function (node, parent) {
      if (isFunction(node)) this.skip();
      if (node.type !== "VariableDeclaration" || node === first || /^For(In|Of)/.test(parent.type)) return;
      if (node.declarations.every(({ id, init }) => names.includes(id.name) && init !== null))
        declared.remove(node.start, node.declarations[0].start);
    });
  }
  return { code: declared.toString(), maps: [JSON.parse(declared.generateMap({ hires: true }).toString())] };
}
