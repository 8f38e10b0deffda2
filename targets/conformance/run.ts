/** Runs checks one after the other. */
import type { Ok, Part, Port, Run } from "./port.ts";

/** The functions that report each check. */
export interface Report {
  /** `check` passed. */
  passed(check: string): void;
  /** Called when `check` failed, with the reason; several times if several things are wrong. */
  failed(check: string, what: string): void;
  /** Called when `check` was skipped, because the port has no control `missing`. */
  skipped(check: string, missing: string): void;
}

/** Runs the checks of `parts`, in that order, and then calls `done` with the number of failed ones. */
export function checkParts(parts: Part[], port: Port, report: Report, done: (failed: number) => void): void {
  const names: string[] = [];
  const runs: Run[] = [];
  let failed = 0;
  let at = 0;
  let isRunning = false;
  let isDue = false;

  function check(name: string, hand: keyof Port | "", run: Run): void {
    if (hand !== "" && !hasControl(port, hand)) {
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

  for (let i = 0; i < parts.length; i++) parts[i](port, check);
  isDue = true;
  advance();
}

/** Whether a port has a control. `port[hand]` would do, but MicroQuickJS then writes to the text of `hand`, which may be in flash. */
function hasControl(port: Port, hand: keyof Port): boolean {
  for (const name in port) if (name === hand) return port[name as keyof Port] !== undefined;
  return false;
}
