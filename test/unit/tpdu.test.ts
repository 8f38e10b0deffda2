import { describe, expect, test } from "vitest";
import { createSmsReceiver } from "../../src/push/sms/receiver.ts";
import { countParts, DCS_DATA, DCS_DATA_CLASS_1, writePart, writeSubmit } from "../../src/push/sms/submit.ts";
import { isOthers, locateTpdu, newTpdu, readTpdu, skipSmsc } from "../../src/push/sms/tpdu.ts";
import { newPush, readPush } from "../../src/push/wsp.ts";
import {
  FIELD_BUFFER,
  FIELD_RANGE,
  FIELD_TEXT,
  MORE,
  OK,
  SMS_PORT_MISSING,
  SMS_PORT_OTHER,
  TPDU_ADDRESS,
  TPDU_DCS,
  TPDU_SHORT,
  TPDU_SMSC,
  TPDU_TYPE,
  TPDU_USER_DATA,
} from "../../src/status.ts";
import { TPDU_DELIVER, TPDU_SUBMIT } from "../../src/wire.ts";
import { deliverTpdu, fromHex, partsOf, TEXT_TPDU, toHex } from "../modem/tpdu.ts";
import { receiveChecked } from "../suite/sets.ts";
import captures from "../vectors/captures.json";

const clock = { posixSeconds: () => 0, monotonicSeconds: () => 0 };
const sms = captures.captures.filter(capture => capture.layer.startsWith("at-"));

/** A DELIVER around user data given in hex. */
function withData(userData: string, first = "44", dcs = "04"): Uint8Array {
  const length = (userData.length / 2).toString(16).padStart(2, "0");
  return fromHex(`${first}0c9144770009103200${dcs}62113221000000${length}${userData}`);
}

function read(tpdu: Uint8Array) {
  const t = newTpdu();
  return { status: readTpdu(tpdu, 0, tpdu.length, t), t };
}

describe("captures", () => {
  test("there are six", () => expect(sms.length).toBe(6));

  for (const capture of sms.filter(each => each.name !== "gammu-deliver-non-DM")) {
    test(capture.name, () => {
      const push = newPush();
      const received = createSmsReceiver(clock, { isSubmitRead: true });
      const statuses = capture.hex.map(hex => {
        const pdu = fromHex(hex);
        const at = locateTpdu(pdu, 0, pdu.length, newTpdu());
        expect(at).toBe(skipSmsc(pdu, 0, pdu.length));
        const status = receiveChecked(received, pdu.subarray(at), (bytes, from, to) =>
          readPush(bytes, from, to, push, 600),
        );
        if (status === OK) expect(readPush(received.bytes, received.from, received.to, push, 600)).toBe(OK);
        return status;
      });
      expect(statuses.filter(status => status === OK).length).toBe(capture.name.includes("collision") ? 2 : 1);
      expect(statuses.filter(status => status !== OK && status !== MORE)).toEqual([]);
    });
  }

  test("gammu-deliver-non-DM: a whole message in a 1-of-1 concatenation, for us by its port", () => {
    const capture = sms.find(each => each.name === "gammu-deliver-non-DM");
    const pdu = fromHex(capture?.hex[0] ?? "");
    const received = createSmsReceiver(clock, { isSubmitRead: true });
    expect(received.receive(pdu, skipSmsc(pdu, 0, pdu.length), pdu.length)).toBe(OK);
    const t = newTpdu();
    expect(readTpdu(pdu, skipSmsc(pdu, 0, pdu.length), pdu.length, t)).toBe(OK);
    expect(t.dcs).toBe(0xf5);
    const onDevice = createSmsReceiver(clock, {});
    expect(onDevice.receive(pdu, skipSmsc(pdu, 0, pdu.length), pdu.length)).toBe(TPDU_TYPE);
  });
});

