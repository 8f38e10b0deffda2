/**
 * Makes variables of a function to parameters that no caller gives: they need no `var`, and a function without `var` is
 * often one expression.
 */
import { parse } from "acorn";
import { analyze } from "eslint-scope";
import MagicString from "magic-string";
import { walk } from "./scope.mjs";

/** A declaration costs `var `, a parameter its name and a comma: with more names than this for each, they stay. */
const NAMES_FOR_EACH = 2;

/** `code` is a script of ECMAScript 2019. Returns it, and its source map. */
export function variablesToParameters(code) {
  const program = parse(code, { ecmaVersion: 2019, ranges: true });
  const edited = new MagicString(code);
  const parents = new Map();
  walk(program, (node, parent) => parents.set(node, parent));
  const { scopes } = analyze(program, { ecmaVersion: 2022 });
  const called = new Set(scopes.flatMap(({ variables }) => variables.flatMap(each => calledFunctions(each, parents))));
  for (const { block: arrow, variables } of scopes) {
    if (arrow.type !== "ArrowFunctionExpression" || arrow.body.type !== "BlockStatement") continue;
    const isFree = each => called.has(arrow) || hasValueWhereRead(each, parents);
    const declarations = freeDeclarations(variables, isFree, parents);
    const names = new Set(declarations.flatMap(node => node.declarations.map(({ id }) => id.name)));
    if (names.size === 0 || names.size > NAMES_FOR_EACH * declarations.length + 1) continue;
    for (const declaration of declarations) undeclare(edited, declaration);
    for (const { name } of arrow.params) names.delete(name);
    edited.overwrite(arrow.start, arrow.body.start, `(${[...arrow.params.map(({ name }) => name), ...names]})=>`);
  }
  return { code: edited.toString(), maps: [JSON.parse(edited.generateMap({ hires: true }).toString())] };
}

/** The function that is the value of a variable, if all that happens to it are calls with no more arguments than parameters. */
function calledFunctions({ defs, references }, parents) {
  const [{ type, node } = {}] = defs;
  if (defs.length !== 1 || type !== "Variable" || node.init?.type !== "ArrowFunctionExpression") return [];
  const isCall = ({ identifier }) => {
    const { callee, arguments: given } = parents.get(identifier);
    return (
      callee === identifier &&
      given.length <= node.init.params.length &&
      given.every(({ type }) => type !== "SpreadElement")
    );
  };
  return references.every(each => each.init === true || isCall(each)) ? [node.init] : [];
}

/** Whether the first declaration gives a value, and all places are behind it in the same block or loop. */
function hasValueWhereRead({ defs, references }, parents) {
  const [first] = defs;
  if (defs.some(({ node }) => node.init === null)) return false;
  const home = parents.get(first.parent);
  if (home.type !== "BlockStatement" && home.type !== "ForStatement") return false;
  return references.every(
    ({ identifier: { start, end } }) => start === first.node.start || (start >= first.node.end && end <= home.end),
  );
}

/** The declarations with `var` that have only free variables, all of whose declarations are such. */
function freeDeclarations(variables, isFree, parents) {
  const isVariable = ({ type, parent }) =>
    type === "Variable" && parent.kind === "var" && !/^For(In|Of)/.test(parents.get(parent).type);
  const free = new Set(variables.filter(each => each.defs.length > 0 && each.defs.every(isVariable) && isFree(each)));
  const owners = new Map([...free].flatMap(each => each.defs.map(({ node }) => [node, each])));
  const isWhole = ({ parent }) => parent.declarations.every(each => free.has(owners.get(each)));
  for (let before = -1; before !== free.size; ) {
    before = free.size;
    for (const each of free) if (!each.defs.every(isWhole)) free.delete(each);
  }
  return [...new Set([...free].flatMap(({ defs }) => defs.map(({ parent }) => parent)))];
}

/** Leaves the assignments of a declaration. */
function undeclare(edited, { start, declarations }) {
  edited.remove(start, declarations[0].start);
  const first = declarations.findIndex(({ init }) => init !== null);
  for (let i = 0; i < declarations.length; i++) {
    if (declarations[i].init !== null) continue;
    // with the comma behind it, or with the one before it
    const from = i < first || first < 0 ? declarations[i].start : declarations[i - 1].end;
    edited.remove(from, i < first ? declarations[i + 1].start : declarations[i].end);
    if (first < 0 && i > 0) edited.remove(declarations[i - 1].end, declarations[i].start);
  }
}
