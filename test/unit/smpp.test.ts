/** SMPP links against a small SMS centre on loopback. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTpduReader } from "../../targets/codec/index.ts";
import { createPace } from "../../targets/node/campaign/pace.ts";
import type { Link, LinkEvent, Receipt, Submission } from "../../targets/node/links/link.ts";
import { commandStatusText } from "../../targets/node/smpp/command-status.ts";
import { answerId, readReceipt } from "../../targets/node/smpp/receipt.ts";
import { openSmpp } from "../../targets/node/smpp/session.ts";
import { addressOf, submitFields } from "../../targets/node/smpp/submit.ts";
import { readSmppUri } from "../../targets/node/smpp/uri.ts";
import { createWindow } from "../../targets/node/smpp/window.ts";
import { type Centre, type CentreOptions, openCentre } from "../smsc.ts";
import { octets, push13 } from "../suite/messages.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Opened {
  centre: Centre;
  link: Link;
  events: LinkEvent[];
  receipts: Receipt[];
  failures: Error[];
}

async function open(centreOptions: CentreOptions = {}, parameters = ""): Promise<Opened> {
  const centre = await openCentre(centreOptions);
  closers.push(centre.close);
  const events: LinkEvent[] = [];
  const receipts: Receipt[] = [];
  const failures: Error[] = [];
  const link = await openSmpp(readSmppUri(`smpp://me:secret@127.0.0.1:${centre.port}?source=PKG0${parameters}`), {
    event: event => events.push(event),
    changed() {},
    receipt: async receipt => void receipts.push(receipt),
    failed: error => failures.push(error),
  });
  closers.push(link.close);
  return { centre, link, events, receipts, failures };
}

const SHORT = push13({ sessionId: 1, timestamp: 1_700_000_000 });
const LONG = push13({ sessionId: 2, timestamp: 1_700_000_000, connectReason: octets("r".repeat(300)) });
let next = 0;
function submission(push = SHORT, address = `+4477009${String(next++).padStart(5, "0")}`): Submission {
  return { address, push, bytes: push.subarray(6), contentType: 0x58, reference: 7 };
}

test("ids and errors of a centre are kept as far as the standard allows", () => {
  const long = "9".repeat(10_000);
  expect(answerId(long, "same")).toBe("9".repeat(64));
  const receipt = readReceipt({ esm_class: 4, short_message: `id:${long} stat:UNDELIV err:${long}` } as never, "same");
  expect(receipt).toMatchObject({
    messageId: "9".repeat(64),
    text: `UNDELIV, error ${"9".repeat(32)} of the SMS centre`,
  });
});

test("what is handed over while the link is down goes back at once", async () => {
  let isUp = true;
  let sequence = 0;
  const options = readSmppUri("smpp://me@smsc.example?source=1");
  const report = { event() {}, changed() {}, receipt: async () => {}, failed() {} };
  const window = createWindow(options, report, () => (isUp ? ++sequence : 0));
  isUp = false;
  expect(await window.submit(submission(LONG))).toMatchObject({ kind: "unsent" });
  expect(window.room()).toBe(options.windowPdus);
  isUp = true;
  const sent = window.submit(submission());
  window.answered({ sequence_number: 1, command_status: 0, command: "submit_sm_resp", message_id: "1" } as never);
  expect(await sent).toMatchObject({ kind: "accepted" });
});

test("a pause ends with its timer, also one that is early by the clock", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  closers.push(async () => void vi.useRealTimers());
  let sequence = 0;
  const report = { event() {}, changed() {}, receipt: async () => {}, failed() {} };
  const window = createWindow(readSmppUri("smpp://me@smsc.example?source=1"), report, () => ++sequence);
  const sent = window.submit(submission());
  window.answered({ sequence_number: 1, command_status: 0x58, command: "submit_sm_resp" } as never);
  expect([window.room(), sequence]).toEqual([0, 1]);
  vi.advanceTimersByTime(10_000);
  window.answered({ sequence_number: 2, command_status: 0, command: "submit_sm_resp", message_id: "1" } as never);
  expect(await sent).toMatchObject({ kind: "accepted" });
});

describe.each([3_600_000, -3_600_000])("when the clock of the machine is set by %d ms", ms => {
  let shift = 0;
  beforeEach(() => {
    const now = Date.now;
    shift = 0;
    const spy = vi.spyOn(Date, "now").mockImplementation(() => now() + shift);
    closers.push(async () => spy.mockRestore());
  });

  test("no answer is late, and a throttled link goes on after its pause", async () => {
    const answer = (_: unknown, count: number) => (count === 1 ? 0x58 : 0);
    const { link, events } = await open({ answer, delayMs: 400 });
    const sent = Promise.all([link.submit(submission()), link.submit(submission())]);
    // forward while answers are due, back while the first of them holds up the link
    await sleep(ms > 0 ? 200 : 500);
    shift = ms;
    expect((await sent).map(({ kind }) => kind)).toEqual(["accepted", "accepted"]);
    expect(events.map(({ state }) => state)).toEqual(["up", "throttled"]);
  });

  test("a rate goes on", async () => {
    const pace = createPace(10);
    expect((await pace.reserve(1)).granted).toBe(1);
    shift = ms;
    await sleep(120);
    expect(await pace.reserve(5)).toMatchObject({ granted: 1 });
  });
});

describe("the URI of a link", () => {
  test("has defaults, and reads what it is given", () => {
    expect(readSmppUri("smpp://me@smsc.example")).toMatchObject({ port: 2775, bind: "transmitter", windowPdus: 10 });
    expect(readSmppUri("smpps://m%40e:p%3Aw@[::1]?receipts=yes&source=%2B44123&concatenation=sar")).toMatchObject({
      host: "::1",
      port: 3550,
      isTls: true,
      systemId: "m@e",
      password: "p:w",
      bind: "transceiver",
      source: "+44123",
      concatenation: "sar",
    });
  });

  test.each([
    ["smpp://smsc.example", /no user/],
    ["smpp://me@smsc.example?windw=3", /no parameter windw; there are .*window/],
    ["smpp://me@smsc.example?window=0", /window must be 1 to 1000/],
    ["smpp://me@smsc.example?concatenation=none", /udh or sar or payload/],
    ["smpp://me@smsc.example?receipts=yes&bind=transmitter", /transceiver/],
    ["smpp://me@smsc.example?source=123456789012345678901", /21 characters, of 20/],
    ["smpp://me:s%C3%A9cret@smsc.example", /password must be ASCII/],
  ])("%s is refused, without its password", (uri, message) => {
    expect(() => readSmppUri(uri)).toThrow(message);
    expect(() => readSmppUri(uri)).not.toThrow(/cret/);
  });

  test("TON and NPI follow the address", () => {
    expect(addressOf("+447700")).toEqual({ ton: 1, npi: 1, digits: "447700" });
    expect(addressOf("12345")).toEqual({ ton: 0, npi: 1, digits: "12345" });
    expect(addressOf("PKG0")).toEqual({ ton: 5, npi: 0, digits: "PKG0" });
  });
});

/** Joins submit_sm with a UDH as a device would, each as an SMS-DELIVER. */
function reassemble(bytes: Buffer[]): Uint8Array | undefined {
  const reader = createTpduReader();
  let push: Uint8Array | undefined;
  for (const data of bytes) {
    const head = Buffer.from("440b914477009000f000f56210203014000" + "0", "hex");
    push ??= reader.read(Buffer.concat([head, Buffer.of(data.length), data])).push;
  }
  return push && Uint8Array.from(push);
}

