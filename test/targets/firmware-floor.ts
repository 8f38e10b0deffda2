/**
 * A firmware's script that does the least that any verdict needs: it reads each octet of a message once, and computes the
 * digest. In each of its first ticks it does so for one length, between two calls of host.posixSeconds.
 */
import { createSha256 } from "../../src/hash/sha256.ts";
import type { Host } from "../../targets/host-functions/hal.ts";

declare const host: Host;
/** Pairs: octets of a push, octets of what its digest is of. */
declare const LENGTHS: number[][];

const own = host.sha256 === undefined ? createSha256() : null;
const digest = new Uint8Array(32);
let ticks = 0;

function readAll(octets: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < octets.length; i++) sum += octets[i];
  return sum;
}

(globalThis as unknown as { pkg0: object }).pkg0 = {
  poll(): void {},
  tick(): void {
    if (ticks === LENGTHS.length) return;
    const push = new Uint8Array(LENGTHS[ticks][0]);
    const hashed = new Uint8Array(LENGTHS[ticks++][1]);
    host.posixSeconds();
    readAll(push);
    if (own === null) (host as Required<Host>).sha256(hashed, digest);
    else {
      own.start();
      own.add(hashed, 0, hashed.length);
      own.end(digest, 0);
    }
    host.posixSeconds();
  },
  hasAccount: () => 1,
  sessionDone: () => 0,
  retry(): void {},
};
