/** The controls that a port supplies for its conformance checks. Types only. */
import type { Board } from "../device.ts";

/**
 * The port under test, and the controls of its tester. Every member except `start` and `whenArrived` is optional; each control
 * makes more checks possible.
 */
export interface Port {
  /** Makes a board as its main.ts does, with the records that are stored. Called at the beginning, and after each `restart`. */
  start(): Board;
  /** Calls `next` once when all that was sent has arrived: a fake at once, a board after a moment. */
  whenArrived(next: () => void): void;
  /** Bytes of the longest record that the storage takes; 2048 if absent. */
  recordMax?: number;
  /** Resets the board, so that it loses everything that is only in memory. */
  restart?(): void;
  /** Sends the board a datagram. */
  datagram?(bytes: Uint8Array): void;
  /** Sends the board an SMS-DELIVER TPDU. */
  tpdu?(bytes: Uint8Array): void;
  /** Sends bytes on its serial line. */
  serialIn?(bytes: Uint8Array): void;
  /** The number of short messages that the board's own modem driver keeps now; absent when it cannot keep any. */
  kept?(): number;
  /** The bytes that the board has sent on its serial line since the last call. */
  serialOut?(): ArrayLike<number>;
  /** Makes the storage full, or no longer full. */
  setFull?(isFull: boolean): void;
  /** Cuts the power in the middle of the next save. */
  cutNextSave?(): void;
  /** Makes reads of the storage fail, or no longer fail, as with a bus that is not up, a missing permission or a bad sector. */
  setUnreadable?(isUnreadable: boolean): void;
  /** Overwrites the record `key` with garbage. */
  corrupt?(key: string): void;
  /** Sets the board's clock; 0 = never set since power-on. */
  setClock?(posixSeconds: number): void;
  /** Lets time pass. */
  pass?(seconds: number): void;
  /** Lets a day pass, which only a fake can do; it reveals clocks that overflow 32 bits. */
  passDay?(): void;
  /** The number of DM sessions that the board was told to start so far. */
  sessions?(): number;
}

/** Reports `what` as wrong unless `condition` holds. */
export type Ok = (condition: boolean, what: string) => void;

/** One check: reports faults by `expect`, and calls `next` once at its end. */
export type Run = (ok: Ok, next: () => void) => void;

/** Adds a check that needs the control `hand`, a member of Port; "" = none. */
export type Check = (name: string, hand: keyof Port | "", run: Run) => void;

/** Adds the checks of one part of a port, such as its storage. */
export type Part = (port: Port, check: Check) => void;
