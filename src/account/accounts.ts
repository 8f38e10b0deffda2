/** The DMAccs of a device: in memory as records and as the bytes that the digests need, in the store as JSON. */
import { readBase64, writeBase64 } from "../hash/base64.ts";
import { utf8Bytes, utf8Text } from "../notification/utf8.ts";
import { ACCOUNT_INVALID, ACCOUNT_UNKNOWN, ACCOUNTS_FULL, OK, STORE_CORRUPT } from "../status.ts";
import { appAuthOf, type DmAcc, deepCopyOf, notificationSecret } from "./dmacc.ts";
import type { Store } from "./store.ts";

/** One account, ready for a notification. The arrays are its own. */
export interface Account {
  /** Its number, 0 to accountsMax - 1: its record is stored under `acc<index>`. */
  index: number;
  dmAcc: DmAcc;
  serverId: Uint8Array;
  /** AAuthSecret of NOTICRED, else of SRVCRED; null = no 1.3 notification can be verified. */
  secret13: Uint8Array | null;
  /** AAuthSecret, AAuthName and AAuthData of SRVCRED; null = no 1.2 notification can be verified. */
  secret12: Uint8Array | null;
  name12: Uint8Array;
  /** Whether AAuthName is there and differs from ServerID. */
  isNamed12: boolean;
  nonce12: Uint8Array;
}

export interface Accounts {
  /** The accounts by index; null where there is none. */
  list: (Account | null)[];
  /** Reads all records. OK, or the first bad status: that account is missing, the others are there. */
  load(): number;
  /** Adds the account, or replaces the one with its serverId. OK, ACCOUNT_INVALID, ACCOUNTS_FULL or STORE_WRITE. */
  save(dmAcc: DmAcc): number;
  /** OK, ACCOUNT_UNKNOWN or STORE_WRITE. */
  remove(serverId: string): number;
  /** The account whose ServerID is `bytes[at..at + length)`, or null. Allocates nothing. */
  byServerId(bytes: Uint8Array, at: number, length: number): Account | null;
  /** The index that `serverId` has, or would get; -1 when all are taken. */
  indexFor(serverId: string): number;
}

/** Accounts over `store`, at most `accountsMax`. */
export function createAccounts(store: Store, accountsMax: number): Accounts {
  const list: (Account | null)[] = [];
  for (let i = 0; i < accountsMax; i++) list.push(null);

  function load(): number {
    let worst = OK;
    for (let i = 0; i < accountsMax; i++) {
      let status = store.load(`acc${i}`);
      list[i] = null;
      if (status === OK && store.record !== null) {
        const dmAcc = readDmAcc(store.record);
        if (dmAcc === null) status = STORE_CORRUPT;
        else list[i] = accountOf(i, dmAcc);
      }
      if (worst === OK) worst = status;
    }
    return worst;
  }

  function indexFor(serverId: string): number {
    let free = -1;
    for (let i = accountsMax - 1; i >= 0; i--) {
      const account = list[i];
      if (account === null) free = i;
      else if (account.dmAcc.serverId === serverId) return i;
    }
    return free;
  }

  function save(dmAcc: DmAcc): number {
    const index = indexFor(dmAcc.serverId);
    const account = accountOf(index, dmAcc);
    if (account.serverId.length < 1 || account.serverId.length > 256) return ACCOUNT_INVALID;
    if (index < 0) return ACCOUNTS_FULL;
    const bytes = writeDmAcc(dmAcc);
    const status = store.save(`acc${index}`, bytes, bytes.length);
    if (status === OK) list[index] = account;
    return status;
  }

  function remove(serverId: string): number {
    const index = indexFor(serverId);
    if (index < 0 || list[index] === null) return ACCOUNT_UNKNOWN;
    const status = store.erase(`acc${index}`);
    if (status === OK) list[index] = null;
    return status;
  }

  function byServerId(bytes: Uint8Array, at: number, length: number): Account | null {
    for (let i = 0; i < accountsMax; i++) {
      const account = list[i];
      if (account !== null && isSame(account.serverId, bytes, at, length)) return account;
    }
    return null;
  }

  return { list, load, save, remove, byServerId, indexFor };
}

function isSame(id: Uint8Array, bytes: Uint8Array, at: number, length: number): boolean {
  if (id.length !== length) return false;
  for (let i = 0; i < length; i++) if (id[i] !== bytes[at + i]) return false;
  return true;
}

function accountOf(index: number, dmAcc: DmAcc): Account {
  const srvCred = appAuthOf(dmAcc, "SRVCRED");
  const name = srvCred !== null && srvCred.aauthName !== undefined ? srvCred.aauthName : dmAcc.serverId;
  return {
    index,
    dmAcc,
    serverId: utf8Bytes(dmAcc.serverId),
    secret13: notificationSecret(dmAcc),
    secret12: srvCred !== null && srvCred.aauthSecret !== undefined ? utf8Bytes(srvCred.aauthSecret) : null,
    name12: utf8Bytes(name),
    isNamed12: name !== dmAcc.serverId,
    nonce12: srvCred !== null && srvCred.aauthData !== undefined ? srvCred.aauthData : new Uint8Array(0),
  };
}

/** A DMAcc as UTF-8 JSON, AAuthData in base64. */
function writeDmAcc(dmAcc: DmAcc): Uint8Array {
  return utf8Bytes(JSON.stringify(withAAuthData(dmAcc, base64Text)));
}

function readDmAcc(bytes: Uint8Array): DmAcc | null {
  try {
    return withAAuthData(JSON.parse(utf8Text(bytes, 0, bytes.length)), readBase64);
  } catch {
    return null; // good CRC, no JSON: written by something else
  }
}

/** A copy of `dmAcc` in which each AAuthData is `convert(AAuthData)`; the nodes' types change only there. */
// biome-ignore lint/suspicious/noExplicitAny: the same walk over both forms
function withAAuthData(dmAcc: DmAcc, convert: (data: any) => any): DmAcc {
  const copy = deepCopyOf(dmAcc);
  for (let i = 0; i < copy.appAuth.length; i++) {
    const appAuth = copy.appAuth[i];
    if (appAuth.aauthData !== undefined) appAuth.aauthData = convert(appAuth.aauthData);
  }
  return copy;
}

function base64Text(bytes: Uint8Array): string {
  const base64 = new Uint8Array(4 * Math.floor((bytes.length + 2) / 3));
  writeBase64(bytes, 0, bytes.length, base64, 0);
  return utf8Text(base64, 0, base64.length);
}
