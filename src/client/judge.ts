/**
 * The judge checks a message, with the cheap checks first: profile (§7), Package #0 (§6), account, age and novelty, digest
 * (§6.6). Judging changes only the verdict, the fields `n` that it reads into, and the tokens.
 */
import { type Account, findAccount } from "../account/accounts.ts";
import type { Hal } from "../hal.ts";
import { createNativeHash } from "../hash/hash.ts";
import { createMd5 } from "../hash/md5.ts";
import { createSha256 } from "../hash/sha256.ts";
import { DIGEST12_SCRATCH_BYTES } from "../notification/digest12.ts";
import type { Notification } from "../notification/fields.ts";
import { readNotification } from "../notification/format.ts";
import { checkChoices13, REQUESTED_MO_OPTIONAL, TIMESTAMP_AT } from "../notification/read13.ts";
import { or } from "../or.ts";
import { newPush, readPush } from "../push/wsp.ts";
import {
  ACCOUNT_NO_SECRET,
  ACCOUNT_UNKNOWN,
  DIGEST_WRONG,
  DUPLICATE,
  NOTIFICATION_LONG,
  OK,
  PENDING_FULL,
  type Status,
  THROTTLED,
} from "../status.ts";
import { type ContentType, FORMAT_12, MD5_BYTES, PUSH_HEADERS_MAX, SHA256_BYTES } from "../wire.ts";
import { checkAge, checkNew, stampOf } from "./admission.ts";
import type { ClientOptions } from "./options.ts";
import { IS_12 } from "./record.ts";
import type { Records } from "./records.ts";
import type { Tokens } from "./tokens.ts";
import { verifyDigest } from "./verify.ts";

/** RANK_*: how far a message got. When no set of parts is accepted, the set that got furthest gives the status. */
const RANK_UNREAD = 0;
const RANK_PUSH = 1; //     a push for DM with an unreadable body
const RANK_READ = 2; //     a notification of an unknown server
const RANK_REFUSED = 3; //  a notification of an account, refused
const RANK_OPEN = 4; //     a notification of an account, not decided; it may be accepted later
const RANK_GENUINE = 5;

/** The result of one attempt to read a message. Its spans are valid until the input is overwritten. */
export interface Verdict {
  status: Status;
  /** The offset in the input that `status` is about. */
  at: number;
  /** RANK_*. */
  rank: number;
  /** The Server-ID of the notification: a span of `bytes`, of length 0 when none was read. */
  bytes: Uint8Array;
  serverIdAt: number;
  serverIdLength: number;
  sessionId: number;
  /** The index of its account, from RANK_REFUSED on. */
  index: number;
  /** The stamp that its account remembers if it is accepted (stampOf). */
  stamp: number;
  /** The digest was right under the nonce of resynchronisation. */
  isResync: boolean;
}

/** A verdict to fill; judging a message sets its fields. */
export function newVerdict(): Verdict {
  return {} as Verdict;
}

/** Resets `v` for a message of which nothing is read yet. */
export function setVerdict(v: Verdict, status: Status, at: number): void {
  v.status = status;
  v.at = at;
  v.rank = RANK_UNREAD;
  v.serverIdLength = 0;
}

export interface MessageJudge {
  /**
   * Judges the Push PDU `bytes[from..to)`. After OK, `n` has its notification. Allocates nothing, like the other functions
   * here.
   */
  judgePush(bytes: Uint8Array, from: number, to: number, v: Verdict): void;
  /** Judges a Package #0. */
  judgeBody(bytes: Uint8Array, from: number, to: number, contentType: ContentType, v: Verdict): void;
  /**
   * Whether the server of the account signed the message judged last, which `v` is about. For a message that is too old or
   * already known this computes its digest, and takes a token.
   */
  isGenuine(v: Verdict): boolean;
}

