/** A link over a function that sends one message. It pauses while the peer cannot be reached. */
import type { HostCode } from "../codes.ts";
import { createBackoff } from "./backoff.ts";
import type { Link, LinkReport, Result, Submission } from "./link.ts";
import { Unsendable } from "./unsendable.ts";

export interface SenderLinkOptions {
  /** So many submissions are under way at most. */
  atOnce: number;
  /** Each submission goes to a peer of its own, so that a peer that is off delays no other. By default they share one. */
  hasManyPeers?: boolean;
  close?: () => void;
  /** By default a submission is one short message. */
  slots?: (submission: Submission) => number;
}

/** `send` rejects with an Unsendable or an error of Node. */
export function createSenderLink(
  send: (submission: Submission) => Promise<Result>,
  report: LinkReport,
  options: SenderLinkOptions,
): Link {
  const { atOnce, hasManyPeers = false, close = () => {}, slots = () => 1 } = options;
  const backoff = createBackoff(1_000, 60_000);
  let underWay = 0;
  let isPaused = false;
  let timer: NodeJS.Timeout | undefined;

  function pause(text: string): void {
    if (isPaused) return;
    isPaused = true;
    const pauseMs = backoff.next();
    report.event({ event: "link", state: "down", text, retrySeconds: Math.round(pauseMs / 100) / 10 });
    timer = setTimeout(() => {
      isPaused = false;
      report.changed();
    }, pauseMs);
  }

  async function submit(submission: Submission): Promise<Result> {
    underWay++;
    const result = await send(submission).catch(error => resultOf(error, hasManyPeers));
    underWay--;
    if (result.kind === "unsent" || (result.kind === "unknown" && !hasManyPeers)) pause(result.text);
    else backoff.reset();
    report.changed();
    return result;
  }

  return {
    room: () => (isPaused ? 0 : atOnce - underWay),
    slots,
    submit,
    async close() {
      clearTimeout(timer);
      close();
    },
  };
}

/** After these errors of our own side nothing has gone out. */
const OURS = ["EAI_AGAIN", "ENETDOWN", "ENETUNREACH", "EADDRNOTAVAIL"];
/** After these errors of the peer's side nothing has gone out; after any other the message may have. */
const PEERS = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH"];

function resultOf(error: NodeJS.ErrnoException, hasManyPeers: boolean): Result {
  const { code } = error;
  const text = error.message || String(code);
  if (error instanceof Unsendable) return { kind: "refused", code: error.code, text };
  if (code === undefined) return { kind: "refused", code: "ADDRESS_UNFIT" satisfies HostCode, text };
  if (PEERS.includes(code)) return hasManyPeers ? { kind: "refused", code, text } : { kind: "unsent", text };
  return { kind: OURS.includes(code) ? "unsent" : "unknown", text };
}
