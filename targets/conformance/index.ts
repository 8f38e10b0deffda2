/**
 * Checks that a port keeps the contract of src/hal.ts. The checks need no test framework and use the device dialect, so they
 * run on the board, or against a fake of the board's system. A check whose control (see port.ts) is missing is reported as
 * skipped.
 */
import { bearerChecks, clockChecks, hashChecks, sessionChecks } from "./board.ts";
import type { Ok, Port, Run } from "./port.ts";
import { keepingChecks, receiverChecks, serialChecks } from "./receivers.ts";
import { storageChecks } from "./storage.ts";

export type { Port } from "./port.ts";

/** The functions that report each check. */
export interface Report {
  /** `check` passed. */
  passed(check: string): void;
  /** Called when `check` failed, with the reason; several times if several things are wrong. */
  failed(check: string, what: string): void;
  /** Called when `check` was skipped, because the port has no control `missing`. */
  skipped(check: string, missing: string): void;
}

/** Runs all checks, in the order of the porting guide, and then calls `done` with the number of failed ones. */
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
      if (isEnded) return; // the check threw after it had ended
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

  /** A loop instead of a recursion: checks that end at once must not fill a small stack. */
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
