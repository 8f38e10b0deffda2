/**
 * Checks that a port keeps the contract of src/hal.ts. The checks need no test framework and use the device dialect, so they
 * run on the board, or against a fake of the board's system. A check whose control (see port.ts) is missing is reported as
 * skipped.
 */
import { bearerChecks, clockChecks, hashChecks, sessionChecks } from "./board.ts";
import type { Port } from "./port.ts";
import { keepingChecks, serialChecks, smsChecks, udpChecks } from "./receivers.ts";
import { checkParts, type Report } from "./run.ts";
import { storageChecks } from "./storage.ts";

export type { Port } from "./port.ts";
export type { Report } from "./run.ts";

/**
 * Runs all checks, in the order of the porting guide, and then calls `done` with the number of failed ones. A board without
 * room for all of them at once runs them part by part (checkParts of run.ts).
 */
export function checkPort(port: Port, report: Report, done: (failed: number) => void): void {
  const parts = [storageChecks, clockChecks, hashChecks, udpChecks, smsChecks, keepingChecks, serialChecks];
  parts.push(sessionChecks, bearerChecks);
  checkParts(parts, port, report, done);
}
