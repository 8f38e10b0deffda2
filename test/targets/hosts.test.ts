/** host.c of each engine, compiled as its README says with a board on the desk (board.c), and driven from outside. */
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { PENDING_FULL } from "../../src/status.ts";
import { cutAll, freePort, openModem, pushOf, runProgram, tpdusOf } from "./tty.ts";

const run = promisify(execFile);

/** The parts of the board; MicroQuickJS' generator is compiled with the same options. */
const PARTS = [
  ...["-DBOARD_MODEM", "-DBOARD_UDP", "-DBOARD_BEARERS", "-DBOARD_UI", "-DBOARD_SHA256"],
  `-DBOARD_OPTIONS="{\\"accountsMax\\":1}"`,
];

/** A board whose own modem driver keeps short messages. */
const SMS_PARTS = ["-DBOARD_SMS", "-DBOARD_SMS_SETTLED", `-DBOARD_OPTIONS="{\\"accountsMax\\":1,\\"pendingMax\\":1}"`];

/** The compiler's flags for each engine, from an environment variable; for Duktape also from pkg-config. */
const ENGINES: Record<string, { variable: string; smsVariable?: string; bundle: string }> = {
  mquickjs: { variable: "MQUICKJS_FLAGS", smsVariable: "MQUICKJS_SMS_FLAGS", bundle: "dist/mquickjs.es5.js" },
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

/** Makes the board with an engine, its program for it; returns what starts it. */
async function makeBoard(engine: string, flags: string, parts: string[]) {
  const board = join(folder, "board");
  const { bundle } = ENGINES[engine];
  const sources = [`targets/${engine}/host.c`, "targets/host-functions/sha256.c", "test/targets/board.c"];
  await run("cc", [
    "-Wall",
    "-Wextra",
    "-Wno-unused-parameter",
    ...parts,
    ...sources,
    ...flags.split(/\s+/),
    "-lm",
    "-o",
    board,
  ]);
  let program = bundle;
  if (engine === "mquickjs") {
    program = join(folder, "pkg0.bin");
    const wordSize = flags.includes("-m32") ? ["-m32"] : [];
    await run("mqjs", [...wordSize, "--no-column", "-o", program, bundle]);
  }
  return (modem: string, ...more: string[]) =>
    runProgram(board, [program, join(folder, "state"), modem, ...more], process.cwd());
}

describe("host.c, in", async () => {
  for (const [engine, { variable, smsVariable = variable }] of Object.entries(ENGINES)) {
    const tools = ["cc", ...(engine === "mquickjs" ? ["mqjs"] : [])];
    const missing = tools.filter(command => !isOnPath(command)).map(command => `${command} on PATH`);
    const flags = await flagsOf(variable);
    const smsFlags = await flagsOf(smsVariable);
    const missingForModem = [
      ...missing,
      ...(isOnPath("socat") ? [] : ["socat on PATH"]),
      ...(flags === "" ? [variable] : []),
    ];
    const missingForSms = [...missing, ...(smsFlags === "" ? [smsVariable] : [])];
    const noteOf = (all: string[]) => (all.length > 0 ? `: skipped, no ${all.join(", no ")}` : "");

    test.skipIf(missingForModem.length > 0)(
      `${engine}: a modem and datagrams start sessions, once over a reset${noteOf(missingForModem)}`,
      async () => {
        const startBoard = await makeBoard(engine, flags, PARTS);
        const port = await freePort();
        const start = (...hold: string[]) => startBoard(join(folder, "modem"), `${port}`, ...hold);
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
      },
    );

    test.skipIf(missingForSms.length > 0)(
      `${engine}: what is not settled stays in the modem, and is read again${noteOf(missingForSms)}`,
      async () => {
        const startBoard = await makeBoard(engine, smsFlags, SMS_PARTS);
        const memory = join(folder, "memory");
        mkdirSync(memory);
        const start = (...hold: string[]) => startBoard(memory, "-", ...hold);
        let stored = 0;
        const store = (tpdu: Uint8Array) => writeFileSync(join(memory, `${++stored}`), tpdu);
        const others = tpdusOf(pushOf(0x99), 1)[0].slice();
        others[others.length - pushOf(0x99).length - 5] ^= 1; // the port
        store(others);

        let device = start("hold");
        await device.line("account 0");
        const parts = tpdusOf(pushOf(0xbeef, 400), 7);
        for (const part of parts.slice(0, 2)) store(part);
        await device.line("verdict 1@");
        await device.cut();
        device = start("hold");
        for (const part of parts.slice(2)) store(part);
        expect(JSON.parse(await device.line("start "))).toMatchObject({ sessionId: "BEEF", via: 2, isResumed: false });
        await until(() => readdirSync(memory).length === 1);

        store(tpdusOf(pushOf(3), 2)[0]); // pendingMax is 1
        await device.line(`verdict ${PENDING_FULL.toString(16).toUpperCase()}@`);
        expect(readdirSync(memory)).toEqual(["1", `${stored}`]);
        await device.cut();
        device = start();
        expect(JSON.parse(await device.line("start "))).toMatchObject({ sessionId: "BEEF", isResumed: true });
        expect(await device.line("done BEEF ")).toBe("0");
        expect(await device.line("done 3 ")).toBe("0");
        await until(() => readdirSync(memory).length === 1);
        expect(readdirSync(memory)).toEqual(["1"]);
        await device.cut();
      },
    );
  }
});

async function until(isDone: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isDone(); await new Promise(resolve => setTimeout(resolve, 20)))
    if (Date.now() > end) throw new Error("waited in vain");
}
