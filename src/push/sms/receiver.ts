/** From the TPDU to the whole push PDU: §7.1 over SMS. Where the device has CDMA instead, see cdma.ts. */

import { crc32 } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import { OK, SMS_DUPLICATE, SMS_PORT_MISSING, SMS_PORT_OTHER, type Status, TPDU_TYPE } from "../../status.ts";
import { PUSH_PORT, TPDU_DELIVER } from "../../wire.ts";
import { createReassembly, type PartSets, type ReassemblyOptions } from "./reassembly.ts";
import { newTpdu, readTpdu } from "./tpdu.ts";

/** Octets that one part can have next to a UDH with 16-bit ports and a concatenation. */
const GSM_PART_BYTES = 128;

export interface SmsReceiverOptions extends ReassemblyOptions {
  /** Short messages remembered, so that one the network or the modem repeats counts once; 0 = none; 16. */
  repeats?: number;
  /** Reads SMS-SUBMIT too, for tools; on a device it is the board's own sent message, and none of ours. */
  isSubmitRead?: boolean;
}

export interface SmsReceiver {
  /** The whole push PDU after OK: `bytes[from..to)`, in the caller's input when it came in one part; good until the next call. */
  bytes: Uint8Array;
  from: number;
  to: number;
  /**
   * After OK: null for a message in one part. Otherwise the sets of parts that may be the message, of which `bytes` has the
   * first; one of `take` and `refuse` has to follow.
   */
  sets: PartSets | null;
  /** Offset of the first byte that is wrong, after a 0x1_ status. */
  at: number;
  /** 32 bits that tell the originator from others, when the TPDU could be read. */
  origin: number;
  /**
   * Takes one TPDU without the SMSC part. Returns OK, MORE while parts are missing, or a 0x1_ status (isOthers tells
   * whether the message is none of ours). Allocates a view for each part that is kept or put together.
   */
  receive(bytes: Uint8Array, from: number, to: number): Status;
  /** Has the last TPDU judged anew when it comes again: what it was refused for may be over. */
  forget(): void;
  /** Drops parts that are too old; `receive` does so too. */
  expire(): void;
  /** Parts held now. */
  held(): number;
}

/** Allocates what createReassembly does, and 4 bytes for each of `repeats`. */
export function createSmsReceiver(clock: Clock, options: SmsReceiverOptions): SmsReceiver {
  const reassembly = createReassembly(clock, GSM_PART_BYTES, options);
  /** Of the last messages, 32 bits each: chance finds two equal once in 2^32 / size, and the sender sends again. */
  const marks = new Int32Array(or(options.repeats, 16));
  /** How many there have been; the next one's place is that modulo their number. */
  let count = 0;
  const t = newTpdu();

  function receive(bytes: Uint8Array, from: number, to: number): Status {
    result.sets = null;
    let status = readTpdu(bytes, from, to, t);
    result.at = t.at;
    if (status !== OK) return status;
    result.origin = crc32(0, bytes, t.addressAt, t.addressTo);
    if (t.type !== TPDU_DELIVER && options.isSubmitRead !== true) return TPDU_TYPE;
    if (t.destinationPort < 0) return SMS_PORT_MISSING;
    if (t.destinationPort !== PUSH_PORT) return SMS_PORT_OTHER;
    if (isRepeated(bytes)) return SMS_DUPLICATE;
    if (t.total === 1) {
      result.bytes = bytes;
      result.from = t.dataAt;
      result.to = t.dataTo;
      return OK;
    }
    status = reassembly.add(bytes, t.addressAt, t.addressTo, t, bytes, t.dataAt, t.dataTo);
    if (status === OK) {
      result.sets = reassembly;
      result.bytes = reassembly.bytes;
      result.from = 0;
      result.to = reassembly.size;
    }
    return status;
  }

  /**
   * Whether the message was among the last ones; if not, it is from now on. Networks repeat one whose acknowledgement was
   * lost, modems one that was not deleted; TP-SCTS is in it: the same message sent again on purpose has another one.
   */
  function isRepeated(bytes: Uint8Array): boolean {
    const mark = crc32(0, bytes, t.addressAt, t.dataTo) | 0;
    for (let i = 0; i < marks.length && i < count; i++) if (marks[i] === mark) return true;
    if (marks.length > 0) marks[count++ % marks.length] = mark;
    return false;
  }

  function forget(): void {
    if (count > 0) marks[(count - 1) % marks.length] ^= 1;
  }

  const result: SmsReceiver = {
    bytes: reassembly.bytes,
    from: 0,
    to: 0,
    sets: null,
    at: 0,
    origin: 0,
    receive,
    forget,
    expire: reassembly.expire,
    held: reassembly.held,
  };
  return result;
}
