/**
 * A driver and an emulated modem on a serial line in memory, which delivers pieces of any size, and a clock that the test
 * moves.
 */
import type { Clock, Serial } from "../../src/hal.ts";
import type { ModemOptions } from "../../src/push/at/interface.ts";
import { createModem } from "../../src/push/at/modem.ts";
import { createAtSender } from "../../src/push/at/sender.ts";
import { createRandom } from "../random.ts";
import { createEmulator, type Quirks } from "./emulator.ts";

/** The way in which the line delivers bytes: from within `write`, or later in random pieces. */
export type Line = "at once" | "in pieces";

/** The modem, the line to it, and time. */
export function createDesk(quirks: Quirks, line: Line = "in pieces", seed = 1) {
  const random = createRandom(seed);
  let now = 1000;
  const clock: Clock = { posixSeconds: () => 0, monotonicSeconds: () => now };
  let receive: ((bytes: Uint8Array, from: number, to: number) => void) | null = null;
  const toHost: number[] = [];
  const toModem: Uint8Array[] = [];

  const emulator = createEmulator(quirks, bytes => {
    toHost.push(...bytes);
    if (line === "at once") drain();
  });
  const serial: Serial = {
    open(onBytes) {
      receive = onBytes;
    },
    write(bytes) {
      if (line === "at once") emulator.receive(bytes.slice());
      else toModem.push(bytes.slice());
    },
    close() {
      receive = null;
    },
  };

  function drain(): void {
    while (toHost.length > 0) {
      const count = line === "at once" ? toHost.length : 1 + random(toHost.length);
      // somewhere inside a larger buffer, as a driver of a UART would hand it over
      const pad = random(3);
      const bytes = Uint8Array.from([...new Array(pad).fill(0x41), ...toHost.splice(0, count), 0x42]);
      if (receive !== null) receive(bytes, pad, pad + count);
      bytes.fill(0);
    }
  }

  return {
    clock,
    emulator,
    serial,
    /** Resets the board; bytes on the line are lost. */
    unplug(): void {
      receive = null;
      toHost.length = 0;
      toModem.length = 0;
    },
    /** Lets time pass without a call of the board: it sleeps. */
    skip(seconds: number): void {
      now += seconds;
    },
    /** Lets a second pass. */
    second(tick: () => void): void {
      now++;
      emulator.tick(now);
      tick();
      for (let rounds = 0; rounds < 1000 && (toModem.length > 0 || toHost.length > 0); rounds++) {
        const next = toModem.shift();
        if (next !== undefined) emulator.receive(next);
        drain();
      }
    },
  };
}

export function createBench(quirks: Quirks, options: ModemOptions, line: Line = "in pieces", seed = 1) {
  const desk = createDesk(quirks, line, seed);
  const reports: number[] = [];
  const sending = createAtSender();
  const modem = createModem(desk.serial, desk.clock, {
    sending,
    ...options,
    onStatus: status => {
      reports.push(status);
      options.onStatus?.(status);
    },
  });
  return {
    ...desk,
    modem,
    sending,
    reports,
    /** Lets `seconds` pass. */
    run(seconds: number): void {
      for (let i = 0; i < seconds; i++) desk.second(modem.tick);
    },
  };
}
