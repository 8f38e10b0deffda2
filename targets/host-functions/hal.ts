/**
 * The HAL over functions that the firmware's C side puts into the global `host`: the same for every engine that is
 * embedded in C (MicroQuickJS, JerryScript, Duktape). Bytes cross in a Uint8Array that the script owns and C fills.
 */
import type { ClientOptions } from "../../src/client/options.ts";
import type { Clock, NativeHash, Serial, SessionRequest, Storage } from "../../src/hal.ts";
import { isSettled } from "../../src/push/sms/tpdu.ts";
import type { Status } from "../../src/status.ts";
import { SESSION_LATER, SHA256_BYTES } from "../../src/wire.ts";
import { datagramBytesOf } from "../bounds.ts";
import { type Board, requestJson } from "../device.ts";

/** The functions of the firmware; README.md has them as a table. None may throw. `into` and `bytes` are lent. */
export interface Host extends Clock {
  /**
   * Copies the record to `into`, as far as it fits; returns the length of the record, -1 when none exists, -2 when it is
   * damaged, -3 when it cannot be read now.
   */
  load(key: string, into: Uint8Array): number;
  /** Saves a record. True when it is in flash. */
  save(key: string, bytes: Uint8Array): boolean;
  /** Removes a record. True when no such record exists any more. */
  erase(key: string): boolean;
  /** Starts the DM session of `request`, which is JSON. Returns SESSION_STARTED 0, SESSION_DECLINED 1 or SESSION_LATER 2. */
  start(request: string): number;
  /** The bounds of the board, DeviceOptions (targets/device.ts) as JSON. */
  options?(): string;
  /** Copies what the modem has sent to `into`; returns the number of bytes, 0 = none. */
  read?(into: Uint8Array): number;
  /** Sends all of `bytes` to the modem. */
  write?(bytes: Uint8Array): void;
  /** Copies the next SMS-DELIVER TPDU, without the SMSC part, to `into`; returns its length, 0 = none. */
  sms?(into: Uint8Array): number;
  /** Tells whether the TPDU that `sms` gave last may be deleted from the modem; else the board keeps it, and gives it again. */
  smsSettled?(isSettled: boolean): void;
  /** Copies the next datagram of UDP port 2948 to `into`, as far as it fits; returns its length, 0 = none. */
  datagram?(into: Uint8Array): number;
  /** Whether a bearer (Preferred-Bearer value 1 to 11) is up. */
  isAvailable?(bearer: number): boolean;
  /**
   * Shows that the session of `request`, which is JSON, begins. With `asks`, asks the user, whose answer C passes to pkg0
   * later.
   */
  ui?(request: string, asks: boolean): void;
  /** Writes the SHA-256 of `message` to `digest`, 32 bytes. */
  sha256?(message: Uint8Array, digest: Uint8Array): void;
  /** Takes a line for the log. */
  log?(line: string): void;
}

const TPDU_BYTES = 176;
const SERIAL_BYTES = 64;
/** One poll calls a host function at most this many times, because the main loop has other work too. */
const BURST = 32;

export interface HostBoard extends Board {
  /** Takes the bytes and messages that have arrived. */
  poll(): void;
  /**
   * The question that the user was asked about a session, which is not open any more then; null when there is none. To be called
   * with the user's answer, and when the session has ended: its time was over, or its account has gone.
   */
  takeQuestion(serverId: string, sessionId: string): Question | null;
}

interface Question {
  request: SessionRequest;
  answer: (isAllowed: boolean) => void;
}

type Take = (bytes: Uint8Array, from: number, to: number) => unknown;

/**
 * Allocates a buffer for all receivers that the host has, once. With datagrams it is as long as `bounds` allow: 1080 bytes by
 * default.
 */
