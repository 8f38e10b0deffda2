import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { shareCells } from "../../build/shared-cells.mjs";

/** Three closures over four variables: an array is smaller. `more` are variables, and `uses` what a closure does with them. */
const script = (more: string, uses: string, start = "") =>
  `var make=function(a,b){var c=a+1,d=0${more};${start}return{add:function(){d+=a+b+c;${uses}},` +
  "sub:function(){d-=a+b+c},get:function(){return[a,b,c,d].join()}}};" +
  "var m=make(1,2);m.add();m.add();m.sub();m.get()";

const resultOf = (code: string) => runInNewContext(code);

describe("captured variables", () => {
  test("go into one array", () => {
    const { code } = shareCells(script("", ""));
    expect(code).toContain("cells0=new Array(4);cells0[0]=a;cells0[1]=b;");
    expect(code).toContain("cells0[3]+=cells0[0]+cells0[1]+cells0[2]");
    expect(resultOf(code)).toBe(resultOf(script("", "")));
  });

  test.each([
    ["beside one that is not captured", ",e=7,f", "", "f=e;c+=f;"],
    ["counted in the head of a loop", ",i", "c+=i", "for(i=0;i<3;i++)d+=i;"],
    ["declared in the head of a loop", "", "c+=n", "for(var n=0,k=3;n<k;n++)d+=n;"],
    ["declared there without a value", "", "c+=n", "for(var n;n!==3;)n=3;"],
    ["declared twice", ",e=1", "c+=e", "if(e)var e=4;"],
    ["a parameter that is written", "", "a++", "b=9;"],
    ["the key of an object", "", "d+=k.length", "for(var k in{x:1,yy:2})d+=k.length;"],
    ["named as a property is", "", "d+={c:1}.c", ""],
    ["caught", "", "", "try{c()}catch(c){d=typeof c==='object'?5:6}"],
    ["a function that calls itself", ",f=function(n){return n>0?n+f(n-1):0}", "d+=f(3)", ""],
    ["a function that was never used", ",f=function(){return a+b}", "", ""],
  ])("%s keep their values", (_, more, uses, start) => {
    const before = script(more, uses, start);
    const { code } = shareCells(before);
    expect(code).toContain("cells0");
    expect(resultOf(code)).toBe(resultOf(before));
  });

  test("of each call are others", () => {
    const { code } = shareCells(`${script("", "").replace("m.get()", "")}make(5,6).add();m.get()`);
    expect(resultOf(code)).toBe("1,2,2,5");
  });

  test.each([
    ["is captured once", "var make=function(a){return function(){return a}}"],
    ["is a script's own", "var a=1,b=2,c=3,d=4;var f=function(){return a+b+c+d},g=function(){return a+b+c+d}"],
  ])("stay where they are when one %s", (_, code) => expect(shareCells(code).code).toBe(code));

  test.each([
    ["calls", "used", ",used=function(){return 7}", "d=used();"],
    ["calls through another", "used", ",used=function(){return 7},other=function(){return used()}", "d=other();"],
    [
      "has in a function that is called where it stands",
      "used",
      ",used=function(){return 7}",
      "d=function(){return used()}();",
    ],
  ])("that only the start %s are not kept by the array", (_, name, more, start) => {
    const { code } = shareCells(script(more, "", start));
    expect(code).toMatch(new RegExp(`\\b${name}=function`));
    expect(resultOf(code)).toBe(resultOf(script(more, "", start)));
  });

  test.each([
    ["a closure calls", ",used=function(){return 7}", "d+=used()", ""],
    [
      "one calls that is handed on",
      ",used=function(){return 7},other=function(){return used()}",
      "",
      "d=[3].map(other)[0];",
    ],
    ["a lasting one calls", ",used=function(){return 7},other=function(){return used()}", "d+=other()", "d=used();"],
  ])("that %s are kept", (_, more, uses, start) => {
    const { code } = shareCells(script(more, uses, start));
    expect(code).not.toMatch(/\bused=function/);
    expect(resultOf(code)).toBe(resultOf(script(more, uses, start)));
  });

  test("a script that looks at this is refused", () => {
    expect(() => shareCells("var f=function(){return this}")).toThrow("this");
  });
});
