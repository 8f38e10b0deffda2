/**
 * Every number that a writer takes: the lowest and the highest are written, and what is none of them is refused by a status or an
 * error that names the range, with nothing written. A writer that wraps 256 to 0 sends something else than was asked for.
 */
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import * as codec from "../../targets/codec/index.ts";
import { atForm, smsParts, submitTpdus } from "../../targets/codec/sms-forms.ts";
import { sendHttp, sendObex, sendPap, sendSip, writePap } from "../../targets/node/index.ts";

/** The range of a number, and one within it. */
type Range = [lowest: number, highest: number, good: number];
type Numbers = { [name: string]: number };
interface Writer {
  numbers: { [name: string]: Range };
  /** Returns the end of what was written, or a negative status; throws an error. */
  write(numbers: Numbers, out: Uint8Array): number | Promise<unknown>;
}

const BYTES = new Uint8Array(40).fill(7);
const OUT_BYTES = 2000;
const clock = { monotonicSeconds: () => 0 };
const CONTENT_TYPE: Range = [api.CONTENT_TYPE_13, api.CONTENT_TYPE_12, api.CONTENT_TYPE_13];
const text = (value: string) => new TextEncoder().encode(value);
const SECRET = text("secret");
/** A place in `out`; the highest one leaves room for what is written. */
const AT: Range = [0, OUT_BYTES, 3];
const span = { from: [0, 30, 0] as Range, to: [0, BYTES.length, 30] as Range };

const FIELDS13: { [name: string]: Range } = {
  initiator: [0, 1, 1],
  uiMode: [0, 3, 1],
  transport: [0, 4, 1],
  timeoutMinutes: [0, 65535, 9],
  sessionId: [1, 65535, 9],
  timestamp: [0, 2 ** 32 - 1, 9],
  targetedMo: [0, 65535, 9],
  requestedMo: [0, 65535, 9],
  preferredBearer: [0, 11, 9],
};
const fields = (numbers: Numbers): api.NotificationFields => ({
  ...(numbers as unknown as api.NotificationFields),
  serverId: text("dm.example"),
  targetedMo: [numbers.targetedMo ?? 1],
  requestedMo: [numbers.requestedMo ?? 1],
  preferredBearer: [numbers.preferredBearer ?? 1],
  connectReason: text(""),
  vendorInfo: text(""),
});
const sip = { uri: "sip:a@b", from: "sip:c@d", sentBy: "e", branch: "ffffffff", tag: "gggggggg", callId: "h" };

