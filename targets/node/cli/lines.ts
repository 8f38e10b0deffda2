/** The messages of a command: its arguments, or the lines of standard input. */
import { INPUT_LONG, statusMeaning, statusName } from "../../../src/index.ts";
import { LINE_BYTES_MAX, LINE_LONG, linesOf } from "../lines.ts";
import { complain, drained } from "./output.ts";

/** The place of a message in the input, such as "argument 2" or "line 7". */
export type InputPlace = string;

const refused = { status: statusName(INPUT_LONG), at: LINE_BYTES_MAX, meaning: statusMeaning(INPUT_LONG) };

/**
 * Calls `take` with each argument, or with each line of standard input that is not empty. Resolves to 0 when `take` returned
 * true for all, else to 1.
 */
export async function forEachLine(
  positionals: readonly string[],
  take: (text: string, place: InputPlace) => boolean | Promise<boolean>,
): Promise<number> {
  let isGood = true;
  let number = 0;
  for (const text of positionals) if (!(await take(text, `argument ${++number}`))) isGood = false;
  if (positionals.length > 0) return isGood ? 0 : 1;
  for await (const line of linesOf(process.stdin)) {
    number++;
    if (line === LINE_LONG) {
      complain({ place: `line ${number}`, ...refused });
      isGood = false;
    } else if (line.trim() !== "" && !(await take(line, `line ${number}`))) isGood = false;
    await drained();
  }
  return isGood ? 0 : 1;
}
