import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { EXPECTED, PUSHES, runCli } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FIELDS = {
  sessionId: "1234",
  serverId: "mgmt.example",
  requestedMo: [1],
  preferredBearer: [2],
  uiMode: "background",
  transport: "https",
  timeout: 60,
  timestamp: 1700000000,
};
/** The fields above, signed with secret13: the reference vector of test/vectors/notification13.json. */
const REFERENCE =
  "17500000003c12346553f100" +
  "100c6d676d742e6578616d706c65300101400102" +
  "4f428dec4600bb36ea3b1475285d75af13f332d9cbff0224776c3ae75a2b845a";
/** Its digest in each reading of §6.6 (D1), by an independent generator. */
const DIGESTS: { [digestInput: string]: string } = {
  colons: REFERENCE.slice(-64),
  plain: "0b14103f14024b2b19a99d1045c39222c568e3d6f495acf5f5e3b4753dbd3a23",
  "one-colon": "436dd96ec6315cd9339e0517f3099327d79c87e8d4ba46b203776f7ac63aa570",
};

describe("decode", () => {
  for (const { name, hex, secret, nonceText } of PUSHES) {
    test(name, () => {
      const nonce = nonceText === undefined ? [] : ["--nonce", Buffer.from(nonceText).toString("hex")];
      const { code, lines } = runCli(["decode", "--secret", secret!, ...nonce, hex[0]!]);
      const decoded = JSON.parse(lines[0]!);
      expect(decoded.status).toBe(EXPECTED[name] ?? "OK");
      expect(decoded.digestValid).toBe(name in EXPECTED ? undefined : true);
      expect(code).toBe(name in EXPECTED ? 1 : 0);
    });
  }

  test("shows every field of the reference vector", () => {
    const { code, lines } = runCli(["decode", "--secret", "secret13", REFERENCE]);
    expect(code).toBe(0);
    expect(JSON.parse(lines[0]!)).toEqual({
      ...{ status: "OK", at: 0, as: "1.3", format: "1.3", initiator: "server" },
      ...{ tra: 2, digestValid: true, digestInput: "colons" },
      ...FIELDS,
      digest: REFERENCE.slice(-64),
    });
  });

  test("reads a line a message, and says where each bad one breaks", () => {
    const { code, lines } = runCli(["decode"], `${REFERENCE}\n\n${REFERENCE.slice(0, 60)}\n12g4\n123\n`);
    expect(lines.map(line => JSON.parse(line)).map(({ status, at }) => [status, at])).toEqual([
      ["OK", 0],
      ["NOTIFICATION_SHORT", 30],
      ["NOT_HEX", 1],
      ["NOT_HEX", 1],
    ]);
    expect(code).toBe(1);
  });

  test("tells which of the three readings of §6.6 a digest fits, asked for one or for none", () => {
    for (const digestInput of ["colons", "plain", "one-colon"]) {
      const args = ["--secret", "secret13", "--digest-input", digestInput];
      const hex = REFERENCE.slice(0, -64) + DIGESTS[digestInput];
      expect(runCli(["encode", ...args, JSON.stringify(FIELDS)]).lines).toEqual([hex]);
      const [any] = runCli(["decode", "--secret", "secret13", hex]).lines;
      expect(JSON.parse(any!)).toMatchObject({ digestValid: true, digestInput });
      for (const asked of ["colons", "plain", "one-colon"]) {
        const { code, lines } = runCli(["decode", "--secret", "secret13", "--digest-input", asked, hex]);
        const isAsked = asked === digestInput;
        expect(JSON.parse(lines[0]!)).toMatchObject({ digestValid: isAsked, digestInput });
        expect(code).toBe(isAsked ? 0 : 1);
      }
    }
    expect(runCli(["decode", "--secret", "s", "--digest-input", "Plain", REFERENCE]).code).toBe(2);
  });

  test("tells a wrong secret by its status and the exit code", () => {
    const { code, lines } = runCli(["decode", "--secret", "other", REFERENCE]);
    expect(JSON.parse(lines[0]!)).toMatchObject({ status: "DIGEST_WRONG", at: 32, digestValid: false });
    expect(code).toBe(1);
  });
});

