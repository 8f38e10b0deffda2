import { expect, test } from "vitest";
import { lowerLet } from "../../build/lower-let.mjs";

test.each([
  ["a variable of its own", "function f(){let a=1;return a}", "function f(){var a=1;return a}"],
  ["one without a value, met once", "()=>{let a;if(g)a=1;return a}", "()=>{var a;if(g)a=1;return a}"],
  ["a counter", "()=>{for(let i=0;i<3;i++)g(i)}", "()=>{for(var i=0;i<3;i++)g(i)}"],
  ["a name that a function inside has, too", "()=>{let a=1;g(a,a=>a)}", "()=>{var a=1;g(a,a=>a)}"],
  ["captured, but not in a loop", "()=>{let a=1;return()=>a++}", "()=>{var a=1;return()=>a++}"],
])("lowers %s", (_, code, lowered) => expect(lowerLet(code)).toBe(lowered));

test.each([
  ["of the script", "let a=1;{let b=2;g(a,b)}"],
  ["that shadows a parameter", "function f(a){{let a=1;g(a)}return a}"],
  ["that shadows one around it", "function f(){const a=1;{let a=2;g(a)}return a}"],
  ["beside a use of an outer one", "var a=1;function f(){if(g){let a=2;g(a)}return a}"],
  ["beside a use of one declared behind", "function f(){if(g){let a=2;g(a)}return a}function a(){}"],
  ["beside a use of a global", "function f(){if(g){let a=2;g(a)}return a}"],
  ["beside a use of an outer one in a function", "function f(){if(g){let a=2;g(a)}return()=>a}"],
  ["captured in a loop", "()=>{for(let i=0;i<3;i++)g(()=>i)}"],
  ["that another block has, too", "()=>{if(g){let a=1;g(a)}else{let a=2;g(a)}}"],
  ["empty again in each round", "()=>{while(g()){let a;if(g(a))a=1}}"],
  ["that a catch has, too", "()=>{try{g()}catch(a){{let a=1;g(a)}}}"],
])("leaves alone one %s", (_, code) => expect(lowerLet(code)).toBe(code));
