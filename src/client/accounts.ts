/** Adds, replaces and removes accounts for the board's program. */
import { type Account, readAccount, writeDmAcc } from "../account/accounts.ts";
import { appAuthOf, type DmAcc, type ServerRules } from "../account/dmacc.ts";
import { type Store, slotOf } from "../account/store.ts";
import type { Clock } from "../hal.ts";
import { utf8Bytes } from "../notification/utf8.ts";
import { ACCOUNT_INVALID, ACCOUNT_UNKNOWN, ACCOUNTS_FULL, OK, STORE_CORRUPT, type Status } from "../status.ts";
import { newMemory } from "./admission.ts";
import type { Records } from "./records.ts";
import type { Sessions } from "./sessions.ts";

/** As in Client. */
export interface Accounts {
  add(dmAcc: DmAcc): Status;
  remove(serverId: string): Status;
  list(): DmAcc[];
  saveNonce(serverId: string, nonce: Uint8Array): Status;
}

/** `rules` are for what an account does not say itself. */
export function createAccounts(
  store: Store,
  clock: Clock,
  records: Records,
  sessions: Sessions,
  rules: ServerRules,
): Accounts {
  const all = records.all;
  const states = records.states;

  function indexOf(serverId: string): number {
    for (let i = 0; i < all.length; i++) {
      const account = all[i];
      if (account !== null && account.dmAcc.serverId === serverId) return i;
    }
    return -1;
  }

  function add(dmAcc: DmAcc): Status {
    const bytes = writeDmAcc(dmAcc);
    const account = bytes === null ? null : readAccount(bytes, rules);
    if (bytes === null || account === null) return ACCOUNT_INVALID;
    let index = indexOf(account.dmAcc.serverId);
    let wasDamaged = index >= 0;
    if (index < 0) {
      // its memory may have outlived the account, and an account that cannot be read must not be added twice
      index = records.damagedPlaceOf(account.serverId);
      wasDamaged = index >= 0;
      if (!wasDamaged && records.doubt !== OK) return records.doubt;
      if (wasDamaged && states[index] !== STORE_CORRUPT) return states[index];
      if (wasDamaged) records.load(index, account);
    }
    for (let i = 0; index < 0 && i < all.length; i++) if (all[i] === null && states[i] === OK) index = i;
    if (index < 0) return ACCOUNTS_FULL;
    if (all[index] !== null && states[index] !== OK && states[index] !== STORE_CORRUPT) return states[index];
    return put(index, account, bytes, wasDamaged);
  }

  /**
   * Saves `account` at `index`, in both slots. Saves a memory before it when it has none, so that no stored account is ever
   * without one.
   */
  function put(index: number, account: Account, bytes: Uint8Array, wasDamaged: boolean): Status {
    const former = all[index];
    let status: Status = OK;
    if (former !== null) account.memory = former.memory;
    all[index] = account;
    if (account.memory === null) {
      // after a lost memory, any message up to this moment may have been accepted before
      account.memory = newMemory(wasDamaged ? clock.posixSeconds() : 0);
      status = records.save(index, 0);
    }
    if (status === OK) status = store.save(`acc${index}`, slotOf(bytes), 2);
    if (status === OK) states[index] = OK;
    else {
      all[index] = former;
      if (former === null) sessions.forget(index);
    }
    return status;
  }

  function remove(serverId: string): Status {
    let index = indexOf(serverId);
    if (index < 0) index = records.damagedPlaceOf(utf8Bytes(serverId));
    // an unreadable place may belong to the account, so it is given up
    for (let i = 0; index < 0 && records.doubt === STORE_CORRUPT && i < all.length; i++)
      if (all[i] === null && states[i] === STORE_CORRUPT) index = i;
    if (index < 0) return ACCOUNT_UNKNOWN;
    const status = store.erase(`acc${index}`);
    if (status === OK) {
      all[index] = null;
      states[index] = OK;
      sessions.forget(index);
      store.erase(`adm${index}`);
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
    if ((all[index] as Account).memory === null) return states[index]; // without a memory, add would create a new one
    const former = srvCred.aauthData;
    srvCred.aauthData = nonce;
    const status = add((all[index] as Account).dmAcc);
    // on success the list has another copy of the account, and this one is wiped
    if (former === undefined) delete srvCred.aauthData;
    else srvCred.aauthData = former;
    return status;
  }

  return { add, remove, list, saveNonce };
}
