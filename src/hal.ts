import type { Status } from "./status.ts";
import type { Format, Via } from "./wire.ts";

/**
 * The interface that a board supplies (HAL, hardware abstraction layer). It has only types, so it is 0 bytes in a bundle. A
 * port implements `storage`, `clock`, `session` and one receiver; the rest is optional. The porting guide,
 * targets/README.md, gives the order, and the checks that prove a port.
 */
export interface Hal {
  /** Datagrams that arrived on UDP port 2948 (§7.1.1). */
  udp?: Receiver;
  /** SMS-DELIVER TPDUs without the SMSC part, from the board's own modem driver or from createModem over a Serial. */
  sms?: Receiver;
  storage: Storage;
  clock: Clock;
  session: SessionStarter;
  /** Without it, every bearer counts as available. */
  bearers?: Bearers;
  /** Without it, nothing is shown, nobody is asked, and sessions start. */
  ui?: Ui;
  /** Without them, the hashes in JavaScript are used. These also replace a native digest of the wrong length. */
  hash?: NativeHash;
}

/**
 * Takes one message `bytes[from..to)`, lent until the call returns. Returns the status of the verdict (status.ts); nothing
 * about it may go back to the sender (D12). A driver of short messages deletes a message whose status is settled
 * (isSettled). It keeps any other, and delivers it again after each settled message and once a minute. Messages are
 * delivered one at a time, never from within another call, such as while the storage writes. `origin` is a number of 32 bits
 * that distinguishes senders, such as an IPv4 address, or 0 when the board does not know the sender; with it, a sender of
 * forged messages cannot use up all the digests that may be computed.
 */
export type Deliver = (bytes: Uint8Array, from: number, to: number, origin?: number) => Status;

/** A source of messages. */
export interface Receiver {
  /**
   * Starts delivery: one call of `deliver` for each message, never from within `open`. False when the board has no working
   * receiver.
   */
  open(deliver: Deliver): boolean;
  /** Ends delivery. */
  close(): void;
}

/** A byte stream both ways, such as a UART to a modem. */
export interface Serial {
  /** Starts delivery of the bytes that arrive, in pieces of any size, lent until `receive` returns. */
  open(receive: (bytes: Uint8Array, from: number, to: number) => void): void;
  /** Sends all of `bytes`; the caller may overwrite them when it returns. Bytes that cannot be sent are dropped. */
  write(bytes: Uint8Array): void;
  /** Ends delivery. */
  close(): void;
}

/**
 * Named records in memory that outlasts a reset. Keys are 1 to 15 characters of a-z and 0-9; records at most a few KB
 * (targets/admission.md). A power cut may leave the record that is being written torn, old, new or gone; createStore copes
 * with that. It must not harm any other record: storage that erases a flash sector shared with another record does not
 * qualify. None of the three functions may throw. The storage must be ready before createClient is called, which loads
 * records.
 */
export interface Storage {
  /** The record, which the caller may keep; null when no such record exists; false when one may exist but cannot be read now. */
  load(key: string): Uint8Array | null | false;
  /**
   * Writes the whole record, and returns only when it will outlast a reset. False when the storage cannot promise that; the
   * record may then be anything. `bytes` is lent.
   */
  save(key: string, bytes: Uint8Array): boolean;
  /** Removes the record. True also when there was none; false when it is still there. */
  erase(key: string): boolean;
  /**
   * True when the storage itself finds torn and damaged records, by a CRC over key and record for example: `load` then returns a
   * record as it was saved, or else null, no bytes, or false. The store leaves out its own check. Once true, it must stay true
   * for what is stored. Absent: false.
   */
  isChecked?: boolean;
}

/** The board's time. */
export interface Clock {
  /**
   * POSIX seconds, or 0 when the board does not know the time (then ages are not checked, D2). A clock that starts from a
   * fixed date at power-on must return 0 until it is set; with a wrong time, valid messages are refused as EXPIRED or
   * FUTURE.
   */
  posixSeconds(): number;
  /** Seconds since a moment of the board's choice, such as power-on. Never goes back; need not survive a reset. */
  monotonicSeconds(): number;
}

/** Starts DM sessions. The session itself (OMA DM over HTTP, say) is the board's own code. */
export interface SessionStarter {
  /**
   * Starts a DM session, and must not block until the session ends. Returns SESSION_STARTED (0): the board calls
   * client.sessionDone(request) when the session has ended. SESSION_DECLINED (1): the client forgets the notification.
   * SESSION_LATER (2): the client keeps the notification, and offers it again at client.resume() or bearerChanged(), or
   * after a reset.
   */
  start(request: SessionRequest): number;
}

/**
 * The notification and account that a DM session needs. Allocated for each session; the board may keep it, except `appAddr`,
 * which belongs to the account and is lent.
 */
export interface SessionRequest {
  /** SessionID in the form of DM messages: 1 to 4 upper-case hex digits without leading zeros (§6.4.8). */
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
  /**
   * The bearer to use: the first preferred bearer that is available, or 0 for any. The client sets it just before the
   * session starts.
   */
  bearer: number;
  /** MOs to send in Package #1 (§6.5.4). */
  requestedMo: number[];
  /** MOs that the session will manage; start() may decline because of them (§6.5.2). */
  targetedMo: number[];
  /** Connect-Reason, "" when absent; "?" replaces each character that the engine's strings cannot hold. */
  connectReason: string;
  /** Vendor-Info, or the vendor-specific body of 1.2; empty when absent. */
  vendorInfo: Uint8Array;
  /** POSIX seconds (§6.4.9); 0 in 1.2. */
  timestamp: number;
  /** For how many minutes the server accepts the session id; 0 = for ever (§6.4.7). */
  timeoutMinutes: number;
  /** The digest used the resynchronisation nonce, so the session must renew the nonces (1.2 only). */
  renewNonces: boolean;
  /** The receiver that the notification came through: VIA_*. */
  via: Via;
  /** True when the notification was accepted before a reset; the board may have been offered it before. */
  isResumed: boolean;
}

/** The members of a request that name its session. */
export type SessionName = Pick<SessionRequest, "serverId" | "sessionId" | "timestamp">;

/** One AppAddr of a DMAcc. */
export interface AppAddr {
  addr: string;
  /** "URI", "IPv4" or "IPv6". */
  addrType?: string;
  port?: number[];
}

/** Which bearers are up, for Preferred-Bearer (§6.5.6). */
export interface Bearers {
  /**
   * Whether a bearer (Preferred-Bearer value 1 to 11, §6.5) can carry a session now. The board calls client.bearerChanged()
   * when the answer changes.
   */
  isAvailable(bearer: number): boolean;
}

/** The user, for UIM (§6.4.4). */
export interface Ui {
  /** Shows that a session begins (UIM 2), and must not block. `reason` may be "". */
  inform(reason: string, request: SessionRequest): void;
  /**
   * Asks the user (UIM 3), and calls `answer` once, at once or later; further calls do nothing. The client asks again after
   * a reset.
   */
  confirm(reason: string, request: SessionRequest, answer: (isAllowed: boolean) => void): void;
}

/**
 * Digests in silicon or native code. Each takes a whole message and returns its digest; the message is lent, and the digest is
 * overwritten with zeros when it was used.
 */
export interface NativeHash {
  /** The 32 bytes of SHA-256. */
  sha256?(message: Uint8Array): Uint8Array;
  /** The 16 bytes of MD5. */
  md5?(message: Uint8Array): Uint8Array;
}
