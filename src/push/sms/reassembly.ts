/**
 * Concatenated short messages: 3GPP TS 23.040 §9.2.3.24.1. Parts come in any order, twice, interleaved, and some senders
 * use one reference for two messages at once. So parts are kept one by one, and a message is any set of them, 1 to
 * total, under one key that the `check` of the layer above accepts.
 */

import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import { MORE, OK, SMS_DUPLICATE, SMS_EVICTED, SMS_EXPIRED, SMS_MESSAGE_LONG, SMS_PART_LONG } from "../../status.ts";
import type { Udh } from "./udh.ts";

export interface ReassemblyOptions {
  /** Parts held at once, of all messages, up to 255; 16. */
  parts?: number;
  /** Parts of one message, up to `parts`; 8. */
  messageParts?: number;
  /** Age at which a part expires; 86400. */
  ageSeconds?: number;
  /** How many sets are tried for one part that completes several; 16. */
  tries?: number;
  /**
   * Whether a complete set is a message: OK, or the status of what is wrong with it. Absent: the newest part of each
   * number is taken. `bytes[from..to)` is lent until it returns.
   */
  check?: (bytes: Uint8Array, from: number, to: number) => number;
  /** Told what was dropped: SMS_EXPIRED or SMS_EVICTED, and how many parts. */
  lost?: (status: number, parts: number) => void;
  /** Absent: parts do not survive a reset. */
  store?: PartStore;
}

/**
 * Where parts outlast a reset. Saved whenever a part was kept, before `add` returns; not when a message is complete, so
 * that its parts are there again when the power goes before it is safe. Guarding against torn records is the store's.
 */
export interface PartStore {
  load(): Uint8Array | null;
  /** `bytes` is lent. When false, the parts are in memory only until the next save. */
  save(bytes: Uint8Array): boolean;
}

export interface Reassembly {
  /** The whole message after OK: `bytes[0..size)`, good until the next `add`. */
  bytes: Uint8Array;
  size: number;
  /**
   * Takes the part `bytes[from..to)` that `u` describes, from the originating address `sender[senderAt..senderTo)`, of
   * which 12 octets count. Returns OK, MORE, SMS_DUPLICATE, SMS_MESSAGE_LONG, SMS_PART_LONG, or the status of `check`
   * for a set that is complete and wrong; its parts then stay, since others may fit them better. Allocates a view
   * for each part that is kept or put together, and nothing for the rest.
   */
  add(
    sender: Uint8Array,
    senderAt: number,
    senderTo: number,
    u: Udh,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): number;
  /** Drops what is too old; `add` does so too. */
  expire(): void;
  /** Parts held now. */
  held(): number;
}

//  A slot: sender length:8 | sender:96 | width:8 | reference:16 | total:8 || sequence:8 | length:8 | octets
const SENDER_MAX = 12;
const SENDER_BYTES = 1 + SENDER_MAX;
const KEY_BYTES = SENDER_BYTES + 4;
const SEQUENCE = KEY_BYTES;
const LENGTH = KEY_BYTES + 1;
const SLOT_HEADER = KEY_BYTES + 2;
/** First byte of what is saved: the layout, which changes with it. */
const LAYOUT = 1;

/**
 * `partBytes` is what one part can have. Allocates, once, parts x (partBytes + 36) + messageParts x (partBytes + 1)
 * bytes: 3.6 KB for GSM as the options are by default. A flood of parts evicts by sender (scoreOf), and nothing grows.
 */
