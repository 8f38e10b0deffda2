/** The text of explain for each kind of message, which must not contain characters that control a terminal. */
import { describe, expect, test } from "vitest";
import { createDissector, encode, explain } from "../../targets/codec/index.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const REFERENCE =
  "17500000003c12346553f100100c6d676d742e6578616d706c65300101400102" +
  "4f428dec4600bb36ea3b1475285d75af13f332d9cbff0224776c3ae75a2b845a";

/** The lines for a row of messages, without the bytes on their left. */
function explained(hexes: string[], full = false): string[] {
  const dissector = createDissector("auto");
  return hexes.flatMap(hex => explain(dissector.dissect(Buffer.from(hex, "hex")), { full }));
}

describe("explain", () => {
  test("shows each bit of the header, and each option in a line", () => {
    const text = explained([REFERENCE]).join("\n");
    for (const shown of [
      /0001 \.\.\.\. +VER 1: DM 1.3 +§6.4.1/,
      /\.\.\.\. \.\.\.1 +I 1: initiator: server +§6.4.3/,
      /01\.\. \.\.\.\. +UIM 1: background +§6.4.4/,
      /00 3c +TIMEOUT 60: 60 minutes +§6.4.7/,
      /12 34 +SESSIONID 1234 +§6.4.8/,
      /TIMESTAMP 1700000000: 2023-11-14T22:13:20Z +§6.4.9/,
      /10 0c 6d .* Server-ID "mgmt.example" +§6.5.1/,
      /40 01 02 +Preferred-Bearer 2: 3GPP packet switched/,
    ]) {
      expect(text).toMatch(shown);
    }
    expect(text.split("\n").at(-1)).toBe("OK, as 1.3");
  });

  test("shows values whole with full, and cut without", () => {
    const { bytes } = encode(
      { sessionId: "1", serverId: "s", requestedMo: [1], connectReason: "x".repeat(300) },
      { secret: "s" },
    );
    const hex = Buffer.from(bytes).toString("hex");
    expect(explained([hex]).join("\n")).not.toContain("x".repeat(100));
    expect(explained([hex], true).join("\n")).toContain("x".repeat(300));
    expect(explained([hex], true).join("\n")).toMatch(/0101 \.\.\.\. +option number 5|0101\.\.\.\. .*option number 5/);
  });

  test("joins the parts of a short message, and goes on with the push", () => {
    const { hex } = captures.captures.find(({ name }) => name === "gammu-deliver-2-parts")!;
    const text = explained(hex).join("\n");
    expect(text).toContain("part 2 of 2: reference 1");
    expect(text).toContain("TP-SCTS 2026-11-23T12:00:00+00:00");
    expect(text).toContain("put together: a push of 163 bytes");
    expect(text).toMatch(/SESSIONID AB\b/);
  });

  const others: [what: string, hex: string, shown: RegExp, verdict: string][] = [
    [
      "an MMS notification",
      "07914487200030F3440B914477009010F0000462113221000000200605040B8423F0010603BEAF848C82987431008D908302687474703A2F2F6100",
      /Content-Type 62: application\/vnd.wap.mms-message/,
      "WSP_CONTENT_TYPE_OTHER at byte 37, as tpdu",
    ],
    [
      "a text",
      "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07",
      /"How are you\?"/,
      "TPDU_DCS at byte 18",
    ],
    [
      "a status report",
      "07911326040000F006080B911346610089F6208062917314082080629173540800",
      /STATUS-REPORT/,
      "TPDU_TYPE at byte 8",
    ],
    [
      "a TPDU that lost its last octet",
      "07914487200030F3440B914477009010F0000462113221000000200605040B8423F0010603",
      /TP-OA/,
      "TPDU_SHORT at byte 37",
    ],
    ["letters", Buffer.from("Hello, world").toString("hex"), /not read/, "NOT_RECOGNISED at byte 0"],
    [
      "a push of 1.3 with a body of 1.2",
      `000603d8af87${"11".repeat(16)}02d80000001234046d676d74`,
      /version 11: 1.1/,
      "OK, as push",
    ],
  ];
  test.each(others)("says what %s is", (_, hex, shown, verdict) => {
    const lines = explained([hex]);
    expect(lines.join("\n")).toMatch(shown);
    expect(lines.at(-1)).toContain(verdict);
  });

  test("shows nothing that acts on a terminal", () => {
    const evil = "a\u001b[2J\u0007\u009b\u202eb\n\u2028";
    const text = Buffer.from(evil);
    const option = (number: number) => Buffer.concat([Buffer.from([number << 4, text.length]), text]);
    const header = Buffer.from("17000000000000016553f100", "hex");
    const message = Buffer.concat([header, option(1), Buffer.from("300101", "hex"), option(5), Buffer.alloc(32)]);
    for (const full of [false, true]) {
      const shown = explained([message.toString("hex")], full).join("\n");
      expect(shown).toContain("OK, as 1.3");
      expect(shown.replace(/\n/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(shown).toContain("\\u001b[2J");
    }
  });

  test.each(["0791448720003023400c9144770009103200046211322100000003020500", "400191f100046211322100000003020800"])(
    "takes the element %s that is shorter than its kind",
    hex => {
      expect(explained([hex]).length).toBeGreaterThan(5);
    },
  );
});
