/**
 * Short messages from an AT modem in PDU mode: 3GPP TS 27.005. The modem's own memory, which outlasts its resets and ours,
 * is the queue: what is in it is listed, delivered and deleted, after an announcement (+CMTI) or when it is time. A list
 * names the index of each message, so that a late answer cannot pass for another's. One command is under way at a time;
 * whatever goes wrong, the driver sets the modem up again from the beginning and lists everything. So nothing is believed
 * of a modem that may have been reset, and a message is delivered twice rather than lost.
 */

import type { Clock, Deliver, Serial } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  MODEM_ABSENT,
  MODEM_CLOSED,
  MODEM_DELIVER,
  MODEM_ERROR,
  MODEM_LINE_LONG,
  MODEM_PDU,
  MODEM_POLLING,
  MODEM_READY,
  MODEM_RESET,
  MODEM_STORE_FULL,
  MODEM_TIMEOUT,
  OK,
  STORE_WRITE,
} from "../../status.ts";
import { isOthers } from "../sms/tpdu.ts";
import type { Modem, ModemOptions } from "./interface.ts";
import {
  addOctet,
  decodeHexInPlace,
  isBoot,
  isError,
  lastMemory,
  lastNumber,
  newLine,
  numberAt,
  says,
} from "./line.ts";
import { ANNOUNCE, ATTEMPTS, ATTENTION, ECHO, MEMORY, PDU_MODE, READY, SELECT, SERVICE, setUpText } from "./setup.ts";

/** The command under way. */
const NONE = 0;
const SET_UP = 1;
const ACKNOWLEDGE = 2;
const DELETE = 3;
const LIST = 4;
const SUBMIT = 5;

/** In place of an index: the PDU belongs to +CMT. */
const HANDED_ON = -2;
const DELETES_MAX = 16;
/** How long answers that are too late may take, before one could pass for that to the next command. */
const LATE_SECONDS = 3;
/** How long to wait before what did not work is tried again. */
const RETRY_SECONDS = 5;
/** When a message that could not be saved is read again. */
const UNSAVED_SECONDS = 60;
/** How often a stored PDU is read that is not what its header says, before it is given up. */
const BROKEN_MAX = 3;

