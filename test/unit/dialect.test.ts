import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readTypeOptions } from "../../build/device.mjs";
import { checkDialect, checkInputs } from "../../build/dialect.mjs";
import { createReceivers } from "../../build/receivers.mjs";

/** `[reason, script]`: the script is refused for that reason, and for no other. */
const REFUSED: [string, string][] = [
  ["default value", "function f(a = 1) {}"],
  ["default value", "var f = (a = 1) => a"],
  ["destructuring", "function f(o) { var { a } = o; return a; }"],
  ["destructuring", "function f(o) { var [a] = o; return a; }"],
  ["destructuring", "function f({ a }) { return a; }"],
  ["spread", "function f(a) { return Math.max(...a); }"],
  ["spread", "function f(a) { return [...a]; }"],
  ["spread", "function f(a) { return { ...a }; }"],
  ["rest parameter", "function f(...a) { return a; }"],
  ["computed key", "function f(a) { return { [a]: 1 }; }"],
  ["operator **", "function f(a) { return a ** 2; }"],
  ["operator **=", "function f(a) { a **= 2; return a; }"],
  ["operator ??=", "function f(a) { a ??= 2; return a; }"],
  ["label", "function f() { a: for (;;) break a; }"],
  ["optional chaining", "function f(a) { return a?.b; }"],
  ["async", "async function f() {}"],
  ["generator", "function* f() {}"],
  ["class field", "class A { b = 1; }"],
  ["extends", "class A extends Error {}"],
  ["tagged template", "function f(a) { return a`b`; }"],
  ["new.target", "function f() { return new.target; }"],
  ["import()", "import('a')"],
  ["case after default", "function f(a) { switch (a) { default: return 1; case 2: return 3; } }"],
  ["function declaration in a block", "function f(a) { if (a) { function g() {} } }"],
  ["array hole", "var a = [1, , 2]"],
  ["regular expression", "var a = /b/"],
  ["BigInt", "var a = 1n"],
  ["assignment to .length", "function f(a) { a.length = 0; }"],
  ["assignment to .length", "function f(a) { a.length--; }"],
  ["own toString", "var a = { toString: function () {} }"],
  ["own valueOf", "class A { valueOf() {} }"],
  ["own toString", "function f(a) { a.toString = 1; }"],
  [".prototype", "function F() {} F.prototype.g = 1"],
  ["global Symbol", "var a = Symbol()"],
  ["global Map", "var a = new Map()"],
  ["global Set", "var a = new Set()"],
  ["global WeakMap", "var a = new WeakMap()"],
  ["global Proxy", "var a = new Proxy({}, {})"],
  ["global Reflect", "var a = Reflect"],
  ["global BigInt", "var a = BigInt(1)"],
  ["global DataView", "function f(b) { return new DataView(b); }"],
  ["global TextDecoder", "var a = new TextDecoder()"],
  ["global TextEncoder", "var a = new TextEncoder()"],
  ["global RangeError", "var a = new RangeError()"],
  ["global Promise", "var a = Promise"],
  ["global Date", "var a = new Date()"],
  ["global eval", "eval('1')"],
  ["global Function", "var a = Function('1')"],
  ["global require", "require('a')"],
  ["global process", "process.exit()"],
  ["global Buffer", "var a = Buffer"],
  ["global console", "console.log(1)"],
  ["global window", "window.a = 1"],
  ["global leaked", "function f() { leaked = 1; }"],
  ["globalThis other than to assign the API", "var a = globalThis"],
  ["globalThis other than to assign the API", "globalThis.other = 1"],
  ["globalThis other than to assign the API", "var a = globalThis.pkg0"],
  ["Math.imul", "var a = Math.imul(1, 2)"],
  ["Math.clz32", "var a = Math.clz32(1)"],
  ["Math.trunc", "var a = Math.trunc(1)"],
  ["Math.sign", "var a = Math['sign'](1)"],
  ["Math.pow", "var a = Math.pow(2, 32)"],
  ["Number.isInteger", "var a = Number.isInteger(1)"],
  ["Number.isFinite", "var a = Number.isFinite(1)"],
  ["Object.freeze", "var a = Object.freeze({})"],
  ["Object.assign", "var a = Object.assign({})"],
  ["Object.entries", "var a = Object.entries"],
  ["Object.create", "var a = Object.create(null)"],
  [".fill()", "function f(a) { a.fill(0); }"],
  [".copyWithin()", "function f(a) { a.copyWithin(0, 1); }"],
  [".fill()", "function f(a) { [].fill.call(a, 0); }"],
  [".includes()", "function f(a) { return a.includes('b'); }"],
  [".startsWith()", "function f(a) { return a.startsWith('b'); }"],
  [".padStart()", "function f(a) { return a.padStart(2); }"],
  [".codePointAt()", "function f(a) { return a.codePointAt(0); }"],
  [".slice() of what may be a typed array", "function f(a) { return a.slice(1); }"],
  [".slice() of what may be a typed array", "function f(a) { return [].slice.call(a); }"],
  [".indexOf() of what may be a typed array", "function f(a) { return a.indexOf(1); }"],
  [".map() of what may be a typed array", "function f(a) { return a.map(1); }"],
  ["fromCharCode above 255", "var a = String.fromCharCode(0x20ac)"],
  ["variable of a loop, captured by a closure", "function f(a) { for (let i = 0; i < 3; i++) a.push(() => i); }"],
  [
    "variable of a loop, captured by a closure",
    "function f(a) { while (a) { const x = a; a.push(function () { return x; }); } }",
  ],
  [
    "variable of a loop, captured by a closure",
    "function f(a) { for (;;) { if (a) { let x = 1; a(() => () => x); } } }",
  ],
  ["name before its declaration", "function f() { return { g: g }; function g() {} }"],
  ["name before its declaration", "f(); function f() {}"],
  ["name before its declaration", "function f() { a = 1; var a; }"],
];

