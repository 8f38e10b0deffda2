/** Messages in what a person has: a log, a dump, a capture. */
import type { Layer } from "../layer.ts";

/** A message that was found, or what kept it from being read. */
export interface Found {
  /** The message; or, with a status, as much as there is to show. */
  bytes: Uint8Array;
  /** How it was written, such as "xxd dump"; "hex" for plain hex. */
  form: string;
  /** The layer at which its form says that it starts; absent where it says nothing. */
  as?: Layer;
  /** Its first line, from 1 on. */
  line: number;
  /** The status that kept it from being read, by its number, and the offset of the byte at fault. */
  status?: number;
  at?: number;
}
