import { describe, expect, test } from "vitest";
import { checkOf } from "../../src/bytes.ts";
import { createMarks } from "../../src/push/sms/marks.ts";
import { createReassembly } from "../../src/push/sms/reassembly.ts";
import { createSmsReceiver } from "../../src/push/sms/receiver.ts";
import {
  DIGEST_WRONG,
  MORE,
  OK,
  SMS_DUPLICATE,
  SMS_EVICTED,
  SMS_EXPIRED,
  SMS_MESSAGE_LONG,
  SMS_MESSAGE_OTHER,
  SMS_PART_LONG,
  STORE_WRITE,
  THROTTLED,
  WSP_PDU_TYPE,
  WSP_SHORT,
} from "../../src/status.ts";
import { createMockStorage } from "../../targets/mock/hal.ts";
import { deliverTpdu, fromHex, partsOf, toHex } from "../modem/tpdu.ts";
import { createRandom, shuffle } from "../random.ts";
import { push13 } from "../suite/messages.ts";
import { receiveAny, receiveChecked } from "../suite/sets.ts";

let now = 0;
const clock = { posixSeconds: () => 0, monotonicSeconds: () => now };
const SERVER = "447700900123";

/** A message whose structure can be checked, as a push's can: its own length first, and a sum over it last. */
function sealed(length: number, random: (below: number) => number): Uint8Array {
  const bytes = Uint8Array.from({ length }, () => random(256));
  bytes[0] = length >> 8;
  bytes[1] = length;
  let sum = 0;
  for (let i = 0; i < length - 2; i++) sum = (sum * 31 + bytes[i]) % 65521;
  bytes[length - 2] = sum >> 8;
  bytes[length - 1] = sum;
  return bytes;
}

function check(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (((bytes[from] << 8) | bytes[from + 1]) !== length) return DIGEST_WRONG;
  let sum = 0;
  for (let i = from; i < to - 2; i++) sum = (sum * 31 + bytes[i]) % 65521;
  return ((bytes[to - 2] << 8) | bytes[to - 1]) === sum ? OK : DIGEST_WRONG;
}

/** The short messages of a push of ours with so many bytes of Vendor-Info. */
function genuine(vendorBytes: number, reference: number, number = SERVER): Uint8Array[] {
  return tpdusOf(push13({ sessionId: 1, timestamp: 1, vendorInfo: new Uint8Array(vendorBytes) }), reference, number);
}

function tpdusOf(message: Uint8Array, reference: number, number = SERVER, isWide = false): Uint8Array[] {
  return partsOf(message, reference, isWide).map(part => deliverTpdu(number, part));
}

