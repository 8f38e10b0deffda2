import type { Status } from "./status.ts";
import type { Format, Via } from "./wire.ts";

/**
 * The interface that a board supplies. Types only: this file is 0 bytes in a bundle. A port implements `storage`, `clock`, `session`
 * and one receiver; the rest is optional. targets/README.md says in which order, and how to prove a port.
 */
export interface Hal {
  /** Datagrams that arrived on UDP port 2948 (§7.1.1). */
  udp?: Receiver;
  /** SMS-DELIVER TPDUs without the SMSC part: the board's own modem driver, or createModem over a Serial. */
  sms?: Receiver;
  storage: Storage;
  clock: Clock;
  session: SessionStarter;
  /** Absent: every bearer counts as available. */
  bearers?: Bearers;
  /** Absent: nothing is shown and nobody is asked; sessions start. */
  ui?: Ui;
  /** Absent: the hashes in JavaScript. They stand in, too, for a native digest of the wrong length. */
  hash?: NativeHash;
}

/**
 * Takes one message `bytes[from..to)`, lent until the call returns. Returns the status of its verdict (status.ts); nothing
 * of it may go back to the sender (D12). A driver of short messages deletes one when its status is settled (isSettled);
 * otherwise it keeps it, and delivers it again after each one that was settled and once a minute. One at a time: not from
 * within another call, such as while the storage writes. `origin`, where the board knows it, tells the sender from others
 * (32 bits, such as an IPv4 address; 0 = unknown): a sender of forged messages leaves some digests to the others then.
 */
export type Deliver = (bytes: Uint8Array, from: number, to: number, origin?: number) => Status;

/** A source of messages. */
export interface Receiver {
  /** Starts delivery, one call of `deliver` for each message, never from within `open`. False when there is nothing to receive with. */
  open(deliver: Deliver): boolean;
  /** Ends delivery. */
  close(): void;
}

/** A byte stream both ways, such as a UART to a modem. */
export interface Serial {
  /** Starts delivery of what arrives, in pieces of any size, lent until `receive` returns. */
  open(receive: (bytes: Uint8Array, from: number, to: number) => void): void;
  /** Sends all of `bytes`, which the caller may overwrite afterwards. What cannot be sent is lost. */
  write(bytes: Uint8Array): void;
  /** Ends delivery. */
  close(): void;
}

/**
 * Named records in memory that outlasts a reset. Keys are 1 to 15 characters of a-z and 0-9; records at most a few KB
 * (targets/admission.md). A power cut may leave the record that is being written torn, old, new or gone: the store above
 * copes. It may not harm any other record: two that share a flash sector which is erased to write one do not pass. None of
 * the three may throw. Has to be ready before createClient, which loads.
 */
export interface Storage {
  /** The record, which the caller may keep; null when there is none; false when there may be one that cannot be read now. */
  load(key: string): Uint8Array | null | false;
  /** Writes the whole record, and returns only when it will outlast a reset. False when that is not sure: the record then may be anything. `bytes` is lent. */
  save(key: string, bytes: Uint8Array): boolean;
  /** Removes the record; removing none is no failure. False when it is still there. */
  erase(key: string): boolean;
}

/** The time, as far as the board knows it. */
export interface Clock {
  /**
   * POSIX seconds, or 0 when the board does not know the time (then ages are not checked, D2). A clock that starts from a
   * fixed date at power-on has to say 0 until it was set: by a wrong time, good messages are EXPIRED or FUTURE.
   */
  posixSeconds(): number;
  /** Seconds since any moment; never goes back, need not survive a reset. */
  monotonicSeconds(): number;
}

/** The DM session itself is the board's. */
export interface SessionStarter {
  /**
   * Starts a DM session, or has it started later; must not block until its end. Returns SESSION_STARTED (0: call
   * client.sessionDone(request) when it has ended), SESSION_DECLINED (1: the notification is done with), or
   * SESSION_LATER (2: keep it, and offer it again at client.resume() or bearerChanged(), or after a reset).
   */
  start(request: SessionRequest): number;
}

/** All that a DM session needs. Freshly allocated for each session; the board may keep it. `appAddr` is the account's, lent. */
export interface SessionRequest {
  /** SessionID as the DM message carries it: 1 to 4 upper-case hex digits without leading zeros (§6.4.8). */
  sessionId: string;
  /** ServerID of the DMAcc. */
  serverId: string;
  /** AppAddr of the DMAcc. */
  appAddr: AppAddr[];
  /** FORMAT_13 or FORMAT_12. */
  format: Format;
  /** 0 end user, 1 server (§6.4.3). */
  initiator: number;
  /** UI_* (§6.4.4). */
  uiMode: number;
  /** TRA: 0 the client chooses, 1 HTTP, 2 HTTPS, 3 OBEX, 4 WSP (§6.4.5). */
  transport: number;
  /** Preferred-Bearer values, first = highest priority (§6.3). */
  preferredBearer: number[];
  /** The bearer to use: the first preferred one that is available; 0 = any. Set when the session starts. */
  bearer: number;
  /** MOs to send in Package #1 (§6.5.4). */
  requestedMo: number[];
  /** MOs that the session will manage: start() may decline (§6.5.2). */
  targetedMo: number[];
  /** Connect-Reason, "" when absent; "?" stands for what the engine's strings cannot hold. */
  connectReason: string;
  /** Vendor-Info, or the vendor-specific body of 1.2; empty when absent. */
  vendorInfo: Uint8Array;
  /** POSIX seconds (§6.4.9); 0 in 1.2. */
  timestamp: number;
  /** Minutes that the server keeps the session id; 0 = for ever (§6.4.7). */
  timeoutMinutes: number;
  /** The nonce was the resynchronisation nonce: the session has to renew the nonces (1.2 only). */
  renewNonces: boolean;
  /** VIA_*: how the notification came. */
  via: Via;
  /** True when it was accepted before a reset and may have been offered then. */
  isResumed: boolean;
}

/** The members of a request that name its session. */
export type SessionName = Pick<SessionRequest, "serverId" | "sessionId" | "timestamp">;

/** AppAddr of a DMAcc. */
export interface AppAddr {
  addr: string;
  /** URI, IPv4 or IPv6. */
  addrType?: string;
  port?: number[];
}

/** Which bearers are up, for Preferred-Bearer (§6.5.6). */
export interface Bearers {
  /** Whether a bearer (Preferred-Bearer value 1 to 11, §6.5) can carry a session now. Call client.bearerChanged() when that changes. */
  isAvailable(bearer: number): boolean;
}

/** The user, for UIM (§6.4.4). */
export interface Ui {
  /** Shows that a session begins (UIM 2); `reason` may be "". Must not block. */
  inform(reason: string, request: SessionRequest): void;
  /** Asks the user (UIM 3), and calls `answer` once, now or later; further calls do nothing. After a reset the user is asked again. */
  confirm(reason: string, request: SessionRequest, answer: (isAllowed: boolean) => void): void;
}

/** Digests in silicon or native code. Each takes a whole message and returns its digest; the message is lent. */
export interface NativeHash {
  /** The 32 bytes of SHA-256. */
  sha256?(message: Uint8Array): Uint8Array;
  /** The 16 bytes of MD5. */
  md5?(message: Uint8Array): Uint8Array;
}
