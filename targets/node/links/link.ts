/** A link to a peer that takes many notifications: the interface between a campaign and SMPP, a gateway or a socket. */

/** One notification on its way. */
export interface Submission {
  /** The destination: a number, a host, or whatever the peer takes. */
  address: string;
  /** Package #0. */
  bytes: Uint8Array;
  contentType: number;
  /** The push PDU around it, for links that send one. */
  push: Uint8Array;
  /** 0 to 255: the reference that all short messages of the push share. A repetition has the same one. */
  reference: number;
}

/** Throws an Unsendable for a submission that the link can never send. Opens and sends nothing. */
export type CheckSubmission = (submission: Submission) => void;

/** The outcome of a submission. */
export type Result =
  /** The peer took it. `messageIds` are those that receipts will name. */
  | { kind: "accepted"; text: string; messageIds: string[] }
  /** The peer will not take it: `code` is the name or number of its protocol. */
  | { kind: "refused"; code: string; text: string }
  /** The message has not gone out. */
  | { kind: "unsent"; text: string }
  /** The message may have arrived or not. */
  | { kind: "unknown"; text: string };

/** A delivery receipt for an accepted message. */
export interface Receipt {
  messageId: string;
  isDelivered: boolean;
  /** The name of the state, such as DELIVRD or EXPIRED, and the error that the peer names. */
  text: string;
}

/** The functions that a link calls. */
export interface LinkReport {
  /** Takes an event of the link itself to print, such as that it is down. */
  event(event: LinkEvent): void;
  /** Called when room() may have grown. */
  changed(): void;
  /** Takes a receipt. Resolves when the receipt is on the disk; only then the link acknowledges it to the peer. */
  receipt(receipt: Receipt): Promise<void>;
  /** Called when the peer refuses the link for good; nothing goes out from then on. */
  failed(error: Error): void;
}

export interface LinkEvent {
  event: "link";
  state: "up" | "down" | "throttled";
  text: string;
  /** The pause before the next try, in seconds. */
  retrySeconds?: number;
}

export interface Link {
  /** How many submissions would go out at once; 0 while the link is down or throttled. */
  room(): number;
  /** The number of short messages of a submission, which is its share of a rate. */
  slots(submission: Submission): number;
  /** Never rejects. */
  submit(submission: Submission): Promise<Result>;
  /** Closes the link. Each submission under way resolves to "unknown" or "unsent". */
  close(): Promise<void>;
}
