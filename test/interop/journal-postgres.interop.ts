/** The journal in PostgreSQL (Debian's) without a command around it: its locks, the receipts that wait, and whose clock the rate follows. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createDrafting } from "../../targets/node/campaign/draft.ts";
import type { Draft, Journal, Outcome, ReceiptNote, Unfit } from "../../targets/node/campaign/journal.ts";
import { openPostgresJournal } from "../../targets/node/campaign/postgres.ts";
import { findPostgres, type Postgres, startPostgres } from "./postgres.ts";

const directory = findPostgres();
const run = directory === undefined ? describe.skip : describe;
const why = directory === undefined ? " (skipped: no initdb, postgres; apt-get install postgresql)" : "";

run(`the journal in PostgreSQL${why}`, () => {
  let postgres: Postgres;
  const journals: Journal[] = [];
  beforeAll(async () => {
    postgres = await startPostgres(directory!);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const journal of journals.splice(0)) await journal.close();
  });
  afterAll(() => postgres?.close());

  async function open(name: string, perSecond?: number): Promise<Journal> {
    const identity = { FILE: name };
    const journal = await openPostgresJournal({ url: postgres.url, name, identity, perSecond, leaseSeconds: 60 });
    journals.push(journal);
    return journal;
  }
  async function close(journal: Journal): Promise<void> {
    journals.splice(journals.indexOf(journal), 1);
    await journal.close();
  }

  const draft = createDrafting({ accounts: [], template: { requestedMo: [1] }, now: () => 1_700_000_000 });
  const lineOf = (line: number, more: object = {}): Draft | Unfit =>
    draft({ line, record: { address: `+44${line}`, serverId: "dm.example", secret: "s", ...more } });
  const accepted = (line: number, ...messageIds: string[]): Outcome => ({
    ...{ line, state: "accepted", isRepeat: false, code: "", text: "", messageIds },
  });
  const receipt = (messageId: string, isDelivered = true): ReceiptNote => ({
    ...{ messageId, isDelivered, text: isDelivered ? "DELIVRD" : "EXPIRED" },
  });
  /** Prepares and takes so many lines. */
  async function sent(journal: Journal, count: number): Promise<void> {
    await journal.readFrom();
    await journal.prepare(
      Array.from({ length: count }, (_, i) => lineOf(i + 1)),
      count,
      true,
    );
    let taken = 0;
    while (taken < count) taken += (await journal.step([], [], count)).taken.length;
  }

  test("one worker of a campaign prepares; another takes over when its connection ends", async () => {
    const [first, second, other] = [await open("lock"), await open("lock"), await open("another")];
    const at = await first.readFrom();
    expect(at).toEqual({ after: 0, again: [] });
    expect(await second.readFrom()).toBeNull();
    expect(await other.readFrom(), "another campaign has a lock of its own").not.toBeNull();
    await first.prepare([lineOf(1), lineOf(2)], 2, false);
    await close(first);
    // a worker asks once a second
    await expect.poll(() => second.readFrom(), { timeout: 5_000 }).toEqual({ after: 2, again: [] });
    expect((await second.summary()).states.prepared).toBe(2);
  });

  test("two workers never take the same message", async () => {
    const [first, second] = [await open("take"), await open("take")];
    await first.readFrom();
    await first.prepare(
      Array.from({ length: 60 }, (_, i) => lineOf(i + 1)),
      60,
      true,
    );
    const lines: number[] = [];
    while (lines.length < 60) {
      const steps = await Promise.all([first, second, first, second].map(journal => journal.step([], [], 7)));
      for (const { taken } of steps) lines.push(...taken.map(({ line }) => line));
    }
    expect(new Set(lines).size).toBe(60);
  });

  test("a receipt that comes before the answer waits for it, also at another worker", async () => {
    const [first, second] = [await open("early"), await open("early")];
    await sent(first, 4);
    expect((await second.step([], [receipt("m1"), receipt("m2a"), receipt("m4", false)], 0)).receipted).toEqual([]);
    const { receipted } = await first.step([accepted(1, "m1"), accepted(2, "m2a", "m2b"), accepted(4, "m4")], [], 0);
    const told = receipted.map(({ line, state, text }) => [line, state, text]);
    expect(told.sort()).toEqual([
      [1, "delivered", "DELIVRD"],
      [4, "failed", "EXPIRED"],
    ]);
    expect((await first.summary()).states).toMatchObject({ submitted: 1, accepted: 1, delivered: 1, failed: 1 });
    const rest = await second.step([], [receipt("m2b")], 0);
    expect(rest.receipted.map(({ line, state }) => [line, state])).toEqual([[2, "delivered"]]);
    // the same receipt again, and one for nobody
    expect((await second.step([], [receipt("m2b"), receipt("nobody")], 0)).receipted).toEqual([]);
  });

  test("the rate of two workers is that of the database's clock, whatever their own clocks say", async () => {
    const [first, second] = [await open("pace", 10), await open("pace", 10)];
    const start = performance.now();
    const real = performance.now.bind(performance);
    // one worker's clock stands, the other one's runs a thousand times as fast
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    vi.spyOn(Date, "now").mockImplementation(() => 1000 * now);
    let granted = 0;
    while (real() - start < 2_000) {
      now += 1_000_000;
      granted += (await first.pace.reserve(3)).granted + (await second.pace.reserve(3)).granted;
    }
    const seconds = (real() - start) / 1000;
    // ten a second, with a tenth of a second that may be made up for, and the first one
    expect(granted).toBeGreaterThanOrEqual(Math.floor(10 * (seconds - 0.5)));
    expect(granted).toBeLessThanOrEqual(Math.ceil(10 * seconds) + 3);
    const { granted: none, waitMs } = await first.pace.reserve(0);
    expect([none, waitMs <= 100]).toEqual([0, true]);
    await first.pace.giveBack(-20);
    const later = await second.pace.reserve(1);
    expect(later.granted).toBe(0);
    expect(later.waitMs).toBeGreaterThan(1_500);
  });

  test("a line whose texts no table can hold is refused like any other", async () => {
    const journal = await open("nul");
    await journal.readFrom();
    const lines = [lineOf(1), lineOf(2, { address: "a\u0000b", requestedMo: [] }), lineOf(3, { serverId: "a\u0000b" })];
    const unfit = await journal.prepare(lines, 3, true);
    expect(unfit.map(({ line, code }) => [line, code])).toEqual([
      [2, "ADDRESS_UNFIT"],
      [3, "FIELD_NET_UNICODE"],
    ]);
    expect((await journal.summary()).isAllRead).toBe(true);
  });
});
