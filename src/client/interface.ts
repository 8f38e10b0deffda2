/** The functions that a client offers to the board's program. Types only: this file is 0 bytes in a bundle. */
import type { DmAcc } from "../account/dmacc.ts";
import type { SessionName } from "../hal.ts";
import type { Status } from "../status.ts";
import type { ContentType, Via } from "../wire.ts";

/** A DM client: receives notifications, keeps accounts and starts sessions. createClient makes one. */
export interface Client {
  /** The offset in the input that the last verdict is about. */
  at: number;
  /**
   * Opens the receivers. Returns OK, the first bad status of the stored records, or RECEIVER_ABSENT. The readable records
   * and the opened receivers work in any case.
   */
  open(): Status;
  /** Closes the receivers. */
  close(): void;
  /**
   * Takes one WSP Push PDU `bytes[from..to)`, lent; returns its verdict. `origin` is that of Deliver. A rejected message
   * allocates nothing.
   */
  receivePush(bytes: Uint8Array, from: number, to: number, via: Via, origin?: number): Status;
  /**
   * Takes one SMS-DELIVER TPDU `bytes[from..to)` without the SMSC part, lent; returns its verdict, or MORE while parts of
   * its message are missing.
   */
  receiveTpdu(bytes: Uint8Array, from: number, to: number): Status;
  /**
   * Takes one Package #0 `bytes[from..to)` of another profile, lent; returns its verdict. `contentType` is
   * CONTENT_TYPE_OTHER when the type is not known.
   */
  receiveBody(bytes: Uint8Array, from: number, to: number, contentType: ContentType, via: Via, origin?: number): Status;
  /**
   * Adds an account, or replaces the one with its serverId. The remembered notifications and the sessions stay, even if the
   * stored account was damaged. `dmAcc` is copied. Returns OK, ACCOUNT_INVALID, ACCOUNTS_FULL or STORE_WRITE; STORE_VERSION
   * or STORE_UNREADABLE when the account may be stored already; STORE_CORRUPT when a damaged place may have been the
   * account's.
   */
  addAccount(dmAcc: DmAcc): Status;
  /**
   * Removes an account, its sessions and its remembered notifications. When it is added again with the same secret, it
   * accepts its old messages again. For an unknown serverId, gives up a place whose records are all damaged. Returns OK,
   * ACCOUNT_UNKNOWN or STORE_WRITE.
   */
  removeAccount(serverId: string): Status;
  /** The accounts. Allocates the array. The DMAccs are lent; addAccount replaces them. */
  listAccounts(): DmAcc[];
  /**
   * Stores the new nonce that a DM session has agreed on: AAuthData of SRVCRED (1.2). Returns a status of addAccount, or
   * ACCOUNT_UNKNOWN.
   */
  saveNonce(serverId: string, nonce: Uint8Array): Status;
  /** Offers the waiting sessions, including those that were pending before a reset. Call it once the board can start sessions. */
  resume(): void;
  /** Like resume. Call it when a bearer came up, or when the reason for SESSION_LATER is over. */
  bearerChanged(): void;
  /**
   * Ends sessions that have waited too long, starts sessions that are due, and reads records again that could not be read.
   * Call it about once a minute.
   */
  tick(): void;
  /**
   * To be called when a session has ended, successfully or not; its request names it. A session that is never ended keeps
   * its place, and is offered again after a reset. Returns OK, SESSION_UNKNOWN, or STORE_WRITE, after which the session is
   * also offered again after a reset.
   */
  sessionDone(session: SessionName): Status;
}
