/**
 * Builds messages literally by the tables of the standards, from bit strings and node:crypto, sharing nothing with src. It
 * can build messages that the standard forbids: each field may have any value.
 */
import { createHash } from "node:crypto";

export type Bytes = Uint8Array | string;

/** One option of DM 1.3 (§6.2); `length` overrides the length of the value. */
export interface TwinOption {
  number: number;
  value: Bytes;
  length?: number;
}

export interface TwinFields13 {
  version?: number;
  /** Overrides OPC, which is otherwise the number of options. */
  count?: number;
  initiator?: number;
  uiMode?: number;
  transport?: number;
  reserved?: number;
  timeoutMinutes?: number;
  sessionId?: number;
  timestamp?: number;
  serverId?: Bytes;
  /** By default Server-ID and Requested-MO 1. */
  options?: TwinOption[];
  /** Bytes between the last option and the digest. */
  trailing?: Bytes;
  secret?: Bytes;
  digestInput?: "colons" | "plain" | "one-colon";
}

export const SERVER_ID = "dm.example";
export const SECRET13 = "secret13";
export const SECRET12 = "secret12";

/** UTF-8 of a text; bytes as they are. */
export function bytesOf(value: Bytes): Uint8Array {
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}

export function ofHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

export function join(...parts: Bytes[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map(bytesOf)));
}

/** `[value, bits]` in a row, as bytes. */
function ofBits(...fields: [value: number, bits: number][]): Uint8Array {
  const bits = fields.map(([value, count]) => value.toString(2).padStart(count, "0")).join("");
  return Uint8Array.from({ length: bits.length / 8 }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2));
}

export const option = (number: number, value: Bytes): TwinOption => ({ number, value });
/** A Uint in as many bytes as are asked for (§6.2.2). */
export const uint = (number: number, value: number, length = 1): TwinOption =>
  option(number, ofBits([value, 8 * length]));

/** Package #0 of DM 1.3 (§6.1, §6.2, §6.6). */
export function writeTwin13(f: TwinFields13 = {}): Uint8Array {
  const options = f.options ?? [option(1, f.serverId ?? SERVER_ID), uint(3, 1)];
  const header = ofBits(
    [f.version ?? 1, 4],
    [f.count ?? options.length, 3],
    [f.initiator ?? 1, 1],
    [f.uiMode ?? 0, 2],
    [f.transport ?? 0, 3],
    [f.reserved ?? 0, 19],
    [f.timeoutMinutes ?? 60, 16],
    [f.sessionId ?? 1, 16],
    [f.timestamp ?? 1_700_000_000, 32],
  );
  const tail = join(
    ...options.map(({ number, value, length }) =>
      join(ofBits([number, 4], [length ?? bytesOf(value).length, 12]), value),
    ),
    f.trailing ?? "",
  );
  return join(header, tail, twinDigest13(header, tail, f.secret ?? SECRET13, f.digestInput ?? "colons"));
}

/** §6.6 in each of its readings (D1). */
export function twinDigest13(header: Bytes, options: Bytes, secret: Bytes, digestInput: string): Uint8Array {
  const [first, second] = { colons: [":", ":"], plain: ["", ""], "one-colon": [":", ""] }[digestInput]!;
  return createHash("sha256")
    .update(join(secret, first!, header, second!, options))
    .digest();
}

export interface TwinFields12 {
  versionTenths?: number;
  uiMode?: number;
  initiator?: number;
  futureUse?: number;
  sessionId?: number;
  serverId?: Bytes;
  /** Overrides length-identifier, which is otherwise the length of the Server-ID. */
  length?: number;
  body?: Bytes;
  name?: Bytes;
  secret?: Bytes;
  nonce?: Bytes;
}

export const NONCE = ofHex("000102030405060708090a0b0c0d0e0f");

/** The notification of DM 1.2 (OMA-TS-DM_Notification-V1_2 §6). */
export function writeTwin12(f: TwinFields12 = {}): Uint8Array {
  const serverId = bytesOf(f.serverId ?? SERVER_ID);
  const trigger = join(
    ofBits(
      [f.versionTenths ?? 11, 10],
      [f.uiMode ?? 0, 2],
      [f.initiator ?? 1, 1],
      [f.futureUse ?? 0, 27],
      [f.sessionId ?? 1, 16],
      [f.length ?? serverId.length, 8],
    ),
    serverId,
    f.body ?? "",
  );
  const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();
  const credentials = md5(join(f.name ?? serverId, ":", f.secret ?? SECRET12)).toString("base64");
  return join(md5(join(credentials, ":", f.nonce ?? NONCE, ":", md5(trigger).toString("base64"))), trigger);
}

/** Headers of a push: content type and X-Wap-Application-Id (formats of WAP-230 §8.4). */
export const HEADERS13 = ofHex("d8 af 87");
export const HEADERS12 = ofHex("c4 af 87");

/** A connectionless WSP push (WAP-230 §8.2.4.1). */
export function writeTwinPush(body: Uint8Array, headers: Bytes = HEADERS13, pduType = 6): Uint8Array {
  const { length } = bytesOf(headers);
  return join(
    ofBits([0, 8], [pduType, 8]),
    length < 128 ? ofBits([length, 8]) : ofBits([1, 1], [length >> 7, 7], [length & 127, 8]),
    headers,
    body,
  );
}

/** A Package #0 of 1.3, and of 1.2, as pushes. */
export const push13 = (f: TwinFields13 = {}): Uint8Array => writeTwinPush(writeTwin13(f));
export const push12 = (f: TwinFields12 = {}): Uint8Array => writeTwinPush(writeTwin12(f), HEADERS12);

/** SMS-DELIVER TPDUs (TS 23.040 §9.2.2.1) with 16-bit ports, in parts of at most `partBytes` where more than one is needed. */
export function twinTpdus(push: Uint8Array, ports: [to: number, from: number], partBytes = 128): Uint8Array[] {
  const portElement = join(ofHex("0504"), ofBits([ports[0], 16], [ports[1], 16]));
  const total = push.length <= 133 ? 1 : Math.ceil(push.length / partBytes);
  return Array.from({ length: total }, (_, i) => {
    const concatenation = total === 1 ? "" : join(ofHex("0003"), ofBits([0x2a, 8], [total, 8], [i + 1, 8]));
    const elements = join(portElement, concatenation);
    const data = total === 1 ? push : push.slice(i * partBytes, (i + 1) * partBytes);
    const userData = join(ofBits([elements.length, 8]), elements, data);
    return join(ofHex("40 0c 91 447700900123 00 04 62113221000000"), ofBits([userData.length, 8]), userData);
  });
}