describe("a push as submit_sm", () => {
  const options = (form: string) => readSmppUri(`smpp://me@localhost?concatenation=${form}`);

  test.each([
    ["one part", SHORT, 1],
    ["three parts", LONG, 3],
  ])("by UDH: %s", (_, push, count) => {
    const parts = submitFields(submission(push), options("udh"));
    expect(parts.length).toBe(count);
    for (const part of parts) expect(part).toMatchObject({ esm_class: 0x40, data_coding: 4, dest_addr_ton: 1 });
    expect(reassemble(parts.map(part => part.short_message as Buffer))).toEqual(push);
  });

  test("by SAR TLVs: parts for which the centre finds room for its UDH", () => {
    const parts = submitFields(submission(LONG), options("sar"));
    expect(parts.map(part => [part.sar_segment_seqnum, part.sar_total_segments, part.sar_msg_ref_num])).toEqual([
      [1, 3, 7],
      [2, 3, 7],
      [3, 3, 7],
    ]);
    for (const part of parts) {
      expect(part).toMatchObject({ esm_class: 0, source_port: 9200, destination_port: 2948 });
      expect((part.short_message as Buffer).length).toBeLessThanOrEqual(140 - 12);
    }
    expect(Buffer.concat(parts.map(part => part.short_message as Buffer))).toEqual(Buffer.from(LONG));
    expect(submitFields(submission(SHORT), options("sar"))[0]).not.toHaveProperty("sar_total_segments");
  });

  test("by message_payload: whole", () => {
    const [part, ...more] = submitFields(submission(LONG), options("payload"));
    expect(more).toEqual([]);
    expect(part).toMatchObject({ destination_port: 2948, message_payload: Buffer.from(LONG) });
  });

  test("to what is no number: refused before anything goes out", async () => {
    const { link, centre } = await open();
    expect(await link.submit(submission(SHORT, "dm.example"))).toMatchObject({
      kind: "refused",
      code: "ADDRESS_UNFIT",
    });
    expect(centre.submits).toEqual([]);
  });
});

