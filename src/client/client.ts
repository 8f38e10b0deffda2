/**
 * The DM client's side of a notification, in the order of the pipeline: profile (§7), Package #0 (§6), account, admission,
 * session. Nothing acts on what a later step still has to check, and what is rejected leaves no trace.
 */
import { createAccounts } from "../account/accounts.ts";
import { appAuthOf, type DmAcc, withNonce } from "../account/dmacc.ts";
import { createStore } from "../account/store.ts";
import type { Hal, SessionRequest } from "../hal.ts";
import { createWholeMessageHash, type Hash } from "../hash/hash.ts";
import { createMd5 } from "../hash/md5.ts";
import { createSha256 } from "../hash/sha256.ts";
import { type Notification, newNotification } from "../notification/fields.ts";
import { readNotification12 } from "../notification/read12.ts";
import { REQUESTED_MO_OPTIONAL, readNotification13, VENDOR_INFO_STRICT } from "../notification/read13.ts";
import { newPush, readPush } from "../push/wsp.ts";
import {
  ACCOUNT_UNKNOWN,
  ACCOUNTS_FULL,
  CONTENT_TYPE_12,
  CONTENT_TYPE_OTHER,
  DIGEST_WRONG,
  FORMAT_12,
  FORMAT_13,
  NOTIFICATION_LONG,
  OK,
  PENDING_FULL,
  STORE_CORRUPT,
  THROTTLED,
  VIA_UDP,
} from "../status.ts";
import { type Admission, type AgeRules, checkAge, checkNew, newAdmission, remember } from "./admission.ts";
import { type ClientOptions, or } from "./options.ts";
import { readRecord, readUint16, writeRecord } from "./record.ts";
import { createSessions, newPending } from "./sessions.ts";
import { createTokenBucket } from "./token-bucket.ts";
import { createVerifier } from "./verify.ts";

export interface Client {
  /** Offset in the input of the byte that the last verdict is about. */
  at: number;
  /** Loads accounts and pending sessions, and opens the receivers. OK or the first bad status; what is readable works all the same. */
  open(): number;
  /** Closes the receivers. */
  close(): void;
  /** One WSP Push PDU `bytes[from..to)`, lent; returns its verdict. Rejected ones allocate nothing. */
  receivePush(bytes: Uint8Array, from: number, to: number, via: number): number;
  /** One Package #0 as another profile brings it; CONTENT_TYPE_OTHER where its type is not known. */
  receiveBody(bytes: Uint8Array, from: number, to: number, contentType: number, via: number): number;
  /** Adds an account, or replaces the one of its serverId. OK, ACCOUNT_INVALID, ACCOUNTS_FULL, STORE_WRITE. */
  addAccount(dmAcc: DmAcc): number;
  /** Removes an account with its sessions. OK, ACCOUNT_UNKNOWN, STORE_WRITE. */
  removeAccount(serverId: string): number;
  /** The accounts. Allocates the array. */
  listAccounts(): DmAcc[];
  /** Stores the nonce that a DM session has agreed on: AAuthData of SRVCRED (1.2). OK, ACCOUNT_UNKNOWN, STORE_WRITE. */
  saveNonce(serverId: string, nonce: Uint8Array): number;
  /** Offers the sessions that were pending before a reset; call it once the board can start sessions. */
  resume(): void;
  /** Offers the waiting sessions again: a bearer came up, or what made the board say SESSION_LATER is over. */
  bearerChanged(): void;
  /** Ends what has waited too long; call it about once a minute. */
  tick(): void;
  /** A session has ended, well or not. OK, SESSION_UNKNOWN, or STORE_WRITE: then it will be offered again after a reset. */
  sessionDone(request: SessionRequest): number;
}

/** Room that the whole-message hashes leave for the secret. */
const SECRET_MAX = 256;

