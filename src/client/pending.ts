/** A session that is not done: what memory holds of it, and the request for the board. */
import type { Account } from "../account/accounts.ts";
import { copyBytes, numbersOf } from "../bytes.ts";
import type { Clock, SessionRequest } from "../hal.ts";
import type { Notification } from "../notification/fields.ts";
import { utf8Text } from "../notification/utf8.ts";
import { or } from "../or.ts";
import { IS_RESUMED, RENEW_NONCES, VIA_MASK } from "./record.ts";

/** A session that is not done. Its texts stay in the store (records.ts) until it is offered. */
export interface Pending {
  /** Index of its account. */
  index: number;
  /** Its offset in the account's record; 0 until it is saved. */
  at: number;
  /** As in the record (record.ts), and IS_RESUMED. */
  flags: number;
  /** Bytes of its Package #0. */
  size: number;
  sessionId: number;
  timestamp: number;
  /** 0 = never: the server accepts the session for ever. */
  timeoutSeconds: number;
  /** Monotonic seconds when it was accepted or loaded; its TIMEOUT counts from there on a board without a clock. */
  sinceSeconds: number;
  state: number;
  /** The user was informed or asked. */
  isAnnounced: boolean;
}

/** It is due to be offered, if necessary by tick, as when the board had no memory to answer. */
export const OWED = 0;
/** It waits for resume or bearerChanged. */
export const WAITING = 1;
export const ASKING = 2;
export const STARTED = 3;
export const ENDED = 4;

/** The session for the notification `n` of `account`, which is at `index`. Allocates it. */
export function newPending(
  n: Notification,
  index: number,
  account: Account,
  at: number,
  flags: number,
  clock: Clock,
): Pending {
  return {
    index,
    at,
    flags,
    size: n.to - n.from,
    sessionId: n.sessionId,
    timestamp: n.timestamp,
    timeoutSeconds: n.timeoutMinutes * account.timeoutUnitSeconds,
    sinceSeconds: clock.monotonicSeconds(),
    state: at === 0 ? OWED : WAITING,
    isAnnounced: false,
  };
}

/**
 * The request for the board, for the session `p`, whose notification is `n`, of `account`. Allocates it with its arrays and
 * texts.
 */
export function newRequest(n: Notification, account: Account, p: Pending): SessionRequest {
  const bytes = n.bytes;
  return {
    sessionId: sessionIdText(n.sessionId),
    timestamp: n.timestamp, // early in the JSON of a board: such a number takes 300 bytes in MicroQuickJS while it is written
    serverId: account.dmAcc.serverId,
    appAddr: or(account.dmAcc.appAddr, []),
    format: n.format,
    initiator: n.initiator,
    uiMode: n.uiMode,
    transport: n.transport,
    preferredBearer: numbersOf(n.preferredBearer, n.preferredBearerCount),
    bearer: 0,
    requestedMo: numbersOf(n.requestedMo, n.requestedMoCount),
    targetedMo: numbersOf(n.targetedMo, n.targetedMoCount),
    connectReason: utf8Text(bytes, n.connectReasonAt, n.connectReasonAt + n.connectReasonLength),
    vendorInfo: copyBytes(bytes, n.vendorInfoAt, n.vendorInfoAt + n.vendorInfoLength),
    timeoutMinutes: n.timeoutMinutes,
    renewNonces: (p.flags & RENEW_NONCES) !== 0,
    via: p.flags & VIA_MASK,
    isResumed: (p.flags & IS_RESUMED) !== 0,
  };
}

/** 1 to 4 upper-case hex digits without leading zeros (§6.4.8). */
export function sessionIdText(sessionId: number): string {
  return sessionId.toString(16).toUpperCase();
}
