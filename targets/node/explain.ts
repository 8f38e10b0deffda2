/** A message byte by byte: one field a line with its section, up to the byte where it breaks. */
import * as pkg0 from "../../src/index.ts";
import { guessLayer, INITIATORS, type Layer, TRANSPORTS, UI_MODES } from "../codec/index.ts";
import { readBody } from "../codec/read.ts";
import { readAddress } from "../codec/tpdus.ts";

const OPTION_NAMES = [
  ...["", "Server-ID", "Targeted-MO", "Requested-MO"],
  ...["Preferred-Bearer", "Connect-Reason", "Vendor-Info"],
];
const OPTION_SECTIONS = ["§6.2.1", "§6.5.1", "§6.5.2", "§6.5.4", "§6.5.6", "§6.5.5", "§6.5.3"];
const BEARERS = [
  ...["not specified", "3GPP circuit switched", "3GPP packet switched", "3GPP LTE", "3GPP2 CDMA packet data", "WiMAX"],
  ...["WLAN", "DSL", "Ethernet", "Bluetooth", "IrDA", "local (smart card)"],
];
const HEADER_NAMES: { [code: number]: string } = {
  13: "Content-Length",
  18: "Date",
  47: "X-Wap-Application-Id",
  48: "X-Wap-Content-URI",
  49: "X-Wap-Initiator-URI",
  51: "Bearer-Indication",
  52: "Push-Flag",
  67: "Encoding-Version",
};

export interface Explained {
  lines: string[];
  /** Whether the message is good, as far as it can be known without its secret. */
  isGood: boolean;
}

/** `as` is one of LAYERS. One part of a concatenated short message is explained up to its user data. */
export function explain(bytes: Uint8Array, as: string): Explained {
  const layer = as === "auto" ? (guessLayer(bytes) ?? "1.3") : as;
  const lines: string[] = [];
  if (layer !== "tpdu") return explainLayer(bytes, 0, layer, lines);
  const t = pkg0.newTpdu();
  const from = pkg0.locateTpdu(bytes, 0, bytes.length, t);
  const status = pkg0.readTpdu(bytes, from, bytes.length, t);
  explainTpdu(bytes, from, t, status === pkg0.OK ? bytes.length : t.at, lines);
  if (status !== pkg0.OK) return broken(lines, bytes, status, t.at);
  if (t.total === 1 && t.destinationPort === pkg0.PUSH_PORT) return explainLayer(bytes, t.dataAt, "push", lines);
  const part = t.total === 1 ? "" : `, part ${t.sequence} of ${t.total} under reference ${t.reference}`;
  field(lines, bytes, t.dataAt, t.dataTo, bytes.length, `user data${part}`, "TS 23.040 §9.2.3.24");
  if (t.destinationPort === pkg0.PUSH_PORT) return { lines, isGood: true };
  return broken(lines, bytes, t.destinationPort < 0 ? pkg0.SMS_PORT_MISSING : pkg0.SMS_PORT_OTHER, t.dataTo);
}

function explainLayer(bytes: Uint8Array, at: number, layer: string, lines: string[]): Explained {
  const push = pkg0.newPush();
  let from = at;
  if (layer === "push") {
    const status = pkg0.readPush(bytes, from, bytes.length, push, bytes.length);
    explainPush(bytes, from, push, status === pkg0.OK ? push.bodyFrom : push.at, lines);
    if (status !== pkg0.OK) return broken(lines, bytes, status, push.at);
    from = push.bodyFrom;
  }
  const n = pkg0.newNotification();
  const status = readBody(bytes, from, bytes.length, layer as Layer, push.contentType, n);
  const to = status === pkg0.OK ? bytes.length : n.at;
  if (n.format === pkg0.FORMAT_12) explain12(bytes, from, to, lines);
  else explain13(bytes, from, to, lines);
  return status === pkg0.OK ? { lines, isGood: true } : broken(lines, bytes, status, n.at);
}

function broken(lines: string[], bytes: Uint8Array, status: number, at: number): Explained {
  const rest = at < bytes.length ? `${hexOf(bytes, at, Math.min(at + 12, bytes.length))}` : "(end of message)";
  lines.push(`${String(at).padStart(5)}  ${rest}`);
  lines.push(`       ^ ${pkg0.statusName(status)} at byte ${at}: ${pkg0.statusMeaning(status)}`);
  return { lines, isGood: false };
}

