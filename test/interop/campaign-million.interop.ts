/** A campaign of a million devices to a sink on loopback: FLEET_MILLION=1, or another number of devices. Prints rate and memory. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCentre } from "../smsc.ts";
import { startCampaign, writeFleet } from "./fleet.ts";
import { workDirectory } from "./programs.ts";

const asked = Number(process.env.FLEET_MILLION ?? 0);
const devices = asked === 1 ? 1_000_000 : asked;
const run = devices > 0 && process.platform === "linux" ? describe : describe.skip;

run(
  `a campaign of ${devices || "a million"} devices${devices > 0 ? "" : " (skipped: FLEET_MILLION=1 on Linux runs it)"}`,
  () => {
    const folder = workDirectory();

    test("takes constant memory, 200 MB at most", async () => {
      let taken = 0;
      const centre = await openCentre({ took: () => taken++ });
      const file = join(folder, "fleet.ndjson");
      await writeFleet(file, devices);
      const start = performance.now();
      const to = `smpp://me:pw@127.0.0.1:${centre.port}?source=PKG0&window=500`;
      const { child, ended, errors, events } = startCampaign([file, "--to", to, "--state", join(folder, "state")]);
      const megabytes: number[] = [];
      const timer = setInterval(() => {
        const highest = /VmHWM:\s+(\d+) kB/.exec(statusOf(child.pid!))?.[1];
        if (highest !== undefined) megabytes.push(Math.round(Number(highest) / 1024));
      }, 1_000);
      expect(await ended, errors()).toBe(0);
      clearInterval(timer);
      const seconds = (performance.now() - start) / 1000;
      await centre.close();
      expect(taken).toBe(devices);
      expect(events.at(-1)).toMatchObject({ accepted: devices, failed: 0, possiblyRepeated: 0 });
      const middle = megabytes[Math.floor(megabytes.length / 2)];
      const rate = `${devices} in ${seconds.toFixed(0)} s, ${Math.round(devices / seconds)} a second`;
      console.log(`${rate}; at most ${middle} MB half-way, ${megabytes.at(-1)} MB at the end`);
      expect(megabytes.at(-1)).toBeLessThanOrEqual(200);
    }, 1_800_000);
  },
);

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return ""; // it has just ended
  }
}
