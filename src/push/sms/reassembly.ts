/**
 * Joins concatenated short messages (3GPP TS 23.040 §9.2.3.24.1). Parts come in any order, repeated and interleaved, and
 * some senders use one reference for two messages at the same time. So parts are kept singly. A part can complete several
 * sets of parts 1 to total under one key; the layer above judges one set after the other, and takes the set that is a
 * message.
 */

import { checkOf, readUint, writeUint32 } from "../../bytes.ts";
import type { Clock, Storage } from "../../hal.ts";
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
  THROTTLED,
} from "../../status.ts";
import { createPartRecords, NOWHERE } from "./part-records.ts";
import type { Udh } from "./udh.ts";

export interface ReassemblyOptions {
  /** Parts held at the same time, of all messages, up to 255. 16. */
  parts?: number;
  /** Parts of one message, up to `parts`. 8. */
  messageParts?: number;
  /** The age at which a part expires. 86400. */
  ageSeconds?: number;
  /** How many sets are tried when one part completes several, up to 253. 16. */
  tries?: number;
  /** Called when parts are dropped, with SMS_EXPIRED or SMS_EVICTED and their number. */
  onLost?: (status: number, parts: number) => void;
  /**
   * Keeps each part in a record of its own, "sms0" to "sms254", of up to 158 bytes: it is saved before `add` returns, unless
   * the part completes a message, and erased when the part is taken, evicted or too old. A record never overwrites one that
   * is needed, so a power cut harms only a part that was not yet reported as safe. Without it, parts do not survive a reset.
   */
  store?: Storage;
}

/** The sets of parts that the last part completed. */
export interface PartSets {
  /** The set that was joined last: `bytes[0..size)`, valid until the next part or set. */
  bytes: Uint8Array;
  size: number;
  /** The number of that set: 0 at first; when the part came before and was refused, the `next` of that refusal. */
  set: number;
  /**
   * Joins set `set` of those that the last part completed, counted from 0. The first set has the newest part of each number,
   * the second the oldest, the others are mixed. False, and without a change, when there is no such set. Allocates a view
   * for each part.
   */
  assemble(set: number): boolean;
  /** To be called when the set that was joined last is a message, and is safe: removes its parts. */
  take(): void;
  /**
   * To be called when no set is a message. All parts stay, because a later part may complete them; they are evicted first.
   * `next` is the set to begin with when the same part comes again; 0 when all sets were judged. With `isSettled`, these
   * parts are not expected again.
   */
  refuse(next: number, isSettled: boolean): void;
}

export interface Reassembly extends PartSets {
  /**
   * Takes the part `bytes[from..to)` that `u` describes, from the originating address `sender[senderAt..senderTo)`, of which
   * 12 octets count. `bytes[stampAt..stampAt + 7)` is its time stamp, unless `stampAt` is -1: a part that is held gives MORE
   * again with the same stamp, and SMS_DUPLICATE with another. `isForeign` says that its message is for another application.
   * Returns OK when a set is complete: the first set is joined then, and the caller must call `take` or `refuse`. Otherwise
   * returns MORE, SMS_DUPLICATE, SMS_MESSAGE_LONG, SMS_PART_LONG, or STORE_WRITE when the part is held but not saved.
   * Allocates a view for each part that is read or joined, and a key and a view for a part that is saved.
   */
  add(
    sender: Uint8Array,
    senderAt: number,
    senderTo: number,
    u: Udh,
    bytes: Uint8Array,
    from: number,
    to: number,
    stampAt: number,
    isForeign: boolean,
  ): Status;
  /** Drops parts that are too old; `add` does so too. */
  expire(): void;
  /** Parts held now. */
  held(): number;
}

//  A slot: place:8 | arrival:32 | and what is saved of it:
//  check:32 | state:8 | stamp:56 | sequence:8 | length:8 | total:8 | width:8 | reference:16 | sender length:8 | sender:96 | octets
//  The fields from `total` to before the octets are the key, which all parts of a message share. `check` covers everything after it.
const ARRIVAL = 1;
const CHECK = 5;
const STATE = 9;
const STAMP = 10;
const STAMP_BYTES = 7;
const SEQUENCE = STAMP + STAMP_BYTES;
const LENGTH = SEQUENCE + 1;
const KEY = LENGTH + 1;
const TOTAL = KEY;
const SENDER = TOTAL + 4;
const SENDER_MAX = 12;
const OCTETS = SENDER + 1 + SENDER_MAX;
/** The seed of `check`: a part that was saved in another layout is not read. */
const LAYOUT = 4;

/** `state` of a slot: its set waits for a verdict (WAITING + the set to begin with); its sets were refused; it is to be removed. */
const WAITING = 1;
const REFUSED = 254;
const TAKEN = 255;

/** The settled short messages, each by a number of 30 bits. */
export interface Marks {
  has(mark: number): boolean;
  add(mark: number): void;
}

