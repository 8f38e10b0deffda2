import { describe, expect, test } from "vitest";
import { decode } from "../../targets/codec/decode.ts";
import { explain } from "../../targets/node/explain.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const TPDUS = captures.captures.filter(({ layer }) => layer.startsWith("at-")).map(({ hex }) => hex[0]!);

describe("explain", () => {
  test.each(["0791448720003023400c9144770009103200046211322100000003020500", "400191f100046211322100000003020800"])(
    "takes the element %s that is shorter than its kind",
    hex => {
      expect(() => explain(Buffer.from(hex, "hex"), "tpdu")).not.toThrow();
    },
  );

  test("finds good what decode finds good, in every change of a byte of the UDH", () => {
    for (const hex of TPDUS) {
      const tpdu = Buffer.from(hex, "hex");
      const from = tpdu.indexOf("05040b84", 0, "hex") - 1;
      for (let at = from; at < from + 12; at++) {
        for (const change of [1, 2, 4, 16, 128, 255]) {
          const bytes = Uint8Array.from(tpdu);
          bytes[at]! ^= change;
          const { status } = decode(bytes, "tpdu");
          // what only its content decides is another layer's
          if (!/^(OK|MORE|SMS_PORT_)/.test(status)) continue;
          const { isGood, lines } = explain(bytes, "tpdu");
          expect([isGood, lines.at(-1)?.includes(status)]).toEqual([
            !status.startsWith("SMS_"),
            status.startsWith("SMS_"),
          ]);
        }
      }
    }
  });
});
