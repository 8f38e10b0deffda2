/** Dumps: rows of an offset and the bytes that begin there. */
import { INPUT_LONG } from "../../../src/index.ts";
import { bytesOfHex } from "../hex.ts";
import { joined } from "../joined.ts";
import { type Joiner, LINE_MAX } from "./joiner.ts";

interface Layout {
  form: string;
  row: RegExp;
  /** A row looks like plain hex, so a dump has to begin at offset 0. */
  isBare?: true;
  /** The groups are words of 16 bits, the low byte first. */
  hasWords?: true;
}

// groups have exactly one separator between them: otherwise a line could be taken apart in countless ways
const LAYOUTS: readonly Layout[] = [
  // 00000000: 0006 03d8 af87 ..            ......
  { form: "xxd dump", row: /^([0-9a-f]{8}): ((?:[0-9a-f]{2})+(?: (?:[0-9a-f]{2})+)*)(?: .*)?$/i },
  // 00000000  00 06 03 d8 af 87 ..  |......|
  { form: "hexdump -C", row: /^([0-9a-f]{8}) {2}([0-9a-f]{2}(?: {1,2}[0-9a-f]{2})*) *\|.*\|?$/i },
  // \t0x0000:  4500 0045 ..  E..E
  { form: "tcpdump -x", row: /^\s*0x([0-9a-f]{4}): +((?:[0-9a-f]{2})+(?: (?:[0-9a-f]{2})+)*)(?: .*)?$/i },
  // 0000   00 06 03 d8 af 87 ..   ......
  { form: "Wireshark dump", row: /^([0-9a-f]{4}) {2,3}([0-9a-f]{2}(?: [0-9a-f]{2})*)(?: {2}.*)? *$/i, isBare: true },
  // 0000000 00 06 03 d8 af 87 ..  >......<
  { form: "od dump", row: /^([0-9a-f]{6,7}) ([0-9a-f]{2}(?: [0-9a-f]{2})*)(?: +>.*<)? *$/i, isBare: true },
  // 0000000 0600 d803 87af ..
  { form: "dump of words", row: /^([0-9a-f]{7}) +([0-9a-f]{4}(?: +[0-9a-f]{4})*) *$/i, isBare: true, hasWords: true },
];

interface Row {
  form: string;
  offset: string;
  bytes: Uint8Array;
}

interface Dump {
  line: number;
  form: string;
  /** Its rows, one behind the other, and how many bytes they have; those behind LINE_MAX are counted alone. */
  rows: Uint8Array[];
  size: number;
  /** Rows that equal the row before are replaced by an asterisk. */
  isRepeating: boolean;
}

/** Reads a row of a dump. `form` is that of the dump which it follows, undefined where it follows none. */
function readRow(line: string, form: string | undefined): Row | null {
  for (const { form: name, row, isBare, hasWords } of LAYOUTS) {
    const [, offset, groups] = row.exec(line) ?? [];
    if (offset === undefined || (isBare && name !== form && !/^0+$/.test(offset))) continue;
    const digits = groups!.replace(/ /g, "");
    const bytes = bytesOfHex(hasWords ? digits.replace(/(..)(..)/g, "$2$1") : digits);
    if (typeof bytes !== "number") return { form: name, offset, bytes };
  }
  return null;
}

export function createDumpJoiner(): Joiner {
  let dump: Dump | null = null;

  function take(line: string, number: number) {
    const row = readRow(line, dump?.form);
    if (row !== null) return add(row, number);
    if (isTcpdumpTitle(line)) return end();
    if (dump === null) return null;
    if (line.trim() === "*") dump.isRepeating = true;
    else if (isLength(line, dump)) endAt(dump, numberOf(line.trim(), dump.size));
    else return null;
    return [];
  }

  function add(row: Row, number: number) {
    const isFirst = dump === null || dump.form !== row.form || /^0+$/.test(row.offset);
    const ended = isFirst ? end() : [];
    if (dump === null) dump = { line: number, form: row.form, rows: [], size: 0, isRepeating: false };
    repeat(dump, numberOf(row.offset, dump.size));
    addBytes(dump, row.bytes);
    return ended;
  }

  function end() {
    if (dump === null) return [];
    const { form, rows, size, line } = dump;
    dump = null;
    if (size > LINE_MAX) return [{ form, bytes: new Uint8Array(0), line, status: INPUT_LONG, at: LINE_MAX }];
    return [{ form, bytes: joined(rows), line }];
  }

  return { take, end };
}

/** The offset that a text stands for: od writes it in octal, the others in hex. */
function numberOf(offset: string, size: number): number {
  const octal = /^[0-7]{7}$/.test(offset) ? Number.parseInt(offset, 8) : -1;
  return octal === size || octal === size - 1 ? octal : Number.parseInt(offset, 16);
}

/** 12:00:01.123456 IP 192.0.2.1.9200 > 192.0.2.7.2948: UDP, length 69 */
function isTcpdumpTitle(line: string): boolean {
  return /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d+ .{0,40}?\bIP6? \S+ > \S+: /.test(line);
}

/** The last line of hexdump and od has only the length, which is odd where the last word of 16 bits is half empty. */
function isLength(line: string, dump: Dump): boolean {
  if (dump.form === "xxd dump" || dump.form === "tcpdump -x" || !/^[0-9a-f]{6,8}\s*$/i.test(line)) return false;
  const length = numberOf(line.trim(), dump.size);
  return length >= dump.size - (dump.form === "dump of words" ? 1 : 0);
}

function endAt(dump: Dump, length: number): void {
  repeat(dump, length);
  if (length === dump.size - 1) {
    const last = dump.rows.pop()!;
    dump.rows.push(last.subarray(0, -1));
    dump.size--;
  }
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
