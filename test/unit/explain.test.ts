import { describe, expect, test } from "vitest";
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../../src/wire.ts";
import { decode, encode, type Layer, pushOf } from "../../targets/codec/index.ts";
import { explain } from "../../targets/node/explain.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const TPDUS = captures.captures.filter(({ layer }) => layer.startsWith("at-")).map(({ hex }) => hex[0]!);

/** The status and the offset that decode and explain give. */
function answers(bytes: Uint8Array, as: Layer) {
  const { status, at } = decode(bytes, as);
  const { isGood, lines } = explain(bytes, as);
  const [, name, byte] = /\^ (\w+) at byte (\d+)/.exec(lines.at(-1)!) ?? ["", "OK", "0"];
  expect(isGood).toBe(name === "OK");
  return [
    [status, at],
    [name, Number(byte)],
  ];
}

describe("explain", () => {
  test("finds what decode finds, in a push of either type with a body of either format, whole, cut and changed", () => {
    const credentials = { secret: "secret" };
    const both = [{ format: "1.3" as const, requestedMo: [1] }, { format: "1.2" as const }];
    for (const fields of both) {
      const { format } = fields;
      const { bytes } = encode({ ...fields, sessionId: "AB", serverId: "dm.example.com" }, credentials);
      for (const contentType of [CONTENT_TYPE_13, CONTENT_TYPE_12]) {
        const push = pushOf(bytes, contentType, 1);
        expect(answers(push, "push"), `${format} as ${contentType}`).toEqual([
          ["OK", 0],
          ["OK", 0],
        ]);
        for (let at = 0; at < push.length; at++) {
          const changed = Uint8Array.from(push);
          changed[at]! ^= 1 << (at % 8);
          for (const bad of [push.subarray(0, at), changed]) {
            const [decoded, explained] = answers(bad, "push");
            expect(explained, `${format} as ${contentType}, ${at}`).toEqual(decoded);
          }
        }
      }
    }
  });

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
