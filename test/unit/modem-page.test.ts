import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { QUIRKS } from "../modem/quirks.ts";

const PAGE = readFileSync("targets/sms-modem.md", "utf8");
const TESTS = readFileSync("test/unit/at-modem.test.ts", "utf8");

/** The rows of the table of modems: the cells of each. */
const rows = PAGE.split("### Which modem needs what")[1]!
  .split("\n## ")[0]!
  .split("\n")
  .filter(line => line.startsWith("| "))
  .slice(2) // without its heading
  .map(line => line.split(/ ?\| ?/).slice(1, -1));
const named = rows.flatMap(cells => [...cells[3]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));

test.each(rows)("%s: has a source, and each of its tests exists", (...cells) => {
  expect(cells.length).toBe(4);
  expect(cells[1]).not.toBe("");
  const names = [...cells[3]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const title = name.replace(/^.*(?= ends a command at once$)/, "%s");
    expect(Object.hasOwn(QUIRKS, name) || TESTS.includes(`"${title}"`), name).toBe(true);
  }
});

test("each modem of the tests has a row", () => {
  expect(named).toEqual(expect.arrayContaining(Object.keys(QUIRKS).filter(name => name !== "plain")));
});
