import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { ACCOUNT, cutAll, openModem, pushOf, runProgram, tpdusOf } from "./tty.ts";

const BUNDLE = resolve("dist/quickjs.js");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pkg0-qjs-"));
});
afterEach(() => {
  cutAll();
  rmSync(folder, { recursive: true });
});

describe("the QuickJS target, started as its README says, with a modem on a tty", () => {
  for (const engine of ["qjs", "qjs-ng"]) {
    const missing = [engine, "socat"].filter(command => !isOnPath(command));
    const note = missing.length > 0 ? `: skipped, no ${missing.join(", ")} on PATH` : "";

    test.skipIf(missing.length > 0)(
      `${engine}: a message in parts starts a session, once over a reset${note}`,
      async () => {
        writeFileSync(
          join(folder, "config.json"),
          JSON.stringify({ tty: "modem", state: "state", accounts: [ACCOUNT] }),
        );
        const start = () => runProgram(engine, ["--std", BUNDLE, "config.json"], folder);
        const modem = await openModem(join(folder, "modem"));
        let program = start();
        await program.line("modem C0");
        const parts = tpdusOf(pushOf(0xbeef, 400), 7);
        expect(parts.length).toBe(4);
        for (const part of parts) modem.emulator.message(part);
        const request = JSON.parse(await program.line("start "));
        expect(request).toMatchObject({ sessionId: "BEEF", serverId: ACCOUNT.serverId, via: 2, isResumed: false });
        await program.line("done BEEF");
        await program.cut();

        program = start();
        await program.line("modem C0");
        for (const part of parts) modem.emulator.message(part);
        expect(await program.line("verdict 90@")).toMatch(/^\d+ via 2$/);
        expect(program.lines.filter(line => line.startsWith("start "))).toEqual([]);
        await program.cut();
        modem.close();
      },
    );

    test.skipIf(missing.length > 0)(
      `${engine}: the command of a session gets the request, and gets it again when cut${note}`,
      async () => {
        const session = ["sh", "-c", 'echo "$0" >> requests; sleep 600'];
        writeFileSync(
          join(folder, "config.json"),
          JSON.stringify({ tty: "modem", state: "state", accounts: [ACCOUNT], session }),
        );
        const start = () => runProgram(engine, ["--std", BUNDLE, "config.json"], folder);
        const modem = await openModem(join(folder, "modem"));
        let program = start();
        await program.line("modem C0");
        for (const part of tpdusOf(pushOf(1), 8)) modem.emulator.message(part);
        await program.line("verdict 0@");
        await program.cut();
        program = start();
        await program.line("modem C0");
        await program.cut();
        modem.close();
        const requests = readFileSync(join(folder, "requests"), "utf8").trim().split("\n");
        expect(requests.map(line => JSON.parse(line).isResumed)).toEqual([false, true]);
      },
    );
  }
});
