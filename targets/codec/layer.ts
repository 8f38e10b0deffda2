/** Guesses the layer at which a message begins. */
import * as pkg0 from "../../src/index.ts";

/**
 * The layer at which a message begins: an SMS TPDU or its user data alone (UDH and data), a WSP Push PDU, a Package #0 of
 * either format.
 */
export type Layer = "tpdu" | "user-data" | "push" | "1.3" | "1.2";
/** The layers at which a message can begin; "auto" guesses the layer. */
export const LAYERS = ["auto", "tpdu", "user-data", "push", "1.3", "1.2"] as const;

const t = pkg0.newTpdu();
const push = pkg0.newPush();
const n = pkg0.newNotification();

/** The layer whose reader accepts `bytes`, else the layer with most evidence; null without any. */
export function guessLayer(bytes: Uint8Array): Layer | null {
  const to = bytes.length;
  if (pkg0.readPush(bytes, 0, to, push, to) === pkg0.OK) return "push";
  if (pkg0.readNotification13(bytes, 0, to, n, 0) === pkg0.OK) return "1.3";
  const tpdu = evidenceOfTpdu(bytes);
  const isTpdu = pkg0.readTpdu(bytes, pkg0.locateTpdu(bytes, 0, to, t), to, t) === pkg0.OK;
  if (isTpdu && tpdu >= STRONG) return "tpdu";
  if (pkg0.readNotification12(bytes, 0, to, n) === pkg0.OK) return "1.2";
  if (isTpdu) return "tpdu";
  const rows: [Layer, number][] = [
    ["tpdu", tpdu],
    ["push", evidenceOfPush(bytes)],
    ["1.3", evidenceOf13(bytes)],
    ["1.2", evidenceOf12(bytes)],
  ];
  const best = rows.reduce((one, other) => (other[1] > one[1] ? other : one));
  return best[1] >= WEAK ? best[0] : null;
}

/** Evidence is counted in bits: random bytes would show n bits of evidence once in 2^n times. */
const WEAK = 4;
const STRONG = 20;

/** The evidence for an SMS TPDU of any kind, with an SMSC part or without. */
function evidenceOfTpdu(bytes: Uint8Array): number {
  const after = 1 + bytes[0]!;
  let bits = evidenceOfBareTpdu(bytes, 0);
  if (bytes[0] === 0) bits = Math.max(bits, 4 + evidenceOfBareTpdu(bytes, 1));
  else if (after >= 3 && after <= 12 && bytes[1]! >= 0x80) {
    const isNumber = after < bytes.length && areDigits(bytes, 2, after, 2 * (after - 2));
    bits = Math.max(bits, (isNumber ? 8 : 4) + evidenceOfBareTpdu(bytes, after));
  }
  return bits;
}

//  first octet | SUBMIT, STATUS-REPORT: reference | address length, type, digits | DELIVER: PID DCS | SCTS   (TS 23.040 §9.2.2)
function evidenceOfBareTpdu(bytes: Uint8Array, from: number): number {
  const mti = bytes[from]! & 3;
  const addressAt = from + (mti === 1 || mti === 2 ? 2 : 1);
  const digits = bytes[addressAt]!;
  if (addressAt + 1 >= bytes.length || digits > 20 || digits === 0 || bytes[addressAt + 1]! < 0x80) return 0;
  const addressTo = addressAt + 2 + ((digits + 1) >> 1);
  if (addressTo >= bytes.length) return 0;
  const isName = (bytes[addressAt + 1]! & 0x70) === 0x50;
  if (!isName && !areDigits(bytes, addressAt + 2, addressTo, digits)) return 0;
  const bits = isName ? 6 : 4 + (digits >> 1);
  if (mti === 1) return bits;
  return bits + (readTimestamp(bytes, mti === 2 ? addressTo : addressTo + 2) === null ? 0 : STRONG);
}

/** Whether `count` semi-octets in `bytes[from..to)` are digits, and F fills up an odd number of them. */
function areDigits(bytes: Uint8Array, from: number, to: number, count: number): boolean {
  for (let i = 0; i < 2 * (to - from); i++) {
    const pair = bytes[from + (i >> 1)]!;
    const digit = i % 2 === 0 ? pair & 15 : pair >> 4;
    const isLast = i === 2 * (to - from) - 1;
    if (digit > 9 && !(isLast && digit === 15)) return false;
    if (isLast && count % 2 === 1 && digit !== 15) return false;
  }
  return true;
}

