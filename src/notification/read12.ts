/** General Notification Initiated Session Alert of DM 1.2 from the wire: OMA-TS-DM_Notification-V1_2 §6.1 to §6.3. */
import { readUint } from "../bytes.ts";
import {
  NOTIFICATION12_SHORT,
  NOTIFICATION12_VERSION,
  OK,
  SERVER_ID_CUT,
  SERVER_ID_EMPTY,
  SESSION_ID_ZERO,
  type Status,
} from "../status.ts";
import { FORMAT_12, MD5_BYTES, TRIGGER_HEADER_BYTES } from "../wire.ts";
import { type Notification, startFields } from "./fields.ts";

//  digest:128 | version:10 ui-mode:2 initiator:1 future-use:27 sessionid:16 length-identifier:8 | server-identifier | vendor
//  The offsets count from the end of the digest.
const SESSION_ID_AT = 5;
const LENGTH_AT = 7;

/**
 * Reads `bytes[from..to)` into `n`. Reads versions 1.0 to 1.2, because DM servers send 1.1 and data-sync servers 1.2 in the
 * same header. Returns OK, or a 0x7_ status with the offset of the fault in `n.at`. Locates the digest without verifying it.
 * Allocates nothing.
 */
export function readNotification12(bytes: Uint8Array, from: number, to: number, n: Notification): Status {
  const at = from + MD5_BYTES;
  n.format = FORMAT_12;
  n.at = to;
  if (to - at < TRIGGER_HEADER_BYTES) return NOTIFICATION12_SHORT;
  const versionTenths = readUint(bytes, at, 2) >> 6;
  n.at = at;
  if (versionTenths < 10 || versionTenths > 12) return NOTIFICATION12_VERSION;
  startFields(n, bytes, from, to);
  n.at = at + SESSION_ID_AT;
  n.sessionId = readUint(bytes, n.at, 2);
  if (n.sessionId === 0) return SESSION_ID_ZERO;
  n.at = at + LENGTH_AT;
  n.serverIdAt = at + TRIGGER_HEADER_BYTES;
  n.serverIdLength = bytes[n.at];
  if (n.serverIdLength === 0) return SERVER_ID_EMPTY;
  n.vendorInfoAt = n.serverIdAt + n.serverIdLength;
  n.vendorInfoLength = to - n.vendorInfoAt;
  if (n.vendorInfoLength < 0) return SERVER_ID_CUT;

  n.digestAt = from;
  n.versionTenths = versionTenths;
  n.uiMode = (bytes[at + 1] >> 4) & 3;
  n.initiator = (bytes[at + 1] >> 3) & 1;
  n.at = to;
  return OK;
}
