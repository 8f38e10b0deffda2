/**
 * Joins concatenated short messages (3GPP TS 23.040 §9.2.3.24.1). Parts come in any order, repeated and interleaved, and
 * some senders use one reference for two messages at the same time. So parts are kept singly. A part can complete several
 * sets of parts 1 to total under one key; the layer above judges one set after the other, and takes the set that is a
 * message.
 */

import { checkOf } from "../../bytes.ts";
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
import { addMark, hasMark, type Marks } from "./marks.ts";
import { eraseRecord, loadRecords, NOWHERE, newPartRecords, saveRecord } from "./part-records.ts";
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
   * Keeps each part in a record of its own, "sms0" to "sms254", of up to 164 bytes: it is saved before `add` returns, unless
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
   * 12 octets count.
   * `bytes[stampAt..stampAt + 7)` is its time stamp, unless `stampAt` is -1: a part that is held gives MORE again with the
   * same stamp, and SMS_DUPLICATE with another. `isForeign` says that its message is for another application. Returns OK when
   * a set is complete: the first set is joined then, and the caller must call `take` or `refuse`. Otherwise returns MORE,
   * SMS_DUPLICATE, SMS_MESSAGE_LONG, SMS_PART_LONG, or STORE_WRITE when the part is held but not saved. Allocates a view for
   * each part that is read or joined, and a key and a view for a part that is saved.
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
  /** Drops parts that are too old, and reads the records that could not be read before; `add` does so too. */
  expire(): void;
  /** Parts held now. */
  held(): number;
}

//  A slot, in words of 32 bits: arrival | place | and what is saved of it:
//  check | stamp | sender, 3 words | message | state | sequence | length | octets
//  message is total:8 | sender length:7 | width:1 | reference:16. stamp is a check of TP-SCTS. `check` covers everything after it. The sender is kept as it is, because anybody who may choose his own address can choose one with the same check.
const ARRIVAL = 0;
const PLACE = 1;
const CHECK = 2;
const STAMP = 3;
const SENDER = 4;
const MESSAGE = 7;
const STATE = 8;
const SEQUENCE = 9;
const LENGTH = 10;
/** The same in bytes: where `check`, what it covers, and the octets begin. */
const SAVED = 8;
const CHECKED = 12;
const OCTETS = 44;
const STAMP_BYTES = 7;
const SENDER_MAX = 12;
/** The seed of `check`: a part that was saved in another layout is not read. */
const LAYOUT = 5;

/** `state` of a slot: its set waits for a verdict (WAITING + the set to begin with); its sets were refused; it is to be removed. */
const WAITING = 1;
const REFUSED = 254;
const TAKEN = 255;

