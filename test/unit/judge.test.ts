/** decode and explain with accounts: the verdict of a device, and the change that would make the digest right. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type DmAcc, readBase64 } from "../../src/index.ts";
import {
  type Credentials,
  createDecoder,
  createDissector,
  createJudge,
  encode,
  type NotificationJson,
  pushOf,
} from "../../targets/codec/index.ts";
import { submitTpdus } from "../../targets/codec/sms-forms.ts";
import { runCli } from "../cli.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const folder = mkdtempSync(join(tmpdir(), "pkg0-judge-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DM_ACC: DmAcc = {
  serverId: "dm.example.com",
  appAuth: [
    { aauthLevel: "NOTICRED", aauthSecret: "secret" },
    { aauthLevel: "SRVCRED", aauthName: "server", aauthSecret: "Pw", aauthData: readBase64("bm9uY2U=")! },
    { aauthLevel: "CLCRED", aauthName: "device", aauthSecret: "c2VjcmV0" },
  ],
};
const NONCE = new TextEncoder().encode("nonce");
const FIELDS13: NotificationJson = {
  sessionId: "1",
  serverId: "dm.example.com",
  requestedMo: [1],
  timestamp: 1700000000,
};
const FIELDS12: NotificationJson = { format: "1.2", sessionId: "1", serverId: "dm.example.com" };

/** The verdict of a device on a push of `fields`, signed with `credentials`. */
function verdictOn(fields: NotificationJson, credentials: Credentials, dmAccs = [DM_ACC]) {
  const { bytes, contentType } = encode(fields, credentials);
  return createDecoder("auto", undefined, createJudge(dmAccs)).decode(pushOf(bytes, contentType, 1));
}