/** A client on a board. Allocates its scratch and, for each account, its admission record; then see ClientOptions. */
export function createClient(hal: Hal, options: ClientOptions): Client {
  const accountsMax = or(options.accountsMax, 8);
  const rememberedMax = or(options.rememberedMax, 8);
  const pendingMax = or(options.pendingMax, 4);
  const messageMax = or(options.messageMax, 1024);
  const headersMax = or(options.headersMax, 48);
  const readRules =
    (options.requireRequestedMo === false ? REQUESTED_MO_OPTIONAL : 0) +
    (options.strictVendorInfo === true ? VENDOR_INFO_STRICT : 0);
  const ageRules: AgeRules = {
    timeoutUnitSeconds: options.timeoutUnit === "days" ? 86400 : 60,
    maxSkewSeconds: or(options.maxSkewSeconds, 86400),
  };
  const onVerdict = options.onVerdict;

  const store = createStore(hal.storage);
  const accounts = createAccounts(store, accountsMax);
  const verifier = createVerifier(sha256Of(hal, messageMax), md5Of(hal, messageMax));
  const bucket = createTokenBucket(or(options.digestBurst, 0), or(options.digestsPerMinute, 6), hal.clock);
  const sessions = createSessions(hal, ageRules, index => saveAdmission(index), or(options.onSession, null));
  const push = newPush();
  const n13 = newNotification();
  const n12 = newNotification();
  /** By account index; null: no account, or one whose record cannot be read. */
  const admissions: (Admission | null)[] = [];
  for (let i = 0; i < accountsMax; i++) admissions.push(null);
  /** The next state of the account being admitted: it takes the present one's place only when it has been saved. */
  let next = newAdmission(rememberedMax);

  function open(): number {
    let worst = accounts.load();
    for (let i = 0; i < accountsMax; i++) {
      const status = accounts.list[i] === null ? OK : loadAdmission(i);
      if (worst === OK) worst = status;
    }
    if (hal.udp !== undefined) hal.udp.open((bytes, from, to) => receivePush(bytes, from, to, VIA_UDP));
    return worst;
  }

  function close(): void {
    if (hal.udp !== undefined) hal.udp.close();
  }

  function receivePush(bytes: Uint8Array, from: number, to: number, via: number): number {
    const status = readPush(bytes, from, to, push, headersMax);
    if (status !== OK) return verdict(status, push.at, via, null);
    return receiveBody(bytes, push.bodyFrom, push.bodyTo, push.contentType, via);
  }

  function receiveBody(bytes: Uint8Array, from: number, to: number, contentType: number, via: number): number {
    if (to - from > messageMax) return verdict(NOTIFICATION_LONG, from + messageMax, via, null);
    // the type says which format to try first, the structure and the digest decide (formats differ in what follows the type)
    const is12First = contentType === CONTENT_TYPE_12;
    const first = is12First ? n12 : n13;
    const status = judge(first, is12First ? FORMAT_12 : FORMAT_13, bytes, from, to, via);
    if (status !== OK && !isSettled(status)) {
      const other = is12First ? n13 : n12;
      const otherStatus = judge(other, is12First ? FORMAT_13 : FORMAT_12, bytes, from, to, via);
      const isFurther = contentType === CONTENT_TYPE_OTHER && isRead(otherStatus) && !isRead(status);
      if (otherStatus === OK || isSettled(otherStatus) || isFurther) return tell(otherStatus, other, via);
    }
    return tell(status, first, via);
  }

  /** Everything from Package #0 to admission for one format; the cheap checks first. Leaves the offset in `n.at`. */
  function judge(n: Notification, format: number, bytes: Uint8Array, from: number, to: number, via: number): number {
    let status =
      format === FORMAT_12 ? readNotification12(bytes, from, to, n) : readNotification13(bytes, from, to, n, readRules);
    if (status !== OK) return status;

    n.at = n.serverIdAt;
    const account = accounts.byServerId(bytes, n.serverIdAt, n.serverIdLength);
    if (account === null) return ACCOUNT_UNKNOWN;
    const admission = admissions[account.index];
    if (admission === null) return STORE_CORRUPT;

    n.at = format === FORMAT_12 ? from : from + 8; // digest, or TIMESTAMP
    status = checkAge(n, ageRules, hal.clock);
    if (status === OK) status = checkNew(admission, n, account.nonce12, ageRules, hal.clock);
    if (status !== OK) return status;
    if (countPending(account.index) >= pendingMax) return PENDING_FULL;

    n.at = n.digestAt;
    if (!bucket.take()) return THROTTLED;
    status = verifier.verify(n, account);
    if (status !== OK) return status;

    copyAdmission(admission, next);
    remember(next, n, account.nonce12);
    const seconds = hal.clock.monotonicSeconds();
    const p = newPending(n, account, via, verifier.isResync, false, ageRules, seconds);
    sessions.pending.push(p);
    status = save(account.index, next);
    if (status !== OK) {
      sessions.pending.pop();
      return status;
    }
    admissions[account.index] = next;
    next = admission;
    return OK;
  }

  /** Reports a verdict that is about a notification, and starts the session of an accepted one. */
  function tell(status: number, n: Notification, via: number): number {
    const accepted = status === OK ? sessions.pending[sessions.pending.length - 1] : null;
    verdict(status, n.at, via, isRead(status) ? n : null);
    if (accepted !== null) sessions.advance(accepted);
    return status;
  }

  function verdict(status: number, at: number, via: number, n: Notification | null): number {
    client.at = at;
    if (onVerdict !== undefined) onVerdict(status, at, via, n);
    return status;
  }

  function countPending(index: number): number {
    let count = 0;
    const all = sessions.pending;
    for (let i = 0; i < all.length; i++) if (all[i].account.index === index) count++;
    return count;
  }

  function save(index: number, admission: Admission): number {
    const record = writeRecord(admission, sessions.pending, index);
    return store.save(`adm${index}`, record, record.length);
  }

  function saveAdmission(index: number): number {
    const admission = admissions[index];
    return admission === null ? STORE_CORRUPT : save(index, admission);
  }

  function loadAdmission(index: number): number {
    const status = store.load(`adm${index}`);
    admissions[index] = null;
    if (status !== OK) return status;
    const admission = newAdmission(rememberedMax);
    const record = store.record;
    if (record !== null) {
      const at = readRecord(record, admission);
      if (at < 0 || !loadPending(index, record, at)) return STORE_CORRUPT;
    }
    admissions[index] = admission;
    return OK;
  }

  function loadPending(index: number, record: Uint8Array, from: number): boolean {
    const account = accounts.list[index];
    let at = from;
    while (account !== null && at < record.length) {
      if (record.length - at < 4) return false;
      const bodyAt = at + 4;
      const to = bodyAt + readUint16(record, at + 2);
      if (to > record.length) return false;
      // what was accepted is read again without the rules of this start: they may have changed since
      const is13 = readNotification13(record, bodyAt, to, n13, REQUESTED_MO_OPTIONAL) === OK;
      if (!is13 && readNotification12(record, bodyAt, to, n12) !== OK) return false;
      const seconds = hal.clock.monotonicSeconds();
      const n = is13 ? n13 : n12;
      sessions.pending.push(newPending(n, account, record[at], record[at + 1] !== 0, true, ageRules, seconds));
      at = to;
    }
    return true;
  }

  function addAccount(dmAcc: DmAcc): number {
    const index = accounts.indexFor(dmAcc.serverId);
    if (index < 0) return ACCOUNTS_FULL;
    if (accounts.list[index] === null || admissions[index] === null) {
      // before the account, so that no account is ever without one; what an earlier account left here is overwritten
      store.load(`adm${index}`);
      const admission = newAdmission(rememberedMax);
      const status = save(index, admission);
      if (status !== OK) return status;
      admissions[index] = admission;
    }
    const status = accounts.save(dmAcc);
    const account = accounts.list[index];
    if (status === OK && account !== null) {
      const all = sessions.pending;
      for (let i = 0; i < all.length; i++) if (all[i].account.index === index) all[i].account = account;
    }
    return status;
  }

  function removeAccount(serverId: string): number {
    const index = accounts.indexFor(serverId);
    const status = accounts.remove(serverId);
    if (status !== OK) return status;
    sessions.forget(index);
    admissions[index] = null;
    return store.erase(`adm${index}`);
  }

  function listAccounts(): DmAcc[] {
    const all: DmAcc[] = [];
    for (let i = 0; i < accountsMax; i++) {
      const account = accounts.list[i];
      if (account !== null) all.push(account.dmAcc);
    }
    return all;
  }

  function saveNonce(serverId: string, nonce: Uint8Array): number {
    const index = accounts.indexFor(serverId);
    const account = index < 0 ? null : accounts.list[index];
    if (account === null || appAuthOf(account.dmAcc, "SRVCRED") === null) return ACCOUNT_UNKNOWN;
    return accounts.save(withNonce(account.dmAcc, nonce));
  }

  const client: Client = {
    at: 0,
    open,
    close,
    receivePush,
    receiveBody,
    addAccount,
    removeAccount,
    listAccounts,
    saveNonce,
    resume: sessions.offer,
    bearerChanged: sessions.offer,
    tick: sessions.tick,
    sessionDone: sessions.done,
  };
  return client;
}