/**
 * `partBytes` is the longest part. Allocates, once, (parts + 1) x (partBytes + 44) + messageParts x (partBytes + 2) bytes:
 * 4.0 KB for GSM with the default options, and never more: a flood of parts evicts other parts by their sender (scoreOf). A
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
  const records = options.store === undefined ? null : newPartRecords(options.store, capacity);
  const slotWords = (OCTETS + partBytes + 3) >> 2;
  /** The slots in the order of their arrival, and one for the current part. */
  const memory = new ArrayBuffer(4 * (capacity + 1) * slotWords);
  const words = new Uint32Array(memory);
  const pool = new Uint8Array(memory);
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
    expire();
    const stamp = stampAt < 0 ? 0 : checkOf(0, bytes, stampAt, stampAt + STAMP_BYTES);
    words[end + STAMP] = stamp;
    const senderBytes = Math.min(senderTo - senderAt, SENDER_MAX);
    for (let i = 0; i < 3; i++) words[end + SENDER + i] = 0;
    pool.set(sender.subarray(senderAt, senderAt + senderBytes), 4 * (end + SENDER));
    words[end + MESSAGE] = (u.total << 24) | (senderBytes << 17) | (u.isWide ? 0x10000 : 0) | u.reference;
    words[end + PLACE] = NOWHERE;
    words[end + STATE] = isForeign ? REFUSED : 0;
    words[end + SEQUENCE] = u.sequence;
    words[end + LENGTH] = length;
    pool.set(bytes.subarray(from, to), 4 * end + OCTETS);
    const mark = markOf(words, pool, end);
    if (hasMark(marks, mark)) return SMS_DUPLICATE;
    words[end + CHECK] = mark;
    for (let slot = 0; slot < end; slot += slotWords) {
      if (!isSamePart(words, pool, slot, end)) continue;
      const state = words[slot + STATE];
      if (state === 0) return words[slot + STAMP] === stamp ? save(slot) : SMS_DUPLICATE;
      // its set was refused before, but the reason (no account yet, too many digests) may be over
      words[slot + STAMP] = stamp;
      words[slot + CHECK] = mark;
      last = slot;
      if (assemble(state === REFUSED ? 0 : state - WAITING) || assemble(0)) return OK;
      words[slot + STATE] = words[end + STATE]; // parts of its sets are gone, and `check` covers this state
      return save(slot);
    }
    if (held() === capacity) {
      const worst = worstOf(words, end, slotWords);
      if (records === null && isWaiting(words[worst + STATE])) return THROTTLED; // it stays in the modem until a verdict makes room
      remove(worst); // the new part moves up too
      lost(SMS_EVICTED, 1);
    }
    last = end;
    keep(NOWHERE);
    return assemble(0) ? OK : save(last); // not saved, so that a forged set costs no write
  }

  /** Holds the part at the end from now on. */
  function keep(place: number): void {
    words[end + PLACE] = place;
    words[end + ARRIVAL] = clock.monotonicSeconds();
    end += slotWords;
  }

  /** Saves the part at `slot`, which is held; returns whether it is safe. */
  function save(slot: number): Status {
    if (records === null) return MORE;
    if (words[slot + PLACE] === NOWHERE)
      words[slot + PLACE] = saveRecord(
        records,
        pool.subarray(4 * slot + SAVED, 4 * slot + OCTETS + words[slot + LENGTH]),
      );
    return words[slot + PLACE] === NOWHERE ? STORE_WRITE : MORE;
  }

  function held(): number {
    return end / slotWords;
  }

  /** Removes a slot and its record; the slots after it move up. */
  function remove(slot: number): void {
    if (records !== null) eraseRecord(records, words[slot + PLACE]);
    words.set(words.subarray(slot + slotWords, end + slotWords), slot);
    end -= slotWords;
  }

  function expire(): void {
    if (records !== null) loadRecords(records, readPart);
    const oldest = clock.monotonicSeconds() - or(options.ageSeconds, 86400);
    let expired = 0;
    for (let slot = end - slotWords; slot >= 0; slot -= slotWords) {
      const state = words[slot + STATE];
      if (state !== TAKEN && words[slot + ARRIVAL] >= oldest) continue;
      if (state === 0 || state === TAKEN) settle(slot); // the missing parts will not come any more
      if (state !== TAKEN) expired++;
      remove(slot);
    }
    if (expired > 0) lost(SMS_EXPIRED, expired);
  }

  /** Holds a saved part, unless it is damaged or does not fit. */
  function readPart(saved: Uint8Array, place: number): boolean {
    const length = saved.length - (OCTETS - SAVED);
    if (length < 0 || length > partBytes || held() === capacity) return false;
    pool.set(saved, 4 * end + SAVED);
    if (words[end + LENGTH] !== length || totalOf(words, end) > messageParts) return false;
    const isGood = markOf(words, pool, end) === words[end + CHECK];
    if (isGood) keep(place);
    return isGood;
  }

  function assemble(set: number): boolean {
    const total = totalOf(words, last);
    let digits = Math.max(set - 1, 0); // the digits of `set`, one for each part number
    let hasChoice = set !== 1;
    for (let i = 0; i < total; i++) {
      const count = set === 0 ? 1 : -1 - find(words, end, slotWords, last, i + 1, capacity);
      const rank = set === 1 ? count - 1 : digits % count;
      if (rank > 0) hasChoice = true;
      digits = Math.floor(digits / count);
      const found = find(words, end, slotWords, last, i + 1, rank);
      if (found < 0) return false;
      chosen[i] = found;
    }
    if (!hasChoice || digits > 0 || set >= tries) return false;
    let length = 0;
    for (let i = 0; i < total; i++) {
      const octetsAt = 4 * chosen[i] + OCTETS;
      const octetsEnd = octetsAt + words[chosen[i] + LENGTH];
      whole.set(pool.subarray(octetsAt, octetsEnd), length);
      length += octetsEnd - octetsAt;
    }
    result.size = length;
    result.set = set;
    return true;
  }

  function take(): void {
    for (let i = totalOf(words, last) - 1; i >= 0; i--) words[chosen[i] + STATE] = TAKEN;
    expire();
  }

  function refuse(next: number, isSettled: boolean): void {
    for (let slot = 0; slot < end; slot += slotWords) {
      if (!isSameMessage(words, slot, last)) continue;
      if (isSettled) {
        words[slot + STATE] = REFUSED;
        settle(slot);
      } else if (words[slot + STATE] === 0) words[slot + STATE] = WAITING; // others know their next set
    }
    if (!isSettled) words[last + STATE] = WAITING + next;
  }

  function settle(slot: number): void {
    addMark(marks, words[slot + CHECK]);
  }

  const result: Reassembly = { bytes: whole, size: 0, set: 0, add, assemble, take, refuse, expire, held };
  expire();
  return result;
}

