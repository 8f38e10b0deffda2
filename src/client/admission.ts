/**
 * Which verified notifications are new: age (§6.4.7, §6.4.9, D2, D10), replays, duplicates and "one session is enough"
 * (§6.4.8, D11). One record an account holds it all, the sessions that are still to be done included.
 */
import { crc32 } from "../account/crc32.ts";
import { readUint32 } from "../account/store.ts";
import type { Clock } from "../hal.ts";
import type { Notification } from "../notification/fields.ts";
import { DUPLICATE, EXPIRED, FORMAT_12, FUTURE, NONCE_SPENT, OK, REPLAY } from "../status.ts";

/** What is remembered of one account. Allocated once an account. */
export interface Admission {
  /** The accepted 1.3 notifications that are remembered, in the order of their coming; `count` of them. */
  sessionIds: Uint16Array;
  timestamps: Uint32Array;
  timeoutsMinutes: Uint16Array;
  count: number;
  /** Timestamp at and below which nothing is accepted any more; -1 = none yet. */
  floor: number;
  /** First four bytes of the digests that were accepted under the present nonce, `digestCount` of them (1.2). */
  digests: Int32Array;
  digestCount: number;
  /** CRC-32 of the nonce that `digests` belong to: with another nonce they mean nothing. */
  nonceTag: number;
}

/** Remembers up to `rememberedMax` 1.3 notifications, and as many 1.2 ones a nonce. */
export function newAdmission(rememberedMax: number): Admission {
  return {
    sessionIds: new Uint16Array(rememberedMax),
    timestamps: new Uint32Array(rememberedMax),
    timeoutsMinutes: new Uint16Array(rememberedMax),
    count: 0,
    floor: -1,
    digests: new Int32Array(rememberedMax),
    digestCount: 0,
    nonceTag: 0,
  };
}

/** The bounds of checkAge. */
export interface AgeRules {
  /** Seconds in one unit of TIMEOUT: 60, or 86400 for servers that count days (D2). */
  timeoutUnitSeconds: number;
  /** How far in the future a TIMESTAMP may be (D10). */
  maxSkewSeconds: number;
}

/** OK, EXPIRED or FUTURE. Without a clock every 1.3 notification is in time; 1.2 has no timestamp. */
export function checkAge(n: Notification, rules: AgeRules, clock: Clock): number {
  const now = clock.posixSeconds();
  if (now === 0 || n.format === FORMAT_12) return OK;
  if (isExpired(n.timestamp, n.timeoutMinutes, rules, now)) return EXPIRED;
  return n.timestamp - now > rules.maxSkewSeconds ? FUTURE : OK;
}

/** Whether the server has given up a session id; `timeoutMinutes` 0 is never (§6.4.7). */
export function isExpired(timestamp: number, timeoutMinutes: number, rules: AgeRules, now: number): boolean {
  return timeoutMinutes !== 0 && now - timestamp > timeoutMinutes * rules.timeoutUnitSeconds;
}

/** OK, DUPLICATE, REPLAY or NONCE_SPENT. Cheap, and so before the digest; says nothing about who sent `n`. */
export function checkNew(a: Admission, n: Notification, nonce: Uint8Array, rules: AgeRules, clock: Clock): number {
  if (n.format === FORMAT_12) {
    if (a.nonceTag !== tagOf(nonce)) return OK;
    const digest = readUint32(n.bytes, n.digestAt) | 0;
    for (let i = 0; i < a.digestCount; i++) if (a.digests[i] === digest) return DUPLICATE;
    // forgetting one would let it in again: from here on only a new nonce helps
    return a.digestCount < a.digests.length ? OK : NONCE_SPENT;
  }
  const now = clock.posixSeconds();
  for (let i = 0; i < a.count; i++) {
    if (a.sessionIds[i] !== n.sessionId) continue;
    if (a.timestamps[i] === n.timestamp) return DUPLICATE;
    if (now === 0 || !isExpired(a.timestamps[i], a.timeoutsMinutes[i], rules, now)) return DUPLICATE;
  }
  return n.timestamp <= a.floor ? REPLAY : OK;
}

/** Remembers `n`. Where all places are taken, the one with the oldest timestamp goes, and that becomes the floor. */
export function remember(a: Admission, n: Notification, nonce: Uint8Array): void {
  if (n.format === FORMAT_12) {
    const tag = tagOf(nonce);
    if (a.nonceTag !== tag) a.digestCount = 0;
    a.nonceTag = tag;
    a.digests[a.digestCount++] = readUint32(n.bytes, n.digestAt);
    return;
  }
  if (a.count === a.sessionIds.length) {
    let oldest = 0;
    for (let i = 1; i < a.count; i++) if (a.timestamps[i] < a.timestamps[oldest]) oldest = i;
    if (n.timestamp <= a.timestamps[oldest]) {
      a.floor = n.timestamp; // it is itself the oldest: the floor remembers it
      return;
    }
    a.floor = a.timestamps[oldest];
    a.count--;
    for (let i = oldest; i < a.count; i++) {
      a.sessionIds[i] = a.sessionIds[i + 1];
      a.timestamps[i] = a.timestamps[i + 1];
      a.timeoutsMinutes[i] = a.timeoutsMinutes[i + 1];
    }
  }
  a.sessionIds[a.count] = n.sessionId;
  a.timestamps[a.count] = n.timestamp;
  a.timeoutsMinutes[a.count] = n.timeoutMinutes;
  a.count++;
}

function tagOf(nonce: Uint8Array): number {
  return crc32(0, nonce, 0, nonce.length);
}
