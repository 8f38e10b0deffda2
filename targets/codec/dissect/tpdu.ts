/** Dissects an SMS TPDU (3GPP TS 23.040 §9.2.2) and the SMSC part before it (TS 27.005 §3.1). */
import { DCS_DATA, PUSH_PORT } from "../../../src/index.ts";
import { hexOf } from "../hex.ts";
import { readTimestamp } from "../layer.ts";
import { readAddress, septetsText } from "../tpdus.ts";
import { type BitField, type Field, type FieldList, fieldOf, listFields } from "./field.ts";

const SUBMIT = 1;
const REPORT = 2;
const TYPES = ["SMS-DELIVER", "SMS-SUBMIT", "SMS-STATUS-REPORT (or SMS-COMMAND)", "reserved, read as SMS-DELIVER"];
const VALIDITY_FORMATS = ["no TP-VP", "enhanced", "relative", "absolute"];
const VALIDITY_BYTES = [0, 7, 1, 7];

/** The fields of a TPDU, and its user data. */
export interface DissectedTpdu {
  fields: Field[];
  /** The field of the user data; the caller puts the fields of the push into it. */
  userData: Field | null;
  /** The offset at which the user data begins after its UDH. */
  dataAt: number;
}

/** `from` is the offset at which the TPDU begins, after the SMSC part. */
export function dissectTpdu(bytes: Uint8Array, from: number): DissectedTpdu {
  const list = listFields(bytes, 0, bytes.length, "tpdu");
  if (from > 0) {
    const value = from === 1 ? "" : smscText(bytes, from);
    list.add(from, "SMSC address", "TS 27.005 §3.1", { value, meaning: from === 1 ? "the one of the SIM" : "" });
  }
  const first = bytes[from] ?? 0;
  const type = first & 3;
  const flags = (first & 0x40) !== 0 ? ", with a UDH" : "";
  const said = { value: first, meaning: TYPES[type] + flags, fields: firstOctet(bytes, from) };
  const isReached =
    list.add(1, "first octet", "TS 23.040 §9.2.3.1", said) &&
    (type === SUBMIT || type === REPORT ? addReference(list, bytes) : true) &&
    addAddress(list, bytes, ["TP-OA", "TP-DA", "TP-RA", "TP-OA"][type]!) &&
    (type === REPORT ? false : addPidAndDcs(list, bytes)) &&
    (type === SUBMIT ? addValidity(list, bytes, (first >> 3) & 3) : addTimestamp(list, bytes, "TP-SCTS"));
  if (isReached && list.at < bytes.length) return addUserData(list, bytes, (first & 0x40) !== 0);
  if (type === REPORT && list.at < bytes.length) {
    const isTimed = addTimestamp(list, bytes, "TP-SCTS") && addTimestamp(list, bytes, "TP-DT");
    if (isTimed) list.add(1, "TP-ST", "TS 23.040 §9.2.3.15", { value: bytes[list.at] ?? 0 });
  }
  list.rest("not read", "");
  return { fields: list.fields, userData: null, dataAt: bytes.length };
}

//  RP:1 UDHI:1 SRI|SRR:1 LP|VPF:2 MMS|RD:1 MTI:2
function firstOctet(bytes: Uint8Array, at: number): Field[] {
  const list = listFields(bytes, at, at + 1, "tpdu");
  const flag = (name: string, section: string): BitField => ({ width: 1, name, section: `TS 23.040 ${section}` });
  const isSubmit = (bytes[at]! & 3) === SUBMIT;
  const middle: BitField[] = isSubmit
    ? [
        {
          width: 2,
          name: "TP-VPF",
          section: "TS 23.040 §9.2.3.3",
          say: value => ({ value, meaning: VALIDITY_FORMATS[value]! }),
        },
        flag("TP-RD", "§9.2.3.25"),
      ]
    : [flag("unused", "§9.2.2.1"), flag("TP-LP", "§9.2.3.28"), flag("TP-MMS", "§9.2.3.2")];
  list.bits(1, [
    flag("TP-RP", "§9.2.3.17"),
    flag("TP-UDHI", "§9.2.3.23"),
    flag(isSubmit ? "TP-SRR" : "TP-SRI", isSubmit ? "§9.2.3.5" : "§9.2.3.4"),
    ...middle,
    {
      width: 2,
      name: "TP-MTI",
      section: "TS 23.040 §9.2.3.1",
      say: value => ({ value, meaning: TYPES[value]! }),
    },
  ]);
  return list.fields;
}

