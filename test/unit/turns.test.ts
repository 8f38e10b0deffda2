/** The time of an answer tells nothing of a verdict (D12), however slow the disk is. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let now = 0;
beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate"] });
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Judges a message for `judgedMs`; returns after how many ms an answer goes out that becomes due meanwhile. */
async function answeredAfter(judgedMs: number): Promise<number> {
  const { answerInTurn, judgeInTurn } = await import("../../targets/node/turns.ts");
  let isSent = false;
  let judgedTo = now;
  judgeInTurn(() => {
    now += judgedMs;
    judgedTo = now;
  });
  await vi.advanceTimersToNextTimerAsync();
  answerInTurn(() => {
    isSent = true;
  });
  const from = judgedTo - judgedMs;
  while (!isSent) {
    await vi.advanceTimersByTimeAsync(1);
    now++;
  }
  return now - from;
}

test.each([
  [[17, 0], 50],
  [[90, 0, 90, 17], 100],
  [[350, 0, 90], 400],
])("judgements of %j ms: answers after %d ms, all alike", async (durations, turnMs) => {
  for (const ms of durations) expect(await answeredAfter(ms)).toBe(turnMs);
});

test("a turn is never longer than a SIP peer waits", async () => {
  await answeredAfter(5_000);
  expect(await answeredAfter(0)).toBe(400);
});
