/**
 * Concatenated short messages: 3GPP TS 23.040 §9.2.3.24.1. Parts come in any order, twice, interleaved, and some senders
 * use one reference for two messages at once. So parts are kept one by one. A part can complete several sets of parts 1 to
 * total under one key; the layer above judges one set after the other, and takes the one that is a message.
 */

import { readUint, writeUint32 } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { equalBytes } from "../../hash/equal.ts";
import { or } from "../../or.ts";
import {
  MORE,
  OK,
  SMS_DUPLICATE,
  SMS_EVICTED,
  SMS_EXPIRED,
  SMS_MESSAGE_LONG,
  SMS_PART_LONG,
  STORE_WRITE,
  type Status,
} from "../../status.ts";
import type { Udh } from "./udh.ts";

export interface ReassemblyOptions {
  /** Parts held at once, of all messages, up to 255; 16. */
  parts?: number;
  /** Parts of one message, up to `parts`; 8. */
  messageParts?: number;
  /** Age at which a part expires; 86400. */
  ageSeconds?: number;
  /** How many sets there are at most for one part that completes several; 16. */
  tries?: number;
  /** Told what was dropped: SMS_EXPIRED or SMS_EVICTED, and how many parts. */
  lost?: (status: number, parts: number) => void;
  /** Absent: parts do not survive a reset. */
  store?: PartStore;
}

/**
 * Storage in which parts outlast a reset. It is saved whenever a part was kept, before `add` returns; not when a message is complete, so
 * that its parts are there again when the power goes before it is safe. Guarding against torn records is the store's.
 */
export interface PartStore {
  /** The bytes that were saved; null when there are none. */
  load(): Uint8Array | null;
  /** `bytes` is lent. When false, the part that came is STORE_WRITE: whoever keeps it has to deliver it again. */
  save(bytes: Uint8Array): boolean;
}

/** The sets of parts that the last part completed. */
export interface PartSets {
  /** The set that was put together last: `bytes[0..size)`, good until another part or set takes its place. */
  bytes: Uint8Array;
  size: number;
  /** Its number: 0 at first; where the part came before and was refused, what `refuse` was told then. */
  set: number;
  /**
   * Puts together set `set` of those that the last part completed, counted from 0: of each number the newest part, of each
   * the oldest, then mixed. False, and nothing is changed, when there is no such set. Allocates a view for each part.
   */
  assemble(set: number): boolean;
  /** The set that was put together last is a message: removes its parts. */
  take(): void;
  /**
   * No set is a message: all of its parts stay, since others may fit them better, and are the first to be evicted. `next`
   * is the set to begin with when the same part comes again; 0 where all were judged.
   */
  refuse(next: number): void;
}

export interface Reassembly extends PartSets {
  /**
   * Takes the part `bytes[from..to)` that `u` describes, from the originating address `sender[senderAt..senderTo)`, of
   * which 12 octets count. `mark` is its short message's, 32 bits: under it, a part that is held comes again and is MORE
   * again; under another one, it is SMS_DUPLICATE. `isForeign`: it says that its message is others'. Returns OK when a set is
   * complete: the first one is put together then, and one of `take` and `refuse` has to follow. Else MORE, SMS_DUPLICATE,
   * SMS_MESSAGE_LONG, SMS_PART_LONG, or STORE_WRITE when the part is held, and not safe. Allocates a view for each part that
   * is kept or put together, and nothing for the rest.
   */
  add(
    sender: Uint8Array,
    senderAt: number,
    senderTo: number,
    u: Udh,
    bytes: Uint8Array,
    from: number,
    to: number,
    mark: number,
    isForeign: boolean,
  ): Status;
  /** Drops what is too old; `add` does so too. */
  expire(): void;
  /** Parts held now. */
  held(): number;
}

//  A slot: sender length:8 | sender:96 | width:8 | reference:16 | total:8 | sequence:8 | length:8 | octets | state:8 | arrival:32 | mark:32
//  Up to `total` it is the key, which the parts of a message share.
const SENDER_MAX = 12;
const WIDTH = 1 + SENDER_MAX;
const TOTAL = WIDTH + 3;
const SEQUENCE = TOTAL + 1;
const LENGTH = SEQUENCE + 1;
const OCTETS = LENGTH + 1;
/** First byte of what is saved: the layout, which changes with it. */
const LAYOUT = 3;

