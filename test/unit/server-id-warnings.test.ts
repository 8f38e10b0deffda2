/** Warnings of a ServerID that only looks like another one (§6.2.3, §6.5.1), and the 48 bytes of §7.1 in explain and send. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ACCOUNT_INVALID, createClient, type DmAcc, OK } from "../../src/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { addAccount, encode, serverIdWarning } from "../../targets/node/index.ts";
import { runCli, runCliAsync, startListener } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-warnings-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NFC = "d\u00fcsseldorf.example";
const NFD = NFC.normalize("NFD");
const dmAccOf = (serverId: string): DmAcc => ({
  serverId,
  appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }],
});

describe("a ServerID that is not Net-Unicode", () => {
  test.each([
    [NFD, "ServerID: not in the normal form NFC at byte 1"],
    ["\ufeffdm.example", "ServerID: a byte order mark at byte 0"],
    ["dm\u0085.example", "ServerID: a C1 control at byte 2"],
    ["dm.example\r", "ServerID: CR without LF at byte 10"],
    ["dm.\ud800", "ServerID: half of a surrogate pair at byte 3"],
    [NFC, undefined],
    ["dm.example", undefined],
  ])("%j: %s", (serverId, warning) => {
    expect(serverIdWarning(serverId)).toBe(warning);
  });

  test("is warned of when a program adds its account, and works all the same", async () => {
    const client = createClient(createMockHal(), {});
    const warnings: string[] = [];
    const warn = (warning: string) => void warnings.push(warning);
    expect([NFC, NFD].map(serverId => addAccount(client, dmAccOf(serverId), warn))).toEqual([OK, OK]);
    expect(warnings).toEqual([`ServerID: not in the normal form NFC at byte 1, in the account of ${NFD}`]);
    expect(client.listAccounts().map(one => one.serverId)).toEqual([NFC, NFD]);
    expect(addAccount(client, null as unknown as DmAcc, warn)).toBe(ACCOUNT_INVALID);
    const emitted = new Promise<Error & { code?: string }>(resolve => process.once("warning", resolve));
    addAccount(client, dmAccOf(NFD));
    expect(await emitted).toMatchObject({ code: "PKG0_SERVER_ID", message: expect.stringContaining("NFC at byte 1") });
  });

  test("is an event of listen, and a warning of decode and explain", async () => {
    const accounts = join(folder, "accounts.json");
    writeFileSync(accounts, JSON.stringify([dmAccOf(NFD), dmAccOf("dm.example")]));
    const device = startListener(["--accounts", accounts, "--state", join(folder, "state"), "--udp", "127.0.0.1:0"]);
    await device.until(events => events.some(({ event }) => event === "listening"));
    device.child.kill("SIGTERM");
    await device.ended;
    expect(device.events.filter(({ event }) => event === "warning")).toMatchObject([
      { serverId: NFD, meaning: "ServerID: not in the normal form NFC at byte 1" },
    ]);
    for (const command of ["decode", "explain"]) {
      const { errors } = runCli([command, "--accounts", accounts, "00"]);
      expect(errors.match(/not in the normal form NFC at byte 1/g)).toHaveLength(1);
    }
  });
});

describe("a push with 49 bytes of headers (§7.1)", () => {
  const { bytes } = encode(
    { sessionId: "1", serverId: "dm.example", requestedMo: [1], timestamp: 1700000000 },
    { secret: "secret" },
  );
  /** A push whose headers have `count` bytes: type, application, and a text header that fills the rest. */
  const pushOf = (count: number) => {
    const headers = Buffer.concat([Buffer.from("d8af87", "hex"), Buffer.from(`x\0${"y".repeat(count - 6)}\0`)]);
    return Buffer.concat([Buffer.of(0, 6, headers.length), headers, bytes]).toString("hex");
  };

  test("is WSP_HEADERS_LONG in decode and explain; with 48 it is read", () => {
    const status = (hex: string) => JSON.parse(runCli(["decode", hex]).lines[0]!);
    expect(status(pushOf(48))).toMatchObject({ status: "OK", sessionId: "1" });
    expect(status(pushOf(49))).toMatchObject({ status: "WSP_HEADERS_LONG", at: 3 });
    expect(runCli(["explain", pushOf(48)]).lines.at(-1)).not.toContain("WSP_HEADERS_LONG");
    expect(runCli(["explain", pushOf(49)]).lines.at(-1)).toMatch(/^WSP_HEADERS_LONG at byte 3/);
  });

  test("is not sent, but with --unchecked", async () => {
    const send = (hex: string, ...more: string[]) => runCliAsync(["send", "--to", "udp://127.0.0.1:9", ...more, hex]);
    const refused = await send(pushOf(49));
    expect([refused.code, refused.lines]).toEqual([1, []]);
    expect(refused.errors).toContain("WSP_HEADERS_LONG at byte 3");
    expect((await send(pushOf(48))).code).toBe(0);
    expect((await send(pushOf(49), "--unchecked")).code).toBe(0);
  });
});
