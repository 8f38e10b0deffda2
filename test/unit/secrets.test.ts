/** A server signs with the secret by which a device verifies, or says that there is none: for every account that there can be. */
import { describe, expect, test } from "vitest";
import type { AppAuth, DmAcc } from "../../src/index.ts";
import { newNotification, readNotification12, readNotification13 } from "../../src/index.ts";
import {
  createDecoder,
  createJudge,
  encode,
  FieldError,
  judgeDigest,
  type NotificationJson,
} from "../../targets/codec/index.ts";
import { createDrafting } from "../../targets/node/campaign/draft.ts";
import { isDraft } from "../../targets/node/campaign/journal.ts";
import { runCli } from "../cli.ts";

const NOW = Math.floor(Date.now() / 1000);
const NONE = Symbol("no such AppAuth");
const SECRETS = [NONE, undefined, "", "secret", "другой"] as const;

function* accounts(): Generator<DmAcc> {
  for (const noti of SECRETS) {
    for (const srv of SECRETS) {
      for (const allowEmptySecret of [undefined, false, true]) {
        const appAuth: AppAuth[] = [{ aauthLevel: "CLCRED", aauthSecret: "client" }];
        for (const [aauthLevel, aauthSecret] of [
          ["NOTICRED", noti],
          ["SRVCRED", srv],
        ] as const) {
          if (aauthSecret !== NONE) appAuth.push({ aauthLevel, ...(aauthSecret !== undefined && { aauthSecret }) });
        }
        yield { serverId: "dm.example", appAuth, ...(allowEmptySecret !== undefined && { allowEmptySecret }) };
      }
    }
  }
}

const FIELDS: { [format: string]: object } = { "1.3": { requestedMo: [1] }, "1.2": { format: "1.2" } };

describe.each(Object.keys(FIELDS))("a campaign of %s signs what the device accepts, or says why not", format => {
  test.each([...accounts()].map(account => [JSON.stringify(account), account] as const))("%s", (_, account) => {
    const draft = createDrafting({
      accounts: [account],
      template: FIELDS[format] as { [name: string]: unknown },
      now: () => NOW,
    });
    const line = draft({ line: 1, record: { address: "1", serverId: "dm.example" } });
    const device = createDecoder("auto", undefined, createJudge([account]));
    if (isDraft(line)) expect(device.decode(line.sign(7).bytes).status).toBe("OK");
    else {
      expect(line.code).toBe("SECRET_MISSING");
      const any = encode({ sessionId: "7", serverId: "dm.example", ...FIELDS[format] } as NotificationJson, {
        secret: "any",
      });
      expect(device.decode(any.bytes).status).toBe("ACCOUNT_NO_SECRET");
    }
  });

  test("encode does not sign with an empty secret, unless it is told to; nor does such a digest count", () => {
    const json = { sessionId: "7", serverId: "dm.example", ...FIELDS[format] } as NotificationJson;
    expect(() => encode(json, { secret: "" })).toThrow(FieldError);
    expect(() => encode(json, { secret: "", allowEmptySecret: false })).toThrow(
      /secret: is empty, .* allowEmptySecret/,
    );
    const { bytes } = encode(json, { secret: "", allowEmptySecret: true });
    const n = newNotification();
    if (format === "1.3") readNotification13(bytes, 0, bytes.length, n, 0);
    else readNotification12(bytes, 0, bytes.length, n);
    expect(judgeDigest(n, { secret: "" }).isValid).toBe(false);
    expect(judgeDigest(n, { secret: "", allowEmptySecret: true }).isValid).toBe(true);
  });

  test("no command takes an empty secret", () => {
    const json = JSON.stringify({ sessionId: "7", serverId: "dm.example", ...FIELDS[format] });
    for (const command of [["encode"], ["send", "--to", "udp://127.0.0.1:9"]]) {
      expect(runCli([...command, "--secret", "", json]).errors).toContain("--secret: there is no secret in it");
      const own = runCli(command, `${json.slice(0, -1)},"secret":""}\n`);
      expect([own.code, own.lines, own.errors]).toEqual([1, [], expect.stringContaining("secret: is empty")]);
    }
  });
});
