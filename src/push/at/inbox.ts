/**
 * The messages that the modem has received (27.005 §3.4 and §4). The modem's memory outlasts its resets and ours, so it is
 * the queue: the driver lists it, delivers each message, and deletes each settled one. A list has the index of each message,
 * so a late answer cannot be taken for that of another. Messages for other programs, and messages that are not safe yet,
 * stay in the memory.
 */
import { or } from "../../or.ts";
import {
  isPassing,
  MODEM_ERROR,
  MODEM_PDU,
  MODEM_STORE_FULL,
  MORE,
  SMS_DUPLICATE,
  type Status,
  THROTTLED,
} from "../../status.ts";
import { isSettled } from "../sms/tpdu.ts";
import { type Channel, DELETE, LIST, SELECT } from "./channel.ts";
import type { ModemOptions } from "./interface.ts";
import { type Line, SAYS_CMGL, SAYS_CMT, SAYS_CMTI } from "./line.ts";
import { tpduAt } from "./pdu.ts";

const DELETES_MAX = 16;
/** When selecting a memory is not answered so often, the driver uses the one that is selected. Once may be chance. */
const SILENCES_MAX = 2;
/** The pause before a failed step is repeated; it doubles each time. */
const RETRY_SECONDS = 5;
/** The pause before messages are read again that were refused for a temporary reason. */
const UNSETTLED_SECONDS = 60;
/** The same for one that was THROTTLED: by then the boards of targets/ have computed one digest more. */
const THROTTLED_SECONDS = 10;

/** Monotonic seconds that never come, as an integer of 31 bits: MicroQuickJS keeps any other number in its heap. */
const NEVER = 0x3fffffff;

/** The kind of the expected PDU: none, listed by +CMGL, of +CMT (which the modem does not store), a sent message or a draft. */
export const NO_PDU = 0;
const LISTED = 1;
const HANDED_ON = 2;
const SUBMITTED = 3;

export interface Inbox {
  /** The memory that the modem receives into ("" = unknown), and its capacity (0 = unknown). */
  home: string;
  capacity: number;
  /** Whether a message of +CMT must be acknowledged (phase 2+), and whether an acknowledgement is due. */
  isAcknowledged: boolean;
  isOwed: boolean;
  /**
   * The indexes of settled messages in the selected memory; the first one is deleted next. Deleting them comes before anything
   * else.
   */
  deletes: number[];
  /** The kind of the PDU that is expected. */
  expected: number;
  /** Lists all messages again after the next set-up. With `isSweep`, PDUs that could not be read are tried again soon. */
  restart(isSweep: boolean): void;
  /** Sends the next command, if there is one. */
  begin(): boolean;
  /** Takes the answer to SELECT, DELETE or LIST; false when the modem must be set up anew. */
  readAnswer(command: number, isOk: boolean): boolean;
  /** Takes the line as the PDU that is expected, if one is. It has `count` octets; 0 when the PDU is missing. */
  take(count: number): void;
  /** Takes a line about messages: an item of a list, or an announcement. */
  readLine(says: number): void;
}

