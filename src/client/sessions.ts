/** From an accepted notification to a DM session: bearer (§6.5), user (§6.4.4), start. A session that cannot start yet waits. */
import type { Account } from "../account/accounts.ts";
import type { Hal, SessionName, SessionRequest } from "../hal.ts";
import { EXPIRED, SESSION_REFUSED, SESSION_UNKNOWN, SESSION_WAITING, type Status } from "../status.ts";
import { BEARER_MAX, SESSION_DECLINED, SESSION_STARTED, UI_INFORMATIVE, UI_USER_INTERACTION } from "../wire.ts";
import { isExpired } from "./admission.ts";
import { ASKING, ENDED, OWED, type Pending, STARTED, sessionIdText, WAITING } from "./pending.ts";
import type { Records } from "./records.ts";

/** What happens to the sessions of `records.pending`. Each ends in one of three ways: cancelled, done, forgotten. */
export interface Sessions {
  /** Starts a session, or lets it wait. `request` is its request, or null when that must be read from the store. */
  start(p: Pending, request: SessionRequest | null): void;
  /**
   * Starts the sessions that are due, and either offers those that wait too, or cancels those whose time is over. An
   * exception of the board at one session does not prevent the others from starting; the last exception is thrown at the
   * end.
   */
  visit(isOffer: boolean): void;
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
  records: Records,
  report: ((status: Status, request: SessionRequest) => void) | undefined,
): Sessions {
  function start(p: Pending, made: SessionRequest | null): void {
    if (p.state > WAITING || cancelIfOver(p)) return;
    p.state = OWED;
    const request = made || records.readRequest(p);
    if (request !== null) offerRequest(p, request);
  }

  function offerRequest(p: Pending, request: SessionRequest): void {
    const bearer = chooseBearer(request.preferredBearer);
    if (bearer < 0) {
      wait(p, request);
      return;
    }
    request.bearer = bearer;
    const ui = p.isAnnounced ? undefined : hal.ui;
    p.isAnnounced = true;
    if (ui !== undefined && request.uiMode === UI_INFORMATIVE) ui.inform(request.connectReason, request);
    if (p.state !== OWED) return; // the board has offered or ended the session from within its own functions
    const isAsking = ui !== undefined && request.uiMode === UI_USER_INTERACTION;
    const state = isAsking ? ASKING : STARTED;
    let answer: number = SESSION_STARTED;
    p.state = state;
    try {
      if (!isAsking) answer = hal.session.start(request);
      else
        ui.confirm(request.connectReason, request, isAllowed => {
          if (p.state !== ASKING) return; // a second answer, or one after the session ended
          p.state = OWED;
          if (!isAllowed) cancel(p, SESSION_REFUSED, request);
          else if (!cancelIfOver(p)) offerRequest(p, request);
        });
    } catch (error) {
      // the board had no memory, for example: this is repeated later
      if (p.state === ASKING) p.isAnnounced = false;
      if (p.state === state) p.state = OWED;
      throw error;
    }
    if (p.state !== STARTED || answer === SESSION_STARTED) return; // the session was done within start, or is under way
    if (answer === SESSION_DECLINED) cancel(p, SESSION_REFUSED, request);
    else wait(p, request);
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
    if (isOver) cancel(p, EXPIRED, report === undefined ? null : records.readRequest(p));
    return isOver;
  }

  function cancel(p: Pending, status: Status, request: SessionRequest | null): void {
    end(p); // if its save fails, the session is offered again after a reset
    if (request !== null) tell(status, request);
  }

  function tell(status: Status, request: SessionRequest): void {
    if (report !== undefined) report(status, request);
  }

  /** Returns the status of the save. */
  function end(p: Pending): Status {
    withdraw(p);
    const account = records.accounts[p.index] as Account;
    return records.save(p.index, account, account.memory as Uint8Array, null);
  }

  function withdraw(p: Pending): void {
    p.state = ENDED; // a late answer must find nothing to start
    records.pending = records.pending.filter(each => each !== p);
  }

  function done(session: SessionName): Status {
    for (let i = 0; i < records.pending.length; i++) {
      const p = records.pending[i];
      if (
        p.timestamp === session.timestamp &&
        sessionIdText(p.sessionId) === session.sessionId &&
        (records.accounts[p.index] as Account).dmAcc.serverId === session.serverId
      )
        return end(p);
    }
    return SESSION_UNKNOWN;
  }

  function forget(index: number): void {
    records.sessionsOf(index).forEach(withdraw);
  }

  function visit(isOffer: boolean): void {
    let isThrown = false;
    let thrown: unknown;
    const all = records.pending;
    const count = all.length; // not those that come meanwhile
    for (let i = 0; i < count; i++) {
      const p = all[i];
      try {
        if (isOffer || p.state === OWED) start(p, null);
        else if (p.state < STARTED) cancelIfOver(p);
      } catch (error) {
        isThrown = true;
        thrown = error;
      }
    }
    if (isThrown) throw thrown;
  }

  return { start, visit, done, forget };
}
