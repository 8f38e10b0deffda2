/** Text and JSON of users: byte order marks, line ends and encodings of Windows, and errors that quote nothing. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { linesOf } from "../../targets/node/lines.ts";
import { readJson } from "../../targets/node/texts.ts";
import { runCli } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-texts-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const ENCODINGS: [name: string, encode: (text: string) => Buffer][] = [
  ["UTF-8", text => Buffer.from(text)],
  ["UTF-8 with a byte order mark", text => Buffer.from(`\ufeff${text}`)],
  ["UTF-16, low byte first", text => Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16, high byte first", text => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
];
const FIELDS = {
  sessionId: "1",
  serverId: "dm.example.com",
  requestedMo: [1],
  timestamp: 1,
  connectReason: "Größe 固",
};
const ACCOUNTS = [{ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "gehäim" }] }];

describe.each(ENCODINGS)("%s", (name, encode) => {
  test("lines in pieces of any size", async () => {
    const bytes = encode("Größe 固\r\n\r\n{}\n😀");
    for (const size of [1, 2, 3, 7, 100]) {
      const lines: unknown[] = [];
      async function* pieces() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      for await (const line of linesOf(pieces())) lines.push(line);
      expect(lines).toEqual(["Größe 固", "", "{}", "😀"]);
    }
  });

  test("fields, accounts, secrets, templates and devices", () => {
    const plain = runCli(["encode", "--secret", "gehäim", JSON.stringify(FIELDS)]).lines;
    const secret = fileOf(`${name}.secret`, encode("gehäim\r\n"));
    const accounts = fileOf(`${name}.accounts`, encode(JSON.stringify(ACCOUNTS, null, 2)));
    const input = encode(`${JSON.stringify(FIELDS)}\r\n`) as unknown as string;
    expect(runCli(["encode", "--secret-file", secret], input).lines).toEqual(plain);
    expect(runCli(["decode", "--accounts", accounts, ...plain]).code).toBe(0);
    const template = fileOf(`${name}.template`, encode('{"requestedMo":[1]}'));
    const devices = fileOf(`${name}.ndjson`, encode('{"address":"+447700900123","serverId":"dm.example.com"}\r\n'));
    expect(
      runCli(["campaign", devices, "--dry-run", "--accounts", accounts, "--template", template]).lines.map(line =>
        JSON.parse(line),
      ),
    ).toMatchObject([{ event: "dry-run", devices: 1, unfit: 0 }]);
  });
});

describe("JSON that is none", () => {
  test.each([
    ["", "is empty"],
    [" \n", "is empty"],
    ['{"secret":"hunter2"', "is not JSON: it ends too early"],
    ['{"secret":"hunter2" "a":1}', "is not JSON at column 21"],
    ['[\n  {"secret": hunter2}]\n', "is not JSON at line 2, column 14"],
    ['[{"secret":"hunter2"},]', "is not JSON at column 23"],
    ['["hunter2\n"]', "is not JSON"],
  ])("%j: %s", (text, message) => {
    expect(() => readJson(text)).toThrow(new Error(message));
  });

  test("no command quotes a secret", () => {
    const bad = '{"secret":"hunter2" "a":1}';
    const file = fileOf("bad.json", Buffer.from(`${bad}\n{"secret":1234567,"serverId":"a","address":"b"}\n`));
    const wrong = '{"secret":1234567,"sessionId":"1","serverId":"a","requestedMo":[1]}';
    for (const args of [
      ["encode", bad],
      ["encode", wrong],
      ["send", "--to", "udp://127.0.0.1:9", wrong],
      ["decode", "--accounts", file, "00"],
      ["campaign", file, "--dry-run"],
      ["campaign", file, "--dry-run", "--template", bad],
      ["campaign", file, "--dry-run", "--template", file],
    ]) {
      const { code, lines, errors } = runCli(args);
      expect(code).not.toBe(0);
      expect(errors + lines.join("")).not.toMatch(/hunter2|1234567/);
    }
  });

  test("a file in the place of JSON, and a file that is none", () => {
    const file = fileOf("fields.json", Buffer.from(JSON.stringify(FIELDS)));
    expect(runCli(["encode", "--secret", "s", file]).errors).toContain(`(< ${file} reads the file)`);
    const missing = join(folder, "none");
    for (const args of [["--accounts"], ["--in"], ["--secret-file"]].map(([option]) => [option!, folder, missing])) {
      const [option, directory, none] = args as [string, string, string];
      const more = option === "--in" ? [] : ["00"];
      expect(runCli(["decode", option, directory, ...more]).errors).toContain(`${directory}: is a directory`);
      expect(runCli(["decode", option, none, ...more]).errors).toContain(`${none}: there is no such file`);
    }
  });
});
