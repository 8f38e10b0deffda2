/** The options and functions of the AT driver. Types only: 0 bytes in a bundle. */
import type { Receiver } from "../../hal.ts";
import type { AtSender } from "./sender.ts";

/** The choices and time-outs of an AT modem driver. */
export interface ModemOptions {
  /**
   * Has the modem hand messages on (+CMT) rather than store them (+CMTI): spares the SIM's memory, but others' messages
   * are gone unless `others` takes them. False; where the modem refuses, it stores them.
   */
  isDirect?: boolean;
  /** Takes a message that is none of ours, as `deliver` does; true: it may be deleted. Absent: stored ones stay where they are. */
  others?: (bytes: Uint8Array, from: number, to: number) => boolean;
  /** Told 0xC_ statuses as they happen: MODEM_READY or MODEM_POLLING after each set-up, and what goes wrong. Must not throw. */
  report?: (status: number) => void;
  /** `createAtSender()`, for boards that send, too; each modem has its own. Absent: no code for it. */
  sending?: AtSender;
  /**
   * How long an answer may take; 10. This and the next two are where the driver begins: with a modem that does not answer in
   * time they double, up to eightfold, until the next sweep.
   */
  answerSeconds?: number;
  /** How long a list may take to begin, and between two of its lines; 30. */
  listSeconds?: number;
  /** How long sending may take; 60. */
  sendSeconds?: number;
  /** How often unread messages are listed, whether they are announced or not; 60. */
  pollSeconds?: number;
  /** How often the modem is set up again without what was found out of it, and all messages are listed; 3600. */
  sweepSeconds?: number;
}

export interface Modem extends Receiver {
  /** Drives every time-out: call it at least once a second. */
  tick(): void;
}
