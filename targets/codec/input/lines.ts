/** Finds messages in lines of text, in any of the known forms: one message a line, or one over several lines. */
import { INPUT_LONG, MORE, NOT_HEX, OK } from "../../../src/index.ts";
import { bytesOfHex } from "../hex.ts";
import { joined } from "../joined.ts";
import { readMessage } from "../read.ts";
import {
  type DumpRow,
  type Form,
  hexDigitsOf,
  isModemTalk,
  readBase64Line,
  readDumpRow,
  readEscapes,
  readLogLine,
  readPrinted,
} from "./forms.ts";
import type { Found } from "./found.ts";

/** The longest line in characters: several times the hex of the longest message of any bearer. */
export const LINE_MAX: number = 1 << 20;

/** Finds messages in lines of text; createLineReader makes one. */
export interface LineReader {
  /** Takes the next line without its line end; returns the messages that are complete now. */
  add(line: string): Found[];
  /** Takes a line that was too long to be kept. */
  addLong(): Found[];
  /** To be called at the end of the text; returns the messages that are complete now. */
  end(): Found[];
}

/** Hex that is wrapped into lines of one length, except the last: xxd -p has 60 digits a line, other tools 64 or 76. */
interface Wrapped {
  line: number;
  digits: string[];
  /** Digits in all. */
  size: number;
}

/** The lengths of wrapped lines, in digits: 16, 20, 24, 30 (xxd -p), 32, 36, 38, 40 or 64 bytes. */
const WIDTHS: readonly number[] = [32, 40, 48, 60, 64, 72, 76, 80, 128];

interface Dump {
  line: number;
  form: string;
  /** Its rows, one behind the other, and how many bytes they have; those behind LINE_MAX are counted alone. */
  rows: Uint8Array[];
  size: number;
  /** hexdump replaces rows that equal the row before by an asterisk. */
  isRepeating: boolean;
}

/** Makes a reader for one text. It keeps the lines of the message that is not complete. */
export function createLineReader(): LineReader {
  let number = 0;
  let wrapped: Wrapped | null = null;
  let dump: Dump | null = null;

  function add(line: string): Found[] {
    number++;
    if (line.length > LINE_MAX) return refuseLong();
    if (line.trim() === "") return end();
    const row = readDumpRow(line);
    if (row !== null) return addRow(row);
    if (dump !== null && isDumpEnd(line, dump)) {
      if (line.trim() === "*") dump.isRepeating = true;
      else repeat(dump, Number.parseInt(line, 16));
      return [];
    }
    const ended = endDump();
    const digits = hexDigitsOf(line);
    if (digits !== null) return [...ended, ...addDigits(digits)];
    ended.push(...endWrapped());
    const form = readPrinted(line) ?? readEscapes(line) ?? readBase64Line(line) ?? readLogLine(line);
    if (form !== null) ended.push(foundOf(form, number));
    else if (!isModemTalk(line)) ended.push(notHex(line, number));
    return ended;
  }

  function addLong(): Found[] {
    number++;
    return refuseLong();
  }

  function refuseLong(): Found[] {
    return [...end(), { bytes: new Uint8Array(0), form: "", line: number, status: INPUT_LONG, at: LINE_MAX }];
  }

  function addRow(row: DumpRow): Found[] {
    const ended = endWrapped();
    if (dump === null || dump.form !== row.form || row.offset === 0) {
      ended.push(...endDump());
      dump = { line: number, form: row.form, rows: [], size: 0, isRepeating: false };
    }
    repeat(dump, row.offset);
    addBytes(dump, row.bytes);
    return ended;
  }

  function addDigits(digits: string): Found[] {
    const isLonger = wrapped !== null && digits.length > wrapped.digits[0]!.length;
    const ended = isLonger ? endWrapped() : [];
    // more than one message has: each line stands for itself
    if (wrapped !== null && wrapped.size + digits.length > LINE_MAX) ended.push(...endWrapped());
    if (wrapped === null) wrapped = { line: number, digits: [], size: 0 };
    wrapped.digits.push(digits);
    wrapped.size += digits.length;
    const isLast = digits.length < wrapped.digits[0]!.length || isWhole(digits) || wrapped.digits.length > 4096;
    return isLast ? [...ended, ...endWrapped()] : ended;
  }

  function endWrapped(): Found[] {
    if (wrapped === null) return [];
    const { line, digits } = wrapped;
    wrapped = null;
    const isOne = isWhole(digits.join("")) || WIDTHS.includes(digits[0]!.length);
    if (digits.length > 1 && isOne && !digits.some(isWhole))
      return [foundOf(hexForm(digits.join(""), "hex over several lines"), line)];
    return digits.map((one, i) => foundOf(hexForm(one, "hex"), line + i));
  }

  function endDump(): Found[] {
    if (dump === null) return [];
    const { form, rows, size, line } = dump;
    dump = null;
    if (size > LINE_MAX) return [{ form, bytes: new Uint8Array(0), line, status: INPUT_LONG, at: LINE_MAX }];
    return [{ form, bytes: joined(rows), line }];
  }

  function end(): Found[] {
    return [...endDump(), ...endWrapped()];
  }

  return { add, addLong, end };
}

/** The last line of hexdump has only the length. */
function isDumpEnd(line: string, dump: Dump): boolean {
  if (line.trim() === "*") return true;
  return dump.form === "hexdump -C" && /^[0-9a-f]{8}\s*$/i.test(line) && Number.parseInt(line, 16) >= dump.size;
}

/** Repeats the last row up to `offset`, for rows that were left out; at most 1 MB. */
function repeat(dump: Dump, offset: number): void {
  const row = dump.rows.at(-1);
  while (dump.isRepeating && row !== undefined && dump.size < Math.min(offset, LINE_MAX)) addBytes(dump, row);
  dump.isRepeating = false;
}

function addBytes(dump: Dump, row: Uint8Array): void {
  dump.size += row.length;
  if (dump.size <= LINE_MAX) dump.rows.push(row);
}

function isWhole(digits: string): boolean {
  const bytes = bytesOfHex(digits);
  if (typeof bytes === "number") return false;
  const { status } = readMessage(bytes, "auto");
  return status === OK || status === MORE;
}

function hexForm(digits: string, form: string): Form & { status?: number; at?: number } {
  const bytes = bytesOfHex(digits);
  if (typeof bytes !== "number") return { form, bytes };
  return { form, bytes: new Uint8Array(0), status: NOT_HEX, at: bytes };
}

function foundOf(form: Form & { status?: number; at?: number }, line: number): Found {
  return { ...form, line };
}

function notHex(line: string, number: number): Found {
  const at = bytesOfHex(line);
  return { bytes: new Uint8Array(0), form: "", line: number, status: NOT_HEX, at: typeof at === "number" ? at : 0 };
}
