import { createContext, runInContext } from "node:vm";

/**
 * Runs a script in a context of Node's own engine that has `print` and nothing else; returns the lines that it printed, and
 * the error that it threw.
 */
export function runInVm(script: string): string[] {
  const lines: string[] = [];
  try {
    runInContext(script, createContext({ print: (line: unknown) => lines.push(String(line)) }));
  } catch (error) {
    lines.push(String(error));
  }
  return lines;
}
