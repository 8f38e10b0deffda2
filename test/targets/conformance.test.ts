import { afterEach, describe, expect, test, vi } from "vitest";
import type { Port } from "../../targets/conformance/index.ts";
import { createEspruinoPort } from "./espruino.ts";
import { createHostPort } from "./host-functions.ts";
import { createKeepingPort } from "./keeping.ts";
import { createModdablePort } from "./moddable.ts";
import { run } from "./port.ts";
import { createQuickjsPort } from "./quickjs.ts";

/** Times of the machine's clock, which two targets read. An unset clock starts in 1970. */
const setNow = (posixSeconds: number): void => {
  vi.spyOn(Date, "now").mockReturnValue(posixSeconds === 0 ? 37_250 : posixSeconds * 1000 + 250);
};
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const ALWAYS_READABLE = "storage: what cannot be read now is false, not null, and comes back: setUnreadable";
const NO_TIME = [
  "clock: monotonic seconds are seconds: pass",
  "clock: monotonic seconds go on for two months: passDay",
];
const NO_UDP = [
  "udp: each message once, whole, in a burst: datagram",
  "udp: one message at a time, also while a record is saved: datagram",
  "udp: close ends delivery, open begins it again: datagram",
];
const NO_TPDU = [
  "sms: each message once, whole, in a burst: tpdu",
  "sms: one message at a time, also while a record is saved: tpdu",
  "sms: close ends delivery, open begins it again: tpdu",
];

const NO_KEEPING = [
  "sms: a part of a message that is not complete stays in the modem, and is delivered again: kept",
  "sms: a message that there was no digest for stays in the modem, and is delivered again: kept",
  "sms: a message that could not be saved stays in the modem, and is delivered again: kept",
  "sms: a message of others stays in the modem, and is delivered again: kept",
  "sms: what was not settled outlasts a reset: kept",
];

/** The ports in this tree, and the checks that they have no control for. */
const PORTS: [string, () => Port, string[]][] = [
  ["host functions", createHostPort, []],
  ["a modem driver of one's own", createKeepingPort, []],
  ["Espruino", createEspruinoPort, [ALWAYS_READABLE, ...NO_TPDU, ...NO_KEEPING]],
  ["Moddable", () => createModdablePort(setNow), [...NO_TPDU, ...NO_KEEPING]],
  ["QuickJS", () => createQuickjsPort(setNow), [...NO_TIME, ...NO_UDP, ...NO_TPDU, ...NO_KEEPING]],
];

describe("port conformance", () => {
  for (const [name, createPort, skipped] of PORTS) {
    test(name, async () => {
      if (createPort === createKeepingPort) vi.useFakeTimers();
      const outcome = await run(createPort());
      expect(outcome.failed).toEqual([]);
      expect(outcome.skipped).toEqual(skipped);
      expect(outcome.passed.length + outcome.skipped.length).toBe(36);
    });
  }
});
