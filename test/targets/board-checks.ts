/**
 * The conformance checks as a firmware's script, in place of dist/host-functions.es5.js: they run on the board itself. They
 * ask in the log for bytes from outside, with `serial HEX` and `datagram HEX` (`datagram+` when more of it follows), and the test
 * sends these.
 */
import { checkPort, type Port } from "../../targets/conformance/index.ts";
import { createHostBoard, type Host, type HostBoard } from "../../targets/host-functions/hal.ts";

declare const host: Host & { log(line: string): void };

/** Bytes of one line of the log. */
const LINE = 48;
/** Calls of tick, a second apart, in which all that was sent arrives: the first one may come at once. */
const ARRIVAL_TICKS = 2;

let board: HostBoard | null = null;
let due: (() => void) | null = null;
let ticks = 0;
let sessions = 0;

function hexOf(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16);
  return text;
}

function ask(what: string, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += LINE) {
    const to = Math.min(at + LINE, bytes.length);
    host.log(`${what}${to < bytes.length ? "+" : ""} ${hexOf(bytes, at, to)}`);
  }
}

const port: Port = {
  start() {
    board = null; // its buffers go first
    const made = createHostBoard(host, {});
    const start = made.session.start;
    made.session.start = request => {
      sessions++;
      return start(request);
    };
    board = made;
    return made;
  },
  whenArrived(next) {
    due = next;
    ticks = 0;
  },
  serialIn: bytes => ask("serial", bytes),
  pass(seconds) {
    for (const end = host.monotonicSeconds() + seconds; host.monotonicSeconds() < end; );
  },
  sessions: () => sessions,
};
if (host.datagram !== undefined) port.datagram = bytes => ask("datagram", bytes);

const report = {
  passed: (check: string) => host.log(`passed ${check}`),
  failed: (check: string, what: string) => host.log(`failed ${check}: ${what}`),
  skipped: (check: string, missing: string) => host.log(`skipped ${check}: ${missing}`),
};
let isBegun = false;

(globalThis as unknown as { pkg0: object }).pkg0 = {
  poll(): void {
    if (board !== null) board.poll();
  },
  tick(): void {
    if (!isBegun) {
      isBegun = true;
      checkPort(port, report, failed => host.log(`checks ${failed}`));
    }
    if (due === null || ++ticks < ARRIVAL_TICKS) return;
    const next = due;
    due = null;
    next();
  },
  hasAccount: () => 1,
  sessionDone: () => 0,
  retry(): void {},
};
