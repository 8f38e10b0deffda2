/** A push PDU in the forms in which a server hands short messages to a gateway, an SMSC or a modem (formats: Kannel, SMPP 3.4, TS 27.005). */
import * as pkg0 from "../../src/index.ts";
import { bytesOfHex, hexOf } from "./hex.ts";

/** One short message of a push: its UDH, with the length octet, and its data, as hex. */
export interface SmsPart {
  udh: string;
  data: string;
}

/** How parts are told apart. */
export interface SmsOptions {
  /** The number that all parts of a message share: 0 to 255, or to 65535 with `isWide`. By default 0. Each message to one destination needs a new one. */
  reference?: number;
  /** A reference of 16 bits; 127 octets a part rather than 128. */
  isWide?: boolean;
}

/** The short messages that a push PDU takes: 133 octets in one, or 128 in each of up to 255. Throws a RangeError. */
export function smsParts(push: Uint8Array, options: SmsOptions = {}): SmsPart[] {
  return userData(push, options).map(({ bytes, dataAt }) => ({
    udh: hexOf(bytes.subarray(0, dataAt)),
    data: hexOf(bytes.subarray(dataAt)),
  }));
}

/** The parameters of Kannel's sendsms (and of other HTTP gateways that took them over), ready for a URL. */
export function kannelForm(part: SmsPart): string {
  return `udh=${percent(part.udh)}&coding=1&text=${percent(part.data)}`;
}

/** The fields of an SMPP submit_sm that differ from a text's: esm_class with UDHI, 8-bit data, UDH and data in one (§5.2.12). */
export function smppForm(part: SmsPart): { esm_class: number; data_coding: number; short_message: string } {
  return { esm_class: 0x40, data_coding: 0x04, short_message: part.udh + part.data };
}

/** The TLVs of an SMPP submit_sm with the whole push: the SMSC makes UDH and parts (§5.3.2). */
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

/** The values that AT+CMGS takes: the length to announce, and the PDU (empty SMSC part, SMS-SUBMIT). Throws a RangeError for a bad number. */
export function atForm(number: string, part: SmsPart, dcs: number = pkg0.DCS_DATA): { length: number; pdu: string } {
  const tpdu = submitTpdu(number, bytesOfHex(part.udh + part.data) as Uint8Array, dcs);
  return { length: tpdu.length, pdu: `00${hexOf(tpdu).toUpperCase()}` };
}

/** The SMS-SUBMITs of a push PDU, without the SMSC part: what AtSender.send takes. Throws a RangeError. */
export function submitTpdus(number: string, push: Uint8Array, options: SmsOptions = {}): Uint8Array[] {
  return userData(push, options).map(({ bytes }) => submitTpdu(number, bytes, pkg0.DCS_DATA));
}

/** Sends SMS-SUBMITs one after the other; resolves when all have gone out, rejects with the name of the status that stopped it. */
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
    if (end < 0) throw new RangeError(`${push.length} bytes, reference ${options.reference}: not to be sent by SMS`);
    parts.push({ bytes: out.slice(0, end), dataAt: out[0]! + 1 });
  }
  return parts;
}

function submitTpdu(number: string, data: Uint8Array, dcs: number): Uint8Array {
  const out = new Uint8Array(pkg0.SUBMIT_BYTES);
  const end = pkg0.writeSubmit(number, dcs, data, 0, data.length, out, 0);
  if (end < 0) throw new RangeError(`${number}: has to be 1 to 20 digits, + before an international number`);
  return out.slice(0, end);
}

function percent(hexText: string): string {
  return hexText.replace(/../g, "%$&").toUpperCase();
}
