/** Runs only after npm run build:lua, which is off by default, and with a Lua on PATH. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { REQUESTED_MO_OPTIONAL, VENDOR_INFO_STRICT } from "../../src/notification/read13.ts";
import * as codes from "../../src/status.ts";
import { digestInputOf } from "../suite/codecs.ts";
import { NOTIFICATION13 } from "../suite/index.ts";
import { inputOf } from "../suite/vectors.ts";

const BUNDLE = "dist/pkg0.core.lua";
const lua = ["lua5.4", "lua"].find(isOnPath);
const missing = [...(existsSync(BUNDLE) ? [] : [BUNDLE]), ...(lua === undefined ? ["lua5.4 on PATH"] : [])];
const RULES: { [name: string]: number } = { REQUESTED_MO_OPTIONAL, VENDOR_INFO_STRICT };

const PROGRAM = `
dofile("${BUNDLE}")
local function bytesOf(hex)
  local octets = {}
  for pair in hex:gmatch("..") do octets[#octets + 1] = tonumber(pair, 16) end
  return Uint8Array:from(octets)
end
local notification, sha256 = pkg0.newNotification(), pkg0.createSha256()
for line in io.lines() do
  local hex, rules, secret, input = line:match("(%x*) (%d+) (%x*) (%d+)")
  local bytes = bytesOf(hex)
  local status = pkg0.readNotification13(nil, bytes, 0, bytes.length, notification, tonumber(rules))
  local isRight = status == 0
    and pkg0.verifyDigest13(nil, notification, sha256, bytesOf(secret), tonumber(input))
  print(status, status == 0 and notification.sessionId or notification.at, isRight)
end
`;

test.skipIf(missing.length > 0)(
  `Lua reads and verifies all vectors of 1.3${missing.length > 0 ? `: skipped, no ${missing.join(", no ")}` : ""}`,
  () => {
    const { vectors, secret } = NOTIFICATION13;
    const input = vectors.map(vector => {
      const rules = (vector.rules ?? []).reduce((sum, rule) => sum + RULES[rule]!, 0);
      const hex = [inputOf(vector), Buffer.from(secret!)].map(one => Buffer.from(one).toString("hex"));
      return `${hex[0]} ${rules} ${hex[1]} ${digestInputOf(vector)}`;
    });
    const output = execFileSync(lua!, ["-e", PROGRAM], { input: `${input.join("\n")}\n`, encoding: "utf8" });
    const expected = vectors.map(vector =>
      vector.valid
        ? `0\t${vector.expect!.sessionId}\t${vector.digestValid !== false}`
        : `${(codes as unknown as { [name: string]: number })[vector.status!]}\t${vector.at}\tfalse`,
    );
    expect(output.trim().split("\n")).toEqual(expected);
  },
);
