/**
 * A device over flash.c with the bounds of targets/firmware: messages of the greatest length, as many as may wait. The power is
 * cut within every write of every step, and the device boots again. FLASH_SEED, FLASH_STEPS; FLASH_STRIDE=1 cuts within each.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient } from "../../src/client/client.ts";
import type { SessionRequest } from "../../src/hal.ts";
import { DUPLICATE, OK, PENDING_FULL } from "../../src/status.ts";
import { createHostBoard, type Host } from "../../targets/host-functions/hal.ts";
import { missingTools, type NorFlash, openFlash } from "./flash.ts";
import { createHostPort } from "./host-functions.ts";
import { ACCOUNT, pushOf } from "./tty.ts";

const SEED = Number(process.env.FLASH_SEED ?? 1);
const STEPS = Number(process.env.FLASH_STEPS ?? 24);
/** The writes from one cut to the next, at most. */
const STRIDE = Number(process.env.FLASH_STRIDE ?? 24);
const missing = missingTools();
const note = missing.length > 0 ? `: skipped, no ${missing.join(", no ")} on PATH` : "";

/** As the Makefile of targets/firmware has them: sectors, their bytes, pendingMax, messageMax, HOST_BYTES. */
const BOARDS = {
  lm3s6965evb: { chip: [5, 4096], pendingMax: 4, messageMax: 512, hostBytes: 2112, areRecordsChecked: true },
  microbit: { chip: [6, 8192], pendingMax: 1, messageMax: 600, hostBytes: 1280, areRecordsChecked: true },
  "another with the client's own CRC": {
    ...{ chip: [3, 4096], pendingMax: 2, messageMax: 512, hostBytes: 2048, areRecordsChecked: false },
  },
} as const;

const open: NorFlash[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const flash of open.splice(0)) flash.close();
});

function createRandom(seed: number): (below: number) => number {
  let x = (seed * 2654435761) | 1;
  return below => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

/** The longest push whose Package #0 has no more than `messageMax` bytes. */
function longestPush(sessionId: number, messageMax: number): Uint8Array {
  const overhead = pushOf(sessionId, 100).length - 100;
  const header = 6; // readers count what follows it
  return pushOf(sessionId, Math.min(messageMax - overhead + header, 510));
}

/** The device as it is when it was switched on: what it offers to start. */
function boot(flash: NorFlash, board: (typeof BOARDS)[keyof typeof BOARDS]) {
  const { host } = createHostPort();
  const started: SessionRequest[] = [];
  const over: Host = {
    ...host,
    load(key, into) {
      const status = flash.status(key);
      if (status > 0) into.set((flash.load(key) as Uint8Array).subarray(0, into.length));
      return status;
    },
    save: (key, bytes) => bytes.length <= board.hostBytes && flash.save(key, bytes),
    erase: flash.erase,
    posixSeconds: () => 0, // as those boards after a reset
  };
  const hal = createHostBoard(over, board);
  hal.storage.isChecked = board.areRecordsChecked;
  hal.session = {
    start(request) {
      if (!flash.isOff()) started.push(request);
      return 0;
    },
  };
  const { pendingMax, messageMax } = board;
  return { client: createClient(hal, { accountsMax: 1, pendingMax, messageMax }), started };
}

describe.skipIf(missing.length > 0)(`a device over flash.c${note}`, () => {
  for (const [name, board] of Object.entries(BOARDS)) {
    test(`at a cut within any write no session is lost, and none is done twice: ${name}`, () => {
      const flash = openFlash(board.chip[0], board.chip[1]);
      open.push(flash);
      const random = createRandom(SEED);
      const { pendingMax } = board;
      expect(boot(flash, board).client.addAccount(ACCOUNT)).toBe(OK);
      let pending: string[] = [];
      const done: string[] = [];
      let sent = 0;
      let cuts = 0;

      /** The sessions that a device offers when it boots now, and its verdict on `push`. */
      function offered(push: Uint8Array, id: string) {
        flash.open();
        const { client, started } = boot(flash, board);
        client.resume();
        const ids = started.map(each => each.sessionId);
        return {
          ids,
          status: client.receivePush(push, 0, push.length, 1),
          started: started.some(s => s.sessionId === id),
        };
      }

      for (let i = 0; i < STEPS; i++) {
        const isEnding = pending.length === pendingMax || (pending.length > 0 && random(3) === 0);
        const id = isEnding ? pending[0] : (++sent).toString(16).toUpperCase();
        // a TIMESTAMP of its own: of two in one second, the floor of REPLAY may cover both
        vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_000 + 60_000 * Number.parseInt(id, 16));
        const push = longestPush(Number.parseInt(id, 16), board.messageMax);
        const after = isEnding ? pending.slice(1) : [...pending, id];
        flash.keep(0);
        for (let cut = random(STRIDE); ; cut += 1 + random(STRIDE)) {
          const what = `step ${i}, cut ${cut}`;
          flash.restore(0);
          flash.open();
          flash.seed(SEED + 1000 * i + cut);
          const { client, started } = boot(flash, board);
          client.resume();
          flash.cutAfter(cut);
          const request = started.find(each => each.sessionId === id) as SessionRequest;
          const status = isEnding ? client.sessionDone(request) : client.receivePush(push, 0, push.length, 1);
          const isCut = flash.isOff();
          if (!isCut) expect(status, what).toBe(OK);
          flash.keep(1);
          const seen = offered(push, id);
          flash.restore(1);
          expect(status === OK ? [after] : [pending, after], what).toContainEqual(seen.ids);
          // the message comes once more, as from a modem that was not told to delete it: it is taken once in all
          const isTaken = isEnding || seen.ids.includes(id);
          if (isTaken) expect([DUPLICATE, PENDING_FULL], what).toContain(seen.status);
          else expect(seen, what).toMatchObject({ status: OK, started: true });
          if (!isCut) break;
          cuts++;
        }
        flash.open();
        pending = after;
        if (isEnding) done.push(id);
      }
      expect(done.length).toBeGreaterThan(pendingMax);
      expect(flash.erases()).toBeGreaterThan(2);
      expect(cuts).toBeGreaterThan(100);
      console.log(`${name}: ${STEPS} steps, ${cuts} cuts, ${flash.erases()} erases`);
    }, 600_000);
  }

  for (const [sectors, sectorBytes] of [
    [2, 4096],
    [4, 4096],
    [6, 8192],
  ] as const) {
    test(`it lasts as long as README.md computes: ${sectors} sectors of ${sectorBytes} bytes`, () => {
      const flash = openFlash(sectors, sectorBytes);
      open.push(flash);
      const { client, started } = boot(flash, BOARDS.microbit);
      expect(client.addAccount(ACCOUNT)).toBe(OK);
      const NOTIFICATIONS = 1000;
      for (let i = 1; i <= NOTIFICATIONS; i++) {
        vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_000 + 60_000 * i);
        const push = pushOf(i);
        expect(client.receivePush(push, 0, push.length, 1)).toBe(OK);
        expect(client.sessionDone(started[i - 1])).toBe(OK);
      }
      const records = ["acc0a", "acc0b", "adm0a", "adm0b"].map(key => flash.status(key) + 30);
      const live = records.reduce((sum, bytes) => sum + bytes);
      const erases = (632 * NOTIFICATIONS) / (sectorBytes - 200 - live / (sectors - 1));
      expect(flash.erases()).toBeLessThan(erases);
      expect(flash.erases()).toBeGreaterThan(0.75 * erases);
    }, 60_000);
  }
});
