/**
 * The places of accounts in the store: `acc<index>` is a DMAcc, `adm<index>` its memory and its sessions. A record that
 * cannot be read does not count as absent: its account accepts nothing until the record can be read, or until the account is
 * added again.
 */
import { type Account, readAccount } from "../account/accounts.ts";
import { type Store, slotOf } from "../account/store.ts";
import { copyBytes, EMPTY } from "../bytes.ts";
import type { Clock, SessionRequest } from "../hal.ts";
import type { Notification } from "../notification/fields.ts";
import { readNotification12 } from "../notification/read12.ts";
import { REQUESTED_MO_OPTIONAL, readNotification13 } from "../notification/read13.ts";
import { or } from "../or.ts";
import { ACCOUNT_UNKNOWN, OK, STORE_CORRUPT, STORE_FALLBACK, STORE_UNREADABLE, type Status } from "../status.ts";
import { MD5_BYTES, SHA256_BYTES } from "../wire.ts";
import { isMemory } from "./admission.ts";
import type { ClientOptions } from "./options.ts";
import {
  IS_12,
  isFresh,
  isOwnedBy,
  memoryEndOf,
  SPAN_AT,
  sessionAt,
  sessionBytes,
  sessionEnd,
  spanEnd,
  writeRecord,
} from "./record.ts";
import { newPending, newRequest, type Pending, type Sessions } from "./sessions.ts";

export interface Records {
  /** The accounts by index; null when the place is free, or its account cannot be read. */
  all: (Account | null)[];
  /** By index: OK, or the status for which the account accepts nothing: STORE_CORRUPT, STORE_UNREADABLE, STORE_VERSION. */
  states: Status[];
  /** OK, or the first bad status of a record. */
  loadStatus: Status;
  /** Reads `adm<index>` into its account, which has no memory yet, and into `sessions`. Returns its state. */
  load(index: number, account: Account): Status;
  /**
   * Saves the memory of an account and its sessions in both slots, so that either may be damaged while the client runs. The
   * session with ordinal -1 is that of the notification `n`, with `flags`. Returns OK, the state of the account,
   * STORE_UNREADABLE, STORE_WRITE or STORE_VERSION.
   */
  save(index: number, flags: number): Status;
  /** The request of a session, read from its record; null when that cannot be read now. Allocates. */
  readRequest(p: Pending): SessionRequest | null;
  /**
   * The status of a message without an account: ACCOUNT_UNKNOWN, or STORE_UNREADABLE while its account may be one that
   * cannot be read.
   */
  unknown(): Status;
  /** Reads records again that could not be read. Returns whether one can be read now. */
  heal(): boolean;
  /**
   * The place without a readable account whose memory belongs to `serverId`; else -1. Then `doubt` is OK, or the state of a
   * place whose owner is unknown.
   */
  damagedPlaceOf(serverId: Uint8Array): number;
  doubt: Status;
}

