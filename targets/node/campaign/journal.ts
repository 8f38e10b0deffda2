/**
 * The records that a campaign keeps so that it can be killed at any moment: a message for each line of FILE, prepared once, with its
 * session id and bytes.
 *
 *   prepared > submitted > accepted > delivered       by a receipt
 *                 |            \----> failed
 *                 |--> failed         refused by the peer
 *                 \--> prepared       not gone out; or without an answer, and then `repeats` counts it
 */

import type { HostCode } from "../codes.ts";
import type { Validity } from "../session-ids.ts";

export const STATES = ["prepared", "submitted", "accepted", "delivered", "failed"] as const;
export type State = (typeof STATES)[number];

/** A line of FILE that a notification can be made from. */
export interface Draft {
  /** The number of its line in FILE, from 1. */
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
  /** POSIX seconds after which a device refuses the notification; 0 = never. */
  expiresAt: number;
}

/** A line that no notification can be made from. */
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
  /** How often the message went out without an answer; the peer may have it already. */
  repeats: number;
}

/** The outcome for a message that was taken from the journal. */
export interface Outcome {
  line: number;
  state: "prepared" | "accepted" | "failed";
  /** With "prepared": the message may have arrived all the same. */
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

/** A message whose receipt came. */
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
  /** How many of the messages may have been sent more than once. */
  possiblyRepeated: number;
  /** Lines of a device that an earlier line of FILE has. */
  twice: number;
  /** All lines of FILE are in the journal. */
  isAllRead: boolean;
}

export interface Failure {
  line: number;
  address: string;
  serverId: string;
  code: string;
  text: string;
}

/** The place at which preparation continues: the lines `again`, in ascending order, and then those after line `after`. */
export interface ReadFrom {
  after: number;
  again: number[];
}

export interface Step {
  taken: Taken[];
  receipted: Receipted[];
}

export interface Journal {
  /** The place at which to go on with FILE; null while another process prepares: ask again later. */
  readFrom(): Promise<ReadFrom | null>;
  /**
   * Prepares lines in one transaction: what is not there yet gets a session id that no valid message of its ServerID has, as
   * long as there is one, else the next one in the round, which another device has. `readTo` is the last line of FILE that was read. Resolves to what could not be prepared.
   */
  prepare(lines: (Draft | Unfit)[], readTo: number, isAllRead: boolean): Promise<Unfit[]>;
  /**
   * Notes outcomes and receipts, and takes up to `count` prepared messages, which count as submitted from then on. All in
   * one transaction, which is on the disk when the promise resolves.
   */
  step(outcomes: Outcome[], receipts: ReceiptNote[], count: number): Promise<Step>;
  summary(): Promise<Summary>;
  /** The number of prepared messages that wait, or a lower bound of it when they are many. */
  waiting(): Promise<number>;
  failures(): AsyncIterable<Failure> | Iterable<Failure>;
  /**
   * Prepares failed messages again: with the same bytes if a device would still accept them, else anew from FILE. With
   * `code`, only those that failed with it. Resolves to their number.
   */
  retry(code: string | undefined, now: number): Promise<{ same: number; anew: number }>;
  /** The limit of the rate (pace.ts). */
  pace: Pace;
  close(): Promise<void>;
}

/** A limit of short messages a second. */
export interface Pace {
  /** How many messages may go now, at most `wanted`. When none may, some may after `waitMs`. */
  reserve(wanted: number): Promise<{ granted: number; waitMs: number }>;
  /** Returns slots that were not used; a negative number takes more, for messages of several parts. */
  giveBack(slots: number): Promise<void>;
}

/** A message that went out so often without an answer counts as failed. */
export const REPEATS_MAX = 5;

export const TWICE = "DEVICE_TWICE" satisfies HostCode;

export function isDraft(line: Draft | Unfit): line is Draft {
  return "sign" in line;
}

/** The fault of a line whose device the line `former` has. */
export function twiceOf({ line, address, serverId }: Draft | Unfit, former: number): Unfit {
  return { line, address, serverId, code: TWICE, text: `line ${former} is for the same device` };
}
