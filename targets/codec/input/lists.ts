/** Lists of numbers, as programs print bytes and as sources have them: in one line or over several. */
import { INPUT_LONG } from "../../../src/index.ts";
import { joined } from "../joined.ts";
import type { Form } from "./forms.ts";
import type { Found } from "./found.ts";
import { isWhole, type Joiner, LINE_MAX } from "./joiner.ts";

/** The numbers in one line of a list. */
interface Row extends Form {
  /** The list goes on in the next line: this one ends with a comma. */
  isOpen: boolean;
}

interface Kind {
  form: string;
  number: RegExp;
  radix: number;
  /** Fewer numbers are no message, but may be a line of a log. */
  least: number;
}

const KINDS: readonly Kind[] = [
  { form: "0x list", number: /^0x[0-9a-f]{1,2}$/i, radix: 16, least: 2 },
  // Java's bytes have a sign
  { form: "list of decimals", number: /^(?:-?[1-9]\d{0,2}|0)$/, radix: 10, least: 8 },
  { form: "list of hex", number: /^[0-9a-f]{2}$/i, radix: 16, least: 8 },
];

/**
 * Reads a line of a list with commas, such as `0x01, 0x06,`, `01, d8` or `1, -40`, in what languages put around it: `= {`,
 * `new Uint8Array([`, `"data":[`. Null for another line. `form` is that of the open list which the line follows;
 * `isStarted`: it follows the bracket that begins one.
 */
function readRow(line: string, form: string | undefined, isStarted: boolean): Row | null {
  const text = insideOf(line);
  const words = text.split(/[\s,]+/).filter(word => word !== "");
  const kind = KINDS.find(one => (form ?? one.form) === one.form && words.every(word => one.number.test(word)));
  if (kind === undefined || words.length < (form === undefined && !isStarted ? kind.least : 1)) return null;
  if (form === undefined && !text.includes(",")) return null; // plain hex
  const numbers = words.map(word => Number.parseInt(word, kind.radix));
  if (numbers.some(number => number < -128 || number > 255)) return null;
  return { form: kind.form, bytes: Uint8Array.from(numbers), isOpen: text.trimEnd().endsWith(",") };
}

/** The text behind the last opening bracket, up to a closing bracket, a semicolon or a comment. */
function insideOf(line: string): string {
  const from = Math.max(...["[", "{", "("].map(bracket => line.lastIndexOf(bracket))) + 1;
  const to = line.slice(from).search(/[\])};]|\/[/*]/);
  return to < 0 ? line.slice(from) : line.slice(from, from + to);
}

interface List {
  line: number;
  form: string;
  /** Its rows, and how many bytes they have; those behind LINE_MAX are counted alone. */
  rows: Uint8Array[];
  size: number;
}

/** `readOne` reads a line that is none of a list. */
export function createListJoiner(readOne: (line: string, number: number) => Found[]): Joiner {
  let start: { line: string; number: number } | null = null;
  let list: List | null = null;
  let note = "";
  /** A list has just ended; its bracket, and the length that xxd -i prints, may follow. */
  let isOver = false;

  function take(line: string, number: number): Found[] | null {
    if (list !== null && isListEnd(line)) return end(true);
    const row = readRow(line, list?.form, start !== null);
    if (row !== null) return add(row, number);
    const left = /^\s*\.\.\. (\d+) more items?\s*$/.exec(line)?.[1];
    if (list !== null && left !== undefined) {
      note = notPrinted(left);
      return [];
    }
    if (isOver && isListEnd(line)) return [];
    if (!isListStart(line)) return null;
    const ended = end();
    start = { line, number };
    return ended;
  }

  function add(row: Row, number: number): Found[] {
    const isAlone = !row.isOpen || isWhole(row.bytes);
    const ended = isWhole(row.bytes) && list !== null ? end() : [];
    start = null;
    list ??= { line: number, form: row.form, rows: [], size: 0 };
    list.size += row.bytes.length;
    if (list.size <= LINE_MAX) list.rows.push(row.bytes);
    return isAlone ? [...ended, ...end(true)] : ended;
  }

  function end(isClosed = false): Found[] {
    isOver = isClosed;
    if (start !== null) {
      const { line, number } = start;
      start = null;
      return readOne(line, number);
    }
    if (list === null) return [];
    const { line, rows, size } = list;
    const form = list.form + note;
    list = null;
    note = "";
    if (size > LINE_MAX) return [{ form, bytes: new Uint8Array(0), line, status: INPUT_LONG, at: LINE_MAX }];
    return [{ form, bytes: joined(rows), line }];
  }

  return { take, end };
}

/** Whether a list may begin in the line after this one: `unsigned char push[] = {`. */
function isListStart(line: string): boolean {
  return /[[{(]\s*$/.test(line);
}

/** Whether the line ends a list, or has the length that xxd -i prints behind it. */
function isListEnd(line: string): boolean {
  return /^\s*[\])}]+[\]),;}]*\s*$|^\s*(?:const )?unsigned int \w+_len = \d+;\s*$/.test(line);
}

/** What to say of `count` bytes that console.log of Node has left out. */
export function notPrinted(count: string): string {
  return `, of which Node did not print ${count} bytes: print its toString("hex")`;
}
