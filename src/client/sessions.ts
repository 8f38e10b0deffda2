/** From an accepted notification to a DM session: bearer (§6.5), user (§6.4.4), start. A session that cannot start yet waits. */
import type { Account } from "../account/accounts.ts";
import { copyBytes, numbersOf } from "../bytes.ts";
import type { Clock, Hal, SessionName, SessionRequest } from "../hal.ts";
import type { Notification } from "../notification/fields.ts";
import { utf8Text } from "../notification/utf8.ts";
import { EXPIRED, SESSION_REFUSED, SESSION_UNKNOWN, SESSION_WAITING, type Status } from "../status.ts";
import {
  BEARER_MAX,
  type Format,
  SESSION_DECLINED,
  SESSION_STARTED,
  UI_INFORMATIVE,
  UI_USER_INTERACTION,
} from "../wire.ts";
import { isExpired } from "./admission.ts";
import { RENEW_NONCES, VIA_MASK } from "./record.ts";

/** A session that is not done. Its texts stay in the store (records.ts) until it is offered. */
export interface Pending {
  /** Index of its account. */
  index: number;
  /** Its index among the sessions in the account's record; -1 until it is saved. */
  ordinal: number;
  format: Format;
  /** Bytes of its Package #0. */
  size: number;
  sessionId: number;
  timestamp: number;
  /** 0 = never: the server accepts the session for ever. */
  timeoutSeconds: number;
  /** It was accepted before a reset. */
  isResumed: boolean;
  state: number;
  /** The user was informed or asked. */
  isAnnounced: boolean;
  /** Monotonic seconds when it was accepted or loaded; its TIMEOUT counts from there on a board without a clock. */
  sinceSeconds: number;
}

/** It is due to be offered, if necessary by tick, as when the board had no memory to answer. */
const OWED = 0;
/** It waits for resume or bearerChanged. */
const WAITING = 1;
const ASKING = 2;
const STARTED = 3;
const ENDED = 4;

/** The part of the store that sessions need. */
export interface SessionStore {
  /** Saves the record of an account after one of its sessions ended. */
  save(index: number): Status;
  /** The request of a session; null when its record cannot be read now. */
  readRequest(p: Pending): SessionRequest | null;
  /** Whether account `index` has the serverId `serverId`. */
  isOf(index: number, serverId: string): boolean;
}

/** The sessions that are pending. Each ends in one of four ways: withdrawn, cancelled, done, forgotten. */
export interface Sessions {
  /** All sessions that have not ended, in the order of their acceptance. An ending makes a new array. */
  pending: Pending[];
  /** The sessions of an account. Allocates the array. */
  of(index: number): Pending[];
  /** Starts a session, or lets it wait. `request` is its request, or null when that must be read from the store. */
  start(p: Pending, request: SessionRequest | null): void;
  /** Calls start for all waiting sessions. */
  offer(): void;
  /** Cancels waiting sessions whose time is over, and starts those that are due. */
  tick(): void;
  /** Ends a session that could not be saved, and so was not accepted. Saves nothing. */
  withdraw(p: Pending): void;
  /**
   * Ends a session that the board has done, identified by ServerID, SessionID and TIMESTAMP. Returns OK, SESSION_UNKNOWN, or
   * the status of a failed save, after which it is offered again after a reset.
   */
  done(session: SessionName): Status;
  /** Ends all sessions of an account that is removed. Saves nothing. */
  forget(index: number): void;
}

/**
 * `report(status, request)` is called with SESSION_WAITING (no preferred bearer is up, or the board wants it later), and
 * when a session is cancelled: with SESSION_REFUSED (by the user or the board) or EXPIRED. It may be undefined.
 */
