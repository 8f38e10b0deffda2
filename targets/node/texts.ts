/** The text files of users: UTF-8, or UTF-16 with a byte order mark, as Windows writes them. */
import { closeSync, createReadStream, fstatSync, openSync, type ReadStream, readSync } from "node:fs";
import { TextDecoder } from "node:util";
import { parse } from "@humanwhocodes/momoa";
import { codeOf } from "./state.ts";

/** The encoding that the first bytes show; both decoders of UTF-16 and that of UTF-8 drop the byte order mark. */
function encodingOf(bytes: Uint8Array): "utf-16le" | "utf-16be" | "utf-8" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
}

/** No text that is read as a whole is longer; a device such as /dev/zero has no end. */
const TEXT_BYTES_MAX = 2 ** 28;
const PIECE_BYTES = 2 ** 16;

/** The text of a file. Throws an Error that names the file. */
export function readTextFile(path: string, bytesMax = TEXT_BYTES_MAX): string {
  let bytes: Buffer | undefined;
  try {
    bytes = readBytes(path, bytesMax);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (bytes === undefined) throw new Error(`${path}: has more than ${bytesMax} bytes`);
  return textOf(bytes);
}

/** The bytes of a file; undefined when they are more than `bytesMax`. */
function readBytes(path: string, bytesMax: number): Buffer | undefined {
  const fd = openSync(path, "r");
  try {
    const pieces: Buffer[] = [];
    for (let size = 0; size <= bytesMax; ) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const count = readSync(fd, piece);
      if (count === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, count));
      size += count;
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** The bytes of a file as a stream. Throws an Error that names the file. */
export function openFile(path: string): ReadStream {
  try {
    const fd = openSync(path, "r");
    if (fstatSync(fd).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    return createReadStream("", { fd });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Error {
  const code = codeOf(error);
  if (code === "ENOENT") return new Error(`${path}: there is no such file`);
  return new Error(`${path}: ${code === "EISDIR" ? "is a directory" : `cannot be read (${code})`}`);
}

/** Whether the bytes begin as text in UTF-16 does. */
export function isUtf16(bytes: Uint8Array): boolean {
  return encodingOf(bytes) !== "utf-8";
}

/** The same text in UTF-8 without a byte order mark. */
export async function* utf8Of(input: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  let first = Buffer.alloc(0);
  let decoder: TextDecoder | undefined;
  let isKnown = false;
  for await (const chunk of input) {
    let bytes = Buffer.from(chunk);
    if (!isKnown) {
      first = Buffer.concat([first, bytes]);
      if (first.length < 3) continue;
      isKnown = true;
      if (isUtf16(first)) decoder = new TextDecoder(encodingOf(first));
      bytes = decoder === undefined ? withoutMark(first) : first;
    }
    yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
  }
  if (!isKnown) yield first;
}

/** UTF-8 without its byte order mark. */
function withoutMark(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/**
 * JSON.parse with another Error: it tells the place of the fault, and quotes nothing, because there may be a secret.
 */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(text.trim() === "" ? "is empty" : `is not JSON${placeOfFault(text)}`);
  }
}

/** The JSON of a file. Throws an Error that names the file, and is otherwise that of readJson. */
export function readJsonFile(path: string): unknown {
  const text = readTextFile(path);
  try {
    return readJson(text);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

/** ": it ends too early", " at line 2, column 7"; "" for a place that is not found. */
function placeOfFault(text: string): string {
  try {
    parse(text, { mode: "json" });
    return ""; // a line end in a string
  } catch (error) {
    const { line, column, message } = error as Error & { line: number; column: number };
    if (/^Unexpected end/.test(message)) return ": it ends too early";
    return /\n./.test(text) ? ` at line ${line}, column ${column}` : ` at column ${column}`;
  }
}