const WRITERS: { [name: string]: Writer } = {
  writeNotification13: {
    numbers: { ...FIELDS13, digestInput: [0, 2, 1], at: AT },
    write: (n, out) => {
      const { at, digestInput, ...rest } = n as { at: number; digestInput: number };
      return api.writeNotification13(fields(rest), api.createSha256(), SECRET, digestInput, out, at);
    },
  },
  writeNotification12: {
    numbers: {
      ...{ initiator: [0, 1, 1], uiMode: [0, 3, 1], sessionId: [1, 65535, 9], versionTenths: [10, 12, 11] },
      at: AT,
    },
    write: ({ at, ...rest }, out) => {
      const scratch = new Uint8Array(api.DIGEST12_SCRATCH_BYTES);
      return api.writeNotification12(fields(rest), api.createMd5(), SECRET, SECRET, SECRET, out, at!, scratch);
    },
  },
  writePushHeader: {
    numbers: { tid: [0, 255, 9], contentType: CONTENT_TYPE, at: AT },
    write: ({ tid, contentType, at }, out) => api.writePushHeader(tid!, contentType!, out, at!),
  },
  writePart: {
    numbers: { ...span, reference: [0, 255, 9], sequence: [1, 1, 1], at: AT },
    write: (n, out) => api.writePart(BYTES, n.from!, n.to!, n.reference!, false, n.sequence!, out, n.at!),
  },
  "writePart, wide": {
    numbers: { reference: [0, 65535, 9], sequence: [1, 3, 2] },
    write: (n, out) => api.writePart(new Uint8Array(300), 0, 300, n.reference!, true, n.sequence!, out, 0),
  },
  writeSubmit: {
    numbers: { ...span, dcs: [0, 255, 4], at: AT },
    write: (n, out) => api.writeSubmit("12", n.dcs!, BYTES, n.from!, n.to!, out, n.at!),
  },
  writeHttpPost: {
    numbers: { ...span, contentType: CONTENT_TYPE, at: AT },
    write: (n, out) => api.writeHttpPost("h", "/p", n.contentType as 0, BYTES, n.from!, n.to!, out, n.at!),
  },
  writeSipMessage: {
    numbers: { ...span, contentType: CONTENT_TYPE, cseq: [1, 999_999_999, 9], at: AT },
    write: (n, out) => {
      const f = { ...sip, cseq: n.cseq!, contentType: n.contentType as api.ContentType };
      return api.writeSipMessage(f, BYTES, n.from!, n.to!, out, n.at!);
    },
  },
  createSipSender: {
    numbers: { ...span, contentType: CONTENT_TYPE, cseq: [1, 999_999_999, 9] },
    write: (n, out) => {
      const f = { ...sip, cseq: n.cseq!, contentType: n.contentType as api.ContentType };
      return opened(send => api.createSipSender(clock, { ...f, send }), n, out);
    },
  },
  createHttpSender: {
    numbers: { ...span, contentType: CONTENT_TYPE, headersMax: [0, 2 ** 20, 100], secondsMax: [0, 1e9, 30] },
    write: ({ from, to, ...options }, out) =>
      opened(
        send => api.createHttpSender(clock, { ...(options as object as api.HttpSenderOptions), host: "h", send }),
        { from: from!, to: to! },
        out,
      ),
  },
  createObexSender: {
    numbers: { ...span, contentType: CONTENT_TYPE, packetMax: [255, 65535, 1024], secondsMax: [0, 1e9, 30] },
    write: ({ from, to, ...options }, out) =>
      opened(
        send => api.createObexSender(clock, { ...(options as object as api.ObexSenderOptions), send }),
        { from: from!, to: to! },
        out,
      ),
  },
  createSipRegisterSender: {
    numbers: { expiresSeconds: [1, 2 ** 32 - 1, 3600] },
    write: ({ expiresSeconds }, out) => {
      let result = 1;
      const sender = api.createSipRegisterSender(clock, {
        ...{
          registrar: "sip:r",
          address: "sip:a@r",
          contact: "sip:a@h",
          sentBy: "h",
          instance: "urn:uuid:1",
          expiresSeconds: expiresSeconds!,
        },
        send: (bytes, from, to) => out.set(bytes.subarray(from, to)),
        token: () => "12345678",
        onChanged: status => {
          result = -status;
        },
      });
      sender.open();
      sender.tick();
      return result;
    },
  },
  pushOf: {
    numbers: { tid: [0, 255, 9], contentType: CONTENT_TYPE },
    write: ({ tid, contentType }) => codec.pushOf(BYTES, contentType!, tid!).length,
  },
  encode: {
    numbers: { ...FIELDS13, timeout: FIELDS13.timeoutMinutes!, version: [10, 12, 11] },
    write: n => {
      const { timestamp, timeout, targetedMo, requestedMo, preferredBearer, version } = n as {
        [name: string]: number;
      } & { version: number };
      const of13 = {
        timestamp: timestamp!,
        timeout: timeout!,
        targetedMo: [targetedMo!],
        requestedMo: [requestedMo!],
        preferredBearer: [preferredBearer!],
      };
      codec.encode({ serverId: "s", sessionId: "1", format: "1.2", version }, { secret: "s" });
      return codec.encode({ serverId: "s", sessionId: "1", ...of13 }, { secret: "s" }).bytes.length;
    },
  },
  smsParts: {
    numbers: { reference: [0, 255, 9] },
    write: ({ reference }) => smsParts(BYTES, { reference: reference! }).length,
  },
  "submitTpdus, wide": {
    numbers: { reference: [0, 65535, 9] },
    write: ({ reference }) => submitTpdus("12", BYTES, { reference: reference!, isWide: true }).length,
  },
  atForm: { numbers: { dcs: [0, 255, 4] }, write: ({ dcs }) => atForm("12", smsParts(BYTES)[0]!, dcs!).length },
  writePap: {
    numbers: { contentType: CONTENT_TYPE },
    write: ({ contentType }) => writePap("WAPPUSH=1", "id", contentType!, BYTES).body.length,
  },
};

