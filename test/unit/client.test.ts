/** The engines' suite of the client, against src itself. */
import { expect, test } from "vitest";
import { createClient } from "../../src/client/client.ts";
import { clientSuite } from "../suite/client.ts";

clientSuite(
  {
    test: (name, check) => test(name, check),
    equal: (actual, expected, what) => expect(actual, what).toBe(expected),
    ok: (condition, what) => expect(condition, what).toBe(true),
  },
  { createClient },
);
