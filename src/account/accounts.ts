/** The DMAccs of a device: UTF-8 JSON in the store; in memory also the bytes that verify a notification. */
import { EMPTY, isSpan, numbersOf } from "../bytes.ts";
import { DIGEST_INPUTS } from "../notification/digest13.ts";
import { REQUESTED_MO_OPTIONAL, VENDOR_INFO_STRICT } from "../notification/read13.ts";
import { utf8Bytes, utf8Text } from "../notification/utf8.ts";
import { or } from "../or.ts";
import { appAuthOf, copyDmAcc, type DmAcc, type ServerRules } from "./dmacc.ts";

/** One account, ready to verify a notification. It shares nothing with the DMAcc that the caller gave. */
export interface Account {
  dmAcc: DmAcc;
  serverId: Uint8Array;
  /** AAuthSecret of NOTICRED, or of SRVCRED where NOTICRED has none (§6.6); null = no 1.3 notification can be verified. */
  secret13: Uint8Array | null;
  /** The input of the 1.3 digest: DIGEST_* (D1). */
  input13: number;
  /** AAuthSecret of SRVCRED; null = no 1.2 notification can be verified. */
  secret12: Uint8Array | null;
  /** The names to try in the 1.2 digest, in this order. */
  names12: Uint8Array[];
  /** AAuthData of SRVCRED, and the nonce of resynchronisation if the account allows it. */
  nonces12: Uint8Array[];
  /** Seconds in one unit of TIMEOUT: 60, or 86400 for a server that counts days (D2). */
  timeoutUnitSeconds: number;
  /** How far ahead of the clock a TIMESTAMP may be (D10). */
  skewSeconds: number;
  /** The `rules` of readNotification13 (D8, D9). */
  readRules: number;
  /**
   * The account's part of the admission record (admission.ts): the notifications it remembers. null when that record is
   * damaged; then nothing is accepted.
   */
  memory: Uint8Array | null;
}

/** Four zero octets: the nonce of resynchronisation. */
const RESYNC_NONCE = /* @__PURE__ */ new Uint8Array(4);
const OCTETS_MAX = 256;
const OFF_ON = [false, true];
const DIGEST_NAMES = [undefined, "serverId", "aauthName"];

/** The account whose ServerID is `bytes[at..at + length)`, by its index in `accounts`; -1 without one. Allocates nothing. */
export function findAccount(accounts: (Account | null)[], bytes: Uint8Array, at: number, length: number): number {
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i];
    if (account !== null && isSpan(account.serverId, bytes, at, length)) return i;
  }
  return -1;
}

/** The bytes of `dmAcc` for the store: JSON, with AAuthData as an array of numbers. No bytes when it is not a DMAcc. */
export function writeDmAcc(dmAcc: DmAcc): Uint8Array {
  try {
    const copy = copyDmAcc(dmAcc);
    copy.appAuth.forEach((auth: { aauthData?: unknown }) => {
      const data = auth.aauthData;
      if (typeof data === "string") throw data; // base64: the caller has to apply readBase64
      if (data !== undefined) auth.aauthData = numbersOf(data as Uint8Array, (data as Uint8Array).length);
    });
    return utf8Bytes(JSON.stringify(copy));
  } catch {
    return EMPTY; // a caller in JavaScript may pass anything
  }
}

/**
 * The account that writeDmAcc wrote, with nothing remembered; null when the bytes are no DMAcc. `rules` are the defaults of
 * its choices.
 */
export function readAccount(bytes: Uint8Array, rules: ServerRules): Account | null {
  try {
    const dmAcc = JSON.parse(utf8Text(bytes, 0, bytes.length)) as DmAcc;
    let isGood = true;
    /**
     * The index of a choice among `values`; when the account has none, the index of `otherwise`, else 0. An unknown choice
     * makes the account invalid: a wrong guess would refuse every message of the server. It does not throw, because in
     * Espruino nothing catches what is thrown from within an object literal.
     */
    const choose = <T>(choice: T, values: T[], otherwise?: T): number => {
      const index = values.indexOf(or(choice, otherwise as T));
      if (index < 0 && choice !== undefined) isGood = false;
      return Math.max(0, index);
    };
    dmAcc.appAuth.forEach(auth => {
      octetsOf(auth.aauthName);
      octetsOf(auth.aauthSecret);
      const data = auth.aauthData as unknown;
      if (data !== undefined) auth.aauthData = new Uint8Array(data as number[]);
    });
    const id = dmAcc.serverId;
    const serverId = octetsOf(id) as Uint8Array;
    const srvCred = appAuthOf(dmAcc, "SRVCRED") || { aauthLevel: "" };
    const notiCred = appAuthOf(dmAcc, "NOTICRED");
    const nameText = srvCred.aauthName || id;
    const name = octetsOf(nameText) as Uint8Array;
    const nonce = srvCred.aauthData || EMPTY;
    const skew = or(dmAcc.maxSkewSeconds, 0);
    if (!id || nonce.length > OCTETS_MAX || typeof skew !== "number" || skew < 0) return null;
    const allowsEmpty = choose(dmAcc.allowEmptySecret, OFF_ON) > 0;
    const digestName = choose(dmAcc.digestName, DIGEST_NAMES);
    const account: Account = {
      dmAcc,
      serverId,
      input13: choose(dmAcc.digestInput, DIGEST_INPUTS),
      secret13: secretOf(notiCred === null || notiCred.aauthSecret === undefined ? srvCred : notiCred, allowsEmpty),
      secret12: secretOf(srvCred, allowsEmpty),
      names12: digestName > 1 ? [name] : digestName > 0 || nameText === id ? [serverId] : [serverId, name],
      nonces12: choose(dmAcc.nonceResync, OFF_ON) > 0 ? [nonce, RESYNC_NONCE] : [nonce],
      timeoutUnitSeconds: choose(dmAcc.timeoutUnit, ["minutes", "days"], rules.timeoutUnit) > 0 ? 86400 : 60,
      skewSeconds: or(dmAcc.maxSkewSeconds, or(rules.maxSkewSeconds, 86400)),
      readRules:
        choose(dmAcc.requireRequestedMo, [true, false], rules.requireRequestedMo) * REQUESTED_MO_OPTIONAL +
        choose(dmAcc.strictVendorInfo, OFF_ON, rules.strictVendorInfo) * VENDOR_INFO_STRICT,
      memory: null,
    };
    return isGood ? account : null;
  } catch {
    return null; // a good check and no DMAcc: written by something else
  }
}

/**
 * The UTF-8 bytes of `text`; null when it is absent. Throws for a value that is not a string, or too long: read as an empty
 * secret it would let anyone in.
 */
function octetsOf(text: string | undefined): Uint8Array | null {
  if (text === undefined) return null;
  const octets = utf8Bytes(text);
  if (typeof text !== "string" || octets.length > OCTETS_MAX) throw text;
  return octets;
}

/** The bytes of a secret; null when it is absent, and null for an empty one, with which anyone could sign, unless allowed. */
function secretOf(auth: { aauthSecret?: string }, allowsEmpty: boolean): Uint8Array | null {
  const secret = octetsOf(auth.aauthSecret);
  return secret !== null && (secret.length > 0 || allowsEmpty) ? secret : null;
}
