/**
 * The law of short messages: with any modem, and whatever the modem, the board and its storage do, each genuine message is
 * accepted exactly once, at most two sweeps and ten minutes after the last trouble, and is then deleted from the modem.
 * Messages for other programs stay unchanged.
 */
import { describe, expect, test } from "vitest";
import { OK } from "../../src/status.ts";
import { SESSION_LATER, SESSION_STARTED } from "../../src/wire.ts";
import { type Device, startDevice } from "../../targets/device.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { createRandom } from "../random.ts";
import { createDesk } from "./bench.ts";
import { foreignMessages, type Genuine, genuineMessage, randomQuirks, SECRET, SERVER_ID } from "./world.ts";

const SWEEP_SECONDS = 600;
const TROUBLE_SECONDS = 1200;
const BOUND_SECONDS = 2 * SWEEP_SECONDS + 600;
const DAY_SECONDS = 86400;
const ROUNDS = Number(process.env.MODEM_ROUNDS ?? 120);
const FIRST = Number(process.env.MODEM_SEED ?? 1);

/** The history, for the text of a failure. */
function live(seed: number) {
  const random = createRandom(seed);
  const quirks = randomQuirks(random);
  let isTrouble = true;
  const { mishap } = quirks;
  const desk = createDesk({ ...quirks, mishap: text => (isTrouble && mishap ? mishap(text) : 0) }, "in pieces", seed);
  const hal = createMockHal();
  const accepted: string[] = [];
  const log: string[] = [];
  let isBusy = false;
  let device: Device;

  function start(): void {
    desk.unplug();
    hal.session = {
      start(request) {
        if (isBusy) return SESSION_LATER;
        device.client.sessionDone(request);
        return SESSION_STARTED;
      },
    };
    device = startDevice(
      {
        storage: hal.storage,
        clock: desk.clock,
        session: hal.session,
        serial: desk.serial,
        log: line => log.push(line),
      },
      {
        accounts: [{ serverId: SERVER_ID, appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: SECRET }] }],
        modem: { sweepSeconds: SWEEP_SECONDS },
        onVerdict(status, at, _via, about) {
          log.push(`verdict ${status.toString(16)}@${at}`);
          if (status === OK) accepted.push(about()?.sessionId ?? "?");
        },
      },
    );
    device.client.resume();
  }

  /** The events that happen once, and their times. */
  const events: [second: number, act: () => void][] = [];
  const at = (act: () => void, from = 0) => events.push([from + random(TROUBLE_SECONDS - from), act]);
  const foreigners = foreignMessages(random);
  for (const { pdu, length, status } of foreigners) at(() => desk.emulator.store(pdu, length, status));
  const sent: Genuine[] = Array.from({ length: 3 + random(6) }, (_, i) => genuineMessage(i, random));
  for (const { tpdus } of sent) {
    const second = random(TROUBLE_SECONDS - 100);
    const isSpread = random(3) === 0;
    for (const tpdu of tpdus) events.push([second + (isSpread ? random(100) : 0), () => desk.emulator.message(tpdu)]);
    if (random(3) === 0) events.push([second + random(100), () => desk.emulator.message(tpdus[random(tpdus.length)]!)]);
  }
  for (let i = random(3); i > 0; i--) at(() => desk.emulator.reset());
  for (let i = random(3); i > 0; i--) at(start);
  if (random(3) === 0) {
    at(() => {
      hal.storage.isBroken = true;
    });
  }
  if (random(3) === 0) {
    at(() => {
      isBusy = true;
    });
  }
  events.push([
    TROUBLE_SECONDS,
    () => {
      isTrouble = false;
      hal.storage.isBroken = false;
      isBusy = false;
      device.client.resume();
    },
  ]);

  function run(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      for (const [when, act] of events) if (when === second) act();
      desk.second(() => device.tick());
    }
    events.length = 0;
  }
  start();
  run(TROUBLE_SECONDS + BOUND_SECONDS);
  const inTime = accepted.slice();
  desk.skip(DAY_SECONDS);
  run(2 * SWEEP_SECONDS);
  return { quirks, inTime, accepted, sent, foreigners, log, emulator: desk.emulator };
}

describe("random modems", () => {
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed++) {
    test(`seed ${seed}`, () => {
      const { quirks, inTime, accepted, sent, foreigners, log, emulator } = live(seed);
      const story = () =>
        `${JSON.stringify(quirks, (_, value) => `${value ?? ""}` && value)}\n${log.slice(-40).join("\n")}`;
      expect(inTime.sort(), story()).toEqual(sent.map(({ sessionId }) => sessionId).sort());
      expect(accepted.length).toBe(sent.length);
      // a day later also the parts of which a repeated one or a reset of the board has left the modem alone with
      const others = foreigners.map(({ pdu }) => pdu);
      const left = emulator.contents();
      expect(left, story()).toEqual(expect.arrayContaining(others));
      // one place of such a modem cannot be emptied
      const stuck = quirks.deaf?.test("AT+CMGD=3") ? (quirks.memories ?? ["SM"]).length : 0;
      expect(left.length - others.length, story()).toBeLessThanOrEqual(stuck);
      expect(emulator.waiting()).toBe(0);
    });
  }
});
