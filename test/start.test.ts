import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("npm start shows a verdict for each datagram", () => {
  const lines = execFileSync(process.execPath, ["dist/test/start.js"], { encoding: "utf8" }).split("\n");
  const verdicts = lines.filter(line => line.includes(" bytes: ")).map(line => line.split(" bytes: ")[1]);
  expect(verdicts.length).toBe(13);
  expect(verdicts.slice(0, 4).every(verdict => /^accepted from dm.example.com, .*starts session /.test(verdict!))).toBe(
    true,
  );
  expect(verdicts.slice(4).map(verdict => /: (\w+),|starts session (\w+)/.exec(verdict!)!.slice(1).join(""))).toEqual([
    ...["WSP_APPLICATION_MISSING", "WSP_APPLICATION_OTHER", "NOTIFICATION_VERSION", "BEEF", "DUPLICATE"],
    ...["DIGEST_WRONG", "ACCOUNT_UNKNOWN", "NOTIFICATION_SHORT", "WSP_SHORT"],
  ]);
});

test.runIf(process.platform !== "win32")("npm start whose reader goes ends without a stack", () => {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `"${process.execPath}" dist/test/start.js | head -n 1`], {
    encoding: "utf8",
  });
  expect([status, stdout.split("\n").length, stderr]).toEqual([0, 2, ""]);
});
