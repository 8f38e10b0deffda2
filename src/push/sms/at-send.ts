/** One SMS-SUBMIT on its way through AT+CMGS: 3GPP TS 27.005 §4.3. */
import type { Serial } from "../../hal.ts";

export interface Sending {
  /** Octets of the TPDU that waits or is under way; 0 = none. */
  size: number;
  start(tpdu: Uint8Array, from: number, to: number, done: (status: number) => void): void;
  /** After the prompt: an empty SMSC part and the TPDU in hex, then Ctrl-Z. `out` has 64 bytes to use. */
  writeData(serial: Serial, out: Uint8Array): void;
  /** Forgets the TPDU, then tells its sender how it went, who may start the next. */
  end(status: number): void;
}

export function createSending(): Sending {
  let bytes: Uint8Array | null = null;
  let at = 0;
  let onDone: ((status: number) => void) | null = null;

  function start(tpdu: Uint8Array, from: number, to: number, done: (status: number) => void): void {
    bytes = tpdu;
    at = from;
    s.size = to - from;
    onDone = done;
  }

  function writeData(serial: Serial, out: Uint8Array): void {
    if (bytes === null) return;
    out[0] = 0x30;
    out[1] = 0x30;
    let count = 2;
    for (let i = at; i < at + s.size; i++) {
      out[count++] = HEX.charCodeAt(bytes[i] >> 4);
      out[count++] = HEX.charCodeAt(bytes[i] & 15);
      if (count < 62) continue;
      serial.write(out.subarray(0, count));
      count = 0;
    }
    out[count++] = 0x1a;
    serial.write(out.subarray(0, count));
  }

  function end(status: number): void {
    const done = onDone;
    bytes = null;
    onDone = null;
    s.size = 0;
    if (done !== null) done(status);
  }

  const s: Sending = { size: 0, start, writeData, end };
  return s;
}

const HEX = "0123456789ABCDEF";
