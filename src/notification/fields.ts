import type { Status } from "../status.ts";
import { OPTIONS_MAX } from "../wire.ts";

/**
 * The fields that a reader found in one Package #0. Texts and opaque values are spans (`...At`, `...Length`) of `bytes`, the
 * caller's own input: nothing is copied, so the fields are valid only until the input is overwritten or the next message is
 * read into them. The span of an absent field has length 0. After a failed read only `at` has a meaning.
 */
export interface Notification {
  /** The input, borrowed. */
  bytes: Uint8Array;
  /** After a failed read, the offset in `bytes` of the first byte that is wrong. */
  at: number;
  /** FORMAT_13 or FORMAT_12. */
  format: number;
  /** The offsets at which the message begins and ends. */
  from: number;
  to: number;
  /** The offset of the digest: the last 32 bytes of a 1.3 message, the first 16 bytes of a 1.2 message. */
  digestAt: number;
  /** 0 end user, 1 server (§6.4.3). */
  initiator: number;
  /** UI_* (§6.4.4). */
  uiMode: number;
  /** 0 to 7, TRA (§6.4.5); the reserved 5 to 7 count as not specified (D7). 0 in 1.2. */
  transport: number;
  /** Minutes, 0 to 65535; 0 = valid for ever (§6.4.7). 0 in 1.2. */
  timeoutMinutes: number;
  /** 1 to 65535 (§6.4.8). */
  sessionId: number;
  /** POSIX seconds, unsigned 32 bits (§6.4.9). 0 in 1.2. */
  timestamp: number;
  serverIdAt: number;
  serverIdLength: number;
  /** Its first `targetedMoCount` elements are the MO indexes, in the order of the message. */
  targetedMo: Uint16Array;
  targetedMoCount: number;
  requestedMo: Uint16Array;
  requestedMoCount: number;
  /** The first element has the highest priority; unknown values are kept (D7). */
  preferredBearer: Uint8Array;
  preferredBearerCount: number;
  connectReasonAt: number;
  connectReasonLength: number;
  /** Vendor-Info of 1.3, or the vendor-specific body of 1.2. */
  vendorInfoAt: number;
  vendorInfoLength: number;
  /** 10 to 12 in 1.2 (tenths of the version); 13 in 1.3. */
  versionTenths: number;
}

/** Whether the server of `n`, of which SESSIONID and the Server-ID were read, is to be listened to: OK or why not, with `n.at`. */
export type CheckServer = (n: Notification) => Status;

/** An object whose fields the readers set. Allocates it and three small arrays, so make one and keep it. */
export function newNotification(): Notification {
  return {
    targetedMo: new Uint16Array(OPTIONS_MAX),
    requestedMo: new Uint16Array(OPTIONS_MAX),
    preferredBearer: new Uint8Array(OPTIONS_MAX),
  } as Notification;
}

/** Gives `n` the input, and no value to what a message may lack. */
export function startFields(n: Notification, bytes: Uint8Array, from: number, to: number): void {
  n.bytes = bytes;
  n.from = from;
  n.to = to;
  n.transport = 0;
  n.timeoutMinutes = 0;
  n.timestamp = 0;
  n.serverIdLength = 0;
  n.targetedMoCount = 0;
  n.requestedMoCount = 0;
  n.preferredBearerCount = 0;
  n.connectReasonAt = 0;
  n.connectReasonLength = 0;
  n.vendorInfoAt = 0;
  n.vendorInfoLength = 0;
}

/**
 * The fields that a writer puts on the wire. Texts are UTF-8 bytes, in 1.3 Net-Unicode (§6.2.3). The writer keeps nothing of
 * them after the call.
 */
export interface NotificationFields {
  /** 0 end user, 1 server. */
  initiator: number;
  /** UI_*, 0 to 3. */
  uiMode: number;
  /** TRA, 0 to 4. 1.3 only. */
  transport: number;
  /** Minutes, 0 to 65535. 1.3 only. */
  timeoutMinutes: number;
  /** 1 to 65535. */
  sessionId: number;
  /** POSIX seconds, 0 to 4294967295. 1.3 only. */
  timestamp: number;
  /** 1 to 255 bytes (D3). */
  serverId: Uint8Array;
  /** MO indexes, 0 to 65535. 1.3 only. */
  targetedMo: ArrayLike<number>;
  /** MO indexes, 0 to 65535, at least one. 1.3 only. */
  requestedMo: ArrayLike<number>;
  /** 0 to 11, first = highest priority. 1.3 only. */
  preferredBearer: ArrayLike<number>;
  /** 0 to 4095 bytes; empty = absent. 1.3 only. */
  connectReason: Uint8Array;
  /** 1.3: 0 to 4095 bytes, empty = absent. 1.2: the vendor-specific body, any bytes. */
  vendorInfo: Uint8Array;
  /**
   * 1.3 only: true lets vendorInfo be any bytes (D9). When absent or false, vendorInfo must be Net-Unicode like the other
   * texts, which strict readers require.
   */
  isVendorInfoOpaque?: boolean;
  /** 1.2 only: 10 to 12. */
  versionTenths: number;
}
