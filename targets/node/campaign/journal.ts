/**
 * The records that a campaign keeps so that it can be killed at any moment: a message for each line of FILE, prepared once, with its
 * session id and bytes.
 *
 *   prepared > submitted > accepted > delivered       by a receipt
 *                 |            \----> failed
 *                 |--> failed         refused by the peer
 *                 \--> prepared       not gone out; or without an answer, and then `repeats` counts it
 */

import type { Validity } from "../session-ids.ts";

export const STATES = ["prepared", "submitted", "accepted", "delivered", "failed"] as const;
export type State = (typeof STATES)[number];

/** A line of FILE from which a notification can be made. */
export interface Draft {
  /** Its line in FILE, from 1. */
  line: number;
  address: string;
  serverId: string;
  /** For how long it keeps its session id. */
  validity: Validity;
  /** Signs it; fields that cannot be sent have been refused before. */
  sign(sessionId: number): Signed;
}

export interface Signed {
  bytes: Uint8Array;
  contentType: number;
  /** POSIX seconds after which a device refuses it; 0 = never. */
  expiresAt: number;
}

/** A line from which none can be made. */
export interface Unfit {
  line: number;
  address: string;
  serverId: string;
  code: string;
  text: string;
}

/** A message whose turn it is. */
export interface Taken extends Signed {
  line: number;
  address: string;
  serverId: string;
  sessionId: number;
  /** How often it went out without an answer: the peer may have it already. */
  repeats: number;
}

/** The outcome for a message that was taken. */
export interface Outcome {
  line: number;
  state: "prepared" | "accepted" | "failed";
  /** prepared: it may have arrived. */
  isRepeat: boolean;
  code: string;
  text: string;
  messageIds: string[];
}

export interface ReceiptNote {
  messageId: string;
  isDelivered: boolean;
  text: string;
}

/** A message that a receipt was about. */
export interface Receipted {
  line: number;
  address: string;
  serverId: string;
  sessionId: number;
  state: "delivered" | "failed";
  text: string;
}

export interface Summary {
  /** Messages by state. */
  states: { [state in State]: number };
  /** How many of them were sent more than once, perhaps. */
  possiblyRepeated: number;
  /** Lines of a device that FILE has already. */
  twice: number;
  /** Everything of FILE is in the journal. */
  isAllRead: boolean;
}

export interface Failure {
  line: number;
  address: string;
  serverId: string;
  code: string;
  text: string;
}

/** The place at which preparing goes on: behind line `after`, and with the lines `again` before it, in ascending order. */
export interface ReadFrom {
  after: number;
  again: number[];
}

export interface Step {
  taken: Taken[];
  receipted: Receipted[];
}

export interface Journal {
  /** The place at which to go on with FILE; null while another process prepares (then ask again). */
  readFrom(): Promise<ReadFrom | null>;
  /**
   * Prepares lines in one transaction: what is not there yet gets a session id that no valid message of its ServerID has, as
   * long as there is one, else the next one in the round, which another device has. `readTo` is the last line of FILE that was read. Resolves to what could not be prepared.
   */
  prepare(lines: (Draft | Unfit)[], readTo: number, isAllRead: boolean): Promise<Unfit[]>;
  /**
   * In one transaction, on the disk when it resolves: outcomes and receipts are noted, and up to `count` prepared messages
   * are taken, which are submitted from then on.
   */
  step(outcomes: Outcome[], receipts: ReceiptNote[], count: number): Promise<Step>;
  summary(): Promise<Summary>;
  /** Prepared messages that wait; where they are many, a lower number will do. */
  waiting(): Promise<number>;
  failures(): AsyncIterable<Failure> | Iterable<Failure>;
  /**
   * Failed messages are prepared again: with their bytes where a device would still take them, else anew from FILE. `code`
   * restricts it. Resolves to how many.
   */
  retry(code: string | undefined, now: number): Promise<{ same: number; anew: number }>;
  /** Slots of the rate: see pace.ts. */
  pace: Pace;
  close(): Promise<void>;
}

/** A limit of short messages a second. */
export interface Pace {
  /** Up to `wanted` messages may go now; or none, and `waitMs` later some. */
  reserve(wanted: number): Promise<{ granted: number; waitMs: number }>;
  /** Slots that were not used, or (negative) used beyond those reserved, by messages of several parts. */
  giveBack(slots: number): Promise<void>;
}

/** How often a message goes out without an answer before it counts as failed. */
export const REPEATS_MAX = 5;

export const TWICE = "DEVICE_TWICE";

export function isDraft(line: Draft | Unfit): line is Draft {
  return "sign" in line;
}
