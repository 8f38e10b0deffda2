/** Replaces src/hash/sha256.ts in the bundle for boards whose firmware has SHA-256, and so saves its code. */
import { createWholeMessageHash, type Hash } from "../../src/hash/hash.ts";

declare const global: { require(name: string): { SHA256(message: Uint8Array): ArrayBuffer } };

/** Throws on a firmware without `crypto.SHA256`, at the start and not at the first message. */
export function createSha256(): Hash {
  const sha256 = global.require("crypto").SHA256;
  return createWholeMessageHash(message => new Uint8Array(sha256(message)), 512);
}
