import { execFile } from "node:child_process";
import { ENGINES } from "../../build/engine-table.mjs";

/** An engine's command line. */
export interface Command {
  command: string;
  /** What stands before the file. */
  args: string[];
  /** Which of the two suites it runs: 5 for engines without let. */
  level: 5 | 2019;
}

/** The engines that are used when they are on PATH, with what memory they get for the suite. */
export const COMMANDS: Record<string, Command> = {};
for (const [command, { name, args, level, limit, suiteKib }] of Object.entries(ENGINES)) {
  const memory = limit === undefined || suiteKib === undefined ? [] : limit(suiteKib);
  COMMANDS[`${name} (${command})`] = { command, args: [...memory, ...args], level };
}

/** The lines that the engine printed, whatever its exit code; Espruino's prompt, which follows the last one, left out. */
export function runCommand({ command, args }: Command, file: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const options = { timeout: 50_000, maxBuffer: 16 << 20 };
    const child = execFile(command, [...args, file], options, (error, stdout, stderr) => {
      if (error?.killed || typeof error?.code === "string") reject(error);
      else resolve((stdout.replace(/>$/, "") + stderr).trim().split(/\r?\n/));
    });
    child.stdin?.end();
  });
}