/** Adds a line for `bytes[from..to)` unless it reaches beyond `limit`; returns whether it did. */
function field(
  lines: string[],
  bytes: Uint8Array,
  from: number,
  to: number,
  limit: number,
  text: string,
  section: string,
) {
  if (to > limit || to > bytes.length) return false;
  const width = 12;
  const shown = to - from > width ? `${hexOf(bytes, from, from + width - 1)} ..` : hexOf(bytes, from, to);
  lines.push(`${String(from).padStart(5)}  ${shown.padEnd(3 * width - 1)}  ${text.padEnd(58)}  ${section}`.trimEnd());
  return true;
}

function explainTpdu(bytes: Uint8Array, from: number, t: pkg0.Tpdu, limit: number, lines: string[]): void {
  const add = (at: number, to: number, text: string, section: string) =>
    field(lines, bytes, at, to, limit, text, section);
  if (from > 0) add(0, from, `SMSC address ${readSmsc(bytes, from)}`, "TS 27.005 §3.1");
  if (limit < bytes.length) return; // where a TPDU breaks, the offsets of its fields are not known
  const isSubmit = t.type === pkg0.TPDU_SUBMIT;
  const first = bytes[from]!;
  const flags = `${isSubmit ? "SMS-SUBMIT" : "SMS-DELIVER"}${first & 0x40 ? ", UDHI" : ""}`;
  add(from, from + 1, `first octet ${flags}`, "TS 23.040 §9.2.3.1");
  if (isSubmit) add(from + 1, from + 2, `TP-MR ${bytes[from + 1]}`, "TS 23.040 §9.2.3.6");
  const party = `${isSubmit ? "TP-DA" : "TP-OA"} ${readAddress(bytes, t.addressAt)}`;
  add(t.addressAt, t.addressTo, party, "TS 23.040 §9.1.2.5");
  add(t.addressTo, t.addressTo + 1, `TP-PID ${bytes[t.addressTo]}`, "TS 23.040 §9.2.3.9");
  add(t.addressTo + 1, t.addressTo + 2, `TP-DCS 0x${t.dcs.toString(16).padStart(2, "0")}: 8-bit data`, "TS 23.038 §4");
  const validity = [0, 7, 1, 7][(first >> 3) & 3]!; // TP-VPF
  const lengthAt = t.timestampAt + (isSubmit ? validity : 7);
  const headerAt = lengthAt + 1;
  if (lengthAt > t.timestampAt) add(t.timestampAt, lengthAt, isSubmit ? "TP-VP" : "TP-SCTS", "TS 23.040 §9.2.3.11");
  add(lengthAt, headerAt, `TP-UDL ${bytes[lengthAt]}`, "TS 23.040 §9.2.3.16");
  if (headerAt === t.dataAt) return;
  add(headerAt, headerAt + 1, `UDHL ${bytes[headerAt]}`, "TS 23.040 §9.2.3.24");
  for (let at = headerAt + 1; at + 2 <= t.dataAt; at += 2 + bytes[at + 1]!) {
    add(at, at + 2 + bytes[at + 1]!, elementText(bytes, at), "TS 23.040 §9.2.3.24");
  }
}

function elementText(bytes: Uint8Array, at: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const id = bytes[at]!;
  const length = bytes[at + 1]!; // with another than its own, an element says nothing
  if (id === 0x05 && length === 4) return `ports: destination ${view.getUint16(2)}, source ${view.getUint16(4)}`;
  if (id === 0x04 && length === 2) return `ports: destination ${bytes[at + 2]}, source ${bytes[at + 3]}`;
  const parts = (from: number) => `part ${bytes[from + 1]} of ${bytes[from]}`;
  if (id === 0x00 && length === 3) return `concatenation: reference ${bytes[at + 2]}, ${parts(at + 3)}`;
  if (id === 0x08 && length === 4) return `concatenation: reference ${view.getUint16(2)}, ${parts(at + 4)}`;
  return `element 0x${id.toString(16).padStart(2, "0")}`;
}

