/**
 * The command under way (V.250 §5). The driver sends one command at a time; the next follows when the modem has ended it
 * with a final result code, or when its time is over. This file knows the time-outs, and the waits between commands.
 */
import type { Serial } from "../../hal.ts";
import { utf8Bytes } from "../../notification/utf8.ts";

/** What the command under way is for. */
export const NONE = 0;
export const SET_UP = 1;
/** AT+CPMS, AT+CMGD, AT+CMGL: inbox.ts. */
export const SELECT = 2;
export const DELETE = 3;
export const LIST = 4;
/** AT+CNMA. */
export const ACKNOWLEDGE = 5;
/** AT+CMGS: sender.ts. */
export const SEND = 6;

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
  /** Monotonic seconds of the next sweep, which finds what went unnoticed. */
  sweepAt: number;
  /** How long the answer to a usual command may take. */
  usualSeconds: number;
  /** The factor of all time-outs. */
  patience: number;
  /** What the command under way is for. */
  command: number;
  /** The answer to an earlier command may still come. */
  isBehind: boolean;
  /** Sends an ASCII command, which may take `atFirstSeconds` times `patience`. */
  send(command: number, text: string, atFirstSeconds: number): void;
  /** Restarts the time of the command under way, because its answer has begun. */
  extend(): void;
  /** Whether that time is over. */
  isLate(): boolean;
  /** Ends the command under way, because a final result code has come. Returns the command; NONE when its time was over. */
  end(): number;
  /** Doubles the time-outs, because the modem was too slow. */
  slow(): void;
  /** Drops the command under way; its answer may still come. */
  drop(): void;
}

/** Allocates once; for a command, its text and octets. */
export function createChannel(serial: Serial, usualSeconds: number): Channel {
  let seconds = 0; // how long its answer may take
  let deadline = 0;
  let unanswered = 0; // the number of commands sent since the last answer
  let firstAt = 0; // when the first of them was sent

  function send(command: number, text: string, atFirstSeconds: number): void {
    channel.command = command;
    seconds = atFirstSeconds * channel.patience;
    extend();
    if (unanswered++ === 0) firstAt = channel.now;
    serial.write(utf8Bytes(`${text}\r`));
  }

  function extend(): void {
    deadline = channel.now + seconds;
  }

  function isLate(): boolean {
    return channel.now >= deadline;
  }

  function end(): number {
    const command = channel.command;
    if (command === NONE) {
      slow();
      return NONE;
    }
    channel.command = NONE;
    if (channel.isBehind) {
      // it may be the answer to the first of them; each of the others may take as long
      channel.isBehind = false;
      const lateSeconds = (unanswered - 1) * (channel.now - firstAt);
      channel.waitUntil = channel.now + Math.min(Math.max(lateSeconds, LATE_SECONDS), LATE_SECONDS_MAX);
    }
    unanswered = 0;
    return command;
  }

  function slow(): void {
    channel.patience = Math.min(2 * channel.patience, PATIENCE_MAX);
  }

  function drop(): void {
    if (channel.command !== NONE) channel.isBehind = true;
    channel.command = NONE;
  }

  const channel: Channel = {
    now: 0,
    waitUntil: 0,
    sweepAt: 0,
    usualSeconds,
    patience: 1,
    command: NONE,
    isBehind: false,
    send,
    extend,
    isLate,
    end,
    slow,
    drop,
  };
  return channel;
}