/** Fine in ES2019, but not in what goes to MicroQuickJS and Duktape. */
const REFUSED_ES5: [string, string][] = [
  ["let", "let a = 1"],
  ["const", "const a = 1"],
  ["arrow function", "var f = function () { return () => 1; }"],
  ["class", "class A {}"],
  ["template literal", "var a = `b`"],
  ["shorthand", "var a = 1, b = { a }"],
  ["shorthand", "var b = { a() {} }"],
  ["for..of", "function f(a) { for (var b of a) f(b); }"],
  ["catch without a variable", "function f() { try { f(); } catch {} }"],
  ["operator ??", "function f(a) { return a ?? 1; }"],
  ["not ES5: Unexpected token (1:14)", "function f(a, ) {}"],
  ["not ES5: Unexpected token (1:21)", "function f(a) { f(a, ); }"],
  ["catch variable twice in a function", "function f() { try { f(); } catch (e) {} try { f(); } catch (e) {} }"],
  ["catch variable twice in a function", "function f(e) { try { f(); } catch (e) {} }"],
  ["catch variable twice in a function", "function f() { var e; try { f(); } catch (e) {} return e; }"],
];

const ACCEPTED = [
  "(() => { const f = (a, b) => { let c = `a`; return { a, b, get d() { return c; }, e(x) { c = x; } }; }; globalThis.pkg0 = { f }; })()",
  "class A { constructor(b) { this.b = b; } get c() { return this.b; } d() { return this.c; } }",
  "function f(n) { return n.from + n.at + n.fill + n.of; }",
  "function f(o) { for (var k in o) if (o[k] === undefined) delete o[k]; return Object.keys(o); }",
  "function f(a) { for (let i = 0; i < 3; i++) a.push(a[i]); a.forEachOf(() => a); return () => a; }",
  "function f() { return g() } function g() { return f() }",
  "function f(a) { switch (a) { case 1: return 2; default: return 3; } }",
  "function f() { try { f(); } catch (e) { return e; } function g() { try { g(); } catch (e) {} } }",
  "function f(u) { u.set(new Uint8Array([1]), 0); return u.subarray(0, 1).length; }",
  "var a = 'abc'.indexOf('b') + 'abc'.slice(1); function f(s) { return s.substring(1).charCodeAt(0).toString(16); }",
  "function f() { return arguments.length + isNaN(NaN) + parseInt('1', 16) + Math.floor(1.5) + String.fromCharCode(255); }",
];

