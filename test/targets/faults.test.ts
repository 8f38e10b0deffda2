/** Ports with one fault each, which the checks must name. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isOthers, isSettled, MORE } from "../../src/index.ts";
import type { Port } from "../../targets/conformance/index.ts";
import type { Board } from "../../targets/device.ts";
import { createHostPort, type HostPort } from "./host-functions.ts";
import { createKeepingPort, type KeepingPort } from "./keeping.ts";
import { run } from "./port.ts";

/** The fault, the check that finds it, and the change that gives the fault to the port of the host functions. */
type Fault = [name: string, check: string, plant: (board: Board, port: HostPort) => void];

const shared = new Uint8Array(4096);
const ram = new Map<string, Uint8Array>();

const FAULTS: Fault[] = [
  [
    "load of no record gives an empty one",
    "storage: no record is null",
    ({ storage }) => {
      const { load } = storage;
      storage.load = key => load(key) ?? new Uint8Array(0);
    },
  ],
  [
    "load throws where there is no record",
    "storage: no record is null",
    ({ storage }) => {
      const { load } = storage;
      storage.load = key => {
        const record = load(key);
        if (record === null) throw new Error("ENOENT");
        return record;
      };
    },
  ],
  [
    "load gives a view of one buffer",
    "storage: a loaded record is the caller's to keep",
    ({ storage }) => {
      const { load } = storage;
      storage.load = key => {
        const record = load(key);
        if (!record) return record;
        shared.set(record);
        return shared.subarray(0, record.length);
      };
    },
  ],
  [
    "torn records are given by a storage that says it is checked",
    "storage: a cut in a save harms that record alone",
    ({ storage }) => {
      storage.isChecked = true;
    },
  ],
  [
    "damaged records are given by a storage that says it is checked",
    "storage: a corrupt record is bytes, null or false",
    ({ storage }) => {
      storage.isChecked = true;
    },
  ],
  [
    "save keeps the caller's array",
    "storage: a saved record is lent",
    ({ storage }) => {
      const kept = new Map<string, Uint8Array>();
      storage.load = key => kept.get(key)?.slice() ?? null;
      storage.save = (key, bytes) => kept.set(key, bytes) !== undefined;
    },
  ],
  [
    "save leaves the end of a longer record",
    "storage: a shorter record takes all of a longer one's place",
    ({ storage }) => {
      const { load, save } = storage;
      storage.save = (key, bytes) => {
        const old = load(key) || new Uint8Array(0);
        const all = new Uint8Array(Math.max(old.length, bytes.length));
        all.set(old);
        all.set(bytes);
        return save(key, all);
      };
    },
  ],
  [
    "keys are cut to 4 characters",
    "storage: keys are told apart",
    ({ storage }) => {
      const { load, save } = storage;
      storage.load = key => load(key.slice(0, 4));
      storage.save = (key, bytes) => save(key.slice(0, 4), bytes);
    },
  ],
  [
    "records are text of 7 bits",
    "storage: a record comes back byte for byte",
    ({ storage }) => {
      const { save } = storage;
      storage.save = (key, bytes) =>
        save(
          key,
          bytes.map(octet => octet & 127),
        );
    },
  ],
  [
    "a full medium goes unnoticed",
    "storage: a save that has no room is false",
    ({ storage }) => {
      const { save } = storage;
      storage.save = (key, bytes) => {
        save(key, bytes);
        return true;
      };
    },
  ],
  [
    "records are in RAM",
    "storage: a record outlasts a reset",
    ({ storage }, port) => {
      storage.load = key => ram.get(key)?.slice() ?? null;
      storage.save = (key, bytes) => ram.set(key, bytes.slice()) !== undefined;
      storage.erase = key => ram.delete(key) || true;
      const { restart } = port;
      port.restart = () => {
        ram.clear();
        restart();
      };
    },
  ],
  [
    "save is true before the record is written: that is done later, in the background",
    "storage: a cut in a save harms that record alone",
    ({ storage }, port) => {
      const { load, save } = storage;
      const { restart } = port;
      let waiting: [string, Uint8Array][] = [];
      storage.save = (key, bytes) => {
        if (waiting.length === 2) save(...waiting.shift()!);
        return waiting.push([key, bytes.slice()]) > 0;
      };
      storage.load = key => waiting.findLast(one => one[0] === key)?.[1].slice() ?? load(key);
      port.restart = () => {
        waiting = [];
        restart();
      };
    },
  ],
  [
    "erase forgets the record in RAM alone",
    "storage: an erased record stays gone over a reset",
    ({ storage }, port) => {
      const { load, save } = storage;
      const { restart } = port;
      const gone = new Set<string>();
      storage.load = key => (gone.has(key) ? null : load(key));
      storage.save = (key, bytes) => save(key, bytes) && (gone.delete(key) || true);
      storage.erase = key => gone.add(key) !== undefined;
      port.restart = () => {
        gone.clear();
        restart();
      };
    },
  ],
  [
    "erase of none is a failure",
    "storage: an erased record is gone",
    ({ storage }) => {
      const { load, erase } = storage;
      storage.erase = key => load(key) !== null && erase(key);
    },
  ],
  [
    "what cannot be read is taken for none",
    "storage: what cannot be read now is false, not null, and comes back",
    ({ storage }) => {
      const { load } = storage;
      storage.load = key => load(key) || null;
    },
  ],
  [
    "what is not there is taken for what cannot be read",
    "storage: no record is null",
    ({ storage }) => {
      const { load } = storage;
      storage.load = key => load(key) || false;
    },
  ],
  [
    "a corrupt record throws",
    "storage: a corrupt record is bytes, null or false",
    ({ storage }) => {
      const { load } = storage;
      storage.load = key => {
        const record = load(key);
        if (record && record.length % 10 !== 0 && record.length < 100) throw new Error("bad block");
        return record;
      };
    },
  ],
  [
    "the clock counts milliseconds",
    "clock: POSIX time is whole seconds, or 0",
    ({ clock }) => {
      const { posixSeconds } = clock;
      clock.posixSeconds = () => posixSeconds() * 1000;
    },
  ],
  [
    "a clock that nobody has set counts from the start",
    "clock: a clock that nobody has set is 0",
    ({ clock }) => {
      const { posixSeconds } = clock;
      clock.posixSeconds = () => posixSeconds() || 37;
    },
  ],
  [
    "monotonic seconds are the clock's",
    "clock: monotonic seconds do not follow the clock",
    ({ clock }) => {
      clock.monotonicSeconds = clock.posixSeconds;
    },
  ],
  [
    "monotonic seconds are milliseconds",
    "clock: monotonic seconds are seconds",
    ({ clock }) => {
      const { monotonicSeconds } = clock;
      clock.monotonicSeconds = () => monotonicSeconds() * 1000;
    },
  ],
  [
    "monotonic seconds are an unsigned 32-bit count of milliseconds, divided",
    "clock: monotonic seconds go on for two months",
    ({ clock }) => {
      const { monotonicSeconds } = clock;
      clock.monotonicSeconds = () => Math.floor(((monotonicSeconds() * 1000) >>> 0) / 1000);
    },
  ],
  [
    "monotonic seconds have a fraction",
    "clock: monotonic seconds are seconds",
    ({ clock }) => {
      const { monotonicSeconds } = clock;
      clock.monotonicSeconds = () => monotonicSeconds() + 0.25;
    },
  ],
  [
    "a bearer that the board has not throws",
    "bearers: each is up or not",
    ({ bearers }) => {
      const { isAvailable } = bearers!;
      bearers!.isAvailable = bearer => {
        if (bearer > 6) throw new Error("no such interface");
        return isAvailable(bearer);
      };
    },
  ],
  [
    "the native hash takes the whole buffer behind a view",
    "hash: the board's digests are right",
    ({ hash }) => {
      const sha256 = hash!.sha256!;
      hash!.sha256 = message => sha256(new Uint8Array(message.buffer));
    },
  ],
  [
    "the native hash gives an ArrayBuffer",
    "hash: the board's digests are right",
    ({ hash }) => {
      const sha256 = hash!.sha256!;
      hash!.sha256 = message => sha256(message).buffer as unknown as Uint8Array;
    },
  ],
  [
    "of several datagrams the last one is delivered",
    "udp: each message once, whole, in a burst",
    (_board, { host }) => {
      const { datagram } = host;
      host.datagram = into => {
        let length = 0;
        for (let next = datagram(into); next > 0; next = datagram(into)) length = next;
        return length;
      };
    },
  ],
  [
    "a message is delivered with what an earlier one left behind it",
    "sms: each message once, whole, in a burst",
    ({ sms }) => {
      const open = sms!.open;
      let most = 0;
      sms!.open = deliver =>
        open((bytes, from, to) => {
          most = Math.max(most, to);
          return deliver(bytes, from, most);
        });
    },
  ],
  [
    "datagrams wait in one buffer, with their lengths in a queue",
    "udp: each message once, whole, in a burst",
    (_board, { host }) => {
      const { datagram } = host;
      const buffer = new Uint8Array(1100);
      const lengths: number[] = [];
      host.datagram = into => {
        for (let next = datagram(buffer); next > 0; next = datagram(buffer)) lengths.push(next);
        into.set(buffer);
        return lengths.shift() ?? 0;
      };
    },
  ],
  [
    "save lets the system run while it waits for the flash",
    "udp: one message at a time, also while a record is saved",
    (board, port) => {
      const { save } = board.storage;
      board.storage.save = (key, bytes) => {
        port.whenArrived(() => {});
        return save(key, bytes);
      };
    },
  ],
  [
    "open delivers at once",
    "udp: each message once, whole, in a burst",
    ({ udp }) => {
      const open = udp!.open;
      udp!.open = deliver => {
        deliver(new Uint8Array(20), 0, 20);
        return open(deliver);
      };
    },
  ],
  [
    "close does not end delivery",
    "udp: close ends delivery, open begins it again",
    ({ udp }) => {
      udp!.close = () => {};
    },
  ],
  [
    "the serial line loses octets 0",
    "serial: what arrives comes whole and in order",
    ({ serial }) => {
      const open = serial!.open;
      serial!.open = receive =>
        open((bytes, from, to) => {
          const kept = bytes.subarray(from, to).filter(octet => octet !== 0);
          receive(kept, 0, kept.length);
        });
    },
  ],
  [
    "the serial line hands over text",
    "serial: what arrives comes whole and in order",
    ({ serial }) => {
      const open = serial!.open;
      serial!.open = receive =>
        open((bytes, from, to) => {
          const text = String.fromCharCode(...bytes.subarray(from, to));
          receive(text as unknown as Uint8Array, 0, text.length);
        });
    },
  ],
  [
    "the serial line has one listener more after each open",
    "serial: close ends delivery, open begins it again",
    ({ serial }) => {
      const { open, close } = serial!;
      const listeners: ((bytes: Uint8Array, from: number, to: number) => void)[] = [];
      serial!.open = receive => {
        listeners.push(receive);
        open((bytes, from, to) => {
          for (const listener of listeners) listener(bytes, from, to);
        });
      };
      serial!.close = close;
    },
  ],
  [
    "the serial line sends what it was given later",
    "serial: what is written goes out whole, and is lent",
    ({ serial }, port) => {
      const write = serial!.write;
      const queue: Uint8Array[] = [];
      serial!.write = bytes => void queue.push(bytes);
      const { whenArrived } = port;
      port.whenArrived = next => {
        for (const bytes of queue.splice(0)) write(bytes);
        whenArrived(next);
      };
    },
  ],
  [
    "start answers when the session has ended",
    "session: start answers 0, 1 or 2, at once",
    ({ session }, port) => {
      const { start } = session;
      session.start = request => {
        port.pass!(30);
        return start(request);
      };
    },
  ],
  [
    "start answers nothing",
    "session: start answers 0, 1 or 2, at once",
    ({ session }) => {
      const { start } = session;
      session.start = request => void start(request) as unknown as number;
    },
  ],
  [
    "smsSettled is not looked at",
    "sms: a message that there was no digest for stays in the modem, and is delivered again",
    (_board, { host }) => {
      const { smsSettled } = host;
      host.smsSettled = () => smsSettled(true);
    },
  ],
  [
    "sms deletes what it gives",
    "sms: a part of a message that is not complete stays in the modem, and is delivered again",
    (_board, { host }) => {
      const { sms, smsSettled } = host;
      host.sms = into => {
        const length = sms(into);
        if (length > 0) smsSettled(true);
        return length;
      };
      host.smsSettled = () => {};
    },
  ],
  [
    "sms goes on behind what was not settled, and never comes back",
    "sms: a message that could not be saved stays in the modem, and is delivered again",
    (_board, port) => {
      port.pass = () => {};
    },
  ],
  [
    "what was not settled is kept in RAM",
    "sms: what was not settled outlasts a reset",
    (_board, port) => {
      const { restart, host } = port;
      port.restart = () => {
        restart();
        const into = new Uint8Array(176);
        while (host.sms(into) > 0) host.smsSettled(true);
      };
    },
  ],
  [
    "start forgets the session over a reset",
    "session: a notification starts one, once, and so over a reset",
    ({ storage }, port) => {
      const { save } = storage;
      const { restart } = port;
      storage.save = (key, bytes) => (key.startsWith("adm") ? true : save(key, bytes));
      port.restart = restart;
    },
  ],
];