/** `hand` delivers a message and returns its verdict. */
export function createInbox(
  c: Channel,
  line: Line,
  options: ModemOptions,
  report: (status: number) => void,
  hand: (octets: Uint8Array, from: number, to: number) => Status,
): Inbox {
  const pollSeconds = or(options.pollSeconds, 60);
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
  let undeletable = 0; // the index whose deletion was not answered; the other deletions must go on
  let left = 0; // the number of messages that stay in the memory
  let hasParts = false; // some of them are parts of incomplete messages
  let length = 0; // of the TPDU that is expected
  let index = 0; // of the listed message
  let turn = 0; // messages below this index wait: new messages take low indexes, and must not overtake
  let throttled = 0; // the index of the first message of this list that was THROTTLED

  function restart(isSweep: boolean): void {
    listAt = 0;
    allAt = 0;
    isAll = false;
    selected = "";
    if (c.command === DELETE) undeletable = inbox.deletes[0];
    if (c.command === SELECT) silences++;
    inbox.deletes = [];
    inbox.isOwed = false;
    inbox.expected = NO_PDU;
    if (isSweep) {
      retrySeconds = RETRY_SECONDS;
      silences = 0;
      undeletable = -1;
    }
  }

  function begin(): boolean {
    const home = inbox.home;
    if (inbox.deletes.length > 0) {
      // before another memory is selected; again if there is no memory for the text: the index stays until the answer
      c.send(DELETE, `AT+CMGD=${inbox.deletes[0]}`, c.usualSeconds);
      return true;
    }
    if (!isAll && c.now >= allAt) {
      isAll = true;
      allAt = NEVER;
      place = other === "" || home === "" ? home : other; // only when the driver can select the first memory again
      isDoubtful = false;
      hasParts = false;
    }
    if (!isAll && c.now < listAt) return false;
    if (selected !== place && silences < SILENCES_MAX) {
      c.send(SELECT, `AT+CPMS="${place}"`, c.usualSeconds);
      return true;
    }
    listAt = c.now + pollSeconds;
    if (isAll && place === home) left = 0;
    c.send(LIST, `AT+CMGL=${isAll ? 4 : 0}`, or(options.listSeconds, 30));
    return true;
  }

  function readAnswer(command: number, isOk: boolean): boolean {
    if (command === SELECT) selected = place; // whatever the answer: the same memory is listed and deleted from
    if (command === DELETE) {
      inbox.deletes.shift();
      if (!isOk) report(MODEM_ERROR);
    }
    if (command !== LIST) return true;
    take(0);
    if (!isOk) {
      c.waitUntil = c.now + pollSeconds;
      return false; // the modem may be in text mode, after a reset
    }
    turn = throttled;
    throttled = 0;
    if (place === inbox.home && isAll) {
      isAll = false;
      retrySeconds = isDoubtful ? 2 * retrySeconds : RETRY_SECONDS;
      if (inbox.capacity > 0 && left >= inbox.capacity) report(MODEM_STORE_FULL);
    }
    place = inbox.home;
    return true;
  }

  /** Not at once: messages that a list cannot settle must not keep the line busy. */
  function allIn(seconds: number): void {
    allAt = Math.min(allAt, c.now + seconds);
  }

  function readLine(says: number): void {
    if (says === SAYS_CMGL && c.command !== LIST) {
      c.isBehind = true; // a late answer to an earlier command was taken for this one's: list again
      allIn(RETRY_SECONDS);
    } else if (says === SAYS_CMTI) {
      // a message was stored, perhaps in another memory (class 2 goes to the SIM); all lists read both memories from then on
      const where = line.lastMemory();
      listAt = 0;
      if (where === "" || where === inbox.home) return;
      other = where;
      if (inbox.home !== "") allIn(RETRY_SECONDS);
    } else if (says === SAYS_CMGL || says === SAYS_CMT) {
      take(0); // the one before is missing
      inbox.expected = HANDED_ON;
      length = line.numberBefore(0);
      if (says === SAYS_CMT) return;
      const stat = line.numberBefore(2);
      inbox.expected = stat === 2 || stat === 3 ? SUBMITTED : LISTED;
      index = line.numberBefore(1);
      if (index < 0) length = -1; // no PDU is as long: the header is damaged, so the message is listed again
    }
  }

  function take(count: number): void {
    const kind = inbox.expected;
    if (kind === NO_PDU) return;
    const from = tpduAt(line.octets, count, length);
    inbox.expected = NO_PDU;
    c.extend(); // a list may take long in all; the deadline is per line
    if (kind === SUBMITTED) left++;
    else if (from < 0) {
      report(MODEM_PDU);
      isDoubtful = true;
      allIn(retrySeconds);
    } else if (kind === LISTED && inbox.deletes.length === DELETES_MAX) allIn(RETRY_SECONDS);
    else if (kind === LISTED && index < turn) {
      left++;
      allIn(THROTTLED_SECONDS);
    } else {
      const status = hand(line.octets, from, count);
      // a settled message also settles its parts that were left in the modem before
      if (hasParts && isSettled(status) && status !== SMS_DUPLICATE) allIn(RETRY_SECONDS);
      if (kind === LISTED) conclude(status);
      else inbox.isOwed = inbox.isAcknowledged && !isPassing(status);
    }
    // the network sends a message again that is not acknowledged (27.005 §3.4.1); the modem delivers nothing more until it is
    // set up again
    if (kind === HANDED_ON && inbox.isAcknowledged && !inbox.isOwed)
      c.sweepAt = Math.min(c.sweepAt, c.now + UNSETTLED_SECONDS);
  }

  /** Deletes the stored message when this verdict settles it; else leaves it. */
  function conclude(status: number): void {
    let isDone = isSettled(status);
    if (status === MORE) {
      hasParts = true;
      isDone = inbox.capacity > 0 && left >= inbox.capacity - 1; // the last free place is for the next part
    } else if (status === THROTTLED) {
      if (throttled === 0 && index > turn) throttled = index; // the message at `turn` was first this time
      allIn(THROTTLED_SECONDS);
    } else if (isPassing(status)) allIn(UNSETTLED_SECONDS);
    if (!isDone || index === undeletable) left++;
    else if (inbox.deletes.indexOf(index) < 0) inbox.deletes.push(index);
  }

  const inbox: Inbox = {
    home: "",
    capacity: 0,
    isAcknowledged: false,
    isOwed: false,
    deletes: [],
    expected: NO_PDU,
    restart,
    begin,
    readAnswer,
    take,
    readLine,
  };
  return inbox;
}
