import { expect, test } from "vitest";
import { markGlobals } from "../../build/global-names.mjs";

test.each([
  ["functions and their uses", "function a(b){return b?a(0):b}a(1)", "function $0(b){return b?$0(0):b}$0(1)"],
  ["variables", "var a=1,b=a;function c(){return b}", "var $1=1,$2=$1;function $0(){return $2}"],
  ["a shorthand", "function a(){}x={a}", "function $0(){}x={a:$0}"],
  ["not one that hides it", "function a(){}function b(a){return a}", "function $0(){}function $1(a){return a}"],
  ["not properties and the engine's own", "function a(){print(x.a)}", "function $0(){print(x.a)}"],
])("marks %s", (_, code, marked) => {
  const { code: out } = markGlobals(code);
  // which number a name gets does not matter
  const numbered = (text: string) => {
    const seen = new Map<string, string>();
    return text.replace(/\$\w+/g, name => {
      if (!seen.has(name)) seen.set(name, `$${seen.size}`);
      return seen.get(name)!;
    });
  };
  expect(numbered(out)).toBe(numbered(marked));
});
