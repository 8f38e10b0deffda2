/** Sends SMS-SUBMITs by AT+CMGS, one at a time (3GPP TS 27.005 §4.3). */
import { CTRL_Z, DIGIT_0 } from "../../ascii.ts";
import type { Serial } from "../../hal.ts";
import { FIELD_RANGE, MODEM_BUSY, MODEM_CLOSED, MODEM_ERROR, OK } from "../../status.ts";
import { SUBMIT_BYTES } from "../sms/submit.ts";

/** Sends short messages through the modem of a driver. */
export interface AtSender {
  /**
   * Sends the SMS-SUBMIT `tpdu[from..to)`, without the SMSC part, through the modem that has this sender in its options. It
   * waits until the modem is set up. The bytes are lent until `done` is called, once, with OK, MODEM_ERROR, MODEM_ABSENT,
   * MODEM_CLOSED, or with MODEM_TIMEOUT or MODEM_RESET, after which the message may have gone out. Returns OK; or MODEM_BUSY,
   * MODEM_CLOSED or FIELD_RANGE, and then does not call `done`.
   */
  send(tpdu: Uint8Array, from: number, to: number, done: (status: number) => void): number;
  /** The octets of the TPDU that waits or is being sent; 0 = none. */
  size: number;
  /** Set by the modem: wakes it. Null while the modem is closed. */
  pump: (() => void) | null;
  /** Called by the modem after the prompt: writes an empty SMSC part and the TPDU in hex, then Ctrl-Z. */
  writeData(serial: Serial): void;
  /** Called by the modem at the end of its answer: like `end`. Without a prompt nothing has gone out. */
  answer(isOk: boolean): void;
  /** Called by the modem: forgets the TPDU, then calls `done`, which may send the next one. */
  end(status: number): void;
}

/** A sender for the option `sending` of createModem. Allocates once. */
export function createAtSender(): AtSender {
  let bytes: Uint8Array | null = null;
  let at = 0;
  let isWritten = false;
  let onDone: ((status: number) => void) | null = null;

  function send(tpdu: Uint8Array, from: number, to: number, done: (status: number) => void): number {
    if (s.pump === null) return MODEM_CLOSED;
    if (s.size > 0) return MODEM_BUSY;
    if (to <= from || to - from > SUBMIT_BYTES) return FIELD_RANGE;
    bytes = tpdu;
    at = from;
    s.size = to - from;
    isWritten = false;
    onDone = done;
    s.pump();
    return OK;
  }

  function writeData(serial: Serial): void {
    if (bytes === null) return;
    isWritten = true;
    const out = new Uint8Array(64);
    out[0] = DIGIT_0;
    out[1] = DIGIT_0;
    let count = 2;
    for (let i = at; i < at + s.size; i++) {
      out[count++] = HEX.charCodeAt(bytes[i] >> 4);
      out[count++] = HEX.charCodeAt(bytes[i] & 15);
      if (count < 62) continue;
      serial.write(out.subarray(0, count));
      count = 0;
    }
    out[count++] = CTRL_Z;
    serial.write(out.subarray(0, count));
  }

  function answer(isOk: boolean): void {
    end(isOk && isWritten ? OK : MODEM_ERROR);
  }

  function end(status: number): void {
    const done = onDone;
    bytes = null;
    onDone = null;
    s.size = 0;
    if (done !== null) done(status);
  }

  const s: AtSender = { send, size: 0, pump: null, writeData, answer, end };
  return s;
}

const HEX = "0123456789ABCDEF";
