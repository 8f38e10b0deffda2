/** Texts on a host: lines of bounded length, secrets, escapes, and the limit of reported rejects. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { encode, pushOf, visible } from "../../targets/codec/index.ts";
import { readAccountsFile } from "../../targets/node/accounts.ts";
import { LINE_LONG, linesOf } from "../../targets/node/lines.ts";
import { createQuiet } from "../../targets/node/quiet.ts";
import { readSecret, type SecretSource } from "../../targets/node/secret.ts";
import { readOutgoing } from "../../targets/node/send.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-texts-"));

describe("lines", () => {
  const read = async (pieces: (string | Buffer)[], bytesMax: number) => {
    const lines: (string | typeof LINE_LONG)[] = [];
    for await (const line of linesOf(Readable.from(pieces), bytesMax)) lines.push(line);
    return lines;
  };

  test("in pieces of any size, with CR LF or LF, the last with none", async () => {
    const text = "one\r\n\ntwo \u00e4\u20ac\u{1f600}\nthree";
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size++) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(await read(pieces, 100)).toEqual(["one", "", "two \u00e4\u20ac\u{1f600}", "three"]);
    }
    expect(await read([], 100)).toEqual([]);
    expect(await read(["a\n"], 100)).toEqual(["a"]);
  });

  test("one that is too long is told of, costs no memory, and the next is read", async () => {
    expect(await read(["12345\n123456\n12345"], 5)).toEqual(["12345", LINE_LONG, "12345"]);
    const piece = Buffer.alloc(2 ** 20, 0x61);
    function* endless(): Generator<Buffer> {
      for (let i = 0; i < 300; i++) yield piece;
      yield Buffer.from("\nok\n");
    }
    const before = process.memoryUsage().rss;
    expect(await read(endless() as unknown as Buffer[], 2 ** 16)).toEqual([LINE_LONG, "ok"]);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20); // 300 MB went through
  });
});

describe("secrets", () => {
  const warnings: string[] = [];
  const source = (more: Partial<SecretSource>): SecretSource => ({
    ...{ name: "secret", value: undefined, file: undefined, environment: {} },
    readInput: () => "from input\n",
    warn: message => warnings.push(message),
    ...more,
  });
  const file = join(folder, "secret");
  writeFileSync(file, "from file \n");

  test("from the option, its file, the environment, standard input", () => {
    expect(readSecret(source({}))).toBeUndefined();
    expect(readSecret(source({ environment: { PKG0_SECRET: "e" } }))).toBe("e");
    expect(readSecret(source({ name: "password", environment: { PKG0_SECRET: "e", PKG0_PASSWORD: "p" } }))).toBe("p");
    expect(readSecret(source({ file, environment: { PKG0_SECRET: "e" } }))).toBe("from file ");
    expect(readSecret(source({ value: "-" }))).toBe("from input");
    expect(warnings).toEqual([]);
    expect(readSecret(source({ value: "v", environment: { PKG0_SECRET: "e" } }))).toBe("v");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toMatch(/\bv\b/);
  });

  test("errors have no secret in them", () => {
    const rows: Partial<SecretSource>[] = [
      { value: "hunter2", file },
      { file: join(folder, "none") },
      { value: "-", readInput: () => "\n" },
      { value: "-", readInput: () => "hunter2".repeat(10_000) },
    ];
    for (const row of rows) {
      const read = () => readSecret(source(row));
      expect(read).toThrow(/^(either )?--secret/);
      expect(read).not.toThrow("hunter2");
    }
  });

  test.each([
    ["no JSON", '[{"serverId":"a","appAuth":[{"aauthLevel":"NOTICRED","aauthSecret":"hunter2"'],
    ["a secret where none belongs", '[{"serverId":"a","appAuth":[],"hunter2":1}]'],
    ["a secret for a key", '[{"serverId":"a","appAuth":[{"aauthLevel":"NOTICRED","hunter2":"x"}]}]'],
    ["a secret without quotes", '[{"serverId":"a","appAuth":[{"aauthSecret":hunter2}]}]'],
    ["not base64", '[{"serverId":"a","appAuth":[{"aauthLevel":"SRVCRED","aauthData":"hunter2*"}]}]'],
    ["a secret as a number", '[{"serverId":"a","appAuth":[{"aauthLevel":"hunter2","aauthSecret":2}]}]'],
    ["a secret alone", "hunter2"],
  ])("an accounts file is not quoted: %s", (_, text) => {
    const path = join(folder, "accounts.json");
    writeFileSync(path, text);
    expect(() => readAccountsFile(path)).toThrow("accounts.json");
    expect(() => readAccountsFile(path)).not.toThrow("hunter2");
  });
});

test("what is not seen is shown as an escape, and JSON means the same", () => {
  let hidden = "";
  for (let code = 0; code < 0xa0; code++) if (code < 0x20 || code > 0x7e) hidden += String.fromCharCode(code);
  hidden += "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\u{e0041}\ud800";
  const shown = visible(`a${hidden}z`);
  expect(shown).toMatch(/^[\x20-\x7e]+$/);
  expect(shown).toContain("\\u001b");
  expect(shown).toContain("\\u202e");
  const seen = "a \u00e4\u20ac\u{1f600}\u05d0 \\u0041 z";
  expect(visible(seen)).toBe(seen);
  const object = { text: `${hidden}\n"\\${seen}` };
  expect(JSON.parse(visible(JSON.stringify(object)))).toEqual(object);
});

test("of rejects, so many a minute, and then how many more", () => {
  let seconds = 0;
  const left: number[] = [];
  const quiet = createQuiet(
    3,
    () => seconds,
    count => left.push(count),
  );
  const allowed = (count: number) => Array.from({ length: count }, () => quiet.allows()).filter(Boolean).length;
  expect(allowed(10)).toBe(3);
  seconds = 59;
  quiet.tick();
  expect([allowed(1), left]).toEqual([0, []]);
  seconds = 60;
  quiet.tick();
  expect(left).toEqual([8]);
  expect(allowed(2)).toBe(2);
  seconds = 200;
  expect([allowed(1), left]).toEqual([1, [8]]);
  expect(
    createQuiet(
      0,
      () => 0,
      () => {},
    ).allows(),
  ).toBe(false);
});

describe("send takes HEX that encode could have made", () => {
  const credentials = { secret: "secret" };
  const fields = { sessionId: "12", serverId: "dm.example.com", requestedMo: [1], timestamp: 1700000000 };
  const good = encode(fields, credentials);
  const good12 = encode({ format: "1.2", sessionId: "12", serverId: "dm.example.com" }, credentials);
  const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const read = (hex: string, isChecked = true) => readOutgoing(hex, isChecked);
  const changed = (bytes: Uint8Array, at: number, value: number) => {
    const copy = Uint8Array.from(bytes);
    copy[at] = value;
    return hexOf(copy);
  };

  test("Package #0 and pushes of both formats", () => {
    for (const { bytes, contentType } of [good, good12]) {
      expect(read(hexOf(bytes)).contentType).toBe(contentType);
      const push = pushOf(bytes, contentType, 1);
      expect(Buffer.from(read(hexOf(push)).push!).equals(push)).toBe(true);
    }
  });

  test.each([
    ["a SESSIONID of 0", changed(changed2(good.bytes), 7, 0), "SESSION_ID_ZERO"],
    ["reserved bits", changed(good.bytes, 3, 1), "byte 3"],
    ["a cut option", hexOf(good.bytes.subarray(0, 40)), "NOTIFICATION_SHORT"],
    ["no options at all", changed(good.bytes, 0, good.bytes[0]! & 0xf1), "OPTIONS_TRAILING"],
    ["reserved bits of 1.2", changed(good12.bytes, 20, 1), "byte 20"],
    [
      "headers of more than 48 bytes",
      `0106${(60).toString(16)}d8af87${"8300".repeat(28).slice(0, 114)}${hexOf(good.bytes)}`,
      "WSP_HEADERS_LONG",
    ],
  ])("not %s, unless it is told to", (_, hex, what) => {
    expect(() => read(hex)).toThrow("--unchecked");
    expect(() => read(hex)).toThrow(what);
    expect(read(hex, false).bytes.length).toBeGreaterThan(0);
  });

  /** With the high byte of SESSIONID 0. */
  function changed2(bytes: Uint8Array): Uint8Array {
    const copy = Uint8Array.from(bytes);
    copy[6] = 0;
    return copy;
  }
});