describe("SMS-DELIVER (§9.2.2.1)", () => {
  test("fields", () => {
    const { status, t } = read(withData("0605040b8423f0aabb"));
    expect(status).toBe(OK);
    expect(t).toMatchObject({ type: TPDU_DELIVER, dcs: 4, destinationPort: 2948, total: 1, sequence: 1 });
    expect([t.addressAt, t.addressTo, t.timestampAt, t.dataAt, t.dataTo]).toEqual([1, 9, 11, 26, 28]);
  });

  test("an alphanumeric originator, and one of an odd number of digits", () => {
    expect(read(fromHex("440bd0d4f29c4e2fe300046211322100000007" + "0605040b8423f0")).t.addressTo).toBe(9);
    expect(read(fromHex("4405912143f50004" + "62113221000000" + "07" + "0605040b8423f0")).status).toBe(OK);
  });

  test.each([
    ["04", OK],
    ["05", OK],
    ["06", OK],
    ["07", OK],
    ["14", OK],
    ["15", OK],
    ["17", OK],
    ["44", OK],
    ["55", OK],
    ["f4", OK],
    ["f5", OK],
    ["f6", OK],
    ["f7", OK],
    ["00", TPDU_DCS],
    ["08", TPDU_DCS],
    ["0c", TPDU_DCS],
    ["24", TPDU_DCS],
    ["84", TPDU_DCS],
    ["c4", TPDU_DCS],
    ["e4", TPDU_DCS],
    ["f0", TPDU_DCS],
  ])("data coding scheme %s (TS 23.038 §4)", (dcs, expected) => {
    const { status, t } = read(withData("0605040b8423f0", "44", dcs));
    expect(status).toBe(expected);
    if (expected !== OK) expect(t.at).toBe(10);
  });

  test("what it is not", () => {
    expect(read(withData("0605040b8423f0", "46")).status).toBe(TPDU_TYPE);
    expect(read(withData("0605040b8423f0", "47")).status).toBe(OK); // reserved, read as a DELIVER (§9.2.3.1)
    expect(read(fromHex(`4415${"00".repeat(30)}`)).status).toBe(TPDU_ADDRESS);
    expect(read(withData("00".repeat(141))).status).toBe(TPDU_USER_DATA);
    expect(read(TEXT_TPDU).status).toBe(TPDU_DCS);
  });

  test("octets after the user data do not matter", () => {
    expect(read(fromHex(`${toHex(withData("0605040b8423f0aa"))}0000`)).status).toBe(OK);
  });
});

describe("UDH (§9.2.3.24)", () => {
  test.each([
    ["8-bit ports", "040402f0f1", { destinationPort: 0xf0 }],
    ["any source port", "0605040b841234", { destinationPort: 2948 }],
    ["8-bit reference", "0b05040b8423f00003070302", { reference: 7, isWide: false, total: 3, sequence: 2 }],
    ["16-bit reference", "0c05040b8423f0080401070302", { reference: 0x107, isWide: true, total: 3, sequence: 2 }],
    ["either order", "0b000307030205040b8423f0", { destinationPort: 2948, reference: 7, total: 3 }],
    ["the last of two excluding elements", "110003070302080401070402" + "05040b8423f0", { isWide: true, total: 4 }],
    ["the last of two ports", "0c0504000123f005040b8423f0", { destinationPort: 2948 }],
    ["unknown elements", "0c7003010203" + "05040b8423f07000", { destinationPort: -1 }],
    ["unknown elements that fit", `0d7003010203${"05040b8423f07000".slice(0, 16)}`, { destinationPort: 2948 }],
    ["max 0", "0b05040b8423f00003070001", { total: 1, sequence: 1 }],
    ["sequence 0", "0b05040b8423f00003070300", { total: 1, sequence: 1 }],
    ["sequence over max", "0b05040b8423f00003070304", { total: 1, sequence: 1 }],
    ["one of one", "0b05040b8423f00003070101", { total: 1, sequence: 1, reference: 7 }],
    ["a valid element before an impossible one", "1005040b8423f000030703020003070900", { total: 3, sequence: 2 }],
    ["an element of another length", "0705050b8423f000", { destinationPort: -1 }],
  ])("%s", (_name, udh, expected) => {
    const { status, t } = read(withData(udh));
    expect(status).toBe(OK);
    expect(t).toMatchObject(expected);
  });

  test.each([
    ["the last element runs over", "0805040b8423f07001"],
    ["one octet is left over", "0705040b8423f070"],
    ["the header runs over the user data", "0705040b8423f0"],
    ["an element longer than the header", "0605ff0b8423f0"],
  ])("ignored as a whole: %s", (_name, udh) => {
    const { status, t } = read(withData(udh));
    expect(status).toBe(OK);
    expect(t).toMatchObject({ destinationPort: -1, total: 1, dataAt: 19 });
  });
});

