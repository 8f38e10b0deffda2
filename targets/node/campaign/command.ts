/** `pkg0 campaign FILE`, `campaign report` and `campaign retry`. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { countParts } from "../../../src/index.ts";
import { pushOf, suggestion } from "../../codec/index.ts";
import { jsonLine } from "../../codec/text.ts";
import { readFleetFile } from "../accounts.ts";
import { checkLink, createCheck, openLink } from "../links/open.ts";
import { isSmpp, readSmppUri } from "../smpp/uri.ts";
import { readJson, readJsonFile } from "../texts.ts";
import { createCampaign } from "./campaign.ts";
import { createDrafting } from "./draft.ts";
import { digestOfFile, readFileLines } from "./file.ts";
import { type Draft, isDraft, type Journal, TWICE, twiceOf, type Unfit } from "./journal.ts";
import { createPace } from "./pace.ts";
import { createProgress, isComplete, summaryText } from "./progress.ts";
import { type Identity, openSqliteJournal } from "./sqlite.ts";

/** The options of the command line. */
export interface CampaignValues {
  readonly to?: string | undefined;
  readonly state?: string | undefined;
  readonly accounts?: string | undefined;
  readonly template?: string | undefined;
  readonly rate?: number | undefined;
  readonly window?: number | undefined;
  readonly until?: string | undefined;
  readonly wait?: number | undefined;
  readonly "dry-run"?: boolean;
  readonly failed?: boolean;
  readonly code?: string | undefined;
  readonly queue?: string | undefined;
  readonly name?: string | undefined;
  readonly lease: number;
}

type Json = { [name: string]: unknown };

/**
 * Checks the options before anything is opened, and returns the function that runs the command. Throws an Error for a
 * mistake of the user.
 */
export function readCampaign(values: CampaignValues, positionals: readonly string[]): () => Promise<number> {
  const [word] = positionals;
  checkIdle(values, word);
  if (word === "report" || word === "retry") {
    const open = readExisting(values, positionals);
    return word === "report" ? () => reportOf(open, values.failed === true) : () => retry(open, values.code);
  }
  const isWorker = values.queue !== undefined && positionals.length === 0;
  if (positionals.length !== 1 && !isWorker) throw new Error("needs one FILE");
  const file = word;
  if (file !== undefined && !existsSync(file)) {
    throw new Error(`${file}: there is no such file${suggestion(file, ["report", "retry"])}`);
  }
  const template = readTemplate(values.template);
  const accounts = values.accounts === undefined ? [] : readFleetFile(values.accounts);
  const { to, rate, window, wait } = values;
  if (to !== undefined) checkLink(to);
  const check = to === undefined ? {} : { check: createCheck(to) };
  const drafting = createDrafting({ accounts, template, ...check, now: posixSeconds });
  const until = values.until === undefined ? Number.POSITIVE_INFINITY : readTime(values.until, Date.now());
  if (values["dry-run"]) {
    if (file === undefined) throw new Error("--dry-run needs FILE");
    return () => dryRun(file, drafting);
  }
  if (to === undefined) throw new Error("needs --to");
  const open = readJournal(values, rate);
  const receiptSeconds = wait ?? (/[?&]receipts=yes\b/.test(to) ? 30 : 0);
  return async () => {
    const { digest, devices } = file === undefined ? { digest: "", devices: undefined } : await digestOfFile(file);
    const identity: Identity = { FILE: digest, "--template": JSON.stringify(template) };
    const journal = await open(file === undefined ? undefined : identity);
    return run(journal, devices, { file, drafting, to, rate, window, until, receiptSeconds });
  };
}

const OF_A_RUN = ["to", "accounts", "template", "rate", "window", "until", "wait", "dry-run"] as const;

/** Throws an Error for an option that does nothing beside `word`. */
function checkIdle(values: CampaignValues, word: string | undefined): void {
  if (values.failed === true && word !== "report") throw new Error("--failed belongs to report");
  if (values.code !== undefined && word !== "retry") throw new Error("--code belongs to retry");
  if (word !== "report" && word !== "retry") return;
  const idle = OF_A_RUN.find(name => values[name] !== undefined && values[name] !== false);
  if (idle !== undefined) throw new Error(`--${idle} does nothing beside ${word}`);
}

/** Opens a journal: with `identity` to begin or continue a campaign, without it one that must exist. */
type Open = (identity: Identity | undefined) => Promise<Journal>;

/** The place of the journal: --state DIR, or --queue URL and --name. */
function readJournal(values: CampaignValues, rate: number | undefined): Open {
  const { state, queue, name, to } = values;
  if ((state === undefined) === (queue === undefined))
    throw new Error("needs either --state DIR or --queue postgres://..");
  if (state !== undefined) {
    return identity => openSqliteJournal(state, identity, createPace(rate));
  }
  if (!/^postgres(ql)?:/.test(queue!) || !URL.canParse(queue!))
    throw new Error("--queue must be postgres://USER@HOST:PORT/DATABASE");
  if (name === undefined) throw new Error("--queue needs --name: the campaigns of a database are told apart by it");
  const leaseSeconds = values.lease;
  if (to !== undefined && isSmpp(to)) {
    const { throttledSeconds, timeoutSeconds } = readSmppUri(to);
    const longest = throttledSeconds + timeoutSeconds;
    if (longest >= leaseSeconds) {
      throw new Error(`--lease must be longer than throttled and timeout of the link together, ${longest} s`);
    }
  }
  return async identity => {
    const { openPostgresJournal } = await import("./postgres.ts");
    return openPostgresJournal({
      url: queue!,
      name,
      leaseSeconds,
      perSecond: rate,
      ...(identity !== undefined && { identity }),
    });
  };
}