/** The slot that is evicted: the first with the highest score (scoreOf). */
function worstOf(words: Uint32Array, end: number, slotWords: number): number {
  let worst = 0;
  let most = -2;
  for (let slot = 0; slot < end; slot += slotWords) {
    const score = scoreOf(words, end, slotWords, slot);
    if (score <= most) continue;
    most = score;
    worst = slot;
  }
  return worst;
}

/**
 * The slot with the highest score is evicted. First: parts of refused sets; then parts of the sender that holds most parts
 * of other messages; then parts of the message with the fewest parts, so that a flood of single parts under many senders
 * evicts itself; then parts of the message being completed. Last: parts that wait for a verdict. Ties: the oldest.
 */
function scoreOf(words: Uint32Array, end: number, slotWords: number, slot: number): number {
  if (isWaiting(words[slot + STATE])) return -1;
  if (isSameMessage(words, slot, end)) return 0;
  let score = words[slot + STATE] === REFUSED ? 131328 : 256;
  for (let at = 0; at < end; at += slotWords) {
    if (isSameSender(words, at, slot)) score += isSameMessage(words, at, slot) ? -1 : 256;
  }
  return score;
}

function isWaiting(state: number): boolean {
  return state >= WAITING && state < REFUSED;
}

function isSameSender(words: Uint32Array, a: number, b: number): boolean {
  for (let i = SENDER; i < MESSAGE; i++) if (words[a + i] !== words[b + i]) return false;
  return true;
}

function isSameMessage(words: Uint32Array, a: number, b: number): boolean {
  return words[a + MESSAGE] === words[b + MESSAGE] && isSameSender(words, a, b);
}

/** Whether two slots have the same part; their time stamps may differ. */
function isSamePart(words: Uint32Array, pool: Uint8Array, a: number, b: number): boolean {
  const length = words[b + LENGTH];
  if (words[a + SEQUENCE] !== words[b + SEQUENCE] || words[a + LENGTH] !== length || !isSameMessage(words, a, b))
    return false;
  for (let i = OCTETS; i < OCTETS + length; i++) if (pool[4 * a + i] !== pool[4 * b + i]) return false;
  return true;
}

function totalOf(words: Uint32Array, slot: number): number {
  return words[slot + MESSAGE] >>> 24;
}

/** The right value of `check`. */
function markOf(words: Uint32Array, pool: Uint8Array, slot: number): number {
  return checkOf(LAYOUT, pool, 4 * slot + CHECKED, 4 * slot + OCTETS + words[slot + LENGTH]);
}

/**
 * The slot of part `sequence` of the message of `slot`, `rank` places older than the newest such part; minus one and the
 * number of such parts when there are fewer. For the number of `slot` itself, only `slot` counts.
 */
function find(
  words: Uint32Array,
  end: number,
  slotWords: number,
  slot: number,
  sequence: number,
  rank: number,
): number {
  if (words[slot + SEQUENCE] === sequence) return rank > 0 ? -2 : slot;
  let found = 0;
  for (let at = end - slotWords; at >= 0; at -= slotWords) {
    if (words[at + SEQUENCE] !== sequence || !isSameMessage(words, at, slot)) continue;
    if (found === rank) return at;
    found++;
  }
  return -1 - found;
}
