/** Writes headers of OBEX packets (IrOBEX §2.1). Both sides use it. */
import { writeUint32 } from "../../bytes.ts";
import type { EndOrMinusStatus } from "../../status.ts";
import { writeText } from "../text.ts";

/** Every version of IrOBEX sends 1.0 as its version. */
const OBEX_VERSION = 0x10;

/** Writes a header of bytes: id:8 length:16 text. Returns the offset after it, or -FIELD_BUFFER. */
export function writeObexText(id: number, text: string, out: Uint8Array, at: number): EndOrMinusStatus {
  out[at] = id;
  out[at + 1] = (text.length + 3) >> 8;
  out[at + 2] = text.length + 3;
  return writeText(text, out, at + 3);
}

/** Writes a header of four bytes: id:8 number:32. Returns the offset after it. */
export function writeObexUint32(id: number, number: number, out: Uint8Array, at: number): number {
  out[at] = id;
  writeUint32(number, out, at + 1);
  return at + 5;
}

/** Writes the fields after opcode and length in CONNECT and its answer: version:8 flags:8 maximum packet:16 (§3.3.1). */
export function writeObexVersion(packetMax: number, out: Uint8Array, at: number): number {
  out[at] = OBEX_VERSION;
  out[at + 1] = 0;
  out[at + 2] = packetMax >> 8;
  out[at + 3] = packetMax;
  return at + 4;
}
