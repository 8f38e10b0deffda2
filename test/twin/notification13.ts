/** Package #0 of DM 1.3, read as the tables of OMA-TS-DM_Notification-V1_3 §6 are printed. Throws on whatever is wrong. */
import { createHash, timingSafeEqual } from "node:crypto";
import { BitReader } from "./bits.ts";

export interface Twin13 {
  initiator: number;
  uiMode: number;
  transport: number;
  timeoutMinutes: number;
  sessionId: number;
  timestamp: number;
  serverId: Uint8Array;
  targetedMo: number[];
  requestedMo: number[];
  preferredBearer: number[];
  connectReason: Uint8Array;
  vendorInfo: Uint8Array;
}

/** §6.3: number, name, format, lengths, at most how often. */
const OPTIONS = [
  { number: 1, format: "String", longest: 256, most: 1 },
  { number: 2, format: "Uint", longest: 2, most: Infinity },
  { number: 3, format: "Uint", longest: 2, most: Infinity },
  { number: 4, format: "Uint", longest: 1, most: Infinity },
  { number: 5, format: "String", longest: 4095, most: 1 },
  { number: 6, format: "Opaque", longest: 4095, most: 1 },
];

export function readTwin13(message: Uint8Array, requireRequestedMo: boolean, strictVendorInfo: boolean): Twin13 {
  if (message.length < 44) throw new Error("no room for header and digest");
  const bits = new BitReader(message.slice(0, -32));

  if (bits.take(4) !== "0001") throw new Error("VER");
  const opc = bits.uint(3);
  const initiator = bits.uint(1);
  const uiMode = bits.uint(2);
  const tra = bits.take(3);
  bits.take(19);
  const timeoutMinutes = bits.uint(16);
  const sessionId = bits.uint(16);
  const timestamp = bits.uint(32);
  if (sessionId === 0) throw new Error("SESSIONID");
  const transport = ["000", "001", "010", "011", "100"].indexOf(tra);

  const options: { number: number; value: Uint8Array }[] = [];
  for (let i = 0; i < opc; i++) {
    const number = bits.uint(4);
    options.push({ number, value: bits.bytes(bits.uint(12)) });
  }
  if (bits.left > 0) throw new Error("left over");

  const numbers = options.map(option => option.number);
  if (numbers.join() !== [...numbers].sort((a, b) => a - b).join()) throw new Error("order");
  if (options.some(option => option.value.length === 0)) throw new Error("empty");
  for (const { number, format, longest, most } of OPTIONS) {
    const values = valuesOf(number);
    if (values.length > most) throw new Error(`${number} too often`);
    if (values.some(value => value.length > longest)) throw new Error(`${number} too long`);
    if (format === "String" || (number === 6 && strictVendorInfo)) values.forEach(utf8);
  }
  if (valuesOf(1).length === 0) throw new Error("no Server-ID");
  if (requireRequestedMo && valuesOf(3).length === 0) throw new Error("no Requested-MO");

  return {
    initiator,
    uiMode,
    transport: Math.max(transport, 0),
    timeoutMinutes,
    sessionId,
    timestamp,
    serverId: valuesOf(1)[0],
    targetedMo: valuesOf(2).map(uint),
    requestedMo: valuesOf(3).map(uint),
    preferredBearer: valuesOf(4).map(uint),
    connectReason: valuesOf(5)[0] ?? new Uint8Array(0),
    vendorInfo: valuesOf(6)[0] ?? new Uint8Array(0),
  };

  function valuesOf(number: number): Uint8Array[] {
    return options.filter(option => option.number === number).map(option => option.value);
  }
}

/** §6.6 with D1: secret, header and options with colons between them. */
export function isTwinDigest13(message: Uint8Array, secret: string): boolean {
  const header = message.slice(0, 12);
  const options = message.slice(12, -32);
  const hash = createHash("sha256").update(secret).update(":").update(header).update(":").update(options);
  return timingSafeEqual(hash.digest(), message.slice(-32));
}

function uint(value: Uint8Array): number {
  return value.reduce((sum, byte) => sum * 256 + byte, 0);
}

function utf8(value: Uint8Array): void {
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
}
