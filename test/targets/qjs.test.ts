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
      `${engine}: the user is asked by a command, and a file says which bearers are up${note}`,
      async () => {
        const ui = ["sh", "-c", 'echo "$0 $1" >> told; test "$0" = inform -o -e yes'];
        writeFileSync(
          join(folder, "config.json"),
          JSON.stringify({ tty: "modem", state: "state", accounts: [ACCOUNT], ui, bearers: "up.json" }),
        );
        writeFileSync(join(folder, "up.json"), "[1]");
        const modem = await openModem(join(folder, "modem"));
        const program = runProgram(engine, ["--std", BUNDLE, "config.json"], folder);
        await program.line("modem C0");
        const deliver = (push: Uint8Array, reference: number) => {
          for (const part of tpdusOf(push, reference)) modem.emulator.message(part);
        };
        deliver(pushOf(0x31, 0, 3), 1);
        await program.line("session 31 A2"); // SESSION_REFUSED
        writeFileSync(join(folder, "yes"), "");
        deliver(pushOf(0x32, 0, 3), 2);
        await program.line("done 32");
        deliver(pushOf(0x33, 0, 2, [6, 8]), 3);
        await program.line("session 33 A1"); // SESSION_WAITING
        writeFileSync(join(folder, "up.json"), "[1, 8]");
        await program.line("done 33");
        const started = program.lines.filter(line => line.startsWith("start ")).map(line => JSON.parse(line.slice(6)));
        expect(started.map(({ sessionId, bearer }) => [sessionId, bearer])).toEqual([
          ["32", 0],
          ["33", 8],
        ]);
        await program.cut();
        modem.close();
        const told = readFileSync(join(folder, "told"), "utf8").trim().split("\n");
        expect(told.map(line => line.slice(0, 7))).toEqual(["confirm", "confirm", "inform "]);
        expect(told.map(line => JSON.parse(line.replace(/^\w+ /, "")).sessionId)).toEqual(["31", "32", "33"]);
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