describe("order", () => {
  test("a thousand messages of 1 to 32 parts, shuffled, doubled and interleaved: each comes out once", () => {
    const random = createRandom(7);
    let total = 0;
    for (let round = 0; round < 250; round++) {
      const sms = createSmsReceiver(clock, { parts: 128, messageParts: 32, repeats: 300 });
      const expected: string[] = [];
      const wire: Uint8Array[] = [];
      for (let k = 0; k < 4; k++) {
        const message = sealed(4 + random(k === 0 ? 32 * 128 - 4 : 500), random);
        expected.push(toHex(message));
        const tpdus = tpdusOf(message, k < 2 ? 5 : random(256), k === 1 ? "4915112345" : SERVER, k === 3);
        wire.push(...tpdus, ...tpdus.filter(() => random(3) === 0));
        total++;
      }
      const out: string[] = [];
      for (const tpdu of shuffle(wire, random)) {
        const status = receiveChecked(sms, tpdu, check);
        if (status === OK) out.push(toHex(sms.bytes, sms.from, sms.to));
        else if (status !== MORE && status !== SMS_DUPLICATE) expect(status).toBe(DIGEST_WRONG);
      }
      expect(out.sort()).toEqual(expected.sort());
      expect(sms.held()).toBe(0);
    }
    expect(total).toBe(1000);
  });

  test("two messages of one sender under one reference, in every order", () => {
    const random = createRandom(3);
    for (let round = 0; round < 300; round++) {
      const sms = createSmsReceiver(clock, {});
      const parts = 2 + random(2);
      // the same length: nothing but the check tells them apart
      const messages = [sealed(128 * parts, random), sealed(128 * parts, random)];
      const wire = shuffle([...tpdusOf(messages[0], 1), ...tpdusOf(messages[1], 1)], random);
      const out: string[] = [];
      for (const tpdu of wire) {
        if (receiveChecked(sms, tpdu, check) === OK) out.push(toHex(sms.bytes, sms.from, sms.to));
      }
      expect(out.sort()).toEqual(messages.map(message => toHex(message)).sort());
    }
  });

  test("a part in one message is not copied", () => {
    const sms = createSmsReceiver(clock, {});
    const [tpdu] = tpdusOf(new Uint8Array(50), 1);
    expect(receiveChecked(sms, tpdu, check)).toBe(OK);
    expect(sms.bytes).toBe(tpdu);
    expect(receiveChecked(sms, tpdu, check)).toBe(SMS_DUPLICATE);
    const again = deliverTpdu(SERVER, partsOf(new Uint8Array(50), 1)[0], 1);
    expect(receiveChecked(sms, again, check), "sent again, a second later").toBe(OK);
  });

  test("the set that is put together first has the newest parts", () => {
    const sms = createSmsReceiver(clock, {});
    const random = createRandom(1);
    const old = tpdusOf(sealed(200, random), 1);
    const message = sealed(200, random);
    const young = tpdusOf(message, 1);
    for (const tpdu of [old[0], young[0]]) expect(receiveAny(sms, tpdu)).toBe(MORE);
    expect(receiveAny(sms, young[1])).toBe(OK);
    expect(toHex(sms.bytes, sms.from, sms.to)).toBe(toHex(message));
  });

  test("widths, totals, senders and their types of number are told apart", () => {
    const sms = createSmsReceiver(clock, {});
    const push = new Uint8Array(200);
    const narrow = tpdusOf(push, 1);
    const wide = tpdusOf(push, 1, SERVER, true);
    const longer = tpdusOf(new Uint8Array(300), 1);
    const other = tpdusOf(push, 1, "447700900124");
    const national = narrow.map(tpdu => tpdu.slice());
    national[1][2] = 0x81;
    for (const tpdu of [narrow[0], wide[1], longer[1], other[1], national[1]]) {
      expect(receiveAny(sms, tpdu)).toBe(MORE);
    }
    expect(receiveAny(sms, narrow[1])).toBe(OK);
    expect(sms.held()).toBe(4);
  });

  test("an address that was chosen for its check is another sender: it joins nothing and displaces nothing", () => {
    const address = fromHex("0c91447700091032"); // SERVER
    const forged = fromHex("14d0326f593add8e8d372e14"); // 11 characters
    expect(checkOf(0, forged, 0, forged.length)).toBe(checkOf(0, address, 0, address.length));
    const [first, second] = genuine(120, 7);
    const forge = (tpdu: Uint8Array): Uint8Array => Uint8Array.from([tpdu[0], ...forged, ...tpdu.subarray(9)]);
    expect(toHex(first, 1, 9)).toBe(toHex(address));
    const sms = createSmsReceiver(clock, {});
    expect(receiveAny(sms, first)).toBe(MORE);
    expect(receiveAny(sms, forge(second))).toBe(MORE);
    for (let i = 0; i < 32; i++) expect(receiveAny(sms, forge(genuine(120, 100 + i)[1]))).toBe(MORE);
    expect(receiveAny(sms, second)).toBe(OK);
  });

  test("a set that is complete and wrong says what is wrong, and leaves room for what fits better", () => {
    const random = createRandom(9);
    const sms = createSmsReceiver(clock, {});
    const message = sealed(200, random);
    const tpdus = tpdusOf(message, 1);
    const forged = tpdus[1].slice();
    forged[forged.length - 5] ^= 1;
    expect(receiveChecked(sms, tpdus[0], check)).toBe(MORE);
    expect(receiveChecked(sms, forged, check)).toBe(DIGEST_WRONG);
    expect(receiveChecked(sms, tpdus[1], check)).toBe(OK);
    expect(toHex(sms.bytes, sms.from, sms.to)).toBe(toHex(message));
  });

  test("a message that was refused is judged anew when it is sent again", () => {
    let verdict = DIGEST_WRONG;
    const sms = createSmsReceiver(clock, {});
    const parts = partsOf(new Uint8Array(300), 1);
    const receiveAll = (second: number) =>
      parts.map(part => {
        const tpdu = deliverTpdu(SERVER, part, second);
        return receiveChecked(sms, tpdu, () => verdict);
      });
    expect(receiveAll(0)).toEqual([MORE, MORE, DIGEST_WRONG]);
    expect(receiveAll(0), "repeated by the network").toEqual([SMS_DUPLICATE, SMS_DUPLICATE, SMS_DUPLICATE]);
    expect(receiveAll(1)).toEqual([DIGEST_WRONG, DIGEST_WRONG, DIGEST_WRONG]);
    verdict = OK;
    expect(receiveAll(2)).toEqual([OK, MORE, MORE]);
  });

  test("every set that a part completes is put together once", () => {
    const statuses = [DIGEST_WRONG, STORE_WRITE, WSP_SHORT];
    const sms = createSmsReceiver(clock, { repeats: 0 });
    const random = createRandom(3);
    const [first, second, third] = [1, 2, 3].map(() => tpdusOf(sealed(200, random), 5));
    for (const tpdu of [first![0]!, second![0]!, third![0]!])
      expect(receiveChecked(sms, tpdu, () => statuses.shift() ?? DIGEST_WRONG)).toBe(MORE);
    expect(receiveChecked(sms, first![1]!, () => statuses.shift() ?? DIGEST_WRONG)).toBe(STORE_WRITE);
    expect(statuses).toEqual([]);
  });

  test("tries are bounded", () => {
    let checks = 0;
    const sms = createSmsReceiver(clock, {
      parts: 40,
      tries: 5,
    });
    const count = () => {
      checks++;
      return DIGEST_WRONG;
    };
    const random = createRandom(1);
    for (let i = 0; i < 10; i++) {
      for (const tpdu of tpdusOf(sealed(300, random), 1)) {
        checks = 0;
        receiveChecked(sms, tpdu, count);
        expect(checks).toBeLessThanOrEqual(5);
      }
    }
  });
});

