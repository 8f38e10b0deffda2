/** Lines of text, of bounded length, however long those are that come. */
/** Bytes of a line: the hex of the largest message has an eighth of that. */
export const LINE_BYTES_MAX = 2 ** 20;

/** The value that stands for a line of more than `bytesMax`. */
export const LINE_LONG = Symbol("LINE_LONG");

/**
 * The lines of `input`, without LF or CR LF; LINE_LONG in place of one that is too long, of which nothing is kept. The last
 * one needs no line end. Reads no faster than it is read.
 */
export async function* linesOf(
  input: AsyncIterable<Buffer | string>,
  bytesMax = LINE_BYTES_MAX,
): AsyncGenerator<string | typeof LINE_LONG> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
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