/** Allocates some 900 bytes and its closures, once; for a message, nothing but the text of its commands. */
export function createModem(serial: Serial, clock: Clock, options: ModemOptions): Modem {
  const answerSeconds = or(options.answerSeconds, 10);
  const pollSeconds = or(options.pollSeconds, 60);
  const sending = options.sending;
  const report = or(options.report, () => {});
  const out = new Uint8Array(64);
  const line = newLine();
  let deliver: Deliver | null = null;
  let now = 0;
  let active = NONE;
  let deadline = 0;
  let waitUntil = 0;
  let isPumping = false;
  let isPrompted = false;

  let step = ATTENTION;
  let stuck = -1; // the step that was not answered
  let tries = 0; // of ATTENTION
  let isEchoing = false; // in spite of ATE0
  let isAcknowledged = false; // phase 2+: each +CMT wants an acknowledgement
  let inbox = ""; // the memory that receives
  let capacity = 0; // of it, 0 = unknown
  let other = ""; // one that messages were announced in besides
  let memory = ""; // that is selected, or is to be
  let route = 0; // <mt> of +CNMI: 2 messages are handed on, 1 stored and announced, 0 nothing is told
  let attempt = 0;

  let listAt = 0;
  let sweepAt = 0;
  let isSweep = false; // the next list is of all messages, not of the unread alone
  /** Indexes in the selected memory. */
  let deletes: number[] = [];
  let othersLeft = 0;
  let isOwed = false; // an acknowledgement
  let pduLength = 0; // of the PDU that has to follow, 0 = none
  let pduIndex = 0; // where it is stored, or HANDED_ON; -1: its header names no place
  let isBrokenSeen = false; // since the last set-up
  let brokenIndex = 0; // of the first broken one in each sweep
  let brokenTimes = 0;

  function open(onMessage: Deliver): boolean {
    deliver = onMessage;
    now = clock.monotonicSeconds();
    line.count = 0;
    restart(OK);
    tries = 0;
    stuck = -1;
    waitUntil = 0;
    if (sending !== undefined) sending.pump = pump;
    serial.open(receive);
    return true;
  }

  function close(): void {
    deliver = null;
    active = NONE;
    serial.close();
    if (sending === undefined) return;
    sending.pump = null;
    sending.end(MODEM_CLOSED);
  }

  function tick(): void {
    now = clock.monotonicSeconds();
    if (active !== NONE && now >= deadline) timeOut();
    pump();
  }

  function receive(bytes: Uint8Array, from: number, to: number): void {
    if (deliver === null) return;
    now = clock.monotonicSeconds();
    // nothing is written while a line is read: the serial may answer from within `write`, into the same line
    const wasPumping = isPumping;
    isPumping = true;
    for (let at = from; at < to; at++) {
      if (!addOctet(line, bytes[at])) continue;
      onLine();
      line.count = 0;
    }
    isPumping = wasPumping;
    pump();
  }

  function pump(): void {
    if (isPumping) return;
    isPumping = true;
    now = clock.monotonicSeconds();
    while (deliver !== null && begin());
    isPumping = false;
  }

  /** Sends the next command; false when there is none, or one is under way. */
  function begin(): boolean {
    if (isPrompted) {
      isPrompted = false;
      if (sending !== undefined && active === SUBMIT) sending.writeData(serial, out);
      return true;
    }
    if (active !== NONE || now < waitUntil) return false;
    // before another memory is selected
    if (deletes.length > 0) return command(DELETE, `AT+CMGD=${deletes[deletes.length - 1]}`);
    // ESC leaves a prompt that nobody waits for any more
    if (step < READY) return command(SET_UP, (tries > 0 ? "\x1b" : "") + setUpText(step, memory, route, attempt));
    if (isOwed) {
      isOwed = false;
      return command(ACKNOWLEDGE, "AT+CNMA");
    }
    if (sending !== undefined && sending.size > 0) return command(SUBMIT, `AT+CMGS=${sending.size}`);
    if (now >= sweepAt && !isSweep) {
      restart(OK); // a reset without a word may have gone unnoticed
      return true;
    }
    if (now < listAt) return false;
    listAt = now + pollSeconds;
    if (!isSweep) return command(LIST, "AT+CMGL=0");
    isSweep = false;
    othersLeft = 0;
    return command(LIST, "AT+CMGL=4");
  }

  function command(kind: number, text: string): boolean {
    active = kind;
    if (pduIndex !== HANDED_ON) pduLength = 0; // a PDU after +CMT may still be on its way
    deadline = now + (kind === SUBMIT ? 6 * answerSeconds : kind === SET_UP && step === ATTENTION ? 2 : answerSeconds);
    for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
    out[text.length] = 13;
    serial.write(out.subarray(0, text.length + 1));
    return true;
  }

  /** Begins again, and says why; a message that is on its way ends with that. */
  function restart(why: number): void {
    if (why !== OK) report(why);
    const isOnItsWay = active === SUBMIT;
    if (active !== NONE) tries = 1;
    active = NONE;
    step = ATTENTION;
    isEchoing = false;
    route = options.isDirect === true ? 2 : 1;
    attempt = 0;
    listAt = 0;
    isSweep = true;
    sweepAt = now + or(options.sweepSeconds, 3600);
    deletes = [];
    isOwed = false;
    isPrompted = false;
    pduLength = 0;
    isBrokenSeen = false;
    if (sending !== undefined && isOnItsWay) sending.end(why);
  }

  function timeOut(): void {
    const isSetUp = active === SET_UP;
    if (isSetUp && step === ATTENTION) {
      active = NONE;
      tries++;
      if (tries === 3) report(MODEM_ABSENT);
      waitUntil = now + Math.min(tries, 30);
    } else if (isSetUp && step === stuck) {
      stuck = -1;
      report(MODEM_TIMEOUT);
      onAnswer(false); // not answered twice: it does not know the command
    } else {
      stuck = isSetUp ? step : -1;
      restart(MODEM_TIMEOUT);
    }
  }

  function onLine(): void {
    if (active === LIST) deadline = now + answerSeconds; // as long as it takes, but in one go
    const isLong = line.count > line.octets.length;
    if (isLong) report(MODEM_LINE_LONG);
    const count = isLong || pduLength <= 0 ? -1 : decodeHexInPlace(line);
    if (count > 0 || (isLong && pduLength > 0)) onPdu(count);
    if (count > 0 || isLong) return;
    if (line.count === 2 && says(line, "ok")) onAnswer(true);
    else if (isError(line)) onAnswer(false);
    else if (says(line, "+cmt:")) expectPdu(HANDED_ON);
    else if (says(line, "+cmgl:")) {
      if (active === LIST) expectPdu(numberAt(line, 6));
      else sweepIn(RETRY_SECONDS); // another's answer has passed for this one's
    } else if (says(line, "+cmti:")) onAnnounced(lastMemory(line));
    else if (says(line, ">")) isPrompted = true;
    else if (step === MEMORY && says(line, "+cpms:")) {
      inbox = lastMemory(line); // the third is for reception
      memory = other === "" ? inbox : other;
      capacity = lastNumber(line);
    } else if (says(line, "at+") && step > ECHO) {
      if (step < READY) isEchoing = true;
      else if (!isEchoing) restart(MODEM_RESET); // it had been told not to
    } else if (isBoot(line)) {
      if (step > ATTENTION) restart(MODEM_RESET);
      else waitUntil = Math.min(waitUntil, now + 1);
    }
  }

  /** A message was stored, perhaps not where the others are (class 2 goes to the SIM): then a sweep has both memories. */
  function onAnnounced(where: string): void {
    listAt = 0;
    if (where === "" || where === inbox) return;
    other = where;
    if (inbox !== "") sweepIn(RETRY_SECONDS);
  }

  function expectPdu(index: number): void {
    if (pduLength > 0) onPdu(-1);
    pduIndex = index;
    pduLength = lastNumber(line);
  }

  /** Not at once: what a sweep cannot settle must not keep the line busy. */
  function sweepIn(seconds: number): void {
    sweepAt = Math.min(sweepAt, now + seconds);
  }

  /** The PDU `line.octets[0..count)` after its header; `count` is -1 when it is missing, cut or no hex. */
  function onPdu(count: number): void {
    // the length is without the SMSC part, which some leave out
    const from = count - pduLength;
    const isBroken = count < 0 || pduIndex === -1 || (from !== 0 && from !== 1 + line.octets[0]);
    pduLength = 0;
    if (isBroken) report(MODEM_PDU);
    if (pduIndex === HANDED_ON) {
      // unless acknowledged the network sends it again, and the modem hands nothing on before it is told anew
      if (!isBroken) hand(from, count);
      else if (isAcknowledged) restart(MODEM_RESET);
      isOwed = isAcknowledged && !isBroken;
    } else if (deletes.length === DELETES_MAX) {
      sweepIn(RETRY_SECONDS);
    } else if (isBroken ? isGivenUp() : hand(from, count)) {
      if (deletes.indexOf(pduIndex) < 0) deletes.push(pduIndex);
    } else {
      othersLeft++;
    }
  }

  /** Whether the message has been broken, or too much for the board's code, in several sweeps. One at a time is looked at: the first. */
  function isGivenUp(): boolean {
    sweepIn(RETRY_SECONDS);
    if (!isBrokenSeen) {
      isBrokenSeen = true;
      brokenTimes = pduIndex === brokenIndex ? brokenTimes + 1 : 1;
      brokenIndex = pduIndex;
    }
    return pduIndex === brokenIndex && brokenTimes >= BROKEN_MAX;
  }

  /** Delivers a message; whether it may be deleted. The board's code may throw, and the engine may have no memory. */
  function hand(from: number, to: number): boolean {
    if (deliver === null) return false;
    try {
      const status = deliver(line.octets, from, to);
      // genuine, and not safe: it stays where it is, and is read again; one that was handed on (+CMT) is nowhere else
      if (status === STORE_WRITE) sweepIn(UNSAVED_SECONDS);
      else if (!isOthers(status)) return true;
      else return options.others !== undefined && options.others(line.octets, from, to);
    } catch (_error) {
      report(MODEM_DELIVER);
      return isGivenUp();
    }
    return false;
  }

  function onAnswer(isOk: boolean): void {
    const kind = active;
    if (pduIndex !== HANDED_ON && pduLength > 0) onPdu(-1);
    active = NONE;
    if (kind === SET_UP) {
      onSetUpAnswer(isOk);
    } else if (kind === DELETE) {
      deletes.pop();
      if (!isOk) report(MODEM_ERROR);
    } else if (kind === LIST) {
      if (!isOk) {
        restart(MODEM_ERROR); // as in text mode, after a reset
        waitUntil = now + pollSeconds;
      } else if (memory !== inbox) {
        memory = inbox;
        step = SELECT;
        listAt = 0;
        isSweep = true;
      } else {
        if (!isBrokenSeen) brokenTimes = 0;
        if (capacity > 0 && othersLeft >= capacity) report(MODEM_STORE_FULL);
      }
    } else if (sending !== undefined && kind === SUBMIT) {
      sending.answer(isOk);
    }
  }

  function onSetUpAnswer(isOk: boolean): void {
    if (step === ATTENTION && tries > 0) waitUntil = now + LATE_SECONDS;
    tries = 0;
    if (step === PDU_MODE && !isOk) {
      // the SIM may not be ready yet; without PDU mode there is nothing to read
      step = ATTENTION;
      waitUntil = now + RETRY_SECONDS;
      report(MODEM_ERROR);
      return;
    }
    if (step === SERVICE) isAcknowledged = isOk;
    if (step === ANNOUNCE && !isOk) {
      attempt = (attempt + 1) % ATTEMPTS;
      if (attempt === 0) route--; // what is refused one way is tried the other
      if (route > 0) return;
    }
    step++;
    if (step === SELECT && memory === "") step++;
    if (step === READY) report(route > 0 ? MODEM_READY : MODEM_POLLING);
  }

  return { open, close, tick };
}
