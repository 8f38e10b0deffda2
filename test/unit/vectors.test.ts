/**
 * Checks that every vector file has the form of test/vectors/README.md, and that the vectors reach every status of the
 * readers.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as codes from "../../src/status.ts";
import { STATUSES } from "../suite/statuses.ts";

const root = new URL("../../", import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, root), "utf8");

interface AnyVector {
  [field: string]: unknown;
  name: string;
}

const files = readdirSync(new URL("test/vectors/", root)).filter(name => name.endsWith(".json"));
const SHAPES: Record<string, string[]> = {
  "notification13.json": [
    "name",
    "section",
    "source",
    "parts",
    "valid",
    "isCanonical",
    "expect",
    "status",
    "at",
    "writeStatus",
    "digestValid",
    "digestInput",
    "rules",
  ],
  "notification12.json": [
    "name",
    "section",
    "source",
    "parts",
    "valid",
    "isCanonical",
    "expect",
    "status",
    "at",
    "digestValid",
    "credentials",
  ],
  "push.json": ["name", "section", "source", "parts", "valid", "expect", "status", "at", "headersMax", "body"],
  "sha256.json": ["name", "section", "source", "message", "digest", "isSlow", "isMonteCarlo", "seed", "count"],
  "sha256-constants.json": ["name", "section", "source", "degree", "bytes"],
  "md5.json": ["name", "section", "source", "message", "digest"],
  "base64.json": ["name", "section", "source", "valid", "isReadOnly", "bytes", "text"],
  "bearers.json": ["name", "section", "source", "packets"],
  "utf8.json": ["name", "section", "source", "valid", "bytes", "at"],
};
const HEX = /^(?:[0-9a-f]{2})*(?:\*[1-9][0-9]*)?$/;
/** Fields that are hex, wherever they stand. */
const HEX_FIELDS = ["bytes", "message", "digest", "seed", "nonce", "serverId", "connectReason", "vendorInfo"];

describe.each(files)("%s", file => {
  const { vectors, captures } = JSON.parse(textOf(`test/vectors/${file}`)) as {
    vectors?: AnyVector[];
    captures?: AnyVector[];
  };
  const all = (vectors ?? captures) as AnyVector[];

  test("each has a name of its own and a source", () => {
    expect(all.length).toBeGreaterThan(0);
    expect(new Set(all.map(vector => vector.name)).size).toBe(all.length);
    for (const vector of all) expect(vector.source, vector.name).toMatch(/\S/);
  });

  test("is named in README.md", () => expect(textOf("test/vectors/README.md")).toContain(`\`${file}\``));

  if (vectors === undefined) return;

  test("has the fields that README.md lists, with well-formed hex", () => {
    for (const vector of vectors) {
      expect(SHAPES[file], vector.name).toEqual(expect.arrayContaining(Object.keys(vector)));
      expect(vector.section, vector.name).toMatch(/\S/);
      for (const part of (vector.parts ?? []) as string[][]) {
        expect(part[0], vector.name).toMatch(HEX);
        expect([1, 2, 3], vector.name).toContain(part.length);
      }
      JSON.stringify(vector, (field, value) => {
        if (HEX_FIELDS.includes(field)) expect(value, `${vector.name}: ${field}`).toMatch(HEX);
        if (["status", "writeStatus"].includes(field)) expect(STATUSES, vector.name).toHaveProperty(value);
        return value;
      });
    }
  });

  test("good ones tell the fields, bad ones the status and the offset", () => {
    for (const vector of vectors.filter(each => each.parts !== undefined)) {
      const kind = vector.valid ? ["expect"] : ["at", "status"];
      const keys = Object.keys(vector).filter(key => ["expect", "status", "at"].includes(key));
      expect(keys.sort(), vector.name).toEqual(kind);
    }
  });
});

test("the suite's table has the numbers of src/status.ts", () => {
  const numbers = codes as unknown as Record<string, number>;
  for (const [name, number] of Object.entries(STATUSES)) expect(number, name).toBe(numbers[name]);
});

/** The statuses that a reader can return: those that it imports from status.ts. */
describe.each([
  ["notification13.json", "src/notification/read13.ts", 0x60],
  ["notification12.json", "src/notification/read12.ts", 0x70],
  ["push.json", "src/push/wsp.ts", 0x20],
])("%s", (file, source, layer) => {
  test(`reaches every status of ${source}`, () => {
    const imported = [...textOf(source).matchAll(/import \{([^}]*)\} from "\.\.\/status\.ts"/g)].flatMap(match =>
      match[1].match(/\w+/g),
    );
    const expected = imported.filter(name => STATUSES[name as string] >> 4 === layer >> 4);
    const { vectors } = JSON.parse(textOf(`test/vectors/${file}`)) as { vectors: AnyVector[] };
    const reached = new Set(vectors.map(vector => vector.status));
    expect(expected.length).toBeGreaterThan(2);
    for (const name of expected) expect(reached, name as string).toContain(name);
  });
});

test("captures.json holds the pushes of push.json, byte for byte", () => {
  const { captures } = JSON.parse(textOf("test/vectors/captures.json")) as {
    captures: { name: string; layer: string; hex: string[] }[];
  };
  const { vectors } = JSON.parse(textOf("test/vectors/push.json")) as {
    vectors: { name: string; parts: string[][] }[];
  };
  const pushes = captures.filter(capture => capture.layer === "push");
  expect(pushes.length).toBeGreaterThan(0);
  for (const { name, hex } of pushes) {
    expect(
      vectors
        .find(vector => vector.name === name)
        ?.parts.map(part => part[0])
        .join(""),
      name,
    ).toBe(hex[0]);
  }
});
