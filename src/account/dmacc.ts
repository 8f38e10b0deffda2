/** The DMAcc management object (OMA-TS-DM_StdObj), by its own node names. */
import type { AppAddr } from "../hal.ts";

/**
 * The choices that the specification leaves open, so that servers differ. A DmAcc has those of its server, ClientOptions
 * those of all other servers.
 */
export interface ServerRules {
  /** The unit of TIMEOUT: "minutes" (D2). */
  timeoutUnit?: "minutes" | "days";
  /** Seconds that a TIMESTAMP may be ahead of the clock, not negative: 86400 (D10). */
  maxSkewSeconds?: number;
  /** Refuse 1.3 messages without Requested-MO: true (D8). */
  requireRequestedMo?: boolean;
  /** Refuse Vendor-Info that is not UTF-8: false (D9). */
  strictVendorInfo?: boolean;
}

/**
 * A DM account. serverId, aauthName, aauthSecret and aauthData have at most 256 bytes each, texts as UTF-8. A choice that is
 * none of those listed makes the account invalid: a guess would refuse all that its server sends, or accept what it does
 * not.
 */
export interface DmAcc extends ServerRules {
  /** ServerID, 1 to 256 bytes of UTF-8. The Server-ID of a notification must equal it byte for byte. */
  serverId: string;
  name?: string;
  prefConRef?: string;
  toConRef?: string[];
  appAddr?: AppAddr[];
  aauthPref?: string;
  appAuth: AppAuth[];
  /** The input of the 1.3 digest (D1): "colons" when absent. */
  digestInput?: DigestInput;
  /** The name in the 1.2 digest. When absent, ServerID is tried, and then AAuthName if it differs. */
  digestName?: "serverId" | "aauthName";
  /**
   * Accepts 1.2 messages under the nonce of four zero octets too. Anyone who has seen such a message can replay it. By
   * default false.
   */
  nonceResync?: boolean;
  /** Accepts an empty AAuthSecret as a secret, although anyone can sign with it. By default false. */
  allowEmptySecret?: boolean;
}

/** `secret ":" header ":" options`, `secret header options`, `secret ":" header options`. */
export type DigestInput = "colons" | "plain" | "one-colon";

/** One AppAuth node of a DMAcc: the secret of one side at one level. */
export interface AppAuth {
  /** CLCRED, SRVCRED, OBEX, HTTP or NOTICRED. */
  aauthLevel: string;
  /** HTTP-BASIC, HTTP-DIGEST, BASIC, DIGEST, HMAC, X509, SECURID, SAFEWORD, DIGIPASS, TRANSPORT. */
  aauthType?: string;
  aauthName?: string;
  /** When NOTICRED has none, the secret of SRVCRED signs 1.3 notifications too (§6.6). */
  aauthSecret?: string;
  /** The nonce, raw octets; readBase64 turns base64 text into them. */
  aauthData?: Uint8Array;
}

/** The AppAuth of `level`, or null when the account has none. */
export function appAuthOf(dmAcc: DmAcc, level: string): AppAuth | null {
  return dmAcc.appAuth.filter(auth => auth.aauthLevel === level)[0] || null;
}

/** A shallow copy. */
export function copyOf<T extends object>(from: T): T {
  const copy = {} as T;
  for (const key in from) copy[key] = from[key];
  return copy;
}

/** A copy of `dmAcc` with AppAuths of its own. */
export function copyDmAcc(dmAcc: DmAcc): DmAcc {
  const copy = copyOf(dmAcc);
  copy.appAuth = dmAcc.appAuth.map(copyOf);
  return copy;
}