describe("bounds", () => {
  test("parts of a message, octets of a part", () => {
    const sms = createSmsReceiver(clock, { messageParts: 3 });
    const push = new Uint8Array(500);
    const [others, second] = tpdusOf(push, 1);
    push.set([1, 6, 3, 0xd8, 0xaf, 0x87]);
    const [tpdu] = tpdusOf(push, 1);
    expect(receiveAny(sms, tpdu)).toBe(SMS_MESSAGE_LONG);
    expect(receiveAny(sms, others)).toBe(WSP_PDU_TYPE);
    expect(receiveAny(sms, second)).toBe(SMS_MESSAGE_OTHER);
    const reassembly = createReassembly(clock, 100, {}, createMarks(0));
    const u = { destinationPort: 2948, reference: 1, isWide: false, total: 2, sequence: 1 };
    expect(reassembly.add(new Uint8Array(1), 0, 1, u, tpdu, 0, 101, -1, false)).toBe(SMS_PART_LONG);
    expect(reassembly.add(new Uint8Array(1), 0, 1, u, tpdu, 0, 100, -1, false)).toBe(MORE);
    expect(reassembly.held()).toBe(1);
  });

  test("age", () => {
    const lost: number[][] = [];
    now = 0;
    const sms = createSmsReceiver(clock, { ageSeconds: 60, onLost: (status, parts) => lost.push([status, parts]) });
    const tpdus = tpdusOf(new Uint8Array(300), 1);
    receiveAny(sms, tpdus[0]);
    now = 40;
    receiveAny(sms, tpdus[1]);
    now = 60;
    sms.expire();
    expect(sms.held()).toBe(2);
    now = 61;
    sms.expire();
    expect(sms.held()).toBe(1);
    expect(receiveAny(sms, tpdus[2])).toBe(MORE);
    expect(lost).toEqual([[SMS_EXPIRED, 1]]);
    now = 0;
  });

  test("a flood of halves from one sender displaces itself", () => {
    const lost: number[][] = [];
    const sms = createSmsReceiver(clock, { parts: 8, onLost: (status, parts) => lost.push([status, parts]) });
    const victim = tpdusOf(new Uint8Array(300), 1);
    receiveAny(sms, victim[0]);
    for (let i = 0; i < 256; i++) {
      const [half] = tpdusOf(new Uint8Array(300), i, "15550000");
      expect(receiveAny(sms, half)).toBe(MORE);
      expect(sms.held()).toBeLessThanOrEqual(8);
    }
    expect(lost.every(each => each[0] === SMS_EVICTED)).toBe(true);
    expect(receiveAny(sms, victim[1])).toBe(MORE);
    expect(receiveAny(sms, victim[2])).toBe(OK);
  });

  test("a flood of single halves under many names does not displace a message that has two parts", () => {
    const sms = createSmsReceiver(clock, { parts: 8 });
    const victim = tpdusOf(new Uint8Array(300), 1);
    for (const tpdu of victim.slice(0, 2)) receiveAny(sms, tpdu);
    for (let i = 0; i < 500; i++) {
      const [half] = tpdusOf(new Uint8Array(300), 7, String(15550000 + i));
      receiveAny(sms, half);
    }
    expect(receiveAny(sms, victim[2])).toBe(OK);
  });

  test("what is complete and wrong goes first", () => {
    const sms = createSmsReceiver(clock, { parts: 4 });
    const random = createRandom(2);
    const good = sealed(200, random);
    const parts = tpdusOf(good, 9);
    receiveChecked(sms, parts[0], check);
    for (let i = 0; i < 20; i++) {
      for (const tpdu of tpdusOf(new Uint8Array(200), i, "15550000")) receiveChecked(sms, tpdu, check);
    }
    expect(receiveChecked(sms, parts[1], check)).toBe(OK);
  });

  test("parts of one key beyond the pool: the oldest goes", () => {
    const sms = createSmsReceiver(clock, { parts: 4, messageParts: 4 });
    const random = createRandom(2);
    for (let i = 0; i < 20; i++) {
      const [tpdu] = tpdusOf(sealed(200, random), 1);
      receiveChecked(sms, tpdu, check);
    }
    expect(sms.held()).toBe(4);
    const last = sealed(200, random);
    const statuses = tpdusOf(last, 1).map(tpdu => receiveChecked(sms, tpdu, check));
    expect(statuses).toEqual([MORE, OK]);
  });
});

