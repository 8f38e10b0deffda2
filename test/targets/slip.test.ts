/** Datagrams in SLIP (RFC 1055) as targets/firmware/board.c takes them, compiled for this machine. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { datagramOf, slipOf } from "../../build/slip.mjs";
import { createRandom } from "../random.ts";

const isFound = isOnPath("cc");
const folder = mkdtempSync(join(tmpdir(), "pkg0-slip-"));
const program = join(folder, "slip");
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!isFound)(`the line of datagrams${isFound ? "" : ": skipped, no cc on PATH"}`, () => {
  beforeAll(() => {
    const parts = ["-DBOARD_MODEM", "-DBOARD_UDP"];
    const args = ["-Wall", "-Wextra", "-Werror", "-O1", ...parts, "test/targets/slip.c", "-o", program];
    expect(spawnSync("cc", args, { encoding: "utf8" }).stderr).toBe("");
  });

  function taken(line: Uint8Array): string[] {
    const { status, stdout } = spawnSync(program, [], { input: line, encoding: "utf8", timeout: 10_000 });
    expect(status, "it ends").toBe(0);
    return stdout.split("\n").filter(text => text !== "");
  }

  const payload = Uint8Array.from({ length: 60 }, (_, i) => (i % 5 === 0 ? 0xc0 : i % 7 === 0 ? 0xdb : i));
  const whole = slipOf(datagramOf(payload, 2948));
  const hex = Buffer.from(payload).toString("hex");

  test("gives each one, whatever bytes it has", () => {
    expect(taken(Buffer.concat([whole, whole]))).toEqual([hex, hex]);
  });

  test("cut anywhere, even within an escape, it is none, and the next one is taken", () => {
    for (let end = 0; end < whole.length; end++) {
      const cut = Buffer.concat([whole.subarray(0, end), Buffer.from([0xc0]), whole]);
      expect(taken(cut).at(-1)).toBe(hex);
    }
  });

  test("of noise nothing is taken, and it ends; seed 1", () => {
    const random = createRandom(1);
    const noise = Uint8Array.from({ length: 20_000 }, () => [0xc0, 0xdb, 0xdc, 0xdd, 0x45, random(256)][random(6)]!);
    expect(taken(Buffer.concat([noise, Buffer.from([0xc0]), whole]))).toEqual([hex]);
  });
});
