/**
 * The command under way (V.250 §5). The driver sends one command at a time; the next follows when the modem has ended it
 * with a final result code, or when its time is over. This file knows the time-outs, and the waits between commands.
 */
import { CR } from "../../ascii.ts";
import type { Serial } from "../../hal.ts";

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
  serial: Serial;
  /** The command that is being written. */
  out: Uint8Array;
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
  command: number;
  /** How long its answer may take, and until when. */
  seconds: number;
  deadline: number;
  /** The answer to an earlier command may still come. */
  isBehind: boolean;
  /** The number of commands sent since the last answer, and the time of the first of them. */
  unanswered: number;
  firstAt: number;
}

export function newChannel(serial: Serial, usualSeconds: number): Channel {
  return {
    serial,
    out: new Uint8Array(64),
    now: 0,
    waitUntil: 0,
    sweepAt: 0,
    usualSeconds,
    patience: 1,
    command: NONE,
    seconds: 0,
    deadline: 0,
    isBehind: false,
    unanswered: 0,
    firstAt: 0,
  };
}

/** Sends an ASCII command, which may take `seconds` times `patience`. */
export function send(c: Channel, command: number, text: string, seconds: number): void {
  c.command = command;
  c.seconds = seconds * c.patience;
  extend(c);
  if (c.unanswered++ === 0) c.firstAt = c.now;
  for (let i = 0; i < text.length; i++) c.out[i] = text.charCodeAt(i);
  c.out[text.length] = CR;
  c.serial.write(c.out.subarray(0, text.length + 1));
}

/** Restarts the time of the command under way, because its answer has begun. */
export function extend(c: Channel): void {
  c.deadline = c.now + c.seconds;
}

/** Ends the command under way, because a final result code has come. Returns the command; NONE when its time was over. */
export function end(c: Channel): number {
  const command = c.command;
  if (command === NONE) {
    slow(c);
    return NONE;
  }
  c.command = NONE;
  if (c.isBehind) {
    // it may be the answer to the first of them; each of the others may take as long
    c.isBehind = false;
    const lateSeconds = (c.unanswered - 1) * (c.now - c.firstAt);
    c.waitUntil = c.now + Math.min(Math.max(lateSeconds, LATE_SECONDS), LATE_SECONDS_MAX);
  }
  c.unanswered = 0;
  return command;
}

/** Doubles the time-outs, because the modem was too slow. */
export function slow(c: Channel): void {
  c.patience = Math.min(2 * c.patience, PATIENCE_MAX);
}

/** Drops the command under way; its answer may still come. */
export function drop(c: Channel): void {
  if (c.command !== NONE) c.isBehind = true;
  c.command = NONE;
}
