/**
 * The DM client's side of a notification, in the order of the pipeline: profile (§7), Package #0 (§6), account, admission,
 * session. Nothing acts on what a later step still has to check, and what is rejected leaves no trace.
 */

import { type Account, findAccount, readAccount, writeDmAcc } from "../account/accounts.ts";
import { appAuthOf, type DmAcc } from "../account/dmacc.ts";
import { createStore } from "../account/store.ts";
import { copyBytes } from "../bytes.ts";
import type { Hal } from "../hal.ts";
import { createWholeMessageHash } from "../hash/hash.ts";
import { createMd5 } from "../hash/md5.ts";
import { createSha256 } from "../hash/sha256.ts";
import { DIGEST12_SCRATCH_BYTES } from "../notification/digest12.ts";
import { type Notification, newNotification } from "../notification/fields.ts";
import { readNotification12 } from "../notification/read12.ts";
import { REQUESTED_MO_OPTIONAL, readNotification13, VENDOR_INFO_STRICT } from "../notification/read13.ts";
import { utf8Text } from "../notification/utf8.ts";
import { or } from "../or.ts";
import type { PartStore } from "../push/sms/reassembly.ts";
import { newPush, readPush } from "../push/wsp.ts";
import {
  ACCOUNT_INVALID,
  ACCOUNT_NO_SECRET,
  ACCOUNT_UNKNOWN,
  ACCOUNTS_FULL,
  DIGEST_WRONG,
  DUPLICATE,
  NONCE_SPENT,
  NOTIFICATION_LONG,
  OK,
  PENDING_FULL,
  RECEIVER_ABSENT,
  SMS_OFF,
  STORE_CORRUPT,
  STORE_VERSION,
  STORE_WRITE,
  THROTTLED,
} from "../status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_OTHER, MD5_BYTES, SHA256_BYTES, VIA_SMS, VIA_UDP } from "../wire.ts";
import { type AgeRules, checkAge, checkNew, isMemory, newMemory, remember, stampOf } from "./admission.ts";
import type { Client } from "./interface.ts";
import type { About, ClientOptions } from "./options.ts";
import { IS_12, RENEW_NONCES, SPAN_AT, spanEnd, VIA_MASK, writeRecord } from "./record.ts";
import { createSessions, newPending, sessionIdText } from "./sessions.ts";
import { verifyDigest } from "./verify.ts";

/** What a native hash collects at first; a longer message makes that grow once. */
const HASHED_BYTES = 256;

/**
 * A client on a board, with the accounts and pending sessions that its storage holds. Allocates its scratch, and a few
 * hundred bytes an account; an accepted message allocates its memory, record and request (targets/admission.md).
 */
