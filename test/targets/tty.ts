/** An emulated modem on a real tty, and a program that uses it, as the README of a target describes. */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { createSha256, DIGEST_COLONS, type NotificationFields, utf8Bytes, writePushHeader } from "../../src/index.ts";
import { writeNotification13 } from "../../src/notification/write13.ts";
import { CONTENT_TYPE_13 } from "../../src/wire.ts";
import { createEmulator } from "../modem/emulator.ts";
import { deliverTpdu, partsOf } from "../modem/tpdu.ts";

export const ACCOUNT = {
  serverId: "dm.example.com",
  appAddr: [{ addr: "https://dm.example.com/dm" }],
  appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }],
};

/** A push of a notification; `reasonBytes` makes it as long as one likes. */
export function pushOf(sessionId: number, reasonBytes = 0, uiMode = 1, preferredBearer: number[] = []): Uint8Array {
  const none = new Uint8Array(0);
  const fields: NotificationFields = {
    ...{ initiator: 1, uiMode, transport: 0, timeoutMinutes: 60, sessionId, versionTenths: 13 },
    ...{ timestamp: Math.floor(Date.now() / 1000), serverId: utf8Bytes(ACCOUNT.serverId) },
    ...{ targetedMo: [], requestedMo: [1], preferredBearer, vendorInfo: none, vendorBody: none },
    connectReason: utf8Bytes("r".repeat(reasonBytes)),
  } as unknown as NotificationFields;
  const out = new Uint8Array(1200 + reasonBytes);
  const at = writePushHeader(0, CONTENT_TYPE_13, out, 0);
  const end = writeNotification13(fields, createSha256(), utf8Bytes("secret"), DIGEST_COLONS, out, at);
  if (end < 0) throw new Error(`writeNotification13: ${end}`);
  return out.slice(0, end);
}

/** The short messages that carry a push, from +447700900123. */
export function tpdusOf(push: Uint8Array, reference: number): Uint8Array[] {
  return partsOf(push, reference).map((part, i) => deliverTpdu("447700900123", part, i));
}

/** An emulated modem at the tty `path`, which socat makes. */
export async function openModem(path: string) {
  const socat = spawn("socat", [`PTY,link=${path},raw,echo=0`, "STDIO"], { stdio: ["pipe", "pipe", "inherit"] });
  running.add(socat);
  const emulator = createEmulator({}, bytes => void socat.stdin.write(bytes));
  socat.stdout.on("data", bytes => emulator.receive(bytes));
  const started = Date.now();
  const timer = setInterval(() => emulator.tick(Math.floor((Date.now() - started) / 1000)), 200);
  await until(() => existsSync(path), "a tty of socat");
  return {
    emulator,
    close(): void {
      clearInterval(timer);
      running.delete(socat);
      socat.kill();
    },
  };
}

/** A port of its own, because another program may have the machine's port 2948. */
export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const socket = createSocket("udp4").bind(0, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Without what Espruino's console sends before each line. */
function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it sends
  return line.replace(/\x1b\[J|[\r\x08>]/g, "");
}

const running = new Set<ChildProcess>();

/** Kills the programs that a failed test has left running. */
export function cutAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

export interface Program {
  lines: string[];
  /** The first line that begins with `prefix`, without it; after `from` lines. */
  line(prefix: string, from?: number): Promise<string>;
  /** Resolves when it has ended by itself. */
  ended: Promise<void>;
  /** Kills it, as a cut of the power would. */
  cut(): Promise<void>;
}

/** Runs an engine; control characters of a console and line ends of any kind are left out of its lines. */
export function runProgram(command: string, args: string[], cwd: string): Program {
  // standard input stays open: at its end Espruino reads characters that nobody typed, and drops those of the modem
  const child: ChildProcess = spawn(command, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  const lines: string[] = [];
  let rest = "";
  const take = (bytes: Buffer): void => {
    rest += bytes.toString("latin1");
    const whole = rest.split("\n");
    rest = whole.pop()!;
    lines.push(...whole.map(plain).filter(line => !/^[ ^]*$/.test(line)));
  };
  child.stdout!.on("data", take);
  child.stderr!.on("data", take);
  const ended = new Promise<void>(resolve =>
    child.on("exit", () => {
      running.delete(child);
      resolve();
    }),
  );
  return {
    lines,
    ended,
    async line(prefix, from = 0) {
      const find = (): string | undefined => lines.slice(from).find(line => line.startsWith(prefix));
      await until(
        () => find() !== undefined,
        `"${prefix}" in:\n${lines.join("\n")}`,
        () => lines.join("\n"),
      );
      return find()!.slice(prefix.length);
    },
    async cut() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function until(isDone: () => boolean, what: string, detail = () => ""): Promise<void> {
  for (const end = Date.now() + 25_000; !isDone(); ) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}${detail()}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