describe("encode", () => {
  test("makes the reference vector", () => {
    expect(runCli(["encode", "--secret", "secret13", JSON.stringify(FIELDS)]).lines).toEqual([REFERENCE]);
    const push = runCli(["encode", "--secret", "secret13", "--push", "--tid", "255", JSON.stringify(FIELDS)]).lines;
    expect(push).toEqual([`ff0603d8af87${REFERENCE}`]);
  });

  test("takes what decode prints", () => {
    const [decoded] = runCli(["decode", REFERENCE]).lines;
    expect(runCli(["encode", "--secret", "secret13"], `${decoded}\n`).lines).toEqual([REFERENCE]);
  });

  const refused: [what: string, fields: object | string, status: string, field: string | undefined, said: string][] = [
    ["a misspelt field", { ...FIELDS, sessionid: "1" }, "FIELD_UNKNOWN", "sessionid", "did you mean sessionId?"],
    ["a field of 1.2", { ...FIELDS, vendorBody: "00" }, "FIELD_UNKNOWN", "vendorBody", "not a field of 1.3"],
    ["a number as session id", { ...FIELDS, sessionId: 1234 }, "FIELD_TYPE", "sessionId", "not 1234"],
    [
      "an unknown word",
      { ...FIELDS, uiMode: "loud" },
      "FIELD_TYPE",
      "uiMode",
      'background, informative, user-interaction, not "loud"',
    ],
    ["a misspelt word", { ...FIELDS, uiMode: "infomative" }, "FIELD_TYPE", "uiMode", "did you mean informative?"],
    ["session id 0", { ...FIELDS, sessionId: "0" }, "FIELD_SESSION_ID", "sessionId", "1 to 65535"],
    ["no Requested-MO", { ...FIELDS, requestedMo: [] }, "FIELD_REQUESTED_MO", "requestedMo", "§6.5.4"],
    [
      "eight options",
      { ...FIELDS, targetedMo: [1, 2, 3, 4, 5] },
      "FIELD_OPTIONS",
      undefined,
      "more than 7 options (§6.4.2): 8",
    ],
    ["a timeout of 65536", { ...FIELDS, timeout: 65536 }, "FIELD_RANGE", "timeout", "0 to 65535, not 65536"],
    ["half a number", { ...FIELDS, timeout: 1.5 }, "FIELD_RANGE", "timeout", "not 1.5"],
    ["an MO of 65536", { ...FIELDS, requestedMo: [1, 65536] }, "FIELD_RANGE", "requestedMo", "not 65536"],
    [
      "a bearer that is none",
      { ...FIELDS, preferredBearer: [12] },
      "FIELD_RANGE",
      "preferredBearer",
      "0 to 11, not 12",
    ],
    ["a Server-ID of 256 bytes", { ...FIELDS, serverId: "x".repeat(256) }, "FIELD_SERVER_ID", "serverId", "256 bytes"],
    ["a secret that is no text", { ...FIELDS, secret: 1 }, "FIELD_TYPE", "secret", "must be a text, not a number"],
    ["no JSON", "{", "NOT_JSON", undefined, ""],
    ["no object", "[1]", "FIELD_TYPE", undefined, "JSON object, not [1]"],
  ];
  test("refuses what cannot be sent on standard error, by line, and goes on with the others", () => {
    const texts = refused.map(([, fields]) => (typeof fields === "string" ? fields : JSON.stringify(fields)));
    const { code, lines, errors } = runCli(
      ["encode", "--secret", "secret13"],
      [...texts, JSON.stringify(FIELDS)].join("\n"),
    );
    expect([code, lines]).toEqual([1, [REFERENCE]]);
    const told = errors.split("\n").filter(line => line.startsWith("{"));
    const answers = told.map(line => JSON.parse(line));
    refused.forEach(([what, , status, field, said], i) => {
      const { place, meaning, ...answer } = answers[i];
      expect([what, place, answer.status, answer.field]).toEqual([what, `line ${i + 1}`, status, field]);
      expect(meaning).toContain(said);
    });
  });

  test("takes secret, nonce, name, number and id of each line", () => {
    const line = { ...FIELDS, id: "truck 7", secret: "secret13" };
    const { code, lines } = runCli(["encode"], `${JSON.stringify(line)}\n`);
    expect([code, lines]).toEqual([0, [JSON.stringify({ id: "truck 7", hex: REFERENCE })]]);
    const one12 = { format: "1.2", sessionId: "1234", serverId: "mgmt.example", uiMode: "background", id: 12 };
    const credentials = { secret: "secret12", nonce: "AAECAwQFBgcICQoLDA0ODw==" };
    const answer = JSON.parse(runCli(["encode"], JSON.stringify({ ...one12, ...credentials })).lines[0]!);
    expect(answer).toEqual({ id: 12, hex: "6c3744b1b7dba51a112ed2d79edda67b02d800000012340c6d676d742e6578616d706c65" });
    const at = ["encode", "--sms", "--form", "at"];
    const sms = JSON.parse(runCli(at, JSON.stringify({ ...line, number: "+447700900123" })).lines[0]!);
    expect([sms.id, sms.pdu.slice(6, 22)]).toEqual(["truck 7", "0C91447700091032"]);
    const bad = runCli(["encode"], JSON.stringify({ ...line, sessionId: 1 }));
    expect(JSON.parse(bad.errors)).toMatchObject({ id: "truck 7", field: "sessionId" });
  });
});

