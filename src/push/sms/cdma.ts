/** WDP over CDMA SMS (WAP-159 and TIA-637's WAP teleservice): from the user data of the bearer messages to the whole push PDU. */
import { isSpanIn } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { OK, SMS_PORT_OTHER, WDP_HEADER, WDP_SHORT } from "../../status.ts";
import { PUSH_PORT } from "../../wire.ts";
import { createMarks } from "./marks.ts";
import { createReassembly, type PartSets, type ReassemblyOptions } from "./reassembly.ts";
import { clearUdh, type Udh } from "./udh.ts";

/** The octets of user data that one segment can have. */
export const WDP_PART_BYTES = 137;

/** One segment of a WDP datagram over CDMA; spans of the input. */
export interface Wdp extends Udh {
  /** The offset of the first byte that is wrong. */
  at: number;
  dataAt: number;
}

/** A Wdp for readWdp to fill, as often as the caller likes. Allocates it. */
export function newWdp(): Wdp {
  return { at: 0, dataAt: 0, destinationPort: -1, reference: 0, isWide: false, total: 1, sequence: 1 };
}

/**
 * Reads one segment `bytes[from..to)` into `w`. Only segment 0, which is `sequence` 1 here, has ports. Returns OK; or
 * WDP_SHORT or WDP_HEADER with the offset of the fault in `w.at`. Allocates nothing.
 */
export function readWdp(bytes: Uint8Array, from: number, to: number, w: Wdp): number {
  //  type:8 = 0 | total:8 | segment:8 | source:16 destination:16   data
  clearUdh(w);
  w.at = to;
  if (to - from < 3 || !isSpanIn(bytes, from, to)) return WDP_SHORT;
  w.at = from;
  const total = bytes[from + 1];
  const segment = bytes[from + 2];
  if (bytes[from] !== 0 || segment >= total) return WDP_HEADER;
  w.total = total;
  w.sequence = segment + 1;
  w.dataAt = from + 3;
  w.at = to;
  if (segment > 0) return OK;
  if (to - from < 7) return WDP_SHORT;
  w.destinationPort = (bytes[from + 5] << 8) | bytes[from + 6];
  w.dataAt = from + 7;
  // some carriers repeat the ports before a DM push, and no DM push begins with these bytes: its Content-Type would be 0x84
  if (to - from >= 11) {
    let isDoubled = true;
    for (let i = 3; i < 7; i++) if (bytes[from + i] !== bytes[from + i + 4]) isDoubled = false;
    if (isDoubled) w.dataAt += 4;
  }
  return OK;
}

/** Joins the segments of CDMA WDP into push PDUs. */
export interface WdpReceiver {
  /** After OK, the whole push PDU: `bytes[from..to)`, valid until the next call. */
  bytes: Uint8Array;
  from: number;
  to: number;
  /** As in SmsReceiver. */
  sets: PartSets | null;
  wdp: Wdp;
  /**
   * Takes the user data of one bearer message. `sender` is its originating address in any form; `reference` is its Message
   * Identifier (16 bits), which all segments of a datagram share. Returns OK, MORE or a 0x1_ status.
   */
  receive(sender: Uint8Array, reference: number, bytes: Uint8Array, from: number, to: number): number;
}

/**
 * Allocates what createReassembly does. A repeated message of one segment is not recognised here, because it equals one that
 * was sent twice on purpose.
 */
export function createWdpReceiver(clock: Clock, options: ReassemblyOptions): WdpReceiver {
  const reassembly = createReassembly(clock, WDP_PART_BYTES, options, createMarks(0));
  const w = newWdp();
  function receive(sender: Uint8Array, reference: number, bytes: Uint8Array, from: number, to: number): number {
    result.sets = null;
    let status = readWdp(bytes, from, to, w);
    if (status !== OK) return status;
    if (w.sequence === 1 && w.destinationPort !== PUSH_PORT) return SMS_PORT_OTHER;
    w.reference = reference;
    w.isWide = true;
    if (w.total === 1) {
      result.bytes = bytes;
      result.from = w.dataAt;
      result.to = to;
      return OK;
    }
    status = reassembly.add(sender, 0, sender.length, w, bytes, w.dataAt, to, 0, false);
    if (status === OK) {
      result.sets = reassembly.sets;
      result.bytes = reassembly.sets.bytes;
      result.from = 0;
      result.to = reassembly.sets.size;
    }
    return status;
  }

  const result: WdpReceiver = { bytes: reassembly.sets.bytes, from: 0, to: 0, sets: null, wdp: w, receive };
  return result;
}