describe("a link", () => {
  test("binds, submits within its window, and unbinds", async () => {
    const { link, centre, events } = await open({ delayMs: 10 }, "&window=3");
    const results = await Promise.all(Array.from({ length: 20 }, () => link.submit(submission())));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(["accepted"]));
    expect(centre.submits.length).toBe(20);
    expect(centre.mostUnderWay).toBe(3);
    expect(events).toMatchObject([{ state: "up" }]);
    await link.close();
    expect(centre.commands).toEqual(["bind_transmitter", "unbind"]);
  });

  test.each(["udh", "sar", "payload"])("a long one by %s has one result", async form => {
    const { link, centre } = await open({}, `&concatenation=${form}`);
    const result = await link.submit(submission(LONG));
    expect(result).toMatchObject({ kind: "accepted" });
    expect(centre.submits.length).toBe(form === "payload" ? 1 : 3);
    if (form === "udh") expect(reassemble(centre.submits.map(({ bytes }) => bytes))).toEqual(LONG);
    else expect(Buffer.concat(centre.submits.map(({ bytes }) => bytes))).toEqual(Buffer.from(LONG));
  });

  test("tells a refusal by its name", async () => {
    const { link } = await open({ answer: () => 0x0b });
    const text = "invalid destination address";
    expect(await link.submit(submission())).toEqual({ kind: "refused", code: "ESME_RINVDSTADR", text });
    expect(commandStatusText(0x450)).toBe("0x00000450 (an error of the SMS centre's own)");
  });

  test("gives a centre that throttles time, and loses nothing by it", async () => {
    const { link, centre, events } = await open({ answer: (_, count) => (count <= 3 ? 0x58 : 0) });
    const results = await Promise.all(Array.from({ length: 8 }, () => link.submit(submission())));
    expect(results.map(({ kind }) => kind)).toEqual(Array(8).fill("accepted"));
    expect(new Set(centre.submits.slice(3).map(({ destination }) => destination)).size).toBe(8);
    expect(events.some(({ state, text }) => state === "throttled" && /ESME_RTHROTTLED/.test(text))).toBe(true);
  });

  test("is not kept up for ever by one that throttles without end: what was not sent is said to be so", async () => {
    const { link } = await open({ answer: () => 0x14 }, "&throttled=1");
    expect(await link.submit(submission())).toMatchObject({ kind: "unsent", text: /ESME_RMSGQFUL/ });
  });

  test("that is lost is bound again; what had no answer is unknown", async () => {
    const { link, centre, events } = await open({ answer: (_, count) => (count === 1 ? undefined : 0) });
    const lost = link.submit(submission());
    await expect.poll(() => centre.submits.length).toBe(1);
    centre.drop();
    expect(await lost).toMatchObject({ kind: "unknown" });
    expect(link.room()).toBe(0);
    await expect.poll(() => link.room(), { timeout: 5_000 }).toBeGreaterThan(0);
    expect(await link.submit(submission())).toMatchObject({ kind: "accepted" });
    expect(events.map(({ state }) => state)).toEqual(["up", "down", "up"]);
  });

  test("is given up when an answer does not come", async () => {
    const { link, events } = await open({ answer: () => undefined }, "&timeout=1");
    expect(await link.submit(submission())).toMatchObject({ kind: "unknown", text: /no answer from 127.0.0.1/ });
    expect(events.at(-1)).toMatchObject({ state: "down" });
  });

  test("asks a silent centre whether it lives, and leaves one that does not", async () => {
    const { centre, events } = await open({ isAlive: () => centre_isAlive }, "&enquire=1&timeout=1");
    await expect
      .poll(() => centre.commands.filter(command => command === "enquire_link").length, { timeout: 5_000 })
      .toBe(1);
    centre_isAlive = false;
    await expect.poll(() => events.at(-1)?.state, { timeout: 8_000 }).toBe("down");
  });
  let centre_isAlive = true;

  test("waits for a centre that still holds the session of a process that was killed", async () => {
    const { link, centre } = await open({ bind: count => (count === 1 ? 0x05 : 0) });
    expect(centre.binds).toBe(2);
    expect(await link.submit(submission())).toMatchObject({ kind: "accepted" });
  });

  test("that is refused says so in words, without the password", async () => {
    const refused = open({ bind: () => 0x0e });
    await expect(refused).rejects.toThrow("refuses to bind me as transmitter: ESME_RINVPASWD (invalid password)");
  });

  test("to where nobody listens rejects at once", async () => {
    const centre = await openCentre();
    await centre.close();
    const ignore = async () => {};
    const report = { event: ignore, changed: ignore, receipt: ignore, failed: ignore };
    await expect(openSmpp(readSmppUri(`smpp://me@127.0.0.1:${centre.port}`), report)).rejects.toThrow(/ECONNREFUSED/);
  });

  test("that sends what is no PDU is left, not listened to for ever", async () => {
    const { link, centre, events } = await open();
    centre.raw(Buffer.from("ffffffff00000000", "hex"));
    await expect.poll(() => events.at(-1)?.state).toBe("down");
    await expect.poll(() => link.room(), { timeout: 5_000 }).toBeGreaterThan(0);
  });
});

