import { createSocket } from "node:dgram";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build as bundle } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { build, closeDisplay, missing, simulate } from "./moddable-sdk.ts";
import { cutAll, openModem, pushOf, tpdusOf } from "./tty.ts";

const EXAMPLE = "targets/moddable/example";
/** The command line of the README. */
const [BUILD] = /^mcconfig .*-p lin\b/m.exec(readFileSync("targets/moddable/README.md", "utf8"))!;
/** The SDK itself is compiled along, on a machine that others use too. */
const BUILD_TIME = 400_000;

const note = missing("socat");
let folder = "";
let port = 0;
beforeAll(async () => {
  if (note !== "") return;
  folder = mkdtempSync(join(tmpdir(), "pkg0-moddable-"));
  port = await freePort();
});
afterEach(cutAll);
afterAll(() => {
  closeDisplay();
  if (folder !== "") rmSync(folder, { recursive: true });
});

/** A copy of the example, with a port, a modem and a place for the records of its own. */
function copyExample(): void {
  cpSync(EXAMPLE, folder, { recursive: true });
  rmSync(join(folder, "state"), { recursive: true, force: true });
  mkdirSync(join(folder, "state"));
  const manifest = JSON.parse(readFileSync(join(EXAMPLE, "manifest.json"), "utf8"));
  manifest.modules.pkg0 = resolve("dist/moddable");
  manifest.platforms.lin.config = {
    file: { root: join(folder, "state/") },
    port,
    modem: { device: join(folder, "modem"), baud: 115200 },
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
}

describe("a project for Moddable, built by mcconfig, in the simulator", () => {
  let file = "";

  test.skipIf(note !== "")(
    `is built as the README says, its module preloaded${note}`,
    async () => {
      copyExample();
      const built = await build(BUILD, folder);
      file = built.file;
      expect(built.output).toContain("# ld mc.so");
      expect(built.output).not.toContain("### error");
    },
    BUILD_TIME,
  );

  test.skipIf(note !== "")(`a datagram starts a session, once, which a kill does not lose${note}`, async () => {
    let program = await simulate(file);
    await program.line("modem C1"); // there is none; the port of datagrams is open by now
    const forged = pushOf(3);
    forged[forged.length - 1]! ^= 1;
    await send(forged);
    await program.line("verdict 82@");
    const push = pushOf(0xabcd);
    await send(push);
    await program.line("start session ABCD with dm.example.com");
    await program.cut();

    program = await simulate(file);
    await program.line("start session ABCD with dm.example.com, resumed");
    await program.line("end of session ABCD");
    await send(push);
    await program.line("verdict 90@");
    await program.cut();

    program = await simulate(file);
    await program.line("modem C1");
    expect(program.lines.filter(line => line.startsWith("start"))).toEqual([]);
    expect(readdirSync(join(folder, "state")).every(name => /^pkg0\.[a-z0-9]+$/.test(name))).toBe(true);
  });

  test.skipIf(note !== "")(`short messages from a modem start one, with the stack of the manifest${note}`, async () => {
    const modem = await openModem(join(folder, "modem"));
    const program = await simulate(file);
    await program.line("modem C0");
    const parts = tpdusOf(pushOf(0x77, 200), 7);
    expect(parts.length).toBe(3);
    for (const part of parts) modem.emulator.message(part);
    await program.line("start session 77 with dm.example.com");
    modem.close(); // unplugged
    await program.line("end of session 77");
    await send(pushOf(0x78));
    await program.line("start session 78 with dm.example.com");
    await program.cut();
  });

  test.skipIf(note !== "")(
    `conforms: storage, clock, datagrams, digests, sessions${note}`,
    async () => {
      copyExample();
      const checks = { entryPoints: ["test/targets/moddable-checks.ts"], outfile: join(folder, "checks.js") };
      await bundle({ ...checks, bundle: true, format: "esm", platform: "neutral", logLevel: "silent" });
      const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
      manifest.modules["*"] = ["./main", "./checks"];
      writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
      writeFileSync(
        join(folder, "main.js"),
        `import check from "checks";
${[
  "UDP embedded:io/socket/udp",
  "keyValue embedded:storage/key-value",
  "{Digest} crypt",
  "config mc/config",
  "Time time",
  "Timer timer",
]
  .map(row => `import ${row.replace(" ", ' from "')}";`)
  .join("\n")}
check({ keyValue, Time, Timer, UDP, Sender: UDP, port: config.port, Digest, print: line => trace(line + "\\n") });`,
      );
      const program = await simulate((await build(BUILD, folder)).file);
      await program.line("0 checks failed");
      await program.cut();
      const counted = ["passed", "failed", "skipped"].map(
        word => program.lines.filter(line => line.startsWith(`${word} `)).length,
      );
      expect(counted).toEqual([18, 0, 12]);
    },
    BUILD_TIME,
  );
});

async function send(push: Uint8Array): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise(resolve => socket.send(push, port, "127.0.0.1", resolve));
  socket.close();
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const socket = createSocket("udp4").bind(0, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
