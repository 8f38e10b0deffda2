import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";

const run = promisify(execFile);

/** The command lines of the READMEs. The 32-bit build takes the same as the other. */
const COMMANDS = ["mquickjs", "jerryscript", "duktape"].flatMap(target => {
  const [, command] = /^((?:mqjs|jerry|duk) .*)$/m.exec(readFileSync(`targets/${target}/README.md`, "utf8"))!;
  return target === "mquickjs" ? [command!, command!.replace("mqjs", "mqjs32")] : [command!];
});

describe("the bundle over host functions, as the READMEs say, ends in a started session and a port without fault, in", () => {
  for (const command of COMMANDS) {
    const [engine, ...args] = command.split(" ") as [string, ...string[]];
    const note = isOnPath(engine) ? "" : ": skipped, not on PATH";
    test.skipIf(note !== "")(`${engine}${note}`, async () => {
      const { stdout } = await run(engine, args);
      const lines = stdout.trim().split("\n");
      expect(lines.slice(0, 3)).toEqual(["account 0", "modem C0", "verdict 0@60 via 2"]);
      expect(JSON.parse(lines[3]!.replace("start ", ""))).toMatchObject({
        sessionId: "1234",
        via: 2,
        isResumed: false,
      });
      expect(lines[4]).toBe("done 0");
      expect(lines.at(-1)).toBe("0 checks failed");
    });
  }
});

/** A program for Moddable, with fakes of the SDK's modules. */
const MODDABLE = `
import connect from "./moddable.js";
const records = new Map();
const domain = { read: key => records.get(key), write: (key, value) => records.set(key, value), delete: key => records.delete(key) };
let udp;
class UDP {
  constructor(options) { this.options = options; this.packets = []; udp = this; }
  read() { return this.packets.shift(); }
  close() {}
}
const start = () => connect({
  keyValue: { open: () => domain }, Time: { ticks: 0 }, Timer: { repeat() {} }, UDP, log: print,
  accounts: [{ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] }],
  session(request, done) { print("start " + request.sessionId); done(); return 0; },
});
start();
const push = Uint8Array.from(PUSH).buffer;
for (let i = 0; i < 2; i++) { udp.packets.push(push); udp.options.onReadable(1); start(); }
`;

describe("the Moddable module", () => {
  const note = isOnPath("xst") ? "" : ": skipped, no xst on PATH";
  test.skipIf(note !== "")(`starts a session in XS, once over a reset${note}`, async () => {
    const { pushOf } = await import("./tty.ts");
    const folder = mkdtempSync(join(tmpdir(), "pkg0-moddable-"));
    cpSync("dist/moddable.js", join(folder, "moddable.js"));
    writeFileSync(join(folder, "main.js"), MODDABLE.replace("PUSH", `[${pushOf(0x77)}]`));
    const { stdout } = await run("xst", ["-m", join(folder, "main.js")]);
    rmSync(folder, { recursive: true });
    expect(stdout.trim().split("\n")).toEqual(["verdict 0@37 via 1", "start 77", "verdict 90@14 via 1"]);
  });
});
