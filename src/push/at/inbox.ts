/**
 * What the modem has received: 27.005 §3.4 and §4. Its memory, which outlasts its resets and ours, is the queue: it is
 * listed, each message is delivered, and what is settled is deleted. A list names the index of each message, so that a
 * late answer cannot pass for another's. What others want, and what is not safe yet, stays in it.
 */
import { EMPTY } from "../../bytes.ts";
import type { Deliver } from "../../hal.ts";
import { or } from "../../or.ts";
import { MODEM_DELIVER, MODEM_ERROR, MODEM_PDU, MODEM_STORE_FULL, MORE, OK, SMS_DUPLICATE } from "../../status.ts";
import { isOthers, isSettled } from "../sms/tpdu.ts";
import type { Channel } from "./channel.ts";
import type { ModemOptions } from "./interface.ts";
import { decodeHexInPlace, isLong, type Line, lastMemory, lastNumber, numberAt, says, secondNumber } from "./line.ts";

/** What the PDU is that has to follow. */
const NO_PDU = 0;
const LISTED = 1;
/** Of +CMT: it is nowhere else. */
const HANDED_ON = 2;
/** A message that was sent, or a draft. */
const SUBMITTED = 3;

const DELETES_MAX = 16;
/** How often selecting a memory may go unanswered before the one that is selected has to do: once may be chance. */
const SILENCES_MAX = 2;
/** When what did not work is tried again; twice as long after each time. */
const RETRY_SECONDS = 5;
/** When a message is read again that could not be accepted then, and may be genuine. */
const UNSETTLED_SECONDS = 60;

export interface Inbox {
  /** Null while closed. */
  deliver: Deliver | null;
  /** An acknowledgement of +CMT is to be sent. */
  isOwed: boolean;
  /** The memory that receives, "" = unknown, and its capacity. */
  setHome(memory: string, size: number): void;
  /** Lists everything anew after the next set-up; `isSweep`: what was read in vain is tried again soon. */
  restart(isSweep: boolean): void;
  /** Whether there is something to be deleted: that goes first. */
  isDeleting(): boolean;
  /** Sends the next command, if there is one. */
  begin(): boolean;
  /** Takes a line that is the PDU that has to follow; false when it is not. */
  readPdu(line: Line): boolean;
  /** Takes a line that says something about messages. */
  readLine(line: Line): void;
}

/**
 * `fail(status)` has the modem set up anew; `isAcknowledged` tells whether +CMT wants an acknowledgement, and
 * `setUpIn(seconds)` is called when there is to be none: then the modem hands nothing on before it is told anew.
 */
