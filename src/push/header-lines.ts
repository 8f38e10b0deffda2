/**
 * The header fields that SIP (RFC 3261 §7.3) and HTTP (RFC 9112 §5) share. This reader takes what either allows; each
 * protocol checks its own rules.
 */
import { COLON, CR, DEL, HT, LF, SEMICOLON, SPACE } from "../ascii.ts";
import { isWord } from "./text.ts";

/** A result of readHeaderLine: a header field. */
export const LINE_FIELD = 1;
/** A result of readHeaderLine: the empty line that ends the headers. */
export const LINE_EMPTY = 0;
/** A result of readHeaderLine: a malformed line. */
export const LINE_BAD = -1;

/** One header field: spans of the caller's bytes. The value has no blanks around it; a folded value contains line ends. */
export interface HeaderLine {
  nameFrom: number;
  nameTo: number;
  valueFrom: number;
  valueTo: number;
  /** The offset at which the next line begins; the caller sets it to the first one. */
  next: number;
}

export function newHeaderLine(): HeaderLine {
  return { nameFrom: 0, nameTo: 0, valueFrom: 0, valueTo: 0, next: 0 };
}

/**
 * Reads the header field at `line.next`, including its folded lines. Returns LINE_FIELD or LINE_EMPTY, and moves `line.next`
 * past it. Returns LINE_BAD with `line.next` unmoved for a line without a name and colon, for a CR without LF, and for bytes
 * without a line end.
 */
export function readHeaderLine(bytes: Uint8Array, to: number, line: HeaderLine): number {
  let at = line.next;
  if (at < to && (bytes[at] === CR || bytes[at] === LF)) {
    const after = endOfLine(bytes, at, to);
    if (after < 0) return LINE_BAD;
    line.next = after;
    return LINE_EMPTY;
  }
  line.nameFrom = at;
  while (at < to && bytes[at] > SPACE && bytes[at] < DEL && bytes[at] !== COLON) at++;
  line.nameTo = at;
  while (at < to && isBlank(bytes[at])) at++; // HCOLON (RFC 3261 §25.1)
  if (at === line.nameFrom || at >= to || bytes[at] !== COLON) return LINE_BAD;

  line.valueFrom = at + 1;
  let end = endOfLine(bytes, at, to);
  while (end > 0 && end < to && isBlank(bytes[end])) end = endOfLine(bytes, end, to);
  if (end < 0) return LINE_BAD;
  line.next = end;
  line.valueTo = end;
  while (line.valueFrom < line.valueTo && isSpace(bytes[line.valueFrom])) line.valueFrom++;
  while (line.valueFrom < line.valueTo && isSpace(bytes[line.valueTo - 1])) line.valueTo--;
  return LINE_FIELD;
}

/**
 * The offset after the line end that follows `at`, which is CR LF or LF; -1 when none follows, or a CR without LF comes
 * first.
 */
export function endOfLine(bytes: Uint8Array, at: number, to: number): number {
  for (let i = at; i < to; i++) {
    if (bytes[i] === LF) return i + 1;
    if (bytes[i] === CR && (i + 1 >= to || bytes[i + 1] !== LF)) return -1;
  }
  return -1;
}

/**
 * The offset of the blank or line end after the word at `from`; at most that of the last byte of the line, which ends at
 * `end`.
 */
export function endOfWord(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end - 1 && bytes[at] > SPACE) at++;
  return at < end ? at : end - 1;
}

/** Whether the field is named `name`, which is lower case; the field's name may be in either case. */
export function isNamed(bytes: Uint8Array, line: HeaderLine, name: string): boolean {
  return isWord(bytes, line.nameFrom, line.nameTo, name);
}

/** The end of the media type at `from`: the offset of the ";", blank or line end after it. */
export function endOfMediaType(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] > SPACE && bytes[at] !== SEMICOLON) at++;
  return at;
}

export function isBlank(code: number): boolean {
  return code === SPACE || code === HT;
}

/** LWS (RFC 3261 §25.1): a blank, or the line end of a folded line. */
export function isSpace(code: number): boolean {
  return code === SPACE || code === HT || code === CR || code === LF;
}