export function createClient(hal: Hal, options: ClientOptions): Client {
  const accountsMax = or(options.accountsMax, 8);
  const rememberedMax = or(options.rememberedMax, 8);
  const pendingMax = or(options.pendingMax, 4);
  const messageMax = or(options.messageMax, 1024);
  const headersMax = or(options.headersMax, 48);
  const digestBurst = or(options.digestBurst, 0);
  const digestsPerMinute = or(options.digestsPerMinute, 6);
  const readRules =
    (options.requireRequestedMo === false ? REQUESTED_MO_OPTIONAL : 0) +
    (options.strictVendorInfo === true ? VENDOR_INFO_STRICT : 0);
  const ageRules: AgeRules = {
    timeoutUnitSeconds: options.timeoutUnit === "days" ? 86400 : 60,
    maxSkewSeconds: or(options.maxSkewSeconds, 86400),
  };
  const onVerdict = options.onVerdict;

  const clock = hal.clock;
  const board = or(hal.hash, {});
  const sha256 = board.sha256 ? createWholeMessageHash(board.sha256, HASHED_BYTES) : createSha256();
  const md5 = board.md5 ? createWholeMessageHash(board.md5, HASHED_BYTES) : createMd5();
  const scratch = new Uint8Array(DIGEST12_SCRATCH_BYTES);
  const store = createStore(hal.storage);
  const push = newPush();
  const n13 = newNotification();
  const n12 = newNotification();
  const accounts: (Account | null)[] = [];
  /** What the last judgement was about: the notification, and whether it was read. */
  let judged: Notification | null = null;
  let judgedAt = 0;
  let tokens = digestBurst;
  let tokensSeconds = clock.monotonicSeconds();

  function receivePush(bytes: Uint8Array, from: number, to: number, via: number): number {
    return conclude(judgePush(bytes, from, to, via), via);
  }

  function receiveBody(bytes: Uint8Array, from: number, to: number, contentType: number, via: number): number {
    return conclude(judgeBody(bytes, from, to, contentType, via), via);
  }

  function receiveTpdu(bytes: Uint8Array, from: number, to: number): number {
    if (sms === null) return SMS_OFF;
    isWhole = false;
    let status = sms.receive(bytes, from, to);
    if (status === OK && !isWhole) wholeStatus = judgePush(sms.bytes, sms.from, sms.to, VIA_SMS);
    else if (!isWhole) {
      judged = null;
      judgedAt = sms.at;
    }
    if (status === OK) status = wholeStatus;
    if (status === STORE_WRITE || status === THROTTLED || status === PENDING_FULL) sms.forget(); // sent again, it may pass
    return conclude(status, VIA_SMS);
  }

  /** Whether the parts that were put together are a message: one that is refused only for its age or as known is one, too. */
  function checkWhole(bytes: Uint8Array, from: number, to: number): number {
    isWhole = true;
    wholeStatus = judgePush(bytes, from, to, VIA_SMS);
    return wholeStatus === OK || isGenuine(wholeStatus) ? OK : wholeStatus;
  }

  /** What is refused before its digest is computed may be forged, and a forged part must not use up the parts of others. */
  function isGenuine(status: number): boolean {
    const n = judged;
    if (n === null || status < DUPLICATE || status > NONCE_SPENT || status === THROTTLED || !takeToken()) return false;
    const account = accounts[findAccount(accounts, n.bytes, n.serverIdAt, n.serverIdLength)] as Account;
    return verifyDigest(n, account, sha256, md5, scratch) >= 0;
  }

  function judgePush(bytes: Uint8Array, from: number, to: number, via: number): number {
    const status = readPush(bytes, from, to, push, headersMax);
    if (status === OK) return judgeBody(bytes, push.bodyFrom, push.bodyTo, push.contentType, via);
    judged = null;
    judgedAt = push.at;
    return status;
  }

  function judgeBody(bytes: Uint8Array, from: number, to: number, contentType: number, via: number): number {
    judged = null;
    judgedAt = from + messageMax;
    if (to - from > messageMax) return NOTIFICATION_LONG;
    // the type says which format to try first; structure, account and digest decide
    let n = contentType === CONTENT_TYPE_12 ? n12 : n13;
    let status = judge(n, bytes, from, to, via);
    // the other one begins so: with VER 1, or with the high bits of a version of 1.0 to 1.2 behind the digest
    const isOther = to - from > MD5_BYTES && (n === n12 ? bytes[from] >> 4 : bytes[from + MD5_BYTES] >> 1) === 1;
    if (status !== OK && isOther) {
      const other = n === n12 ? n13 : n12;
      const otherStatus = judge(other, bytes, from, to, via);
      const rank = rankOf(otherStatus);
      if (rank > rankOf(status) && (rank > 1 || contentType === CONTENT_TYPE_OTHER)) {
        n = other;
        status = otherStatus;
      }
    }
    if (rankOf(status) > 0) judged = n;
    judgedAt = n.at;
    return status;
  }

  /** Everything from Package #0 to admission for one format; the cheap checks first. Leaves the offset in `n.at`. */
  function judge(n: Notification, bytes: Uint8Array, from: number, to: number, via: number): number {
    const is12 = n === n12;
    let status = is12 ? readNotification12(bytes, from, to, n12) : readNotification13(bytes, from, to, n13, readRules);
    if (status !== OK) return status;

    n.at = n.serverIdAt;
    const index = findAccount(accounts, bytes, n.serverIdAt, n.serverIdLength);
    if (index < 0) return ACCOUNT_UNKNOWN;
    const account = accounts[index] as Account;
    if ((is12 ? account.secret12 : account.secret13) === null) return ACCOUNT_NO_SECRET;
    const memory = account.memory;
    if (memory === null) return STORE_CORRUPT;

    n.at = is12 ? from : from + 8; // digest, or TIMESTAMP
    const now = clock.posixSeconds();
    const stamp = stampOf(n, account.nonces12[0]);
    status = checkAge(n, ageRules, now);
    if (status === OK) status = checkNew(memory, n, stamp, rememberedMax, ageRules, now);
    if (status !== OK) return status;
    if (countPending(index) >= pendingMax) return PENDING_FULL;

    n.at = n.digestAt;
    if (!takeToken()) return THROTTLED;
    const nonceIndex = verifyDigest(n, account, sha256, md5, scratch);
    if (nonceIndex < 0) return DIGEST_WRONG;

    // saved before anything acts on it; where that fails, all is as before
    sessions.pending.push(newPending(n, index, account, via, nonceIndex > 0, false, clock));
    account.memory = remember(memory, n, stamp, rememberedMax);
    status = saveRecord(index);
    if (status !== OK) {
      sessions.pending.pop();
      account.memory = memory;
    }
    return status;
  }

  /** A flood of forged messages must not eat the battery: a token for each digest, regained over time. */
  function takeToken(): boolean {
    if (digestBurst === 0) return true;
    const seconds = clock.monotonicSeconds();
    tokens += ((seconds - tokensSeconds) * digestsPerMinute) / 60;
    if (tokens > digestBurst) tokens = digestBurst;
    tokensSeconds = seconds;
    if (tokens < 1) return false;
    tokens--;
    return true;
  }

  function aboutJudged(): About | null {
    const n = judged;
    if (n === null) return null;
    const serverId = utf8Text(n.bytes, n.serverIdAt, n.serverIdAt + n.serverIdLength);
    return { serverId, sessionId: sessionIdText(n.sessionId) };
  }

  /** Reports a judgement, and starts the session of an accepted notification. */
  function conclude(status: number, via: number): number {
    const accepted = status === OK ? sessions.pending[sessions.pending.length - 1] : null;
    client.at = judgedAt;
    if (onVerdict !== undefined) onVerdict(status, judgedAt, via, aboutJudged);
    if (accepted !== null) sessions.advance(accepted);
    return status;
  }

  function countPending(index: number): number {
    const all = sessions.pending;
    let count = 0;
    for (let i = 0; i < all.length; i++) if (all[i].index === index) count++;
    return count;
  }

  function saveRecord(index: number): number {
    const memory = (accounts[index] as Account).memory;
    return memory === null ? STORE_CORRUPT : store.save(`adm${index}`, writeRecord(memory, sessions.pending, index));
  }

  /** An account without a readable record has no memory, and so accepts nothing until it is added again. */
  function loadRecord(index: number): number {
    const status = store.load(`adm${index}`);
    const record = store.record;
    if (record === null) return status || STORE_CORRUPT;
    const account = accounts[index] as Account;
    const end = record.length;
    const memoryEnd = spanEnd(record, 0, end);
    if (!isMemory(memoryEnd - SPAN_AT)) return STORE_CORRUPT;
    for (let at = memoryEnd; at < end; ) {
      const flags = record[at];
      const from = at + 1 + SPAN_AT;
      at = spanEnd(record, at + 1, end);
      const n = (flags & IS_12) !== 0 ? n12 : n13;
      // read again around the digest that is not there, and without the rules of this start: they may have changed since
      let readStatus = STORE_CORRUPT;
      if (n === n12) readStatus = readNotification12(record, from - MD5_BYTES, at, n);
      else if (at > 0) readStatus = readNotification13(record, from, at + SHA256_BYTES, n, REQUESTED_MO_OPTIONAL);
      if (readStatus !== OK) {
        sessions.drop(index);
        return STORE_CORRUPT;
      }
      const renewNonces = (flags & RENEW_NONCES) !== 0;
      sessions.pending.push(newPending(n, index, account, flags & VIA_MASK, renewNonces, true, clock));
    }
    account.memory = copyBytes(record, SPAN_AT, memoryEnd);
    return OK;
  }

  function loadAccount(index: number): number {
    const status = store.load(`acc${index}`);
    const record = store.record;
    accounts.push(record === null ? null : readAccount(record));
    if (accounts[index] !== null) return loadRecord(index);
    return record === null ? status : STORE_CORRUPT;
  }

  function indexOf(serverId: string): number {
    for (let i = 0; i < accountsMax; i++) {
      const account = accounts[i];
      if (account !== null && account.dmAcc.serverId === serverId) return i;
    }
    return -1;
  }

  function addAccount(dmAcc: DmAcc): number {
    const bytes = writeDmAcc(dmAcc);
    const account = bytes === null ? null : readAccount(bytes);
    if (bytes === null || account === null) return ACCOUNT_INVALID;
    let index = indexOf(account.dmAcc.serverId);
    // a free place, but not where a later version has left an account
    for (let i = 0; index < 0 && i < accountsMax; i++)
      if (accounts[i] === null && store.load(`acc${i}`) !== STORE_VERSION) index = i;
    if (index < 0) return ACCOUNTS_FULL;

    const former = accounts[index];
    accounts[index] = account;
    account.memory = former === null ? null : former.memory;
    let status = OK;
    if (account.memory === null) {
      // before the account, so that no account is ever without it; what an earlier one has left here is overwritten
      account.memory = newMemory();
      store.load(`adm${index}`);
      status = saveRecord(index);
    }
    if (status === OK) status = store.save(`acc${index}`, bytes);
    if (status !== OK) accounts[index] = former;
    return status;
  }

  function removeAccount(serverId: string): number {
    const index = indexOf(serverId);
    if (index < 0) return ACCOUNT_UNKNOWN;
    const status = store.erase(`acc${index}`);
    if (status === OK) {
      accounts[index] = null;
      sessions.drop(index);
    }
    return status;
  }

  function listAccounts(): DmAcc[] {
    const all: DmAcc[] = [];
    for (let i = 0; i < accountsMax; i++) {
      const account = accounts[i];
      if (account !== null) all.push(account.dmAcc);
    }
    return all;
  }

  function saveNonce(serverId: string, nonce: Uint8Array): number {
    const index = indexOf(serverId);
    const srvCred = index < 0 ? null : appAuthOf((accounts[index] as Account).dmAcc, "SRVCRED");
    if (srvCred === null) return ACCOUNT_UNKNOWN;
    if ((accounts[index] as Account).memory === null) return STORE_CORRUPT; // addAccount would give it a new one
    const former = srvCred.aauthData;
    srvCred.aauthData = nonce;
    const status = addAccount((accounts[index] as Account).dmAcc);
    // on success the account is another copy, and this one is nobody's
    if (former === undefined) delete srvCred.aauthData;
    else srvCred.aauthData = former;
    return status;
  }

  const parts: PartStore = {
    load(): Uint8Array | null {
      store.load("sms");
      return store.record;
    },
    save(bytes: Uint8Array): boolean {
      return store.save("sms", bytes) === OK;
    },
  };
  const sms = options.sms === undefined ? null : options.sms(checkWhole, parts);
  let isWhole = false; // the parts that came last were put together, and judged
  let wholeStatus = OK;
  const sessions = createSessions(hal, ageRules, saveRecord, options.onSession);
  let loadStatus = OK;
  for (let i = 0; i < accountsMax; i++) {
    const status = loadAccount(i);
    loadStatus = loadStatus || status;
  }

  const client: Client = {
    at: 0,
    open(): number {
      let status = loadStatus;
      const isUdpAbsent = hal.udp && !hal.udp.open((bytes, from, to) => receivePush(bytes, from, to, VIA_UDP));
      const isSmsAbsent = hal.sms && !hal.sms.open(receiveTpdu);
      if (isUdpAbsent || isSmsAbsent) status = status || RECEIVER_ABSENT;
      return status;
    },
    close(): void {
      if (hal.udp !== undefined) hal.udp.close();
      if (hal.sms !== undefined) hal.sms.close();
    },
    receivePush,
    receiveTpdu,
    receiveBody,
    addAccount,
    removeAccount,
    listAccounts,
    saveNonce,
    resume: sessions.offer,
    bearerChanged: sessions.offer,
    tick(): void {
      sessions.tick();
      if (sms !== null) sms.expire();
    },
    sessionDone: sessions.done,
  };
  return client;
}

/** How far a message came as one of a format: 0 it was not read, 1 none of its account, 2 refused all the same, 3 accepted. */
function rankOf(status: number): number {
  if (status === OK) return 3;
  if (status < ACCOUNT_UNKNOWN) return 0;
  return status === ACCOUNT_UNKNOWN || status === DIGEST_WRONG ? 1 : 2;
}
