/**
 * The digest of DM 1.2, OMA-TS-DM_Notification-V1_2 §6.2.1: `MD5( B64(MD5(name ":" password)) ":" nonce ":"
 * B64(MD5(trigger)) )`, the trigger is everything after the digest.
 */
import { writeBase64 } from "../hash/base64.ts";
import type { Hash } from "../hash/hash.ts";
import { MD5_BYTES } from "../wire.ts";
import type { Notification } from "./fields.ts";

/** Bytes of scratch that the functions of this file need; they wipe it. */
export const DIGEST12_SCRATCH_BYTES = 66;

const CREDENTIALS_AT = MD5_BYTES; // 24 bytes of base64 and a colon
const COLON_AT = CREDENTIALS_AT + 24;
const TRIGGER_AT = CREDENTIALS_AT + 25; // a colon and 24 bytes of base64
const COLON = 0x3a;

/**
 * Writes the digest of the trigger `bytes[triggerFrom..to)` to `out[at..at + 16)`. `nonce` is raw octets and may be empty.
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
  hashTrigger(md5, bytes, triggerFrom, to, scratch);
  hashCredentials(md5, name, password, scratch);
  addAll(md5, nonce, scratch);
  md5.end(out, at);
  wipe(scratch);
}

/** Whether the digest of a message that readNotification12 accepted is right, in constant time. Allocates two arrays. */
export function verifyDigest12(
  n: Notification,
  md5: Hash,
  name: Uint8Array,
  password: Uint8Array,
  nonce: Uint8Array,
  scratch: Uint8Array,
): boolean {
  return verifyAnyDigest12(n, md5, [name], password, [nonce], scratch) === 0;
}

/**
 * The index of the nonce under which the digest is right with one of `names`; -1 when no nonce and name make it right. The
 * parts that several attempts share are hashed once. Allocates nothing.
 */
export function verifyAnyDigest12(
  n: Notification,
  md5: Hash,
  names: Uint8Array[],
  password: Uint8Array,
  nonces: Uint8Array[],
  scratch: Uint8Array,
): number {
  let right = -1;
  hashTrigger(md5, n.bytes, n.from + MD5_BYTES, n.to, scratch);
  for (let k = 0; k < names.length && right < 0; k++) {
    hashCredentials(md5, names[k], password, scratch);
    for (let i = 0; i < nonces.length && right < 0; i++) {
      addAll(md5, nonces[i], scratch);
      if (md5.verify(n.bytes, n.digestAt, n.digestAt + MD5_BYTES)) right = i;
    }
  }
  wipe(scratch);
  return right;
}

/** Writes `":" B64(MD5(trigger))` to its place in the scratch. */
function hashTrigger(md5: Hash, bytes: Uint8Array, triggerFrom: number, to: number, scratch: Uint8Array): void {
  scratch[TRIGGER_AT] = COLON;
  md5.start();
  md5.add(bytes, triggerFrom, to);
  endBase64(md5, scratch, TRIGGER_AT + 1);
}

/** Writes `B64(MD5(name ":" password)) ":"` to its place in the scratch. */
function hashCredentials(md5: Hash, name: Uint8Array, password: Uint8Array, scratch: Uint8Array): void {
  scratch[COLON_AT] = COLON;
  md5.start();
  md5.add(name, 0, name.length);
  md5.add(scratch, COLON_AT, TRIGGER_AT);
  md5.add(password, 0, password.length);
  endBase64(md5, scratch, CREDENTIALS_AT);
}

/** Ends the message; writes its digest in base64 to `scratch` from `at` on. */
function endBase64(md5: Hash, scratch: Uint8Array, at: number): void {
  md5.end(scratch, 0);
  writeBase64(scratch, 0, MD5_BYTES, scratch, at);
}

/** Adds the parts that the two functions above wrote, and the nonce. */
function addAll(md5: Hash, nonce: Uint8Array, scratch: Uint8Array): void {
  md5.start();
  md5.add(scratch, CREDENTIALS_AT, TRIGGER_AT);
  md5.add(nonce, 0, nonce.length);
  md5.add(scratch, TRIGGER_AT, DIGEST12_SCRATCH_BYTES);
}

function wipe(scratch: Uint8Array): void {
  for (let i = 0; i < DIGEST12_SCRATCH_BYTES; i++) scratch[i] = 0;
}
