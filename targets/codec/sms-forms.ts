/** Turns a push PDU into short messages for a gateway, an SMSC or a modem (Kannel, SMPP 3.4, TS 27.005). */
import * as pkg0 from "../../src/index.ts";
import { bytesOfHex, hexOf } from "./hex.ts";

/** One short message of a push: its UDH, including the length octet, and its data, in hex. */
export interface SmsPart {
  udh: string;
  data: string;
}

/** The options of the concatenation. */
export interface SmsOptions {
  /**
   * The number that all parts of a message share: 0 to 255, or to 65535 with `isWide`. By default 0. Each message to the
   * same destination needs a new reference.
   */
  reference?: number;
  /** The reference has 16 bits, and a part 127 octets instead of 128. */
  isWide?: boolean;
}

/**
 * Splits a push PDU into short messages: up to 133 octets in one, or 128 in each of up to 255. Throws a RangeError for a
 * longer push and for a reference out of its range.
 */
export function smsParts(push: Uint8Array, options: SmsOptions = {}): SmsPart[] {
  return userData(push, options).map(({ bytes, dataAt }) => ({
    udh: hexOf(bytes.subarray(0, dataAt)),
    data: hexOf(bytes.subarray(dataAt)),
  }));
}

/** The parameters of Kannel's sendsms (and of other HTTP gateways with the same parameters), ready for a URL. */
export function kannelForm(part: SmsPart): string {
  return `udh=${percent(part.udh)}&coding=1&text=${percent(part.data)}`;
}

/**
 * The fields of an SMPP submit_sm that differ from those of a text message: esm_class with UDHI, 8-bit data, and UDH and
 * data in short_message (§5.2.12).
 */
export function smppForm(part: SmsPart): { esm_class: number; data_coding: number; short_message: string } {
  return { esm_class: 0x40, data_coding: 0x04, short_message: part.udh + part.data };
}

/** The TLVs of an SMPP submit_sm that carries the whole push; the SMSC makes UDH and parts (§5.3.2). */
export function smppTlvForm(push: Uint8Array): {
  esm_class: number;
  data_coding: number;
  source_port: number;
  destination_port: number;
  message_payload: string;
} {
  return {
    esm_class: 0,
    data_coding: 0x04,
    source_port: pkg0.PUSH_SOURCE_PORT,
    destination_port: pkg0.PUSH_PORT,
    message_payload: hexOf(push),
  };
}

/**
 * The values for AT+CMGS: the length to announce, and the PDU (an empty SMSC part, then the SMS-SUBMIT). Throws a RangeError
 * for a malformed number, a `dcs` that is not 0 to 255, or a part that is too long.
 */
export function atForm(number: string, part: SmsPart, dcs: number = pkg0.DCS_DATA): { length: number; pdu: string } {
  const tpdu = submitTpdu(number, bytesOfHex(part.udh + part.data) as Uint8Array, dcs);
  return { length: tpdu.length, pdu: `00${hexOf(tpdu).toUpperCase()}` };
}

/**
 * The SMS-SUBMITs of a push PDU, without the SMSC part, for AtSender.send. Throws a RangeError for a malformed number or a
 * push that is too long.
 */
export function submitTpdus(number: string, push: Uint8Array, options: SmsOptions = {}): Uint8Array[] {
  return userData(push, options).map(({ bytes }) => submitTpdu(number, bytes, pkg0.DCS_DATA));
}

/**
 * Sends SMS-SUBMITs one after the other. Resolves when all have gone out; rejects with the name of the status of the first
 * failure.
 */
export async function sendTpdus(sending: pkg0.AtSender, tpdus: Uint8Array[]): Promise<void> {
  for (const tpdu of tpdus) {
    const status = await new Promise<number>(resolve => {
      const refused = sending.send(tpdu, 0, tpdu.length, resolve);
      if (refused !== pkg0.OK) resolve(refused);
    });
    if (status !== pkg0.OK) throw new Error(`${pkg0.statusName(status)}: ${pkg0.statusMeaning(status)}`);
  }
}

function userData(push: Uint8Array, options: SmsOptions): { bytes: Uint8Array; dataAt: number }[] {
  const isWide = options.isWide === true;
  const parts: { bytes: Uint8Array; dataAt: number }[] = [];
  const total = pkg0.countParts(push.length, isWide);
  for (let sequence = 1; sequence <= total; sequence++) {
    const out = new Uint8Array(pkg0.USER_DATA_MAX);
    const end = pkg0.writePart(push, 0, push.length, options.reference ?? 0, isWide, sequence, out, 0);
    if (end < 0) {
      const text = `must be 0 to ${isWide ? 65535 : 255}, and 255 short messages at most`;
      throw new RangeError(`reference ${options.reference}, ${push.length} bytes: ${text}`);
    }
    parts.push({ bytes: out.slice(0, end), dataAt: out[0]! + 1 });
  }
  return parts;
}

function submitTpdu(number: string, data: Uint8Array, dcs: number): Uint8Array {
  const out = new Uint8Array(pkg0.SUBMIT_BYTES);
  const end = pkg0.writeSubmit(number, dcs, data, 0, data.length, out, 0);
  if (end === -pkg0.FIELD_RANGE)
    throw new RangeError(`TP-DCS ${dcs}, ${data.length} octets: must be 0 to 255, and 140 at most`);
  if (end < 0) throw new RangeError(`${number}: must be 1 to 20 digits, + before an international number`);
  return out.slice(0, end);
}

function percent(hexText: string): string {
  return hexText.replace(/../g, "%$&").toUpperCase();
}
