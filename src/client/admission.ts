/**
 * Decides which notifications are new: age (§6.4.7, §6.4.9, D2, D10), replays, duplicates and "one session is enough"
 * (§6.4.8, D11). An account remembers the accepted notifications in one array of bytes, its memory, which is saved in this
 * form.
 */
import type { Account } from "../account/accounts.ts";
import { checkOf, readUint, writeUint32 } from "../bytes.ts";
import type { Notification } from "../notification/fields.ts";
import { DUPLICATE, EXPIRED, FUTURE, NONCE_SPENT, OK, REPLAY, type Status } from "../status.ts";
import { FORMAT_12 } from "../wire.ts";

//  hasFloor:8 floor:32 | until the end: format:8 stamp:32 SESSIONID:16 TIMEOUT:16
//  In an entry of 1.3, `stamp` is TIMESTAMP; a message with a TIMESTAMP at or below `floor` is refused. 1.2 has no time, and its nonce guards against replays: `stamp` is a checksum of the nonce, and entries under other nonces are ignored. In an entry of 1.2 the high half of the POSIX time of its acceptance replaces TIMEOUT.
const FLOOR_AT = 1;
const ENTRIES_AT = 5;
const ENTRY_BYTES = 9;

/** The memory of an account that has accepted nothing yet. A `floor` other than 0 refuses everything up to that second. */
export function newMemory(floor: number): Uint8Array {
  const memory = new Uint8Array(ENTRIES_AT);
  if (floor > 0) memory[0] = 1;
  writeUint32(floor, memory, FLOOR_AT);
  return memory;
}

/** Whether `bytes[from..to)` is newMemory(0). */
export function isNewMemory(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === ENTRIES_AT && bytes[from] === 0;
}

/** Whether `length`, which may be negative, can be the length of a memory. */
export function isMemoryLength(length: number): boolean {
  return length % ENTRY_BYTES === ENTRIES_AT;
}

/** OK, EXPIRED or FUTURE at `now`. Always OK without a clock (0), and for 1.2, which has no timestamp. */
export function checkAge(n: Notification, account: Account, now: number): Status {
  if (now === 0 || n.format === FORMAT_12) return OK;
  if (isExpired(n.timestamp, n.timeoutMinutes * account.timeoutUnitSeconds, now)) return EXPIRED;
  return n.timestamp - now > account.skewSeconds ? FUTURE : OK;
}

/** Whether a session id has expired at `now`; a `timeoutSeconds` of 0 never expires (§6.4.7). */
export function isExpired(timestamp: number, timeoutSeconds: number, now: number): boolean {
  return timeoutSeconds !== 0 && now - timestamp > timeoutSeconds;
}

/** The value that distinguishes notifications with the same SESSIONID: TIMESTAMP, or a checksum of the nonce of 1.2. */
export function stampOf(n: Notification, nonce: Uint8Array): number {
  return n.format === FORMAT_12 ? checkOf(0, nonce, 0, nonce.length) : n.timestamp;
}

/**
 * OK, DUPLICATE, REPLAY or NONCE_SPENT. A session id of the other format counts as the same session when that was accepted
 * (1.2) or made (1.3) at most a day before, to within 18 hours; later, or without a clock, it may be used again. The check
 * is cheap, so it comes before the digest; it does not verify the sender of `n`. `account` must have a memory, of
 * `rememberedMax` notifications of each format. Allocates nothing.
 */
export function checkNew(account: Account, n: Notification, stamp: number, rememberedMax: number, now: number): Status {
  const memory = account.memory as Uint8Array;
  // a server reuses an id only once it has expired by the server's own clock, so the new timestamp proves it even to a board
  // without one
  const latest = Math.max(now, n.timestamp);
  const is12 = n.format === FORMAT_12;
  const end = memory.length;
  let spent = 0;
  for (let at = ENTRIES_AT; at < end; at += ENTRY_BYTES) {
    const isSameId = ((memory[at + 5] << 8) | memory[at + 6]) === n.sessionId;
    if (memory[at] !== n.format) {
      if (isSameId && Math.abs(readUint(memory, at + (is12 ? 1 : 7), 2) - (latest >>> 16)) < 2) return DUPLICATE;
    } else if (isSameId || is12) {
      const entryStamp = readUint(memory, at + 1, 4);
      const timeoutSeconds = readUint(memory, at + 7, 2) * account.timeoutUnitSeconds;
      if (entryStamp === stamp) {
        if (isSameId) return DUPLICATE;
        spent++;
      } else if (!is12 && !isExpired(entryStamp, timeoutSeconds, latest)) return DUPLICATE;
    }
  }
  // forgetting an entry of this nonce would accept it again, so only a new nonce helps from here on
  if (is12) return spent < rememberedMax ? OK : NONCE_SPENT;
  return memory[0] !== 0 && stamp <= readUint(memory, FLOOR_AT, 4) ? REPLAY : OK;
}

/**
 * A copy of `memory` that remembers `n` too, which is accepted at `now`. When all places of its format are taken, it forgets
 * an entry of a former nonce, or the entry with the lowest timestamp, which becomes the floor.
 */
export function remember(
  memory: Uint8Array,
  n: Notification,
  stamp: number,
  rememberedMax: number,
  now: number,
): Uint8Array {
  const format = n.format;
  const end = memory.length;
  let count = 0;
  let lowest = stamp;
  let gone = -1;
  for (let at = ENTRIES_AT; at < end; at += ENTRY_BYTES) {
    if (memory[at] !== format) continue;
    count++;
    const entryStamp = readUint(memory, at + 1, 4);
    if (format === FORMAT_12 ? entryStamp !== stamp : entryStamp < lowest) {
      lowest = entryStamp;
      gone = at;
    }
  }
  const isFull = count >= rememberedMax;
  const copy = new Uint8Array(end + (isFull ? 0 : ENTRY_BYTES));
  copy.set(memory);
  if (!isFull) gone = end;
  else if (format !== FORMAT_12) {
    copy[0] = 1;
    writeUint32(lowest, copy, FLOOR_AT);
  }
  if (gone < 0) return copy; // `n` itself has the lowest timestamp, so it becomes the floor
  copy[gone] = format;
  writeUint32(stamp, copy, gone + 1);
  writeUint32((n.sessionId << 16) | (format === FORMAT_12 ? now >>> 16 : n.timeoutMinutes), copy, gone + 5);
  return copy;
}
