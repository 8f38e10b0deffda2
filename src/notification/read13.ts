/** Package #0 of DM 1.3 from the wire: OMA-TS-DM_Notification-V1_3 §6.1 to §6.5. The digest (§6.6) is in digest13.ts. */
import { readUint } from "../bytes.ts";
import {
  CONNECT_REASON_TWICE,
  NOTIFICATION_DM20,
  NOTIFICATION_SHORT,
  NOTIFICATION_VERSION,
  OK,
  OPTION_CUT,
  OPTION_EMPTY,
  OPTION_LONG,
  OPTION_ORDER,
  OPTIONS_TRAILING,
  REQUESTED_MO_MISSING,
  SERVER_ID_MISSING,
  SERVER_ID_TWICE,
  SESSION_ID_ZERO,
  type Status,
  UTF8_ILL_FORMED,
  VENDOR_INFO_TWICE,
} from "../status.ts";
import {
  FORMAT_13,
  HEADER_BYTES,
  OPTION_CONNECT_REASON,
  OPTION_PREFERRED_BEARER,
  OPTION_REQUESTED_MO,
  OPTION_SERVER_ID,
  OPTION_TARGETED_MO,
  OPTION_VENDOR_INFO,
  SHA256_BYTES,
  TRANSPORT_NOT_SPECIFIED,
  TRANSPORT_WSP,
} from "../wire.ts";
import { type CheckServer, type Notification, startFields } from "./fields.ts";
import { checkUtf8 } from "./utf8.ts";

/** A rule for readNotification13: a message without Requested-MO is read, for servers of the 2013 draft (D8). */
export const REQUESTED_MO_OPTIONAL = 1;
/** A rule for readNotification13: Vendor-Info must be UTF-8 like the other strings (D9). */
export const VENDOR_INFO_STRICT = 2;

//  VER:4 OPC:3 I:1 | UIM:2 TRA:3 RESERVED:3 | RESERVED:16 | TIMEOUT:16 | SESSIONID:16 | TIMESTAMP:32   (§6.1)
const TIMEOUT_AT = 4;
const SESSION_ID_AT = 6;
export const TIMESTAMP_AT = 8;

/**
 * Reads `bytes[from..to)` into `n` (§6). `rules` is 0 or a sum of REQUESTED_MO_OPTIONAL and VENDOR_INFO_STRICT. Returns OK,
 * or a 0x6_ status with the offset of the fault in `n.at`. Locates the digest without verifying it. Allocates nothing.
 * `checkServer`, when it is given, is asked once SESSIONID and the Server-ID are in `n`: any status but OK ends the reading.
 * A Server-ID that it accepts is not checked for UTF-8, since the ServerID of an account is.
 */
export function readNotification13(
  bytes: Uint8Array,
  from: number,
  to: number,
  n: Notification,
  rules: number,
  checkServer?: CheckServer,
): Status {
  n.format = FORMAT_13;
  n.at = from;
  if (to > from && bytes[from] >> 4 !== 1) return bytes[from] >> 4 === 4 ? NOTIFICATION_DM20 : NOTIFICATION_VERSION;
  n.at = to;
  if (to - from < HEADER_BYTES + SHA256_BYTES) return NOTIFICATION_SHORT;
  startFields(n, bytes, from, to);
  n.at = from + SESSION_ID_AT;
  n.sessionId = (bytes[n.at] << 8) | bytes[n.at + 1];
  if (n.sessionId === 0) return SESSION_ID_ZERO;
  n.digestAt = to - SHA256_BYTES;
  const status = readOptions(bytes, from + HEADER_BYTES, (bytes[from] >> 1) & 7, n, checkServer);
  if (status !== OK) return status;
  if (n.serverIdLength === 0) return SERVER_ID_MISSING;
  // strings that are compared or shown must be UTF-8 (D9)
  if (
    (checkServer === undefined && isIllFormed(n, n.serverIdAt, n.serverIdLength)) ||
    isIllFormed(n, n.connectReasonAt, n.connectReasonLength)
  )
    return UTF8_ILL_FORMED;

  const second = bytes[from + 1];
  const transport = (second >> 3) & 7;
  n.initiator = bytes[from] & 1;
  n.uiMode = second >> 6;
  n.transport = transport > TRANSPORT_WSP ? TRANSPORT_NOT_SPECIFIED : transport; // D7
  n.timeoutMinutes = (bytes[from + TIMEOUT_AT] << 8) | bytes[from + TIMEOUT_AT + 1];
  n.timestamp = readUint(bytes, from + TIMESTAMP_AT, 4);
  n.versionTenths = 13;
  return checkChoices13(n, rules);
}

