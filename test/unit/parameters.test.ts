/** Variables become parameters only where that changes nothing, whatever a caller gives. */
import { expect, test } from "vitest";
import { variablesToParameters } from "../../build/parameters.mjs";

const moved = (code: string): string => variablesToParameters(code).code;

test.each([
  ["with a value", "g(a=>{var b=a;return b})", "g((a,b)=>{b=a;return b})"],
  ["of a loop", "g(()=>{for(var i=0;i<3;i++)h(i)})", "g((i)=>{for(i=0;i<3;i++)h(i)})"],
  ["of a block", "g(a=>{if(a){var b=a;h(b)}})", "g((a,b)=>{if(a){b=a;h(b)}})"],
  ["that is declared twice", "g(()=>{var a=1;h(a);var a=2;h(a)})", "g((a)=>{a=1;h(a);a=2;h(a)})"],
  ["that an inner function reads", "g(()=>{var a=1;h(()=>a)})", "g((a)=>{a=1;h(()=>a)})"],
  [
    "without a value, where no caller gives one",
    "const f=a=>{var b;if(a)b=1;return b};g(f(1))",
    "const f=(a,b)=>{;if(a)b=1;return b};g(f(1))",
  ],
  [
    "among others without a value",
    "const f=()=>{var a,b=1,c,d=2;h(a,b,c,d)};f();const e=()=>{var a,b;h(a,b)};e()",
    "const f=()=>{var a,b=1,c,d=2;h(a,b,c,d)};f();const e=(a,b)=>{;h(a,b)};e()",
  ],
  [
    "two lists",
    "const f=()=>{var a,b=1;h(a,b);var c=2,d;h(c,d)};f()",
    "const f=(a,b,c,d)=>{b=1;h(a,b);c=2;h(c,d)};f()",
  ],
])("a variable %s", (_, code, expected) => expect(moved(code)).toBe(expected));

test.each([
  ["without a value, where a caller may give one", "g(a=>{var b;if(a)b=1;return b})"],
  ["the same, when a call gives more", "const f=a=>{var b;if(a)b=1;return b};f(1,2)"],
  ["the same, when a call gives a list", "const f=a=>{var b;if(a)b=1;return b};f(...[1,2])"],
  ["the same, when the function is handed on", "const f=a=>{var b;if(a)b=1;return b};g(f)"],
  ["read behind its block", "g(a=>{if(a){var b=1}return b})"],
  ["read in the other branch", "g(a=>{if(a)var b=1;else h(b)})"],
  ["read in its own value", "g(()=>{var a=h(a);return a})"],
  ["read before it is declared", "g(()=>{h(()=>a);var a=1})"],
  ["of a loop over names", "g(a=>{for(var b in a)h(b)})"],
  ["with let", "g(()=>{let a=1;return a})"],
  ["of a function with the word", "g(function(){var a=1;return a})"],
  ["beside many others, whose list is shorter", "g(()=>{var a=1,b=2,c=3,d=4;return a+b+c+d})"],
])("not one %s", (_, code) => expect(moved(code)).toBe(code));
