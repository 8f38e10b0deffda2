/**
 * A campaign sends one notification to each device of a file. Messages are noted on the disk before they go out. Answers are
 * noted together with the next messages, so the journal needs one write for many messages.
 */

import type { HostCode } from "../codes.ts";
import type { Link, LinkEvent, LinkReport, Receipt, Result } from "../links/link.ts";
import { shownText } from "../links/shown.ts";
import { submissionOf } from "./draft.ts";
import type { FileLine } from "./file.ts";
import {
  type Draft,
  type Journal,
  type Outcome,
  REPEATS_MAX,
  type Receipted,
  type ReceiptNote,
  type Summary,
  type Taken,
  type Unfit,
} from "./journal.ts";

/** Prints one event. */
export type CampaignEvent =
  | LinkEvent
  | { event: "accepted" | "delivered" | "failed" | "unfit"; line: number; address: string; [name: string]: unknown };

export interface CampaignOptions {
  journal: Journal;
  /** Opens FILE at its start. A worker without it leaves the preparation of messages to other workers. */
  lines?: () => AsyncIterable<FileLine>;
  draft: (line: FileLine) => Draft | Unfit;
  /** Rejects when `stopped` is aborted before the link is up. */
  openLink: (report: LinkReport, stopped: AbortSignal) => Promise<Link>;
  /** How many messages are prepared ahead of their turn: few, because a device checks the age of TIMESTAMP. */
  aheadMax: number;
  /** POSIX seconds after which nothing more is sent. */
  until: number;
  /** How long receipts are waited for after the last message, in seconds. */
  receiptSeconds: number;
  print(event: CampaignEvent): void;
  /** Resolves when more can be printed. */
  drained(): Promise<void>;
  now(): number;
}

export interface Campaign {
  /**
   * Sends the messages. Resolves when all are done or `stop` was called; rejects when the peer refuses the link, or when the
   * disk fails.
   */
  run(): Promise<Summary>;
  /** Sends nothing more, and waits for the answers to messages under way. */
  stop(): void;
}

const PREPARED_AT_ONCE = 256;
const TAKEN_AT_ONCE = 1024;
/** How often the progress of other processes is read. */
const POLL_MS = 500;

export function createCampaign(options: CampaignOptions): Campaign {
  const { journal, print } = options;
  const outcomes: Outcome[] = [];
  const receipts: { note: ReceiptNote; noted: () => void; lost: (error: Error) => void }[] = [];
  const preparing = createPreparing(options);
  const alarm = createAlarm();
  let underWay = 0;
  const stopping = new AbortController();
  let failure: Error | undefined;

  const report: LinkReport = {
    event: print,
    changed: alarm.ring,
    receipt: (receipt: Receipt) =>
      new Promise((noted, lost) => {
        receipts.push({ note: receipt, noted, lost });
        alarm.ring();
      }),
    failed(error) {
      failure = error;
      stop();
    },
  };

  function stop(): void {
    stopping.abort();
    alarm.ring();
  }

  function isOver(): boolean {
    return stopping.signal.aborted || options.now() >= options.until;
  }

  async function submit(link: Link, message: Taken): Promise<void> {
    told.set(message.line, message);
    if (message.expiresAt > 0 && options.now() > message.expiresAt) {
      outcomes.push(expired(message));
      return;
    }
    underWay++;
    try {
      const submission = submissionOf(message);
      const slots = link.slots(submission);
      if (slots > 1) await journal.pace.giveBack(1 - slots);
      outcomes.push(outcomeOf(message, await link.submit(submission)));
    } catch (error) {
      report.failed(error as Error);
    }
    underWay--;
    alarm.ring();
  }

  /** Messages whose outcome is still to be printed. */
  const told = new Map<number, Taken>();

  /** Notes the answers that came, then takes the messages that may go out; returns their number. */
  async function step(link: Link, room: number): Promise<number> {
    const { granted, waitMs } = room > 0 ? await journal.pace.reserve(room) : { granted: 0, waitMs: POLL_MS };
    const came = outcomes.splice(0);
    const notes = receipts.splice(0);
    if (granted === 0) alarm.ringIn(waitMs);
    if (came.length === 0 && notes.length === 0 && granted === 0) return 0;
    try {
      const { taken, receipted } = await journal.step(
        came,
        notes.map(({ note }) => note),
        granted,
      );
      for (const { noted } of notes) noted();
      for (const outcome of came) tell(outcome);
      receipted.forEach(tellReceipt);
      if (granted > taken.length) await journal.pace.giveBack(granted - taken.length);
      for (const message of taken) void submit(link, message);
      return taken.length;
    } catch (error) {
      for (const { lost } of notes) lost(error as Error);
      throw error;
    }
  }

  function tell({ line, state, code, text, isRepeat }: Outcome): void {
    const message = told.get(line);
    told.delete(line);
    if (message === undefined || state === "prepared") return;
    const repeats = message.repeats + (isRepeat ? 1 : 0);
    print({
      event: state,
      ...about(message),
      ...(repeats > 0 && { possiblyRepeated: repeats }),
      ...(code !== "" && { code }),
      ...(text !== "" && { text }),
    });
  }

  function tellReceipt({ state, text, ...message }: Receipted): void {
    print({ event: state, ...about(message), text });
  }

  async function send(link: Link): Promise<void> {
    let receiptsUntil = Number.POSITIVE_INFINITY;
    while (!isOver() || underWay > 0 || outcomes.length > 0) {
      const isSending = !isOver();
      if (isSending) await preparing.ahead();
      const taken = await step(link, isSending ? Math.min(link.room(), TAKEN_AT_ONCE) : 0);
      await options.drained();
      if (taken > 0 || outcomes.length > 0 || receipts.length > 0) continue;
      if (underWay === 0 && (await journal.waiting()) === 0) {
        const { states, isAllRead } = await journal.summary();
        const isAllSent = isAllRead && states.prepared + states.submitted === 0;
        if (isAllSent) receiptsUntil = Math.min(receiptsUntil, performance.now() + 1000 * options.receiptSeconds);
        if (isAllSent && (states.accepted === 0 || performance.now() >= receiptsUntil)) return;
      }
      alarm.ringIn(POLL_MS);
      await alarm.rung();
    }
  }

  async function run(): Promise<Summary> {
    const link = await options.openLink(report, stopping.signal).catch((error: unknown) => {
      if (stopping.signal.aborted && failure === undefined) return undefined;
      throw error;
    });
    if (link === undefined) return journal.summary();
    try {
      await send(link);
    } finally {
      await link.close();
      await preparing.close();
    }
    // messages that were under way when the link closed, and receipts that came since
    await step(link, 0);
    if (failure !== undefined) throw failure;
    return journal.summary();
  }

  return { run, stop };
}

