/**
 * The digest of DM 1.2, OMA-TS-DM_Notification-V1_2 §6.2.1:
 * `MD5( B64(MD5(name ":" password)) ":" nonce ":" B64(MD5(trigger)) )`, trigger = all after the digest.
 */
import { writeBase64 } from "../hash/base64.ts";
import { equalBytes } from "../hash/equal.ts";
import type { Hash } from "../hash/hash.ts";
import { MD5_BYTES } from "../wire.ts";
import type { Notification } from "./fields.ts";

/** Bytes of scratch that the functions here want; they wipe it. */
export const DIGEST12_SCRATCH_BYTES = 82;

const CREDENTIALS_AT = MD5_BYTES; // 24 bytes of base64 and a colon
const TRIGGER_AT = CREDENTIALS_AT + 25; // a colon and 24 bytes of base64
const EXPECTED_AT = TRIGGER_AT + 25; // a digest, for verifyDigest12
const COLON = 0x3a;

/**
 * Writes the digest of the trigger `bytes[triggerFrom..to)` to `out[at..at + 16)`. `nonce` is raw octets, may be empty.
 * Allocates nothing.
 */
export function computeDigest12(
  md5: Hash,
  name: Uint8Array,
  password: Uint8Array,
  nonce: Uint8Array,
  bytes: Uint8Array,
  triggerFrom: number,
  to: number,
  out: Uint8Array,
  at: number,
  scratch: Uint8Array,
): void {
  const colonAt = CREDENTIALS_AT + 24;
  scratch[colonAt] = COLON;
  scratch[TRIGGER_AT] = COLON;

  md5.start();
  md5.add(name, 0, name.length);
  md5.add(scratch, colonAt, colonAt + 1);
  md5.add(password, 0, password.length);
  md5.end(scratch, 0);
  writeBase64(scratch, 0, MD5_BYTES, scratch, CREDENTIALS_AT);

  md5.start();
  md5.add(bytes, triggerFrom, to);
  md5.end(scratch, 0);
  writeBase64(scratch, 0, MD5_BYTES, scratch, TRIGGER_AT + 1);

  md5.start();
  md5.add(scratch, CREDENTIALS_AT, TRIGGER_AT);
  md5.add(nonce, 0, nonce.length);
  md5.add(scratch, TRIGGER_AT, EXPECTED_AT);
  md5.end(out, at);
  for (let i = 0; i < EXPECTED_AT; i++) scratch[i] = 0;
}

/** Whether the digest of a message that readNotification12 accepted is right, in constant time. */
export function verifyDigest12(
  n: Notification,
  md5: Hash,
  name: Uint8Array,
  password: Uint8Array,
  nonce: Uint8Array,
  scratch: Uint8Array,
): boolean {
  const last = MD5_BYTES - 1;
  scratch[EXPECTED_AT + last] = ~n.bytes[n.digestAt + last]; // a native hash that gives too few bytes leaves a wrong digest behind
  computeDigest12(md5, name, password, nonce, n.bytes, n.from + MD5_BYTES, n.to, scratch, EXPECTED_AT, scratch);
  const isEqual = equalBytes(scratch, EXPECTED_AT, n.bytes, n.digestAt, MD5_BYTES);
  for (let i = EXPECTED_AT; i < DIGEST12_SCRATCH_BYTES; i++) scratch[i] = 0;
  return isEqual;
}