/**
 * `partBytes` is the longest part. Allocates, once, (parts + 1) x (partBytes + 36) + messageParts x (partBytes + 2) bytes:
 * 3.8 KB for GSM with the default options, and never more: a flood of parts evicts other parts by their sender (scoreOf). A
 * part whose check is in `marks` is SMS_DUPLICATE; parts that are settled or too old are added to `marks`.
 */
export function createReassembly(
  clock: Clock,
  partBytes: number,
  options: ReassemblyOptions,
  marks: Marks,
): Reassembly {
  const capacity = Math.min(or(options.parts, 16), 255);
  const messageParts = Math.min(or(options.messageParts, 8), capacity);
  const tries = Math.min(or(options.tries, 16), REFUSED - WAITING);
  const lost = or(options.onLost, () => {});
  const records = options.store === undefined ? null : createPartRecords(options.store, capacity);
  const slotBytes = OCTETS + partBytes;
  /** The slots in the order of their arrival, and one for the current part. */
  const pool = new Uint8Array((capacity + 1) * slotBytes);
  /** The offset after the last slot. */
  let end = 0;
  /** The slot of the part that came last. */
  let last = 0;
  /** The slots of the set that was joined last. */
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
    stampAt: number,
    isForeign: boolean,
  ): Status {
    const length = to - from;
    if (u.total > messageParts) return SMS_MESSAGE_LONG;
    if (length > partBytes) return SMS_PART_LONG;
    if (records !== null) records.load(readPart);
    expire();
    pool[end + STATE] = isForeign ? REFUSED : 0;
    for (let i = 0; i < STAMP_BYTES; i++) pool[end + STAMP + i] = stampAt < 0 ? 0 : bytes[stampAt + i];
    pool[end + LENGTH] = length;
    writeNumbers(u, sender, senderAt, senderTo, pool, end);
    pool.set(bytes.subarray(from, to), end + OCTETS);
    const mark = markOf(pool, end);
    if (marks.has(mark)) return SMS_DUPLICATE;
    writeUint32(mark, pool, end + CHECK);
    for (let slot = 0; slot < end; slot += slotBytes) {
      if (!isSame(pool, slot, end, SEQUENCE, OCTETS + length)) continue;
      const state = pool[slot + STATE];
      if (state < WAITING) return isSame(pool, slot, end, CHECK, STATE) ? save(slot) : SMS_DUPLICATE;
      // its set was refused before, but the reason (no account yet, too many digests) may be over
      for (let i = CHECK; i < STATE; i++) pool[slot + i] = pool[end + i];
      last = slot;
      if (assemble(state === REFUSED ? 0 : state - WAITING) || assemble(0)) return OK;
      if (isWaiting(state)) pool[slot + STATE] = 0; // parts of its sets are gone
      return save(slot);
    }
    if (held() === capacity) {
      let worst = 0;
      for (let slot = 0; slot < end; slot += slotBytes)
        if (scoreOf(pool, end, slotBytes, slot) > scoreOf(pool, end, slotBytes, worst)) worst = slot;
      if (records === null && isWaiting(pool[worst + STATE])) return THROTTLED; // it stays in the modem until a verdict makes room
      remove(worst); // the new part moves up too
      lost(SMS_EVICTED, 1);
    }
    last = end;
    keep(NOWHERE);
    return assemble(0) ? OK : save(last); // not saved, so that a forged set costs no write
  }

  /** Holds the part at the end from now on. */
  function keep(place: number): void {
    pool[end] = place;
    writeUint32(clock.monotonicSeconds(), pool, end + ARRIVAL);
    end += slotBytes;
  }

  /** Saves the part at `slot`, which is held; returns whether it is safe. */
  function save(slot: number): Status {
    if (records === null) return MORE;
    if (pool[slot] === NOWHERE)
      pool[slot] = records.save(pool.subarray(slot + CHECK, slot + OCTETS + pool[slot + LENGTH]));
    return pool[slot] === NOWHERE ? STORE_WRITE : MORE;
  }

  function held(): number {
    return end / slotBytes;
  }

  /** Removes a slot and its record; the slots after it move up. */
  function remove(slot: number): void {
    if (records !== null && pool[slot] !== NOWHERE) records.erase(pool[slot]);
    pool.set(pool.subarray(slot + slotBytes, end + slotBytes), slot);
    end -= slotBytes;
  }

  function expire(): void {
    const before = end;
    const oldest = clock.monotonicSeconds() - or(options.ageSeconds, 86400);
    for (let slot = end - slotBytes; slot >= 0; slot -= slotBytes) {
      if (readUint(pool, slot + ARRIVAL, 4) >= oldest) continue;
      if (pool[slot + STATE] < WAITING) settle(slot); // the missing parts will not come any more
      remove(slot);
    }
    if (end < before) lost(SMS_EXPIRED, (before - end) / slotBytes);
  }

  function assemble(set: number): boolean {
    const total = pool[last + TOTAL];
    let digits = Math.max(set - 1, 0); // the digits of `set`, one for each part number
    let hasChoice = set !== 1;
    for (let i = 0; i < total; i++) {
      const count = set === 0 ? 1 : -1 - find(pool, end, slotBytes, last, i + 1, capacity);
      const rank = set === 1 ? count - 1 : digits % count;
      if (rank > 0) hasChoice = true;
      digits = Math.floor(digits / count);
      const found = find(pool, end, slotBytes, last, i + 1, rank);
      if (found < 0) return false;
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
    for (let i = 0; i < total; i++) {
      settle(chosen[i]);
      pool[chosen[i] + STATE] = TAKEN;
    }
    for (let slot = end - slotBytes; slot >= 0; slot -= slotBytes) if (pool[slot + STATE] === TAKEN) remove(slot);
  }

  function refuse(next: number, isSettled: boolean): void {
    for (let slot = 0; slot < end; slot += slotBytes) {
      if (!isSame(pool, slot, last, KEY, OCTETS)) continue;
      if (isSettled) {
        pool[slot + STATE] = REFUSED;
        settle(slot);
      } else if (pool[slot + STATE] === 0) pool[slot + STATE] = WAITING; // others know their next set
    }
    if (!isSettled) pool[last + STATE] = WAITING + next;
  }

  function settle(slot: number): void {
    marks.add(readUint(pool, slot + CHECK, 4));
  }

  /** Loads the saved parts. A part that is damaged or does not fit is ignored. */
  function readPart(saved: Uint8Array, place: number): boolean {
    const length = saved.length - (OCTETS - CHECK);
    if (length < 0 || length > partBytes || saved[LENGTH - CHECK] !== length) return false;
    if (saved[TOTAL - CHECK] > messageParts || held() === capacity) return false;
    pool.set(saved, end + CHECK);
    const isGood = markOf(pool, end) === readUint(pool, end + CHECK, 4);
    if (isGood) keep(place);
    return isGood;
  }

  const result: Reassembly = { bytes: whole, size: 0, set: 0, add, assemble, take, refuse, expire, held };
  if (records !== null) records.load(readPart);
  return result;
}

