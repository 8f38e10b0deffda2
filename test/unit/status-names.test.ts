import { expect, test } from "vitest";
import * as codes from "../../src/status.ts";
import { STATUSES, statusName } from "../../src/status-names.ts";

const numbers: { readonly [name: string]: unknown } = codes;

test("every status has a number of its own", () => {
  for (const [name] of STATUSES) expect(statusName(numbers[name] as number)).toBe(name);
});
