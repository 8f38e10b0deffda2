/** Starts campaigns of many devices, and counts the messages that arrive at a small SMS centre. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Submit } from "../smsc.ts";

/** Devices of the long tests. */
export const DEVICES = Number(process.env.FLEET_DEVICES ?? 10_000);

export function addressOf(i: number): string {
  return `+4477${String(i).padStart(8, "0")}`;
}

/** An NDJSON file of `count` devices, written as a stream. */
export async function writeFleet(path: string, count: number): Promise<void> {
  const out = createWriteStream(path);
  for (let i = 0; i < count; i++) {
    const device = { address: addressOf(i), serverId: "dm.example.com", secret: `secret ${i}`, requestedMo: [1] };
    if (!out.write(`${JSON.stringify(device)}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

/** The messages that arrived, by destination: how often, and whether their bytes were always the same. */
export class Arrivals {
  readonly times = new Map<string, number>();
  readonly #bytes = new Map<string, string>();
  /** Destinations whose bytes changed. */
  readonly changed: string[] = [];
  total = 0;

  readonly take = ({ destination, bytes }: Submit): void => {
    const hex = bytes.toString("hex");
    if ((this.#bytes.get(destination) ?? hex) !== hex) this.changed.push(destination);
    this.#bytes.set(destination, hex);
    this.times.set(destination, (this.times.get(destination) ?? 0) + 1);
    this.total++;
  };

  repeated(): number {
    return [...this.times.values()].filter(times => times > 1).length;
  }
}

export interface Running {
  child: ChildProcess;
  /** The events, without those of single messages. */
  events: { event: string; [name: string]: unknown }[];
  ended: Promise<number | null>;
  /** The text that it printed on standard error. */
  errors: () => string;
}

/** `pkg0 campaign args`. */
export function startCampaign(args: string[]): Running {
  const child = spawn(process.execPath, ["dist/cli.js", "campaign", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const events: Running["events"] = [];
  let errors = "";
  child.stderr.on("data", piece => {
    errors += piece;
  });
  createInterface({ input: child.stdout }).on("line", line => {
    if (!line.startsWith('{"event":"accepted"')) events.push(JSON.parse(line));
  });
  const ended = new Promise<number | null>(resolve => child.once("close", resolve));
  return { child, events, ended, errors: () => errors };
}
