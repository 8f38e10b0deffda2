/** The options and functions of the AT driver. Types only: 0 bytes in a bundle. */
import type { Receiver } from "../../hal.ts";
import type { AtSender } from "./sender.ts";

/** The options of an AT modem driver. Defaults are at the end of each comment. */
export interface ModemOptions {
  /**
   * The modem delivers messages directly (+CMT) instead of storing them (+CMTI). That spares the SIM's memory, but messages
   * for other programs are lost unless `others` takes them. A modem that refuses stores them all the same. False.
   */
  isDirect?: boolean;
  /**
   * Takes a message that is not a DM notification, lent like in `deliver`; returns true when it may be deleted. Without it,
   * such messages stay in the modem.
   */
  others?: (bytes: Uint8Array, from: number, to: number) => boolean;
  /** Called with 0xC_ statuses: MODEM_READY or MODEM_POLLING after each set-up, and failures when they happen. Must not throw. */
  onStatus?: (status: number) => void;
  /**
   * `createAtSender()` for a board that also sends; each modem needs one of its own. Without it, a bundle has no code for
   * sending.
   */
  sending?: AtSender;
  /**
   * How long an answer may take. This and the next two are the times at first: when a modem does not answer in time, they
   * double, up to eightfold, until the next sweep. 10.
   */
  answerSeconds?: number;
  /** How long a list may take to begin, and between two of its lines. 30. */
  listSeconds?: number;
  /** How long sending a message may take. 60. */
  sendSeconds?: number;
  /** How often unread messages are listed, announced or not. 60. */
  pollSeconds?: number;
  /** How often the driver forgets what it found out about the modem, sets it up again and lists all messages: a sweep. 3600. */
  sweepSeconds?: number;
}

export interface Modem extends Receiver {
  /** Handles all time-outs. Call it at least once a second. */
  tick(): void;
}