/** Whether `n`, which was read, is what `rules` ask for: OK, or REQUESTED_MO_MISSING or UTF8_ILL_FORMED with `n.at`. Servers differ in these (D8, D9). */
export function checkChoices13(n: Notification, rules: number): Status {
  n.at = n.digestAt;
  if (n.requestedMoCount === 0 && (rules & REQUESTED_MO_OPTIONAL) === 0) return REQUESTED_MO_MISSING;
  if ((rules & VENDOR_INFO_STRICT) === 0) return OK;
  return isIllFormed(n, n.vendorInfoAt, n.vendorInfoLength) ? UTF8_ILL_FORMED : OK;
}

/**
 * Reads the options between header and digest: `number:4 length:12 value` (§6.2). After a failure, `n.at` is the offset of
 * the faulty option.
 */
function readOptions(
  bytes: Uint8Array,
  from: number,
  count: number,
  n: Notification,
  checkServer: CheckServer | undefined,
): Status {
  const to = n.digestAt;
  let at = from;
  let last = 0;
  for (let i = 0; i < count; i++) {
    n.at = at;
    if (to - at < 2) return OPTION_CUT;
    const header = (bytes[at] << 8) | bytes[at + 1];
    const number = header >> 12;
    const length = header & 4095;
    const value = at + 2;
    at = value + length;
    if (number < last) return OPTION_ORDER;
    if (length === 0) return OPTION_EMPTY;
    if (at > to) return OPTION_CUT;

    if (number === OPTION_SERVER_ID) {
      if (last === number) return SERVER_ID_TWICE;
      if (length > 256) return OPTION_LONG; // D3
      n.serverIdAt = value;
      n.serverIdLength = length;
      const status = checkServer === undefined ? OK : checkServer(n);
      if (status !== OK) return status;
    } else if (number > OPTION_SERVER_ID && number < OPTION_CONNECT_REASON) {
      if (length > (number === OPTION_PREFERRED_BEARER ? 1 : 2)) return OPTION_LONG;
      const uint = length === 1 ? bytes[value] : (bytes[value] << 8) | bytes[value + 1];
      if (number === OPTION_TARGETED_MO) n.targetedMo[n.targetedMoCount++] = uint;
      else if (number === OPTION_REQUESTED_MO) n.requestedMo[n.requestedMoCount++] = uint;
      else n.preferredBearer[n.preferredBearerCount++] = uint;
    } else if (number === OPTION_CONNECT_REASON) {
      if (last === number) return CONNECT_REASON_TWICE;
      n.connectReasonAt = value;
      n.connectReasonLength = length;
    } else if (number === OPTION_VENDOR_INFO) {
      if (last === number) return VENDOR_INFO_TWICE;
      n.vendorInfoAt = value;
      n.vendorInfoLength = length;
    } // options with other numbers are counted and skipped (D5)
    last = number;
  }
  n.at = at;
  return at === to ? OK : OPTIONS_TRAILING;
}

function isIllFormed(n: Notification, at: number, length: number): boolean {
  n.at = at + length;
  if (length > 0) n.at = checkUtf8(n.bytes, at, n.at);
  return n.at !== at + length;
}
