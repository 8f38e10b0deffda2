import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const start = (args: string[]) => spawn(process.execPath, ["dist/cli.js", "inspect", ...args]);

test("pkg0 inspect names the page, which lies beside it", async () => {
  const [line] = await once(start([]).stdout, "data");
  expect(readFileSync(fileURLToPath(String(line).trim()), "utf8")).toContain("<title>pkg0 inspector</title>");
});

test("pkg0 inspect --port serves the page on loopback, and nothing else, until it is ended", async () => {
  const child = start(["--port", "0"]);
  const [line] = await once(child.stdout, "data");
  const url = String(line).trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  expect(await (await fetch(url)).text()).toBe(readFileSync("dist/inspector.html", "utf8"));
  expect((await fetch(`${url}../package.json`)).status).toBe(404);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});
