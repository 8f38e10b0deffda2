/** The accounts of a device and their records: `acc<index>` is a DMAcc, `adm<index>` its memory and its sessions. */
import { type Account, readAccount, writeDmAcc } from "../account/accounts.ts";
import { appAuthOf, type DmAcc } from "../account/dmacc.ts";
import type { Store } from "../account/store.ts";
import { copyBytes } from "../bytes.ts";
import type { Clock } from "../hal.ts";
import type { Notification } from "../notification/fields.ts";
import { readNotification12 } from "../notification/read12.ts";
import { REQUESTED_MO_OPTIONAL, readNotification13 } from "../notification/read13.ts";
import {
  ACCOUNT_INVALID,
  ACCOUNT_UNKNOWN,
  ACCOUNTS_FULL,
  OK,
  STORE_CORRUPT,
  STORE_VERSION,
  type Status,
} from "../status.ts";
import { MD5_BYTES, SHA256_BYTES } from "../wire.ts";
import { isMemory, newMemory } from "./admission.ts";
import { IS_12, RENEW_NONCES, SPAN_AT, spanEnd, VIA_MASK, writeRecord } from "./record.ts";
import { newPending, type Sessions } from "./sessions.ts";

export interface Accounts {
  /** By index; null where there is none. */
  all: (Account | null)[];
  /** OK, or the first bad status of the records that were loaded. */
  loadStatus: Status;
  /** Saves what an account remembers and its sessions. OK, STORE_CORRUPT, STORE_WRITE, STORE_VERSION. */
  saveRecord(index: number): Status;
  /** As Client has them. */
  add(dmAcc: DmAcc): Status;
  remove(serverId: string): Status;
  list(): DmAcc[];
  saveNonce(serverId: string, nonce: Uint8Array): Status;
}

/** Loads up to `accountsMax` accounts, and their sessions into `sessions`. `n` is a record to read with. */
export function createAccounts(
  store: Store,
  clock: Clock,
  accountsMax: number,
  sessions: Sessions,
  n: Notification,
): Accounts {
  const all: (Account | null)[] = [];

  function saveRecord(index: number): Status {
    const memory = (all[index] as Account).memory;
    return memory === null ? STORE_CORRUPT : store.save(`adm${index}`, writeRecord(memory, sessions.pending, index));
  }

  /** An account without a readable record has no memory, and accepts nothing until it is added again. */
  function loadRecord(index: number): Status {
    const status = store.load(`adm${index}`);
    const record = store.record;
    if (record === null) return status || STORE_CORRUPT;
    const account = all[index] as Account;
    const memoryEnd = spanEnd(record, 0, record.length);
    if (!isMemory(memoryEnd - SPAN_AT)) return STORE_CORRUPT;
    for (let at = memoryEnd; at < record.length; ) {
      const flags = record[at];
      const from = at + 1 + SPAN_AT;
      at = spanEnd(record, at + 1, record.length);
      if (at === 0 || readPending(record, from, at, (flags & IS_12) !== 0) !== OK) {
        sessions.forget(index);
        return STORE_CORRUPT;
      }
      sessions.add(newPending(n, index, account, flags & VIA_MASK, (flags & RENEW_NONCES) !== 0, true, clock));
    }
    account.memory = copyBytes(record, SPAN_AT, memoryEnd);
    return OK;
  }

  /**
   * The record omits the digest, so the reader gets the bounds that it would have with one. Options may have changed since
   * the message was accepted, so the strict rules do not apply.
   */
  function readPending(record: Uint8Array, from: number, to: number, is12: boolean): Status {
    if (is12) return readNotification12(record, from - MD5_BYTES, to, n);
    return readNotification13(record, from, to + SHA256_BYTES, n, REQUESTED_MO_OPTIONAL);
  }

  function loadAccount(index: number): Status {
    const status = store.load(`acc${index}`);
    const record = store.record;
    all.push(record === null ? null : readAccount(record));
    if (all[index] !== null) return loadRecord(index);
    return record === null ? status : STORE_CORRUPT;
  }

  function indexOf(serverId: string): number {
    for (let i = 0; i < all.length; i++) {
      const account = all[i];
      if (account !== null && account.dmAcc.serverId === serverId) return i;
    }
    return -1;
  }

  function add(dmAcc: DmAcc): Status {
    const bytes = writeDmAcc(dmAcc);
    const account = bytes === null ? null : readAccount(bytes);
    if (bytes === null || account === null) return ACCOUNT_INVALID;
    let index = indexOf(account.dmAcc.serverId);
    // a free place, but not where a later version has left an account
    for (let i = 0; index < 0 && i < accountsMax; i++)
      if (all[i] === null && store.load(`acc${i}`) !== STORE_VERSION) index = i;
    if (index < 0) return ACCOUNTS_FULL;

    const former = all[index];
    all[index] = account;
    account.memory = former === null ? null : former.memory;
    let status = OK;
    if (account.memory === null) {
      // before the account, so that no account is ever without it; what an earlier one has left here is overwritten
      account.memory = newMemory();
      status = saveRecord(index);
    }
    if (status === OK) status = store.save(`acc${index}`, bytes);
    if (status !== OK) all[index] = former;
    return status;
  }

  function remove(serverId: string): Status {
    const index = indexOf(serverId);
    if (index < 0) return ACCOUNT_UNKNOWN;
    const status = store.erase(`acc${index}`);
    if (status === OK) {
      all[index] = null;
      sessions.forget(index);
    }
    return status;
  }

  function list(): DmAcc[] {
    const dmAccs: DmAcc[] = [];
    for (let i = 0; i < all.length; i++) {
      const account = all[i];
      if (account !== null) dmAccs.push(account.dmAcc);
    }
    return dmAccs;
  }

  function saveNonce(serverId: string, nonce: Uint8Array): Status {
    const index = indexOf(serverId);
    const srvCred = index < 0 ? null : appAuthOf((all[index] as Account).dmAcc, "SRVCRED");
    if (srvCred === null) return ACCOUNT_UNKNOWN;
    if ((all[index] as Account).memory === null) return STORE_CORRUPT; // add would give it a new one
    const former = srvCred.aauthData;
    srvCred.aauthData = nonce;
    const status = add((all[index] as Account).dmAcc);
    // on success the account is another copy, and this one is nobody's
    if (former === undefined) delete srvCred.aauthData;
    else srvCred.aauthData = former;
    return status;
  }

  let loadStatus: Status = OK;
  for (let i = 0; i < accountsMax; i++) {
    const status = loadAccount(i);
    loadStatus = loadStatus || status;
  }
  return { all, loadStatus, saveRecord, add, remove, list, saveNonce };
}