/** A status that no other format can better: the notification was right for its account. */
function isSettled(status: number): boolean {
  return isRead(status) && status !== ACCOUNT_UNKNOWN && status !== DIGEST_WRONG;
}

/** A status of account, digest or admission: the notification itself was read. */
function isRead(status: number): boolean {
  return status === OK || status >= ACCOUNT_UNKNOWN;
}

function copyAdmission(from: Admission, to: Admission): void {
  for (let i = 0; i < from.count; i++) {
    to.sessionIds[i] = from.sessionIds[i];
    to.timestamps[i] = from.timestamps[i];
    to.timeoutsMinutes[i] = from.timeoutsMinutes[i];
  }
  to.count = from.count;
  to.floor = from.floor;
  for (let i = 0; i < from.digestCount; i++) to.digests[i] = from.digests[i];
  to.digestCount = from.digestCount;
  to.nonceTag = from.nonceTag;
}

function sha256Of(hal: Hal, messageMax: number): Hash {
  const native = hal.hash === undefined ? undefined : hal.hash.sha256;
  return native === undefined ? createSha256() : createWholeMessageHash(native, messageMax + SECRET_MAX);
}

function md5Of(hal: Hal, messageMax: number): Hash {
  const native = hal.hash === undefined ? undefined : hal.hash.md5;
  return native === undefined ? createMd5() : createWholeMessageHash(native, messageMax + SECRET_MAX);
}
