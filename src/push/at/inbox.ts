/**
 * The messages that the modem has received: 27.005 §3.4 and §4. Its memory, which outlasts its resets and ours, is the queue: it is
 * listed, each message is delivered, and what is settled is deleted. A list names the index of each message, so that a
 * late answer cannot pass for another's. What others want, and what is not safe yet, stays in it.
 */
import { or } from "../../or.ts";
import { MODEM_ERROR, MODEM_PDU, MODEM_STORE_FULL, MORE, SMS_DUPLICATE, type Status } from "../../status.ts";
import { isOthers, isSettled } from "../sms/tpdu.ts";
import type { Channel } from "./channel.ts";
import type { ModemOptions } from "./interface.ts";
import { type Line, lastMemory, numberAt, says, secondNumber } from "./line.ts";
import { createPduReader, HANDED_ON, LISTED, SUBMITTED } from "./pdu.ts";

const DELETES_MAX = 16;
/** How often selecting a memory may go unanswered before the one that is selected has to do: once may be chance. */
const SILENCES_MAX = 2;
/** When what did not work is tried again; twice as long after each time. */
const RETRY_SECONDS = 5;
/** When a message is read again that could not be accepted then, and may be genuine. */
const UNSETTLED_SECONDS = 60;

export interface Inbox {
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
 * `hand` delivers a message and returns its verdict. `fail(status)` has the modem set up anew. `isAcknowledged` tells whether
 * +CMT wants an acknowledgement, and `setUpIn(seconds)` is called when there is to be none: then the modem hands nothing on
 * before it is told anew.
 */
export function createInbox(
  channel: Channel,
  options: ModemOptions,
  answerSeconds: number,
  hand: (octets: Uint8Array, from: number, to: number) => Status,
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

  let index = 0; // of the message that is listed; -1: its header names no place

  function restart(isSweep: boolean): void {
    listAt = 0;
    allAt = 0;
    isAll = false;
    selected = "";
    if (channel.onEnd === onDeleted) undeletable = deletes[deletes.length - 1];
    deletes = [];
    pdu.drop();
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
    if (pdu.kind === LISTED) pdu.end();
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
      pdu.expect(stat === 2 || stat === 3 ? SUBMITTED : LISTED, line);
      index = numberAt(line, 6);
    } else if (says(line, "+cmt:")) pdu.expect(HANDED_ON, line);
    else if (says(line, "+cmti:")) {
      // a message was stored, perhaps not where the others are (class 2 goes to the SIM): then all lists have both memories
      const where = lastMemory(line);
      listAt = 0;
      if (where === "" || where === home) return;
      other = where;
      if (home !== "") allIn(RETRY_SECONDS);
    }
  }

  /** Takes a PDU; `to` is 0 when it is none. */
  function take(kind: number, octets: Uint8Array, from: number, to: number): void {
    channel.extend(); // a list may take long in all, but goes on
    if (kind === SUBMITTED) left++;
    else if (to === 0) {
      report(MODEM_PDU);
      isDoubtful = true;
      allIn(retrySeconds);
    } else if (kind === LISTED && deletes.length === DELETES_MAX) allIn(RETRY_SECONDS);
    else {
      const status = hand(octets, from, to);
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
      isDone = capacity > 0 && left >= capacity - 1; // the last place is for the next part: this one is in RAM alone
    } else if (!isDone && !isOthers(status)) allIn(UNSETTLED_SECONDS);
    if (!isDone || index < 0 || index === undeletable) left++;
    else if (deletes.indexOf(index) < 0) deletes.push(index);
  }

  const pdu = createPduReader(take);
  const inbox: Inbox = {
    isOwed: false,
    setHome(memory: string, size: number): void {
      home = memory;
      capacity = size;
    },
    restart,
    isDeleting,
    begin,
    readPdu: pdu.read,
    readLine,
  };
  return inbox;
}
