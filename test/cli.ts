import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import captures from "./vectors/captures.json" with { type: "json" };

const CLI = "dist/cli.js";

/** The captured pushes. */
export const PUSHES = captures.captures.filter(capture => capture.layer === "push");

/** The statuses that captures.json expects of a push. */
export const EXPECTED: { [name: string]: string } = {
  "kannel-no-application-id": "WSP_APPLICATION_MISSING",
  "kannel-other-application": "WSP_APPLICATION_OTHER",
  "kannel-corrupted-body": "NOTIFICATION_VERSION",
};

/** Runs `pkg0 args`; returns its output and exit code. */
export function runCli(args: string[], input = ""): { code: number | null; lines: string[]; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { input, encoding: "utf8" });
  return { code: status, lines: stdout.split("\n").filter(line => line !== ""), errors: stderr };
}

/** Like runCli, but asynchronous: for commands that talk to this process. */
export function runCliAsync(args: string[]): Promise<{ code: number | null; lines: string[]; errors: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [CLI, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.code as unknown as number);
      resolve({ code, lines: stdout.split("\n").filter(line => line !== ""), errors: stderr });
    });
  });
}

export interface Event {
  event: string;
  [name: string]: unknown;
}

/** A running `pkg0 listen`. */
export interface Listener {
  child: ChildProcess;
  /** All events so far. */
  events: Event[];
  /** Resolves when `isThere` is true of the events; rejects when the process ends first. */
  until(isThere: (events: Event[]) => boolean): Promise<void>;
  /** Resolves to the exit code. */
  ended: Promise<number | null>;
}

export function startListener(args: string[]): Listener {
  const child = spawn(process.execPath, [CLI, "listen", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const events: Event[] = [];
  const waiting = new Set<() => void>();
  const ended = new Promise<number | null>(resolve => child.once("close", resolve));
  createInterface({ input: child.stdout! }).on("line", line => {
    events.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  return {
    child,
    events,
    ended,
    until: isThere =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!isThere(events)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        ended.then(code => reject(new Error(`listen ended with ${code} after ${JSON.stringify(events)}`)));
        look();
      }),
  };
}
