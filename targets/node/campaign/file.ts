/** FILE of a campaign: one device a line, as NDJSON or CSV. It is read as a stream, so its length does not matter. */
import { createHash } from "node:crypto";
import { INPUT_LONG, statusMeaning, statusName } from "../../../src/index.ts";
import type { HostCode } from "../codes.ts";
import { LINE_BYTES_MAX, LINE_LONG, linesOf } from "../lines.ts";
import { loadPeer } from "../peers.ts";
import { openFile, readJson } from "../texts.ts";

/** One line: its keys and values, or the reason why it cannot be read. */
export interface FileLine {
  /** The number of the line, from 1. A CSV record over several lines has the number of its last. */
  line: number;
  record?: { [name: string]: unknown };
  fault?: { code: string; text: string };
}

const LONG = {
  code: statusName(INPUT_LONG),
  text: `${statusMeaning(INPUT_LONG)} (${LINE_BYTES_MAX} bytes)`,
};

function unreadable(text: string): FileLine["fault"] & object {
  return { code: "LINE_UNREADABLE" satisfies HostCode, text };
}

export function isCsv(path: string): boolean {
  return /\.csv$/i.test(path);
}

/** SHA-256 of the file, and an estimate of the number of its devices. */
export async function digestOfFile(path: string): Promise<{ digest: string; devices: number }> {
  const hash = createHash("sha256");
  let lineFeeds = 0;
  let last = 10;
  for await (const piece of openFile(path) as AsyncIterable<Buffer>) {
    hash.update(piece);
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lineFeeds++;
    last = piece[piece.length - 1]!;
  }
  const lines = lineFeeds + (last === 10 ? 0 : 1);
  return { digest: hash.digest("hex"), devices: Math.max(0, lines - (isCsv(path) ? 1 : 0)) };
}

/** Yields the lines that are not empty. */
export function readFileLines(path: string): AsyncGenerator<FileLine> {
  return isCsv(path) ? readCsv(path) : readNdjson(path);
}

async function* readNdjson(path: string): AsyncGenerator<FileLine> {
  let line = 0;
  for await (const text of linesOf(openFile(path))) {
    line++;
    if (text === LINE_LONG) {
      yield { line, fault: LONG };
      continue;
    }
    if (text.trim() === "") continue;
    try {
      const record = readJson(text);
      const isObject = typeof record === "object" && record !== null && !Array.isArray(record);
      yield isObject
        ? { line, record: record as { [name: string]: unknown } }
        : { line, fault: unreadable("must be a JSON object") };
    } catch (error) {
      yield { line, fault: unreadable((error as Error).message) };
    }
  }
}

interface CsvLibrary {
  parse(options: object): NodeJS.ReadWriteStream & AsyncIterable<CsvRecord>;
}
type CsvRecord = { record: { [name: string]: string }; info: { lines: number; error?: Error } };

async function* readCsv(path: string): AsyncGenerator<FileLine> {
  const { parse } = await loadPeer<CsvLibrary>("csv-parse", "a CSV file");
  const parser = parse({
    columns: (names: string[]) => checkColumns(path, names),
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: LINE_BYTES_MAX,
  });
  const input = openFile(path);
  input.on("error", error => (parser as unknown as { destroy(error: Error): void }).destroy(error));
  let last = 1;
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<CsvRecord>) {
      // csv-parse's count of lines includes empty lines and line ends in quotes, and it never decreases
      last = Math.max(last + 1, info.lines);
      if (info.error !== undefined) yield { line: last, fault: unreadable(info.error.message) };
      else yield { line: last, record: typed(record) };
    }
  } catch (error) {
    if (!/^CSV_MAX_RECORD_SIZE/.test((error as NodeJS.ErrnoException).code ?? "")) throw error;
    // what follows cannot be told from it
    throw new Error(`${path}: behind line ${last}: ${LONG.code}: ${LONG.text}; perhaps a quote is never closed`);
  } finally {
    input.destroy();
  }
}

/**
 * Throws an Error when no column is the address: then every line would be refused for the same reason. It quotes nothing,
 * because the first line may be a device with its secret.
 */
function checkColumns(path: string, names: string[]): string[] {
  if (names.includes("address")) return names;
  const isCapital = names.some(name => name.toLowerCase() === "address");
  const hint = names.length === 1 ? "; commas separate the columns" : isCapital ? "; names are as in pkg0 encode" : "";
  throw new Error(`${path}: its first line has no column "address"${hint}`);
}

const LISTS = ["targetedMo", "requestedMo", "preferredBearer"];
const NUMBERS = ["timeout", "version"];

/** Every value of CSV is a text: "1;2" becomes a list, and an empty cell an absent key. */
function typed(cells: { [name: string]: string }): { [name: string]: unknown } {
  const record: { [name: string]: unknown } = {};
  for (const [name, cell] of Object.entries(cells)) {
    if (cell === "") continue;
    if (LISTS.includes(name)) record[name] = cell.split(/[; ]+/).map(numberOr);
    else record[name] = NUMBERS.includes(name) ? numberOr(cell) : cell;
  }
  return record;
}

/** The cell as a number. A cell that is no number stays a text, and the writers refuse it with a reason. */
function numberOr(cell: string): number | string {
  return /^\d+$/.test(cell) ? Number(cell) : cell;
}
