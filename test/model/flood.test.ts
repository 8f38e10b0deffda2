/**
 * A flood of forged messages against a board with the defaults of targets/device.ts: one forged SMS a minute from changing
 * originators, and ten forged datagrams a second, all naming a real Server-ID. targets/admission.md states the results.
 */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Hal } from "../../src/hal.ts";
import { OK, SMS_DUPLICATE, THROTTLED } from "../../src/status.ts";
import { VIA_SMS } from "../../src/wire.ts";
import { startDevice } from "../../targets/device.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { createBench } from "../modem/bench.ts";
import { deliverTpdu, partsOf } from "../modem/tpdu.ts";
import { createRandom } from "../random.ts";
import { DM_ACC, NONCE, push12, push13, pushOfBoth } from "../suite/messages.ts";

const START = 1_700_000_000;
const HOURS = 3;
const SERVER_NUMBER = "447700900123";
/** How the forger sends a short message. */
const KINDS = ["whole", "1.2", "in parts", "beside the genuine parts", "as the server", "of both formats"] as const;

/** Those of a forger who cannot name the server as the originator. */
const STRANGERS = ["whole", "1.2", "in parts", "of both formats"];

interface Flood {
  seed: number;
  /** Forged short messages a minute, and for how many hours. */
  forgedPerMinute: number;
  floodHours: number;
  /** How they are forged. */
  kinds: readonly string[];
  /** Forged datagrams a second. */
  datagramsPerSecond: number;
  /** The origin of the forged datagrams; 0 = the board does not know it. */
  forgerOrigin: number;
}

/** The server sends a short message every 15 minutes, for an hour less than all of it takes. */
function flood({ seed, forgedPerMinute, kinds, floodHours, datagramsPerSecond, forgerOrigin }: Flood, hours: number) {
  const random = createRandom(seed);
  const bench = createBench({ capacity: 20 }, {}, "at once", seed);
  const bootSeconds = bench.clock.monotonicSeconds();
  const hal = createMockHal();
  let digests = 0;
  const digestOf = (name: string) => (message: Uint8Array) => {
    digests++;
    return new Uint8Array(createHash(name).update(message).digest());
  };
  const clock = {
    monotonicSeconds: bench.clock.monotonicSeconds,
    posixSeconds: () => START + bench.clock.monotonicSeconds() - bootSeconds,
  };
  const board: Hal = { ...hal, clock, sms: bench.modem, hash: { sha256: digestOf("sha256"), md5: digestOf("md5") } };
  const sent = new Map<string, number>();
  const delays: number[] = [];
  /** When each was sent, and its delay, in seconds. */
  const waits: [at: number, delay: number][] = [];
  const inParts = new Set<string>();
  const refused = new Map<number, number>();
  const { client } = startDevice(board, {
    rememberedMax: 64,
    onVerdict(status, _at, via, about) {
      const id = about()?.sessionId ?? "";
      if (status === OK && sent.has(id)) {
        const at = sent.get(id) as number;
        delays.push(clock.posixSeconds() - at);
        waits.push([at - START, clock.posixSeconds() - at]);
        sent.delete(id);
      } else if (via === VIA_SMS) refused.set(status, (refused.get(status) ?? 0) + 1);
    },
  });
  hal.onStart = request => void client.sessionDone(request);
  client.addAccount(DM_ACC);

  let lastId = 0;
  let datagrams = 0;
  let datagramsOk = 0;
  const fields = () => ({ sessionId: ++lastId, timestamp: clock.posixSeconds(), timeoutMinutes: 600 });
  const forge = (push: Uint8Array, at = push.length - 1) => {
    push[at]! ^= 1;
    return push;
  };
  const say = (push: Uint8Array, number: string, reference: number) => {
    for (const part of partsOf(push, reference))
      bench.emulator.message(deliverTpdu(number, part, clock.posixSeconds() % 60));
  };

  function sendForgedSms(minute: number): void {
    const number = `4915${String(random(1e8)).padStart(8, "0")}`;
    const kind = kinds[random(kinds.length)];
    const long = { ...fields(), vendorInfo: new Uint8Array(150) };
    // the genuine message of this quarter has the reference that is its number
    const reference = Math.floor(minute / 15) % 256;
    if (kind === "whole") say(forge(push13(fields())), number, 0);
    else if (kind === "1.2") say(forge(push12(fields(), NONCE), 6), number, 0);
    else if (kind === "in parts") say(forge(push13(long)), number, reference);
    else if (kind === "as the server") say(forge(push13(fields())), SERVER_NUMBER, 0);
    else if (kind === "of both formats") say(pushOfBoth(fields()), number, 0);
    else {
      const [first, second] = partsOf(forge(push13(long), 80), reference);
      bench.emulator.message(deliverTpdu(SERVER_NUMBER, random(2) === 0 ? first! : second!, minute % 60));
    }
  }

  const genuineDatagram = () => {
    const push = push13(fields());
    datagrams++;
    if (hal.deliver(push, 0, push.length, forgerOrigin === 0 ? 0 : 7) === OK) datagramsOk++;
  };

  for (let second = 0; second < hours * 3600; second++) {
    const minute = Math.floor(second / 60);
    const inLastHour = second >= (hours - 1) * 3600;
    if (second < floodHours * 3600 && (second + 30) % (60 / forgedPerMinute) === 0) sendForgedSms(minute);
    if (second % 900 === 40 && !inLastHour) {
      const genuine = { ...fields(), vendorInfo: new Uint8Array(random(2) * 150) };
      if (genuine.vendorInfo.length > 0) inParts.add(genuine.sessionId.toString(16).toUpperCase());
      sent.set(genuine.sessionId.toString(16).toUpperCase(), clock.posixSeconds());
      say(push13(genuine), SERVER_NUMBER, Math.floor(minute / 15) % 256);
    }
    const forged = forge(push13(fields()));
    const turn = random(30 * datagramsPerSecond); // twice a minute, at any moment
    for (let i = 0; i < datagramsPerSecond; i++) {
      if (i === turn) genuineDatagram();
      hal.deliver(forged, 0, forged.length, forgerOrigin);
    }
    bench.run(1);
    if (second % 60 === 0) client.tick();
  }
  const lostWhole = [...sent.keys()].filter(id => !inParts.has(id)).length;
  return { lost: sent.size, lostWhole, delays, waits, refused, digests, datagrams, datagramsOk };
}