/** The place of the journal for report and retry: DIR, or --queue and --name. */
function readExisting(values: CampaignValues, [word, directory, ...more]: readonly string[]): () => Promise<Journal> {
  const state = directory ?? values.state;
  if (more.length > 0 || (state === undefined && values.queue === undefined)) {
    throw new Error(`${word} needs the DIR of --state, or --queue and --name`);
  }
  if (state !== undefined && !existsSync(state)) throw new Error(`${state}: there is no such directory`);
  const open = readJournal({ ...values, ...(state !== undefined && { state }) }, undefined);
  return () => open(undefined);
}

interface Run {
  /** Absent for a worker that leaves preparation to other workers. */
  file: string | undefined;
  drafting: ReturnType<typeof createDrafting>;
  to: string;
  rate: number | undefined;
  window: number | undefined;
  until: number;
  receiptSeconds: number;
}

async function run(journal: Journal, devices: number | undefined, how: Run): Promise<number> {
  // what is under way outlives two collections of the young: left alone, V8 lets the heap grow to four times what is live
  setFlagsFromString("--heap-growing-percent=30");
  const isTerminal = process.stdout.isTTY === true;
  const output = { isTerminal, columns: () => process.stdout.columns ?? 80, write };
  const progress = createProgress(output, devices, journal.summary);
  const campaign = createCampaign({
    journal,
    ...(how.file !== undefined && { lines: () => readFileLines(how.file!) }),
    draft: how.drafting,
    openLink: (report, stopped) => openLink(how.to, how.window, report, stopped),
    // enough for five seconds of sending, so that TIMESTAMP is fresh
    aheadMax: Math.max(64, Math.min(2_000, 5 * (how.rate ?? 400))),
    until: how.until,
    receiptSeconds: how.receiptSeconds,
    print: progress.print,
    async drained() {
      if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
    },
    now: posixSeconds,
  });
  const stop = () => {
    campaign.stop();
    process.once("SIGINT", () => process.exit(130)); // at the second signal, messages under way count as possibly sent
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    const summary = await campaign.run();
    progress.close();
    write(summaryText(summary, devices, isTerminal));
    return isComplete(summary) ? 0 : 1;
  } finally {
    progress.close();
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
    await journal.close();
  }
}

/** Prints the summary; with `isEach` also a line for each failed message. */
async function reportOf(open: () => Promise<Journal>, isEach: boolean): Promise<number> {
  const journal = await open();
  try {
    if (isEach) for await (const failure of journal.failures()) write(jsonLine({ event: "failed", ...failure }));
    const summary = await journal.summary();
    write(summaryText(summary, undefined, process.stdout.isTTY === true));
    return isComplete(summary) ? 0 : 1;
  } finally {
    await journal.close();
  }
}

async function retry(open: () => Promise<Journal>, code: string | undefined): Promise<number> {
  const journal = await open();
  try {
    const { same, anew } = await journal.retry(code, posixSeconds());
    const text = `${same} failed ones go out again as they were, ${anew} are prepared anew from FILE: run the campaign again`;
    write(process.stdout.isTTY ? `${text}\n` : jsonLine({ event: "retry", same, anew }));
    return 0;
  } finally {
    await journal.close();
  }
}

/** Judges every line of FILE as a run does; sends and stores nothing. */
async function dryRun(file: string, drafting: ReturnType<typeof createDrafting>): Promise<number> {
  const seen = new Map<string, number>();
  const counts = { devices: 0, unfit: 0, twice: 0, shortMessages: 0, bytes: 0 };

  function judge(draft: Draft | Unfit): Unfit | null {
    const { line, address, serverId } = draft;
    const key = JSON.stringify([address, serverId]);
    const former = seen.get(key);
    if (former !== undefined) return twiceOf(draft, former);
    if (address !== "") seen.set(key, line);
    if (!isDraft(draft)) return draft;
    const { bytes, contentType } = draft.sign(1);
    counts.bytes += bytes.length;
    counts.shortMessages += countParts(pushOf(bytes, contentType, 0).length, false);
    counts.devices++;
    return null;
  }

  for await (const line of readFileLines(file)) {
    const unfit = judge(drafting(line));
    if (unfit === null) continue;
    counts[unfit.code === TWICE ? "twice" : "unfit"]++;
    write(jsonLine({ event: "unfit", ...unfit }));
  }
  write(jsonLine({ event: "dry-run", ...counts }));
  return counts.unfit === 0 ? 0 : 1;
}

/** The value of an option that is JSON itself or the name of a JSON file. */
function readTemplate(text: string | undefined): Json {
  if (text === undefined) return {};
  const isJson = text.trimStart().startsWith("{");
  let json: unknown;
  try {
    json = isJson ? readJson(text) : readJsonFile(text);
  } catch (error) {
    throw new Error(`--template${isJson ? ":" : ""} ${(error as Error).message}`);
  }
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Json;
  throw new Error("--template: must be a JSON object");
}

/** POSIX seconds of "22:30" (local time, today or tomorrow) or of an ISO 8601 time. Throws an Error for any other text. */
export function readTime(text: string, nowMs: number): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hours !== undefined && Number(hours) < 24 && Number(minutes) < 60) {
    const time = new Date(nowMs);
    time.setHours(Number(hours), Number(minutes), 0, 0);
    if (time.getTime() <= nowMs) time.setDate(time.getDate() + 1);
    return time.getTime() / 1000;
  }
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!(ms > nowMs)) throw new Error(`--until ${text}: must be HH:MM, or a time to come as in 2030-12-24T06:00:00Z`);
  return ms / 1000;
}

function posixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function write(text: string): void {
  process.stdout.write(text);
}
