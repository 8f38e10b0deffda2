/** A link over a function that sends one message. It pauses while the peer cannot be reached. */
import type { HostCode } from "../codes.ts";
import { createBackoff } from "./backoff.ts";
import type { Link, LinkReport, Result, Submission } from "./link.ts";

/** `atOnce` submissions are under way at most. */
export function createSenderLink(
  send: (submission: Submission) => Promise<Result>,
  atOnce: number,
  report: LinkReport,
  close: () => void = () => {},
  slots: (submission: Submission) => number = () => 1,
): Link {
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
    const result = await send(submission).catch(resultOf);
    underWay--;
    if (result.kind === "unsent" || result.kind === "unknown") pause(result.text);
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

/** After these errors nothing has gone out; after any other the message may have. */
const UNSENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"];

function resultOf(error: NodeJS.ErrnoException): Result {
  const text = error.message || String(error.code);
  if (error instanceof RangeError || error.code === undefined)
    return { kind: "refused", code: "ADDRESS_UNFIT" satisfies HostCode, text };
  return { kind: UNSENT.includes(error.code) ? "unsent" : "unknown", text };
}
