/** A message that is written over several lines. */
import { MORE, OK } from "../../../src/index.ts";
import { readMessage } from "../read.ts";
import type { Found } from "./found.ts";

/** The longest line, and the longest message over several lines, in characters: several times the hex of any message. */
export const LINE_MAX: number = 1 << 20;

/** Joins the lines of one form. */
export interface Joiner {
  /** Takes a line of this form; returns the messages that are complete now, null for a line of another form. */
  take(line: string, number: number): Found[] | null;
  /** To be called when another line follows, or none; returns what has come so far. */
  end(): Found[];
}

/** Whether the bytes are a message without the lines that follow. */
export function isWhole(bytes: Uint8Array): boolean {
  const { status } = readMessage(bytes, "auto");
  return status === OK || status === MORE;
}
