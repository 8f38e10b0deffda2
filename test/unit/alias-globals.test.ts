/** Built-in objects that a bundle names often are variables in it; everything else that it does not declare stays. */
import { expect, test } from "vitest";
import { aliasGlobals } from "../../build/alias-globals.mjs";

const script = (body: string) => `(()=>{${body}})();`;

test("an object that is named often is a variable", () => {
  const body = "print(new Uint8Array(1).length + new Uint8Array(2).length + Uint8Array.of(7)[0]);";
  const { code } = aliasGlobals(script(body));
  expect(code.match(/(?<!\$)Uint8Array/g)).toHaveLength(1);
  const lines: number[] = [];
  new Function("print", code)((line: number) => lines.push(line));
  expect(lines).toEqual([10]);
});

test.each([
  ["named once", "print(new Uint8Array(1));"],
  ["not there on every board", 'if (typeof serialport !== "undefined") serialport(serialport, serialport);'],
  ["made by the board", "hostFunctions(hostFunctions, hostFunctions, hostFunctions);"],
  ["declared by the script", "var Uint8Array = Array; new Uint8Array(); new Uint8Array(); new Uint8Array();"],
])("a name stays when it is %s", (_, body) => {
  expect(aliasGlobals(script(body)).code).toBe(script(body));
});