/**
 * The time stamp `bytes[at..at + 7)` of an SMSC as "2026-11-23T10:20:30+01:00" (TS 23.040 §9.2.3.11); null when it is
 * malformed. Years count from 2000.
 */
export function readTimestamp(bytes: Uint8Array, at: number): string | null {
  if (at + 7 > bytes.length) return null;
  const two = (i: number, mask: number) => (bytes[at + i]! & 15 & mask) * 10 + (bytes[at + i]! >> 4);
  for (let i = 0; i < 7; i++) {
    if (bytes[at + i]! >> 4 > 9 || (i < 6 && (bytes[at + i]! & 15) > 9)) return null;
  }
  const [year, month, day, hour, minute, second] = [0, 1, 2, 3, 4, 5].map(i => two(i, 15)) as number[];
  // the zone counts quarters of an hour; bit 3 of its first semi-octet is the sign
  const quarters = two(6, 7);
  if (month! < 1 || month! > 12 || day! < 1 || day! > 31 || hour! > 23 || minute! > 59 || second! > 59) return null;
  if (quarters > 79) return null;
  const pad = (number: number) => String(number).padStart(2, "0");
  const zone = `${(bytes[at + 6]! & 8) === 0 || quarters === 0 ? "+" : "-"}${pad(quarters >> 2)}:${pad((quarters & 3) * 15)}`;
  return `20${pad(year!)}-${pad(month!)}-${pad(day!)}T${pad(hour!)}:${pad(minute!)}:${pad(second!)}${zone}`;
}

//  TID:8 | PDU type:8 | HeadersLen:uintvar | Content-Type | headers | body   (WAP-230 §8.2.4.1)
function evidenceOfPush(bytes: Uint8Array): number {
  if (bytes[1] !== 6 && bytes[1] !== 7) return 0;
  let bits = 7;
  if (bytes.length < 4) return bits;
  const headersLength = bytes[2]!;
  if (headersLength >= 1 && headersLength <= bytes.length - 3) bits += 2;
  const type = bytes[3]! & 0x7f;
  if (bytes[3]! >= 0x80 && (type === pkg0.CONTENT_TYPE_13 || type === pkg0.CONTENT_TYPE_12)) bits += 7;
  return bits;
}

//  VER:4 OPC:3 I:1 | ...  number:4 length:12 value | ... | digest   (§6)
function evidenceOf13(bytes: Uint8Array): number {
  const to = bytes.length;
  const version = to > 0 ? bytes[0]! >> 4 : 0;
  let bits = version === 1 || version === 4 ? 4 : 0;
  if (to <= pkg0.HEADER_BYTES + 2) return version === 4 && to > 1 ? bits - 2 : bits;
  let at: number = pkg0.HEADER_BYTES;
  for (let i = (bytes[0]! >> 1) & 7; i > 0 && at + 2 < to; i--) {
    const number = bytes[at]! >> 4;
    const length = ((bytes[at]! & 15) << 8) | bytes[at + 1]!;
    const isKnown = number >= 1 && number <= 6 && length > 0;
    if (!isKnown || at + 2 + length > to) {
      bits -= 4;
      break;
    }
    bits += 4;
    at += 2 + length;
  }
  return at === to - pkg0.SHA256_BYTES ? bits + 8 : bits;
}

//  digest:128 | version:10 ui-mode:2 initiator:1 future-use:27 sessionid:16 length-identifier:8   (DM 1.2 §6.1)
function evidenceOf12(bytes: Uint8Array): number {
  if (bytes.length < pkg0.MD5_BYTES + 2) return 0;
  const versionTenths = (bytes[16]! << 2) | (bytes[17]! >> 6);
  if (versionTenths < 10 || versionTenths > 12) return 0;
  let bits = 8;
  for (let i = 18; i < 21 && i < bytes.length; i++) if (bytes[i] === 0) bits += 4;
  return bits;
}
