/** The digest of a notification against the secrets of its account, for both formats (§6.6; DM 1.2 §6.2). */
import type { Account } from "../account/accounts.ts";
import type { Hash } from "../hash/hash.ts";
import { DIGEST12_SCRATCH_BYTES, verifyDigest12 } from "../notification/digest12.ts";
import { DIGEST_COLONS, DIGEST_PLAIN, verifyDigest13 } from "../notification/digest13.ts";
import type { Notification } from "../notification/fields.ts";
import { ACCOUNT_NO_SECRET, DIGEST_WRONG, FORMAT_12, OK } from "../status.ts";

export interface Verifier {
  /** OK, ACCOUNT_NO_SECRET or DIGEST_WRONG. Allocates nothing. */
  verify(n: Notification, account: Account): number;
  /** Whether the last OK was for the nonce of four zero octets. */
  isResync: boolean;
}

/** Four zero octets: the nonce of resynchronisation. */
const RESYNC_NONCE = /* @__PURE__ */ new Uint8Array(4);

/** Allocates its scratch once. */
export function createVerifier(sha256: Hash, md5: Hash): Verifier {
  const scratch = new Uint8Array(DIGEST12_SCRATCH_BYTES);

  function verify(n: Notification, account: Account): number {
    verifier.isResync = false;
    if (n.format === FORMAT_12) return verify12(n, account);
    if (account.secret13 === null) return ACCOUNT_NO_SECRET;
    const input = account.dmAcc.digestInput === "plain" ? DIGEST_PLAIN : DIGEST_COLONS;
    return verifyDigest13(n, sha256, account.secret13, input, scratch) ? OK : DIGEST_WRONG;
  }

  function verify12(n: Notification, account: Account): number {
    if (account.secret12 === null) return ACCOUNT_NO_SECRET;
    if (isRight12(n, account, account.nonce12)) return OK;
    if (account.dmAcc.nonceResync !== true || !isRight12(n, account, RESYNC_NONCE)) return DIGEST_WRONG;
    verifier.isResync = true;
    return OK;
  }

  /** Under the names that the account allows: ServerID as the specification says, AAuthName as some servers have it. */
  function isRight12(n: Notification, account: Account, nonce: Uint8Array): boolean {
    const secret = account.secret12 as Uint8Array;
    const choice = account.dmAcc.digestName;
    if (choice !== "aauthName" && verifyDigest12(n, md5, account.serverId, secret, nonce, scratch)) return true;
    if (choice === "serverId" || (choice === undefined && !account.isNamed12)) return false;
    return verifyDigest12(n, md5, account.name12, secret, nonce, scratch);
  }

  const verifier: Verifier = { verify, isResync: false };
  return verifier;
}
