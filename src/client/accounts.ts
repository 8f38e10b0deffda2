/** Adds, replaces and removes accounts for the board's program. */
import { type Account, findAccount, readAccount, writeDmAcc } from "../account/accounts.ts";
import { appAuthOf, copyDmAcc, type DmAcc, type ServerRules } from "../account/dmacc.ts";
import { type Store, slotOf } from "../account/store.ts";
import type { Clock } from "../hal.ts";
import { utf8Bytes } from "../notification/utf8.ts";
import { ACCOUNT_INVALID, ACCOUNT_UNKNOWN, ACCOUNTS_FULL, OK, STORE_CORRUPT, type Status } from "../status.ts";
import { newMemory } from "./admission.ts";
import { isOwnedBy } from "./record.ts";
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
  const all = records.accounts;
  const statuses = records.statuses;

  /** The place of an account, even if only its memory can be read; -1 without one, or ~status of a place whose owner is unknown. */
  function placeOf(serverId: Uint8Array): number {
    let index = findAccount(all, serverId, 0, serverId.length);
    for (let i = 0; index < 0 && i < all.length; i++) {
      if (all[i] !== null || statuses[i] === OK) continue;
      store.load(`adm${i}`);
      if (store.record === null) index = ~statuses[i];
      else if (isOwnedBy(store.record, serverId)) index = i;
    }
    return index;
  }

  /** The same by a name. What is no text, which untyped code may pass, names no account. */
  function placeNamed(serverId: string): number {
    return typeof serverId === "string" ? placeOf(utf8Bytes(serverId)) : -1;
  }

  function add(dmAcc: DmAcc): Status {
    const bytes = writeDmAcc(dmAcc);
    const account = readAccount(bytes, rules);
    if (account === null) return ACCOUNT_INVALID;
    let index = placeOf(account.serverId);
    // an account that cannot be read must not be added twice
    if (index < -1) return ~index;
    const isKnown = index >= 0;
    if (!isKnown) index = records.emptyPlace(OK);
    if (index < 0) return ACCOUNTS_FULL;
    if (statuses[index] !== OK && statuses[index] !== STORE_CORRUPT) return statuses[index];
    const former = all[index];
    if (former !== null) account.memory = former.memory;
    // its memory may have outlived the account
    else if (isKnown) records.load(index, account);
    let status: Status = OK;
    if (account.memory === null) {
      // no stored account is ever without a memory, so it is saved first; after a lost memory, any message up to this moment
      // may have been accepted before
      const memory = newMemory(isKnown ? clock.posixSeconds() : 0);
      status = records.save(index, account, memory, null);
    }
    if (status === OK) status = store.save(`acc${index}`, slotOf(bytes), 2);
    if (status === OK) {
      all[index] = account;
      statuses[index] = OK;
    } else if (former === null) sessions.forget(index);
    return status;
  }

  function remove(serverId: string): Status {
    let index = placeNamed(serverId);
    // an unreadable place may belong to the account, so it is given up
    if (index === ~STORE_CORRUPT) index = records.emptyPlace(STORE_CORRUPT);
    if (index < 0) return ACCOUNT_UNKNOWN;
    const status = store.erase(`acc${index}`);
    if (status === OK) {
      all[index] = null;
      statuses[index] = OK;
      sessions.forget(index);
      store.erase(`adm${index}`);
    }
    return status;
  }

  function saveNonce(serverId: string, nonce: Uint8Array): Status {
    const index = placeNamed(serverId);
    const account = index < 0 ? null : all[index];
    if (account === null) return ACCOUNT_UNKNOWN;
    const dmAcc = copyDmAcc(account.dmAcc);
    const srvCred = appAuthOf(dmAcc, "SRVCRED");
    if (srvCred === null) return ACCOUNT_UNKNOWN;
    if (account.memory === null) return statuses[index]; // without a memory, add would create a new one
    srvCred.aauthData = nonce;
    return add(dmAcc);
  }

  function list(): DmAcc[] {
    return (all.filter(account => account !== null) as Account[]).map(account => account.dmAcc);
  }

  return { add, remove, list, saveNonce };
}
