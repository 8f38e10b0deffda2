/** From an accepted notification to a DM session: bearer (§6.5), user (§6.4.4), start; what cannot start yet waits. */
import type { Account } from "../account/accounts.ts";
import type { Hal, SessionRequest } from "../hal.ts";
import type { Notification } from "../notification/fields.ts";
import { utf8Text } from "../notification/utf8.ts";
import {
  BEARER_MAX,
  EXPIRED,
  FORMAT_12,
  SESSION_DECLINED,
  SESSION_REFUSED,
  SESSION_STARTED,
  SESSION_UNKNOWN,
  SESSION_WAITING,
  UI_INFORMATIVE,
  UI_USER_INTERACTION,
} from "../status.ts";
import { type AgeRules, isExpired } from "./admission.ts";

/** A session that is still to be done. */
export interface Pending {
  account: Account;
  /** Package #0, a copy: what the record keeps. */
  bytes: Uint8Array;
  request: SessionRequest;
  state: number;
  /** The user was told, or has agreed. */
  isAnnounced: boolean;
  /** Monotonic seconds after which it is over, for boards without a clock; -1 = never. */
  deadlineSeconds: number;
}

const WAITING = 0;
const ASKING = 1;
const STARTED = 2;
const DONE = 3;

export interface Sessions {
  /** All that are not done, in the order of their acceptance. */
  pending: Pending[];
  /** Starts one, or lets it wait. */
  advance(p: Pending): void;
  /** advance for all that wait. */
  offer(): void;
  /** Ends those whose time is over while they wait. */
  tick(): void;
  /** Drops those of an account, without saving. */
  forget(index: number): void;
  /** OK, SESSION_UNKNOWN, or what saving returned: then it will be offered again after a reset. */
  done(request: SessionRequest): number;
}

/**
 * `save(index)` saves the record of an account after one of its sessions ended. `report(status, request)` is told of
 * SESSION_WAITING (no preferred bearer is up, or the board wants it later), SESSION_REFUSED (by the user or the board)
 * and EXPIRED; null when nobody wants to know.
 */
export function createSessions(
  hal: Hal,
  rules: AgeRules,
  save: (index: number) => number,
  report: ((status: number, request: SessionRequest) => void) | null,
): Sessions {
  function advance(p: Pending): void {
    if (p.state !== WAITING) return;
    if (isOver(p)) {
      end(p, EXPIRED);
      return;
    }
    const request = p.request;
    const bearer = chooseBearer(request.preferredBearer);
    if (bearer < 0) {
      tell(SESSION_WAITING, request);
      return;
    }
    request.bearer = bearer;
    if (hal.ui !== undefined && !p.isAnnounced) {
      p.isAnnounced = true;
      if (request.uiMode === UI_INFORMATIVE) hal.ui.inform(request.connectReason, request);
      if (request.uiMode === UI_USER_INTERACTION) {
        p.state = ASKING;
        hal.ui.confirm(request.connectReason, request, isAllowed => {
          if (p.state !== ASKING) return;
          p.state = WAITING;
          if (isAllowed) advance(p);
          else end(p, SESSION_REFUSED);
        });
        return;
      }
    }
    p.state = STARTED;
    const answer = hal.session.start(request);
    if (p.state !== STARTED || answer === SESSION_STARTED) return; // done from within start, or under way
    p.state = WAITING;
    if (answer === SESSION_DECLINED) end(p, SESSION_REFUSED);
    else tell(SESSION_WAITING, request);
  }

  /** The first preferred bearer that is up; 0 where any will do; -1 where none is. Values without a meaning are skipped (D7). */
  function chooseBearer(preferred: number[]): number {
    let isAny = true;
    for (let i = 0; i < preferred.length; i++) {
      const bearer = preferred[i];
      if (bearer > BEARER_MAX) continue;
      if (bearer === 0) return 0;
      if (hal.bearers === undefined || hal.bearers.isAvailable(bearer)) return bearer;
      isAny = false;
    }
    return isAny ? 0 : -1;
  }

  function isOver(p: Pending): boolean {
    const now = hal.clock.posixSeconds();
    if (now !== 0) return isExpired(p.request.timestamp, p.request.timeoutMinutes, rules, now);
    return p.deadlineSeconds >= 0 && hal.clock.monotonicSeconds() > p.deadlineSeconds;
  }

  function end(p: Pending, status: number): void {
    remove(p);
    tell(status, p.request);
  }

  function dropDone(): void {
    const left: Pending[] = [];
    for (let i = 0; i < sessions.pending.length; i++) {
      if (sessions.pending[i].state !== DONE) left.push(sessions.pending[i]);
    }
    sessions.pending = left;
  }

  function remove(p: Pending): number {
    p.state = DONE; // a late answer of the user finds nothing to start
    dropDone();
    return save(p.account.index);
  }

  function forget(index: number): void {
    const all = sessions.pending;
    for (let i = 0; i < all.length; i++) if (all[i].account.index === index) all[i].state = DONE;
    dropDone();
  }

  function tell(status: number, request: SessionRequest): void {
    if (report !== null) report(status, request);
  }

  function offer(): void {
    const all = sessions.pending;
    for (let i = 0; i < all.length; i++) advance(all[i]);
  }

  function tick(): void {
    const all = sessions.pending;
    for (let i = 0; i < all.length; i++) if (all[i].state < STARTED && isOver(all[i])) end(all[i], EXPIRED);
  }

  function done(request: SessionRequest): number {
    for (let i = 0; i < sessions.pending.length; i++) {
      if (sessions.pending[i].request === request) return remove(sessions.pending[i]);
    }
    return SESSION_UNKNOWN;
  }

  const sessions: Sessions = { pending: [], advance, offer, forget, tick, done };
  return sessions;
}

