/**
 * Checks that npm run bench measures what it claims: every case gives its expected result, as often as one set-up allows;
 * and counts are those between two marks.
 */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newCases } from "../../build/bench/cases.ts";
import { COUNTER, meter } from "../../build/bench/meter.mjs";
import { createBench } from "../../build/bench/run.ts";
import * as pkg0 from "../../src/index.ts";

const hashes = {
  sha256: (message: Uint8Array) => createHash("sha256").update(message).digest(),
  md5: (message: Uint8Array) => createHash("md5").update(message).digest(),
};
const cases = newCases();

test.each(cases)("$name", ({ name, runs, of }) => {
  const bench = createBench(hashes, pkg0);
  expect(bench(name, 1, runs - 1, () => 0)).toBe(0);
  if (of !== undefined) expect(cases.map(each => each.name)).toContain(of);
});

test("a wrong result is an error, and so is a case that a peer has not", () => {
  const bench = createBench({ sha256: () => [0] }, null);
  const now = () => 0;
  expect(() => bench("sha256 64 B", 0, 1, now)).toThrow("sha256 64 B: 0");
  expect(() => bench("md5 64 B", 0, 1, now)).toThrow("md5 64 B: -1");
  expect(() => bench("digest 1.3", 0, 1, now)).toThrow("digest 1.3: -1");
  expect(() => bench("none", 0, 1, now)).toThrow("no case none");
});

describe("WebAssembly that counts itself", () => {
  // (func (export "f") (param i32) (result i32) (loop (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
  //   (br_if 0 (local.get 0))) (if (local.get 0) (then (return (i32.const 200)))) (i32.const 7)), and a global
  const body =
    "00" +
    "0340" +
    "2000" +
    "4101" +
    "6b" +
    "2100" +
    "2000" +
    "0d00" +
    "0b" +
    "2000" +
    "0440" +
    "41c801" +
    "0f" +
    "0b" +
    "4107" +
    "0b";
  const section = (id: string, hex: string) => id + (hex.length / 2).toString(16).padStart(2, "0") + hex;
  const sections = [
    section("01", "01" + "60017f017f"),
    section("03", "0100"),
    section("06", "01" + "7f0141000b"),
    section("07", "01" + "0166" + "0000"),
    section("0a", `01${section("", body)}`),
  ];
  const bytes = Buffer.from(`0061736d01000000${sections.join("")}`, "hex");
  type Exports = { f(rounds: number): number; [COUNTER]: { value: bigint } };
  type Instantiate = new (module: object) => { exports: Exports };
  // the types of Node have the namespace alone
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: unknown }).WebAssembly as {
    Module: new (bytes: Uint8Array) => object;
    Instance: Instantiate;
  };
  const open = (bytes: Uint8Array) => new Instance(new Module(bytes)).exports;

  test.each([1, 2, 100])("%i rounds of a loop of six, then a condition, and one constant", rounds => {
    const metered = open(meter(bytes));
    expect(metered.f(rounds)).toBe(open(bytes).f(rounds));
    expect(metered[COUNTER].value).toBe(BigInt(6 * rounds + 3));
  });

  test("what is not known is an error", () => {
    const unknown = Buffer.from(bytes.toString("hex").replace("20004101", "2000d201"), "hex");
    expect(() => meter(unknown)).toThrow(/opcode 210 is not known/);
  });
});
