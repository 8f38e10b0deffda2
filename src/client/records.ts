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
import { isMemoryLength } from "./admission.ts";
import type { ClientOptions } from "./options.ts";
import { newPending, newRequest, type Pending } from "./pending.ts";
import {
  IS_12,
  IS_RESUMED,
  isFresh,
  isOwnedBy,
  PACKAGE0_AT,
  SPAN_AT,
  sessionBytes,
  sessionsAt,
  spanEnd,
  writeRecord,
} from "./record.ts";

export interface Records {
  /** The accounts by index; null when the place is free, or its account cannot be read. */
  accounts: (Account | null)[];
  /** By index: OK, or the status for which the account accepts nothing: STORE_CORRUPT, STORE_UNREADABLE, STORE_VERSION. */
  statuses: Status[];
  /** The sessions that have not ended, in the order of their acceptance. An ending makes a new array. */
  pending: Pending[];
  /** OK, or the first bad status of a record. */
  loadStatus: Status;
  /** The sessions of an account. Allocates the array. */
  sessionsOf(index: number): Pending[];
  /** Reads `adm<index>` into `account`, which has no memory yet, and into `pending`. Returns its status. */
  load(index: number, account: Account): Status;
  /**
   * Saves `memory` as that of an account, with its sessions and, unless it is null, with `added`, whose notification is `n`.
   * They count from then on. Saves in both slots, so that either may be damaged while the client runs. Returns OK,
   * STORE_UNREADABLE, STORE_WRITE or STORE_VERSION.
   */
  save(index: number, account: Account, memory: Uint8Array, added: Pending | null): Status;
  /** The request of a session, read from its record; null when that cannot be read now. Allocates. */
  readRequest(p: Pending): SessionRequest | null;
  /** The first place without a readable account that has this status; else -1. */
  emptyPlace(status: Status): number;
  /**
   * The status of a message without an account: ACCOUNT_UNKNOWN, or STORE_UNREADABLE while its account may be one that
   * cannot be read.
   */
  unknown(): Status;
  /** Reads records again that could not be read. Returns whether one can be read now. */
  heal(): boolean;
}

/** Loads `options.accountsMax` places. `n` is scratch for reading. */
export function createRecords(store: Store, clock: Clock, options: ClientOptions, n: Notification): Records {
  const accounts: (Account | null)[] = [];
  const statuses: Status[] = [];
  const report = or(options.onStore, () => {});
  /** By index: both slots of the memory have the newest record. */
  const isMirrored: boolean[] = [];
  let owner = 0;
  /** The last reported status of each record; OK when absent. */
  const reported: { [key: string]: Status | undefined } = {};

  function tell(key: string, status: Status): Status {
    if (status !== or(reported[key], OK)) {
      reported[key] = status;
      report(status, key);
    }
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
   * older record has other sessions. null when there is none.
   */
  function read(index: number): Uint8Array | null {
    const key = `adm${index}`;
    if (store.read(key) !== OK && isMirrored[index] && load(key) === OK) isMirrored[index] = store.isMirrored;
    return store.record;
  }

  function loadPlace(index: number): void {
    const key = `acc${index}`;
    let status = load(key);
    const record = store.record;
    const account = record && readAccount(record, options);
    if (account !== null) status = loadMemory(index, account);
    else {
      if (record !== null) status = tell(key, STORE_CORRUPT);
      if (status === STORE_CORRUPT && store.load(`adm${index}`) === OK) {
        if (store.record === null || isFresh(store.record)) status = OK; // there is nothing to lose
      }
    }
    accounts[index] = account;
    statuses[index] = status;
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
    const memoryAt = SPAN_AT + account.serverId.length + SPAN_AT;
    const memoryEnd = spanEnd(record, memoryAt - SPAN_AT);
    if (!isMemoryLength(memoryEnd - memoryAt)) return false;
    const mine: Pending[] = [];
    let at = memoryEnd;
    while (at < record.length) {
      const end = readSession(record, at);
      if (end === 0) return false;
      mine.push(newPending(n, index, account, at, record[at] | IS_RESUMED, clock));
      at = end;
    }
    if (at > record.length) return false; // the memory is not complete
    records.pending = records.pending.concat(mine);
    account.memory = copyBytes(record, memoryAt, memoryEnd);
    return true;
  }

  /**
   * Reads the session at `at` into `n`; returns the offset after it, or 0 when it cannot be read. The record omits the digest,
   * so the reader gets the bounds that it would have with one. Options may have changed since the message was accepted, so
   * the strict rules do not apply.
   */
  function readSession(record: Uint8Array, at: number): number {
    const from = at + PACKAGE0_AT;
    const to = spanEnd(record, from - SPAN_AT);
    if (to > record.length) return 0;
    const status =
      (record[at] & IS_12) !== 0
        ? readNotification12(record, from - MD5_BYTES, to, n)
        : readNotification13(record, from, to + SHA256_BYTES, n, REQUESTED_MO_OPTIONAL);
    return status === OK ? to : 0;
  }

  function readRequest(p: Pending): SessionRequest | null {
    const record = read(p.index);
    if (record === null || readSession(record, p.at) === 0) return null;
    return newRequest(n, accounts[p.index] as Account, p);
  }

  function save(index: number, account: Account, memory: Uint8Array, added: Pending | null): Status {
    const mine = sessionsOf(index);
    const former = mine.length > 0 ? read(index) : EMPTY;
    if (former === null) return STORE_UNREADABLE;
    if (added !== null) mine.push(added);
    const slot = writeRecord(account.serverId, memory, former, mine, n);
    const status = store.save(`adm${index}`, slot, 2);
    isMirrored[index] = store.isMirrored;
    if (status !== OK) return status;
    let at = sessionsAt(account.serverId, memory);
    for (let i = 0; i < mine.length; i++) {
      mine[i].at = at;
      at += sessionBytes(mine[i]);
    }
    if (added !== null) records.pending.push(added);
    account.memory = memory; // last: when the engine has no memory for the line before, the message is accepted once more
    return OK;
  }

  /** Whether a session is of the account `owner`. It stands here, since a function made for each message would be garbage. */
  function isMine(p: Pending): boolean {
    return p.index === owner;
  }

  function sessionsOf(index: number): Pending[] {
    owner = index;
    return records.pending.filter(isMine);
  }

  function emptyPlace(status: Status): number {
    for (let i = 0; i < accounts.length; i++) if (accounts[i] === null && statuses[i] === status) return i;
    return -1;
  }

  function unknown(): Status {
    return records.loadStatus !== OK && emptyPlace(STORE_UNREADABLE) >= 0 ? STORE_UNREADABLE : ACCOUNT_UNKNOWN;
  }

  function heal(): boolean {
    let isHealed = false;
    for (let i = 0; i < accounts.length; i++) {
      if (statuses[i] !== STORE_UNREADABLE) continue;
      loadPlace(i);
      if (statuses[i] !== STORE_UNREADABLE) isHealed = true;
    }
    return isHealed;
  }

  const records: Records = {
    accounts,
    statuses,
    pending: [],
    loadStatus: OK,
    sessionsOf,
    load: loadMemory,
    save,
    readRequest,
    emptyPlace,
    unknown,
    heal,
  };
  for (let i = 0; i < or(options.accountsMax, 8); i++) {
    isMirrored.push(false);
    loadPlace(i);
  }
  return records;
}
