/**
 * Short messages from an AT modem in PDU mode (3GPP TS 27.005). There are three machines: the command under way
 * (channel.ts), the set-up (setup.ts), and the messages received (inbox.ts). This file decides whose turn it is. After any
 * failure the modem is set up again from the beginning and all messages are listed: the driver assumes nothing about a modem
 * that may have been reset, and delivers a message twice rather than lose it.
 */

import type { Clock, Deliver, Serial } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  MODEM_ABSENT,
  MODEM_CLOSED,
  MODEM_DELIVER,
  MODEM_LINE_LONG,
  MODEM_RESET,
  MODEM_TIMEOUT,
  OK,
  type Status,
} from "../../status.ts";
import { isOthers } from "../sms/tpdu.ts";
import { createChannel } from "./channel.ts";
import { createInbox } from "./inbox.ts";
import type { Modem, ModemOptions } from "./interface.ts";
import { isError, isLong, isOk, type Line, says } from "./line.ts";
import { createSetUp } from "./setup.ts";

/** Allocates some 900 bytes and its closures, once; for a message only the texts of its commands. */
export function createModem(serial: Serial, clock: Clock, options: ModemOptions): Modem {
  const answerSeconds = or(options.answerSeconds, 10);
  const sending = options.sending;
  const report = or(options.onStatus, () => {});
  let deliver: Deliver | null = null;
  let isPrompted = false;
  /** Monotonic seconds of the next sweep, which finds what went unnoticed. */
  let sweepAt = 0;

  function open(onMessage: Deliver): boolean {
    channel.open();
    deliver = onMessage;
    restart(OK, true);
    if (sending !== undefined) sending.pump = channel.pump;
    return true;
  }

  function close(): void {
    deliver = null;
    channel.close();
    if (sending === undefined) return;
    sending.pump = null;
    sending.end(MODEM_CLOSED);
  }

  /** Sends the next command; false when there is none, or when one is under way. */
  function begin(): boolean {
    if (isPrompted) {
      isPrompted = false;
      if (sending !== undefined && channel.onEnd === onSent) sending.writeData(serial);
      return true;
    }
    if (channel.onEnd !== null || channel.now < channel.waitUntil) return false;
    if (channel.now >= sweepAt) restart(OK, true); // the modem may have been reset without a word
    if (!setUp.isReady()) setUp.begin();
    else if (inbox.isOwed) {
      inbox.isOwed = false;
      channel.send("AT+CNMA", answerSeconds, () => {});
    } else if (sending !== undefined && sending.size > 0 && !inbox.isDeleting()) {
      channel.send(`AT+CMGS=${sending.size}`, or(options.sendSeconds, 60), onSent);
    } else return inbox.begin();
    return true;
  }

  function onSent(isOk: boolean): void {
    if (sending !== undefined) sending.answer(isOk);
  }

  function timeOut(): void {
    if (setUp.isReady()) {
      channel.slow();
      fail(MODEM_TIMEOUT);
    } else {
      channel.drop();
      if (setUp.timeOut() && sending !== undefined) sending.end(MODEM_ABSENT);
    }
  }

  function fail(why: number): void {
    report(why);
    restart(why, false);
  }

  /** Begins again; a message that is being sent ends with `why`. */
  function restart(why: number, isSweep: boolean): void {
    const isSending = channel.onEnd === onSent;
    isPrompted = false;
    if (isSweep) {
      sweepAt = channel.now + or(options.sweepSeconds, 3600);
      channel.patience = 1;
    }
    inbox.restart(isSweep);
    channel.drop();
    setUp.restart(isSweep);
    if (sending !== undefined && isSending) sending.end(why);
  }

  function sweepIn(seconds: number): void {
    sweepAt = Math.min(sweepAt, channel.now + seconds);
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

  function onLine(line: Line): void {
    if (isLong(line)) report(MODEM_LINE_LONG);
    if (inbox.readPdu(line) || isLong(line)) return;
    if (isOk(line)) channel.end(true);
    else if (isError(line)) channel.end(false);
    else if (says(line, ">")) isPrompted = true;
    else if (setUp.readLine(line) === MODEM_RESET) fail(MODEM_RESET);
    else inbox.readLine(line);
  }

  const channel = createChannel(serial, clock, onLine, begin, timeOut);
  const inbox = createInbox(channel, options, answerSeconds, hand, () => setUp.isAcknowledged(), report, fail, sweepIn);
  const setUp = createSetUp(channel, inbox, options.isDirect === true, answerSeconds, report);
  return { open, close, tick: channel.tick };
}
