/**
 * The submit_sm that wait for their answers, never more than the window. When a centre throttles (SMPP 3.4 §5.1.3:
 * ESME_RTHROTTLED, ESME_RMSGQFUL), the window pauses and is halved; each good answer widens it a little.
 */
import { createBackoff } from "../links/backoff.ts";
import type { LinkReport, Result, Submission } from "../links/link.ts";
import { Unsendable } from "../links/unsendable.ts";
import {
  commandStatusName,
  commandStatusText,
  commandStatusWords,
  ESME_RMSGQFUL,
  ESME_ROK,
  ESME_RTHROTTLED,
} from "./command-status.ts";
import { answerId } from "./receipt.ts";
import { type Fields, submitFields } from "./submit.ts";
import type { SmppOptions } from "./uri.ts";
import type { Pdu } from "./wire.ts";

/** One submission, and the answers to its parts. */
interface Pending {
  partsLeft: number;
  isAnyOut: boolean;
  messageIds: string[];
  giveUpAt: number;
  resolve: (result: Result) => void;
  isDone: boolean;
}

interface Part {
  fields: Fields;
  pending: Pending;
}

export interface Window {
  room(): number;
  submit(submission: Submission): Promise<Result>;
  /** Takes a submit_sm_resp, or the generic_nack of a submit_sm. */
  answered(pdu: Pdu): void;
  /** The connection is lost, and the submissions under way with it. */
  lost(text: string): void;
  /** When the oldest answer is late, by performance.now(); Infinity when none is awaited. */
  lateAt(): number;
}

/** `request` sends a submit_sm and returns its sequence number, or 0 while the link is not bound. */
export function createWindow(options: SmppOptions, report: LinkReport, request: (fields: Fields) => number): Window {
  const pause = createBackoff(500, 10_000);
  const queue: Part[] = [];
  const outstanding = new Map<number, { part: Part; lateAt: number }>();
  let allowed = options.windowPdus;
  let pausing: NodeJS.Timeout | undefined;
  /** The last request was refused: the link is not bound. */
  let isUnbound = false;

  function room(): number {
    if (pausing !== undefined) return 0;
    return Math.max(0, Math.floor(allowed) - outstanding.size - queue.length);
  }

  function submit(submission: Submission): Promise<Result> {
    let parts: Fields[];
    try {
      parts = submitFields(submission, options);
    } catch (error) {
      if (!(error instanceof Unsendable)) throw error;
      return Promise.resolve({ kind: "refused", code: error.code, text: error.message });
    }
    return new Promise(resolve => {
      const giveUpAt = performance.now() + 1000 * options.throttledSeconds;
      const pending = { partsLeft: parts.length, isAnyOut: false, messageIds: [], giveUpAt, resolve, isDone: false };
      for (const fields of parts) queue.push({ fields, pending });
      pump();
      // the link went since room() was asked: nobody would send it later
      if (isUnbound) giveBack("the link is down");
    });
  }

  function pump(): void {
    while (queue.length > 0 && outstanding.size < Math.floor(allowed) && pausing === undefined) {
      const part = queue.shift()!;
      if (part.pending.isDone) continue; // another part of it was refused
      const sequence = request(part.fields);
      isUnbound = sequence === 0;
      if (isUnbound) {
        queue.unshift(part);
        return;
      }
      part.pending.isAnyOut = true;
      outstanding.set(sequence, { part, lateAt: performance.now() + 1000 * options.timeoutSeconds });
    }
  }

  function answered(pdu: Pdu): void {
    const part = outstanding.get(pdu.sequence_number)?.part;
    if (part === undefined) return;
    outstanding.delete(pdu.sequence_number);
    const status = pdu.command_status;
    if (status === ESME_ROK) taken(part.pending, pdu);
    else if (status === ESME_RTHROTTLED || status === ESME_RMSGQFUL) throttled(part, status);
    else settle(part.pending, { kind: "refused", code: commandStatusName(status), text: commandStatusWords(status) });
    report.changed();
    pump();
  }

  function taken(pending: Pending, pdu: Pdu): void {
    allowed = Math.min(options.windowPdus, allowed + 1 / allowed);
    pause.reset();
    const { messageIds } = pending;
    if (pdu.message_id) messageIds.push(answerId(String(pdu.message_id), options.receiptIds));
    pending.partsLeft--;
    if (pending.partsLeft > 0) return;
    const text = messageIds.length > 0 ? `message id ${messageIds.join(", ")}` : "";
    settle(pending, { kind: "accepted", text, messageIds });
  }

  function throttled(part: Part, status: number): void {
    const { pending } = part;
    if (pausing === undefined) {
      allowed = Math.max(1, allowed / 2);
      const pauseMs = pause.next();
      // the timer alone ends the pause: by performance.now() one in ten is up to a millisecond early in Node 20 (measured)
      pausing = setTimeout(() => {
        pausing = undefined;
        report.changed();
        pump();
      }, pauseMs);
      const text = commandStatusText(status);
      report.event({ event: "link", state: "throttled", text, retrySeconds: Math.round(pauseMs / 100) / 10 });
    }
    if (performance.now() < pending.giveUpAt) queue.unshift(part);
    else
      settle(pending, { kind: pending.messageIds.length > 0 ? "unknown" : "unsent", text: commandStatusText(status) });
  }

  function lost(text: string): void {
    const pendings = [...outstanding.values()].map(({ part }) => part.pending);
    outstanding.clear();
    for (const pending of pendings) settle(pending, { kind: "unknown", text: `no answer: ${text}` });
    giveBack(text);
    allowed = options.windowPdus;
    clearTimeout(pausing);
    pausing = undefined;
  }

  /** Submissions that have not gone out go back to the journal. */
  function giveBack(text: string): void {
    for (const { pending } of queue.splice(0)) settle(pending, { kind: pending.isAnyOut ? "unknown" : "unsent", text });
    isUnbound = false;
  }

  function lateAt(): number {
    const [oldest] = outstanding.values();
    return oldest?.lateAt ?? Number.POSITIVE_INFINITY;
  }

  return { room, submit, answered, lost, lateAt };
}

function settle(pending: Pending, result: Result): void {
  if (pending.isDone) return;
  pending.isDone = true;
  pending.resolve(result);
}