function about({ line, address, serverId, sessionId }: Pick<Taken, "line" | "address" | "serverId" | "sessionId">) {
  return { line, address, serverId, sessionId: sessionId.toString(16).toUpperCase() };
}

function outcomeOf(message: Taken, answer: Result): Outcome {
  const result = { ...answer, text: shownText(answer.text) };
  const common = { line: message.line, isRepeat: false, code: "", messageIds: [] };
  if (result.kind === "accepted") return { ...common, ...result, state: "accepted" };
  if (result.kind === "refused") return { ...common, ...result, state: "failed" };
  if (result.kind === "unsent") return { ...common, state: "prepared", text: result.text };
  const isLast = message.repeats + 1 >= REPEATS_MAX;
  const text = isLast ? `no answer ${REPEATS_MAX} times; ${result.text}` : result.text;
  return {
    ...common,
    state: isLast ? "failed" : "prepared",
    isRepeat: true,
    code: isLast ? ("NO_ANSWER" satisfies HostCode) : "",
    text,
  };
}

function expired(message: Taken): Outcome {
  const text = "waited longer than its TIMEOUT: a device would refuse it (campaign retry prepares it anew)";
  return {
    line: message.line,
    state: "failed",
    isRepeat: false,
    code: "WAITED_TOO_LONG" satisfies HostCode,
    text,
    messageIds: [],
  };
}

/** Prepares messages ahead of their turn. */
function createPreparing({ journal, lines, draft, aheadMax, print }: CampaignOptions) {
  let reading: AsyncIterator<FileLine> | undefined;
  let again = new Set<number>();
  let after = 0;
  let isDone = lines === undefined;

  async function ahead(): Promise<void> {
    while (!isDone && (await journal.waiting()) < aheadMax) {
      if (reading === undefined) {
        const from = await journal.readFrom();
        if (from === null) return; // another process does
        after = from.after;
        again = new Set(from.again);
        reading = lines!()[Symbol.asyncIterator]();
      }
      await batch(reading, Math.min(PREPARED_AT_ONCE, aheadMax));
    }
  }

  async function batch(from: AsyncIterator<FileLine>, size: number): Promise<void> {
    const drafts: (Draft | Unfit)[] = [];
    let readTo = 0;
    while (drafts.length < size && !isDone) {
      const { done, value } = await from.next();
      if (done) isDone = true;
      else {
        readTo = value.line;
        if (value.line > after || again.has(value.line)) drafts.push(draft(value));
      }
    }
    if (drafts.length === 0 && !isDone) return;
    for (const unfit of await journal.prepare(drafts, readTo, isDone)) print({ event: "unfit", ...unfit });
  }

  return {
    ahead,
    async close() {
      await reading?.return?.();
    },
  };
}

/** The alarm that the loop waits for. A ring is remembered when nobody waits. */
function createAlarm() {
  let isRung = false;
  let wake: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ringsAt = Number.POSITIVE_INFINITY;
  function ring(): void {
    isRung = true;
    wake?.();
  }
  return {
    ring,
    /** Rings at the earliest of the given times. */
    ringIn(ms: number): void {
      const at = performance.now() + ms;
      if (at >= ringsAt) return;
      clearTimeout(timer);
      ringsAt = at;
      timer = setTimeout(ring, Math.max(1, ms));
    },
    async rung(): Promise<void> {
      if (!isRung) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
      wake = undefined;
      isRung = false;
      clearTimeout(timer);
      ringsAt = Number.POSITIVE_INFINITY;
    },
  };
}