/**
 * What is to be done for the notification `n`, which belongs to `account`: copies it and builds the request. Allocates
 * the copy, the request with its arrays and texts, and the record.
 */
export function newPending(
  n: Notification,
  account: Account,
  via: number,
  renewNonces: boolean,
  isResumed: boolean,
  rules: AgeRules,
  monotonicSeconds: number,
): Pending {
  const bytes = n.bytes;
  const copy = new Uint8Array(n.to - n.from);
  for (let i = 0; i < copy.length; i++) copy[i] = bytes[n.from + i];
  const vendorInfo = new Uint8Array(n.vendorInfoLength);
  for (let i = 0; i < vendorInfo.length; i++) vendorInfo[i] = bytes[n.vendorInfoAt + i];
  const dmAcc = account.dmAcc;
  const request: SessionRequest = {
    sessionId: sessionIdText(n.sessionId),
    serverId: dmAcc.serverId,
    appAddr: dmAcc.appAddr === undefined ? [] : dmAcc.appAddr,
    format: n.format,
    initiator: n.initiator,
    uiMode: n.uiMode,
    transport: n.transport,
    preferredBearer: numbers(n.preferredBearer, n.preferredBearerCount),
    bearer: 0,
    requestedMo: numbers(n.requestedMo, n.requestedMoCount),
    targetedMo: numbers(n.targetedMo, n.targetedMoCount),
    connectReason: utf8Text(bytes, n.connectReasonAt, n.connectReasonAt + n.connectReasonLength),
    vendorInfo,
    timestamp: n.timestamp,
    timeoutMinutes: n.timeoutMinutes,
    renewNonces,
    via,
    isResumed,
  };
  const isForEver = n.format === FORMAT_12 || n.timeoutMinutes === 0;
  const deadlineSeconds = isForEver ? -1 : monotonicSeconds + n.timeoutMinutes * rules.timeoutUnitSeconds;
  return { account, bytes: copy, request, state: WAITING, isAnnounced: false, deadlineSeconds };
}

/** 1 to 4 upper-case hex digits without leading zeros (§6.4.8). */
export function sessionIdText(sessionId: number): string {
  return sessionId.toString(16).toUpperCase();
}

function numbers(from: ArrayLike<number>, count: number): number[] {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push(from[i]);
  return all;
}
