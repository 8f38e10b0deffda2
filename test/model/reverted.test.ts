/**
 * Random histories in which a slot of the storage goes back to one of its former records while the device runs, as when a
 * log-structured storage loses its newest entry. A device on such a storage must do what one on a sound storage does: both
 * slots have the newest record, so one of them is enough. When both go back, as with an image that is put back, no third place
 * tells the device: it goes on from that moment, and not from an earlier one. Variables: REVERTED_HISTORIES, REVERTED_SEED.
 */
import { expect, test } from "vitest";
import { createClient } from "../../src/client/client.ts";
import type { Client } from "../../src/client/interface.ts";
import type { SessionRequest } from "../../src/hal.ts";
import { SESSION_LATER, SESSION_STARTED } from "../../src/wire.ts";
import { createFlash } from "../../targets/mock/flash.ts";
import { createRandom } from "../random.ts";
import { DM_ACC, octets, push13 } from "../suite/messages.ts";

const HISTORIES = Number(process.env.REVERTED_HISTORIES ?? 60);
const SEED = Number(process.env.REVERTED_SEED ?? 1);
const STEPS = 80;
const START = 1_700_000_000;

/** A device whose slots remember what they had; `did` is all that it did. */
function createDevice() {
  const flash = createFlash(1);
  const former = new Map<string, Uint8Array[]>();
  /** The slots that went back, and were not written since. */
  const stale = new Set<string>();
  const did: string[] = [];
  const running: SessionRequest[] = [];
  let client: Client;
  const device = { flash, former, stale, did, running, isBusy: true, client: () => client, boot };
  const save = flash.save;
  flash.save = (key, bytes) => {
    const record = flash.records[key];
    if (record !== undefined) former.set(key, [...(former.get(key) ?? []), record]);
    stale.delete(key);
    return save(key, bytes);
  };

  function boot(): void {
    running.length = 0;
    const clock = { posixSeconds: () => START, monotonicSeconds: () => 0 };
    const session = {
      start(request: SessionRequest) {
        did.push(
          `${device.isBusy ? "busy" : "start"} ${request.sessionId} ${request.connectReason} ${request.vendorInfo}`,
        );
        if (device.isBusy) return SESSION_LATER;
        running.push(request);
        return SESSION_STARTED;
      },
    };
    client = createClient({ storage: flash, clock, session }, { pendingMax: 4 });
    client.resume();
  }

  boot();
  client!.addAccount(DM_ACC);
  return device;
}

type Device = ReturnType<typeof createDevice>;

/** One step of a history, which does the same on each device. */
function newStep(random: (below: number) => number, sent: Uint8Array[]): (device: Device) => void {
  const choice = random(8);
  if (choice < 3 || sent.length === 0) {
    const id = sent.length + 1;
    const message = {
      sessionId: id,
      timestamp: START + id,
      secret: octets("secret13"),
      vendorInfo: octets("v".repeat(random(60))),
    };
    sent.push(push13(message));
  }
  const push = choice < 3 ? sent[sent.length - 1] : sent[random(sent.length)];
  const which = random(4);
  if (choice < 4) return ({ did, client }) => void did.push(`verdict ${client().receivePush(push, 0, push.length, 1)}`);
  if (choice === 4) return device => device.boot();
  if (choice === 5)
    return device => {
      device.isBusy = which === 0;
      device.client().bearerChanged();
    };
  return ({ did, client, running }) => {
    const [ended] = running.splice(which % (running.length || 1), 1);
    if (ended !== undefined) did.push(`done ${ended.sessionId} ${client().sessionDone(ended)}`);
  };
}

/** Gives a slot one of its former records, unless the other slot of its key is the only sound one. Returns whether it did. */
function revert({ flash, former, stale }: Device, random: (below: number) => number): boolean {
  const keys = [...former.keys()].filter(key => !["a", "b"].some(slot => stale.has(key.slice(0, -1) + slot)));
  if (keys.length === 0) return false;
  const key = keys[random(keys.length)];
  const records = former.get(key) as Uint8Array[];
  flash.records[key] = records[random(records.length)];
  stale.add(key);
  return true;
}

test(`in ${HISTORIES} histories a slot that goes back to a former record changes nothing that the device does`, () => {
  let reverted = 0;
  for (let seed = SEED; seed < SEED + HISTORIES; seed++) {
    const random = createRandom(seed);
    const [sound, damaged] = [createDevice(), createDevice()];
    const sent: Uint8Array[] = [];
    for (let step = 0; step < STEPS; step++) {
      if (random(3) === 0 && revert(damaged, random)) reverted++;
      const act = newStep(random, sent);
      for (const device of [sound, damaged]) act(device);
      expect(damaged.did, `seed ${seed}, step ${step}`).toEqual(sound.did);
    }
  }
  console.log(`${HISTORIES} histories, ${reverted} slots went back`);
});

const OK = 0;

/** Steps of a history from `from` to `to`, on each of `devices`. */
function runSteps(devices: Device[], random: (below: number) => number, sent: Uint8Array[], count: number): void {
  for (let step = 0; step < count; step++) {
    const act = newStep(random, sent);
    for (const device of devices) act(device);
  }
}

/** Puts all slots back to what they were when `image` was made. */
function putBack({ flash }: Device, image: { [key: string]: Uint8Array }): void {
  for (const key of Object.keys(flash.records)) delete flash.records[key];
  Object.assign(flash.records, image);
}

test(`in ${HISTORIES} histories an image that is put back makes a device that was off since then, at the next start`, () => {
  let again = 0;
  for (let seed = SEED; seed < SEED + HISTORIES; seed++) {
    const random = createRandom(seed);
    const [off, restored] = [createDevice(), createDevice()] as [Device, Device];
    const sent: Uint8Array[] = [];
    runSteps([off, restored], random, sent, random(STEPS / 2));
    const image = { ...restored.flash.records };
    const before = restored.did.length;
    runSteps([restored], random, sent, STEPS / 2);
    const since = restored.did.slice(before);
    putBack(restored, image);
    for (const device of [off, restored]) {
      device.did.length = 0;
      device.isBusy = false;
      device.boot();
    }
    // everything that was ever sent comes again
    for (const push of sent)
      for (const { did, client } of [off, restored])
        did.push(`verdict ${client().receivePush(push, 0, push.length, 1)}`);
    runSteps([off, restored], random, sent, STEPS / 2);
    expect(restored.did, `seed ${seed}`).toEqual(off.did);
    if (since.includes(`verdict ${OK}`) && restored.did.includes(`verdict ${OK}`)) again++;
  }
  expect(again, "a message that was accepted since then is accepted again").toBeGreaterThan(0);
  console.log(`${HISTORIES} images put back, after ${again} of them a message was accepted that was accepted before`);
});

test(`in ${HISTORIES} histories an image that is put back while the device runs lets it accept nothing again`, () => {
  for (let seed = SEED; seed < SEED + HISTORIES; seed++) {
    const random = createRandom(seed);
    const device = createDevice();
    const sent: Uint8Array[] = [];
    runSteps([device], random, sent, random(STEPS / 2));
    const image = { ...device.flash.records };
    runSteps([device], random, sent, STEPS / 2);
    // what was accepted is told by what is known now
    const verdictOf = (push: Uint8Array) => device.client().receivePush(push, 0, push.length, 1);
    for (const push of sent) verdictOf(push);
    device.did.length = 0;
    putBack(device, image);
    for (const push of sent) expect(verdictOf(push), `seed ${seed}`).not.toBe(OK);
  }
});