/** `state`: no set of its message was taken (REFUSED + the set to begin with); it is to be removed. */
const REFUSED = 1;
const TAKEN = 255;

/**
 * `partBytes` is what one part can have. Allocates, once, (parts + 1) x (partBytes + 28) + messageParts x (partBytes + 2)
 * bytes: 3.7 KB for GSM as the options are by default. A flood of parts evicts by sender (scoreOf), and nothing grows.
 * `settled` is told the marks of the parts that `take` and `refuse` are about, and of those that are too old.
 */
export function createReassembly(
  clock: Clock,
  partBytes: number,
  options: ReassemblyOptions,
  settled: (mark: number) => void,
): Reassembly {
  const capacity = Math.min(or(options.parts, 16), 255);
  const messageParts = Math.min(or(options.messageParts, 8), capacity);
  const tries = or(options.tries, 16);
  const store = options.store;
  const stateAt = OCTETS + partBytes;
  const arrivalAt = stateAt + 1;
  const markAt = arrivalAt + 4;
  const slotBytes = markAt + 4;
  /** LAYOUT, the slots in the order of their arrival, and one for the part that comes: what is saved is the beginning. */
  const pool = new Uint8Array(1 + (capacity + 1) * slotBytes);
  /** The offset at which the slots end. */
  let end = 1;
  let isSaved = true;
  /** The slot of the part that came last. */
  let last = 1;
  /** The slots of the set that was put together last. */
  const chosen = new Uint16Array(messageParts);
  const whole = new Uint8Array(messageParts * partBytes);

  function add(
    sender: Uint8Array,
    senderAt: number,
    senderTo: number,
    u: Udh,
    bytes: Uint8Array,
    from: number,
    to: number,
    mark: number,
    isForeign: boolean,
  ): Status {
    if (u.total > messageParts) return SMS_MESSAGE_LONG;
    if (to - from > partBytes) return SMS_PART_LONG;
    expire();
    const size = Math.min(senderTo - senderAt, SENDER_MAX);
    pool[end] = size;
    for (let i = 0; i < SENDER_MAX; i++) pool[end + 1 + i] = i < size ? sender[senderAt + i] : 0;
    writeUint32((u.reference << 8) | u.total, pool, end + WIDTH);
    pool[end + WIDTH] = u.isWide ? 1 : 0;
    pool[end + SEQUENCE] = u.sequence;
    pool[end + LENGTH] = to - from;
    for (let slot = 1; slot < end; slot += slotBytes) {
      if (!isSame(pool, slot, end, OCTETS) || !equalBytes(pool, slot + OCTETS, bytes, from, to - from)) continue;
      const isAgain = readUint(pool, slot + markAt, 4) === mark;
      if (pool[slot + stateAt] < REFUSED) return isAgain ? save() : SMS_DUPLICATE;
      // after its set was refused: the reason (no account yet, too many digests) may be over
      writeUint32(mark, pool, slot + markAt);
      last = slot;
      return assemble(pool[slot + stateAt] - REFUSED) || assemble(0) ? OK : MORE;
    }
    if (held() === capacity) {
      let worst = 1;
      for (let slot = 1; slot < end; slot += slotBytes) if (scoreOf(slot) > scoreOf(worst)) worst = slot;
      remove(worst); // and the new part moves up
      tell(SMS_EVICTED, 1);
    }
    pool.set(bytes.subarray(from, to), end + OCTETS);
    pool[end + stateAt] = isForeign ? REFUSED : 0;
    writeUint32(clock.monotonicSeconds(), pool, end + arrivalAt);
    writeUint32(mark, pool, end + markAt);
    last = end;
    end += slotBytes;
    if (assemble(0)) return OK; // not saved: a forged set costs no write
    isSaved = store === undefined;
    return save();
  }

  function save(): Status {
    if (!isSaved && store !== undefined) isSaved = store.save(pool.subarray(0, end));
    return isSaved ? MORE : STORE_WRITE;
  }

  function held(): number {
    return (end - 1) / slotBytes;
  }

  /** Removes a slot; those behind it move up. */
  function remove(slot: number): void {
    pool.set(pool.subarray(slot + slotBytes, pool.length), slot);
    end -= slotBytes;
  }

  function expire(): void {
    const before = end;
    const oldest = clock.monotonicSeconds() - or(options.ageSeconds, 86400);
    for (let slot = end - slotBytes; slot > 0; slot -= slotBytes) {
      if (readUint(pool, slot + arrivalAt, 4) >= oldest) continue;
      if (pool[slot + stateAt] < REFUSED) settle(slot, TAKEN); // the rest of it will not come any more
      remove(slot);
    }
    tell(SMS_EXPIRED, (before - end) / slotBytes);
  }

  function tell(status: number, parts: number): void {
    if (parts > 0 && options.lost !== undefined) options.lost(status, parts);
  }

  function assemble(set: number): boolean {
    const total = pool[last + TOTAL];
    let digits = Math.max(set - 1, 0); // in a number system that has as many digits as there are parts of a number
    let hasChoice = set !== 1;
    for (let i = 0; i < total; i++) {
      const count = set === 0 ? 1 : -find(pool, end, slotBytes, last, i + 1, capacity);
      const rank = set === 1 ? count - 1 : digits % count;
      if (rank > 0) hasChoice = true;
      digits = Math.floor(digits / count);
      const found = find(pool, end, slotBytes, last, i + 1, rank);
      if (found <= 0) return false;
      chosen[i] = found;
    }
    if (!hasChoice || digits > 0 || set >= tries) return false;
    let length = 0;
    for (let i = 0; i < total; i++) {
      const octetsAt = chosen[i] + OCTETS;
      const octetsEnd = octetsAt + pool[chosen[i] + LENGTH];
      whole.set(pool.subarray(octetsAt, octetsEnd), length);
      length += octetsEnd - octetsAt;
    }
    result.size = length;
    result.set = set;
    return true;
  }

  function take(): void {
    const total = pool[last + TOTAL];
    for (let i = 0; i < total; i++) settle(chosen[i], TAKEN);
    for (let at = end - slotBytes; at > 0; at -= slotBytes) if (pool[at + stateAt] === TAKEN) remove(at);
  }

  function refuse(next: number): void {
    for (let at = 1; at < end; at += slotBytes) if (isSame(pool, at, last, SEQUENCE)) settle(at, REFUSED);
    pool[last + stateAt] = REFUSED + next;
  }

  function settle(slot: number, state: number): void {
    pool[slot + stateAt] = state;
    settled(readUint(pool, slot + markAt, 4));
  }

  /**
   * Who goes first: what was complete and refused; then the sender with the most parts of other messages; then the message
   * with the fewest parts, so that a flood of single parts under many names displaces itself; last the message that is
   * added to. Of equal ones the oldest.
   */
  function scoreOf(slot: number): number {
    if (isSame(pool, slot, end, SEQUENCE)) return 0;
    let score = pool[slot + stateAt] > 0 ? 131328 : 256;
    for (let at = 1; at < end; at += slotBytes) {
      if (isSame(pool, at, slot, WIDTH)) score += isSame(pool, at, slot, SEQUENCE) ? -1 : 256;
    }
    return score;
  }

  /** Ages begin anew. A record of another layout or with a part that has no room counts as none. */
  function load(): void {
    const saved = store === undefined ? null : store.load();
    if (!saved || saved.length > pool.length - slotBytes || saved.length % slotBytes !== 1 || saved[0] !== LAYOUT)
      return;
    for (let at = 1; at < saved.length; at += slotBytes) {
      if (saved[at + TOTAL] > messageParts || saved[at + LENGTH] > partBytes) return;
    }
    pool.set(saved, 0);
    end = saved.length;
    for (let at = 1; at < end; at += slotBytes) writeUint32(clock.monotonicSeconds(), pool, at + arrivalAt);
  }

  const result: Reassembly = { bytes: whole, size: 0, set: 0, add, assemble, take, refuse, expire, held };
  pool[0] = LAYOUT;
  load();
  return result;
}

/** Whether two slots have the same first `length` bytes. */
function isSame(pool: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (pool[a + i] !== pool[b + i]) return false;
  return true;
}

/**
 * The part `sequence` of the message of `slot` that is `rank` older than the newest; where there are not so many, minus
 * their number. The part at `slot` is the only one of its number.
 */
function find(pool: Uint8Array, end: number, slotBytes: number, slot: number, sequence: number, rank: number): number {
  if (pool[slot + SEQUENCE] === sequence) return rank > 0 ? -1 : slot;
  let found = 0;
  for (let at = end - slotBytes; at > 0; at -= slotBytes) {
    if (pool[at + SEQUENCE] !== sequence || !isSame(pool, at, slot, SEQUENCE)) continue;
    if (found === rank) return at;
    found++;
  }
  return -found;
}
