/** The progress of a campaign: one line that is drawn again on a terminal, or NDJSON for a program. */
import { jsonLine, visible } from "../../codec/text.ts";
import type { CampaignEvent } from "./campaign.ts";
import { STATES, type Summary } from "./journal.ts";

/** The stream that the lines go to. */
export interface Output {
  isTerminal: boolean;
  /** The width of the terminal in characters, which may change. */
  columns(): number;
  write(text: string): void;
}

export interface Progress {
  print(event: CampaignEvent): void;
  close(): void;
}

const BAR_MS = 500;
const EVENT_MS = 10_000;

/**
 * `expected` is the number of lines of FILE; without it the number of prepared messages stands in. On a terminal only
 * failures get a line of their own.
 */
export function createProgress(
  output: Output,
  expected: number | undefined,
  summary: () => Promise<Summary>,
): Progress {
  const start = performance.now();
  let doneAtStart: number | undefined;
  let drawn = "";

  async function draw(): Promise<void> {
    const { states, twice } = await summary();
    const done = states.accepted + states.delivered + states.failed + twice;
    const devices = expected ?? done + states.prepared + states.submitted;
    doneAtStart ??= done;
    const seconds = (performance.now() - start) / 1000;
    const perSecond = seconds < 1 ? 0 : (done - doneAtStart) / seconds;
    const left = Math.max(0, devices - done);
    const leftSeconds = perSecond > 0 ? Math.round(left / perSecond) : undefined;
    const far = { done, devices, perSecond: Math.round(perSecond * 10) / 10, failed: states.failed, leftSeconds };
    if (output.isTerminal) redraw(barText(far, output.columns()));
    else output.write(jsonLine({ event: "progress", ...far }));
  }

  function redraw(text: string): void {
    if (text === "" && drawn === "") return;
    output.write(`\r${text.padEnd(drawn.length)}`);
    drawn = text;
  }

  function print(event: CampaignEvent): void {
    if (!output.isTerminal) output.write(jsonLine(event));
    else if (event.event !== "accepted" && event.event !== "delivered") {
      output.write(`\r${lineOf(event).padEnd(drawn.length)}\n${drawn}`);
    }
  }

  const timer = setInterval(() => void draw().catch(() => {}), output.isTerminal ? BAR_MS : EVENT_MS);
  timer.unref();
  return {
    print,
    close() {
      clearInterval(timer);
      if (!output.isTerminal || drawn === "") return;
      redraw("");
      output.write("\r");
    },
  };
}

export interface Far {
  done: number;
  devices: number;
  perSecond: number;
  failed: number;
  leftSeconds: number | undefined;
}

/**
 * "[####....] 250 of 1000, 12.5 a second, 3 failed, 1 min left", shorter than `columns`; where there is little room,
 * first the bar goes, then the rate, then the time that is left, then what has failed.
 */
export function barText({ done, devices, perSecond, failed, leftSeconds }: Far, columns: number): string {
  const far = `${done} of ${devices}`;
  const [rate, bad] = [`, ${perSecond} a second`, `, ${failed} failed`];
  const left = leftSeconds === undefined ? "" : `, ${duration(leftSeconds)} left`;
  const text = `${far}${rate}${bad}${left}`;
  const width = Math.min(30, columns - text.length - 4);
  if (width >= 5) {
    const filled = devices === 0 ? 0 : Math.min(width, Math.floor((width * done) / devices));
    return `[${"#".repeat(filled)}${".".repeat(width - filled)}] ${text}`;
  }
  const texts = [text, `${far}${bad}${left}`, `${far}${bad}`, far];
  return (texts.find(one => one.length < columns) ?? "").slice(0, Math.max(0, columns - 1));
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function lineOf(event: CampaignEvent): string {
  if (event.event === "link") {
    const retry = event.retrySeconds === undefined ? "" : `; again in ${event.retrySeconds} s`;
    return visible(`link ${event.state}: ${event.text}${retry}`);
  }
  return visible(`line ${event.line}, ${event.address}: ${event.event}, ${event.code ?? ""} ${event.text ?? ""}`);
}

/** Prints the summary: a small table for a person, one JSON object for a program. */
export function summaryText(summary: Summary, devices: number | undefined, isTerminal: boolean): string {
  const { states, possiblyRepeated, twice, isAllRead } = summary;
  const known = STATES.reduce((sum, state) => sum + states[state], 0) + twice;
  const unprepared = devices === undefined ? undefined : Math.max(0, devices - known);
  const all = { ...states, twice, ...(unprepared !== undefined && { unprepared }), possiblyRepeated };
  if (!isTerminal) return jsonLine({ event: "summary", ...all, isAllRead });
  const words: { [name: string]: string } = {
    twice: "left out: the device stands in FILE twice",
    unprepared: "not prepared yet",
    possiblyRepeated: "of these sent again after no answer",
  };
  return Object.entries(all)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${String(count).padStart(9)} ${words[name] ?? name}\n`)
    .join("");
}

/** Whether the peer took every message of FILE. */
export function isComplete({ states, isAllRead }: Summary): boolean {
  return isAllRead && states.prepared + states.submitted + states.failed === 0;
}