export function createHostBoard(host: Host, bounds: ClientOptions): HostBoard {
  const polls: (() => void)[] = [];
  const asked: Question[] = [];
  const size = host.datagram !== undefined ? datagramBytesOf(bounds) : 0;
  /** One for all: a message or piece is done with before the host is asked for the next one. */
  const buffer = new Uint8Array(Math.max(size, host.sms !== undefined ? TPDU_BYTES : SERIAL_BYTES));

  /** A receiver or a serial port that calls `next` for one message or piece at a time. `judged` is told the verdict of each. */
  function receiverOf(next: (into: Uint8Array) => number, judged?: (status: Status) => void) {
    let take: Take | null = null;
    polls.push(() => {
      for (let i = 0; i < BURST && take !== null; i++) {
        const length = next(buffer);
        if (length <= 0) return;
        // the rest of a longer one is lost; the verdict will say so
        const status = take(buffer, 0, Math.min(length, buffer.length));
        if (judged !== undefined) judged(status as Status);
      }
    });
    return {
      open(onMessage: Take): boolean {
        take = onMessage;
        return true;
      },
      close(): void {
        take = null;
      },
    };
  }

  function takeQuestion(serverId: string, sessionId: string): Question | null {
    for (let i = 0; i < asked.length; i++) {
      const question = asked[i];
      if (question.request.serverId !== serverId || question.request.sessionId !== sessionId) continue;
      asked.splice(i, 1);
      return question;
    }
    return null;
  }

  const board: HostBoard = {
    storage: createHostStorage(host),
    clock: host,
    session: {
      start(request) {
        const answer = host.start(requestJson(request));
        return answer === 0 || answer === 1 ? answer : SESSION_LATER;
      },
    },
    poll() {
      for (let i = 0; i < polls.length; i++) polls[i]();
    },
    takeQuestion,
  };
  // the functions are called as methods of `host`: some engines' C functions look at `this`
  if (host.datagram !== undefined) board.udp = receiverOf(into => (host as Required<Host>).datagram(into));
  if (host.sms !== undefined)
    board.sms = receiverOf(
      into => (host as Required<Host>).sms(into),
      host.smsSettled === undefined ? undefined : status => (host as Required<Host>).smsSettled(isSettled(status)),
    );
  if (host.read !== undefined) {
    const serial = receiverOf(into => (host as Required<Host>).read(into)) as unknown as Serial;
    serial.write = bytes => (host as Required<Host>).write(bytes);
    board.serial = serial;
  }
  if (host.isAvailable !== undefined)
    board.bearers = { isAvailable: bearer => (host as Required<Host>).isAvailable(bearer) };
  if (host.ui !== undefined)
    board.ui = {
      inform: (_reason, request) => (host as Required<Host>).ui(requestJson(request), false),
      confirm(_reason, request, answer) {
        takeQuestion(request.serverId, request.sessionId); // an earlier one of the same name can only be over
        asked.push({ request, answer });
        (host as Required<Host>).ui(requestJson(request), true);
      },
    };
  if (host.sha256 !== undefined) board.hash = createHostHash(host as Required<Host>);
  if (host.log !== undefined) board.log = line => (host as Required<Host>).log(line);
  return board;
}

function createHostStorage(host: Host): Storage {
  const none = new Uint8Array(0);
  return {
    load(key) {
      const length = host.load(key, none);
      if (length === -1) return null;
      if (length < -2) return false;
      if (length < 0) return none; // damaged: the record's other copy counts
      const record = new Uint8Array(length);
      return length > 0 && host.load(key, record) !== length ? false : record;
    },
    save: (key, bytes) => host.save(key, bytes) === true,
    erase: key => host.erase(key) === true,
  };
}

function createHostHash(host: Required<Host>): NativeHash {
  return {
    sha256(message) {
      const digest = new Uint8Array(SHA256_BYTES);
      host.sha256(message, digest);
      for (let i = 0; i < SHA256_BYTES; i++) if (digest[i] !== 0) return digest;
      return new Uint8Array(0); // nothing was written: a message too long for HOST_BYTES. Anybody could send 32 zeros
    },
  };
}
