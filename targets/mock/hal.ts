/**
 * A board in memory, for tests: it returns the values that a test sets, and records the calls that it gets. In the device
 * dialect.
 */
import type { Deliver, Hal, SessionRequest, Storage } from "../../src/hal.ts";

export interface MockHal extends Hal {
  storage: MockStorage;
  /** The times that the clocks return. */
  posix: number;
  monotonic: number;
  /** The requests that session.start was given, and the answer it gives: SESSION_STARTED, _DECLINED or _LATER. */
  started: SessionRequest[];
  answer: number;
  /** Called from within session.start, for a session that ends at once. */
  onStart: ((request: SessionRequest) => void) | null;
  /** The bearers that are up; null = all. */
  bearersUp: number[] | null;
  /** The Connect-Reasons that the user was shown. */
  informed: string[];
  /** The Connect-Reasons that the user was asked about. */
  confirmed: string[];
  /** The functions that answer these questions. */
  answers: ((isAllowed: boolean) => void)[];
  /** Delivers one datagram on port 2948; -1 while the receiver is closed. */
  deliver: Deliver;
}

/** Storage in memory that counts. */
export interface MockStorage extends Storage {
  records: { [key: string]: Uint8Array };
  /** Calls of save and erase. */
  writes: number;
  bytesWritten: number;
  /** While it is true, every save and erase fails and changes nothing. */
  isBroken: boolean;
  /** The key that cannot be read now; "" = none. */
  unreadable: string;
}

export function createMockHal(): MockHal {
  let receive: Deliver | null = null;
  const hal: MockHal = {
    storage: createMockStorage(),
    posix: 0,
    monotonic: 0,
    started: [],
    answer: 0,
    onStart: null,
    bearersUp: null,
    informed: [],
    confirmed: [],
    answers: [],
    deliver: (bytes, from, to, origin) => (receive === null ? -1 : receive(bytes, from, to, origin)),
    udp: {
      open(deliver) {
        receive = deliver;
        return true;
      },
      close() {
        receive = null;
      },
    },
    clock: { posixSeconds: () => hal.posix, monotonicSeconds: () => hal.monotonic },
    session: {
      start(request) {
        hal.started.push(request);
        if (hal.onStart !== null) hal.onStart(request);
        return hal.answer;
      },
    },
    bearers: {
      isAvailable(bearer) {
        const up = hal.bearersUp;
        if (up === null) return true;
        for (let i = 0; i < up.length; i++) if (up[i] === bearer) return true;
        return false;
      },
    },
    ui: {
      inform(reason) {
        hal.informed.push(reason);
      },
      confirm(reason, _request, answer) {
        hal.confirmed.push(reason);
        hal.answers.push(answer);
      },
    },
  };
  return hal;
}

export function createMockStorage(): MockStorage {
  const storage: MockStorage = {
    records: {},
    writes: 0,
    bytesWritten: 0,
    isBroken: false,
    unreadable: "",
    load(key) {
      if (key === storage.unreadable) return false;
      const record = storage.records[key];
      return record === undefined ? null : new Uint8Array(record);
    },
    save(key, bytes) {
      storage.writes++;
      if (storage.isBroken) return false;
      storage.bytesWritten += bytes.length;
      storage.records[key] = new Uint8Array(bytes);
      return true;
    },
    erase(key) {
      storage.writes++;
      if (storage.isBroken) return false;
      delete storage.records[key];
      return true;
    },
  };
  return storage;
}
