import { expect, test } from "vitest";
import { functionsToArrows } from "../../build/arrows.mjs";

test.each([
  ["a function", "function f(a: T): U {\n}\n", "const f=(a: T): U =>{\n}\n"],
  ["one that is exported", "export function f<T>() {\n}\n", "export const f=<T>() =>{\n}\n"],
  ["one inside another", "function f() {\n  function g() {\n  }\n}\n", "const f=() =>{\n  const g=() =>{\n  }\n}\n"],
])("an arrow for %s, no longer than it was", (_, code, arrows) => {
  expect(functionsToArrows(code)).toBe(arrows);
  expect(arrows.length).toBe(code.length);
});

test.each([
  ["a default export", "export default function f() {\n}\n"],
  ["one with a this", "function f() {\n  return this.a;\n}\n"],
  ["one with arguments", "function f() {\n  return arguments.length;\n}\n"],
  ["an arrow", "const f = () => 1;\n"],
])("leaves alone %s", (_, code) => expect(functionsToArrows(code)).toBe(code));
