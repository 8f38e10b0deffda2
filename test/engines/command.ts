import { execFile } from "node:child_process";

/** An engine's command line. */
export interface Command {
  command: string;
  /** What stands before the file. */
  args: string[];
  /** Which of the two suites it runs: 5 for engines without let. */
  level: 5 | 2019;
}

/**
 * The engines that are used when they are on PATH, with what memory they get for themselves, the source, its code and its
 * data: the desktop builds of QuickJS have 64-bit values and need more than twice what a board's has.
 */
export const COMMANDS: Record<string, Command> = {
  "QuickJS (qjs)": { command: "qjs", args: ["--memory-limit", "3M"], level: 2019 },
  "QuickJS-ng (qjs-ng)": { command: "qjs-ng", args: ["-C", "--memory-limit", "3000"], level: 2019 },
  "Espruino (espruino)": { command: "espruino", args: [], level: 2019 },
  "JerryScript (jerry)": { command: "jerry", args: [], level: 2019 },
  "Moddable XS (xst)": { command: "xst", args: [], level: 2019 },
  "Duktape (duk)": { command: "duk", args: [], level: 5 },
  "MicroQuickJS (mqjs)": { command: "mqjs", args: ["--memory-limit", "1m"], level: 5 },
  "MicroQuickJS 32-bit (mqjs32)": { command: "mqjs32", args: ["--memory-limit", "768k"], level: 5 },
};

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
