import { execFile } from "node:child_process";
import { ENGINES } from "../../build/engine-table.mjs";

/** An engine's command line. */
export interface Command {
  command: string;
  /** The arguments before the file. */
  args: string[];
  /** The level of the suite: 5 for engines without let, else 2019. */
  level: 5 | 2019;
  /** A run that lasts longer hangs. */
  timeoutMs: number;
}

/** The engines that are used if they are on PATH, with the memory that each gets for the suite. */
export const COMMANDS: Record<string, Command> = {};
for (const [command, { name, args, level, limit, suiteKib, suiteSeconds = 50 }] of Object.entries(ENGINES)) {
  const memory = limit === undefined || suiteKib === undefined ? [] : limit(suiteKib);
  COMMANDS[`${name} (${command})`] = { command, args: [...memory, ...args], level, timeoutMs: suiteSeconds * 1000 };
}

/** The lines that the engine printed, whatever its exit code, without Espruino's prompt at the end. */
export function runCommand({ command, args, timeoutMs }: Command, file: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, maxBuffer: 16 << 20 };
    const child = execFile(command, [...args, file], options, (error, stdout, stderr) => {
      if (error?.killed || typeof error?.code === "string") reject(error);
      else resolve((stdout.replace(/>$/, "") + stderr).trim().split(/\r?\n/));
    });
    child.stdin?.end();
  });
}
