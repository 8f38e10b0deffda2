/** The output of the command line: answers on standard output, one a line; errors on standard error. */
import { once } from "node:events";
import { type FieldLayer, visible } from "../../codec/index.ts";
import { jsonLine } from "../../codec/text.ts";
import { codeOf } from "../state.ts";

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints one JSON object as a line, with characters escaped that a terminal would not show. */
export function printJson(json: object): void {
  process.stdout.write(jsonLine(json));
}

/** Resolves when a slow reader of our output is ready for more. */
export async function drained(): Promise<void> {
  if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
}

/** Prints a warning about input that the user may not have meant. */
export function warn(message: string): void {
  process.stderr.write(`pkg0: warning: ${visible(message)}\n`);
}

/** Prints why a command ended. */
export function fail(message: string): void {
  process.stderr.write(`pkg0: ${visible(message)}\n`);
}

/** Prints the error of one message of a batch: one JSON object on standard error, so that standard output has only answers. */
export function complain(json: object): void {
  process.stderr.write(jsonLine(json));
}

const COLOURS: { readonly [layer in FieldLayer | "wrong"]: number } = {
  tpdu: 36,
  udh: 34,
  push: 35,
  notification: 32,
  digest: 33,
  wrong: 31,
};

/** The colours of explain; undefined when standard output is no terminal or NO_COLOR (no-color.org) is set. */
export function paintOf(): { paint?: (text: string, layer: FieldLayer | "wrong") => string } {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0";
  const isTerminal = process.stdout.isTTY === true && TERM !== "dumb";
  if ((NO_COLOR !== undefined && NO_COLOR !== "") || !(isTerminal || isForced)) return {};
  return { paint: (text, layer) => `\u001b[${COLOURS[layer]}m${text}\u001b[0m` };
}

/**
 * Ends the process when its output fails. A reader that closed its pipe is no error; any other failure, such as a full disk,
 * has lost answers.
 */
export function endWithReader(): void {
  process.stderr.on("error", endOf);
  process.stdout.on("error", error => {
    if (codeOf(error) !== "EPIPE") fail(`standard output failed, and answers are lost: ${error.message}`);
    endOf(error);
  });
}

function endOf(error: Error): never {
  process.exit(codeOf(error) === "EPIPE" ? 0 : 1);
}
