/**
 * Short messages from an AT modem in PDU mode (3GPP TS 27.005). There are three machines: the command under way
 * (channel.ts), the set-up (setup.ts), and the messages received (inbox.ts). This file talks to the serial and decides whose
 * turn it is. After any failure the modem is set up again from the beginning and all messages are listed: the driver assumes
 * nothing about a modem that may have been reset, and delivers a message twice rather than lose it.
 */

import { EMPTY } from "../../bytes.ts";
import type { Clock, Deliver, Serial } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  MODEM_ABSENT,
  MODEM_CLOSED,
  MODEM_DELIVER,
  MODEM_ERROR,
  MODEM_LINE_LONG,
  MODEM_RESET,
  MODEM_TIMEOUT,
  OK,
  type Status,
} from "../../status.ts";
import { isOthers } from "../sms/tpdu.ts";
import { ACKNOWLEDGE, createChannel, NONE, SEND, SET_UP } from "./channel.ts";
import { createInbox, NO_PDU } from "./inbox.ts";
import type { Modem, ModemOptions } from "./interface.ts";
import { createLine, SAYS_ERROR, SAYS_OK, SAYS_PROMPT } from "./line.ts";
import { createSetUp, READY } from "./setup.ts";

/** Allocates some 850 bytes and its closures, once; for a message only the texts of its commands and their octets. */
export function createModem(serial: Serial, clock: Clock, options: ModemOptions): Modem {
  const c = createChannel(serial, or(options.answerSeconds, 10));
  const line = createLine();
  const sending = options.sending;
  const report = or(options.onStatus, () => {});
  /** Null while the driver is closed. */
  let deliver: Deliver | null = null;
  /** Calls of `receive` under way: the serial may answer from within `write`. Only the outermost one sends commands. */
  let depth = 0;

  function open(onMessage: Deliver): boolean {
    deliver = onMessage;
    c.now = clock.monotonicSeconds();
    c.waitUntil = 0;
    c.isBehind = false;
    line.count = 0;
    serial.open(receive);
    restart(true);
    if (sending !== undefined) sending.pump = tick;
    return true;
  }

  function close(): void {
    deliver = null;
    c.command = NONE;
    serial.close();
    if (sending === undefined) return;
    sending.pump = null;
    sending.end(MODEM_CLOSED);
  }

  /** Reads lines, then sends the next command if it is time. */
  function receive(bytes: Uint8Array, from: number, to: number): void {
    c.now = clock.monotonicSeconds();
    depth++;
    try {
      for (let at = from; deliver !== null && at < to; ) {
        at = line.add(bytes, at, to, inbox.expected !== NO_PDU);
        if (line.isWhole) readLine();
      }
      c.now = clock.monotonicSeconds();
      while (depth === 1 && deliver !== null && begin());
    } finally {
      depth--; // also when the board's code has thrown, or the engine has no memory
    }
  }

  function tick(): void {
    receive(EMPTY, 0, 0);
  }

  /** Sends the next command; false when there is none, or when one is under way. */
  function begin(): boolean {
    if (c.command !== NONE) {
      if (!c.isLate()) return false;
      timeOut();
    }
    if (c.now < c.waitUntil) return false;
    if (c.now >= c.sweepAt) restart(true); // the modem may have been reset without a word
    if (setUp.step < READY) setUp.begin();
    else if (inbox.isOwed) {
      inbox.isOwed = false;
      c.send(ACKNOWLEDGE, "AT+CNMA", c.usualSeconds);
    } else if (sending !== undefined && sending.size > 0 && inbox.deletes.length === 0) {
      c.send(SEND, `AT+CMGS=${sending.size}`, or(options.sendSeconds, 60));
    } else return inbox.begin();
    return true;
  }

  function timeOut(): void {
    if (setUp.step === READY) {
      c.slow();
      fail(MODEM_TIMEOUT);
    } else {
      c.drop();
      if (setUp.timeOut() && sending !== undefined) sending.end(MODEM_ABSENT);
    }
  }

  /** Begins again after a failure; a message that is being sent ends with `why`. */
  function fail(why: number): void {
    const isSending = c.command === SEND;
    report(why);
    restart(false);
    if (sending !== undefined && isSending) sending.end(why);
  }

  function restart(isSweep: boolean): void {
    if (isSweep) {
      c.sweepAt = c.now + or(options.sweepSeconds, 3600);
      c.patience = 1;
    }
    inbox.restart(isSweep);
    c.drop();
    setUp.restart(isSweep);
  }

  /**
   * The verdict on a message; OK when `others` has taken it, MODEM_DELIVER when the board's code threw or the engine has no
   * memory.
   */
  function hand(octets: Uint8Array, from: number, to: number): Status {
    if (deliver !== null) {
      try {
        const status = deliver(octets, from, to);
        return isOthers(status) && options.others !== undefined && options.others(octets, from, to) ? OK : status;
      } catch (_error) {
        report(MODEM_DELIVER);
      }
    }
    return MODEM_DELIVER;
  }

  function readLine(): void {
    const isLong = line.isLong();
    if (isLong) report(MODEM_LINE_LONG);
    if (isLong || line.isHex) {
      inbox.take(isLong ? 0 : line.count >> 1);
      return;
    }
    const says = line.says();
    if (says >= SAYS_OK) readAnswer(c.end(), says < SAYS_ERROR);
    else if (says === SAYS_PROMPT) {
      if (sending !== undefined && c.command === SEND) sending.writeData(serial);
    } else if (setUp.readLine(says)) fail(MODEM_RESET);
    else inbox.readLine(says);
  }

  function readAnswer(command: number, isOk: boolean): void {
    if (command === SET_UP) setUp.readAnswer(isOk);
    else if (command === SEND) {
      if (sending !== undefined) sending.answer(isOk);
    } else if (!inbox.readAnswer(command, isOk)) fail(MODEM_ERROR);
  }

  const inbox = createInbox(c, line, options, report, hand);
  const setUp = createSetUp(c, line, inbox, options.isDirect === true, report);
  return { open, close, tick };
}