describe("port conformance catches", () => {
  test.each(FAULTS)("%s", async (_name, check, plant) => {
    const port: HostPort = createHostPort();
    const start = port.start;
    const faulty: Port & HostPort = port;
    faulty.start = () => {
      const board = start();
      plant(board, faulty);
      return board;
    };
    const { failed, passed } = await run(faulty);
    expect(failed.map(one => one.slice(0, check.length))).toContain(check);
    expect(passed).not.toContain(check);
  });

  test("each fault with a check that passes without it", async () => {
    const { passed, failed } = await run(createHostPort());
    expect(failed).toEqual([]);
    for (const [, check] of FAULTS) expect(passed).toContain(check);
  });
});

/** The statuses of messages that must stay in the modem. */
const KINDS = [
  "a part of a message that is not complete",
  "a message that there was no digest for",
  "a message that could not be saved",
  "a message of others",
];

/** The faults of a board whose modem driver keeps messages: in how its program uses the verdict. */
const KEEPING_FAULTS: [name: string, kinds: string[], create: () => KeepingPort][] = [
  ["deletes what it has delivered", KINDS, () => createKeepingPort(() => true)],
  ["deletes all but others'", KINDS.slice(0, 3), () => createKeepingPort(status => !isOthers(status))],
  [
    "deletes the parts of messages that are not complete",
    KINDS.slice(0, 1),
    () => createKeepingPort(s => s === MORE || isSettled(s)),
  ],
  ["deletes others'", KINDS.slice(3), () => createKeepingPort(status => isOthers(status) || isSettled(status))],
  ["never deletes", KINDS, () => createKeepingPort(() => false)],
  [
    "does not deliver again",
    KINDS,
    () => {
      const port = createKeepingPort();
      port.driver.list = () => [];
      return port;
    },
  ],
];

describe("port conformance of a modem driver that keeps messages catches", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each(KEEPING_FAULTS)("%s", async (_name, kinds, create) => {
    const { failed } = await run(create());
    const checks = failed.map(one => one.slice(0, one.indexOf(":", 5)));
    for (const kind of kinds) expect(checks).toContain(`sms: ${kind} stays in the modem, and is delivered again`);
  });
});
