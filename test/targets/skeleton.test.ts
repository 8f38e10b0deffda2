/** Copies the skeleton of the porting guide as a porter would; it must start a session. */
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { createEmulator } from "../modem/emulator.ts";
import { pushOf, tpdusOf } from "./tty.ts";

const [, skeleton] = /```ts\n(import [\s\S]*?)```/.exec(readFileSync("targets/README.md", "utf8"))!;

test("the skeleton of the porting guide starts a session", async () => {
  const { outputFiles } = await build({
    stdin: { contents: skeleton!, loader: "ts", resolveDir: "targets/virtual" },
    bundle: true,
    format: "iife",
    write: false,
  });
  const records = new Map<string, Uint8Array>();
  const flash = {
    has: (key: string) => records.has(key),
    read: (key: string) => records.get(key),
    write: (key: string, bytes: Uint8Array) => records.set(key, bytes.slice()) !== undefined,
    remove: (key: string) => records.delete(key),
  };
  let seconds = 0;
  let receive: ((bytes: Uint8Array) => void) | null = null;
  let tick = (): void => {};
  const toHost: Uint8Array[] = [];
  const toModem: Uint8Array[] = [];
  const started: string[] = [];
  const lines: string[] = [];
  const emulator = createEmulator({}, bytes => void toHost.push(bytes));
  const world = createContext({
    flash,
    uart: {
      onBytes: (call: typeof receive) => {
        receive = call;
      },
      send: (bytes: Uint8Array) => void toModem.push(bytes.slice()),
    },
    uptimeMilliseconds: () => 1000 * seconds,
    beginDmSession(request: { sessionId: string }, done: () => void) {
      started.push(request.sessionId);
      done();
    },
    every: (_milliseconds: number, call: () => void) => {
      tick = call;
    },
    console: { log: (line: string) => void lines.push(line) },
  });
  runInContext(outputFiles[0]!.text, world);
  for (const tpdu of tpdusOf(pushOf(0x61, 200), 3)) emulator.message(tpdu);
  while (++seconds < 60) {
    emulator.tick(seconds);
    tick();
    while (toModem.length + toHost.length > 0) {
      for (const bytes of toModem.splice(0)) emulator.receive(bytes);
      for (const bytes of toHost.splice(0)) receive!(bytes);
    }
  }
  expect(started).toEqual(["61"]);
  expect(lines).toContain("modem C0");
});