/** Opens a sender; what it sends counts as written. */
function opened(
  create: (send: (bytes: Uint8Array, from: number, to: number) => void) => api.PushSender,
  { from, to }: { from?: number; to?: number },
  out: Uint8Array,
): number {
  let end = 0;
  const sender = create((bytes, first, last) => {
    out.set(bytes.subarray(first, last));
    end = last - first;
  });
  const status = sender.open(BYTES, from!, to!);
  return status === api.MORE ? end : -status;
}

/** What is not in the range: no number, a fraction, one that wraps into it, one beyond what integers can be. */
function* outside([lowest, highest, good]: Range): Generator<number> {
  yield* [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, lowest - 1, highest + 1, good + 0.5];
  yield* [-good - 2 ** 32, good + 2 ** 32, good - 2 ** 32, 2 ** 53 + 2, -(2 ** 53), 1e300];
  if (highest < 256) yield good + 256;
  if (highest < 65536) yield good + 65536;
}

/** The same fields have other names in JSON, and some are words there. */
const NOT_NUMBERS: { [writer: string]: string[] } = {
  encode: ["initiator", "uiMode", "transport", "sessionId", "timeoutMinutes"],
};
/** Seconds may be parts of one, and any number of them. */
const isSeconds = (name: string, value: number) => name === "secondsMax" && (value > 0 || Object.is(value, 0));

describe.each(Object.entries(WRITERS))("%s", (writer, { numbers, write }) => {
  const good = Object.fromEntries(Object.entries(numbers).map(([name, range]) => [name, range[2]]));
  const names = Object.keys(numbers).filter(name => !NOT_NUMBERS[writer]?.includes(name));
  test.each(names)("%s", name => {
    const size = Number(write({ ...good, at: 0 }, new Uint8Array(OUT_BYTES)));
    const [lowest, most, any] = numbers[name]!;
    const highest = name === "at" ? most - size : most;
    for (const value of [lowest, highest, any]) {
      const end = write({ ...good, [name]: value }, new Uint8Array(OUT_BYTES));
      expect(end, `${value}`).toBeGreaterThan(0);
    }
    for (const value of outside([lowest, highest, any])) {
      if (isSeconds(name, value)) continue;
      const out = new Uint8Array(OUT_BYTES).fill(0xee);
      let end: unknown;
      try {
        end = write({ ...good, [name]: value }, out);
      } catch (error) {
        expect(`${error}`, `${value}`).toMatch(/must be .*\d/);
        end = -1;
      }
      expect(end, `${value}`).toBeLessThan(0);
      // a text is written piece by piece, up to the end of the buffer
      if (name === "at" && /HttpPost|SipMessage/.test(writer) && value > highest) continue;
      expect(
        out.every(byte => byte === 0xee),
        `${value}: something is written`,
      ).toBe(true);
    }
  });
});

test.each([Number.NaN, -1, 2 ** 31, Number.POSITIVE_INFINITY])("no sender waits for %s ms", async timeoutMs => {
  const at = { host: "127.0.0.1", port: 9 };
  const message = /timeoutMs .*: must be 0 to 2147483647/;
  await expect(sendSip("sip:a@b", at, api.CONTENT_TYPE_13, BYTES, { timeoutMs })).rejects.toThrow(message);
  await expect(sendHttp("http://127.0.0.1:9/", api.CONTENT_TYPE_13, BYTES, { timeoutMs })).rejects.toThrow(message);
  await expect(sendObex(at, api.CONTENT_TYPE_13, BYTES, { timeoutMs })).rejects.toThrow(message);
  await expect(sendPap("http://127.0.0.1:9/", "a", api.CONTENT_TYPE_13, BYTES, { timeoutMs })).rejects.toThrow(message);
});