/** The SMSC part counts octets where an address counts digits (TS 27.005 §3.1). */
function readSmsc(bytes: Uint8Array, from: number): string {
  if (from === 1) return "none";
  const address = Uint8Array.from(bytes.subarray(0, from));
  address[0] = 2 * (from - 2) - (address[from - 1]! >= 0xf0 ? 1 : 0);
  return readAddress(address, 0);
}

function explainPush(bytes: Uint8Array, from: number, p: pkg0.Push, limit: number, lines: string[]): void {
  const add = (at: number, to: number, text: string, section: string) =>
    field(lines, bytes, at, to, limit, text, section);
  if (!add(from, from + 1, `TID ${bytes[from]}`, "WAP-230 §8.2.4")) return;
  if (!add(from + 1, from + 2, "PDU type 06: connectionless push", "WAP-230 §8.2.4")) return;
  let at = from + 2;
  while (at < bytes.length && bytes[at]! >= 0x80) at++;
  at++;
  if (!add(from + 2, at, `HeadersLen ${p.bodyFrom - at}`, "WAP-230 §8.1.2")) return;
  let end = valueEnd(bytes, at);
  if (!add(at, end, `Content-Type ${valueText(bytes, at, end, contentTypeName)}`, "WAP-230 §8.4.2.24, §7.1")) return;
  while (end < p.bodyFrom) {
    at = end;
    const name = bytes[at]!;
    if (name < 0x20 || name === 0x7f) {
      end = at + (name === 0x7f ? 2 : 1);
      if (!add(at, end, "shift of the header code page", "WAP-230 §8.4.2.6")) return;
      continue;
    }
    const valueAt = name >= 0x80 ? at + 1 : valueEnd(bytes, at);
    end = valueEnd(bytes, valueAt);
    const code = name & 0x7f;
    const title =
      name < 0x80 ? asciiOf(bytes, at, valueAt - 1) : (HEADER_NAMES[code] ?? `header 0x${code.toString(16)}`);
    const isApplication = code === 47 || title.toLowerCase() === "x-wap-application-id";
    const value = valueText(bytes, valueAt, end, code =>
      isApplication && code === 7 ? "7: the DM client" : String(code),
    );
    if (!add(at, end, `${title} ${value}`, isApplication ? "WAP-251, §7.1" : "WAP-230 §8.4.2")) return;
  }
}

function explain13(bytes: Uint8Array, from: number, limit: number, lines: string[]): void {
  const add = (at: number, to: number, text: string, section: string) =>
    field(lines, bytes, from + at, from + to, limit, text, section);
  if (bytes.length - from < pkg0.HEADER_BYTES) return;
  const b = bytes.subarray(from);
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
  const count = (b[0]! >> 1) & 7;
  const uiMode = b[1]! >> 6;
  const transport = (b[1]! >> 3) & 7;
  const timeout = view.getUint16(4);
  const sessionId = view.getUint16(6);
  const timestamp = view.getUint32(8);
  add(0, 1, `VER ${b[0]! >> 4}, OPC ${count}, I ${b[0]! & 1} ${INITIATORS[b[0]! & 1]}`, "§6.4.1, §6.4.2, §6.4.3");
  add(
    1,
    2,
    `UIM ${uiMode} ${UI_MODES[uiMode]}, TRA ${transport} ${TRANSPORTS[transport] ?? "reserved"}`,
    "§6.4.4, §6.4.5",
  );
  add(2, 4, "RESERVED (with the 3 bits before)", "§6.4.6");
  add(4, 6, `TIMEOUT ${timeout === 0 ? "0: valid for ever" : `${timeout} minutes`}`, "§6.4.7");
  if (!add(6, 8, `SESSIONID ${pkg0.sessionIdText(sessionId)}`, "§6.4.8")) return;
  if (!add(8, 12, `TIMESTAMP ${timestamp} = ${dateText(timestamp)}`, "§6.4.9")) return;
  const digestAt = b.length - pkg0.SHA256_BYTES;
  let at: number = pkg0.HEADER_BYTES;
  for (let i = 0; i < count && at + 2 <= digestAt; i++) {
    const number = b[at]! >> 4;
    const end = at + 2 + (view.getUint16(at) & 0xfff);
    if (end > digestAt) return;
    const text = `${OPTION_NAMES[number] || `option ${number}, unknown: skipped`} ${optionText(b, number, at + 2, end)}`;
    if (!add(at, end, text.trimEnd(), OPTION_SECTIONS[number] ?? "§6.2.1")) return;
    at = end;
  }
  if (at === digestAt) add(digestAt, b.length, "digest, SHA-256", "§6.6");
}

