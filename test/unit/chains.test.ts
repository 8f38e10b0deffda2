/** Assignments of one constant are joined only where nothing else can be told. */
import { expect, test } from "vitest";
import { chainAssignments } from "../../build/chains.mjs";

test.each([
  ["a=0,b=0", "a=b=0"],
  ["a.b=!1,a.c=!1,d=!1", "a.b=a.c=d=!1"],
  ["f(),a=null,b=null,c=0,d=0", "f(),a=b=null,c=d=0"],
  ["g((a=0,b=0))", "g((a=b=0))"],
])("%s", (code, chained) => expect(chainAssignments(code).code).toBe(chained));

test.each([
  "a=0,b=1",
  "a=b,c=b", // what is assigned may change
  "a=[],b=[]", // two objects
  "a=/x/,b=/x/",
  "a[i]=0,a[j]=0", // the index may have effects
  "f().a=0,f().b=0",
  "a+=0,b+=0",
  "var a=0,b=0", // not assignments
])("not %s", code => expect(chainAssignments(code).code).toBe(code));
