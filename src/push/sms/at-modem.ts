/**
 * Short messages from an AT modem in PDU mode: 3GPP TS 27.005. One command is under way at a time; whatever goes wrong,
 * the driver sets the modem up again from the beginning and sweeps what is stored. So nothing is believed of a modem
 * that may have been reset, and a message is delivered twice rather than lost.
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
  MODEM_RESET,
  MODEM_STORE_FULL,
  MODEM_TIMEOUT,
  OK,
  STORE_WRITE,
} from "../../status.ts";
import { isText } from "../dm.ts";
import {
  createLineReader,
  decodeHexInPlace,
  isBoot,
  isError,
  lastNumber,
  memoryField,
  numberField,
} from "./at-line.ts";
import { createSetUp } from "./at-setup.ts";
import type { Modem, ModemOptions } from "./modem.ts";
import { isOthers } from "./tpdu.ts";

/** The command under way. */
const NONE = 0;
const SET_UP = 1;
const ACKNOWLEDGE = 2;
const SELECT = 3;
const READ = 4;
const DELETE = 5;
const LIST = 6;
const SUBMIT = 7;
const SUBMIT_DATA = 8;
const PROBE = 9;

/** What a PDU line that has to follow belongs to: +CMT, or +CMGR and +CMGL. */
const PDU_NONE = 0;
const PDU_DIRECT = 1;
const PDU_STORED = 2;

const READS_MAX = 8;
const DELETES_MAX = 16;
/** How late an answer may come, after its time is over. */
const LATE_SECONDS = 120;
/** How long to wait before what did not work is tried again. */
const RETRY_SECONDS = 5;
/** When a message that could not be saved is read again. */
const UNSAVED_SECONDS = 60;
/** How often a PDU is read that is not what its header says, before it is given up. */
const BROKEN_MAX = 3;

