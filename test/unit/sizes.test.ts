/** Importing one reader of the package costs one reader: nothing comes along that it does not call. */
import { expect, test } from "vitest";
import { measureReaders, readSizes } from "../../build/sizes.mjs";

const readers = (await measureReaders()) as Record<string, number>;
const committed = readSizes().readers as Record<string, number>;

test("importing the package and using nothing of it costs nothing", () => expect(readers[""]).toBe(0));

test("each function is in build/sizes.json, and has not grown", () => {
  const again = "if it is worth it: npm run sizes -- --accept";
  expect(Object.keys(readers).sort(), again).toEqual(Object.keys(committed).sort());
  for (const [name, bytes] of Object.entries(readers))
    expect(bytes, `${name}: ${again}`).toBeLessThanOrEqual(committed[name]!);
});

test("a reader costs a small part of the client, and one of two formats less than both", () => {
  const client = readers.createClient!;
  for (const [name, bytes] of Object.entries(readers))
    if (name.startsWith("read") || name.startsWith("write")) expect(bytes, name).toBeLessThan(client / 3);
  expect(readers.readNotification12!).toBeLessThan(readers.readNotification13!);
  expect(readers.readNotification13!).toBeLessThan(readers.readNotification!);
});