function addReference(list: FieldList, bytes: Uint8Array): boolean {
  return list.add(1, "TP-MR", "TS 23.040 §9.2.3.6", { value: bytes[list.at] ?? 0, meaning: "reference" });
}

function addAddress(list: FieldList, bytes: Uint8Array, name: string): boolean {
  const at = list.at;
  const digits = bytes[at];
  if (digits === undefined) return false;
  const length = 2 + ((digits + 1) >> 1);
  const section = "TS 23.040 §9.1.2.5";
  if (digits > 20)
    return list.add(1, `${name} length`, section, { value: digits, meaning: "at most 20 digits" }) && false;
  if (at + length > bytes.length) return list.add(length, name, section);
  const parts = listFields(bytes, at, at + length, "tpdu");
  parts.add(1, `${name} length`, section, { value: digits, meaning: "digits" });
  parts.add(1, `${name} type`, section, { value: bytes[at + 1]!, meaning: typeOfNumber(bytes[at + 1]!) });
  if (length > 2)
    parts.add(length - 2, `${name} digits`, section, { value: hexOf(bytes.subarray(at + 2, at + length)) });
  return list.add(length, name, section, { value: readAddress(bytes, at), fields: parts.fields });
}

function typeOfNumber(type: number): string {
  const kinds = ["unknown", "international", "national", "of the network", "subscriber", "a name", "abbreviated", ""];
  return kinds[(type >> 4) & 7]!;
}

function addPidAndDcs(list: FieldList, bytes: Uint8Array): boolean {
  if (!list.add(1, "TP-PID", "TS 23.040 §9.2.3.9", { value: bytes[list.at] ?? 0 })) return false;
  const dcs = bytes[list.at] ?? 0;
  return list.add(1, "TP-DCS", "TS 23.038 §4", { value: dcs, meaning: codingText(dcs) });
}

/** The coding of the user data (TS 23.038 §4). */
export function codingText(dcs: number): string {
  const coding = codingOf(dcs);
  if (coding === 8) return "8-bit data";
  return coding === 16 ? "a text in UCS-2" : "a text in the GSM 7-bit alphabet";
}

function codingOf(dcs: number): 7 | 8 | 16 {
  const group = dcs >> 4;
  if (group === 15) return (dcs & 4) === 0 ? 7 : 8;
  if (group === 14) return 16;
  if (group >= 8) return 7;
  return ([7, 8, 16, 7] as const)[(dcs >> 2) & 3]!;
}

function addTimestamp(list: FieldList, bytes: Uint8Array, name: string): boolean {
  const at = list.at;
  const value = readTimestamp(bytes, at) ?? hexOf(bytes.subarray(at, at + 7));
  const meaning = readTimestamp(bytes, at) === null ? "not a date" : "";
  const section = name === "TP-SCTS" ? "TS 23.040 §9.2.3.11" : "TS 23.040 §9.2.3.13";
  return list.add(7, name, section, { value, meaning });
}

function addValidity(list: FieldList, bytes: Uint8Array, format: number): boolean {
  const length = VALIDITY_BYTES[format]!;
  if (length === 0) return true;
  const at = list.at;
  const value = length === 1 ? (bytes[at] ?? 0) : (readTimestamp(bytes, at) ?? hexOf(bytes.subarray(at, at + 7)));
  return list.add(length, "TP-VP", "TS 23.040 §9.2.3.12", { value, meaning: VALIDITY_FORMATS[format]! });
}

function addUserData(list: FieldList, bytes: Uint8Array, hasUdh: boolean): DissectedTpdu {
  const dcs = list.fields.find(field => field.name === "TP-DCS")?.value as number;
  const isText = codingOf(dcs) === 7;
  const count = bytes[list.at]!;
  const octets = isText ? Math.ceil((count * 7) / 8) : count;
  list.add(1, "TP-UDL", "TS 23.040 §9.2.3.16", { value: count, meaning: isText ? "septets" : "octets" });
  const at = list.at;
  const to = Math.min(bytes.length, at + octets);
  if (to === at) {
    list.rest("after the user data", "passed over");
    return { fields: list.fields, userData: null, dataAt: at };
  }
  const udh = hasUdh ? dissectUdh(bytes, at, to) : [];
  const dataAt = udh.length > 0 ? udh[udh.length - 1]!.to : at;
  const userData = fieldOf(at, to, "tpdu", "TP-UD", "TS 23.040 §9.2.3.24", { fields: udh });
  if (dataAt < to) udh.push(dataField(bytes, dataAt, to, at, dcs, count));
  list.fields.push(userData);
  list.at = to;
  list.rest("after the user data", "passed over");
  return { fields: list.fields, userData, dataAt };
}