/**
 * The slot with the highest score is evicted. First: parts of refused sets; then parts of the sender that holds most parts
 * of other messages; then parts of the message with the fewest parts, so that a flood of single parts under many senders
 * evicts itself; then parts of the message being completed. Last: parts that wait for a verdict. Ties: the oldest.
 */
function scoreOf(pool: Uint8Array, end: number, slotBytes: number, slot: number): number {
  if (isWaiting(pool[slot + STATE])) return -1;
  if (isSame(pool, slot, end, KEY, OCTETS)) return 0;
  let score = pool[slot + STATE] === REFUSED ? 131328 : 256;
  for (let at = 0; at < end; at += slotBytes) {
    if (isSame(pool, at, slot, SENDER, OCTETS)) score += isSame(pool, at, slot, KEY, SENDER) ? -1 : 256;
  }
  return score;
}

function isWaiting(state: number): boolean {
  return state >= WAITING && state < REFUSED;
}

/** Whether two slots are equal between two offsets. */
function isSame(pool: Uint8Array, a: number, b: number, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (pool[a + i] !== pool[b + i]) return false;
  return true;
}

/** Writes the sequence and the key. */
function writeNumbers(
  u: Udh,
  sender: Uint8Array,
  senderAt: number,
  senderTo: number,
  pool: Uint8Array,
  slot: number,
): void {
  pool[slot + SEQUENCE] = u.sequence;
  writeUint32((u.total << 24) | u.reference, pool, slot + TOTAL);
  pool[slot + TOTAL + 1] = u.isWide ? 1 : 0;
  const size = Math.min(senderTo - senderAt, SENDER_MAX);
  pool[slot + SENDER] = size;
  for (let i = 1; i <= SENDER_MAX; i++) pool[slot + SENDER + i] = i > size ? 0 : sender[senderAt + i - 1];
}

/** The right value of `check`. */
function markOf(pool: Uint8Array, slot: number): number {
  return checkOf(LAYOUT, pool, slot + STATE, slot + OCTETS + pool[slot + LENGTH]);
}

/**
 * The slot of part `sequence` of the message of `slot`, `rank` places older than the newest such part; minus one and the
 * number of such parts when there are fewer. For the number of `slot` itself, only `slot` counts.
 */
function find(pool: Uint8Array, end: number, slotBytes: number, slot: number, sequence: number, rank: number): number {
  if (pool[slot + SEQUENCE] === sequence) return rank > 0 ? -2 : slot;
  let found = 0;
  for (let at = end - slotBytes; at >= 0; at -= slotBytes) {
    if (pool[at + SEQUENCE] !== sequence || !isSame(pool, at, slot, KEY, OCTETS)) continue;
    if (found === rank) return at;
    found++;
  }
  return -1 - found;
}
