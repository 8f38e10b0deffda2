/**
 * Port checks as a firmware's script, in place of dist/mquickjs.es5.js: they run on the board itself, in its heap. One
 * script has the checks of one part, since a board has no room for all of them (targets/firmware/README.md). They ask in the
 * log for bytes from outside, with `serial HEX` and `datagram HEX` (`datagram+` when more of it follows), and build/checks.mjs
 * sends these.
 */

import { or } from "../../../src/or.ts";
import type { Part, Port } from "../../conformance/port.ts";
import { checkParts } from "../../conformance/run.ts";
import { type DeviceOptions, parseJson } from "../../device.ts";
import { createHostBoard, type Host, type HostBoard } from "../hal.ts";

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
    const hex = hexOf(bytes, at, to); // before host.log is read: else the build keeps the order with `call`, which a small library lacks
    host.log(`${what}${to < bytes.length ? "+" : ""} ${hex}`);
  }
}

/** The longest record that a client with the board's options saves, for a ServerID of 16 bytes: HOST_BYTES may be no more than that. */
function longestRecord(): number {
  const options = (host.options === undefined ? {} : parseJson(host.options())) as DeviceOptions;
  const pending = or(options.pendingMax, 4) * (or(options.messageMax, 1024) - 27);
  return 112 + Math.min(pending, or(options.pendingBytes, 2048));
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
  recordMax: longestRecord(),
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
  skipped: (check: string, missing: string) => host.log(`skipped ${check}: no ${missing}`),
};

/** Runs the checks of `parts` from the first tick on; the last line of the log is `checks <number of failed ones>`. */
export function checkBoard(parts: Part[]): void {
  let isBegun = false;
  (globalThis as unknown as { pkg0: object }).pkg0 = {
    poll(): void {
      if (board !== null) board.poll();
    },
    tick(): void {
      if (!isBegun) {
        isBegun = true;
        checkParts(parts, port, report, failed => host.log(`checks ${failed}`));
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
}
