/** General Notification Initiated Session Alert of DM 1.2 to the wire: OMA-TS-DM_Notification-V1_2 §6. */
import { isUint } from "../bytes.ts";
import type { Hash } from "../hash/hash.ts";
import { FIELD_BUFFER, FIELD_RANGE, FIELD_SERVER_ID, FIELD_SESSION_ID, OK } from "../status.ts";
import { MD5_BYTES, TRIGGER_HEADER_BYTES } from "../wire.ts";
import { computeDigest12 } from "./digest12.ts";
import type { NotificationFields } from "./fields.ts";
import { checkUtf8 } from "./utf8.ts";

/**
 * Writes and signs one message to `out` from `at` on; `f.vendorInfo` is the vendor-specific body; fields that only 1.3 has
 * are ignored. Returns the offset after it, or a 0xD_ status as a negative number; then nothing was written. `scratch` has
 * DIGEST12_SCRATCH_BYTES. Allocates nothing.
 */
export function writeNotification12(
  f: NotificationFields,
  md5: Hash,
  name: Uint8Array,
  password: Uint8Array,
  nonce: Uint8Array,
  out: Uint8Array,
  at: number,
  scratch: Uint8Array,
): number {
  const status = checkFields12(f);
  if (status !== OK) return -status;
  const size = MD5_BYTES + TRIGGER_HEADER_BYTES + f.serverId.length + f.vendorInfo.length;
  if (!isUint(at, out.length - size)) return -FIELD_BUFFER;
  const triggerAt = at + MD5_BYTES;
  const serverIdAt = triggerAt + TRIGGER_HEADER_BYTES;
  const vendorAt = serverIdAt + f.serverId.length;
  const end = at + size;

  //  version:10 ui-mode:2 initiator:1 future-use:27 sessionid:16 length-identifier:8
  out[triggerAt] = f.versionTenths >> 2;
  out[triggerAt + 1] = (f.versionTenths << 6) | (f.uiMode << 4) | (f.initiator << 3);
  out[triggerAt + 2] = 0;
  out[triggerAt + 3] = 0;
  out[triggerAt + 4] = 0;
  out[triggerAt + 5] = f.sessionId >> 8;
  out[triggerAt + 6] = f.sessionId;
  out[triggerAt + 7] = f.serverId.length;
  out.set(f.serverId, serverIdAt);
  out.set(f.vendorInfo, vendorAt);
  computeDigest12(md5, name, password, nonce, out, triggerAt, end, out, at, scratch);
  return end;
}

function checkFields12(f: NotificationFields): number {
  if (!isUint(f.sessionId, 65535) || f.sessionId === 0) return FIELD_SESSION_ID;
  const length = f.serverId.length;
  if (length < 1 || length > 255 || checkUtf8(f.serverId, 0, length) !== length) return FIELD_SERVER_ID;
  if (!isUint(f.initiator, 1) || !isUint(f.uiMode, 3)) return FIELD_RANGE;
  if (!isUint(f.versionTenths, 12) || f.versionTenths < 10) return FIELD_RANGE;
  return OK;
}
