/**
 * The memory for parts of short messages: one slot for each, in the order of their arrival. This file compares slots, finds
 * the parts of a message, and chooses the slot to evict; it changes none. reassembly.ts writes them.
 */
import { checkOf } from "../../bytes.ts";

//  A slot, in words of 32 bits: arrival | place | and what is saved of it:
//  check | stamp | sender, 3 words | message | state | sequence | length | octets
//  message is total:8 | sender length:7 | width:1 | reference:16. stamp is a check of TP-SCTS. `check` covers everything after it. The sender is kept as it is, because anybody who may choose his own address can choose one with the same check.
export const ARRIVAL = 0;
export const PLACE = 1;
export const CHECK = 2;
export const STAMP = 3;
export const SENDER = 4;
export const MESSAGE = 7;
export const STATE = 8;
export const SEQUENCE = 9;
export const LENGTH = 10;
/** The same in bytes: where `check`, what it covers, and the octets begin. */
export const SAVED = 8;
const CHECKED = 12;
export const OCTETS = 44;
export const SENDER_MAX = 12;
/** The seed of `check`: a part that was saved in another layout is not read. */
const LAYOUT = 5;

/** `state` of a slot: its set waits for a verdict (WAITING + the set to begin with); its sets were refused; it is to be removed. */
export const WAITING = 1;
export const REFUSED = 254;
export const TAKEN = 255;

export interface Slots {
  words: Uint32Array;
  /** The same memory in bytes. */
  pool: Uint8Array;
  /** The words of one slot. */
  slotWords: number;
  /** The offset in words after the last slot, where the part that came last is, until it is held. */
  end: number;
  /** The offset in bytes after the octets of a slot. */
  endOf(slot: number): number;
  /** How many parts the message of a slot has. */
  totalOf(slot: number): number;
  /** The right value of `check`. */
  markOf(slot: number): number;
  isSameMessage(a: number, b: number): boolean;
  /** Whether two slots have the same part; their time stamps may differ. */
  isSamePart(a: number, b: number): boolean;
  /**
   * Writes the slots of part `sequence` of the message of `slot` to `out` from `at` on, the newest first, and returns their
   * number. For the number of `slot` itself, only `slot` counts.
   */
  choose(slot: number, sequence: number, out: Uint16Array, at: number): number;
  /**
   * The slot that is evicted. First: parts of refused sets; then parts of the sender that holds most parts of other messages;
   * then parts of the message with the fewest parts, so that a flood of single parts under many senders evicts itself; then
   * parts of the message being completed, which is that of the part at `end`. Last, and only with `evictsWaiting`: parts that
   * wait for a verdict; -1 when there are only these without it. Ties: the oldest.
   */
  worst(evictsWaiting: boolean): number;
}

/** Allocates `capacity` slots and one for the part that came last. */
export function createSlots(capacity: number, partBytes: number): Slots {
  const slotWords = (OCTETS + partBytes + 3) >> 2;
  const memory = new ArrayBuffer(4 * (capacity + 1) * slotWords);
  const words = new Uint32Array(memory);
  const pool = new Uint8Array(memory);

  function endOf(slot: number): number {
    return 4 * slot + OCTETS + words[slot + LENGTH];
  }

  function totalOf(slot: number): number {
    return words[slot + MESSAGE] >>> 24;
  }

  function markOf(slot: number): number {
    return checkOf(LAYOUT, pool, 4 * slot + CHECKED, endOf(slot));
  }

  /** Whether the values `from` to `to` of `array`, counted from two slots, are the same. */
  function isSame(array: Uint32Array | Uint8Array, a: number, b: number, from: number, to: number): boolean {
    for (let i = from; i < to; i++) if (array[a + i] !== array[b + i]) return false;
    return true;
  }

  function isSameMessage(a: number, b: number): boolean {
    return isSame(words, a, b, SENDER, STATE);
  }

  function isSamePart(a: number, b: number): boolean {
    if (words[a + SEQUENCE] !== words[b + SEQUENCE] || !isSameMessage(a, b)) return false;
    return isSame(pool, 4 * a, 4 * b, 4 * LENGTH, OCTETS + words[b + LENGTH]);
  }

  function choose(slot: number, sequence: number, out: Uint16Array, at: number): number {
    let count = 0;
    for (let other = slots.end - slotWords; other >= 0; other -= slotWords) {
      const isOpen = other === slot || words[slot + SEQUENCE] !== sequence;
      if (isOpen && words[other + SEQUENCE] === sequence && isSameMessage(other, slot)) out[at + count++] = other;
    }
    return count;
  }

  function worst(evictsWaiting: boolean): number {
    let found = -1;
    let most = evictsWaiting ? -2 : -1;
    for (let slot = 0; slot < slots.end; slot += slotWords) {
      const score = scoreOf(slot);
      if (score <= most) continue;
      most = score;
      found = slot;
    }
    return found;
  }

  /** The slot with the highest score is evicted. */
  function scoreOf(slot: number): number {
    const state = words[slot + STATE];
    if (state >= WAITING && state < REFUSED) return -1;
    if (isSameMessage(slot, slots.end)) return 0;
    let score = state === REFUSED ? 131328 : 256;
    for (let other = 0; other < slots.end; other += slotWords) {
      if (isSame(words, other, slot, SENDER, MESSAGE)) score += isSameMessage(other, slot) ? -1 : 256;
    }
    return score;
  }

  const slots: Slots = {
    words,
    pool,
    slotWords,
    end: 0,
    endOf,
    totalOf,
    markOf,
    isSameMessage,
    isSamePart,
    choose,
    worst,
  };
  return slots;
}
