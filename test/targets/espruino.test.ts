import { createSocket } from "node:dgram";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { ACCOUNT, cutAll, freePort, openModem, pushOf, runProgram, tpdusOf } from "./tty.ts";

/** As in the README: the bundle as the Storage file pkg0. */
const INSTALL = 'require("Storage").write("pkg0", require("fs").readFileSync("espruino.js")); print("installed");';

const ON_SESSION = `function onDmSession(request, done) {
  print("start " + request.sessionId + " via " + request.via + (request.isResumed ? " again" : ""));
  print("vars " + process.memory().usage);
  if (request.sessionId !== "2") setTimeout(function() { done(); print("done " + request.sessionId); }, 100);
  return 0;
}
`;

/** The rows of the README: the options, bytes of a Connect-Reason that make the notification long, and the JsVars it may take. */
const BOUNDS: [name: string, options: object, reasonBytes: number, vars: number][] = [
  ["the defaults", {}, 300, 2200],
  ["small bounds", { accountsMax: 1, messageMax: 256, parts: 2, pendingMax: 1, rememberedMax: 4 }, 100, 2090],
];

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pkg0-espruino-"));
});
afterEach(() => {
  cutAll();
  rmSync(folder, { recursive: true });
});

async function install(bundle: string): Promise<void> {
  cpSync(`dist/${bundle}`, join(folder, "espruino.js"));
  writeFileSync(join(folder, "install.js"), INSTALL);
  const program = runProgram("espruino", ["install.js"], folder);
  await program.line("installed");
  await program.ended;
}

function start(code: string, engine = "espruino") {
  writeFileSync(join(folder, "program.js"), code);
  return runProgram(engine, ["program.js"], folder);
}

const accounts = JSON.stringify([ACCOUNT]);

describe("the Espruino target, started as its README says", () => {
  const hasEspruino = isOnPath("espruino");
  const note = hasEspruino ? "" : ": skipped, no espruino on PATH";

  for (const bundle of ["espruino.js", "espruino.native.js"]) {
    const missing = ["espruino", "socat"].filter(command => !isOnPath(command));
    const ttyNote = missing.length > 0 ? `: skipped, no ${missing.join(", ")} on PATH` : "";

    test.skipIf(missing.length > 0)(`${bundle}: short messages from a modem start sessions${ttyNote}`, async () => {
      await install(bundle);
      const modem = await openModem(join(folder, "modem"));
      const code = `${ON_SESSION}
Serial1.setup(115200, { path: "${join(folder, "modem")}" });
require("pkg0").connect({ serial: Serial1, session: onDmSession, accounts: ${accounts} });`;
      let program = start(code);
      await program.line("modem C0");
      const parts = tpdusOf(pushOf(1, 200), 7);
      expect(parts.length).toBe(3);
      for (const part of parts) modem.emulator.message(part);
      await program.line("start 1 via 2");
      await program.line("done 1");
      for (const part of tpdusOf(pushOf(2), 8)) modem.emulator.message(part);
      await program.line("start 2 via 2");
      await program.cut();

      program = start(code);
      await program.line("start 2 via 2 again");
      await program.line("modem C0");
      for (const part of parts) modem.emulator.message(part);
      await program.line("verdict 90@");
      expect(program.lines.filter(line => line.startsWith("start 1"))).toEqual([]);
      await program.cut();
      modem.close();
    });
  }

  const missing = ["espruino", "socat"].filter(command => !isOnPath(command));
  const ttyNote = missing.length > 0 ? `: skipped, no ${missing.join(", ")} on PATH` : "";
  for (const [name, bounds, reasonBytes, vars] of BOUNDS) {
    test.skipIf(missing.length > 0)(`as a boot file, in the JsVars of README.md with ${name}${ttyNote}`, async () => {
      await install("espruino.native.js");
      const options = { serial: "Serial1", setup: { path: join(folder, "modem") }, ...bounds, accounts: [ACCOUNT] };
      const text = JSON.stringify(JSON.stringify(options));
      const writing = start(`require("Storage").write("pkg0.json", ${text}); print("written");`);
      await writing.line("written");
      await writing.ended;
      const modem = await openModem(join(folder, "modem"));
      const program = start(`${ON_SESSION} eval(require("Storage").read("pkg0"));`);
      await program.line("modem C0");
      for (const part of tpdusOf(pushOf(1, reasonBytes), 7)) modem.emulator.message(part);
      await program.line("start 1 via 2");
      await program.line("done 1");
      expect(Number(await program.line("vars "))).toBeLessThan(vars);
      await program.cut();
      modem.close();
    });
  }

  test.skipIf(!hasEspruino)(`a real datagram starts a session${note}`, async () => {
    await install("espruino.js");
    const port = await freePort();
    const program = start(`${ON_SESSION}
require("pkg0").connect({ udp: ${port}, session: onDmSession, accounts: ${accounts} }); print("connected");`);
    await program.line("connected");
    const socket = createSocket("udp4");
    const send = (push: Uint8Array) => socket.send(push, port, "127.0.0.1");
    const forged = pushOf(3);
    forged[forged.length - 1]! ^= 1;
    send(forged);
    await program.line("verdict 82@");
    const push = pushOf(0xabcd);
    send(push);
    await program.line("start ABCD via 1");
    send(push);
    await program.line("verdict 90@");
    socket.close();
    await program.cut();
  });

  test.skipIf(!hasEspruino)(`by itself, with the options in pkg0.json${note}`, async () => {
    await install("espruino.js");
    const port = await freePort();
    const options = JSON.stringify(JSON.stringify({ udp: port, accounts: [ACCOUNT] }));
    const boot = `require("Storage").write("pkg0.json", ${options}); print("written");`;
    const writing = start(boot);
    await writing.line("written");
    await writing.ended;
    const program = start(`require("pkg0").boot(); ${ON_SESSION} setTimeout(function() { print("connected"); }, 100);`);
    await program.line("connected");
    const socket = createSocket("udp4");
    socket.send(pushOf(4), port, "127.0.0.1");
    await program.line("start 4 via 1");
    socket.close();
    await program.cut();
  });
});
