/**
 * Joins concatenated short messages (3GPP TS 23.040 §9.2.3.24.1). Parts come in any order, repeated and interleaved, and
 * some senders use one reference for two messages at the same time. So parts are kept singly. A part can complete several
 * sets of parts 1 to total under one key; the layer above judges one set after the other, and takes the set that is a
 * message.
 */

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
import type { Marks } from "./marks.ts";
import { createPartRecords, NOWHERE } from "./part-records.ts";
import {
  ARRIVAL,
  CHECK,
  createSlots,
  LENGTH,
  MESSAGE,
  OCTETS,
  PLACE,
  REFUSED,
  SAVED,
  SENDER,
  SENDER_MAX,
  SEQUENCE,
  STAMP,
  STATE,
  TAKEN,
  WAITING,
} from "./slots.ts";
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

export interface Reassembly {
  /** The sets of parts that the last part completed, after OK. */
  sets: PartSets;
  /**
   * Takes the part `bytes[from..to)` that `u` describes, from the originating address `sender[senderAt..senderTo)`, of which
   * 12 octets count.
   * `stamp` is a check of its time stamp, or 0: a part that is held gives MORE again with the same stamp, and SMS_DUPLICATE
   * with another. `isForeign` says that its message is for another application. Returns OK when
   * a set is complete: the first set is joined then, and the caller must call `sets.take` or `sets.refuse`. Otherwise returns MORE,
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
    stamp: number,
    isForeign: boolean,
  ): Status;
  /** Drops parts that are too old, and reads the records that could not be read before; `add` does so too. */
  expire(): void;
  /** Parts held now. */
  held(): number;
}

