/** All checks of SIP, HTTP and OBEX. */
import type { T } from "./api.ts";
import { fuzzBearers } from "./bearers-fuzz.ts";
import { http } from "./http.ts";
import { obex } from "./obex.ts";
import { sip } from "./sip.ts";
import { sipRegister } from "./sip-register.ts";
import { sipTorture } from "./sip-torture.ts";

export function bearersSuite(t: T): void {
  sip(t);
  sipTorture(t);
  sipRegister(t);
  http(t);
  obex(t);
  t.test("changed messages give statuses, never an exception", () => {
    const wrong: string[] = [];
    t.ok(fuzzBearers(7, 200, bytes => bytes, wrong) > 10, "some are delivered");
    t.equal(wrong.join("; "), "", "wrong");
  });
}
