/** Runs the firmware of targets/firmware in QEMU, with an emulated modem on its UART, and controls the machine. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isOnPath } from "../../build/on-path.mjs";
import { datagramOf, slipOf } from "../../build/slip.mjs";
import { createEmulator, type Emulator, type Quirks } from "../modem/emulator.ts";
import { connectGdb, type Gdb } from "./gdb.ts";

const run = promisify(execFile);

export const FIRMWARE_TOOLS = ["make", "cc", "arm-none-eabi-gcc", "qemu-system-arm", "mqjs"];
const FLAGS = ["MQUICKJS_ARM_FLAGS", "MQUICKJS_DESK_FLAGS"];

/** The programs and the engine's objects that are missing for an image. */
export function missingForFirmware(): string[] {
  const programs = FIRMWARE_TOOLS.filter(tool => !isOnPath(tool)).map(tool => `${tool} on PATH`);
  return [...programs, ...FLAGS.filter(flag => !process.env[flag])];
}

/**
 * Flags of the image with SHA-256 in C on lm3s6965evb, which else has it in JavaScript; null without the folder of its
 * headers, MQUICKJS_SHA256_HEADERS.
 */
export function flagsOfCHash(): string[] | null {
  const headers = process.env.MQUICKJS_SHA256_HEADERS;
  if (headers === undefined) return null;
  return [`MORE_PARTS=-DBOARD_SHA256 -I${headers}`, "MORE_SOURCES=../host-functions/sha256.c"];
}

export type BoardName = "lm3s6965evb" | "microbit";

/** Makes the image as the README says; `parts` are more flags. Returns the ELF file. */
export async function makeFirmware(board: BoardName, out: string, more: string[] = []): Promise<string> {
  await run("make", ["-C", "targets/firmware", `BOARD=${board}`, `OUT=${out}`, ...more], { maxBuffer: 16 << 20 });
  return join(out, "firmware.elf");
}

/** The address of each symbol. */
export function symbolsOf(elf: string): Map<string, number> {
  const { stdout } = spawnSync("arm-none-eabi-nm", [elf], { encoding: "utf8" });
  const lines = stdout.split("\n").map(line => line.split(" "));
  return new Map(lines.filter(parts => parts.length === 3).map(([at, , name]) => [name, Number.parseInt(at, 16)]));
}

export interface Machine {
  /** The lines that the firmware has logged. */
  lines: string[];
  /** Resolves with the next line of the log that begins so, after `from` lines; without the beginning. */
  line(prefix: string, from?: number, milliseconds?: number): Promise<string>;
  modem: Emulator;
  /** A datagram to port 2948, in IP, in SLIP. */
  datagram(payload: Uint8Array, port?: number): void;
  /** Sends bytes unchanged to the second UART. */
  slip(bytes: Uint8Array): void;
  gdb(): Promise<Gdb>;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();

export function stopMachines(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Starts the image; `args` go to QEMU, such as `-icount shift=0`. The modem sends at `baud`, or as fast as it can. */
export async function startMachine(
  board: BoardName,
  elf: string,
  quirks: Quirks = {},
  args: string[] = [],
  baud = Infinity,
): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-qemu-"));
  const sockets = new Map<string, Socket>();
  const servers: Server[] = [];

  async function chardev(name: string, take: (bytes: Buffer) => void): Promise<string[]> {
    const path = join(folder, name);
    const server = createServer(socket => {
      sockets.set(name, socket);
      socket.on("data", take);
      socket.on("error", () => {});
    });
    servers.push(server);
    await new Promise<void>(resolve => server.listen(path, resolve));
    return ["-chardev", `socket,id=${name},path=${path}`];
  }

  const line = pacedLine(baud, bytes => void sockets.get("modem")?.write(bytes));
  const modem = createEmulator(quirks, line.send);
  const lines: string[] = [];
  let rest = "";
  const devices = [
    ...(await chardev("modem", bytes => modem.receive(bytes))),
    ...(await chardev("slip", () => {})),
    ...(await chardev("log", bytes => {
      const whole = (rest + bytes.toString("latin1")).split("\n");
      rest = whole.pop() as string;
      lines.push(...whole);
    })),
  ];
  const machine =
    board === "microbit"
      ? [
          ...["-global", "nrf51-soc.sram-size=32768", "-serial", "chardev:modem"],
          ...["-semihosting-config", "enable=on,target=native,chardev=log"],
        ]
      : ["-serial", "chardev:modem", "-serial", "chardev:slip", "-serial", "chardev:log"];
  const gdbPath = join(folder, "gdb");
  const common = ["-display", "none", "-monitor", "none", "-gdb", `unix:${gdbPath},server=on,wait=off`];
  const child = spawn("qemu-system-arm", ["-M", board, ...common, ...devices, ...machine, "-kernel", elf, ...args], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  // QEMU remarks on timers of these chips that have no period yet, and on a machine that only waits
  child.stderr.on("data", bytes => {
    const lines = `${bytes}`.split("\n").filter(line => line !== "" && !/period zero|no active timers/.test(line));
    if (lines.length > 0) console.error(lines.join("\n"));
  });
  running.add(child);
  const ended = new Promise<void>(resolve =>
    child.on("exit", () => {
      running.delete(child);
      resolve();
    }),
  );
  const started = Date.now();
  const timer = setInterval(() => modem.tick(Math.floor((Date.now() - started) / 1000)), 100);

  const slip = (bytes: Uint8Array) => void sockets.get("slip")?.write(bytes);
  return {
    lines,
    modem,
    slip,
    async line(prefix, from = 0, milliseconds = 30_000) {
      for (const end = Date.now() + milliseconds; ; ) {
        const found = lines.slice(from).find(line => line.startsWith(prefix));
        if (found !== undefined) return found.slice(prefix.length);
        if (Date.now() > end) throw new Error(`waited in vain for "${prefix}" in:\n${lines.join("\n")}`);
        await new Promise(resolve => setTimeout(resolve, 10));
      }
    },
    datagram: (payload, port = 2948) => slip(slipOf(datagramOf(payload, port))),
    async gdb() {
      // QEMU may not listen yet
      for (const end = Date.now() + 5000; ; await new Promise(resolve => setTimeout(resolve, 50))) {
        const gdb = await connectGdb(gdbPath).catch(() => null);
        if (gdb !== null) return gdb;
        if (Date.now() > end) throw new Error("QEMU does not listen for gdb");
      }
    },
    async stop() {
      clearInterval(timer);
      line.close();
      child.kill("SIGKILL");
      await ended;
      for (const server of servers) server.close();
      for (const socket of sockets.values()) socket.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A line on which a byte takes 10 bits. When the timer is late, the line is slower, never faster. */
function pacedLine(baud: number, write: (bytes: Uint8Array) => void) {
  if (baud === Infinity) return { send: write, close() {} };
  const waiting: number[] = [];
  const timer = setInterval(() => {
    if (waiting.length > 0) write(Uint8Array.from(waiting.splice(0, Math.floor(baud / 10_000))));
  }, 1);
  return { send: (bytes: Uint8Array) => void waiting.push(...bytes), close: () => clearInterval(timer) };
}
