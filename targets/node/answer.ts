/** Reads the answer of a peer up to a bounded length, however much the peer sends. */
import type { IncomingMessage } from "node:http";

/** Bytes that a peer may answer in all. */
export const ANSWER_MAX = 65_536;

/** All that comes, undefined when that is more than ANSWER_MAX. */
export async function readBounded(response: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response) {
    size += piece.length;
    if (size > ANSWER_MAX) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