function explain12(bytes: Uint8Array, from: number, limit: number, lines: string[]): void {
  const add = (at: number, to: number, text: string, section: string) =>
    field(lines, bytes, from + at, from + to, limit, text, section);
  const b = bytes.subarray(from);
  if (b.length < 24) return;
  const version = (b[16]! << 2) | (b[17]! >> 6);
  const uiMode = (b[17]! >> 4) & 3;
  const initiator = (b[17]! >> 3) & 1;
  const idEnd = 24 + b[23]!;
  add(0, 16, "digest, MD5", "DM 1.2 §6.2.1");
  const flags = `version ${(version / 10).toFixed(1)}, ui-mode ${uiMode} ${UI_MODES[uiMode]}, initiator ${INITIATORS[initiator]}`;
  if (!add(16, 18, flags, "DM 1.2 §6.1")) return;
  add(18, 21, "future-use (with the 3 bits before)", "DM 1.2 §6.1");
  if (!add(21, 23, `sessionid ${pkg0.sessionIdText((b[21]! << 8) | b[22]!)}`, "DM 1.2 §6.1")) return;
  if (!add(23, 24, `length-identifier ${b[23]}`, "DM 1.2 §6.1")) return;
  if (!add(24, idEnd, `server-identifier "${asciiOf(b, 24, idEnd)}"`, "DM 1.2 §6.1")) return;
  if (b.length > idEnd) add(idEnd, b.length, `vendor-specific body, ${b.length - idEnd} bytes`, "DM 1.2 §6.1");
}

function optionText(b: Uint8Array, number: number, at: number, end: number): string {
  if (number === pkg0.OPTION_PREFERRED_BEARER) return `${b[at]} ${BEARERS[b[at]!] ?? "unknown: skipped when choosing"}`;
  if (number === pkg0.OPTION_TARGETED_MO || number === pkg0.OPTION_REQUESTED_MO) {
    return String(end - at === 1 ? b[at] : (b[at]! << 8) | b[at + 1]!);
  }
  if (number < 1 || number > 6) return "";
  return pkg0.checkUtf8(b, at, end) === end
    ? JSON.stringify(pkg0.utf8Text(b, at, end))
    : `${end - at} bytes, not UTF-8`;
}

/** The end of the WSP value at `at`; readPush has checked those that are shown. */
function valueEnd(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0x80;
  if (first >= 0x80) return at + 1;
  if (first < 31) return at + 1 + first;
  if (first > 31) return (bytes.indexOf(0, at) + 1 || bytes.length) as number;
  let length = 0;
  let end = at + 1;
  do length = length * 128 + (bytes[end]! & 0x7f);
  while (end < bytes.length && bytes[end++]! >= 0x80);
  return end + length;
}

function valueText(bytes: Uint8Array, at: number, end: number, name: (code: number) => string): string {
  const first = bytes[at]!;
  if (first >= 0x80) return name(first & 0x7f);
  if (first >= 0x20) return JSON.stringify(asciiOf(bytes, at, end - 1));
  return first <= 4
    ? name([...bytes.subarray(at + 1, end)].reduce((sum, byte) => sum * 256 + byte, 0))
    : `${end - at} bytes`;
}

function contentTypeName(code: number): string {
  if (code === pkg0.CONTENT_TYPE_13) return `0x58 ${pkg0.MIME_13}`;
  return code === pkg0.CONTENT_TYPE_12 ? `0x44 ${pkg0.MIME_12}` : `0x${code.toString(16)}, not of OMA DM`;
}

function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}

function asciiOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString("latin1");
}

function hexOf(bytes: Uint8Array, from: number, to: number): string {
  return [...bytes.subarray(from, to)].map(byte => byte.toString(16).padStart(2, "0")).join(" ");
}
