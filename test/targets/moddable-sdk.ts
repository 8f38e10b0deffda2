/** The Moddable SDK, if it is installed: builds a project for its simulator, and runs it there. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { isOnPath } from "../../build/on-path.mjs";
import { type Program, runProgram } from "./tty.ts";

const run = promisify(execFile);

const SDK = process.env.MODDABLE ?? "";
const TOOLS = join(SDK, "build/bin/lin/release");
if (SDK !== "" && existsSync(TOOLS)) process.env.PATH += delimiter + TOOLS;

/** The programs that are missing to build and run a project, as a note for a test's name; "" = none. */
export function missing(...others: string[]): string {
  const commands = ["mcconfig", "mcsim", "stdbuf", ...(process.env.DISPLAY ? [] : ["Xvfb"]), ...others];
  const absent = [...(SDK === "" ? ["$MODDABLE"] : []), ...commands.filter(command => !isOnPath(command))];
  return absent.length === 0 ? "" : `: skipped, no ${absent.join(", ")}`;
}

/** Builds the project in `folder` with the command line `mcconfig ...`; returns the output and the file to run. */
export async function build(command: string, folder: string): Promise<{ output: string; file: string }> {
  const [tool, ...args] = command.split(" ") as [string, ...string[]];
  const { stdout, stderr } = await run(tool, [...args, "-o", "."], { cwd: folder, maxBuffer: 16 << 20 });
  const file = join(folder, `bin/lin/mc/release/${folder.split("/").at(-1)}/mc.so`);
  return { output: stdout + stderr, file };
}

/** Runs it. The simulator has a window, which nobody sees where there is no display. */
export async function simulate(file: string): Promise<Program> {
  process.env.DISPLAY ??= await openDisplay();
  return runProgram("stdbuf", ["-oL", "mcsim", file], "/");
}

let display: ChildProcess | null = null;

/** Ends the display that `simulate` has opened. */
export function closeDisplay(): void {
  if (display === null) return;
  display.kill();
  display = null;
  delete process.env.DISPLAY;
}

function openDisplay(): Promise<string> {
  const args = ["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"];
  display = spawn("Xvfb", args, { stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    display!.stdout!.once("data", (number: Buffer) => resolve(`:${number.toString().trim()}`));
    display!.once("exit", code => reject(new Error(`Xvfb has ended with ${code}`)));
  });
}