describe("a device with accounts", () => {
  test("accepts what is right, once", () => {
    expect(verdictOn(FIELDS13, { secret: "secret" })).toMatchObject({ status: "OK", sessionId: "1" });
    expect(verdictOn(FIELDS12, { secret: "Pw", nonce: NONCE })).toMatchObject({ status: "OK", format: "1.2" });
    const decoder = createDecoder("auto", undefined, createJudge([DM_ACC]));
    const { bytes } = encode(FIELDS13, { secret: "secret" });
    expect([decoder.decode(bytes).status, decoder.decode(bytes).status]).toEqual(["OK", "DUPLICATE"]);
  });

  const fits: [what: string, fields: NotificationJson, credentials: Credentials, fits: string | undefined][] = [
    ["another AppAuth", FIELDS13, { secret: "Pw" }, "AAuthSecret of SRVCRED, digestInput colons"],
    [
      "another digest input",
      FIELDS13,
      { secret: "secret", digestInput: "plain" },
      "AAuthSecret of NOTICRED, digestInput plain",
    ],
    [
      "one colon",
      FIELDS13,
      { secret: "secret", digestInput: "one-colon" },
      "AAuthSecret of NOTICRED, digestInput one-colon",
    ],
    [
      "a line feed",
      FIELDS13,
      { secret: "secret\n" },
      "AAuthSecret of NOTICRED with a line feed behind it, digestInput colons",
    ],
    ["another case", FIELDS13, { secret: "SECRET" }, "AAuthSecret of NOTICRED in upper case, digestInput colons"],
    ["nothing", FIELDS13, { secret: "guessed" }, undefined],
    [
      "a nonce of zeros",
      FIELDS12,
      { secret: "Pw", nonce: new Uint8Array(4) },
      "AAuthSecret of SRVCRED, a nonce of four zeros",
    ],
    ["no nonce", FIELDS12, { secret: "Pw" }, "AAuthSecret of SRVCRED, no nonce"],
    [
      "the nonce in base64",
      FIELDS12,
      { secret: "Pw", nonce: new TextEncoder().encode("bm9uY2U=") },
      "AAuthSecret of SRVCRED, the nonce as base64 text",
    ],
    ["the secret of 1.3", FIELDS12, { secret: "secret", nonce: NONCE, name: "dm.example.com" }, undefined],
  ];
  test.each(fits)("says of a wrong digest that %s would fit", (_, fields, credentials, said) => {
    const verdict = verdictOn(fields, credentials);
    expect([verdict.status, verdict.fits]).toEqual(["DIGEST_WRONG", said]);
  });

  test("has the bounds of a board: headers, bytes, parts, accounts", () => {
    expect(verdictOn({ ...FIELDS13, serverId: "other" }, { secret: "secret" })).toMatchObject({
      status: "ACCOUNT_UNKNOWN",
    });
    const long = verdictOn({ ...FIELDS13, connectReason: "x".repeat(1000) } as NotificationJson, { secret: "secret" });
    expect(long).toMatchObject({ status: "NOTIFICATION_LONG", connectReason: "x".repeat(1000) });
    expect(verdictOn(FIELDS13, { secret: "secret" }, [{ serverId: "dm.example.com", appAuth: [] }])).toMatchObject({
      status: "ACCOUNT_NO_SECRET",
    });
    const { hex } = captures.captures.find(({ name }) => name.startsWith("kannel-udp-4"))!;
    const judge = createJudge([DM_ACC], { bounds: { headersMax: 10 } });
    expect(createDecoder("auto", undefined, judge).decode(Buffer.from(hex[0]!, "hex")).status).toBe("WSP_HEADERS_LONG");
  });

  test("takes parts, and explain marks the same byte", () => {
    const { bytes, contentType } = encode({ ...FIELDS13, connectReason: "x".repeat(200) } as NotificationJson, {
      secret: "no",
    });
    const decoder = createDecoder("auto", undefined, createJudge([DM_ACC]));
    const dissector = createDissector("auto", undefined, createJudge([DM_ACC]));
    const parts = submitTpdus("123", pushOf(bytes, contentType, 1)).map(tpdu => tpdu.subarray(tpdu.indexOf(0x0b, 6)));
    const decoded = parts.map(part => decoder.decode(part, "user-data"));
    const dissected = parts.map(part => dissector.dissect(part, "user-data"));
    expect(decoded.map(({ status }) => status)).toEqual(["MORE", "MORE", "DIGEST_WRONG"]);
    expect(dissected.map(({ status, at }) => [status, at])).toEqual(decoded.map(({ status, at }) => [status, at]));
    const marked = JSON.stringify(dissected[2]!.joined!.fields).match(/"status":"DIGEST_WRONG"/g);
    expect(marked?.length).toBe(1);
  });

  test("by the command line, with options for what the specification leaves open", () => {
    const file = join(folder, "accounts.json");
    const appAuth = [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }];
    writeFileSync(file, JSON.stringify([{ serverId: "dm.example.com", appAuth }]));
    const { bytes } = encode({ ...FIELDS13, timeout: 1 } as NotificationJson, { secret: "secret" });
    const hex = Buffer.from(bytes).toString("hex");
    const run = (...args: string[]) =>
      JSON.parse(runCli(["decode", "--accounts", file, ...args, hex]).lines[0]!).status;
    expect(run()).toBe("OK");
    expect(run("--clock", "system")).toBe("EXPIRED");
    expect(run("--clock", "system", "--timeout-unit", "days")).toBe("EXPIRED");
    expect(run("--message-max", "50")).toBe("NOTIFICATION_LONG");
    const lines = runCli(["explain", "--accounts", file, hex.slice(0, -2) + (hex.endsWith("00") ? "01" : "00")]).lines;
    expect(lines.at(-1)).toMatch(/^DIGEST_WRONG at byte \d+, as 1.3/);
    expect(runCli(["decode", "--clock", "system", hex]).errors).toContain("--clock does nothing without --accounts");
  });

  test("by an accounts file that says what each server does otherwise, before the options", () => {
    const file = join(folder, "own.json");
    const appAuth = [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }];
    const now = Math.floor(Date.now() / 1000);
    const run = (own: object, fields: object, ...args: string[]) => {
      writeFileSync(file, JSON.stringify([{ serverId: "dm.example.com", appAuth, ...own }]));
      const message = { ...FIELDS13, ...fields } as NotificationJson;
      const { bytes } = encode(message, { secret: "secret" }, { opaqueVendorInfo: true });
      const hex = Buffer.from(bytes).toString("hex");
      const { lines, errors } = runCli(["decode", "--accounts", file, "--clock", "system", ...args, hex]);
      return lines[0] === undefined ? errors : JSON.parse(lines[0]).status;
    };
    const old = { timestamp: now - 86_400, timeout: 2 };
    expect(run({}, old)).toBe("EXPIRED");
    expect(run({ timeoutUnit: "days" }, old)).toBe("OK");
    expect(run({ timeoutUnit: "minutes" }, old, "--timeout-unit", "days")).toBe("EXPIRED");
    const early = { timestamp: now + 5000 };
    expect(run({ maxSkewSeconds: 60 }, early)).toBe("FUTURE");
    expect(run({ maxSkewSeconds: 9000 }, early, "--max-skew", "60")).toBe("OK");
    const latin1 = { timestamp: now, vendorInfoHex: "61ff" };
    expect(run({ strictVendorInfo: true }, latin1)).toBe("UTF8_ILL_FORMED");
    expect(run({ strictVendorInfo: false }, latin1, "--vendor-info", "utf-8")).toBe("OK");
    for (const bad of [
      { timeoutUnit: "hours" },
      { maxSkewSeconds: -1 },
      { maxSkewSeconds: "60" },
      { requireRequestedMo: 0 },
      { strictVendorInfo: null },
      { allowEmptySecret: "yes" },
    ]) {
      expect(run(bad, {})).toContain(`[0].${Object.keys(bad)[0]}: must be`);
    }
    const empty = [{ aauthLevel: "NOTICRED", aauthSecret: "" }];
    expect(run({ appAuth: empty }, {})).toContain("can never work");
    expect(run({ appAuth: empty, allowEmptySecret: true }, { timestamp: now })).toBe("DIGEST_WRONG");
  });
});
