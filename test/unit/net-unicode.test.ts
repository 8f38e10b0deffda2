/** Texts that a host writes are Net-Unicode (§6.2.3, RFC 5198): refused with the byte, or normalised on demand. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Credentials, encode, type FieldError, findTextFault, normalizeText } from "../../targets/codec/index.ts";
import { runCli } from "../cli.ts";
import { findTwinFault } from "../twin/net-unicode.ts";

const FIELDS = { sessionId: "1", serverId: "dm.example", requestedMo: [1], timestamp: 1_700_000_000 };
const SECRET: Credentials = { secret: "s" };

/** The status of encode for fields; "OK" when it takes them. */
function statusOf(fields: object, rules = {}): string {
  try {
    encode({ ...FIELDS, ...fields }, SECRET, rules);
    return "OK";
  } catch (error) {
    return (error as FieldError).status;
  }
}

describe("the first fault", () => {
  test.each([
    ["\uFEFFa", 0, "a byte order mark"],
    ["ä\u0085", 2, "a C1 control"],
    ["a\rb", 1, "CR without LF"],
    ["a\r", 1, "CR without LF"],
    ["\u{1F600}\uD83D", 4, "half of a surrogate pair"],
    ["\uDE00\uD83D", 0, "half of a surrogate pair"],
    ["xo\u0308", 1, "not in the normal form NFC"],
    ["\u212B", 0, "not in the normal form NFC"],
    ["\u{1F600}e\u0301\r", 4, "not in the normal form NFC"],
  ])("of %j is at byte %i: %s", (text, at, what) => {
    expect(findTextFault(text)).toEqual({ at, what });
  });

  test.each(["", "ö\r\n\u{1F600}", "a\uFEFFb", "\u00A0\t\n", "가"])("of %j is none", text => {
    expect(findTextFault(text)).toBeUndefined();
  });
});

test("what has no fault, a device writes, and what it refuses has one", () => {
  const unit = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom("\r", "\n", "\u0085", "\uFEFF", "o", "\u0308", "\uD83D", "\uDE00"),
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), text => {
      const fault = findTextFault(text);
      const bytes = new TextEncoder().encode(text);
      if (fault === undefined) expect(findTwinFault(bytes)).toBe(-1);
      const isWellFormed = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) === text;
      if (isWellFormed && text === text.normalize("NFC")) expect(fault?.at ?? -1).toBe(findTwinFault(bytes));
      const mended = normalizeText(text);
      expect(normalizeText(mended)).toBe(mended);
      const left = findTextFault(mended)?.what;
      expect([undefined, "a C1 control", "half of a surrogate pair"]).toContain(left);
    }),
    { numRuns: 2000, seed: 20261126 },
  );
});

describe("encode", () => {
  test("refuses each text with the status and the field, or normalises it", () => {
    for (const field of ["serverId", "connectReason", "vendorInfo"]) {
      for (const text of ["o\u0308", "\uFEFFx", "a\rb"]) {
        expect(statusOf({ [field]: text }), field).toBe("FIELD_NET_UNICODE");
        expect(statusOf({ [field]: text }, { normalize: true }), field).toBe("OK");
      }
      for (const text of ["a\u0085", "a\uD800"]) {
        expect(statusOf({ [field]: text }, { normalize: true }), field).toBe("FIELD_NET_UNICODE");
      }
    }
  });

  test("writes Vendor-Info that is not UTF-8 on demand only", () => {
    expect(statusOf({ vendorInfoHex: "ff" })).toBe("FIELD_TEXT");
    expect(statusOf({ vendorInfoHex: "6f cc 88" })).toBe("FIELD_NET_UNICODE");
    expect(statusOf({ vendorInfoHex: "c3b6" })).toBe("OK");
    expect(statusOf({ vendorInfoHex: "ff" }, { opaqueVendorInfo: true })).toBe("OK");
  });

  test("tells the byte on the command line, and has an option for each", () => {
    const json = JSON.stringify({ ...FIELDS, connectReason: "xo\u0308" });
    const refused = runCli(["encode", "--secret", "s", json]);
    expect(refused.code).toBe(1);
    expect(refused.errors).toMatch(/FIELD_NET_UNICODE.*connectReason.*NFC at byte 1.*--normalize/);
    const { lines } = runCli(["encode", "--secret", "s", "--normalize", json]);
    expect(lines[0]).toContain("500378c3b6");
    const opaque = JSON.stringify({ ...FIELDS, vendorInfoHex: "ff" });
    expect(runCli(["encode", "--secret", "s", opaque]).code).toBe(1);
    expect(runCli(["encode", "--secret", "s", "--opaque-vendor-info", opaque]).lines[0]).toContain("6001ff");
  });
});
