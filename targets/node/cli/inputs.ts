/** The messages of decode and explain: from arguments, a file or standard input, in any written form. */
import { INPUT_LONG, NOT_HEX } from "../../../src/index.ts";
import { createLineReader, type Found, findInCapture, LAYERS } from "../../codec/index.ts";
import { LINE_LONG, linesOf } from "../lines.ts";
import { isUtf16, openFile } from "../texts.ts";
import { type Options, UsageError } from "./command.ts";
import { drained } from "./output.ts";

/** A capture may have at most this many bytes. */
const CAPTURE_MAX = 256 * 1024 * 1024;

export const INPUT_OPTIONS = {
  in: { kind: "text", value: "FILE", about: "read messages from FILE, text or binary" },
  as: { kind: "choice", words: LAYERS, default: "auto", about: "the layer at which messages start" },
} as const satisfies Options;

export const INPUT_NOTE =
  "Messages are hex with or without blanks, colons, 0x or \\x, one a line or wrapped as by xxd -p; dumps of xxd, hexdump, od, tcpdump -x and Wireshark; base64; arrays and strings of C, Node and Python; lines of a log; what encode prints in any form; binary; pcap and pcapng (UDP 2948, SIP, HTTP, OBEX). Without any they are read from standard input.";

/** Whether the messages come on standard input. */
export function isInputTaken(file: string | undefined, positionals: readonly string[]): boolean {
  return file === undefined && positionals.length === 0;
}

/** Calls `take` with each message and its place. Resolves to true when `take` returned true for all. */
export async function forEachFound(
  positionals: readonly string[],
  file: string | undefined,
  take: (found: Found, place: string) => boolean,
): Promise<boolean> {
  let isGood = true;
  if (positionals.length > 0 && file !== undefined) throw new UsageError("either --in FILE or messages");
  argumentsOf(positionals).forEach((text, i) => {
    const lines = createLineReader();
    const found = [...text.split("\n").flatMap(line => lines.add(line)), ...lines.end()];
    if (found.length === 0) found.push({ bytes: new Uint8Array(0), form: "", line: 1, status: NOT_HEX, at: 0 });
    for (const one of found) if (!take(one, `argument ${i + 1}`)) isGood = false;
  });
  if (positionals.length > 0) return isGood;
  const stream = file === undefined ? process.stdin : openFile(file);
  for await (const found of foundIn(stream)) {
    if (!take(found, `${found.form.startsWith("capture") ? "frame" : "line"} ${found.line}`)) isGood = false;
    await drained();
  }
  return isGood;
}

/** The arguments; one alone where they are the bytes of one message, because a dump was pasted without quotes. */
function argumentsOf(positionals: readonly string[]): readonly string[] {
  const isPasted = positionals.length > 1 && positionals.every(text => /^(?:0x)?[0-9a-f]{2,8},?$/i.test(text));
  return isPasted ? [positionals.join(" ")] : positionals;
}

async function* foundIn(stream: AsyncIterable<Buffer | string>): AsyncGenerator<Found> {
  const chunks = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const all = chain(first.value, chunks);
  const start = Buffer.from(first.value);
  if (isBinary(start) && !isUtf16(start)) return yield* foundInBinary(await readAll(all));
  const lines = createLineReader();
  for await (const line of linesOf(all)) yield* line === LINE_LONG ? lines.addLong() : lines.add(line);
  yield* lines.end();
}

async function* chain<T>(first: T, others: AsyncIterator<T>): AsyncGenerator<T> {
  yield first;
  for (let next = await others.next(); next.done !== true; next = await others.next()) yield next.value;
}

/** All bytes of the stream; null when they are more than a capture may have. */
async function readAll(chunks: AsyncIterable<Buffer | string>): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    pieces.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > CAPTURE_MAX) return null;
  }
  return Buffer.concat(pieces);
}

function foundInBinary(bytes: Buffer | null): Found[] {
  if (bytes === null) {
    return [{ bytes: new Uint8Array(0), form: "", line: 1, status: INPUT_LONG, at: CAPTURE_MAX }];
  }
  return findInCapture(bytes) ?? [{ bytes: Uint8Array.from(bytes), form: "binary", line: 1 }];
}

/** Control characters of texts: tab, LF, FF, CR, the Ctrl-Z with which a modem's PDU ends, ESC. */
const CONTROLS = [0x09, 0x0a, 0x0c, 0x0d, 0x1a, 0x1b];

/** Whether bytes are not text: they contain other control characters. */
function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, 4096).some(byte => byte < 0x20 && !CONTROLS.includes(byte));
}