describe("delivery receipts", () => {
  test("come with the id of their submit_sm", async () => {
    const { link, receipts } = await open({ receipt: () => "stat:DELIVRD err:000" }, "&receipts=yes");
    const result = await link.submit(submission());
    await expect.poll(() => receipts).toHaveLength(1);
    expect(result.kind === "accepted" && result.messageIds).toEqual([receipts[0]!.messageId]);
    expect(receipts[0]).toMatchObject({ isDelivered: true, text: "DELIVRD" });
  });

  test("a message that is none stays with the centre", async () => {
    const { centre } = await open({}, "&receipts=yes");
    const ESME_RX_T_APPN = 0x64;
    expect(await centre.deliver({ esm_class: 0, short_message: "hello" })).toEqual([ESME_RX_T_APPN]);
    expect(await centre.deliver({ esm_class: 4, short_message: "id:1 stat:ENROUTE err:000" })).toEqual([0]);
  });

  const pdu = (fields: object) => ({
    command: "deliver_sm",
    command_status: 0,
    sequence_number: 1,
    esm_class: 4,
    ...fields,
  });
  test.each([
    [
      "text",
      pdu({ short_message: "id:A1 sub:001 dlvrd:000 stat:UNDELIV err:011 text:" }),
      "UNDELIV, error 011 of the SMS centre",
    ],
    ["TLVs", pdu({ receipted_message_id: "A1", message_state: 3, short_message: "" }), "EXPIRED"],
  ])("as %s", (_, received, text) => {
    expect(readReceipt(received, "same")).toEqual({ messageId: "A1", isDelivered: false, text });
  });

  test("whose ids are decimal where those of the answers are hex, or the other way round", () => {
    const receipt = (id: string, ids: "hex" | "decimal") =>
      (readReceipt(pdu({ short_message: `id:${id} stat:DELIVRD` }), ids) as Receipt).messageId;
    expect(receipt("0000000255", "decimal")).toBe(answerId("00FF", "decimal"));
    expect(receipt("00FF", "hex")).toBe(answerId("0255", "hex"));
    expect(answerId("not-a-number", "decimal")).toBe("not-a-number");
  });
});
