/** Batches of encode and send: each line stands for itself, and no secret is missing, empty or shown. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readNonce } from "../../targets/codec/index.ts";
import { runCli, runCliAsync } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-batch-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FIELDS = { sessionId: "12", serverId: "dm.example", requestedMo: [1], timestamp: 1_700_000_000 };
const line = (more: object = {}) => JSON.stringify({ ...FIELDS, ...more });
const refusals = (errors: string) =>
  errors
    .split("\n")
    .filter(one => one.startsWith("{"))
    .map(one => JSON.parse(one));

describe("a line", () => {
  test.each([
    [["encode", "--secret", "s"], { nonce: "zz!" }, "nonce"],
    [["encode", "--secret", "s", "--sms", "--form", "at"], { number: "nope" }, "number"],
    [["encode", "--secret", "s", "--sms", "--form", "at"], {}, "number"],
    [["encode", "--secret", "s"], { digestInput: "foo" }, "digestInput"],
    [["encode"], { secret: "" }, "secret"],
    [["encode"], {}, "secret"],
    [["send", "--to", "udp://127.0.0.1:9"], {}, "secret"],
    [["encode", "--secret", "s"], { vendorInfoHex: null }, "vendorInfoHex"],
    [["send", "--secret", "s", "--to", "smpp://me:pw@127.0.0.1:1?source=1"], {}, "number"],
  ])("of %j with %j is refused alone, and the next one is read", (args, more, field) => {
    const { code, errors } = runCli([...args, line(more), line({ nonsense: 1, secret: "s" })]);
    expect(code).toBe(1);
    expect(refusals(errors)).toMatchObject([
      { place: "argument 1", status: "FIELD_TYPE", field },
      { place: "argument 2", status: "FIELD_UNKNOWN", field: "nonsense" },
    ]);
  });

  test("says what its digest is computed over, also with a common secret, as decode has printed it", () => {
    const plain = runCli(["encode", "--secret", "s", "--digest-input", "plain", line()]).lines;
    expect(runCli(["encode", "--secret", "s", line({ digestInput: "plain" })]).lines).toEqual(plain);
    expect(runCli(["encode", "--secret", "s", line()]).lines).not.toEqual(plain);
    const decoded = runCli(["decode", "--secret", "s", plain[0]!]).lines[0]!;
    expect(runCli(["encode", "--secret", "s", decoded]).lines).toEqual(plain);
  });

  test("that boards refuse by default is warned of, by send, too", async () => {
    const long = line({ connectReason: "r".repeat(900) });
    const to = ["--to", "kannel+http://127.0.0.1:1/x?username=u&password=hidden", "--number", "+1"];
    const { errors, code } = runCli(["send", "--secret", "s", ...to, long]);
    expect(code).toBe(1);
    expect(errors).toContain("argument 1: 8 short messages; boards take 5 by default (SMS_MESSAGE_LONG)");
    const udp = ["send", "--to", "udp://127.0.0.1:9", "--secret", "s", line({ connectReason: "r".repeat(1000) })];
    expect(runCli(udp).errors).toMatch(/1\d{3} bytes; boards take 1024 by default \(NOTIFICATION_LONG\)/);
  });
});

describe("a secret", () => {
  const bytes = runCli(["encode", "--secret", "s", line()]).lines[0]!;

  test.each([
    [["encode", "--secret", "", line()], {}],
    [["encode", line()], { PKG0_SECRET: "" }],
    [["decode", "--secret", "", bytes], {}],
  ])("%j that is empty is none", async (args, env) => {
    Object.assign(process.env, env);
    const { code, errors, lines } = runCli(args);
    delete process.env.PKG0_SECRET;
    expect([code, lines]).toEqual([2, []]);
    expect(errors).toContain("there is no secret in it");
  });

  test("in the environment goes with --nonce and --name", () => {
    process.env.PKG0_SECRET = "s";
    const { code } = runCli(["decode", "--nonce", "00", bytes]);
    delete process.env.PKG0_SECRET;
    expect(code).toBe(0);
  });

  test("does not take the standard input that has the messages", () => {
    const { code, errors } = runCli(["encode", "--secret", "-"], line());
    expect([code, errors]).toEqual([2, expect.stringContaining("--secret - takes standard input")]);
    expect(runCli(["encode", "--secret", "-", line()], "s\n").code).toBe(0);
  });

  test.each([
    ["pap+http://user:hidden@127.0.0.1:99999/pap?address=x"],
    ["pap+http://user:hidden@127.0.0.1/pap"],
    ["kannel+http://127.0.0.1:99999/x?username=u&password=hidden"],
    ["smpp://user:hidden@127.0.0.1:99999"],
    ["sip:user:hidden@127.0.0.1:99999"],
    ["nope://user:hidden@127.0.0.1"],
  ])("in a URI that cannot be used is not shown: %s", to => {
    const { code, errors } = runCli(["send", "--to", to, "--number", "1", "--secret", "s", line()]);
    expect(code).toBeGreaterThan(0);
    expect(errors).not.toContain("hidden");
    const campaign = join(folder, "one.ndjson");
    writeFileSync(campaign, "{}\n");
    expect(runCli(["campaign", campaign, "--to", to, "--state", join(folder, "s")]).errors).not.toContain("hidden");
  });
});

test("a gateway that answers without end is left", async () => {
  const server = createServer((_, response) => {
    const chunk = Buffer.alloc(65_536, "x");
    const pour = () => {
      while (response.write(chunk));
    };
    response.on("drain", pour);
    pour();
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const to = `kannel+http://127.0.0.1:${port}/cgi-bin/sendsms?username=u&password=p`;
  const { lines } = await runCliAsync(["send", "--to", to, "--number", "+1", "--secret", "s", line()]);
  server.closeAllConnections();
  server.close();
  expect(JSON.parse(lines[0]!)).toMatchObject({ text: "more than a gateway answers" });
}, 20_000);

test("fields that cannot be sent take no session id", () => {
  const state = join(folder, "ids");
  const encode = (fields: object) => runCli(["encode", "--secret", "s", "--state", state, JSON.stringify(fields)]);
  const idOf = (hex: string) => Number.parseInt(hex.slice(12, 16), 16);
  const good = { serverId: "dm.example", requestedMo: [1] };
  const first = idOf(encode(good).lines[0]!);
  expect(encode({ ...good, requestedMo: [1, 2, 3, 4, 5, 6, 7] }).code).toBe(1);
  expect(idOf(encode(good).lines[0]!)).toBe((first % 0xffff) + 1);
});

test("a message that is read as the other format is none with accounts, either", () => {
  const accounts = join(folder, "accounts.json");
  const appAuth = [
    { aauthLevel: "NOTICRED", aauthSecret: "s" },
    { aauthLevel: "SRVCRED", aauthSecret: "s", aauthData: "00ff" },
  ];
  writeFileSync(accounts, JSON.stringify([{ serverId: "dm.example", appAuth }]));
  const { timestamp: _, ...fields12 } = { ...FIELDS, requestedMo: undefined, format: "1.2" };
  const hex13 = runCli(["encode", "--secret", "s", line()]).lines[0]!;
  const hex12 = runCli(["encode", "--secret", "s", "--nonce", "00ff", JSON.stringify(fields12)]).lines[0]!;
  for (const [as, hex] of [
    ["1.2", hex13],
    ["1.3", hex12],
  ]) {
    const [plain, judged] = [[], ["--accounts", accounts]].map(
      more => JSON.parse(runCli(["decode", "--as", as!, ...more, hex!]).lines[0]!).status,
    );
    expect(judged).toBe(plain);
  }
  expect(JSON.parse(runCli(["decode", "--accounts", accounts, hex12]).lines[0]!).status).toBe("OK");
});

describe("usage", () => {
  test.each([
    [["decode", ""], 1, "NOT_HEX"],
    [["explain", ""], 1, "NOT_HEX"],
    [["decode", "--in", "nowhere", "00"], 2, "either --in FILE or messages"],
    [["listen", "--accounts", "a", "--state", "", "--udp", "127.0.0.1:0"], 2, "--state is empty"],
    [["help", "encod"], 2, "did you mean encode?"],
    [["campaign", "reprot", "run1"], 2, "needs one FILE"],
    [["campaign", "retri", "--to", "udp://{address}:1", "--state", "x"], 2, "did you mean retry?"],
    [["campaign", "report", "x", "--rate", "3"], 2, "--rate does nothing beside report"],
    [["campaign", "--rate", "fast", "x"], 2, '--rate must be a number, 0.01 to 100000, not "fast"'],
    [["campaign", "--name", "n", "x"], 2, "--name does nothing without --queue"],
    [["status", "NOT_SNT"], 2, "did you mean NOT_SENT?"],
  ])("%j", (args, code, said) => {
    const ran = runCli(args);
    expect(ran.code).toBe(code);
    expect(ran.lines.join("\n") + ran.errors).toContain(said);
  });

  test("status knows what no device logs", () => {
    expect(runCli(["status", "NOT_SENT"]).lines[0]).toContain("was not handed over");
    expect(runCli(["status", "ESME_RTHROTTLED"]).lines[0]).toContain("0x00000058  ESME_RTHROTTLED: throttling error");
    expect(runCli(["status"]).lines.join("\n")).toContain("SESSION_IDS_SPENT");
  });
});

describe("a nonce", () => {
  test.each([
    ["00ff", [0x00, 0xff]],
    ["AP8=", [0x00, 0xff]],
    ["deadbeef", [0xde, 0xad, 0xbe, 0xef]],
    ["base64:deadbeef", [0x75, 0xe6, 0x9d, 0x6d, 0xe7, 0x9f]],
    ["", []],
  ])("%s", (text, bytes) => expect(readNonce(text)).toEqual(Uint8Array.from(bytes)));
  test.each(["0g", "abc", "AP8", "base64:*"])("%s is none", text => expect(readNonce(text)).toBeNull());
});
