/** A way to a peer that takes many notifications one after the other: what a campaign asks of SMPP, a gateway or a socket. */

/** One notification on its way. */
export interface Submission {
  /** Whom it is for: a number, a host, whatever the peer takes. */
  address: string;
  /** Package #0. */
  bytes: Uint8Array;
  contentType: number;
  /** The push PDU around it, for those who send one. */
  push: Uint8Array;
  /** 0 to 255: what the short messages of the push have in common. The same when it is repeated. */
  reference: number;
}

/** The outcome of a submission. */
export type Result =
  /** The peer took it. `messageIds` are those that receipts will name. */
  | { kind: "accepted"; text: string; messageIds: string[] }
  /** The peer will not take it: `code` is the name or number of its protocol. */
  | { kind: "refused"; code: string; text: string }
  /** It has not gone out. */
  | { kind: "unsent"; text: string }
  /** It may have arrived or not. */
  | { kind: "unknown"; text: string };

/** The later outcome for an accepted message. */
export interface Receipt {
  messageId: string;
  isDelivered: boolean;
  /** The state by its name, such as DELIVRD or EXPIRED, and the error that the peer names. */
  text: string;
}

/** The receiver of a link's reports. */
export interface LinkReport {
  /** One event of the link itself, such as that it is down: what to print. */
  event(event: LinkEvent): void;
  /** room() may have grown. */
  changed(): void;
  /** Resolves when the receipt is on the disk: only then the peer is told that it came. */
  receipt(receipt: Receipt): Promise<void>;
  /** The peer will not have us any more; nothing goes out from now on. */
  failed(error: Error): void;
}

export interface LinkEvent {
  event: "link";
  state: "up" | "down" | "throttled";
  text: string;
  /** When it is tried again, in seconds. */
  retrySeconds?: number;
}

export interface Link {
  /** Submissions that would go out at once; 0 while the link is down or throttled. */
  room(): number;
  /** The share of a rate that a submission takes: the number of its short messages. */
  slots(submission: Submission): number;
  /** Never rejects. */
  submit(submission: Submission): Promise<Result>;
  /** Closes the link. A submission that is under way becomes "unknown" or "unsent". */
  close(): Promise<void>;
}
