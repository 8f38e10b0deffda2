/** From an accepted notification to a DM session: bearer (§6.5), user (§6.4.4), start; what cannot start yet waits. */
import type { Account } from "../account/accounts.ts";
import { copyBytes, numbersOf } from "../bytes.ts";
import type { Clock, Hal, SessionRequest } from "../hal.ts";
import type { Notification } from "../notification/fields.ts";
import { utf8Text } from "../notification/utf8.ts";
import { EXPIRED, SESSION_REFUSED, SESSION_UNKNOWN, SESSION_WAITING, type Status } from "../status.ts";
import {
  BEARER_MAX,
  FORMAT_12,
  MD5_BYTES,
  SESSION_DECLINED,
  SESSION_STARTED,
  UI_INFORMATIVE,
  UI_USER_INTERACTION,
  type Via,
} from "../wire.ts";
import { type AdmissionRules, isExpired } from "./admission.ts";

/** A session that is still to be done. */
export interface Pending {
  /** Index of its account. */
  index: number;
  /** Package #0 without its digest, a copy: what the record keeps. */
  bytes: Uint8Array;
  request: SessionRequest;
  state: number;
  /** The user was told, or has been asked. */
  isAnnounced: boolean;
  /** Monotonic seconds when it was accepted or loaded: what its TIMEOUT counts from on a board without a clock. */
  sinceSeconds: number;
}

const WAITING = 0;
const ASKING = 1;
const STARTED = 2;
const ENDED = 3;

/** What is pending. It ends in one of four ways: withdrawn, cancelled, done, forgotten. */
export interface Sessions {
  /** All that have not ended, in the order of their acceptance: only to be read. An ending makes a new array. */
  pending: Pending[];
  /** How many there are of an account. */
  count(index: number): number;
  /** Adds one that was accepted. */
  add(p: Pending): void;
  /** Starts one, or lets it wait. */
  start(p: Pending): void;
  /** start for all that wait. */
  offer(): void;
  /** Cancels those that wait and whose time is over. */
  tick(): void;
  /** Ends one that could not be saved, and so was not accepted. Saves nothing. */
  withdraw(p: Pending): void;
  /** Ends the one that the board has done. OK, SESSION_UNKNOWN, or what saving returned: then it is offered again after a reset. */
  done(request: SessionRequest): Status;
  /** Ends all of an account that goes. Saves nothing. */
  forget(index: number): void;
}

/**
 * `save(index)` saves the record of an account after one of its sessions ended. `report(status, request)` is told of
 * SESSION_WAITING (no preferred bearer is up, or the board wants it later), and when one is cancelled: SESSION_REFUSED (by
 * the user or the board) or EXPIRED; undefined when nobody wants to know.
 */
export function createSessions(
  hal: Hal,
  rules: AdmissionRules,
  save: (index: number) => Status,
  report: ((status: Status, request: SessionRequest) => void) | undefined,
): Sessions {
  function count(index: number): number {
    const all = sessions.pending;
    let found = 0;
    for (let i = 0; i < all.length; i++) if (all[i].index === index) found++;
    return found;
  }

  function add(p: Pending): void {
    sessions.pending.push(p);
  }

  function start(p: Pending): void {
    if (p.state !== WAITING || cancelIfOver(p)) return;
    const request = p.request;
    const bearer = chooseBearer(request.preferredBearer);
    if (bearer < 0) {
      tell(SESSION_WAITING, request);
      return;
    }
    request.bearer = bearer;
    const ui = hal.ui;
    if (ui !== undefined && !p.isAnnounced) {
      p.isAnnounced = true;
      if (request.uiMode === UI_INFORMATIVE) ui.inform(request.connectReason, request);
      if (request.uiMode === UI_USER_INTERACTION) {
        p.state = ASKING;
        ui.confirm(request.connectReason, request, isAllowed => {
          if (p.state !== ASKING) return; // a second answer, or one after the session ended
          p.state = WAITING;
          if (isAllowed) start(p);
          else cancel(p, SESSION_REFUSED);
        });
        return;
      }
    }
    p.state = STARTED;
    const answer = hal.session.start(request);
    if (p.state !== STARTED || answer === SESSION_STARTED) return; // done from within start, or under way
    p.state = WAITING;
    if (answer === SESSION_DECLINED) cancel(p, SESSION_REFUSED);
    else tell(SESSION_WAITING, request);
  }

  /** The first preferred bearer that is up; 0 where any will do; -1 where none is. Values without a meaning are skipped (D7). */
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

  /** Cancels `p` when its time is over; whether it is. */
  function cancelIfOver(p: Pending): boolean {
    const request = p.request;
    const now = hal.clock.posixSeconds();
    const isOver =
      now === 0
        ? isExpired(p.sinceSeconds, request.timeoutMinutes, rules, hal.clock.monotonicSeconds())
        : isExpired(request.timestamp, request.timeoutMinutes, rules, now);
    if (isOver) cancel(p, EXPIRED);
    return isOver;
  }

  function cancel(p: Pending, status: Status): void {
    withdraw(p);
    save(p.index); // if that fails, the session is offered again after a reset
    tell(status, p.request);
  }

  function withdraw(p: Pending): void {
    p.state = ENDED; // a late answer finds nothing to start
    removeEnded();
  }

  function done(request: SessionRequest): Status {
    const all = sessions.pending;
    for (let i = 0; i < all.length; i++) {
      if (all[i].request !== request) continue;
      withdraw(all[i]);
      return save(all[i].index);
    }
    return SESSION_UNKNOWN;
  }

  function forget(index: number): void {
    const all = sessions.pending;
    for (let i = 0; i < all.length; i++) if (all[i].index === index) all[i].state = ENDED;
    removeEnded();
  }

  function removeEnded(): void {
    const all = sessions.pending;
    sessions.pending = [];
    for (let i = 0; i < all.length; i++) if (all[i].state !== ENDED) sessions.pending.push(all[i]);
  }

  function tell(status: Status, request: SessionRequest): void {
    if (report !== undefined) report(status, request);
  }

  function offer(): void {
    sessions.pending.forEach(start);
  }

  function tick(): void {
    sessions.pending.forEach(p => {
      if (p.state < STARTED) cancelIfOver(p);
    });
  }

  const sessions: Sessions = { pending: [], count, add, start, offer, tick, withdraw, done, forget };
  return sessions;
}

/**
 * What is to be done for the notification `n`, which belongs to `account`: copies it and builds the request. Allocates
 * the copy, and the request with its arrays and texts.
 */
export function newPending(
  n: Notification,
  index: number,
  account: Account,
  via: Via,
  renewNonces: boolean,
  isResumed: boolean,
  clock: Clock,
): Pending {
  const bytes = n.bytes;
  const is12 = n.format === FORMAT_12;
  const appAddr = account.dmAcc.appAddr;
  const request: SessionRequest = {
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
    renewNonces,
    via,
    isResumed,
  };
  return {
    index,
    bytes: copyBytes(bytes, is12 ? n.from + MD5_BYTES : n.from, is12 ? n.to : n.digestAt),
    request,
    state: WAITING,
    isAnnounced: false,
    sinceSeconds: clock.monotonicSeconds(),
  };
}

/** 1 to 4 upper-case hex digits without leading zeros (§6.4.8). */
export function sessionIdText(sessionId: number): string {
  return sessionId.toString(16).toUpperCase();
}
