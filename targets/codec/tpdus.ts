/** Joins SMS TPDUs into pushes on a host, and reads their addresses. */
import * as pkg0 from "../../src/index.ts";

/** The result for one TPDU. */
export interface TpduAnswer {
  /** OK: `push` is there. MORE: parts are missing. */
  status: number;
  /** The offset of the fault in the given bytes. */
  at: number;
  push?: Uint8Array;
  /** The originator of a DELIVER or the destination of a SUBMIT; absent when the TPDU could not be read. */
  address?: string;
  /** The number of the part and the number of all parts; absent for a whole message. */
  part?: [sequence: number, total: number];
}

/** Joins a sequence of TPDUs; createTpduReader makes one. */
export interface TpduReader {
  /** Takes one DELIVER or SUBMIT, with or without its SMSC part. */
  read(bytes: Uint8Array): TpduAnswer;
  /** Takes user data (UDH and data) from an unknown sender. */
  readUserData(bytes: Uint8Array): TpduAnswer;
  /** The number of parts that wait for others. */
  waiting(): number;
}

/**
 * Reads TPDUs in any order, and joins pushes of up to 255 parts. A TPDU that comes twice is read twice. `check` returns OK
 * when a complete set of parts is a message, else its fault. By default the set must be a push for DM.
 */
export function createTpduReader(check: (bytes: Uint8Array, from: number, to: number) => number = isPush): TpduReader {
  const sms = pkg0.createSmsReceiver(
    { posixSeconds: () => 0, monotonicSeconds: () => 0 },
    { parts: 255, messageParts: 255, repeats: 0, isSubmitRead: true, tries: 64 },
  );
  const t = pkg0.newTpdu();

  function read(bytes: Uint8Array): TpduAnswer {
    const from = pkg0.locateTpdu(bytes, 0, bytes.length, t);
    pkg0.readTpdu(bytes, from, bytes.length, t);
    let status = sms.receive(bytes, from, bytes.length);
    if (status === pkg0.OK && sms.sets !== null) status = takeSet(sms.sets, check);
    const answer: TpduAnswer = { status, at: status === pkg0.OK ? 0 : t.at };
    if (isAddressWhole(bytes, t.addressAt) && status !== pkg0.TPDU_TYPE && status !== pkg0.TPDU_ADDRESS) {
      answer.address = readAddress(bytes, t.addressAt);
      if (t.total > 1) answer.part = [t.sequence, t.total];
    }
    if (status === pkg0.OK) {
      answer.push = sms.sets === null ? sms.bytes.slice(sms.from, sms.to) : sms.bytes.slice(0, sms.sets.size);
    }
    return answer;
  }

  function readUserData(bytes: Uint8Array): TpduAnswer {
    const { address: _, ...answer } = read(tpduOf(bytes));
    return { ...answer, at: Math.max(0, answer.at - DELIVER.length) };
  }

  return { read, readUserData, waiting: sms.held };
}

function isAddressWhole(bytes: Uint8Array, at: number): boolean {
  return at > 0 && at + 1 < bytes.length && at + 2 + Math.ceil(bytes[at]! / 2) <= bytes.length;
}

/** The beginning of an SMS-DELIVER with a UDH, an empty address and 8-bit data, up to TP-UDL. */
const DELIVER = [0x40, 0, 0x81, 0, 0x04, 0, 0, 0, 0, 0, 0, 0, 0];

/** Puts user data into a TPDU that could have carried it. */
export function tpduOf(userData: Uint8Array): Uint8Array {
  const tpdu = new Uint8Array(DELIVER.length + userData.length);
  tpdu.set(DELIVER);
  tpdu[DELIVER.length - 1] = Math.min(255, userData.length);
  tpdu.set(userData, DELIVER.length);
  return tpdu;
}

/** Takes the first set that `check` accepts. When it accepts none, gives the status of the set that got furthest. */
function takeSet(sets: pkg0.PartSets, check: (bytes: Uint8Array, from: number, to: number) => number): number {
  let furthest = pkg0.MORE;
  for (let set = 0; set === 0 || sets.assemble(set); set++) {
    const status = check(sets.bytes, 0, sets.size);
    if (status === pkg0.OK) {
      sets.take();
      return status;
    }
    if (pkg0.layerOf(status) > pkg0.layerOf(furthest)) furthest = status;
  }
  sets.refuse(0, true);
  return furthest;
}

function isPush(bytes: Uint8Array, from: number, to: number): number {
  return pkg0.readPush(bytes, from, to, pkg0.newPush(), to - from);
}

const DIGITS = "0123456789*#abc";
/** TS 23.038 §6.2.1, without the extension table. */
const ALPHABET =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/** The text of an address (TS 23.040 §9.1.2.5), whose span begins with its length octet: "+447700900123", "1234" or a name. */
export function readAddress(bytes: Uint8Array, at: number): string {
  const digits = bytes[at]!;
  const type = bytes[at + 1]!;
  let text = "";
  if ((type & 0x70) === 0x50) {
    return septetsText(bytes, at + 2, bytes.length, 0, Math.floor((digits * 4) / 7));
  }
  for (let i = 0; i < digits; i++) {
    const pair = bytes[at + 2 + (i >> 1)]!;
    text += DIGITS.charAt(i % 2 === 0 ? pair & 15 : pair >> 4);
  }
  return (type & 0x70) === 0x10 ? `+${text}` : text;
}

/**
 * The text of `count` septets of the GSM alphabet, from septet `first` of those packed into `bytes[from..to)` (TS 23.038
 * §6.1.2.1).
 */
export function septetsText(bytes: Uint8Array, from: number, to: number, first: number, count: number): string {
  let text = "";
  for (let i = first; i < first + count; i++) {
    const bit = i * 7;
    const byte = from + (bit >> 3);
    const low = byte < to ? bytes[byte]! : 0;
    const high = byte + 1 < to ? bytes[byte + 1]! : 0;
    text += ALPHABET.charAt(((low | (high << 8)) >> (bit & 7)) & 0x7f);
  }
  return text;
}
