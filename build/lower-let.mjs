/**
 * Turns `let` into `var` in a script where that changes no behaviour: QuickJS checks a let at each use, and Espruino makes a
 * scope for each block with a let. Both words have the same length, so source maps stay right. A let that is left alone
 * works too.
 */
import { parse } from "acorn";
import { isFunction, resolveNames, walk } from "./scope.mjs";

/** `code` is esbuild's output before minification reuses names, because a reused name cannot be turned. */
export function lowerLet(code) {
  const program = parse(code, { ecmaVersion: 2019, sourceType: "module", ranges: true });
  const { names } = resolveNames(program);
  const declarations = []; // { node, ids, hasValue }
  const functions = []; // `[start, end]`, outer ones first
  const isHead = new Set(); // the variables of for..in and for..of, which have a value of their own in each round
  walk(program, (node, parent, key) => {
    if (isFunction(node)) functions.push([node.start, node.end]);
    if (key === "left" && /^For(In|Of)Statement$/.test(parent.type)) isHead.add(node);
    if (node.type !== "VariableDeclaration" || node.kind !== "let") return;
    const ids = node.declarations.map(({ id }) => id);
    if (ids.every(({ type }) => type === "Identifier")) declarations.push({ node, ids });
  });
  const byName = new Map();
  for (const name of names) {
    if (!byName.has(name.node.name)) byName.set(name.node.name, []);
    byName.get(name.node.name).push(name);
  }

  const out = code.split("");
  for (const { node, ids } of declarations) {
    // the innermost function around it; null for a script's own variables, which other scripts see
    const owner = functions.findLast(([start, end]) => start <= node.start && node.end <= end);
    if (owner === undefined) continue;
    const canLower = (id, i) => {
      const all = byName.get(id.name);
      const { scope: own, isInLoop } = all.find(name => name.node === id).declaration;
      const hasValue = isHead.has(node) || node.declarations[i].init !== null;
      const inside = all.filter(name => owner[0] <= name.node.start && name.node.end <= owner[1]);
      for (const { declaration } of inside) {
        if (declaration === null || declaration.start < owner[0] || declaration.start > owner[1]) return false; // further out
        if (declaration.scope === own || declaration.scope.variableScope !== own.variableScope) continue; // or by a function inside
        return false; // of the same function: one of the two would hide the other, or terser would merge them
      }
      const isCaptured = inside.some(name => name.isCaptured && name.declaration.scope === own);
      return !isInLoop || (hasValue && !isCaptured);
    };
    if (ids.every(canLower)) out.splice(node.start, 3, "v", "a", "r");
  }
  return out.join("");
}
