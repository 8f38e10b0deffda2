import { type Deliver, parse, type Submit } from "node-pdu";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createModem } from "../../src/push/at/modem.ts";
import { createAtSender } from "../../src/push/at/sender.ts";
import * as status from "../../src/status.ts";
import {
  atForm,
  kannelForm,
  sendTpdus,
  smppForm,
  smppTlvForm,
  smsParts,
  submitTpdus,
} from "../../targets/codec/sms-forms.ts";
import { createTpduReader, readAddress } from "../../targets/codec/tpdus.ts";
import { openSerial } from "../../targets/node/serial.ts";
import { startModem } from "../modem/server.ts";
import { deliverTpdu, fromHex, partsOf, TEXT_TPDU, toHex } from "../modem/tpdu.ts";
import captures from "../vectors/captures.json";

const sms = captures.captures.filter(capture => capture.layer.startsWith("at-"));
const PUSH = fromHex("010603d8af87aabb");

describe("forms", () => {
  const [part] = smsParts(PUSH);
  test("UDH and data", () => {
    expect(part).toEqual({ udh: "0605040b8423f0", data: "010603d8af87aabb" });
    const parts = smsParts(new Uint8Array(300), { reference: 0x1234, isWide: true });
    expect(parts.map(each => each.udh)).toEqual([1, 2, 3].map(i => `0c05040b8423f0080412340${3}0${i}`));
    expect(parts.map(each => each.data.length / 2)).toEqual([127, 127, 46]);
    expect(() => smsParts(new Uint8Array(300), { reference: 256 })).toThrow(RangeError);
    expect(() => smsParts(new Uint8Array(128 * 255 + 1))).toThrow(RangeError);
  });
  test("Kannel, SMPP, AT+CMGS", () => {
    expect(kannelForm(part!)).toBe("udh=%06%05%04%0B%84%23%F0&coding=1&text=%01%06%03%D8%AF%87%AA%BB");
    expect(smppForm(part!)).toEqual({ esm_class: 64, data_coding: 4, short_message: "0605040b8423f0010603d8af87aabb" });
    expect(smppTlvForm(PUSH)).toMatchObject({ source_port: 9200, destination_port: 2948 });
    const { length, pdu } = atForm("+447700900123", part!);
    expect(pdu).toBe(`0041000C914477000910320004${"0F"}0605040B8423F0010603D8AF87AABB`);
    expect(length).toBe(pdu.length / 2 - 1);
    expect(() => atForm("12x", part!)).toThrow(RangeError);
  });
  test("node-pdu reads what is written", () => {
    for (const [i, tpdu] of submitTpdus("+447700900123", new Uint8Array(300).fill(7), { reference: 9 }).entries()) {
      const read = parse(`00${toHex(tpdu)}`) as Submit;
      expect(read.address.phone).toBe("447700900123");
      expect(read.dataCodingScheme.textAlphabet).toBe(1);
      expect(read.data.parts[0]?.header?.getPointer()).toBe(9);
      expect(read.data.parts[0]?.header?.getSegments()).toBe(3);
      expect(read.data.parts[0]?.header?.getCurrent()).toBe(i + 1);
    }
  });
});

describe("TPDUs of captures", () => {
  for (const capture of sms.filter(each => each.expect === undefined)) {
    test(`${capture.name}: the same for node-pdu`, () => {
      const reader = createTpduReader();
      const answers = capture.hex.map(hex => reader.read(fromHex(hex)));
      expect(answers.map(answer => answer.status)).toEqual(
        capture.hex.map((_, i) => (i < capture.hex.length - 1 ? status.MORE : status.OK)),
      );
      let data = "";
      for (const [i, hex] of capture.hex.entries()) {
        const read = parse(hex) as Deliver | Submit;
        expect(answers[i]?.address?.replace("+", "")).toBe(read.address.phone);
        data += read.data.parts[0]?.data.toLowerCase();
      }
      expect(toHex(answers.at(-1)?.push as Uint8Array)).toBe(data);
    });
  }
  test("collision", () => {
    const reader = createTpduReader();
    const hexes = sms.find(each => each.name.includes("collision"))?.hex ?? [];
    expect(hexes.map(hex => reader.read(fromHex(hex)).status)).toEqual([1, 1, 0, 0]);
  });
  test("originators", () => {
    expect(readAddress(fromHex("0c91447700091032"), 0)).toBe("+447700900123");
    expect(readAddress(fromHex("058121 43f5".replace(" ", "")), 0)).toBe("12345");
    expect(readAddress(fromHex("07d0d4f29c0e"), 0)).toBe("Test");
    expect(createTpduReader().read(TEXT_TPDU)).toMatchObject({ status: status.TPDU_DCS, address: "+44770090101" });
  });
});

describe("a modem at tcp://", () => {
  let modemServer: Awaited<ReturnType<typeof startModem>>;
  beforeAll(async () => {
    modemServer = await startModem({ hasCsms: true });
  });
  afterAll(() => modemServer.close());

  test("receives, sends, and comes back after the line was cut", async () => {
    const { emulator, url, cut } = modemServer;
    const serial = await openSerial(url, { retryMilliseconds: 20 });
    const start = Date.now();
    const clock = { posixSeconds: () => 0, monotonicSeconds: () => (Date.now() - start) / 50 };
    const sending = createAtSender();
    const modem = createModem(serial, clock, { sending });
    const got: string[] = [];
    modem.open((bytes, from, to) => {
      got.push(toHex(bytes, from, to));
      return status.OK;
    });
    const timer = setInterval(() => modem.tick(), 5);
    const one = deliverTpdu("447700900123", partsOf(PUSH, 1)[0]!);
    emulator.message(one);
    await expect.poll(() => got).toEqual([toHex(one)]);
    await sendTpdus(sending, submitTpdus("+447700900123", new Uint8Array(200)));
    expect(emulator.sent.length).toBe(2);
    cut();
    emulator.reset();
    const two = deliverTpdu("447700900123", partsOf(PUSH, 2)[0]!, 1);
    emulator.message(two);
    await expect.poll(() => got, { timeout: 10_000 }).toEqual([toHex(one), toHex(two)]);
    clearInterval(timer);
    modem.close();
    await expect(sendTpdus(sending, submitTpdus("1", PUSH))).rejects.toThrow("MODEM_CLOSED");
  });

  test("a device that is not there", async () => {
    await expect(openSerial("tcp://127.0.0.1:1")).rejects.toThrow();
    await expect(openSerial("/dev/none")).rejects.toThrow("/dev/none");
  });
});