describe("the dialect gate", () => {
  test.each(REFUSED)("refuses %s: %s", (reason, script) => {
    expect(checkDialect(script).map(fault => fault.reason)).toContain(reason);
  });
  test.each(REFUSED_ES5)("refuses in ES5 %s: %s", (reason, script) => {
    expect(checkDialect(script, { level: 5 }).map(fault => fault.reason)).toEqual([reason]);
    expect(checkDialect(script, { level: 2019 }).filter(fault => !fault.reason.startsWith("not ES"))).toEqual([]);
  });
  test.each(ACCEPTED)("accepts %s", script => {
    expect(checkDialect(script)).toEqual([]);
  });
  test("takes what a target has as its own", () => {
    const script = "function f() { print(1); } globalThis.board = f";
    expect(checkDialect(script, { globals: ["print"], api: ["board"] })).toEqual([]);
    expect(checkDialect(script)).toHaveLength(2);
  });
  test("says where", () => {
    const locate = (line: number, column: number) => ({ source: "src/a.ts", line: line + 10, column });
    expect(checkDialect("var a;\n a = Symbol()", { locate })).toEqual([
      { reason: "global Symbol", source: "src/a.ts", line: 12, column: 5 },
    ]);
  });
  test("does not take what does not parse", () => {
    expect(checkDialect("var = 1")[0]?.reason).toMatch(/^syntax error/);
  });
});

describe("the inputs of a bundle", () => {
  const input = (path: string) => ({ imports: [{ path }] });
  test("lie in src/ and the target's own folder, and src/ imports from src/ alone", () => {
    const inputs = {
      "targets/a/main.ts": input("src/b.ts"),
      "src/b.ts": input("targets/a/main.ts"),
      "node_modules/c/index.js": input("src/b.ts"),
    };
    expect(checkInputs({ inputs }, ["src/", "targets/a/"]).map(({ source }) => source)).toEqual([
      "src/b.ts",
      "node_modules/c/index.js",
    ]);
  });
});

/** `[line of TypeScript, method, whether arrays and strings have it everywhere, whether it is fine]`. */
const CALLS: [string, string, boolean, boolean][] = [
  ["(x: string) => x.indexOf('a')", "indexOf", true, true],
  ["(x: number[]) => x.map(String)", "map", true, true],
  ["(x: readonly string[]) => x.slice(1)", "slice", true, true],
  ["(x: Uint8Array) => x.indexOf(1)", "indexOf", true, false],
  ["(x: Uint8Array) => x.slice(1)", "slice", true, false],
  ["(x: Uint8Array | string) => x.slice(1)", "slice", true, false],
  ["(x: ArrayBuffer) => x.slice(1)", "slice", true, false],
  ["(x: any) => x.slice(1)", "slice", true, false],
  ["(x: string, y: Uint8Array) => x.indexOf('a') + y.indexOf(1)", "indexOf", true, false],
  ["(x: number[]) => x.find(Boolean)", "find", false, false],
  ["(x: string) => x.includes('a')", "includes", false, false],
  ["(x: { find(a: number): number }) => x.find(1)", "find", false, true],
  ["(x: { map(a: number): number }) => x.map(1)", "map", true, true],
  ["(x: number[]) => x.push(1)", "find", false, false],
];

describe("the receivers of methods", () => {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-"));
  writeFileSync(join(folder, "calls.ts"), `export default [\n${CALLS.map(([line]) => line).join(",\n")}\n];`);
  const isProven = createReceivers(folder, [join(folder, "calls.ts")], { ...readTypeOptions(), types: [] });
  test.each(CALLS.map(([line, ...rest], index) => [line, index + 2, ...rest] as const))(
    "%s",
    (_, line, method, isEverywhere, isFine) => {
      expect(isProven("calls.ts", line, method, isEverywhere)).toBe(isFine);
    },
  );
  test("are unknown in other files", () => expect(isProven("other.ts", 2, "indexOf", true)).toBe(false));
  afterAll(() => rmSync(folder, { recursive: true }));
});
