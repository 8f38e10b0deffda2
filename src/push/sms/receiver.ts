/** From the TPDU to the whole push PDU (§7.1 over SMS). cdma.ts does the same for CDMA. */

import { checkOf } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  OK,
  SMS_DUPLICATE,
  SMS_MESSAGE_LONG,
  SMS_MESSAGE_OTHER,
  SMS_PORT_MISSING,
  SMS_PORT_OTHER,
  type Status,
  TPDU_TYPE,
} from "../../status.ts";
import { PUSH_PORT, TPDU_DELIVER } from "../../wire.ts";
import { newPush, readPush } from "../wsp.ts";
import { createMarks } from "./marks.ts";
import { createReassembly, type PartSets, type ReassemblyOptions } from "./reassembly.ts";
import { isOthers, isSettled, newTpdu, readTpdu } from "./tpdu.ts";

const STAMP_BYTES = 7;
/** The octets of a part beside a UDH with 16-bit ports and a concatenation. */
const GSM_PART_BYTES = 128;

/** The options of a receiver of short messages. Defaults are at the end of each comment. */
export interface SmsReceiverOptions extends ReassemblyOptions {
  /** Short messages remembered, so that a message counts once when the network or the modem repeats it; 0 = none. 16. */
  repeats?: number;
  /** Reads SMS-SUBMIT too, for tools. On a device an SMS-SUBMIT is a message that the board has sent. False. */
  isSubmitRead?: boolean;
}

/** Joins short messages into push PDUs. */
export interface SmsReceiver {
  /**
   * After OK, the whole push PDU: `bytes[from..to)`. It is in the caller's input when it came in one part. Valid until the
   * next call.
   */
  bytes: Uint8Array;
  from: number;
  to: number;
  /** After OK, the sets of parts that may be the message; `bytes` has the first. null for a message in one part. */
  sets: PartSets | null;
  /** After a 0x1_ status, the offset of the first byte that is wrong. */
  at: number;
  /** 32 bits that distinguish originators, if the TPDU could be read. */
  origin: number;
  /**
   * Takes one TPDU without the SMSC part. Returns OK, MORE while parts are missing, STORE_WRITE when a part could not be
   * saved, or a 0x1_ or 0x2_ status (isOthers tells whether the message is for another application). Allocates a view for
   * each part that is kept or joined.
   */
  receive(bytes: Uint8Array, from: number, to: number): Status;
  /**
   * Must be called after OK, with the verdict. `isMessage` says whether the set that was joined last is a message; `next` is
   * that of PartSets.refuse. When the verdict is settled (isSettled), the last TPDU and the parts that were joined with it
   * are SMS_DUPLICATE if they come again; otherwise they are judged again.
   */
  judged(status: Status, isMessage: boolean, next: number): void;
  /** Drops parts that are too old; `receive` does so too. */
  expire(): void;
  /** Parts held now. */
  held(): number;
}

/** Allocates what createReassembly does, and later 4 to 8 bytes for each of `repeats`. */
export function createSmsReceiver(clock: Clock, options: SmsReceiverOptions): SmsReceiver {
  const marks = createMarks(or(options.repeats, 16));
  /** The mark of the last message in one part. */
  let mark = 0;
  const t = newTpdu();
  const push = newPush();

  const reassembly = createReassembly(clock, GSM_PART_BYTES, options, marks);

  function receive(bytes: Uint8Array, from: number, to: number): Status {
    result.sets = null;
    let status = readTpdu(bytes, from, to, t);
    result.at = t.at;
    if (status === OK && t.type !== TPDU_DELIVER && options.isSubmitRead !== true) return TPDU_TYPE;
    // first decide whether the message is ours, then whether it is faulty
    if (isOthers(status)) return status;
    if (t.destinationPort < 0) return SMS_PORT_MISSING;
    if (t.destinationPort !== PUSH_PORT) return SMS_PORT_OTHER;
    if (status === OK) {
      result.origin = checkOf(0, bytes, t.addressAt, t.addressTo);
      if (t.total === 1) {
        mark = checkOf(0, bytes, t.addressAt, t.dataTo);
        if (marks.has(mark)) return SMS_DUPLICATE;
        result.bytes = bytes;
        result.from = t.dataAt;
        result.to = t.dataTo;
        return OK;
      }
    }
    // of a message that cannot be joined or is faulty, the first part may show that it is for another application
    const pushStatus = t.sequence > 1 ? OK : readPush(bytes, t.dataAt, Math.min(t.dataTo, to), push, to);
    const isForeign = isOthers(pushStatus);
    if (status === OK) {
      const stamp = checkOf(0, bytes, t.timestampAt, t.timestampAt + STAMP_BYTES);
      status = reassembly.add(bytes, t.addressAt, t.addressTo, t, bytes, t.dataAt, t.dataTo, stamp, isForeign);
      if (status === OK) {
        result.sets = reassembly.sets;
        result.bytes = reassembly.sets.bytes;
        result.from = 0;
        result.to = reassembly.sets.size;
      }
      if (status !== SMS_MESSAGE_LONG) return status;
      if (t.sequence > 1) return SMS_MESSAGE_OTHER;
    }
    return isForeign ? pushStatus : status;
  }

  function judged(status: Status, isMessage: boolean, next: number): void {
    const isDone = isSettled(status);
    const sets = result.sets;
    if (sets === null) {
      if (isDone) marks.add(mark);
    } else if (isMessage && isDone) sets.take();
    else sets.refuse(next, isDone);
  }

  const result: SmsReceiver = {
    bytes: reassembly.sets.bytes,
    from: 0,
    to: 0,
    sets: null,
    at: 0,
    origin: 0,
    receive,
    judged,
    expire: reassembly.expire,
    held: reassembly.held,
  };
  return result;
}
