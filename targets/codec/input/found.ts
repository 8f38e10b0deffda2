/** A message that was found in a log, a dump or a capture. */
import type { Layer } from "../layer.ts";

/** A message that was found, or the reason why it cannot be read. */
export interface Found {
  /** The bytes of the message; with a status, the part of them that could be read. */
  bytes: Uint8Array;
  /** The form in which it was written, such as "xxd dump"; "hex" for plain hex. */
  form: string;
  /** The layer at which the message begins, if its form tells it. */
  as?: Layer;
  /** The number of its first line, from 1. */
  line: number;
  /** The number of the status for which it cannot be read. */
  status?: number;
  at?: number;
}
