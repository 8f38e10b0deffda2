/** The notification of DM 1.2, read as the tables of OMA-TS-DM_Notification-V1_2 §6 are printed. Throws on whatever is wrong. */
import { createHash } from "node:crypto";
import { BitReader } from "./bits.ts";

export interface Twin12 {
  versionTenths: number;
  uiMode: number;
  initiator: number;
  sessionId: number;
  serverId: Uint8Array;
  vendorInfo: Uint8Array;
}

export function readTwin12(message: Uint8Array): Twin12 {
  const bits = new BitReader(message);
  bits.take(128);
  const versionTenths = bits.uint(10);
  if (![10, 11, 12].includes(versionTenths)) throw new Error("version");
  const uiMode = bits.uint(2);
  const initiator = bits.uint(1);
  bits.take(27);
  const sessionId = bits.uint(16);
  if (sessionId === 0) throw new Error("sessionid");
  const serverId = bits.bytes(bits.uint(8));
  if (serverId.length === 0) throw new Error("server-identifier");
  return { versionTenths, uiMode, initiator, sessionId, serverId, vendorInfo: bits.bytes(bits.left / 8) };
}

/** §6.2.1: MD5( B64(MD5(name ":" password)) ":" nonce ":" B64(MD5(trigger)) ). */
export function isTwinDigest12(message: Uint8Array, name: string, password: string, nonce: Uint8Array): boolean {
  const credentials = createHash("md5").update(`${name}:${password}`).digest("base64");
  const trigger = createHash("md5").update(message.slice(16)).digest("base64");
  const digest = createHash("md5").update(`${credentials}:`).update(nonce).update(`:${trigger}`).digest();
  return digest.equals(message.slice(0, 16));
}