/**
 * `partBytes` is the longest part. Allocates, once, (parts + 1) x (partBytes + 44) + messageParts x (partBytes + 2) + 2 x parts
 * bytes: 4.0 KB for GSM with the default options, and never more: a flood of parts evicts other parts by their sender
 * (slots.ts). A part whose check is in `marks` is SMS_DUPLICATE; parts that are settled or too old are added to `marks`.
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
  const store = options.store;
  const records = createPartRecords(store as Storage, store === undefined ? 0 : capacity);
  const slots = createSlots(capacity, partBytes);
  const words = slots.words;
  const pool = slots.pool;
  const slotWords = slots.slotWords;
  /** The slot of the part that came last. */
  let last = 0;
  /** The slots of the set that was joined last, and those between which the next is chosen. */
  const chosen = new Uint16Array(messageParts + capacity);
  const whole = new Uint8Array(messageParts * partBytes);

  function add(
    sender: Uint8Array,
    senderAt: number,
    senderTo: number,
    u: Udh,
    bytes: Uint8Array,
    from: number,
    to: number,
    stamp: number,
    isForeign: boolean,
  ): Status {
    if (u.total > messageParts) return SMS_MESSAGE_LONG;
    if (to - from > partBytes) return SMS_PART_LONG;
    expire();
    const end = slots.end;
    const senderBytes = Math.min(senderTo - senderAt, SENDER_MAX);
    for (let i = SENDER; i < MESSAGE; i++) words[end + i] = 0;
    pool.set(sender.subarray(senderAt, senderAt + senderBytes), 4 * (end + SENDER));
    words[end + STAMP] = stamp;
    words[end + MESSAGE] = (u.total << 24) | (senderBytes << 17) | (u.isWide ? 0x10000 : 0) | u.reference;
    words[end + STATE] = isForeign ? REFUSED : 0;
    words[end + SEQUENCE] = u.sequence;
    words[end + LENGTH] = to - from;
    pool.set(bytes.subarray(from, to), 4 * end + OCTETS);
    const mark = slots.markOf(end);
    if (marks.has(mark)) return SMS_DUPLICATE;
    words[end + CHECK] = mark;
    for (let slot = 0; slot < end; slot += slotWords) {
      if (!slots.isSamePart(slot, end)) continue;
      const state = words[slot + STATE];
      if (state === 0) return words[slot + STAMP] === stamp ? save(slot) : SMS_DUPLICATE;
      // its set was refused before, but the reason (no account yet, too many digests) may be over
      words[slot + STAMP] = stamp;
      words[slot + CHECK] = mark;
      last = slot;
      if (assemble(state - WAITING) || assemble(0)) return OK; // after REFUSED there is no next set
      words[slot + STATE] = words[end + STATE]; // parts of its sets are gone, and `check` covers this state
      return save(slot);
    }
    if (held() === capacity) {
      const worst = slots.worst(store !== undefined);
      if (worst < 0) return THROTTLED; // it stays in the modem until a verdict makes room
      remove(worst); // the new part moves up too
      lost(SMS_EVICTED, 1);
    }
    last = slots.end;
    keep(NOWHERE);
    return assemble(0) ? OK : save(last); // not saved, so that a forged set costs no write
  }

  /** Holds the part at the end from now on. */
  function keep(place: number): void {
    words[slots.end + PLACE] = place;
    words[slots.end + ARRIVAL] = clock.monotonicSeconds();
    slots.end += slotWords;
  }

  /** Saves the part at `slot`, which is held; returns whether it is safe. */
  function save(slot: number): Status {
    if (store === undefined) return MORE;
    if (words[slot + PLACE] === NOWHERE)
      words[slot + PLACE] = records.save(pool.subarray(4 * slot + SAVED, slots.endOf(slot)));
    return words[slot + PLACE] === NOWHERE ? STORE_WRITE : MORE;
  }

  function held(): number {
    return slots.end / slotWords;
  }

  /** Removes a slot and its record; the slots after it move up. */
  function remove(slot: number): void {
    records.erase(words[slot + PLACE]);
    words.set(words.subarray(slot + slotWords, slots.end + slotWords), slot);
    slots.end -= slotWords;
  }

  function expire(): void {
    records.load(readPart);
    let expired = 0;
    for (let slot = slots.end - slotWords; slot >= 0; slot -= slotWords) {
      const state = words[slot + STATE];
      const age = clock.monotonicSeconds() - words[slot + ARRIVAL];
      if (state !== TAKEN && age <= or(options.ageSeconds, 86400)) continue;
      if (state === 0 || state === TAKEN) settle(slot); // the missing parts will not come any more
      if (state !== TAKEN) expired++;
      remove(slot);
    }
    if (expired > 0) lost(SMS_EXPIRED, expired);
  }

  /** Holds a saved part, unless it is damaged or does not fit. */
  function readPart(saved: Uint8Array, place: number): boolean {
    const end = slots.end;
    const length = saved.length - (OCTETS - SAVED);
    if (length > partBytes || held() === capacity) return false;
    pool.set(saved, 4 * end + SAVED);
    if (words[end + LENGTH] !== length || slots.totalOf(end) > messageParts) return false;
    const isGood = slots.markOf(end) === words[end + CHECK];
    if (isGood) keep(place);
    return isGood;
  }

  function assemble(set: number): boolean {
    const total = slots.totalOf(last);
    // `set` as a number with one digit for each part number, which chooses the part; all digits of -1 are the highest
    let digits = set === 1 ? -1 : Math.max(set - 1, 0);
    let setCount = 1;
    for (let i = 0; i < total; i++) {
      const count = slots.choose(last, i + 1, chosen, i);
      if (count === 0) return false;
      const rest = Math.floor(digits / count);
      setCount *= count;
      chosen[i] = chosen[i + digits - rest * count];
      digits = rest;
    }
    if (set >= Math.min(setCount, tries)) return false;
    let length = 0;
    for (let i = 0; i < total; i++) {
      const slot = chosen[i];
      const octetsEnd = slots.endOf(slot);
      whole.set(pool.subarray(4 * slot + OCTETS, octetsEnd), length);
      length += words[slot + LENGTH];
    }
    sets.size = length;
    sets.set = set;
    return true;
  }

  function take(): void {
    for (let i = slots.totalOf(last) - 1; i >= 0; i--) words[chosen[i] + STATE] = TAKEN;
    expire();
  }

  function refuse(next: number, isSettled: boolean): void {
    for (let slot = 0; slot < slots.end; slot += slotWords) {
      if (!slots.isSameMessage(slot, last)) continue;
      if (isSettled) {
        words[slot + STATE] = REFUSED;
        settle(slot);
      } else if (words[slot + STATE] === 0) words[slot + STATE] = WAITING; // others know their next set
    }
    if (!isSettled) words[last + STATE] = WAITING + next;
  }

  function settle(slot: number): void {
    marks.add(words[slot + CHECK]);
  }

  const sets: PartSets = { bytes: whole, size: 0, set: 0, assemble, take, refuse };
  expire();
  return { sets, add, expire, held };
}
