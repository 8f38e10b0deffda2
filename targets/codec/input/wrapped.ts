/** Hex and base64 that are wrapped into lines of one length, except the last. */

import { NOT_HEX } from "../../../src/index.ts";
import { bytesOfHex } from "../hex.ts";
import { isBase64Row, readBase64Line } from "./forms.ts";
import type { Found } from "./found.ts";
import { isWhole, type Joiner, LINE_MAX } from "./joiner.ts";

interface Wrapped {
  line: number;
  rows: string[];
  /** Characters in all. */
  size: number;
}

const ROWS_MAX = 4096;

/** The lengths of wrapped lines, in digits: 16, 20, 24, 30 (xxd -p), 32, 36, 38, 40 or 64 bytes. */
const HEX_WIDTHS: readonly number[] = [32, 40, 48, 60, 64, 72, 76, 80, 128];

export function createHexJoiner(): Joiner {
  let wrapped: Wrapped | null = null;

  function take(line: string, number: number) {
    const digits = hexDigitsOf(line);
    if (digits === null) return null;
    const isLonger = wrapped !== null && digits.length > wrapped.rows[0]!.length;
    const ended = isLonger ? end() : [];
    // more than one message has: each line stands for itself
    if (wrapped !== null && wrapped.size + digits.length > LINE_MAX) ended.push(...end());
    if (wrapped === null) wrapped = { line: number, rows: [], size: 0 };
    wrapped.rows.push(digits);
    wrapped.size += digits.length;
    const isLast = digits.length < wrapped.rows[0]!.length || isWholeHex(digits) || wrapped.rows.length > ROWS_MAX;
    return isLast ? [...ended, ...end()] : ended;
  }

  function end() {
    if (wrapped === null) return [];
    const { line, rows } = wrapped;
    wrapped = null;
    const isOne = isWholeHex(rows.join("")) || HEX_WIDTHS.includes(rows[0]!.length);
    if (rows.length > 1 && isOne && !rows.some(isWholeHex))
      return [foundInHex(rows.join(""), "hex over several lines", line)];
    return rows.map((one, i) => foundInHex(one, "hex", line + i));
  }

  return { take, end };
}

/** `readOne` reads a line that turns out to be alone. */
export function createBase64Joiner(readOne: (line: string, number: number) => Found[]): Joiner {
  let wrapped: Wrapped | null = null;

  function take(line: string, number: number) {
    const row = line.trim();
    if (!isBase64Row(row, wrapped?.rows[0]?.length)) return null;
    if (wrapped === null) {
      const alone = readBase64Line(row);
      if (alone !== null && isWhole(alone.bytes)) return null;
      wrapped = { line: number, rows: [], size: 0 };
    }
    wrapped.rows.push(row);
    wrapped.size += row.length;
    const isLast = row.length < wrapped.rows[0]!.length || wrapped.size > LINE_MAX;
    return isLast ? end() : [];
  }

  function end() {
    if (wrapped === null) return [];
    const { line, rows } = wrapped;
    wrapped = null;
    const form = rows.length === 1 ? null : readBase64Line(rows.join(""));
    if (form !== null) return [{ ...form, form: "base64 over several lines", line }];
    return rows.flatMap((row, i) => readOne(row, line + i));
  }

  return { take, end };
}

/** The digits of a line of plain hex, without blanks and colons; null when the line is not plain hex. */
function hexDigitsOf(line: string): string | null {
  const digits = line.replace(/[\s:]/g, "");
  return /^[0-9a-f]+$/i.test(digits) ? digits : null;
}

function isWholeHex(digits: string): boolean {
  const bytes = bytesOfHex(digits);
  return typeof bytes !== "number" && isWhole(bytes);
}

function foundInHex(digits: string, form: string, line: number): Found {
  const bytes = bytesOfHex(digits);
  if (typeof bytes !== "number") return { form, bytes, line };
  return { form, bytes: new Uint8Array(0), line, status: NOT_HEX, at: bytes };
}