/** The judge reads messages into `n`. The caller begins each message with `tokens`. */
export function createJudge(
  hal: Hal,
  options: ClientOptions,
  rememberedMax: number,
  records: Records,
  tokens: Tokens,
  n: Notification,
): MessageJudge {
  const native = or(hal.hash, {});
  const sha256 = createNativeHash(native.sha256, SHA256_BYTES, createSha256);
  const md5 = createNativeHash(native.md5, MD5_BYTES, createMd5);
  const scratch = new Uint8Array(DIGEST12_SCRATCH_BYTES);
  const push = newPush();
  const pendingMax = or(options.pendingMax, 4);
  const pendingBytes = or(options.pendingBytes, 2048);
  const messageMax = or(options.messageMax, 1024);
  const headersMax = or(options.headersMax, PUSH_HEADERS_MAX);
  /** The account of `n`, and the status of its server, as checkServer left them. */
  let index = -1;
  let refusal = OK;

  function judgePush(bytes: Uint8Array, from: number, to: number, v: Verdict): void {
    const status = readPush(bytes, from, to, push, headersMax);
    if (status === OK) judgeBody(bytes, push.bodyFrom, push.bodyTo, push.contentType, v);
    else setVerdict(v, status, push.at);
  }

  function judgeBody(bytes: Uint8Array, from: number, to: number, contentType: ContentType, v: Verdict): void {
    refusal = OK;
    let status = NOTIFICATION_LONG;
    n.at = from + messageMax;
    if (to <= n.at) status = readNotification(bytes, from, to, contentType, n, REQUESTED_MO_OPTIONAL, checkServer);
    setVerdict(v, status, n.at);
    v.rank = RANK_PUSH;
    if (v.status !== refusal) return; // the record cannot be read
    v.bytes = bytes;
    v.serverIdAt = n.serverIdAt;
    v.serverIdLength = n.serverIdLength;
    v.sessionId = n.sessionId;
    v.index = index;
    if (refusal === OK) v.status = judgeRead(v);
    else v.rank = refusal === ACCOUNT_UNKNOWN || refusal === ACCOUNT_NO_SECRET ? RANK_READ : RANK_OPEN;
  }

  /** Looks for the account of `n`. OK when the account has a secret for this format, and a memory. */
  function checkServer(): Status {
    n.at = n.serverIdAt;
    index = findAccount(records.accounts, n.bytes, n.serverIdAt, n.serverIdLength);
    if (index < 0) refusal = records.unknown();
    else {
      const account = records.accounts[index] as Account;
      refusal = account.memory === null ? records.statuses[index] : OK;
      if ((n.format === FORMAT_12 ? account.secret12 : account.secret13) === null) refusal = ACCOUNT_NO_SECRET;
    }
    return refusal;
  }

  /** Judges `n`, which was read and whose account was found: from the age to the digest. */
  function judgeRead(v: Verdict): Status {
    const account = records.accounts[index] as Account;
    let status = n.format === FORMAT_12 ? OK : checkChoices13(n, account.readRules);
    v.at = n.at;
    v.rank = RANK_READ;
    if (status !== OK) return status;
    const now = hal.clock.posixSeconds();
    v.rank = RANK_REFUSED;
    v.at = n.format === FORMAT_12 ? n.digestAt : n.from + TIMESTAMP_AT;
    v.stamp = stampOf(n, account.nonces12[0]);
    status = checkAge(n, account, now) || checkNew(account, n, v.stamp, rememberedMax, now) || checkPending(v);
    if (status !== OK) return status;

    v.at = n.digestAt;
    v.rank = RANK_OPEN;
    if (!tokens.take()) return THROTTLED;
    return verify(v) ? OK : DIGEST_WRONG;
  }

  /**
   * OK, PENDING_FULL, or DUPLICATE when the same session is pending in the other format. A loop, because a rejected message
   * must not allocate.
   */
  function checkPending(v: Verdict): Status {
    const all = records.pending;
    const is12 = n.format === FORMAT_12 ? IS_12 : 0;
    let count = 0;
    let size = n.to - n.from;
    for (let i = 0; i < all.length; i++) {
      const p = all[i];
      if (p.index !== index) continue;
      if (p.sessionId === n.sessionId && (p.flags & IS_12) !== is12) return DUPLICATE;
      count++;
      size += p.size;
    }
    if (count < pendingMax && (count === 0 || size <= pendingBytes)) return OK;
    v.rank = RANK_OPEN;
    return PENDING_FULL;
  }

  function verify(v: Verdict): boolean {
    const nonceIndex = verifyDigest(n, records.accounts[v.index] as Account, sha256, md5, scratch);
    v.isResync = nonceIndex > 0;
    v.rank = nonceIndex < 0 ? RANK_REFUSED : RANK_GENUINE;
    if (nonceIndex < 0) tokens.suspect();
    return nonceIndex >= 0;
  }

  function isGenuine(v: Verdict): boolean {
    if (v.rank === RANK_REFUSED && v.status !== DIGEST_WRONG && tokens.take()) verify(v);
    return v.rank === RANK_GENUINE;
  }

  return { judgePush, judgeBody, isGenuine };
}
