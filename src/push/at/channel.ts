/**
 * The command under way (V.250 §5). The driver sends one command at a time; the next follows when the modem has ended it
 * with a final result code, or when its time is over. This file owns the line to the modem, the time-outs, and the waits
 * between commands.
 */
import { CR } from "../../ascii.ts";
import type { Clock, Serial } from "../../hal.ts";
import { addOctet, type Line, newLine } from "./line.ts";

/** Time-outs double when an answer comes too late, up to this factor, and so adapt to a slow modem. */
const PATIENCE_MAX = 8;
/** After an answer that may belong to an earlier command, the driver waits so long for the answers still to come. */
const LATE_SECONDS = 3;
const LATE_SECONDS_MAX = 30;

export interface Channel {
  /** Monotonic seconds when the modem or the board last called. */
  now: number;
  /** Monotonic seconds before which nothing is sent. */
  waitUntil: number;
  /** The factor of all time-outs. */
  patience: number;
  /** The answer to an earlier command may still come. */
  isBehind: boolean;
  /** Called once with whether the command under way succeeded, unless the command is dropped. Null when none is under way. */
  onEnd: ((isOk: boolean) => void) | null;
  open(): void;
  close(): void;
  /** Ends a command whose time is over, and sends the next command. */
  tick(): void;
  /** Sends the next command if it is time. */
  pump(): void;
  /** Sends an ASCII command, which may take `seconds` times `patience`. */
  send(text: string, seconds: number, onEnd: (isOk: boolean) => void): void;
  /** Restarts the time of the command under way, because its answer has begun. */
  extend(): void;
  /** Ends the command under way. */
  end(isOk: boolean): void;
  /** Doubles the time-outs, because the modem was too slow. */
  slow(): void;
  /** Drops the command under way; its answer may still come. */
  drop(): void;
}

/**
 * Calls `onLine` with each line. `begin` sends the next command, if there is one, and returns whether it did. `timeOut` is
 * called when the time of a command is over, and drops it.
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
  /** The number of commands sent since the last answer, and the time of the first of them. */
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
    // nothing is written while a line is read, because the serial may answer from within `write`, into the same line
    const wasPumping = isPumping;
    isPumping = true;
    let isWhole = false;
    try {
      for (let at = from; at < to; at++) {
        if (isWhole) line.count = 0;
        isWhole = addOctet(line, bytes[at]);
        if (isWhole) onLine(line);
      }
    } finally {
      // also when the board's code has thrown, or the engine has no memory
      if (isWhole) line.count = 0;
      isPumping = wasPumping;
    }
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
    try {
      while (isOpen && begin());
    } finally {
      isPumping = false;
    }
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
      // it may be the answer to the first of them; each of the others may take as long
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
