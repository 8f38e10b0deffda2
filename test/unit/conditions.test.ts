/** A condition is shortened only where the types say that its value is the same. */
import ts from "typescript";
import { expect, test } from "vitest";
import { shorterConditions } from "../../build/conditions.mjs";

const FILE = "source.ts";
const GIVEN = `
  declare const other: number[];
  declare const n: number, m: number, s: string, a: number[], b: boolean, x: any, flag: 0 | 64, z: 0;
  declare const o: { p: number } | null, u: { p: number } | undefined, both: object | null | undefined;
  declare const text: string | null, either: Uint8Array | null | false, g: (value: unknown) => void;
`;

function shortened(code: string): string {
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2019,
    lib: ["lib.es2019.d.ts"],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const file = ts.createSourceFile(FILE, GIVEN + code, ts.ScriptTarget.ES2019, true);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target) => (name === FILE ? file : read(name, target));
  const edits = shorterConditions(file, ts.createProgram([FILE], options, host).getTypeChecker());
  let text = file.text;
  for (const [from, to, by] of edits.reverse().sort((p, q) => q[0] - p[0]))
    text = text.slice(0, from) + by + text.slice(to);
  return text.slice(GIVEN.length);
}

test.each([
  ["if (n !== 0) g(1)", "if (n) g(1)"],
  ["if (n === 0) g(1)", "if (!n) g(1)"],
  ["if ((n & 1) === 0 || m !== 0) g(1)", "if (!(n & 1) || m) g(1)"],
  ["while (n + m === 0) g(1)", "while (!(n + m)) g(1)"],
  ["for (; n !== 0; ) g(1)", "for (; n; ) g(1)"],
  ["g(n === 0 ? 1 : 2)", "g(!n ? 1 : 2)"],
  ["g(!(n === 0))", "g(!(!n))"],
  ["o !== null && g(1)", "o && g(1)"],
  ["if (o === null || u === undefined) g(1)", "if (!o || !u) g(1)"],
  ['if (s === "") g(1)', "if (!s) g(1)"],
  ["if (n + m ===\n 0) g(1)", "if (!(n + m)\n) g(1)"], // lines stay
  ["if (a.length > 0 && n === z) g(1)", "if (a.length && !n) g(1)"],
  ["g(a.filter(each => each !== 0))", "g(a.filter(each => each))"],
  ["g(o === null)", "g(o ==  null)"],
  ["g(u !== undefined)", "g(u !=  null)"],
  ["g(a === other)", "g(a ==  other)"],
  ["g(n === m)", "g(n ==  m)"],
  ['g(s !== "a")', 'g(s !=  "a")'],
])("%s", (code, expected) => expect(shortened(code)).toBe(expected));

test.each([
  "g(both === null)", // undefined would count as null
  "if (both === null) g(1)", // undefined would count as null
  "if (text === null) g(1)", // "" would count as null
  "if (either === null) g(1)", // false would count as null
  "if (x === 0) g(1)", // anything may be in it
  "if (x === null) g(1)",
  "g(x === n)",
  "if (b === true) g(1)",
])("not %s", code => expect(shortened(code)).toBe(code));

test("0 instead of false would be seen, or the other side may be something else: only ==", () => {
  expect(shortened("g(n !== 0 && m > 0)")).toBe("g(n !=  0 && m > 0)");
  expect(shortened("if (n !== flag) g(1)")).toBe("if (n !=  flag) g(1)");
});
