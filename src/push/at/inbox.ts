/**
 * The messages that the modem has received (27.005 §3.4 and §4). The modem's memory outlasts its resets and ours, so it is
 * the queue: the driver lists it, delivers each message, and deletes each settled one. A list has the index of each message,
 * so a late answer cannot be taken for that of another. Messages for other programs, and messages that are not safe yet,
 * stay in the memory.
 */
import { or } from "../../or.ts";
import { MODEM_ERROR, MODEM_PDU, MODEM_STORE_FULL, MORE, SMS_DUPLICATE, type Status, THROTTLED } from "../../status.ts";
import { isOthers, isSettled } from "../sms/tpdu.ts";
import type { Channel } from "./channel.ts";
import type { ModemOptions } from "./interface.ts";
import { type Line, lastMemory, numberAt, says, secondNumber } from "./line.ts";
import { createPduReader, HANDED_ON, LISTED, SUBMITTED } from "./pdu.ts";

const DELETES_MAX = 16;
/** When selecting a memory is not answered so often, the driver uses the one that is selected. Once may be chance. */
const SILENCES_MAX = 2;
/** The pause before a failed step is repeated; it doubles each time. */
const RETRY_SECONDS = 5;
/** The pause before messages are read again that were refused for a temporary reason. */
const UNSETTLED_SECONDS = 60;
/** The same for one that was THROTTLED: by then the boards of targets/ have computed one digest more. */
const THROTTLED_SECONDS = 10;

export interface Inbox {
  /** An acknowledgement of +CMT is due. */
  isOwed: boolean;
  /** Sets the memory that the modem receives into ("" = unknown), and its capacity. */
  setHome(memory: string, size: number): void;
  /** Lists all messages again after the next set-up. With `isSweep`, PDUs that could not be read are tried again soon. */
  restart(isSweep: boolean): void;
  /** Whether a message is to be deleted, which comes before anything else. */
  isDeleting(): boolean;
  /** Sends the next command, if there is one. */
  begin(): boolean;
  /** Takes a line that is the expected PDU; false when it is not. */
  readPdu(line: Line): boolean;
  /** Takes a line about messages: an item of a list, or an announcement. */
  readLine(line: Line): void;
}

/**
 * `hand` delivers a message and returns its verdict. `fail(status)` sets the modem up anew. `isAcknowledged` tells whether
 * +CMT needs an acknowledgement. `setUpIn(seconds)` is called when a message is not acknowledged: the modem delivers nothing
 * more until it is set up again.
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
  let capacity = 0; // its capacity, 0 = unknown
  let other = ""; // another memory in which messages were announced
  let selected = "";
  let place = ""; // the memory that the next list reads
  let silences = 0; // how often selecting a memory was not answered

  let listAt = 0;
  /** Monotonic seconds at which all messages are listed, not only the unread ones. */
  let allAt = 0;
  let isAll = false;
  let isDoubtful = false; // a PDU in this list differed from its header
  let retrySeconds = 0;
  /** The indexes of settled messages in the selected memory. */
  let deletes: number[] = [];
  let undeletable = 0; // the index whose deletion was not answered; the other deletions must go on
  let left = 0; // the number of messages that stay in `home`
  let hasParts = false; // some of them are parts of incomplete messages
  let index = 0; // the index of the listed message; -1 when its header has none
  let turn = 0; // messages below this index wait: new messages take low indexes, and must not overtake
  let throttled = 0; // the index of the first message of this list that was THROTTLED

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

  function begin(): boolean {
    const now = channel.now;
    // deletions come before another memory is selected
    if (deletes.length > 0) {
      channel.send(`AT+CMGD=${deletes[deletes.length - 1]}`, answerSeconds, onDeleted);
      return true;
    }
    if (!isAll && now >= allAt) {
      isAll = true;
      allAt = Infinity;
      place = other === "" || home === "" ? home : other; // only when the driver can select the first memory again
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
    selected = place; // whatever the answer: the same memory is listed and deleted from
  }

  function onDeleted(isOk: boolean): void {
    deletes.pop();
    if (!isOk) report(MODEM_ERROR);
  }

  function onListed(isOk: boolean): void {
    if (pdu.kind === LISTED) pdu.end();
    if (!isOk) {
      fail(MODEM_ERROR); // the modem may be in text mode, after a reset
      channel.waitUntil = channel.now + pollSeconds;
      return;
    }
    turn = throttled;
    throttled = 0;
    if (place !== home) {
      place = home;
    } else if (isAll) {
      isAll = false;
      retrySeconds = isDoubtful ? 2 * retrySeconds : RETRY_SECONDS;
      if (capacity > 0 && left >= capacity) report(MODEM_STORE_FULL);
    }
  }

  /** Not at once: messages that a list cannot settle must not keep the line busy. */
  function allIn(seconds: number): void {
    allAt = Math.min(allAt, channel.now + seconds);
  }

  function readLine(line: Line): void {
    if (says(line, "+cmgl:")) {
      if (channel.onEnd !== onListed) {
        channel.isBehind = true; // a late answer to an earlier command was taken for this one's: list again
        allIn(RETRY_SECONDS);
        return;
      }
      const stat = secondNumber(line);
      pdu.expect(stat === 2 || stat === 3 ? SUBMITTED : LISTED, line);
      index = numberAt(line, 6);
    } else if (says(line, "+cmt:")) pdu.expect(HANDED_ON, line);
    else if (says(line, "+cmti:")) {
      // a message was stored, perhaps in another memory (class 2 goes to the SIM); all lists read both memories from then on
      const where = lastMemory(line);
      listAt = 0;
      if (where === "" || where === home) return;
      other = where;
      if (home !== "") allIn(RETRY_SECONDS);
    }
  }

  /** Takes a PDU; `to` is 0 when the line was no valid PDU. */
  function take(kind: number, octets: Uint8Array, from: number, to: number): void {
    channel.extend(); // a list may take long in all; the deadline is per line
    if (kind === SUBMITTED) left++;
    else if (to === 0) {
      report(MODEM_PDU);
      isDoubtful = true;
      allIn(retrySeconds);
    } else if (kind === LISTED && deletes.length === DELETES_MAX) allIn(RETRY_SECONDS);
    else if (kind === LISTED && index < turn) {
      left++;
      allIn(THROTTLED_SECONDS);
    } else {
      const status = hand(octets, from, to);
      // a settled message also settles its parts that were left in the modem before
      if (hasParts && isSettled(status) && status !== SMS_DUPLICATE) allIn(RETRY_SECONDS);
      if (kind === LISTED) conclude(status);
      else if (isAcknowledged()) inbox.isOwed = status === MORE || isOthers(status) || isSettled(status);
    }
    // the network sends a message again that is not acknowledged (27.005 §3.4.1)
    if (kind === HANDED_ON && isAcknowledged() && !inbox.isOwed) setUpIn(UNSETTLED_SECONDS);
  }

  /** Deletes the stored message when this verdict settles it; else leaves it. */
  function conclude(status: number): void {
    let isDone = isSettled(status);
    if (status === MORE) {
      hasParts = true;
      isDone = capacity > 0 && left >= capacity - 1; // the last free place is for the next part
    } else if (status === THROTTLED) {
      if (throttled === 0 && index > turn) throttled = index; // the message at `turn` was first this time
      allIn(THROTTLED_SECONDS);
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
    isDeleting: () => deletes.length > 0,
    begin,
    readPdu: pdu.read,
    readLine,
  };
  return inbox;
}
