/** Reads SMS-DELIVER and SMS-SUBMIT (3GPP TS 23.040 §9.2.2.1 and §9.2.2.2). submit.ts writes an SMS-SUBMIT. */
import {
  isPassing,
  MORE,
  OK,
  SMS_MESSAGE_OTHER,
  SMS_OFF,
  SMS_PORT_MISSING,
  SMS_PORT_OTHER,
  type Status,
  TPDU_ADDRESS,
  TPDU_DCS,
  TPDU_SHORT,
  TPDU_SMSC,
  TPDU_TYPE,
  TPDU_USER_DATA,
  WSP_APPLICATION_OTHER,
  WSP_CONTENT_TYPE_OTHER,
  WSP_PDU_TYPE,
} from "../../status.ts";
import { TPDU_DELIVER, TPDU_SUBMIT, USER_DATA_MAX } from "../../wire.ts";
import { endAt, type Place } from "../end-at.ts";
import { clearUdh, readUdh, type Udh } from "./udh.ts";

/** The fields of one TPDU. Offsets refer to the caller's input. After a failed read only `at` has a meaning. */
export interface Tpdu extends Udh, Place {
  /** TPDU_DELIVER or TPDU_SUBMIT. */
  type: number;
  /** The span of the originating address (in a SUBMIT, the destination), including its length octet and type. */
  addressAt: number;
  addressTo: number;
  dcs: number;
  /** The offset of TP-SCTS (7 octets); in a SUBMIT that of the validity period, or of the next field without one. */
  timestampAt: number;
  /** The span of the user data after the UDH. */
  dataAt: number;
  dataTo: number;
}

/** A Tpdu for readTpdu to fill, as often as the caller likes. Allocates it. */
export function newTpdu(): Tpdu {
  return {} as Tpdu;
}

/**
 * Reads the TPDU `bytes[from..to)`, without the SMSC part, into `t`. Octets after the user data are ignored. Returns OK; or
 * TPDU_SHORT, TPDU_TYPE, TPDU_ADDRESS, TPDU_DCS or TPDU_USER_DATA with the offset of the fault in `t.at`.
 * `t.destinationPort` is read even from a faulty TPDU if its octets are there, to tell which application it is for.
 * Allocates nothing.
 */
export function readTpdu(bytes: Uint8Array, from: number, to: number, t: Tpdu): number {
  //  RP:1 UDHI:1 SRI|SRR:1 LP|VPF:2 MMS|RD:1.. MTI:2   (§9.2.2)
  clearUdh(t);
  t.at = to;
  if (to - from < 2) return TPDU_SHORT;
  const first = bytes[from];
  const mti = first & 3;
  const isSubmit = mti === TPDU_SUBMIT;
  t.type = isSubmit ? TPDU_SUBMIT : TPDU_DELIVER; // the reserved value 3 is read as a DELIVER (§9.2.3.1)
  t.addressAt = from + (isSubmit ? 2 : 1); // after TP-MR
  if (mti === 2) return endAt(t, from, TPDU_TYPE);
  if (t.addressAt >= to) return TPDU_SHORT;
  const digits = bytes[t.addressAt];
  t.addressTo = t.addressAt + 2 + ((digits + 1) >> 1);
  t.timestampAt = t.addressTo + 2;
  const udlAt = t.timestampAt + (isSubmit ? VALIDITY_BYTES[(first >> 3) & 3] : 7);
  const isAddressLong = digits > 20;
  if (udlAt >= to) return isAddressLong ? endAt(t, t.addressAt, TPDU_ADDRESS) : TPDU_SHORT;
  t.dcs = bytes[t.addressTo + 1];
  const length = bytes[udlAt];
  t.dataAt = udlAt + 1;
  t.dataTo = t.dataAt + length;
  const dataTo = Math.min(t.dataTo, to);
  if ((first & 0x40) !== 0) t.dataAt = readUdh(bytes, t.dataAt, dataTo, t);
  if (isAddressLong) return endAt(t, t.addressAt, TPDU_ADDRESS);
  if (!isEightBit(t.dcs)) return endAt(t, t.addressTo + 1, TPDU_DCS);
  if (length > USER_DATA_MAX) return endAt(t, udlAt, TPDU_USER_DATA);
  return t.dataTo > to ? TPDU_SHORT : endAt(t, t.dataTo, OK);
}

/** The octets of the validity period by TP-VPF (§9.2.3.3): none, enhanced, relative, absolute. */
const VALIDITY_BYTES = [0, 7, 1, 7];

/** Whether TP-DCS means uncompressed 8-bit data (TS 23.038 §4), in the general groups and in group F. */
function isEightBit(dcs: number): boolean {
  return dcs < 0x80 ? (dcs & 0x2c) === 0x04 : (dcs & 0xf4) === 0xf4;
}

/** The offset after the SMSC part, with which a PDU from an AT modem begins; -TPDU_SMSC when that part runs over the end. */
export function skipSmsc(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to || bytes[from] >= to - from) return -TPDU_SMSC;
  return from + 1 + bytes[from];
}

/**
 * The offset at which the TPDU begins in `bytes[from..to)`, which may have an SMSC part: the offset from which the TPDU ends
 * exactly with its user data, else one from which it can be read, else `from`. For tools. Overwrites `t`.
 */
export function locateTpdu(bytes: Uint8Array, from: number, to: number, t: Tpdu): number {
  const after = skipSmsc(bytes, from, to);
  if (after < 0 || after - from > 12) return from;
  if (readTpdu(bytes, after, to, t) === OK && t.dataTo === to) return after;
  if (readTpdu(bytes, from, to, t) === OK && t.dataTo === to) return from;
  // the type of an SMSC address has its high bit set; the length of an originating address has not
  return after === from + 1 || bytes[from + 1] >= 0x80 ? after : from;
}

/** Whether a status says that a message is for another application, so that it should stay in the modem. */
export function isOthers(status: number): boolean {
  return OTHERS.indexOf(status) >= 0;
}

const OTHERS = [
  TPDU_TYPE,
  TPDU_DCS,
  SMS_PORT_MISSING,
  SMS_PORT_OTHER,
  SMS_OFF,
  SMS_MESSAGE_OTHER,
  WSP_PDU_TYPE,
  WSP_CONTENT_TYPE_OTHER,
  WSP_APPLICATION_OTHER,
];

/**
 * Whether a status settles a message: the client is done with it, so that the modem may delete it. A message is not settled
 * when it is for another application, when parts of it are missing, or when it was refused for a temporary reason. Such a
 * message stays in the modem and must be delivered again.
 */
export function isSettled(status: Status): boolean {
  return status !== MORE && !isPassing(status) && !isOthers(status);
}