describe("whose it is", () => {
  test("ports", () => {
    const received = createSmsReceiver(clock, {});
    for (const [udh, expected] of [
      ["060504c34f23f0aa", SMS_PORT_OTHER],
      ["060504" + "23f00b84aa", SMS_PORT_OTHER],
      ["0370010001", SMS_PORT_MISSING],
    ] as const) {
      const tpdu = withData(udh);
      expect(received.receive(tpdu, 0, tpdu.length)).toBe(expected);
      expect(isOthers(expected)).toBe(true);
    }
    const plain = withData("0605040b8423f0aa", "04");
    expect(received.receive(plain, 0, plain.length)).toBe(SMS_PORT_MISSING);
    expect(received.receive(TEXT_TPDU, 0, TEXT_TPDU.length)).toBe(TPDU_DCS);
    expect([OK, MORE, TPDU_SHORT, TPDU_USER_DATA].some(isOthers)).toBe(false);
  });

  test("the SMSC part", () => {
    expect(skipSmsc(fromHex("07"), 0, 1)).toBe(-TPDU_SMSC);
    expect(skipSmsc(fromHex(""), 0, 0)).toBe(-TPDU_SMSC);
    expect(skipSmsc(fromHex("0044"), 0, 2)).toBe(1);
    const t = newTpdu();
    for (const tpdu of [TEXT_TPDU, withData("0605040b8423f0aa"), withData("0605040b8423f0aa", "40")]) {
      expect(locateTpdu(tpdu, 0, tpdu.length, t)).toBe(0);
      for (const smsc of ["00", "0791448720003023", "0281f0"]) {
        const pdu = fromHex(smsc + toHex(tpdu));
        expect(locateTpdu(pdu, 0, pdu.length, t)).toBe(smsc.length / 2);
      }
    }
  });
});

