/** The functions that a client offers to the board's program. Types only: this file is 0 bytes in a bundle. */
import type { DmAcc } from "../account/dmacc.ts";
import type { SessionName } from "../hal.ts";
import type { Status } from "../status.ts";
import type { ContentType, Via } from "../wire.ts";

/** A DM client: it receives notifications, keeps accounts and starts sessions. createClient makes one. */
export interface Client {
  /** Offset in the input of the byte that the last verdict is about. */
  at: number;
  /**
   * Opens the receivers. OK, or the first bad status of the stored records, or RECEIVER_ABSENT: what is readable and what
   * did open works all the same.
   */
  open(): Status;
  /** Closes the receivers. */
  close(): void;
  /**
   * One WSP Push PDU `bytes[from..to)`, lent; returns its verdict. Rejected ones allocate nothing. `origin` is as Deliver
   * has it.
   */
  receivePush(bytes: Uint8Array, from: number, to: number, via: Via, origin?: number): Status;
  /** One SMS-DELIVER TPDU `bytes[from..to)` without the SMSC part, lent; MORE while parts of its message are missing. */
  receiveTpdu(bytes: Uint8Array, from: number, to: number): Status;
  /** One Package #0 as another profile brings it; CONTENT_TYPE_OTHER where its type is not known. */
  receiveBody(bytes: Uint8Array, from: number, to: number, contentType: ContentType, via: Via, origin?: number): Status;
  /**
   * Adds an account, or replaces the one of its serverId, which keeps what it remembers and its sessions, also when the
   * account itself was damaged. `dmAcc` is copied. OK, ACCOUNT_INVALID, ACCOUNTS_FULL, STORE_WRITE; STORE_VERSION and
   * STORE_UNREADABLE when it may be there already; STORE_CORRUPT when a place is damaged that may have been its.
   */
  addAccount(dmAcc: DmAcc): Status;
  /**
   * Removes an account with its sessions and all that it remembers: added again with the same secret, it takes its old
   * messages again. Of one that is not known, gives up a place that is damaged through and through. OK, ACCOUNT_UNKNOWN,
   * STORE_WRITE.
   */
  removeAccount(serverId: string): Status;
  /** The accounts. Allocates the array; the DMAccs are lent, addAccount changes them. */
  listAccounts(): DmAcc[];
  /** Stores the nonce that a DM session has agreed on, a new one: AAuthData of SRVCRED (1.2). Statuses as of addAccount, ACCOUNT_UNKNOWN. */
  saveNonce(serverId: string, nonce: Uint8Array): Status;
  /** Offers the sessions that wait, after a reset those that were pending before it; call it once the board can start sessions. */
  resume(): void;
  /** The same, when a bearer came up, or when what made the board say SESSION_LATER is over. */
  bearerChanged(): void;
  /** Ends what has waited too long, starts what is owed, and reads again what could not be read; call it about once a minute. */
  tick(): void;
  /**
   * The session of that name, such as that of its request, has ended, well or not; one that is never ended keeps its place
   * until a reset, and is offered again then. OK, SESSION_UNKNOWN, or STORE_WRITE: then too it will be offered again after a reset.
   */
  sessionDone(session: SessionName): Status;
}