test.each([
  [1, 0],
  [2, 0],
  [3, 99],
])("every genuine short message is accepted within an hour, and none is lost (seed %i, origin %i)", (seed, origin) => {
  const { lost, delays, refused, digests, datagrams, datagramsOk } = flood(
    { seed, forgedPerMinute: 1, kinds: KINDS, floodHours: HOURS, datagramsPerSecond: 10, forgerOrigin: origin },
    HOURS,
  );
  // when the board knows the origins, a forger cannot take half of the tokens
  if (origin !== 0) expect(datagramsOk).toBe(datagrams);
  else expect(datagramsOk).toBeLessThan(datagrams / 20);
  expect(lost).toBe(0);
  expect(delays).toHaveLength((HOURS - 1) * 4);
  expect(Math.max(...delays)).toBeLessThan(3600);
  // ten at first and six a minute, for each of two bearers; a 1.2 digest takes four MD5
  expect(digests).toBeLessThanOrEqual(4 * 2 * (10 + 6 * 60 * HOURS));
  const throttled = refused.get(THROTTLED) ?? 0;
  console.log(
    `seed ${seed}: ${delays.length} short messages after at most ${Math.max(...delays)} s, ${throttled} read again, ` +
      `${datagramsOk} of ${datagrams} datagrams, ${digests} hashes, ${refused.get(SMS_DUPLICATE) ?? 0} repeats`,
  );
});

const RATES = [
  [6, 2],
  [12, 4],
  [30, 7],
] as const;

test.each(RATES)(
  "%i forged short messages a minute for an hour: genuine ones wait in a queue, and none is lost",
  (forgedPerMinute, hours) => {
    const { lost, waits } = flood(
      { seed: 4, forgedPerMinute, kinds: STRANGERS, floodHours: 1, datagramsPerSecond: 0, forgerOrigin: 0 },
      hours,
    );
    console.log(`${forgedPerMinute} a minute: [sent at, waited] ${JSON.stringify(waits)}`);
    expect(lost).toBe(0);
    // six a minute are judged; the others queue up in the modem and in the network
    for (const [at, delay] of waits) {
      const queue = (forgedPerMinute / 6 - 1) * Math.min(at, 3600);
      expect(delay).toBeLessThan(queue + 300);
    }
  },
);

test.each(RATES)(
  "%i a minute, as the server and beside its parts, too: no message in one part is lost, and the queue empties",
  (forgedPerMinute, hours) => {
    const { lost, lostWhole, waits } = flood(
      { seed: 4, forgedPerMinute, kinds: KINDS, floodHours: 1, datagramsPerSecond: 0, forgerOrigin: 0 },
      hours,
    );
    console.log(`${forgedPerMinute} a minute: [sent at, waited] ${JSON.stringify(waits)}, ${lost} in parts lost`);
    expect(lostWhole).toBe(0);
    expect(lost).toBeLessThan(4);
    expect(waits.at(-1)?.[1]).toBeLessThan(60);
  },
);