/** Loads `options.accountsMax` places, and their sessions into `sessions`. `n` is scratch for reading. */
export function createRecords(
  store: Store,
  clock: Clock,
  options: ClientOptions,
  sessions: Sessions,
  n: Notification,
): Records {
  const all: (Account | null)[] = [];
  const states: Status[] = [];
  const report = options.onStore;
  /** By index: both slots of the memory have the newest record. */
  const isMirrored: boolean[] = [];
  const told: { [key: string]: Status | undefined } = {};

  function tell(key: string, status: Status): Status {
    const isNew = status !== (told[key] === undefined ? OK : told[key]);
    if (isNew) told[key] = status;
    if (isNew && report !== undefined) report(status, key);
    records.loadStatus = records.loadStatus || status;
    return status;
  }

  /** Like store.load; also saves the record in the other slot when that differs, after damage or a power cut. */
  function load(key: string): Status {
    const status = tell(key, store.load(key));
    if (store.record !== null && !store.isMirrored) store.save(key, slotOf(store.record), 1);
    return status === STORE_FALLBACK ? OK : status;
  }

  /**
   * Reads the newest record of `adm<index>`; when its slot was damaged since, from the other slot, if that has the same: an
   * older record has other sessions. Whether there is one.
   */
  function read(index: number): boolean {
    const key = `adm${index}`;
    if (store.read(key) === OK) return true;
    if (!isMirrored[index] || load(key) !== OK) return false;
    isMirrored[index] = store.isMirrored;
    return store.record !== null;
  }

  function loadPlace(index: number): void {
    const key = `acc${index}`;
    states[index] = load(key);
    const record = store.record;
    const account = record === null ? null : readAccount(record, options);
    all[index] = account;
    if (account !== null) states[index] = loadMemory(index, account);
    else if (record !== null) states[index] = tell(key, STORE_CORRUPT);
    if (states[index] !== STORE_CORRUPT || account !== null) return;
    const isKnown = store.load(`adm${index}`) === OK;
    if (isKnown && (store.record === null || isFresh(store.record))) states[index] = OK; // the record has nothing to lose
  }

  /** An account without a readable memory accepts nothing. */
  function loadMemory(index: number, account: Account): Status {
    const key = `adm${index}`;
    const status = load(key);
    isMirrored[index] = store.isMirrored;
    if (status !== OK) return status;
    return store.record !== null && readRecord(index, account, store.record) ? OK : tell(key, STORE_CORRUPT);
  }

  function readRecord(index: number, account: Account, record: Uint8Array): boolean {
    if (!isOwnedBy(record, account.serverId)) return false;
    const memoryAt = spanEnd(record, 0) + SPAN_AT;
    const memoryEnd = memoryEndOf(record);
    if (!isMemory(memoryEnd - memoryAt)) return false;
    let ordinal = 0;
    for (let at = memoryEnd; at < record.length; at = sessionEnd(record, at)) {
      if (!readSession(record, at)) {
        sessions.forget(index);
        return false;
      }
      sessions.pending.push(newPending(n, index, account, ordinal++, clock));
    }
    account.memory = copyBytes(record, memoryAt, memoryEnd);
    return true;
  }

  /**
   * Reads the session at `at` into `n`. The record omits the digest, so the reader gets the bounds that it would have with
   * one. Options may have changed since the message was accepted, so the strict rules do not apply.
   */
  function readSession(record: Uint8Array, at: number): boolean {
    const from = at + sessionBytes(0);
    const to = sessionEnd(record, at);
    if (to === 0) return false;
    if ((record[at] & IS_12) !== 0) return readNotification12(record, from - MD5_BYTES, to, n) === OK;
    return readNotification13(record, from, to + SHA256_BYTES, n, REQUESTED_MO_OPTIONAL) === OK;
  }

  function readRequest(p: Pending): SessionRequest | null {
    const account = all[p.index];
    if (account === null || !read(p.index)) return null;
    const record = store.record as Uint8Array;
    const at = sessionAt(record, memoryEndOf(record), p.ordinal);
    if (at === 0 || !readSession(record, at)) return null;
    return newRequest(n, account, record[at], p.isResumed);
  }

  function save(index: number, flags: number): Status {
    const account = all[index] as Account;
    const memory = account.memory;
    if (memory === null) return states[index];
    const key = `adm${index}`;
    const mine = sessions.of(index);
    const hasFormer = mine.length > 0 && mine[0].ordinal >= 0;
    if (hasFormer && !read(index)) return STORE_UNREADABLE;
    const former = hasFormer ? (store.record as Uint8Array) : EMPTY;
    const status = store.save(key, writeRecord(account.serverId, memory, former, mine, n, flags), 2);
    isMirrored[index] = store.isMirrored;
    if (status === OK) for (let i = 0; i < mine.length; i++) mine[i].ordinal = i;
    return status;
  }

  function unknown(): Status {
    for (let i = 0; i < all.length; i++) {
      if (all[i] === null && states[i] === STORE_UNREADABLE) return STORE_UNREADABLE;
    }
    return ACCOUNT_UNKNOWN;
  }

  function heal(): boolean {
    let isHealed = false;
    for (let i = 0; i < all.length; i++) {
      if (states[i] !== STORE_UNREADABLE) continue;
      loadPlace(i);
      if (states[i] !== STORE_UNREADABLE) isHealed = true;
    }
    return isHealed;
  }

  function damagedPlaceOf(serverId: Uint8Array): number {
    records.doubt = OK;
    for (let i = 0; i < all.length; i++) {
      if (all[i] !== null || states[i] === OK) continue;
      store.load(`adm${i}`);
      if (store.record === null) records.doubt = states[i];
      else if (isOwnedBy(store.record, serverId)) return i;
    }
    return -1;
  }

  const records: Records = {
    all,
    states,
    loadStatus: OK,
    load: loadMemory,
    save,
    readRequest,
    unknown,
    heal,
    damagedPlaceOf,
    doubt: OK,
  };
  for (let i = 0; i < or(options.accountsMax, 8); i++) {
    all.push(null);
    states.push(OK);
    isMirrored.push(false);
    loadPlace(i);
  }
  return records;
}
