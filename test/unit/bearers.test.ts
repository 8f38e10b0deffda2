import { expect, test } from "vitest";
import { http } from "../suite/http.ts";
import { obex } from "../suite/obex.ts";
import { sip } from "../suite/sip.ts";
import { sipRegister } from "../suite/sip-register.ts";

const t = {
  test,
  equal: (actual: unknown, expected: unknown, what: string) => expect(actual, what).toBe(expected),
};

sip(t);
sipRegister(t);
http(t);
obex(t);
