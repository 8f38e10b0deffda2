/** The options of a client. Each bound has a status for messages beyond it. */
import type { ServerRules } from "../account/dmacc.ts";
import type { SessionRequest, Storage } from "../hal.ts";
import type { SmsReceiver } from "../push/sms/receiver.ts";
import type { Status } from "../status.ts";
import type { Via } from "../wire.ts";

/** The serverId and sessionId in a notification, in the form of SessionRequest. Allocated at each call. */
export interface About {
  serverId: string;
  sessionId: string;
}

/** The options of createClient, all optional. The default is at the end of each comment. */
export interface ClientOptions extends ServerRules {
  /** DMAccs at most: 8. */
  accountsMax?: number;
  /** Accepted notifications remembered per account and format: 8. targets/admission.md says what each number costs. */
  rememberedMax?: number;
  /** Sessions of one account that wait or run at the same time: 4. One more is PENDING_FULL. */
  pendingMax?: number;
  /**
   * Bytes of Package #0 of all these sessions of one account together: 2048. One more session is PENDING_FULL, unless it is
   * the only one. The sessions share a record, which a boot must read whole, twice, so this bounds the heap
   * (targets/admission.md).
   */
  pendingBytes?: number;
  /** Bytes of a Package #0 at most: 1024. One more is NOTIFICATION_LONG. */
  messageMax?: number;
  /** Bytes of the headers of a WSP push at most: 48 (§7.1). */
  headersMax?: number;
  /** How many digests may be computed in a burst for each bearer: 0 = no limit. One more message is THROTTLED. */
  digestBurst?: number;
  /** How many more digests a minute may be computed for each bearer after a burst: 6. */
  digestsPerMinute?: number;
  /**
   * Short messages: `store => createSmsReceiver(clock, { store })`. A client without it has no code for them. `store` is the
   * board's storage, which keeps parts over a reset; leave it out if the modem keeps messages until they are deleted.
   */
  sms?: (store: Storage) => SmsReceiver;
  /**
   * Called for every verdict with its status, the offset and VIA_*. `about` may be called before onVerdict returns, and
   * gives the names in the notification, or null when none was read. A rejected notification may be forged, so its names
   * prove nothing.
   */
  onVerdict?: (status: Status, at: number, via: Via, about: () => About | null) => void;
  /**
   * Called when a stored record has a fault, and when it is OK again. Statuses: STORE_CORRUPT, STORE_VERSION,
   * STORE_UNREADABLE, or STORE_FALLBACK when one of its two copies is damaged. `key` names the record: "acc0" is an account,
   * "adm0" its memory. Must not call the client, which may be at work on that record.
   */
  onStore?: (status: Status, key: string) => void;
  /** Called when a session waits (SESSION_WAITING) or ends without a start (SESSION_REFUSED, EXPIRED). */
  onSession?: (status: Status, request: SessionRequest) => void;
}
