/**
 * Puts the built-in objects that a script names often, such as Uint8Array, into variables of its own, because the last
 * minification shortens the names of those.
 */
import { parse } from "acorn";
import { analyze } from "eslint-scope";
import MagicString from "magic-string";

/** The letters of such a variable at the most, and of what declares it. */
const LETTERS = 2;
const DECLARATION = ",xx=".length;

/** `code` is a script that consists of one function and its call. Returns it, and its source map. */
export function aliasGlobals(code) {
  const program = parse(code, { ecmaVersion: 2019, ranges: true });
  const aliased = new MagicString(code);
  const uses = new Map();
  for (const { identifier } of analyze(program, { ecmaVersion: 2022 }).globalScope.through) {
    if (!uses.has(identifier.name)) uses.set(identifier.name, []);
    uses.get(identifier.name).push(identifier);
  }
  const saves = name => (name.length - LETTERS) * uses.get(name).length > name.length + DECLARATION;
  const names = [...uses.keys()].filter(name => isBuiltIn(name) && saves(name));
  for (const name of names) for (const { start, end } of uses.get(name)) aliased.update(start, end, `own$${name}`);
  const [{ expression }] = program.body;
  if (names.length > 0)
    aliased.appendRight(expression.callee.body.start + 1, `var ${names.map(name => `own$${name}=${name}`).join(",")};`);
  return { code: aliased.toString(), maps: [JSON.parse(aliased.generateMap({ hires: true }).toString())] };
}

/** Only those are there before the script runs, on every board, and stay what they are. */
function isBuiltIn(name) {
  return /^[A-Z]/.test(name) && Object.hasOwn(globalThis, name);
}