describe("what is done with", () => {
  test("a mark is taken back for no message but the last, however many parts it has", () => {
    const random = createRandom(6);
    for (const repeats of [0, 1, 2, 3, 16]) {
      const sms = createSmsReceiver(clock, { repeats });
      for (let i = 0; i < 20; i++) receiveAny(sms, tpdusOf(new Uint8Array(40), i)[0]);
      const tpdus = tpdusOf(sealed(500, random), 1);
      for (const tpdu of tpdus.slice(0, 3)) expect(sms.receive(tpdu, 0, tpdu.length)).toBe(MORE);
      expect(receiveChecked(sms, tpdus[3], () => THROTTLED)).toBe(THROTTLED);
      for (const tpdu of tpdus) expect(sms.receive(tpdu, 0, tpdu.length), `${repeats} repeats`).toBe(OK);
    }
  });

  test("a message that has to wait does not bring back parts that were too old", () => {
    now = 0;
    const sms = createSmsReceiver(clock, { ageSeconds: 60 });
    const [old] = genuine(200, 9);
    receiveAny(sms, old);
    now = 100;
    const [single] = tpdusOf(new Uint8Array(40), 1);
    expect(sms.receive(single, 0, single.length)).toBe(OK);
    sms.judged(THROTTLED, false, 0);
    sms.expire();
    expect(sms.receive(old, 0, old.length)).toBe(SMS_DUPLICATE);
    expect(sms.receive(single, 0, single.length)).toBe(OK);
    now = 0;
  });

  test("tries above 253 are 253: no part is taken that was not", () => {
    const sms = createSmsReceiver(clock, { parts: 8, tries: 400, repeats: 0 });
    const [one, two] = tpdusOf(new Uint8Array(200), 1);
    receiveAny(sms, one);
    expect(sms.receive(two, 0, two.length)).toBe(OK);
    sms.judged(THROTTLED, false, 252);
    expect(sms.receive(two, 0, two.length)).toBe(OK);
    sms.judged(OK, true, 0);
    expect(sms.held()).toBe(0);
  });
});

