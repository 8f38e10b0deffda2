/** The table of targets/mquickjs/README.md: a standard library that has nothing but its entries has all that the bundle uses. */
import { readFileSync } from "node:fs";
import { parse } from "acorn";
import { expect, test } from "vitest";

/** By name of a property: the built-ins that have it. */
const OWNERS: Record<string, object> = {
  Array: Array.prototype,
  Function: Function.prototype,
  JSON,
  Math,
  Number: Number.prototype,
  String: String.prototype,
  Uint8Array: Object.getPrototypeOf(Uint8Array.prototype),
  "static Array": Array,
  "static Number": Number,
  "static Object": Object,
  "static String": String,
};
/** Names of ours that MicroQuickJS' own library does not have, or has for none of the values that we ask. */
const OURS = ["at", "from", "of", "E", "log"];

function membersIn(code: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === "object" && node !== null) {
      const { type, computed, property } = node as { type?: string; computed?: boolean; property?: { name: string } };
      if (type === "MemberExpression" && computed === false) names.add((property as { name: string }).name);
      Object.values(node).forEach(visit);
    }
  };
  visit(parse(code, { ecmaVersion: 5 }));
  return names;
}

test("the table of the small standard library has every built-in function that the bundle uses", () => {
  const readme = readFileSync("targets/mquickjs/README.md", "utf8");
  const rows = [...readme.matchAll(/^\| `.*? \| (.*) \|$/gm)].map(([, entries]) => entries);
  const kept = new Set(rows.flatMap(entries => [...entries.matchAll(/`(\w+)`/g)].map(([, name]) => name)));
  expect(kept.size).toBeGreaterThan(20);
  const isBuiltIn = (name: string) => Object.values(OWNERS).some(owner => Object.hasOwn(owner, name));
  const used = [...membersIn(readFileSync("dist/mquickjs.es5.js", "utf8"))].filter(isBuiltIn);
  expect(used.length).toBeGreaterThan(15);
  expect(used.filter(name => !kept.has(name) && !OURS.includes(name))).toEqual([]);
  // and nothing that it does not use
  const unused = [...kept].filter(name => !used.includes(name) && !["globalThis", "toString"].includes(name));
  expect(unused).toEqual([]);
});
