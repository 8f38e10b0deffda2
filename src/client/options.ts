/** The bounds and choices of a client. Each bound has a status of its own for what is beyond it. */
import type { ServerRules } from "../account/dmacc.ts";
import type { SessionRequest, Storage } from "../hal.ts";
import type { SmsReceiver } from "../push/sms/receiver.ts";
import type { Status } from "../status.ts";
import type { Via } from "../wire.ts";

/** The names that a notification gives, as SessionRequest has them. Allocated at each call. */
export interface About {
  serverId: string;
  sessionId: string;
}

/** All optional; the defaults stand behind each. */
export interface ClientOptions extends ServerRules {
  /** DMAccs at most: 8. */
  accountsMax?: number;
  /** Accepted notifications remembered per account and format: 8. What is given up at each number: targets/admission.md. */
  rememberedMax?: number;
  /** Sessions of one account that wait or run at the same time: 4. One more is PENDING_FULL. */
  pendingMax?: number;
  /**
   * Bytes of Package #0 that these sessions of one account have at most together: 2048. One more is PENDING_FULL, unless no other
   * one is there. They share a record, which a boot has to read whole, twice: it bounds the heap (targets/admission.md).
   */
  pendingBytes?: number;
  /** Bytes of a Package #0 at most: 1024. One more is NOTIFICATION_LONG. */
  messageMax?: number;
  /** Bytes of the headers of a WSP push at most: 48 (§7.1). */
  headersMax?: number;
  /** Messages of one bearer whose digest may be computed in a burst: 0 = no limit. One more is THROTTLED. */
  digestBurst?: number;
  /** Such messages of one bearer a minute after a burst: 6. */
  digestsPerMinute?: number;
  /**
   * Short messages: `store => createSmsReceiver(clock, { store })`. A client without it has no code for
   * them. `store`, the board's, keeps parts over a reset; leave it out where the modem keeps what it has not been told to delete.
   */
  sms?: (store: Storage) => SmsReceiver;
  /**
   * Told of every verdict: its status, the offset, VIA_*. `about`, to be called before it returns, tells what a notification
   * that was read says of itself, and is null where none was; of one that was rejected, nobody knows who sent it.
   */
  onVerdict?: (status: Status, at: number, via: Via, about: () => About | null) => void;
  /**
   * Told of a stored record that is not OK, and when it is OK again: STORE_CORRUPT, STORE_VERSION, STORE_UNREADABLE, or
   * STORE_FALLBACK, when one of its two copies is damaged. `key` is the record: "acc0" an account, "adm0" its memory.
   */
  onStore?: (status: Status, key: string) => void;
  /** Told of sessions that wait (SESSION_WAITING) or end unstarted (SESSION_REFUSED, EXPIRED). */
  onSession?: (status: Status, request: SessionRequest) => void;
}