export function createInbox(
  channel: Channel,
  options: ModemOptions,
  answerSeconds: number,
  isAcknowledged: () => boolean,
  report: (status: number) => void,
  fail: (status: number) => void,
  setUpIn: (seconds: number) => void,
): Inbox {
  const pollSeconds = or(options.pollSeconds, 60);
  let home = "";
  let capacity = 0; // of it, 0 = unknown
  let other = ""; // a memory that messages were announced in besides
  let selected = "";
  let place = ""; // the memory that is listed next
  let silences = 0; // selecting a memory was not answered

  let listAt = 0;
  /** When all messages are listed, not the unread alone. */
  let allAt = 0;
  let isAll = false;
  let isDoubtful = false; // a PDU in this list was not what its header says
  let retrySeconds = 0;
  /** Indexes in the selected memory. */
  let deletes: number[] = [];
  let undeletable = 0; // the index whose deletion was not answered: it must not hold up the others
  let left = 0; // messages that stay in `home`
  let hasParts = false; // some of them are parts of messages that are not complete

  let pduKind = NO_PDU;
  let pduLength = 0;
  let pduIndex = 0; // -1: its header names no place

  function restart(isSweep: boolean): void {
    listAt = 0;
    allAt = 0;
    isAll = false;
    selected = "";
    if (channel.onEnd === onDeleted) undeletable = deletes[deletes.length - 1];
    deletes = [];
    pduKind = NO_PDU;
    inbox.isOwed = false;
    if (channel.onEnd === onSelected) silences++;
    if (isSweep) {
      retrySeconds = RETRY_SECONDS;
      silences = 0;
      undeletable = -1;
    }
  }

  function isDeleting(): boolean {
    return deletes.length > 0;
  }

  function begin(): boolean {
    const now = channel.now;
    // before another memory is selected
    if (isDeleting()) {
      channel.send(`AT+CMGD=${deletes[deletes.length - 1]}`, answerSeconds, onDeleted);
      return true;
    }
    if (!isAll && now >= allAt) {
      isAll = true;
      allAt = Infinity;
      place = other === "" || home === "" ? home : other; // only if there is a way back
      isDoubtful = false;
      hasParts = false;
    }
    if (!isAll && now < listAt) return false;
    if (selected !== place && silences < SILENCES_MAX) {
      channel.send(`AT+CPMS="${place}"`, answerSeconds, onSelected);
      return true;
    }
    listAt = now + pollSeconds;
    if (isAll && place === home) left = 0;
    channel.send(`AT+CMGL=${isAll ? 4 : 0}`, or(options.listSeconds, 30), onListed);
    return true;
  }

  function onSelected(): void {
    selected = place; // whatever the answer: what is listed is what is deleted
  }

  function onDeleted(isOk: boolean): void {
    deletes.pop();
    if (!isOk) report(MODEM_ERROR);
  }

  function onListed(isOk: boolean): void {
    if (pduKind === LISTED) readMissing();
    if (!isOk) {
      fail(MODEM_ERROR); // as in text mode, after a reset
      channel.waitUntil = channel.now + pollSeconds;
    } else if (place !== home) {
      place = home;
    } else if (isAll) {
      isAll = false;
      retrySeconds = isDoubtful ? 2 * retrySeconds : RETRY_SECONDS;
      if (capacity > 0 && left >= capacity) report(MODEM_STORE_FULL);
    }
  }

  /** Not at once: what a list cannot settle must not keep the line busy. */
  function allIn(seconds: number): void {
    allAt = Math.min(allAt, channel.now + seconds);
  }

  function readLine(line: Line): void {
    if (says(line, "+cmgl:")) {
      if (channel.onEnd !== onListed) {
        channel.isBehind = true; // the answer to another command has passed for this one's
        allIn(RETRY_SECONDS);
        return;
      }
      const stat = secondNumber(line);
      expectPdu(stat === 2 || stat === 3 ? SUBMITTED : LISTED, line);
      pduIndex = numberAt(line, 6);
    } else if (says(line, "+cmt:")) expectPdu(HANDED_ON, line);
    else if (says(line, "+cmti:")) {
      // a message was stored, perhaps not where the others are (class 2 goes to the SIM): then all lists have both memories
      const where = lastMemory(line);
      listAt = 0;
      if (where === "" || where === home) return;
      other = where;
      if (home !== "") allIn(RETRY_SECONDS);
    }
  }

  function expectPdu(kind: number, line: Line): void {
    readMissing();
    pduKind = kind;
    pduLength = lastNumber(line);
  }

  /** The PDU that had to follow did not. */
  function readMissing(): void {
    if (pduKind !== NO_PDU) onPdu(EMPTY, 0);
  }

  function readPdu(line: Line): boolean {
    if (pduKind === NO_PDU) return false;
    const count = isLong(line) ? 0 : decodeHexInPlace(line);
    if (count < 0) return false;
    channel.extend(); // a list may take long in all, but goes on
    onPdu(line.octets, count);
    return true;
  }

  /** The PDU `octets[0..count)` after its header; `count` is 0 when it is missing or too long. */
  function onPdu(octets: Uint8Array, count: number): void {
    const kind = pduKind;
    pduKind = NO_PDU;
    // <length> is without the SMSC part; some modems count that, too, and some leave it out. What it is shows in a TPDU
    // without it: the length of an address in the second octet, and its type, with the high bit set, in the third.
    let from = count - pduLength;
    if (from === 0 && count > 2 && (octets[1] > 127 || octets[2] < 128)) from = 1 + octets[0];
    const isWhole = count > 2 && (from === 0 || (from === 1 + octets[0] && from < count));
    if (kind === SUBMITTED) left++;
    else if (!isWhole) {
      report(MODEM_PDU);
      isDoubtful = true;
      allIn(retrySeconds);
    } else if (kind === LISTED && deletes.length === DELETES_MAX) allIn(RETRY_SECONDS);
    else {
      const status = hand(octets, from, count);
      // with what is settled go the parts of its message that were left before
      if (hasParts && isSettled(status) && status !== SMS_DUPLICATE) allIn(RETRY_SECONDS);
      if (kind === LISTED) settle(status);
      else if (isAcknowledged()) inbox.isOwed = status === MORE || isOthers(status) || isSettled(status);
    }
    // unless it is acknowledged, the network sends it again (27.005 §3.4.1)
    if (kind === HANDED_ON && isAcknowledged() && !inbox.isOwed) setUpIn(UNSETTLED_SECONDS);
  }

  /** Deletes the stored message that got this verdict, or leaves it. */
  function settle(status: number): void {
    let isDone = isSettled(status);
    if (status === MORE) {
      hasParts = true;
      isDone = left === capacity - 1; // the last place is for the next part: this one is in RAM alone
    } else if (!isDone && !isOthers(status)) allIn(UNSETTLED_SECONDS);
    if (!isDone || pduIndex < 0 || pduIndex === undeletable) left++;
    else if (deletes.indexOf(pduIndex) < 0) deletes.push(pduIndex);
  }

  /** Delivers a message; returns its verdict, or OK for what `others` has taken. */
  function hand(octets: Uint8Array, from: number, to: number): number {
    if (inbox.deliver !== null) {
      try {
        const status = inbox.deliver(octets, from, to);
        return isOthers(status) && options.others !== undefined && options.others(octets, from, to) ? OK : status;
      } catch (_error) {
        report(MODEM_DELIVER); // the engine may have no memory
      }
    }
    return MODEM_DELIVER;
  }

  const inbox: Inbox = {
    deliver: null,
    isOwed: false,
    setHome(memory: string, size: number): void {
      home = memory;
      capacity = size;
    },
    restart,
    isDeleting,
    begin,
    readPdu,
    readLine,
  };
  return inbox;
}
