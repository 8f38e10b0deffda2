/**
 * The conformance tests: each proves a line of Appendix B (lines.ts) on what it is given. Messages are built and signed by
 * the twin, or were captured; nothing here imports from src but types, and build/mutants.mjs sees to that.
 */
import { clientLines } from "./client.ts";
import { profileLines } from "./profiles.ts";
import { serverLines } from "./server.ts";
import type { Check, UnderTest } from "./under-test.ts";

export { LINES, type Line } from "./lines.ts";
export type { Check, UnderTest } from "./under-test.ts";

export function conformance(check: Check, under: UnderTest): void {
  clientLines(check, under);
  profileLines(check, under);
  serverLines(check, under);
}
