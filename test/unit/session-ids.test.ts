/**
 * SESSIONIDs of a server (§6.4.8): their order, the journal after a power cut, and that devices never confuse two
 * notifications.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { createSessionIds, openSessionIds } from "../../targets/node/session-ids.ts";
import { runCli } from "../cli.ts";
import { deliver, deviceOf, NOW } from "../suite/device.ts";
import { push13, SERVER_ID } from "../suite/messages.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-session-ids-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const newState = () => join(folder, `state${count++}`);
const FOR_EVER = { timestamp: NOW, timeoutMinutes: 0 };
const at = (seconds: number) => ({ now: () => NOW + seconds, first: () => 1 });

describe("what is given out", () => {
  test("each ServerID has its own, from 1 on", () => {
    const ids = createSessionIds(at(0));
    expect(["a", "a", "b", "a"].map(id => ids.take(id, FOR_EVER))).toEqual([1, 2, 1, 3]);
  });

  test("an id comes back once its TIMEOUT is over by a second, and not before", () => {
    let seconds = NOW;
    const ids = createSessionIds({ now: () => seconds, first: () => 1 });
    for (let id = 2; id <= 0xffff; id++) ids.claim("s", id, FOR_EVER);
    expect(ids.take("s", { timestamp: NOW, timeoutMinutes: 5 })).toBe(1);
    seconds = NOW + 300;
    expect(() => ids.take("s", { timestamp: seconds, timeoutMinutes: 5 })).toThrow(/65535 SESSIONIDs of s/);
    seconds++;
    // the message itself has to show it, to a board without a clock
    expect(() => ids.take("s", { timestamp: NOW, timeoutMinutes: 5 })).toThrow(/SESSIONIDs/);
    expect(ids.take("s", { timestamp: seconds, timeoutMinutes: 5 })).toBe(1);
  });

  test("of DM 1.2 none expires, and the oldest comes back when all others are taken", () => {
    const ids = createSessionIds(at(0));
    const dm12 = { timestamp: NOW, timeoutMinutes: undefined };
    for (let id = 1; id <= 0xffff; id++) expect(ids.take("s", dm12)).toBe(id);
    expect(ids.take("s", dm12)).toBe(1);
    expect(ids.claim("s", 2, dm12)).toBe(false);
  });

  test("when all are valid, they go round to other devices, where the caller asks for it", () => {
    const ids = createSessionIds(at(0));
    for (let id = 1; id <= 0xffff; id++) ids.take("s", FOR_EVER);
    const further = Array.from({ length: 0xffff + 3 }, () => ids.take("s", FOR_EVER, "next"));
    expect(further.slice(0, 3)).toEqual([1, 2, 3]);
    expect(further.every((id, i) => id === (i % 0xffff) + 1)).toBe(true);
    expect(() => ids.take("s", FOR_EVER)).toThrow(/65535 SESSIONIDs of s/);
  });

  test("a new journal begins at a random id", () => {
    const firsts = Array.from({ length: 20 }, () => createSessionIds().take("s", FOR_EVER));
    expect(new Set(firsts).size).toBeGreaterThan(10);
    expect(firsts.every(id => id >= 1 && id <= 0xffff)).toBe(true);
  });

  test("a device takes every notification that has one, with a clock and without", () => {
    const steps = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 90 }), minutes: fc.integer({ min: 1, max: 2 }) }),
    );
    fc.assert(
      fc.property(steps, fc.boolean(), (all, hasClock) => {
        const hal = createMockHal();
        deviceOf(pkg0, hal, { rememberedMax: 200, pendingMax: 200 });
        let now = NOW;
        const ids = createSessionIds({ now: () => now, first: () => 1 });
        for (let id = 4; id <= 0xffff; id++) ids.claim(SERVER_ID, id, FOR_EVER);
        for (const { wait, minutes } of all) {
          now += wait;
          hal.posix = hasClock ? now : 0;
          let sessionId: number;
          try {
            sessionId = ids.take(SERVER_ID, { timestamp: now, timeoutMinutes: minutes });
          } catch {
            continue; // all three are valid
          }
          const push = push13({ sessionId, timestamp: now, timeoutMinutes: minutes });
          expect(pkg0.statusName(deliver(hal, push))).toBe("OK");
        }
      }),
      { numRuns: 20, seed: 20261126 },
    );
  });
});

describe("the journal", () => {
  test("outlasts a restart, and is for its owner's eyes only", async () => {
    const state = newState();
    const first = await openSessionIds(state, at(0));
    expect([first.take("s", FOR_EVER), first.take("s", FOR_EVER), first.take('"ö\n', FOR_EVER)]).toEqual([1, 2, 1]);
    first.close();
    expect(statSync(join(state, "session-ids")).mode & 0o777).toBe(0o600);
    const second = await openSessionIds(state, at(0));
    expect([second.take("s", FOR_EVER), second.take('"ö\n', FOR_EVER)]).toEqual([3, 2]);
    expect(second.claim("s", 1, FOR_EVER)).toBe(false);
    second.close();
  });

  test("drops what has expired, and goes on behind the last", async () => {
    const state = newState();
    const first = await openSessionIds(state, at(0));
    for (let i = 0; i < 100; i++) first.take("s", { timestamp: NOW, timeoutMinutes: 1 });
    first.close();
    const second = await openSessionIds(state, at(61));
    expect(readFileSync(join(state, "session-ids"), "utf8").split("\n")).toHaveLength(2);
    expect(second.take("s", { timestamp: NOW + 61, timeoutMinutes: 1 })).toBe(101);
    second.close();
  });

  test("is rewritten when most of it has expired, however long it is kept open", async () => {
    const state = newState();
    let seconds = NOW;
    const ids = await openSessionIds(state, { now: () => seconds, first: () => 1 });
    for (let i = 0; i < 25_000; i++) {
      seconds += 1;
      ids.take("s", { timestamp: seconds, timeoutMinutes: 1 });
      if (i % 100 === 0) ids.save();
    }
    ids.close();
    expect(readFileSync(join(state, "session-ids"), "utf8").split("\n").length).toBeLessThan(12_000);
    const again = await openSessionIds(state, { now: () => seconds });
    expect(again.claim("s", 25_000, { timestamp: seconds, timeoutMinutes: 1 })).toBe(false);
    expect(again.take("s", { timestamp: seconds, timeoutMinutes: 1 })).toBe(25_001);
    again.close();
  });

  test("cut at any byte, it gives no saved id out again", async () => {
    const state = newState();
    const path = join(state, "session-ids");
    const first = await openSessionIds(state, at(0));
    for (let i = 0; i < 3; i++) first.take("s", FOR_EVER);
    first.close();
    const whole = readFileSync(path, "utf8");
    for (let end = 0; end <= whole.length; end++) {
      writeFileSync(path, whole.slice(0, end));
      const again = await openSessionIds(state, at(0));
      const saved = whole.slice(0, end).split("\n").length - 1;
      expect(again.take("s", FOR_EVER)).toBe(saved + 1);
      again.close();
      const third = await openSessionIds(state, at(0));
      expect(third.take("s", FOR_EVER), "what followed the cut was whole").toBe(saved + 2);
      third.close();
    }
  });

  test("with a damaged line in it is refused, whichever byte it is", async () => {
    const state = newState();
    const path = join(state, "session-ids");
    const first = await openSessionIds(state, at(0));
    for (let i = 0; i < 2; i++) first.take("s", FOR_EVER);
    first.close();
    const whole = readFileSync(path);
    for (let i = 0; i < whole.length - 1; i++) {
      const damaged = Buffer.from(whole);
      damaged[i]! ^= 1;
      writeFileSync(path, damaged);
      await expect(openSessionIds(state, at(0))).rejects.toThrow(/line [12] is damaged/);
    }
  });

  test("belongs to one at a time; another waits for a moment", async () => {
    const state = newState();
    const first = await openSessionIds(state, at(0));
    await expect(openSessionIds(state, { waitMs: 60 })).rejects.toThrow();
    setTimeout(() => {
      first.take("s", FOR_EVER);
      first.close();
    }, 100);
    const second = await openSessionIds(state, at(0));
    expect(second.take("s", FOR_EVER)).toBe(2);
    second.close();
  });
});

describe("encode --state", () => {
  const fields = { serverId: "mgmt.example", requestedMo: [1], timeout: 60 };
  const encode = (args: string[], ...all: object[]) => {
    const texts = all.map(one => JSON.stringify(one));
    const { code, lines, errors } = runCli(["encode", "--secret", "s", ...args, ...texts]);
    const refusals = errors.split("\n").filter(line => line.startsWith("{"));
    return {
      code,
      errors,
      answers: lines.map(line => line.slice(12, 16)),
      refusals: refusals.map(line => JSON.parse(line)),
    };
  };

  test("needs no sessionId, and repeats none from one run to the next", () => {
    const state = newState();
    const idOf = (hex: string | undefined) => Number.parseInt(hex!, 16);
    const next = (hex: string | undefined, by: number) => ((idOf(hex) + by - 1) % 0xffff) + 1;
    const [first, second] = encode(["--state", state], fields, fields).answers;
    expect(idOf(second)).toBe(next(first, 1));
    const [third] = encode(["--state", state], fields, { ...fields, serverId: "other" }).answers;
    expect(idOf(third)).toBe(next(first, 2));
  });

  test("refuses a sessionId that is taken, and takes one that is not", () => {
    const state = newState();
    expect(encode(["--state", state], { ...fields, sessionId: "AB" }, fields).answers).toEqual(["00ab", "00ac"]);
    const { code, refusals } = encode(["--state", state], { ...fields, sessionId: "AB" });
    expect([code, refusals[0].status, refusals[0].field]).toEqual([1, "SESSION_ID_USED", "sessionId"]);
    const half = { ...fields, sessionId: "CD", requestedMo: [] };
    const bad = encode(["--state", state], half, { ...fields, sessionId: "0" });
    expect(bad.refusals.map(one => one.status)).toEqual(["FIELD_REQUESTED_MO", "FIELD_SESSION_ID"]);
    expect(encode(["--state", state], { ...half, requestedMo: [1] }).answers, "mended").toEqual(["00cd"]);
  });

  test("without it, a repeat within one run is warned of, and the same notification again is not", () => {
    const one = { ...fields, sessionId: "7", timestamp: NOW };
    const { code, errors, answers } = encode([], one, one, { ...one, requestedMo: [2] });
    expect([code, answers]).toEqual([0, ["0007", "0007", "0007"]]);
    expect(errors).toMatch(/^pkg0: warning: sessionId 7 belongs to a notification of mgmt.example .*\n$/);
    expect(encode([], one, { ...one, timestamp: NOW + 3601 }).errors, "expired").toBe("");
    expect(encode([], fields).refusals[0]).toMatchObject({ status: "FIELD_TYPE", field: "sessionId" });
  });
});
