/**
 * Declares a variable at the start of its function if it was declared in a block that may not run, and is used outside it:
 * inlining leaves such variables. Espruino does not hoist `var`; it would take another variable of that name, or a global.
 */
import { parse } from "acorn";
import MagicString from "magic-string";
import { variablesOfBlocks } from "./scope.mjs";

/** `code` is a script. Returns `{ code, maps }`. */
export function declareVars(code) {
  const declared = new MagicString(code);
  for (const { owner, name } of variablesOfBlocks(parse(code, { ecmaVersion: 2019, ranges: true }))) {
    const [first] = owner.body.body;
    if (first.type === "VariableDeclaration" && first.kind === "var")
      declared.appendLeft(first.declarations[0].start, `${name},`);
    else declared.appendLeft(first.start, `var ${name};`);
  }
  return { code: declared.toString(), maps: [JSON.parse(declared.generateMap({ hires: true }).toString())] };
}