export function createReassembly(clock: Clock, partBytes: number, options: ReassemblyOptions): Reassembly {
  const capacity = Math.min(or(options.parts, 16), 255);
  const messageParts = Math.min(or(options.messageParts, 8), capacity);
  const ageSeconds = or(options.ageSeconds, 86400);
  const tries = or(options.tries, 16);
  const slotBytes = SLOT_HEADER + partBytes;
  /** LAYOUT, then the slots in use without gaps: what is saved is its beginning. */
  const pool = new Uint8Array(1 + capacity * slotBytes);
  const key = new Uint8Array(KEY_BYTES);
  /** Of each slot: arrival as a serial number; that of the first part with its key, and of the first from its sender. */
  const order = new Int32Array(capacity);
  const message = new Int32Array(capacity);
  const origin = new Int32Array(capacity);
  const arrived = new Int32Array(capacity);
  const isWrong = new Uint8Array(capacity);
  /** The slot that stands for each sequence number in the set that is tried. */
  const chosen = new Uint8Array(messageParts);
  const whole = new Uint8Array(messageParts * partBytes);
  let count = 0;
  let serial = 0;

  function add(
    sender: Uint8Array,
    senderAt: number,
    senderTo: number,
    u: Udh,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): number {
    if (u.total > messageParts) return SMS_MESSAGE_LONG;
    if (to - from > partBytes) return SMS_PART_LONG;
    expire();
    setKey(sender, senderAt, senderTo, u);
    for (let i = 0; i < count; i++) {
      const at = slotAt(i);
      if (
        pool[at + SEQUENCE] === u.sequence &&
        pool[at + LENGTH] === to - from &&
        isEqual(pool, at + SLOT_HEADER, bytes, from, to - from) &&
        isEqual(pool, at, key, 0, KEY_BYTES)
      ) {
        // sent again after its set was wrong: what made it so (no account yet, too many digests) may be over
        return isWrong[i] === 0 ? SMS_DUPLICATE : assemble(i);
      }
    }
    if (count === capacity) evict();
    const at = slotAt(count);
    pool.set(key, at);
    pool[at + SEQUENCE] = u.sequence;
    pool[at + LENGTH] = to - from;
    pool.set(bytes.subarray(from, to), at + SLOT_HEADER);
    enter();
    const status = assemble(count - 1);
    if (status === MORE) save(); // a set that is wrong costs no write
    return status;
  }

  function held(): number {
    return count;
  }

  function slotAt(slot: number): number {
    return 1 + slot * slotBytes;
  }

  function setKey(sender: Uint8Array, senderAt: number, senderTo: number, u: Udh): void {
    const length = Math.min(senderTo - senderAt, SENDER_MAX);
    key[0] = length;
    for (let i = 0; i < SENDER_MAX; i++) key[1 + i] = i < length ? sender[senderAt + i] : 0;
    key[SENDER_BYTES] = u.isWide ? 1 : 0;
    key[SENDER_BYTES + 1] = u.reference >> 8;
    key[SENDER_BYTES + 2] = u.reference;
    key[SENDER_BYTES + 3] = u.total;
  }

  /** Counts in the slot that was written behind the last one. */
  function enter(): void {
    const at = slotAt(count);
    serial++;
    order[count] = serial;
    message[count] = serial;
    origin[count] = serial;
    arrived[count] = clock.monotonicSeconds();
    isWrong[count] = 0;
    for (let i = 0; i < count; i++) {
      if (!isEqual(pool, slotAt(i), pool, at, SENDER_BYTES)) continue;
      origin[count] = origin[i];
      if (isEqual(pool, slotAt(i), pool, at, KEY_BYTES)) {
        message[count] = message[i];
        break;
      }
    }
    count++;
  }

  /** Removes a slot; the last one takes its place. */
  function remove(slot: number): void {
    count--;
    if (slot === count) return;
    const to = slotAt(slot);
    const from = slotAt(count);
    pool.set(pool.subarray(from, from + slotBytes), to);
    order[slot] = order[count];
    message[slot] = message[count];
    origin[slot] = origin[count];
    arrived[slot] = arrived[count];
    isWrong[slot] = isWrong[count];
  }

  function expire(): void {
    const now = clock.monotonicSeconds();
    let dropped = 0;
    for (let i = count - 1; i >= 0; i--) {
      if (now - arrived[i] <= ageSeconds) continue;
      remove(i);
      dropped++;
    }
    if (dropped > 0 && options.lost !== undefined) options.lost(SMS_EXPIRED, dropped);
  }

  /** Tries the sets that hold the new part `slot`: newest first, then oldest, then mixed. */
  function assemble(slot: number): number {
    const total = pool[slotAt(slot) + KEY_BYTES - 1];
    if (!choose(slot, total, true)) return MORE;
    const status = join(total);
    if (status === OK || !hasChoice(slot, total)) return finish(slot, total, status);
    choose(slot, total, false);
    let attempt = join(total);
    if (attempt !== OK) choose(slot, total, true);
    for (let i = 2; attempt !== OK && i < tries && advance(slot, total); i++) attempt = join(total);
    return finish(slot, total, attempt === OK ? OK : status);
  }

  /** Chooses the newest, or the oldest, part of each number; false when one is missing. */
  function choose(slot: number, total: number, isNewest: boolean): boolean {
    for (let sequence = 1; sequence <= total; sequence++) {
      let candidate = next(slot, sequence, serial + 1);
      if (candidate < 0) return false;
      for (let older = candidate; !isNewest && older >= 0; older = next(slot, sequence, order[older]))
        candidate = older;
      chosen[sequence - 1] = candidate;
    }
    return true;
  }

  /** The newest part `sequence` of the message of `slot` that is older than `before`, or -1. The new part is the only one of its number. */
  function next(slot: number, sequence: number, before: number): number {
    if (pool[slotAt(slot) + SEQUENCE] === sequence) return before > order[slot] ? slot : -1;
    let found = -1;
    for (let i = 0; i < count; i++) {
      if (message[i] !== message[slot] || pool[slotAt(i) + SEQUENCE] !== sequence || order[i] >= before) continue;
      if (found < 0 || order[i] > order[found]) found = i;
    }
    return found;
  }

  function hasChoice(slot: number, total: number): boolean {
    for (let sequence = 1; sequence <= total; sequence++) {
      if (next(slot, sequence, order[chosen[sequence - 1]]) >= 0) return true;
    }
    return false;
  }

  /** The next set: the digits of a counter, each running from its newest part to its oldest. */
  function advance(slot: number, total: number): boolean {
    for (let sequence = 1; sequence <= total; sequence++) {
      const older = next(slot, sequence, order[chosen[sequence - 1]]);
      chosen[sequence - 1] = older >= 0 ? older : next(slot, sequence, serial + 1);
      if (older >= 0) return true;
    }
    return false;
  }

  function join(total: number): number {
    let length = 0;
    for (let i = 0; i < total; i++) {
      const at = slotAt(chosen[i]);
      const octets = at + SLOT_HEADER;
      whole.set(pool.subarray(octets, octets + pool[at + LENGTH]), length);
      length += pool[at + LENGTH];
    }
    result.size = length;
    return options.check === undefined ? OK : options.check(whole, 0, length);
  }

  function finish(slot: number, total: number, status: number): number {
    const id = message[slot];
    if (status !== OK) {
      for (let i = 0; i < count; i++) if (message[i] === id) isWrong[i] = 1;
      return status;
    }
    // from the highest slot down, so that the ones still to be removed keep their places
    for (let i = count - 1; i >= 0; i--) {
      for (let k = 0; k < total; k++) {
        if (chosen[k] === i) {
          remove(i);
          break;
        }
      }
    }
    return OK;
  }

  /** Makes room for a part with `key`: drops a message, or the oldest part when all have that key. */
  function evict(): void {
    let worst = -1;
    let worstScore = 0;
    let oldest = 0;
    for (let i = 0; i < count; i++) {
      if (order[i] < order[oldest]) oldest = i;
      if (isEqual(pool, slotAt(i), key, 0, KEY_BYTES)) continue;
      const score = scoreOf(i);
      if (worst < 0 || score > worstScore || (score === worstScore && order[i] < order[worst])) {
        worst = i;
        worstScore = score;
      }
    }
    let dropped = 1;
    if (worst < 0) {
      remove(oldest);
    } else {
      const id = message[worst];
      dropped = 0;
      for (let i = count - 1; i >= 0; i--) {
        if (message[i] !== id) continue;
        remove(i);
        dropped++;
      }
    }
    if (options.lost !== undefined) options.lost(SMS_EVICTED, dropped);
  }

  /**
   * Who goes first: what was complete and wrong; then the sender with the most unfinished messages; then the message
   * with the fewest parts, so that a flood of single parts under many names displaces itself. Equal ones: the oldest.
   */
  function scoreOf(slot: number): number {
    let messages = 0;
    let parts = 0;
    for (let i = 0; i < count; i++) {
      if (origin[i] === origin[slot] && isFirst(i)) messages++;
      if (message[i] === message[slot]) parts++;
    }
    return isWrong[slot] * 65536 + messages * 256 + 255 - parts;
  }

  function isFirst(slot: number): boolean {
    for (let i = 0; i < slot; i++) if (message[i] === message[slot]) return false;
    return true;
  }

  function save(): void {
    pool[0] = LAYOUT;
    if (options.store !== undefined) options.store.save(pool.subarray(0, slotAt(count)));
  }

  /** Ages begin anew. A record of another layout or with a part that cannot be counts as none. */
  function load(): void {
    const saved = options.store === undefined ? null : options.store.load();
    if (saved === null || saved.length > pool.length || saved.length % slotBytes !== 1 || saved[0] !== LAYOUT) return;
    for (let at = 1; at < saved.length; at += slotBytes) {
      const total = saved[at + KEY_BYTES - 1];
      if (total > messageParts || saved[at + SEQUENCE] > total || saved[at + SEQUENCE] === 0) return;
      if (saved[at + LENGTH] > partBytes || saved[at] > SENDER_MAX) return;
    }
    pool.set(saved, 0);
    for (let at = 1; at < saved.length; at += slotBytes) enter();
  }

  const result: Reassembly = { bytes: whole, size: 0, add, expire, held };
  load();
  return result;
}

function isEqual(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}