describe("sending", () => {
  test("133 octets in one, 128 or 127 in each of several", () => {
    expect([0, 1, 133].map(length => countParts(length, false))).toEqual([1, 1, 1]);
    expect([134, 256, 257].map(length => countParts(length, false))).toEqual([2, 2, 3]);
    expect([133, 254, 255].map(length => countParts(length, true))).toEqual([1, 2, 3]);
  });

  test("parts are full, and come back whole through a SUBMIT", () => {
    for (const isWide of [false, true]) {
      for (const length of [1, 133, 134, 255, 256, 1000, 127 * 255]) {
        const push = Uint8Array.from({ length }, (_, i) => i * 7);
        const parts = partsOf(push, 200, isWide);
        expect(parts.slice(0, -1).every(part => part.length === 140)).toBe(true);
        const whole: number[] = [];
        parts.forEach((part, i) => {
          const out = new Uint8Array(160);
          const end = writeSubmit("+447700900123", DCS_DATA, part, 0, part.length, out, 0);
          const { status, t } = read(out.subarray(0, end));
          expect(status).toBe(OK);
          expect(t).toMatchObject({
            type: TPDU_SUBMIT,
            destinationPort: 2948,
            total: parts.length,
            sequence: i + 1,
            isWide: isWide && parts.length > 1,
          });
          whole.push(...out.subarray(t.dataAt, t.dataTo));
        });
        expect(Uint8Array.from(whole)).toEqual(push);
      }
    }
  });

  test("SUBMIT, byte by byte", () => {
    const data = fromHex("0605040b8423f0aa");
    const out = new Uint8Array(30);
    const end = writeSubmit("12345", DCS_DATA_CLASS_1, data, 0, data.length, out, 1);
    expect(toHex(out, 1, end)).toBe("4100" + "05812143f5" + "00f508" + "0605040b8423f0aa");
    expect(readTpdu(fromHex(`510005812143f50004a708${toHex(data)}`), 0, 19, newTpdu())).toBe(OK);
  });

  test("what cannot be written", () => {
    const out = new Uint8Array(200);
    const push = new Uint8Array(128 * 255 + 1);
    expect(writePart(push, 0, push.length, 1, false, 1, out, 0)).toBe(-FIELD_RANGE);
    expect(writePart(push, 0, 10, 256, false, 1, out, 0)).toBe(-FIELD_RANGE);
    expect(writePart(push, 0, 10, 65536, true, 1, out, 0)).toBe(-FIELD_RANGE);
    expect(writePart(push, 0, 10, 1, false, 2, out, 0)).toBe(-FIELD_RANGE);
    expect(writePart(push, 0, 10, 1, false, 0, out, 0)).toBe(-FIELD_RANGE);
    expect(writePart(push, 0, 10, 1, false, 1, out, 184)).toBe(-FIELD_BUFFER);
    expect(writeSubmit("", DCS_DATA, push, 0, 10, out, 0)).toBe(-FIELD_TEXT);
    expect(writeSubmit("+12a", DCS_DATA, push, 0, 10, out, 0)).toBe(-FIELD_TEXT);
    expect(writeSubmit("1".repeat(21), DCS_DATA, push, 0, 10, out, 0)).toBe(-FIELD_TEXT);
    expect(writeSubmit("123", DCS_DATA, push, 0, 141, out, 0)).toBe(-FIELD_RANGE);
    expect(writeSubmit("123", DCS_DATA, push, 0, 140, out, 60)).toBe(-FIELD_BUFFER);
    expect(toHex(out)).toBe("00".repeat(200));
  });
});

describe("hostile", () => {
  const tpdus = [
    deliverTpdu("447700900123", partsOf(new Uint8Array(300), 9)[1]),
    withData("0605040b8423f0aabb"),
    TEXT_TPDU,
    ...sms.flatMap(capture => capture.hex.map(fromHex)).map(pdu => pdu.slice(skipSmsc(pdu, 0, pdu.length))),
  ];
  const t = newTpdu();

  test("every strict prefix of every TPDU breaks at or before its end", () => {
    for (const tpdu of tpdus) {
      for (let length = 0; length < tpdu.length; length++) {
        // a buffer of that size: a read past the end would be undefined
        const cut = tpdu.slice(0, length);
        const status = readTpdu(cut, 0, length, t);
        expect(status === TPDU_SHORT || status === TPDU_DCS).toBe(true);
        expect(t.at).toBeLessThanOrEqual(length);
        locateTpdu(cut, 0, length, t);
      }
    }
  });

  test("every change of every byte reads within its bounds, the same at another offset", () => {
    const other = newTpdu();
    for (const tpdu of tpdus) {
      const bytes = tpdu.slice();
      const shifted = new Uint8Array(tpdu.length + 20);
      for (let i = 0; i < tpdu.length; i++) {
        for (let value = 0; value < 256; value += i < 30 ? 1 : 17) {
          bytes[i] = value;
          const status = readTpdu(bytes, 0, bytes.length, t);
          if (status === OK) {
            const isInside = t.dataAt <= t.dataTo && t.dataTo <= bytes.length && t.addressTo <= t.dataAt;
            if (!isInside || t.sequence < 1 || t.sequence > t.total) expect.fail(`byte ${i} = ${value}`);
          }
          shifted.set(bytes, 10);
          if (readTpdu(shifted, 10, 10 + bytes.length, other) !== status || other.at !== t.at + 10) {
            expect.fail(`byte ${i} = ${value}`);
          }
        }
        bytes[i] = tpdu[i];
      }
    }
  });
});
