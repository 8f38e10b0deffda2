/**
 * The command under way: V.250 §5. One at a time; the next is sent when the modem has ended it with a final result code, or
 * its time is over. Owns the line to the modem, the time-outs and the waits between commands.
 */
import { CR } from "../../ascii.ts";
import type { Clock, Serial } from "../../hal.ts";
import { addOctet, type Line, newLine } from "./line.ts";

/** Time-outs double when an answer comes too late, up to this factor: a slow modem is found out. */
const PATIENCE_MAX = 8;
/** How long to wait after an answer that may belong to an earlier command, for those that are still to come. */
const LATE_SECONDS = 3;
const LATE_SECONDS_MAX = 30;

export interface Channel {
  /** Monotonic seconds when the modem or the board last called. */
  now: number;
  /** Nothing is sent before that. */
  waitUntil: number;
  /** The factor of all time-outs. */
  patience: number;
  /** An answer to a command before the one under way may still come. */
  isBehind: boolean;
  /** Told once whether the command under way went well, unless the command is dropped. Null when there is none. */
  onEnd: ((isOk: boolean) => void) | null;
  open(): void;
  close(): void;
  /** Notices what takes too long, and sends the next command. */
  tick(): void;
  /** Sends the next command when it is time. */
  pump(): void;
  /** Sends a command of ASCII, which has `seconds` times `patience`. */
  send(text: string, seconds: number, onEnd: (isOk: boolean) => void): void;
  /** Gives the command under way its time again: its answer has begun. */
  extend(): void;
  /** Ends the command under way. */
  end(isOk: boolean): void;
  /** The modem needs more time than it had. */
  slow(): void;
  /** Forgets the command under way; its answer may still come. */
  drop(): void;
}

/**
 * Hands each line to `onLine`. `begin` sends what is to be sent now, if anything, and returns whether it did. `timeOut` is
 * called when a command has had its time, and drops it.
 */
export function createChannel(
  serial: Serial,
  clock: Clock,
  onLine: (line: Line) => void,
  begin: () => boolean,
  timeOut: () => void,
): Channel {
  const out = new Uint8Array(64);
  const line = newLine();
  let isOpen = false;
  let isPumping = false;
  let span = 0;
  let deadline = 0;
  /** How many commands were sent since the last answer, and when the first of them was. */
  let unanswered = 0;
  let firstAt = 0;

  function open(): void {
    c.now = clock.monotonicSeconds();
    c.waitUntil = 0;
    c.isBehind = false;
    line.count = 0;
    isOpen = true;
    serial.open(receive);
  }

  function close(): void {
    isOpen = false;
    c.onEnd = null;
    serial.close();
  }

  function receive(bytes: Uint8Array, from: number, to: number): void {
    if (!isOpen) return;
    c.now = clock.monotonicSeconds();
    // nothing is written while a line is read: the serial may answer from within `write`, into the same line
    const wasPumping = isPumping;
    isPumping = true;
    for (let at = from; at < to; at++) {
      if (!addOctet(line, bytes[at])) continue;
      onLine(line);
      line.count = 0;
    }
    isPumping = wasPumping;
    sendDue();
  }

  function tick(): void {
    c.now = clock.monotonicSeconds();
    if (c.onEnd !== null && c.now >= deadline) timeOut();
    sendDue();
  }

  function pump(): void {
    c.now = clock.monotonicSeconds();
    sendDue();
  }

  function sendDue(): void {
    if (isPumping) return;
    isPumping = true;
    while (isOpen && begin());
    isPumping = false;
  }

  function send(text: string, seconds: number, onEnd: (isOk: boolean) => void): void {
    c.onEnd = onEnd;
    span = seconds * c.patience;
    extend();
    if (unanswered++ === 0) firstAt = c.now;
    for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
    out[text.length] = CR;
    serial.write(out.subarray(0, text.length + 1));
  }

  function extend(): void {
    deadline = c.now + span;
  }

  function end(isOk: boolean): void {
    const onEnd = c.onEnd;
    if (onEnd === null) {
      slow();
      return;
    }
    c.onEnd = null;
    if (c.isBehind) {
      // perhaps the answer to the first of them: then the others may take as long, each
      c.isBehind = false;
      const lateSeconds = (unanswered - 1) * (c.now - firstAt);
      c.waitUntil = c.now + Math.min(Math.max(lateSeconds, LATE_SECONDS), LATE_SECONDS_MAX);
    }
    unanswered = 0;
    onEnd(isOk);
  }

  function slow(): void {
    c.patience = Math.min(2 * c.patience, PATIENCE_MAX);
  }

  function drop(): void {
    if (c.onEnd !== null) c.isBehind = true;
    c.onEnd = null;
  }

  const c: Channel = {
    now: 0,
    waitUntil: 0,
    patience: 1,
    isBehind: false,
    onEnd: null,
    open,
    close,
    tick,
    pump,
    send,
    extend,
    end,
    slow,
    drop,
  };
  return c;
}
