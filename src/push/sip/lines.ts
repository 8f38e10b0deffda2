/** The header lines of a SIP message, and the header that each line is (RFC 3261 §7.3). */
import { LF } from "../../ascii.ts";
import { type HeaderLine, isNamed, LINE_BAD, LINE_FIELD, readHeaderLine } from "../header-lines.ts";
import { COMPACT_NAMES, HEADER_NAMES } from "./headers.ts";

/** Moves `line.next` past the next line end. False when no line end follows. */
export function skipSipLine(bytes: Uint8Array, to: number, line: HeaderLine): boolean {
  let at = line.next;
  while (at < to && bytes[at] !== LF) at++;
  if (at < to) line.next = at + 1;
  return at < to;
}

/** Reads the next header field into `line`, and skips lines that are malformed. False at the end of the headers. */
export function nextSipField(bytes: Uint8Array, to: number, line: HeaderLine): boolean {
  let found = readHeaderLine(bytes, to, line);
  while (found === LINE_BAD) {
    if (!skipSipLine(bytes, to, line)) return false;
    found = readHeaderLine(bytes, to, line);
  }
  return found === LINE_FIELD;
}

/** The index in HEADER_NAMES of the header that `line` is; -1 for any other header. */
export function sipHeaderOf(bytes: Uint8Array, line: HeaderLine): number {
  const isLetter = line.nameTo - line.nameFrom === 1;
  for (let i = 0; i < HEADER_NAMES.length; i++) {
    const isCompact = isLetter && (bytes[line.nameFrom] | 0x20) === COMPACT_NAMES.charCodeAt(i);
    if (isCompact || isNamed(bytes, line, HEADER_NAMES[i])) return i;
  }
  return -1;
}
