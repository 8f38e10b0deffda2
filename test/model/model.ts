/**
 * The rules of targets/admission.md as a slow model, with lists of unlimited size and no code of src. The histories of power
 * cuts compare the client with it.
 */

export interface Note {
  serverId: string;
  format: 12 | 13;
  sessionId: number;
  /** 1.3. */
  timestamp: number;
  timeoutMinutes: number;
  /** The secret, and the nonce of 1.2 as a number, that it was signed with. */
  secret: string;
  nonce: number;
  isForged: boolean;
}

export interface ModelAccount {
  secret: string;
  nonce: number;
  /** Remembered 1.3 notifications; older ones are below the floor. */
  remembered: Note[];
  floor: number;
  /** Remembered 1.2 notifications. */
  spent: Spent[];
  /** The sessions that are not done, in the order of their acceptance. */
  pending: Note[];
}

export interface Spent {
  sessionId: number;
  nonce: number;
  /** The turn of 65536 seconds in which it was accepted; 0 without a clock. */
  turn: number;
}

export type Model = Map<string, ModelAccount>;

export interface Limits {
  accountsMax: number;
  rememberedMax: number;
  pendingMax: number;
  maxSkewSeconds: number;
}

export function cloneModel(model: Model): Model {
  return new Map(
    [...model].map(([id, one]) => [
      id,
      { ...one, remembered: [...one.remembered], spent: [...one.spent], pending: [...one.pending] },
    ]),
  );
}

/** The name of the status that `note` must get at the time `now` (0: no clock). */
export function verdictOf(model: Model, note: Note, now: number, limits: Limits): string {
  const account = model.get(note.serverId);
  if (account === undefined) return "ACCOUNT_UNKNOWN";
  if (note.format === 13) {
    if (now !== 0 && isOver(note, now)) return "EXPIRED";
    if (now !== 0 && note.timestamp > now + limits.maxSkewSeconds) return "FUTURE";
    const latest = Math.max(now, note.timestamp);
    const sameId12 = account.spent.filter(each => each.sessionId === note.sessionId);
    if (sameId12.some(each => isNear(each.turn, turnOf(latest)))) return "DUPLICATE";
    const sameId = account.remembered.filter(each => each.sessionId === note.sessionId);
    if (sameId.some(each => each.timestamp === note.timestamp)) return "DUPLICATE";
    if (sameId.some(each => !isOver(each, latest))) return "DUPLICATE";
    if (note.timestamp <= account.floor) return "REPLAY";
  } else {
    const sameId13 = account.remembered.filter(each => each.sessionId === note.sessionId);
    if (sameId13.some(each => isNear(turnOf(each.timestamp), turnOf(now)))) return "DUPLICATE";
    const underIt = account.spent.filter(each => each.nonce === account.nonce);
    if (underIt.some(each => each.sessionId === note.sessionId)) return "DUPLICATE";
    if (underIt.length >= limits.rememberedMax) return "NONCE_SPENT";
  }
  // one session in both formats
  const running = account.pending.filter(each => each.sessionId === note.sessionId);
  if (running.some(each => each.format !== note.format)) return "DUPLICATE";
  if (account.pending.length >= limits.pendingMax) return "PENDING_FULL";
  const isSigned = !note.isForged && note.secret === account.secret;
  if (!isSigned || (note.format === 12 && note.nonce !== account.nonce)) return "DIGEST_WRONG";
  return "OK";
}

/** Turns of 65536 seconds: one is the same or the next one. */
const turnOf = (seconds: number) => Math.floor(seconds / 65536);
const isNear = (a: number, b: number) => Math.abs(a - b) <= 1;

/** `note` was accepted at `now`. */
export function accept(model: Model, note: Note, now: number, limits: Limits): void {
  const account = model.get(note.serverId) as ModelAccount;
  account.pending.push(note);
  if (note.format === 12) {
    const spent = { sessionId: note.sessionId, nonce: account.nonce, turn: turnOf(now) };
    const former = account.spent.findLastIndex(each => each.nonce !== account.nonce);
    // the places being taken, one under a former nonce goes
    if (account.spent.length < limits.rememberedMax) account.spent.push(spent);
    else account.spent[former] = spent;
    return;
  }
  if (account.remembered.length < limits.rememberedMax) {
    account.remembered.push(note);
    return;
  }
  // the oldest is forgotten in favour of the new one, which may itself be the oldest
  const lowest = Math.min(...account.remembered.map(each => each.timestamp));
  if (lowest < note.timestamp) {
    const gone = account.remembered.findIndex(each => each.timestamp === lowest);
    account.remembered[gone] = note;
  }
  account.floor = Math.min(lowest, note.timestamp);
}

export function isOver(note: Note, now: number): boolean {
  return note.format === 13 && note.timeoutMinutes !== 0 && now - note.timestamp > 60 * note.timeoutMinutes;
}