export function createSessions(
  hal: Hal,
  store: SessionStore,
  report: ((status: Status, request: SessionRequest) => void) | undefined,
): Sessions {
  function of(index: number): Pending[] {
    return sessions.pending.filter(p => p.index === index);
  }

  function start(p: Pending, made: SessionRequest | null): void {
    if (p.state > WAITING || cancelIfOver(p)) return;
    p.state = OWED;
    const request = made === null ? store.readRequest(p) : made;
    if (request !== null) offerRequest(p, request);
  }

  function offerRequest(p: Pending, request: SessionRequest): void {
    const bearer = chooseBearer(request.preferredBearer);
    if (bearer < 0) {
      wait(p, request);
      return;
    }
    request.bearer = bearer;
    const ui = hal.ui;
    if (ui !== undefined && !p.isAnnounced) {
      p.isAnnounced = true;
      if (request.uiMode === UI_INFORMATIVE) ui.inform(request.connectReason, request);
      if (request.uiMode === UI_USER_INTERACTION) {
        callBoard(p, ASKING, () =>
          ui.confirm(request.connectReason, request, isAllowed => {
            if (p.state !== ASKING) return; // a second answer, or one after the session ended
            p.state = OWED;
            if (!isAllowed) cancel(p, SESSION_REFUSED, request);
            else if (!cancelIfOver(p)) offerRequest(p, request);
          }),
        );
        return;
      }
    }
    const answer = callBoard(p, STARTED, () => hal.session.start(request));
    if (p.state !== STARTED || answer === SESSION_STARTED) return; // the session was done within start, or is under way
    if (answer === SESSION_DECLINED) cancel(p, SESSION_REFUSED, request);
    else wait(p, request);
  }

  /**
   * Lets the board start the session, or ask the user. When the board throws, for example for lack of memory, this is
   * repeated later.
   */
  function callBoard<R>(p: Pending, state: number, call: () => R): R {
    p.state = state;
    try {
      return call();
    } catch (error) {
      if (p.state === ASKING) p.isAnnounced = false;
      if (p.state === state) p.state = OWED;
      throw error;
    }
  }

  function wait(p: Pending, request: SessionRequest): void {
    p.state = WAITING;
    tell(SESSION_WAITING, request);
  }

  /**
   * The first preferred bearer that is up; 0 when any bearer will do; -1 when no preferred one is up. Values without a
   * meaning are skipped (D7).
   */
  function chooseBearer(preferred: number[]): number {
    let none = 0;
    for (let i = 0; i < preferred.length; i++) {
      const bearer = preferred[i];
      if (bearer > BEARER_MAX) continue;
      if (bearer === 0 || hal.bearers === undefined || hal.bearers.isAvailable(bearer)) return bearer;
      none = -1;
    }
    return none;
  }

  /** Cancels `p` if its time is over; returns whether it is. */
  function cancelIfOver(p: Pending): boolean {
    const now = hal.clock.posixSeconds();
    const isOver =
      now === 0
        ? isExpired(p.sinceSeconds, p.timeoutSeconds, hal.clock.monotonicSeconds())
        : isExpired(p.timestamp, p.timeoutSeconds, now);
    if (isOver) cancel(p, EXPIRED, report === undefined ? null : store.readRequest(p));
    return isOver;
  }

  function cancel(p: Pending, status: Status, request: SessionRequest | null): void {
    withdraw(p);
    store.save(p.index); // if the save fails, the session is offered again after a reset
    if (request !== null) tell(status, request);
  }

  function withdraw(p: Pending): void {
    p.state = ENDED; // a late answer must find nothing to start
    sessions.pending = sessions.pending.filter(each => each !== p);
  }

  function done(session: SessionName): Status {
    const all = sessions.pending;
    for (let i = 0; i < all.length; i++) {
      const p = all[i];
      if (p.timestamp !== session.timestamp || sessionIdText(p.sessionId) !== session.sessionId) continue;
      if (!store.isOf(p.index, session.serverId)) continue;
      withdraw(p);
      return store.save(p.index);
    }
    return SESSION_UNKNOWN;
  }

  function forget(index: number): void {
    of(index).forEach(withdraw);
  }

  function tell(status: Status, request: SessionRequest): void {
    if (report !== undefined) report(status, request);
  }

  function offer(): void {
    forEach(p => start(p, null));
  }

  function tick(): void {
    forEach(p => {
      if (p.state === OWED) start(p, null);
      else if (p.state < STARTED) cancelIfOver(p);
    });
  }

  /**
   * An exception of the board at one session does not prevent the others from starting; the last exception is thrown at the
   * end.
   */
  function forEach(act: (p: Pending) => void): void {
    let isThrown = false;
    let thrown: unknown;
    sessions.pending.forEach(p => {
      try {
        act(p);
      } catch (error) {
        isThrown = true;
        thrown = error;
      }
    });
    if (isThrown) throw thrown;
  }

  const sessions: Sessions = { pending: [], of, start, offer, tick, withdraw, done, forget };
  return sessions;
}

/** The session for the notification `n` of `account`, which is at `index`; a new session has `ordinal` -1. Allocates it. */
export function newPending(n: Notification, index: number, account: Account, ordinal: number, clock: Clock): Pending {
  return {
    index,
    ordinal,
    format: n.format,
    size: n.to - n.from,
    sessionId: n.sessionId,
    timestamp: n.timestamp,
    timeoutSeconds: n.timeoutMinutes * account.timeoutUnitSeconds,
    isResumed: ordinal >= 0,
    state: ordinal < 0 ? OWED : WAITING,
    isAnnounced: false,
    sinceSeconds: clock.monotonicSeconds(),
  };
}

/**
 * The request for the board, for the notification `n` of `account`, with the flags in the record of its session. Allocates
 * it with its arrays and texts.
 */
export function newRequest(n: Notification, account: Account, flags: number, isResumed: boolean): SessionRequest {
  const bytes = n.bytes;
  const appAddr = account.dmAcc.appAddr;
  return {
    sessionId: sessionIdText(n.sessionId),
    serverId: account.dmAcc.serverId,
    appAddr: appAddr === undefined ? [] : appAddr,
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
    timestamp: n.timestamp,
    timeoutMinutes: n.timeoutMinutes,
    renewNonces: (flags & RENEW_NONCES) !== 0,
    via: flags & VIA_MASK,
    isResumed,
  };
}

/** 1 to 4 upper-case hex digits without leading zeros (§6.4.8). */
export function sessionIdText(sessionId: number): string {
  return sessionId.toString(16).toUpperCase();
}
