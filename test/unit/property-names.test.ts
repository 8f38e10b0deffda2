/** A property that only our own objects have gets a name of its own in a bundle. The types of the renamed sources must still fit. */
import { join } from "node:path";
import MagicString from "magic-string";
import ts from "typescript";
import { expect, test } from "vitest";
import { allSources, DEVICES, ROOT, readTypeOptions } from "../../build/device.mjs";
import { createNames, renamings } from "../../build/property-names.mjs";

const program = ts.createProgram(allSources(), readTypeOptions());
const namesFor = createNames(ROOT, allSources(), program);

const CLIENT = join(ROOT, "build/entries/client.ts");
const TARGETS = [...new Set(DEVICES.map(({ entry }) => join(ROOT, entry)))];

test.each([
  ["a bundle with an API", [CLIENT]],
  ["the bundles of targets/", TARGETS],
])("%s: the sources with other names have no error of types", (_, givers) => {
  const { names, renames } = namesFor(givers);
  expect(names).toContain("timestamp$");
  const options = { ...readTypeOptions(), noEmit: true, declaration: false };
  const host = ts.createCompilerHost(options);
  host.getSourceFile = (file, version) => {
    const source = program.getSourceFile(file);
    if (source === undefined || !renames.has(file)) return source;
    const renamed = new MagicString(source.text);
    for (const [from, to, name] of renamings(renames.get(file))) renamed.update(from, to, name);
    return ts.createSourceFile(file, renamed.toString(), version, true);
  };
  const faults = ts.getPreEmitDiagnostics(ts.createProgram(allSources(), options, host));
  expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
});

test("a board's own names stay", () => {
  const { names } = namesFor([CLIENT]);
  for (const name of ["posixSeconds", "onVerdict", "serverId", "sessionId", "timestamp", "preferredBearer"])
    expect(names).not.toContain(name);
});
