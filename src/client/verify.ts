/** Verifies the digest of a notification with the secrets of its account, for both formats (§6.6; DM 1.2 §6.2). */
import type { Account } from "../account/accounts.ts";
import type { Hash } from "../hash/hash.ts";
import { verifyAnyDigest12 } from "../notification/digest12.ts";
import { verifyDigest13 } from "../notification/digest13.ts";
import type { Notification } from "../notification/fields.ts";
import { FORMAT_12 } from "../wire.ts";

/**
 * 0 when the digest is right, 1 when it is right under the nonce of resynchronisation, else -1. The account must have a
 * secret for the format. `scratch` has DIGEST12_SCRATCH_BYTES. Allocates nothing.
 */
export function verifyDigest(n: Notification, account: Account, sha256: Hash, md5: Hash, scratch: Uint8Array): number {
  if (n.format !== FORMAT_12) {
    return verifyDigest13(n, sha256, account.secret13 as Uint8Array, account.input13) ? 0 : -1;
  }
  return verifyAnyDigest12(n, md5, account.names12, account.secret12 as Uint8Array, account.nonces12, scratch);
}
