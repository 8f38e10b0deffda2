/** A board whose own modem driver keeps messages, like targets/examples/own-modem.js. Time passes by vitest's timers. */
import { vi } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { createReceiver } from "../../targets/examples/own-modem.js";
import { createHostPort, type HostPort } from "./host-functions.ts";

export interface KeepingPort extends HostPort {
  driver: {
    onMessage: ((index: number) => void) | null;
    list(): number[];
    read(index: number): Uint8Array;
    delete(index: number): void;
  };
  kept(): number;
}

/** `isSettled` is the function that the board's program uses. */
export function createKeepingPort(isSettled: (status: number) => boolean = pkg0.isSettled): KeepingPort {
  const port = createHostPort();
  const stored = new Map<number, Uint8Array>();
  let count = 0;
  const driver: KeepingPort["driver"] = {
    onMessage: null,
    list: () => [...stored.keys()],
    read: index => stored.get(index)!,
    delete: index => void stored.delete(index),
  };
  const { start, pass } = port;
  return {
    ...port,
    driver,
    start() {
      const board = start();
      board.sms = createReceiver({ isSettled }, driver);
      return board;
    },
    whenArrived(next) {
      vi.advanceTimersByTime(0);
      port.whenArrived(next);
    },
    pass(seconds) {
      pass?.(seconds);
      vi.advanceTimersByTime(1000 * seconds);
    },
    tpdu(bytes) {
      count++;
      stored.set(count, Uint8Array.from([0, ...bytes]));
      driver.onMessage?.(count);
    },
    kept: () => stored.size,
  };
}