/** Allocates some 600 bytes and its closures, once; for a message, nothing but the text of its commands. */
export function createModem(serial: Serial, clock: Clock, options: ModemOptions): Modem {
  const answerSeconds = or(options.answerSeconds, 10);
  const sending = options.sending;
  const setUp = createSetUp(options.isDirect === true);
  const out = new Uint8Array(64);
  const report = or(options.report, () => {});
  /** Announced messages, oldest first: index, memory. Messages to delete from the selected memory. Bounded by the two MAX. */
  let reads: number[] = [];
  let deletes: number[] = [];
  let deliver: Deliver | null = null;
  let active = NONE;
  let deadline = 0;
  let waitUntil = 0;
  let heardAt = 0;
  let sweepAt = 0;
  let listUntil = 0; // until then lists, no AT+CMGR
  let tries = 0; // of the first AT
  let stuck = -1; // the step of setting up that was not answered
  let isPumping = false;
  let isPrompted = false;
  let acknowledgements = 0;
  let othersLeft = 0; // in this sweep
  let isMoreLeft = false; // of ours, in this sweep
  let hasDeleted = false;
  let pdu = PDU_NONE;
  let pduLength = 0;
  let pduIndex = 0;
  let hasRead = false; // AT+CMGR has brought a message
  let brokenReads = 0; // of the message that is read
  let brokenPushes = 0; // of +CMT in a row

  function open(onMessage: Deliver): boolean {
    deliver = onMessage;
    lines.clear();
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
    if (active !== NONE && clock.monotonicSeconds() >= deadline) timeOut();
    pump();
  }

  function receive(bytes: Uint8Array, from: number, to: number): void {
    if (deliver === null) return;
    // nothing is written while a line is read: the serial may answer from within `write`, into the same line
    const wasPumping = isPumping;
    isPumping = true;
    lines.add(bytes, from, to);
    if (active === SUBMIT && lines.takePrompt()) isPrompted = true;
    isPumping = wasPumping;
    pump();
  }

  function pump(): void {
    if (isPumping) return;
    isPumping = true;
    while (deliver !== null && begin());
    isPumping = false;
  }

  /** Sends the next command; false when there is none, or one is under way. */
  function begin(): boolean {
    const now = clock.monotonicSeconds();
    if (isPrompted) {
      isPrompted = false;
      if (sending !== undefined && active === SUBMIT) {
        active = SUBMIT_DATA;
        deadline = now + 6 * answerSeconds;
        sending.writeData(serial, out);
      }
      return true;
    }
    if (active !== NONE || now < waitUntil) return false;
    const setUpText = setUp.text();
    if (setUpText !== "") {
      out[0] = 0x1b; // leaves a prompt that nobody waits for any more
      if (setUp.step === 0 && tries > 0) serial.write(out.subarray(0, 1));
      return command(SET_UP, setUpText);
    }
    if (acknowledgements > 0) {
      acknowledgements--;
      return command(ACKNOWLEDGE, "AT+CNMA");
    }
    if (deletes.length > 0) return command(DELETE, `AT+CMGD=${deletes[deletes.length - 1]}`);
    if (isMoreLeft && hasDeleted) sweepAt = now;
    isMoreLeft = false;
    hasDeleted = false;
    if (sending !== undefined && sending.size > 0) return command(SUBMIT, `AT+CMGS=${sending.size}`);
    if (reads.length > 0) return select(reads[1]) || command(READ, `AT+CMGR=${reads[0]}`);
    if (now >= sweepAt) {
      if (select(setUp.inbox)) return true;
      sweepAt = now + (setUp.route === 0 ? or(options.pollSeconds, 60) : or(options.sweepSeconds, 3600));
      othersLeft = 0;
      return command(LIST, "AT+CMGL=4");
    }
    if (setUp.route === 0 || now - heardAt < or(options.probeSeconds, 60)) return false;
    return command(PROBE, "AT+CNMI?");
  }

  /** Selects a memory for reading; false when it is selected, or memories are unknown. */
  function select(memory: number): boolean {
    if (memory === 0 || setUp.memory === 0 || memory === setUp.memory) return false;
    setUp.memory = memory; // even if it refuses: asking again would not end
    return command(SELECT, `AT+CPMS="${String.fromCharCode(memory >> 8)}${String.fromCharCode(memory & 255)}"`);
  }

  function command(kind: number, text: string): boolean {
    active = kind;
    if (pdu === PDU_STORED) pdu = PDU_NONE; // a PDU after +CMT may still be on its way
    deadline = clock.monotonicSeconds() + (kind === SET_UP && setUp.step === 0 ? 2 : answerSeconds);
    for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
    out[text.length] = 13;
    serial.write(out.subarray(0, text.length + 1));
    return true;
  }

  /** Begins again, and says why; a message that is on its way ends with that. */
  function restart(why: number): void {
    if (why !== OK) report(why);
    const isOnItsWay = active === SUBMIT || active === SUBMIT_DATA;
    if (active !== NONE) tries = 1;
    setUp.restart();
    active = NONE;
    pdu = PDU_NONE;
    reads = [];
    deletes = [];
    acknowledgements = 0;
    isMoreLeft = false;
    isPrompted = false;
    sweepAt = 0;
    hasRead = false;
    brokenReads = 0;
    if (sending !== undefined && isOnItsWay) sending.end(why);
  }

  function timeOut(): void {
    const failed = active;
    if (failed === SET_UP && setUp.step === 0) {
      active = NONE;
      tries++;
      if (tries === 3) report(MODEM_ABSENT);
      waitUntil = clock.monotonicSeconds() + (tries < 3 ? 0 : Math.min(tries, 30));
      return;
    }
    if (failed === SET_UP && setUp.step === stuck) {
      stuck = -1;
      report(MODEM_TIMEOUT);
      onAnswer(false); // not answered twice: it does not know the command
      return;
    }
    stuck = failed === SET_UP ? setUp.step : -1;
    if (failed === READ) distrustReads();
    restart(MODEM_TIMEOUT);
  }

  /**
   * An answer to AT+CMGR did not come, or another's came in its place: when it comes it would pass for that of the next,
   * which then were deleted unread. Lists have the index of each message in them.
   */
  function distrustReads(): void {
    listUntil = clock.monotonicSeconds() + LATE_SECONDS;
    reads = [];
    brokenReads = 0;
    sweepSoon();
  }

  function onLine(line: Uint8Array, length: number): void {
    heardAt = clock.monotonicSeconds();
    if (length < 0) report(MODEM_LINE_LONG);
    if (active === LIST) deadline = heardAt + answerSeconds; // as long as it takes, but in one go
    if (pdu !== PDU_NONE) {
      const count = decodeHexInPlace(line, length);
      if (count > 0 || length < 0) {
        onPdu(line, count);
        return;
      }
    }
    if (isText(line, 0, length, "ok") && length === 2) onAnswer(true);
    else if (isError(line, length)) onAnswer(false);
    else if (isText(line, 0, length, "+cmt:")) expectPdu(line, length, PDU_DIRECT);
    else if (active === READ && isText(line, 0, length, "+cmgr:")) expectPdu(line, length, PDU_STORED);
    else if (active === LIST && isText(line, 0, length, "+cmgl:")) {
      if (pdu === PDU_STORED) onPdu(line, -1);
      expectPdu(line, length, PDU_STORED);
      pduIndex = numberField(line, length, 0);
    } else if (isText(line, 0, length, "+cmti:")) {
      enqueue(heardAt < listUntil ? -1 : lastNumber(line, length), memoryField(line, length, 0));
    } else if (active === SUBMIT && line[0] === 0x3e) isPrompted = true;
    else if (active === SET_UP) setUp.read(line, length);
    else if (active === PROBE && isText(line, 0, length, "+cnmi:")) {
      if (numberField(line, length, 0) !== setUp.mode || numberField(line, length, 1) !== setUp.route)
        restart(MODEM_RESET);
    }
    if (isBoot(line, length)) {
      if (setUp.step > 0) restart(MODEM_RESET);
      else waitUntil = Math.min(waitUntil, heardAt + 1);
    }
  }

  function expectPdu(line: Uint8Array, length: number, kind: number): void {
    if (pdu === PDU_STORED) sweepSoon(); // its PDU is cut off
    pdu = kind;
    pduLength = lastNumber(line, length);
    if (active === READ) pduIndex = reads[0];
    if (pduLength <= 0) pdu = PDU_NONE; // an empty place
  }

  /** A message was stored. What does not fit into the queue is found by a sweep. */
  function enqueue(index: number, memory: number): void {
    if (index >= 0 && reads.length < 2 * READS_MAX) reads.push(index, memory);
    else sweepSoon();
  }

  /** Not at once: what a sweep cannot settle must not keep the line busy. */
  function sweepSoon(): void {
    sweepAt = Math.min(sweepAt, heardAt + RETRY_SECONDS);
  }

  /** The PDU `line[0..count)` after its header; -1 when it is missing, cut or no hex. */
  function onPdu(line: Uint8Array, count: number): void {
    const kind = pdu;
    pdu = PDU_NONE;
    if (kind === PDU_STORED && active === READ) hasRead = true;
    // the length is without the SMSC part, which some leave out
    const from = count - pduLength;
    if (count < 0 || (from !== 0 && from !== 1 + line[0])) {
      onBroken(kind);
      return;
    }
    if (kind === PDU_STORED && deletes.length === DELETES_MAX) {
      isMoreLeft = true;
      return;
    }
    if (kind === PDU_STORED) brokenReads = 0;
    const isTaken = hand(line, from, count);
    if (kind === PDU_DIRECT) {
      brokenPushes = 0;
      if (setUp.isAcknowledged) acknowledgements++;
    } else if (isTaken) {
      if (deletes.indexOf(pduIndex) < 0) deletes.push(pduIndex);
    } else if (active === LIST) {
      othersLeft++;
    }
  }

  function onBroken(kind: number): void {
    report(MODEM_PDU);
    if (kind === PDU_STORED && active === READ) {
      brokenReads++;
    } else if (kind === PDU_STORED) {
      enqueue(pduIndex, setUp.memory); // once more, alone
    } else if (setUp.isAcknowledged) {
      // unless acknowledged the network sends it again, and the modem hands nothing on before it is told anew
      brokenPushes++;
      if (brokenPushes < BROKEN_MAX) restart(MODEM_RESET);
      else acknowledgements++;
    }
  }

  /** Delivers a message; whether it may be deleted. The board's code may throw: a message must not come back for that. */
  function hand(bytes: Uint8Array, from: number, to: number): boolean {
    if (deliver === null) return false;
    try {
      const status = deliver(bytes, from, to);
      if (status === STORE_WRITE) {
        // genuine, and not safe: it stays where it is, and is read again; one that was handed on (+CMT) is nowhere else
        sweepAt = Math.min(sweepAt, heardAt + UNSAVED_SECONDS);
        return false;
      }
      if (!isOthers(status)) return true;
      return options.others !== undefined && options.others(bytes, from, to);
    } catch (_error) {
      report(MODEM_DELIVER);
      return true;
    }
  }

  function onAnswer(isOk: boolean): void {
    const kind = active;
    if (pdu === PDU_STORED) onPdu(out, -1);
    active = NONE;
    if (kind === SET_UP) {
      onSetUpAnswer(isOk);
    } else if (kind === READ) {
      if (hasRead) onReadAnswer();
      else distrustReads();
    } else if (kind === DELETE) {
      deletes.pop();
      if (isOk) hasDeleted = true;
      else report(MODEM_ERROR);
    } else if (kind === LIST) {
      if (!isOk) report(MODEM_ERROR);
      else if (setUp.capacity > 0 && othersLeft >= setUp.capacity) report(MODEM_STORE_FULL);
    } else if (sending !== undefined && (kind === SUBMIT || kind === SUBMIT_DATA)) {
      sending.end(isOk && kind === SUBMIT_DATA ? OK : MODEM_ERROR);
    }
  }

  function onSetUpAnswer(isOk: boolean): void {
    const now = clock.monotonicSeconds();
    // answers to what timed out may still come: let them pass before one is taken for another's
    if (setUp.step === 0 && tries > 0) waitUntil = now + 3;
    tries = 0;
    const status = setUp.answer(isOk);
    if (status === OK) return;
    if (status === MODEM_ERROR) waitUntil = now + RETRY_SECONDS;
    report(status);
  }

  function onReadAnswer(): void {
    hasRead = false;
    if (brokenReads > 0 && brokenReads < BROKEN_MAX) return; // once more
    if (brokenReads > 0) deletes.push(reads[0]);
    brokenReads = 0;
    reads.shift();
    reads.shift();
  }

  const lines = createLineReader(onLine);
  return { open, close, tick };
}
