/** Splits text into lines, and keeps no more than a bounded length of any. */
import { utf8Of } from "./texts.ts";

/** The longest line in bytes: eight times the hex of the largest message. */
export const LINE_BYTES_MAX = 2 ** 20;

/** Replaces a line of more than `bytesMax` bytes. */
export const LINE_LONG = Symbol("LINE_LONG");

/**
 * Yields the lines of `input`, UTF-8 or UTF-16 with a byte order mark, without LF or CR LF. Yields LINE_LONG for a line that is too long, and keeps nothing of it.
 * The last line needs no line end. Reads only as fast as the lines are taken.
 */
export async function* linesOf(
  input: AsyncIterable<Buffer | string>,
  bytesMax = LINE_BYTES_MAX,
): AsyncGenerator<string | typeof LINE_LONG> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const bytes of utf8Of(input)) {
    let from = 0;
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, from)) {
      add(bytes.subarray(from, at));
      yield line();
      from = at + 1;
    }
    add(bytes.subarray(from));
  }
  if (size > 0) yield line();

  function add(piece: Buffer): void {
    size += piece.length;
    if (size > bytesMax) pieces = [];
    else if (piece.length > 0) pieces.push(piece);
  }

  function line(): string | typeof LINE_LONG {
    const isLong = size > bytesMax;
    const text = Buffer.concat(pieces).toString().replace(/\r$/, "");
    pieces = [];
    size = 0;
    return isLong ? LINE_LONG : text;
  }
}
