/** The digest of DM 1.3, §6.6: SHA-256 over secret, header and options; TIMESTAMP inside the header is the nonce (§6.4.9). */
import type { Hash } from "../hash/hash.ts";
import { HEADER_BYTES } from "../wire.ts";
import type { Notification } from "./fields.ts";

/** `secret ":" header ":" options`: our reading of §6.6 (D1). */
export const DIGEST_COLONS = 0;
/** `secret header options`, for servers that read §6.6 so (D1). */
export const DIGEST_PLAIN = 1;
/** `secret ":" header options`, for servers that read §6.6 so (D1). */
export const DIGEST_ONE_COLON = 2;

/** The name of each DIGEST_* in an account, at the index of its number. */
export const DIGEST_INPUTS: string[] = ["colons", "plain", "one-colon"];

const COLON = /* @__PURE__ */ new Uint8Array([0x3a]);

/**
 * Writes the digest of header and options `bytes[from..digestAt)` to `out[at..at + 32)`. `digestInput` is one of DIGEST_*.
 * The message must have a whole header. Allocates nothing.
 */
export function computeDigest13(
  sha256: Hash,
  secret: Uint8Array,
  digestInput: number,
  bytes: Uint8Array,
  from: number,
  digestAt: number,
  out: Uint8Array,
  at: number,
): void {
  addMessage(sha256, secret, digestInput, bytes, from, digestAt);
  sha256.end(out, at);
}

/** Whether the digest of a message that readNotification13 accepted is right, in constant time. Allocates nothing. */
export function verifyDigest13(n: Notification, sha256: Hash, secret: Uint8Array, digestInput: number): boolean {
  addMessage(sha256, secret, digestInput, n.bytes, n.from, n.digestAt);
  return sha256.verify(n.bytes, n.digestAt, n.to);
}

function addMessage(
  sha256: Hash,
  secret: Uint8Array,
  digestInput: number,
  bytes: Uint8Array,
  from: number,
  digestAt: number,
): void {
  sha256.start();
  sha256.add(secret, 0, secret.length);
  sha256.add(COLON, 0, digestInput === DIGEST_PLAIN ? 0 : 1);
  sha256.add(bytes, from, from + HEADER_BYTES);
  sha256.add(COLON, 0, digestInput === DIGEST_COLONS ? 1 : 0);
  sha256.add(bytes, from + HEADER_BYTES, digestAt);
}
