/** Package #0 of DM 1.3 to the wire: §6.1 to §6.6. Writes only messages that a strict reader accepts (D3, D4, D5, D8). */
import { isUint } from "../bytes.ts";
import type { Hash } from "../hash/hash.ts";
import {
  FIELD_BUFFER,
  FIELD_NET_UNICODE,
  FIELD_OPTIONS,
  FIELD_RANGE,
  FIELD_REQUESTED_MO,
  FIELD_SERVER_ID,
  FIELD_SESSION_ID,
  FIELD_TEXT,
  OK,
} from "../status.ts";
import {
  BEARER_MAX,
  HEADER_BYTES,
  OPTION_CONNECT_REASON,
  OPTION_PREFERRED_BEARER,
  OPTION_REQUESTED_MO,
  OPTION_SERVER_ID,
  OPTION_TARGETED_MO,
  OPTION_VENDOR_INFO,
  OPTIONS_MAX,
  SHA256_BYTES,
  TRANSPORT_WSP,
} from "../wire.ts";
import { computeDigest13, DIGEST_ONE_COLON } from "./digest13.ts";
import type { NotificationFields } from "./fields.ts";
import { checkNetUnicode, checkUtf8 } from "./utf8.ts";

/**
 * Writes and signs one Package #0 to `out` from `at` on. Uints are written in as few bytes as possible. Returns the offset
 * after the message, or a 0xD_ status as a negative number; then nothing was written. Allocates nothing.
 */
export function writeNotification13(
  f: NotificationFields,
  sha256: Hash,
  secret: Uint8Array,
  digestInput: number,
  out: Uint8Array,
  at: number,
): number {
  const status = checkFields13(f);
  if (status !== OK) return -status;
  if (!isUint(digestInput, DIGEST_ONE_COLON)) return -FIELD_RANGE;
  if (!isUint(at, out.length - sizeOfNotification13(f))) return -FIELD_BUFFER;
  const count = countOptions(f);

  //  VER:4 OPC:3 I:1 | UIM:2 TRA:3 RESERVED:3 | RESERVED:16 | TIMEOUT:16 | SESSIONID:16 | TIMESTAMP:32   (§6.1)
  out[at] = 0x10 | (count << 1) | f.initiator;
  out[at + 1] = (f.uiMode << 6) | (f.transport << 3);
  out[at + 2] = 0;
  out[at + 3] = 0;
  out[at + 4] = f.timeoutMinutes >> 8;
  out[at + 5] = f.timeoutMinutes;
  out[at + 6] = f.sessionId >> 8;
  out[at + 7] = f.sessionId;
  out[at + 8] = f.timestamp >>> 24;
  out[at + 9] = f.timestamp >>> 16;
  out[at + 10] = f.timestamp >>> 8;
  out[at + 11] = f.timestamp;

  let end = writeOption(OPTION_SERVER_ID, f.serverId, out, at + HEADER_BYTES);
  end = writeUints(OPTION_TARGETED_MO, f.targetedMo, out, end);
  end = writeUints(OPTION_REQUESTED_MO, f.requestedMo, out, end);
  end = writeUints(OPTION_PREFERRED_BEARER, f.preferredBearer, out, end);
  if (f.connectReason.length > 0) end = writeOption(OPTION_CONNECT_REASON, f.connectReason, out, end);
  if (f.vendorInfo.length > 0) end = writeOption(OPTION_VENDOR_INFO, f.vendorInfo, out, end);
  computeDigest13(sha256, secret, digestInput, out, at, end, out, end);
  return end + SHA256_BYTES;
}

/** The number of bytes that writeNotification13 writes for fields that are in range. */
export function sizeOfNotification13(f: NotificationFields): number {
  let size = HEADER_BYTES + 2 + f.serverId.length + SHA256_BYTES;
  for (let i = 0; i < f.targetedMo.length; i++) size += f.targetedMo[i] > 255 ? 4 : 3;
  for (let i = 0; i < f.requestedMo.length; i++) size += f.requestedMo[i] > 255 ? 4 : 3;
  size += 3 * f.preferredBearer.length;
  if (f.connectReason.length > 0) size += 2 + f.connectReason.length;
  if (f.vendorInfo.length > 0) size += 2 + f.vendorInfo.length;
  return size;
}

function countOptions(f: NotificationFields): number {
  const texts = (f.connectReason.length > 0 ? 1 : 0) + (f.vendorInfo.length > 0 ? 1 : 0);
  return 1 + f.targetedMo.length + f.requestedMo.length + f.preferredBearer.length + texts;
}

function checkFields13(f: NotificationFields): number {
  if (!isUint(f.sessionId, 65535) || f.sessionId === 0) return FIELD_SESSION_ID;
  if (f.serverId.length === 0) return FIELD_SERVER_ID;
  const status =
    checkText(f.serverId, 255, FIELD_SERVER_ID) ||
    checkText(f.connectReason, 4095, FIELD_TEXT) ||
    (f.isVendorInfoOpaque === true ? OK : checkText(f.vendorInfo, 4095, FIELD_TEXT));
  if (status !== OK) return status;
  if (f.requestedMo.length === 0) return FIELD_REQUESTED_MO;
  if (countOptions(f) > OPTIONS_MAX) return FIELD_OPTIONS;
  if (!isUint(f.initiator, 1) || !isUint(f.uiMode, 3) || !isUint(f.transport, TRANSPORT_WSP)) return FIELD_RANGE;
  if (!isUint(f.timeoutMinutes, 65535) || !isUint(f.timestamp, 4294967295)) return FIELD_RANGE;
  if (!areUints(f.targetedMo, 65535) || !areUints(f.requestedMo, 65535)) return FIELD_RANGE;
  if (!areUints(f.preferredBearer, BEARER_MAX)) return FIELD_RANGE;
  return f.vendorInfo.length > 4095 ? FIELD_TEXT : OK;
}

function areUints(values: ArrayLike<number>, highest: number): boolean {
  for (let i = 0; i < values.length; i++) if (!isUint(values[i], highest)) return false;
  return true;
}

/** OK; `status` for a text that is too long or not UTF-8; FIELD_NET_UNICODE for UTF-8 that is not Net-Unicode (§6.2.3). */
function checkText(text: Uint8Array, lengthMax: number, status: number): number {
  const length = text.length;
  if (length > lengthMax || checkUtf8(text, 0, length) !== length) return status;
  return checkNetUnicode(text, 0, length) === length ? OK : FIELD_NET_UNICODE;
}

function writeUints(number: number, values: ArrayLike<number>, out: Uint8Array, at: number): number {
  let end = at;
  for (let i = 0; i < values.length; i++) {
    const isWide = values[i] > 255;
    end = writeOptionHeader(number, isWide ? 2 : 1, out, end);
    if (isWide) out[end++] = values[i] >> 8;
    out[end++] = values[i];
  }
  return end;
}

function writeOption(number: number, value: Uint8Array, out: Uint8Array, at: number): number {
  const end = writeOptionHeader(number, value.length, out, at);
  out.set(value, end);
  return end + value.length;
}

//  number:4 length:12   (§6.2)
function writeOptionHeader(number: number, length: number, out: Uint8Array, at: number): number {
  out[at] = (number << 4) | (length >> 8);
  out[at + 1] = length;
  return at + 2;
}
