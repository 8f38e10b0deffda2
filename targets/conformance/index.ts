/**
 * Does a port do what src/hal.ts says? Framework-free and in the device dialect: it runs on the board, or against a fake of
 * what the board's system offers. A check that needs a hand from outside, and has none, is reported as skipped.
 */
import { bearerChecks, clockChecks, hashChecks, sessionChecks } from "./board.ts";
import type { Ok, Port, Run } from "./port.ts";
import { keepingChecks, receiverChecks, serialChecks } from "./receivers.ts";
import { storageChecks } from "./storage.ts";

export type { Port } from "./port.ts";

/** Who is told of each check. */
export interface Report {
  /** `check` passed. */
  passed(check: string): void;
  /** `check` failed, and what is wrong; it may be called several times for a check. */
  failed(check: string, what: string): void;
  /** `check` was not made, because the port has no control `missing`. */
  skipped(check: string, missing: string): void;
}

/** Runs all checks, in the order of the porting guide, and then calls `done` with how many have failed. */
export function checkPort(port: Port, report: Report, done: (failed: number) => void): void {
  const names: string[] = [];
  const runs: Run[] = [];
  let failed = 0;
  let at = 0;
  let isRunning = false;
  let isDue = false;

  function check(name: string, hand: keyof Port | "", run: Run): void {
    if (hand !== "" && port[hand] === undefined) {
      report.skipped(name, hand);
      return;
    }
    names.push(name);
    runs.push(run);
  }

  function runOne(index: number): void {
    let faults = 0;
    let isEnded = false;
    const ok: Ok = (condition, what) => {
      if (condition) return;
      faults++;
      report.failed(names[index], what);
    };
    const end = (): void => {
      if (isEnded) return; // it threw behind its end
      isEnded = true;
      if (faults > 0) failed++;
      else report.passed(names[index]);
      isDue = true;
      advance();
    };
    try {
      runs[index](ok, end);
    } catch (error) {
      ok(false, `threw ${error}`);
      end();
    }
  }

  /** A loop, so that checks that end at once do not pile up on a small stack. */
  function advance(): void {
    if (isRunning) return;
    isRunning = true;
    while (isDue && at < runs.length) {
      isDue = false;
      runOne(at++);
    }
    isRunning = false;
    if (isDue) done(failed);
  }

  storageChecks(port, check);
  clockChecks(port, check);
  hashChecks(port, check);
  receiverChecks(port, check, "udp", "datagram");
  receiverChecks(port, check, "sms", "tpdu");
  keepingChecks(port, check);
  serialChecks(port, check);
  sessionChecks(port, check);
  bearerChecks(port, check);
  isDue = true;
  advance();
}
