/** The controls that a port brings to its conformance checks. Types only. */
import type { Board } from "../device.ts";

/** The port under test, and the hands of the tester: each that is there makes more checks possible. */
export interface Port {
  /** A board as its main.ts makes it, with what was stored before. Called at the beginning, and after each `restart`. */
  start(): Board;
  /** Calls `next` once when all that was sent has arrived: a fake at once, a board after a moment. */
  settle(next: () => void): void;
  /** Resets the board: what is only in memory is gone. */
  restart?(): void;
  /** Sends the board a datagram, an SMS-DELIVER TPDU, bytes on its serial line. */
  datagram?(bytes: Uint8Array): void;
  /** Sends the board an SMS-DELIVER TPDU. */
  tpdu?(bytes: Uint8Array): void;
  /** Sends bytes on its serial line. */
  serialIn?(bytes: Uint8Array): void;
  /** How many short messages the board's own modem driver keeps now; absent when it cannot keep any. */
  kept?(): number;
  /** The bytes that the board has sent on its serial line since the last call. */
  serialOut?(): ArrayLike<number>;
  /** Makes the storage full, or takes that back. */
  setFull?(isFull: boolean): void;
  /** Has the power fail in the midst of the next save. */
  cutNextSave?(): void;
  /** Has reads of the storage fail, or takes that back: a bus that is not up yet, a permission, a bad sector. */
  setUnreadable?(isUnreadable: boolean): void;
  /** Overwrites what is stored under `key` with garbage. */
  corrupt?(key: string): void;
  /** Sets the board's clock; 0 = as it is when nobody has set it. */
  setClock?(posixSeconds: number): void;
  /** Lets time pass. */
  pass?(seconds: number): void;
  /** Lets a day pass, which only a fake can: what counts in 32 bits shows. */
  passDay?(): void;
  /** How many DM sessions the board has been told to start so far. */
  sessions?(): number;
}

/** Says `what` is wrong unless `condition`. */
export type Ok = (condition: boolean, what: string) => void;

/** One check: says what is wrong, and calls `next` once at its end. */
export type Run = (ok: Ok, next: () => void) => void;

/** Adds a check that needs `hand`, a member of Port; "" = none. */
export type Check = (name: string, hand: keyof Port | "", run: Run) => void;
