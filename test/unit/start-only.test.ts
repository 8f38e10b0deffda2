import { describe, expect, test } from "vitest";
import { freeStartOnly } from "../../build/start-only.mjs";

/** A start that makes a device, whose method runs later. */
const START = "function start() { later(make()); freeStart(); }\nstart();\n";

describe("functions that only the start calls", () => {
  test.each([
    ["is called once", "function make() {\n return 1; }", "make", "function make() { delete make;\n return 1; }"],
    ["is called twice", "function once() {}\nfunction make() { once(); once(); }", "once", "function once() {}"],
    ["is called in a loop", "function each() {}\nfunction make() { for (;;) each(); }", "each", "function each() {}"],
    ["is exported too", "function make() { }\nexports.make = make;", "make", "function make() { delete make; }"],
  ])("one that %s is deleted", (_, code, name, begin) => {
    const { code: freed } = freeStartOnly(`${code}\n${START}`, new Set(["make", "start"]));
    expect(freed).toContain(begin);
    expect(freed).toMatch(new RegExp(`later\\(make\\(\\)\\); delete .*\\b${name}\\b.*; }`));
    expect(freed).not.toContain("freeStart");
  });

  test.each([
    ["is called by a method", "function used() {}\nfunction make() { return { tick() { used(); } }; }"],
    ["is called by a callback", "function used() {}\nfunction make() { return () => used(); }"],
    ["is handed on", "function used() {}\nfunction make() { return used; }"],
    [
      "is called by one that stays",
      "function used() {}\nfunction stays() { used(); }\nfunction make() { return stays; }",
    ],
    ["terser puts at its place of use", "function used() {}\nfunction make() { used(); }"],
  ])("one that %s stays", (_, code) => {
    expect(freeStartOnly(`${code}\n${START}`, new Set(["make", "start"])).code).not.toMatch(/delete (used|stays)/);
  });

  test("in a boot file of an engine they are gone after the start, and what stays still works", () => {
    const code = "function used() { return 7; }\nfunction make() { return { tick() { return used(); } }; }\n";
    const { code: script } = freeStartOnly(
      `${code}var device;\nfunction start() { device = make(); freeStart(); }\nstart();`,
      new Set(["make", "start"]),
    );
    // an indirect eval declares its functions as a boot file does: as properties of the global object that can be deleted
    const both = `${script}; [typeof make, typeof start, typeof used, device.tick()].join()`;
    // biome-ignore lint/security/noGlobalEval: see above
    // biome-ignore lint/complexity/noCommaOperator: an eval that is called so is an indirect one
    expect((0, eval)(both)).toBe("undefined,undefined,function,7");
  });
});
