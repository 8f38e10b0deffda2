/** Finds other programs, runs them on loopback, and ends them. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe } from "vitest";
import captures from "../vectors/captures.json" with { type: "json" };

/**
 * A suite that needs `programs`, or libraries written as "pkg-config NAME" or "perl -MNAME". It is skipped when one is
 * missing; its name then has the Debian packages to install.
 */
export function needing(programs: string[], packages: string, name: string, tests: () => void): void {
  const missing = programs.filter(program => {
    const [finder, library] = program.split(" ");
    const ask = finder === "perl" ? [library!, "-e", "1"] : ["--exists", library!];
    const found = library === undefined ? spawnSync("which", [program]) : spawnSync(finder!, ask);
    return found.status !== 0;
  });
  if (missing.length === 0) describe(name, tests);
  else describe.skip(`${name} (skipped: no ${missing.join(", ")}; apt-get install ${packages})`, tests);
}

/** A directory of one test file; it is removed at the end. */
export function workDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "pkg0-interop-"));
  afterAll(() => rmSync(directory, { recursive: true }));
  return directory;
}

const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = new Promise(resolve => child.once("exit", resolve));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
    await gone;
    clearTimeout(timer);
  }
});

export interface Finished {
  status: number | null;
  stdout: Buffer;
  output: string;
}

/** Runs a program to its end. */
export function run(program: string, args: string[], input: Uint8Array = new Uint8Array()): Promise<Finished> {
  const child = spawn(program, args);
  running.push(child);
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const all: Buffer[] = [];
    child.stdout.on("data", piece => {
      stdout.push(piece);
      all.push(piece);
    });
    child.stderr.on("data", piece => all.push(piece));
    child.on("error", reject);
    child.on("close", status =>
      resolve({ status, stdout: Buffer.concat(stdout), output: Buffer.concat(all).toString("latin1") }),
    );
    child.stdin.on("error", () => {}); // a program may end before it has read all
    child.stdin.end(input);
  });
}

/** A program that runs; `output` returns all it has written so far. */
export interface Started {
  output: () => string;
}

/** Starts a server that stays until the test's end. */
export function start(program: string, args: string[]): Started {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  let text = "";
  child.stdout.on("data", piece => {
    text += piece.toString("latin1");
  });
  child.stderr.on("data", piece => {
    text += piece.toString("latin1");
  });
  return { output: () => text };
}

/** TCP ports that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(server => new Promise<number>(resolve => server.listen(0, "127.0.0.1", () => resolve(portOf(server))))),
  );
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

/** A UDP port that is free now. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>(resolve => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>(resolve => socket.close(resolve));
  return port;
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as { port: number }).port;
}

/** The bodies to send: Package #0 of every size in the captures, and one with all byte values. */
export const BODIES: { name: string; body: Buffer }[] = [
  { name: "small", body: bodyOf("kannel-udp-1: small") },
  { name: "medium", body: bodyOf("kannel-udp-2: medium, Connect-Reason with umlauts, 2 Requested-MO, 1 bearer") },
  { name: "large", body: bodyOf("kannel-udp-3: large, Vendor-Info of 512 bytes that are not UTF-8") },
  { name: "every byte", body: Buffer.from(Array.from({ length: 1024 }, (_, i) => (i * 255) & 255)) },
];

/** The body of a captured push PDU: it comes after TID, type, a HeadersLen of one byte, and so many bytes of headers. */
function bodyOf(name: string): Buffer {
  const found = captures.captures.find(capture => capture.name === name);
  const push = Buffer.from(found!.hex[0]!, "hex");
  return push.subarray(3 + push[2]!);
}

/** Keeps the messages that listeners deliver. */
export class Inbox {
  readonly messages: { contentType: number; body: Buffer }[] = [];

  readonly deliver = (bytes: Uint8Array, from: number, to: number, contentType: number): number => {
    this.messages.push({ contentType, body: Buffer.from(bytes.slice(from, to)) });
    return 0;
  };
}