test("encode holds a campaign in no more memory when its reader is slow", () => {
  const line = JSON.stringify(FIELDS);
  const generate = `for (let i = 0; i < 300000; i++) process.stdout.write(${JSON.stringify(`${line}\n`)})`;
  const pipe = `"$0" -e "$1" | "$0" dist/cli.js encode --secret s --rate | (sleep 2; wc -l)`;
  const { stdout, stderr } = spawnSync("sh", ["-c", pipe, process.execPath, generate], { encoding: "utf8" });
  expect(stdout.trim()).toBe("300000");
  expect(Number(/ (\d+) MB/.exec(stderr)![1])).toBeLessThan(130); // with all of the answers some 160
});

describe("explain", () => {
  test("shows each field with its section", () => {
    const { code, lines } = runCli(["explain", `010603d8af87${REFERENCE}`]);
    expect(code).toBe(0);
    const shown = lines.map(line => line.slice(44).trim());
    for (const text of ["SESSIONID 1234", 'Server-ID "mgmt.example"', "Requested-MO 1", "TIMEOUT 60: 60 minutes"]) {
      expect(shown.some(line => line.startsWith(text))).toBe(true);
    }
    expect(lines.join("\n")).toContain("§6.4.8");
  });

  test("ends with the verdict, whatever is cut, and marks the field that is wrong", () => {
    const whole = `010603d8af87${REFERENCE}`;
    const cuts = Array.from({ length: whole.length / 2 }, (_, length) => whole.slice(0, 2 * length)).filter(
      hex => hex !== "",
    );
    const { code, lines } = runCli(["explain", "--as", "push"], cuts.join("\n"));
    expect(code).toBe(1);
    const verdicts = lines.filter(line => /^[A-Z_]+ at byte \d+, as push: /.test(line));
    expect(verdicts.length).toBe(cuts.length);
    expect(lines.filter(line => /^ +\^ [A-Z_]+/.test(line)).length).toBe(cuts.length);
  });

  test("gives the fields as JSON, and judges the digest", () => {
    const { code, lines } = runCli(["explain", "--json", "--secret", "secret13", REFERENCE]);
    const { fields, ...rest } = JSON.parse(lines[0]!);
    expect([code, rest]).toEqual([0, { bytes: REFERENCE, as: "1.3", status: "OK", at: 0, meaning: "" }]);
    expect(fields[0].fields.find(({ name }: { name: string }) => name === "SESSIONID")).toEqual({
      ...{ from: 6, to: 8, layer: "notification", name: "SESSIONID", value: "1234", meaning: "", section: "§6.4.8" },
    });
    expect(fields[0].fields.at(-1)).toMatchObject({ name: "digest", layer: "digest", meaning: "right, over colons" });
    const wrong = runCli(["explain", "--secret", "other", REFERENCE]);
    expect([wrong.code, wrong.lines.at(-1)]).toEqual([
      1,
      "DIGEST_WRONG at byte 32, as 1.3: the digest does not match (§6.6)",
    ]);
  });
});

describe("usage", () => {
  test.each([
    [["frobnicate"]],
    [["decode", "--as", "morse", "00"]],
    [["encode", "--secret", "s", "--nonce", "xy", "{}"]],
    [["send", "00"]],
    ...[
      "",
      "sip:",
      "sip:a@127.0.0.1:99999",
      "udp://127.0.0.1:99999",
      "obex:",
      "gopher://127.0.0.1/",
      "modem:/dev/x",
    ].map(to => [["send", "--to", to, REFERENCE]]),
    [["listen", "--accounts", "x", "--state", folder, "--http", "4035"]],
    [["listen", "--state", folder]],
    [["listen", "--accounts", "x", "--state", folder, "--clock", "sun", "--udp", "127.0.0.1:0"]],
    [["toString"]],
  ])("%j is wrong", args => {
    const { code, errors } = runCli(args);
    expect(code).toBe(2);
    expect(errors).toMatch(/^pkg0: .+\n/);
  });

  test.runIf(existsSync("/dev/full"))("a full disk is no success", () => {
    const shell = `"$0" dist/cli.js decode ${REFERENCE} > /dev/full`;
    const { status, stderr } = spawnSync("sh", ["-c", shell, process.execPath], { encoding: "utf8" });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^pkg0: standard output failed.*ENOSPC/)]);
  });

  test("--help is right", () => {
    const { code, lines } = runCli(["--help"]);
    expect(code).toBe(0);
    expect(lines.join("\n")).toContain("pkg0 listen");
  });
});
