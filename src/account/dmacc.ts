/** The DMAcc management object (OMA-TS-DM_StdObj), by its own node names, and what the digests need of it. */

import type { AppAddr } from "../hal.ts";
import { utf8Bytes } from "../notification/utf8.ts";

export interface DmAcc {
  /** ServerID: what Server-ID in a notification is compared to, byte for byte. 1 to 256 bytes of UTF-8. */
  serverId: string;
  name?: string;
  prefConRef?: string;
  toConRef?: string[];
  appAddr?: AppAddr[];
  aauthPref?: string;
  appAuth: AppAuth[];
  /** What the 1.3 digest is computed over (D1): "colons" when absent. */
  digestInput?: "colons" | "plain";
  /** The name in the 1.2 digest. Absent: ServerID, and AAuthName where that fails and differs. */
  digestName?: "serverId" | "aauthName";
  /** Accept 1.2 messages under the nonce of four zero octets too. Whoever has seen one can replay it: false when absent. */
  nonceResync?: boolean;
}

export interface AppAuth {
  /** CLCRED, SRVCRED, OBEX, HTTP or NOTICRED. */
  aauthLevel: string;
  /** HTTP-BASIC, HTTP-DIGEST, BASIC, DIGEST, HMAC, X509, SECURID, SAFEWORD, DIGIPASS, TRANSPORT. */
  aauthType?: string;
  aauthName?: string;
  aauthSecret?: string;
  /** The nonce, raw octets; readBase64 turns base64 text into them. */
  aauthData?: Uint8Array;
}

/** The AppAuth of a level, or null. */
export function appAuthOf(dmAcc: DmAcc, level: string): AppAuth | null {
  for (let i = 0; i < dmAcc.appAuth.length; i++) if (dmAcc.appAuth[i].aauthLevel === level) return dmAcc.appAuth[i];
  return null;
}

/** The secret of the 1.3 digest: of NOTICRED, where there is none of SRVCRED (§6.6); null without either. Allocates it. */
export function notificationSecret(dmAcc: DmAcc): Uint8Array | null {
  const notiCred = appAuthOf(dmAcc, "NOTICRED");
  const appAuth = notiCred === null ? appAuthOf(dmAcc, "SRVCRED") : notiCred;
  return appAuth === null || appAuth.aauthSecret === undefined ? null : utf8Bytes(appAuth.aauthSecret);
}

/** A copy of `dmAcc` whose SRVCRED has the nonce `aauthData`. */
export function withNonce(dmAcc: DmAcc, aauthData: Uint8Array): DmAcc {
  const copy = deepCopyOf(dmAcc);
  const srvCred = appAuthOf(copy, "SRVCRED");
  if (srvCred !== null) srvCred.aauthData = aauthData;
  return copy;
}

/** A copy of `dmAcc` with AppAuths of its own. */
export function deepCopyOf(dmAcc: DmAcc): DmAcc {
  const copy = copyOf(dmAcc);
  copy.appAuth = [];
  for (let i = 0; i < dmAcc.appAuth.length; i++) copy.appAuth.push(copyOf(dmAcc.appAuth[i]));
  return copy;
}

function copyOf<T extends object>(from: T): T {
  const copy = {} as T;
  for (const key in from) copy[key] = from[key];
  return copy;
}
