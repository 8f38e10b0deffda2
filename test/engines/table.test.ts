/** The tables of engines say of each bundle only what was measured with it. */
import { expect, test } from "vitest";
import { firmwareTableOf, readFirmware, readFirmwareTable } from "../../build/engines/firmware.mjs";
import { copiedHeap, PAGES, readRows, readTable, tableOf } from "../../build/engines/table.mjs";

const AGAIN = "npm run engines -- --about FILE measures them again where the engine is on PATH, and else marks them";
const rows = readRows() as Record<string, { cells: Record<string, { value: string; bundle: string; bytes: number }> }>;

test.each(Object.keys(PAGES))("the table of %s has the bundles of dist/, or a star", path => {
  expect(readTable(path), `bundles have changed since they were measured: ${AGAIN}`).toBe(tableOf(rows, path));
});

test("a cell of another bundle has a star, a copied one says so, and all others have neither", () => {
  const [path] = Object.keys(PAGES) as [string];
  expect(tableOf(rows, path).replace(/ \*/g, "")).not.toContain("*");
  const changed = structuredClone(rows);
  const [command, row] = Object.entries(changed)[0]!;
  row.cells.checks!.bundle = "of another day";
  const line = tableOf(changed, path)
    .split("\n")
    .find(each => each.includes(`\`${command}\``));
  expect(line).toContain(`| ${row.cells.checks!.value} * |`);
  for (const copied of ["jerry", "xst"]) {
    if (rows[copied] === undefined) continue;
    expect(tableOf(rows, path)).toContain(`| ${copiedHeap(copied)} |`);
    expect(rows[copied].cells.targetHeap).toBe(undefined);
  }
});

test("the table of the firmware has the image of today, or a star; of another image it has one at each board", () => {
  const record = readFirmware();
  expect(readFirmwareTable(), `sources of the images have changed since they were counted: ${AGAIN}`).toBe(
    firmwareTableOf(record),
  );
  const boards = Object.keys(record.counts).length;
  expect(boards).toBeGreaterThan(0);
  expect(firmwareTableOf({ ...record, image: "of another day" }).split(" * |").length - 1).toBe(boards);
});
