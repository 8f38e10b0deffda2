import { expect, test } from "vitest";
import { dissolveObjects } from "../../build/dissolve.mjs";

/** In one line, as esbuild writes it within a function. */
function dissolved(code: string): string {
  return dissolveObjects(`(()=>{${code}})()`)
    .code.replace(/\s+/g, " ")
    .replace(/\bconst\b/g, "let")
    .trim();
}
/** As for Espruino, whose script has no function around it. */
function dissolvedBare(code: string): string {
  return dissolveObjects(code, true).code.replace(/\s+/g, " ").trim();
}
const inFunction = (code: string): string => `(() => { ${code} })();`;

test.each([
  [
    "a factory and its object",
    "const make=a=>{let n=0;const add=b=>n+=a+b;return{n:1,add}};const use=c=>{const o=make(c);return o.add(2)+o.n};g(use)",
    "let use = c => { let n = 0; let add = b => n += c + b; let o$n = 1; return add(2) + o$n; }; g(use);",
  ],
  [
    "an object that the factory itself uses",
    "const make=()=>{const get=()=>own.n;const own={n:1,get};return own};const use=()=>{const o=make();o.n++;return o.get}",
    "let use = () => { let get = () => own$n; let own$n = 1; own$n++; return get; };",
  ],
  [
    "factories that use each other's objects",
    "const a=()=>{const f=()=>g();return{f}};const b=o=>{const h=()=>o.f();return{h}};const use=()=>{const p=a();const q=b(p);return q.h}",
    "let use = () => { let f = () => g(); let h = () => f(); return h; };",
  ],
  [
    "a parameter that changes",
    "const make=a=>{const f=()=>a++;return{f}};const use=b=>{const o=make(b);return[o.f,b]}",
    "let use = b => { let a = b; let f = () => a++; return [f, b]; };",
  ],
  [
    "a variable that changes after it was handed in",
    "const make=a=>{const f=()=>a;return{f}};const use=b=>{const o=make(b);b=1;return o.f}",
    "let use = b => { let a = b; let f = () => a; b = 1; return f; };",
  ],
  [
    "a method",
    "const use=()=>{const o={n:1,get(){return o.n}};return o.get()}",
    "let use = () => { let o$n = 1; let o$get = () => { return o$n; }; return o$get(); };",
  ],
  [
    "equal names apart",
    "const make=()=>{const a=1;const f=()=>a;return{f}};const use=()=>{const a=2;const o=make();return a+o.f()}",
    "let use = () => { let a$1 = 2; let a = 1; let f = () => a; return a$1 + f(); };",
  ],
])("dissolves %s", (_, code, expected) => expect(dissolved(code)).toBe(inFunction(expected)));

test.each([
  [
    "a factory called twice",
    "let make = () => { let f = () => g(); return { f }; }; let use = () => { let o = make(); let p = make(); return o.f(p.f); };",
  ],
  ["a factory that is handed on", "let make = () => { let f = () => g(); return { f }; }; g(make);"],
  [
    "a factory called in a loop",
    "let make = () => { let f = () => g(); return { f }; }; let use = () => { while (g()) { let o = make(); o.f(); } };",
  ],
  [
    "a factory that returns early",
    "let make = a => { if (a) return null; let f = () => g(); return { f }; }; let use = () => { let o = make(g); o.f(); };",
  ],
  ["a factory that calls itself", "let make = () => { let f = () => { let o = make(); return o.f; }; return { f }; };"],
  [
    "a function that makes no function",
    "let sum = (a, b) => { let c = a + b; return c; }; let use = () => { let c$1 = sum(1, 2); return c$1; };",
  ],
  ["an object that is handed on", "let use = () => { let o = { a: 1 }; return g(o, o.a); };"],
  ["an object without that property", "let use = () => { let o = { a: 1 }; return o.b; };"],
  ["an object read by a computed name", "let use = a => { let o = { a: 1 }; return o[a]; };"],
  ["an object of which a property is deleted", "let use = () => { let o = { a: 1 }; delete o.a; return o.a; };"],
  ["an object made in a loop", "let use = () => { while (g()) { let o = { a: 1 }; g(() => o.a++); } };"],
  ["a variable for several objects", "let use = () => { let o = { a: 1 }; o = { a: 2 }; return o.a; };"],
])("leaves alone %s", (_, code) => expect(dissolved(code)).toBe(inFunction(code)));

test("keeps the name of a property", () =>
  expect(dissolved("const use=a=>{const b=a;return{a:b,b}};const other=a=>({a})")).toBe(
    inFunction("let use = a => { let b = a; return { a: b, b }; }; let other = a$1 => ({ a: a$1 });"),
  ));

test("refuses `this`", () => expect(() => dissolved("g({a(){return this}})")).toThrow("`this`"));

test.each([
  [
    "a factory and its object, whose functions are declared",
    "const make=a=>{let n=0;const add=b=>{n+=a+b};return{add}};const use=c=>{const o=make(c);o.add(2)};use(1);",
    "function use(c) { let n = 0; function add(b) { n += c + b; } add(2); } use(1);",
  ],
  ["a function in a block stays as it is", "if(a){const f=()=>1;g(f)}", "if (a) { const f = () => 1; g(f); }"],
  ["a function that is replaced stays a variable", "let f=()=>1;f=()=>2;g(f)", "let f = () => 1; f = () => 2; g(f);"],
  [
    "a value without a name stays an arrow function",
    "const f=()=>1;g(()=>f())",
    "function f() { return 1; } g(() => f());",
  ],
])("bare: %s", (_, code, expected) => expect(dissolvedBare(code)).toBe(expected));
