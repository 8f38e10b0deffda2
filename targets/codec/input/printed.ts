/** Bytes as Node and Python print them in a line. */
import { bytesOfHex } from "../hex.ts";
import type { Form } from "./forms.ts";
import { notPrinted } from "./lists.ts";

/** Reads `<Buffer 01 06 ..>`, as Node prints it, anywhere in a line. */
export function readBuffer(line: string): Form | null {
  const [, hex, left] = /<Buffer ((?:[0-9a-f]{2} ?)+)(?:\.\.\. (\d+) more bytes?)?>/.exec(line) ?? [];
  const bytes = hex === undefined ? -1 : bytesOfHex(hex);
  if (typeof bytes === "number") return null;
  return { form: left === undefined ? "Buffer" : `Buffer${notPrinted(left)}`, bytes };
}

const ESCAPED: { readonly [letter: string]: number } = { n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11, 0: 0 };
/** Fewer escapes may be those of a text. */
const ESCAPES_MIN = 3;

/** Reads a string in which some bytes are escapes, as Python prints b'\x01\x06..dm.example.com', anywhere in a line. */
export function readEscapedString(line: string): Form | null {
  const mark = line.indexOf("\\x");
  const from = mark < 0 ? -1 : Math.max(line.lastIndexOf("'", mark), line.lastIndexOf('"', mark));
  const string = from < 0 ? null : readString(line, from);
  if (string === null || string.escapes < ESCAPES_MIN) return null;
  return { form: "string with escapes", bytes: Uint8Array.from(string.bytes) };
}

/** The bytes of the string that begins with the quote at `from`, and the number of its escapes; null without its end. */
function readString(line: string, from: number): { bytes: number[]; escapes: number } | null {
  const bytes: number[] = [];
  let escapes = 0;
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === line[from]) return { bytes, escapes };
    const isEscape = line[at] === "\\";
    if (isEscape) at++;
    const hex = isEscape ? /^x([0-9a-f]{2})/i.exec(line.slice(at, at + 3))?.[1] : undefined;
    const code = line.charCodeAt(at);
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      escapes++;
      at += 2;
    } else if (!(code < 0x7f)) return null;
    else bytes.push(isEscape ? (ESCAPED[line[at]!] ?? code) : code);
  }
  return null;
}
