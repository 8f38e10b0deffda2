/** host.c of each engine, compiled as its README says with a board on the desk (board.c), and driven from outside. */
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { cutAll, freePort, openModem, pushOf, runProgram, tpdusOf } from "./tty.ts";

const run = promisify(execFile);

/** What the board has; MicroQuickJS' generator is compiled with the same. */
const PARTS = [
  ...["-DBOARD_MODEM", "-DBOARD_UDP", "-DBOARD_BEARERS", "-DBOARD_UI", "-DBOARD_SHA256"],
  `-DBOARD_OPTIONS="{\\"accountsMax\\":1}"`,
];

/** What the compiler needs besides, by environment variable; for Duktape pkg-config knows, too. */
const ENGINES: Record<string, { variable: string; bundle: string }> = {
  mquickjs: { variable: "MQUICKJS_FLAGS", bundle: "dist/host-functions.es5.js" },
  jerryscript: { variable: "JERRYSCRIPT_FLAGS", bundle: "dist/host-functions.js" },
  duktape: { variable: "DUKTAPE_FLAGS", bundle: "dist/host-functions.es5.js" },
};

async function flagsOf(variable: string): Promise<string> {
  const flags = process.env[variable];
  if (flags !== undefined || variable !== "DUKTAPE_FLAGS" || !isOnPath("pkg-config")) return flags ?? "";
  const { stdout } = await run("pkg-config", ["--cflags", "--libs", "duktape"]).catch(() => ({ stdout: "" }));
  return stdout.trim();
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pkg0-host-"));
  mkdirSync(join(folder, "state"));
});
afterEach(() => {
  cutAll();
  rmSync(folder, { recursive: true });
});

describe("host.c: a modem and datagrams start sessions, once over a reset, in", async () => {
  for (const [engine, { variable, bundle }] of Object.entries(ENGINES)) {
    const flags = await flagsOf(variable);
    const tools = ["cc", "socat", ...(engine === "mquickjs" ? ["mqjs"] : [])];
    const missing = tools.filter(command => !isOnPath(command)).map(command => `${command} on PATH`);
    if (flags === "") missing.push(variable);
    const note = missing.length > 0 ? `: skipped, no ${missing.join(", no ")}` : "";

    test.skipIf(missing.length > 0)(`${engine}${note}`, async () => {
      const board = join(folder, "board");
      const sources = [`targets/${engine}/host.c`, "targets/host-functions/sha256.c", "test/targets/board.c"];
      await run("cc", [...PARTS, ...sources, ...flags.split(/\s+/), "-lm", "-o", board]);
      let program = bundle;
      if (engine === "mquickjs") {
        program = join(folder, "pkg0.bin");
        const wordSize = flags.includes("-m32") ? ["-m32"] : [];
        await run("mqjs", [...wordSize, "--no-column", "-o", program, bundle]);
      }
      const port = await freePort();
      const start = (...hold: string[]) =>
        runProgram(board, [program, join(folder, "state"), join(folder, "modem"), `${port}`, ...hold], process.cwd());
      const modem = await openModem(join(folder, "modem"));

      let device = start();
      await device.line("modem C0");
      const tpdus = tpdusOf(pushOf(0xbeef, 400), 7);
      expect(tpdus.length).toBe(4);
      for (const tpdu of tpdus) modem.emulator.message(tpdu);
      expect(JSON.parse(await device.line("start "))).toMatchObject({ sessionId: "BEEF", via: 2, isResumed: false });
      expect(await device.line("done ")).toBe("BEEF 0");
      await device.cut();

      device = start("hold");
      await device.line("account known");
      const socket = createSocket("udp4");
      const push = pushOf(2, 900);
      socket.send(push, port, "127.0.0.1");
      expect(JSON.parse(await device.line("start "))).toMatchObject({ sessionId: "2", via: 1, isResumed: false });
      await device.cut();

      device = start();
      expect(JSON.parse(await device.line("start "))).toMatchObject({ sessionId: "2", isResumed: true });
      expect(await device.line("done ")).toBe("2 0");
      socket.send(push, port, "127.0.0.1");
      await device.line("verdict 90@");
      expect(device.lines.filter(line => line.startsWith("start ")).length).toBe(1);

      socket.send(pushOf(3, 20, 3), port, "127.0.0.1");
      expect(JSON.parse(await device.line("ui 1 "))).toMatchObject({ sessionId: "3", connectReason: "r".repeat(20) });
      expect(await device.line("allow ")).toBe("3 0");
      expect(await device.line("done 3 ")).toBe("0");
      socket.close();
      await device.cut();
      modem.close();
    });
  }
});
