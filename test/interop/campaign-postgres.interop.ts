/** Campaigns over PostgreSQL (Debian's) with two workers. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { openCentre } from "../smsc.ts";
import { Arrivals, DEVICES, startCampaign, writeFleet } from "./fleet.ts";
import { findPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { workDirectory } from "./programs.ts";

const SEED = Number(process.env.KILL_SEED ?? 1);
const KILLS = 10;
const directory = findPostgres();
const run = directory === undefined ? describe.skip : describe;
const why = directory === undefined ? " (skipped: no initdb, postgres; apt-get install postgresql)" : "";

run(`a campaign over PostgreSQL${why}`, () => {
  const folder = workDirectory();
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres(directory!);
  });
  afterAll(() => postgres?.close());

  const argsOf = (port: number, name: string, ...more: string[]) => [
    ...["--to", `smpp://me:pw@127.0.0.1:${port}?source=PKG0&timeout=1&throttled=1&window=50`],
    ...["--queue", postgres.url, "--name", name, "--lease", "3", ...more],
  ];
  const report = async (name: string) => {
    const { events, ended } = startCampaign(["report", "--queue", postgres.url, "--name", name]);
    return { code: await ended, summary: events.at(-1) };
  };

  test(`of ${DEVICES} devices, two workers, one killed ${KILLS} times: one accepted notification for each`, async () => {
    const random = createRandom(SEED);
    const arrivals = new Arrivals();
    const centre = await openCentre({ took: arrivals.take, delayMs: 2 });
    const file = join(folder, "fleet.ndjson");
    await writeFleet(file, DEVICES);
    const args = argsOf(centre.port, "killed", "--rate", String(Math.max(100, DEVICES / 15)));
    // whichever of them prepares: the other one takes over from it
    const workers = [startCampaign([file, ...args]), startCampaign([file, ...args])];
    for (let kills = 0; kills < KILLS; kills++) {
      await sleep(700 + random(1_500));
      const which = random(2);
      const { child, ended } = workers[which]!;
      child.kill("SIGKILL");
      await ended;
      workers[which] = startCampaign([file, ...args]);
    }
    for (const { ended, errors } of workers) expect(await ended, errors()).toBe(0);
    const { code, summary } = await report("killed");
    await centre.close();
    expect(code).toBe(0);
    expect(summary).toMatchObject({ accepted: DEVICES, prepared: 0, submitted: 0, failed: 0, isAllRead: true });
    expect(arrivals.times.size, "devices").toBe(DEVICES);
    expect(arrivals.changed, "the bytes of a repetition").toEqual([]);
    expect(arrivals.repeated()).toBeLessThanOrEqual(summary!.possiblyRepeated as number);
    console.log(
      `${DEVICES} devices, ${KILLS} kills: ${summary!.possiblyRepeated} marked as repeated, ${arrivals.repeated()} were`,
    );
  }, 300_000);

  test("keeps one rate for two workers together, and prepares each device once", async () => {
    const times: number[] = [];
    const arrivals = new Arrivals();
    const centre = await openCentre({
      took(submit) {
        times.push(performance.now());
        arrivals.take(submit);
      },
    });
    const file = join(folder, "small.ndjson");
    await writeFleet(file, 200);
    const args = argsOf(centre.port, "rate", "--rate", "50");
    const workers = [startCampaign([file, ...args]), startCampaign([file, ...args])];
    for (const { ended, errors } of workers) expect(await ended, errors()).toBe(0);
    await centre.close();
    expect(arrivals.total).toBe(200);
    expect(arrivals.times.size).toBe(200);
    expect(centre.binds).toBe(2);
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(199 * 20 - 100);
  });

  test("is retried and has receipts like one with a journal of its own", async () => {
    const answer = ({ destination }: { destination: string }, count: number) =>
      destination.endsWith("3") && count <= 10 ? 0x0b : 0;
    const receipt = ({ destination }: { destination: string }) =>
      destination.endsWith("5") ? "stat:EXPIRED err:001" : "stat:DELIVRD err:000";
    const centre = await openCentre({ answer, receipt });
    const file = join(folder, "ten.ndjson");
    await writeFleet(file, 10);
    const [to, uri, ...rest] = argsOf(centre.port, "receipts");
    const args = [file, to!, `${uri}&receipts=yes`, ...rest];
    const once = startCampaign(args);
    expect(await once.ended, once.errors()).toBe(1);
    expect(once.events.at(-1)).toMatchObject({ delivered: 8, failed: 2, accepted: 0 });
    const retried = startCampaign([
      "retry",
      "--queue",
      postgres.url,
      "--name",
      "receipts",
      "--code",
      "ESME_RINVDSTADR",
    ]);
    expect(await retried.ended, retried.errors()).toBe(0);
    expect(retried.events).toEqual([{ event: "retry", same: 1, anew: 0 }]);
    const again = startCampaign(args);
    await again.ended;
    await centre.close();
    expect(again.events.at(-1)).toMatchObject({ delivered: 9, failed: 1 });
  });

  test("needs FILE to begin, and the same one to go on", async () => {
    const centre = await openCentre();
    const worker = startCampaign(argsOf(centre.port, "nothing"));
    expect(await worker.ended).toBe(1);
    expect(worker.errors()).toContain("there is no campaign nothing");
    const file = join(folder, "other.ndjson");
    await writeFleet(file, 3);
    const other = startCampaign([file, ...argsOf(centre.port, "rate")]);
    expect(await other.ended).toBe(1);
    expect(other.errors()).toContain("FILE is not what this campaign was begun with");
    await centre.close();
  });
});