/** Dissects user data without a TPDU, and adds the field of its content when that is known. */
export function dissectUserData(bytes: Uint8Array, data: Field | undefined): Field {
  const udh = dissectUdh(bytes, 0, bytes.length);
  const dataAt = udh.length > 0 ? udh[0]!.to : 0;
  if (data !== undefined && data.from < data.to) udh.push(data);
  else if (dataAt < bytes.length) udh.push(dataField(bytes, dataAt, bytes.length, 0, DCS_DATA, bytes.length - dataAt));
  return fieldOf(0, bytes.length, "tpdu", "TP-UD", "TS 23.040 §9.2.3.24", { fields: udh });
}

/** The field of user data whose content is not known; text is decoded. */
function dataField(bytes: Uint8Array, from: number, to: number, udAt: number, dcs: number, count: number): Field {
  const coding = codingOf(dcs);
  let value = hexOf(bytes.subarray(from, to));
  if (coding === 7) {
    // the text begins at the next septet boundary after the UDH (TS 23.040 §9.2.3.24)
    const skipped = Math.ceil(((from - udAt) * 8) / 7);
    value = septetsText(bytes, udAt, to, skipped, Math.max(0, count - skipped));
  } else if (coding === 16) {
    value = "";
    for (let i = from; i + 1 < to; i += 2) value += String.fromCharCode((bytes[i]! << 8) | bytes[i + 1]!);
  }
  return fieldOf(from, to, "tpdu", "data", "TS 23.040 §9.2.3.24", { value, meaning: codingText(dcs) });
}

//  UDHL:8 | IEI:8 IEDL:8 data | ...
function dissectUdh(bytes: Uint8Array, from: number, to: number): Field[] {
  const end = from + 1 + bytes[from]!;
  if (end > to) return [];
  const list = listFields(bytes, from, end, "udh");
  list.add(1, "UDHL", "TS 23.040 §9.2.3.24", { value: bytes[from]! });
  while (list.at < end) {
    const at = list.at;
    if (at + 2 > end || at + 2 + bytes[at + 1]! > end) return []; // an element runs over the end, so the whole UDH is ignored
    const { name, value, meaning } = elementOf(bytes, at);
    const parts = listFields(bytes, at, at + 2 + bytes[at + 1]!, "udh");
    parts.add(1, "IEI", "TS 23.040 §9.2.3.24", { value: bytes[at]! });
    parts.add(1, "IEDL", "TS 23.040 §9.2.3.24", { value: bytes[at + 1]! });
    const data = hexOf(bytes.subarray(at + 2, at + 2 + bytes[at + 1]!));
    if (data !== "") parts.add(bytes[at + 1]!, "data", "TS 23.040 §9.2.3.24", { value: data });
    list.add(2 + bytes[at + 1]!, name, "TS 23.040 §9.2.3.24", { value, meaning, fields: parts.fields });
  }
  return [fieldOf(from, end, "udh", "UDH", "TS 23.040 §9.2.3.24", { fields: list.fields })];
}

function elementOf(bytes: Uint8Array, at: number): { name: string; value: number | string; meaning: string } {
  const id = bytes[at]!;
  const length = bytes[at + 1]!; // an element with a length other than its own is ignored
  const two = (from: number) => (bytes[from]! << 8) | bytes[from + 1]!;
  const ports = (destination: number, source: number) => ({
    name: "port",
    value: destination,
    meaning: `${destination === PUSH_PORT ? "WAP Push, " : ""}from port ${source}`,
  });
  const part = (reference: number, from: number) => ({
    name: "part",
    value: `${bytes[from + 1]} of ${bytes[from]}`,
    meaning: `reference ${reference}`,
  });
  if (id === 0x05 && length === 4) return ports(two(at + 2), two(at + 4));
  if (id === 0x04 && length === 2) return ports(bytes[at + 2]!, bytes[at + 3]!);
  if (id === 0x00 && length === 3) return part(bytes[at + 2]!, at + 3);
  if (id === 0x08 && length === 4) return part(two(at + 2), at + 4);
  return { name: `element 0x${id.toString(16).padStart(2, "0")}`, value: "", meaning: "passed over" };
}

/** Dissects the SMSC part. Its length counts octets, while that of an address counts digits (TS 27.005 §3.1). */
function smscText(bytes: Uint8Array, from: number): string {
  const address = Uint8Array.from(bytes.subarray(0, from));
  address[0] = 2 * (from - 2) - (address[from - 1]! >= 0xf0 ? 1 : 0);
  return readAddress(address, 0);
}
