/**
 * The conformance tests: each proves a line of Appendix B (lines.ts) on the implementation that it is given. Their messages
 * are built and signed by the twin, or captured. They import only types from src; build/mutants.mjs refuses anything else.
 */
import { clientLines } from "./client.ts";
import { fieldLines } from "./fields.ts";
import { profileLines } from "./profiles.ts";
import { serverLines } from "./server.ts";
import { sessionLines } from "./sessions.ts";
import type { Check, UnderTest } from "./under-test.ts";

export { LINES, type Line } from "./lines.ts";
export type { Check, UnderTest } from "./under-test.ts";

export function conformance(check: Check, under: UnderTest): void {
  clientLines(check, under);
  profileLines(check, under);
  serverLines(check, under);
  sessionLines(check, under);
  fieldLines(check, under);
}
