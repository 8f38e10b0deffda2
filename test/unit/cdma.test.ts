import { expect, test } from "vitest";
import { createWdpReceiver, newWdp, readWdp } from "../../src/push/sms/cdma.ts";
import { MORE, OK, SMS_MESSAGE_LONG, SMS_PORT_OTHER, WDP_HEADER, WDP_SHORT } from "../../src/status.ts";
import { fromHex, toHex } from "../modem/tpdu.ts";

const clock = { posixSeconds: () => 0, monotonicSeconds: () => 0 };
const SENDER = fromHex("0102030405");
const PUSH = "000603d8af8715500000001e123465f00000";

function read(hex: string) {
  const w = newWdp();
  const bytes = fromHex(hex);
  return { status: readWdp(bytes, 0, bytes.length, w), w };
}

test("a whole push: source port first, then destination", () => {
  const received = createWdpReceiver(clock, {});
  const bytes = fromHex(`00010023f00b84${PUSH}`);
  expect(received.receive(SENDER, 1, bytes, 0, bytes.length)).toBe(OK);
  expect(received.bytes).toBe(bytes);
  expect(toHex(bytes, received.from, received.to)).toBe(PUSH);
});

test("the ports twice, as some carriers send them", () => {
  expect(read(`00010023f00b8423f00b84${PUSH}`).w.dataAt).toBe(11);
  expect(read(`00010023f00b8423f00b85${PUSH}`).w.dataAt).toBe(7);
  // a source port that could be the start of a push
  expect(read(`00010000060b84${PUSH}`).w.dataAt).toBe(7);
});

test("segments in any order; only the first has ports", () => {
  const received = createWdpReceiver(clock, {});
  const segments = [`00030023f00b84${PUSH.slice(0, 10)}`, `000301${PUSH.slice(10, 20)}`, `000302${PUSH.slice(20)}`];
  const statuses = [2, 0, 1].map(i => {
    const bytes = fromHex(segments[i]);
    return received.receive(SENDER, 700, bytes, 0, bytes.length);
  });
  expect(statuses).toEqual([MORE, MORE, OK]);
  expect(toHex(received.bytes, received.from, received.to)).toBe(PUSH);
});

test("what it is not", () => {
  const received = createWdpReceiver(clock, {});
  for (const [hex, expected] of [
    ["", WDP_SHORT],
    ["0001", WDP_SHORT],
    ["010100", WDP_HEADER],
    ["000000", WDP_HEADER],
    ["000101", WDP_HEADER],
    ["00010023f00b", WDP_SHORT],
    ["00010023f00b85aa", SMS_PORT_OTHER],
    ["00ff01aa", SMS_MESSAGE_LONG],
  ] as const) {
    const bytes = fromHex(hex);
    expect(received.receive(SENDER, 1, bytes, 0, bytes.length)).toBe(expected);
    expect(received.wdp.at).toBeLessThanOrEqual(bytes.length);
  }
});