describe("across a reset", () => {
  test("each part is one record, as long as the part; they are there again until the message is done with", () => {
    const store = createMockStorage();
    const message = sealed(500, createRandom(4));
    const tpdus = tpdusOf(message, 1);
    for (let i = 0; i < 3; i++) {
      const sms = createSmsReceiver(clock, { store });
      expect(sms.held()).toBe(i);
      expect(receiveChecked(sms, tpdus[i], check)).toBe(MORE);
      expect(store.writes).toBe(i + 1);
    }
    for (const record of Object.values(store.records)) expect(record.length).toBe(36 + 128);
    const cut = createSmsReceiver(clock, { store });
    expect(cut.receive(tpdus[3], 0, tpdus[3].length), "the last one is not saved").toBe(OK);
    expect(store.writes).toBe(3);
    const sms = createSmsReceiver(clock, { store });
    expect(sms.receive(tpdus[3], 0, tpdus[3].length), "the last one comes again").toBe(OK);
    expect(toHex(sms.bytes, sms.from, sms.to)).toBe(toHex(message));
    sms.judged(OK, true, 0);
    expect(store.records).toEqual({});
    expect(createSmsReceiver(clock, { store }).held()).toBe(0);
  });

  test("a part of a refused set that comes again alone outlasts a reset", () => {
    const store = createMockStorage();
    // without repeats, a part of a settled set is not known any more
    const sms = createSmsReceiver(clock, { store, repeats: 0, parts: 2, messageParts: 2 });
    const [first, second] = tpdusOf(sealed(200, createRandom(5)), 1);
    sms.receive(first, 0, first.length);
    expect(sms.receive(second, 0, second.length)).toBe(OK);
    sms.judged(DIGEST_WRONG, false, 0);
    const stranger = tpdusOf(new Uint8Array(200), 9, "15551234")[0]; // evicts the first part, which was refused
    receiveAny(sms, stranger);
    expect(sms.receive(second, 0, second.length)).toBe(MORE);
    const after = createSmsReceiver(clock, { store, repeats: 0, parts: 2, messageParts: 2 });
    expect(after.receive(first, 0, first.length)).toBe(OK);
    expect(toHex(after.bytes, after.from, after.to)).toBe(toHex(sealed(200, createRandom(5))));
  });

  test("what is evicted or too old leaves no record, and places take turns", () => {
    const store = createMockStorage();
    const written: string[] = [];
    const save = store.save;
    store.save = (key, bytes) => {
      written.push(key);
      return save(key, bytes);
    };
    now = 0;
    const sms = createSmsReceiver(clock, { store, parts: 4, messageParts: 4, ageSeconds: 60 });
    for (let i = 0; i < 20; i++) receiveAny(sms, tpdusOf(new Uint8Array(200), i, String(15550000 + i))[0]);
    expect(Object.keys(store.records)).toHaveLength(4);
    for (const key of ["sms0", "sms1", "sms2", "sms3"]) expect(written.filter(each => each === key)).toHaveLength(5);
    now = 100;
    sms.expire();
    expect(store.records).toEqual({});
    now = 0;
  });

  test("a part that was not saved is saved when it comes again", () => {
    const store = createMockStorage();
    const sms = createSmsReceiver(clock, { store });
    const [one, two] = genuine(200, 1);
    store.isBroken = true;
    expect(receiveAny(sms, one)).toBe(STORE_WRITE);
    expect(receiveAny(sms, one)).toBe(STORE_WRITE);
    store.isBroken = false;
    expect(receiveAny(sms, two)).toBe(MORE);
    expect(Object.keys(store.records)).toHaveLength(1);
    expect(receiveAny(sms, one)).toBe(MORE);
    expect(Object.keys(store.records)).toHaveLength(2);
    expect(createSmsReceiver(clock, { store }).held()).toBe(2);
  });

  test("a record that cannot be read now is written over by none, and counts once it can be read", () => {
    const store = createMockStorage();
    const message = sealed(300, createRandom(5));
    const tpdus = tpdusOf(message, 1);
    receiveChecked(createSmsReceiver(clock, { store }), tpdus[0], check);
    const [key] = Object.keys(store.records) as [string];
    store.unreadable = key;
    const good = store.records[key];
    const sms = createSmsReceiver(clock, { store, parts: 3 });
    expect(sms.held()).toBe(0);
    for (let i = 0; i < 3; i++) receiveAny(sms, tpdusOf(new Uint8Array(300), 2, SERVER)[i % 2]);
    expect(store.records[key]).toBe(good);
    store.unreadable = "";
    expect(receiveChecked(sms, tpdus[1], check)).toBe(MORE);
    expect(receiveChecked(sms, tpdus[2], check)).toBe(OK);
    expect(toHex(sms.bytes, sms.from, sms.to)).toBe(toHex(message));
  });

  test("a record with a byte changed, cut or longer is none; what comes takes its place", () => {
    const store = createMockStorage();
    const [one, two] = genuine(100, 1);
    receiveAny(createSmsReceiver(clock, { store, parts: 2 }), one);
    const [[key, good]] = Object.entries(store.records) as [[string, Uint8Array]];
    const isNone = (record: Uint8Array) => {
      store.records = { [key]: record };
      const sms = createSmsReceiver(clock, { store, parts: 2 });
      expect(sms.held()).toBe(0);
      expect(receiveAny(sms, two)).toBe(MORE);
    };
    for (let i = 0; i < good.length; i++) {
      for (const bit of [1, 2, 64, 128]) isNone(Uint8Array.from(good, (byte, at) => (at === i ? byte ^ bit : byte)));
      isNone(good.slice(0, i));
    }
    isNone(Uint8Array.from([...good, 0]));
    for (const filler of [0, 255]) isNone(new Uint8Array(good.length).fill(filler));
  });

  test("a part of a message of others is that after a reset, too: the first to be evicted", () => {
    const store = createMockStorage();
    const bounds = { store, parts: 2, messageParts: 2 };
    const [one, two] = genuine(100, 3);
    for (const tpdu of [one, tpdusOf(new Uint8Array(200), 1)[0]]) receiveAny(createSmsReceiver(clock, bounds), tpdu);
    const sms = createSmsReceiver(clock, bounds);
    receiveAny(sms, genuine(100, 5)[0]);
    expect(receiveAny(sms, two)).toBe(OK);
  });
});
