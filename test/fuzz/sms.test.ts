import { afterEach, expect, test } from "vitest";
import { createModem } from "../../src/push/at/modem.ts";
import { createAtSender } from "../../src/push/at/sender.ts";
import { createWdpReceiver } from "../../src/push/sms/cdma.ts";
import { createSmsReceiver } from "../../src/push/sms/receiver.ts";
import { DIGEST_WRONG, layerOf, MODEM_CLOSED, OK } from "../../src/status.ts";
import { createMockStorage } from "../../targets/mock/hal.ts";
import { createBench } from "../modem/bench.ts";
import { deliverTpdu, fromHex, partsOf, TEXT_TPDU, toHex } from "../modem/tpdu.ts";
import { createRandom } from "../random.ts";
import { receiveChecked } from "../suite/sets.ts";

const RUNS = Number(process.env.FUZZ_RUNS ?? 20_000);
const PLAIN = { Uint8Array, Int32Array, Uint16Array };
afterEach(() => void Object.assign(globalThis, PLAIN));

/**
 * An array that throws for an index out of range. Devices differ there: MicroQuickJS throws on a write, Espruino reads 0,
 * others read undefined.
 */
function guard<T extends Uint8Array | Int32Array | Uint16Array>(array: T): T {
  const check = (key: string | symbol) => {
    if (
      typeof key === "string" &&
      /^(-?\d|NaN|undefined)/.test(key) &&
      !(Number(key) >= 0 && Number(key) < array.length)
    )
      throw new Error(`[${key}] of ${array.length}`);
  };
  return new Proxy(array, {
    get(target, key) {
      check(key);
      if (key === "subarray") {
        return (from: number, to: number) => {
          if (from < 0 || to > array.length || from > to)
            throw new Error(`subarray(${from}, ${to}) of ${array.length}`);
          return array.subarray(from, to);
        };
      }
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set(target, key, value) {
      check(key);
      return Reflect.set(target, key, value, target);
    },
  });
}

/** Calls `create` while typed arrays are guarded ones. */
function guarded<T>(create: () => T): T {
  for (const name of ["Uint8Array", "Int32Array", "Uint16Array"] as const) {
    const plain = PLAIN[name] as new (length: number) => Uint8Array;
    Object.assign(globalThis, {
      [name]: function (length: number) {
        return guard(new plain(length));
      },
    });
  }
  const made = create();
  Object.assign(globalThis, PLAIN);
  return made;
}

test("TPDUs: mutated, cut, spliced; a status each, nothing out of range, then a good message still comes through", () => {
  const random = createRandom(1);
  let now = 0;
  const clock = { posixSeconds: () => 0, monotonicSeconds: () => now };
  const seeds = [
    TEXT_TPDU,
    ...[300, 100, 900].flatMap((length, i) =>
      partsOf(new Uint8Array(length).fill(i), i).map(part => deliverTpdu("447700900123", part)),
    ),
    ...partsOf(new Uint8Array(300), 700, true).map(part => deliverTpdu("4915112", part)),
    fromHex("51000c814477000910320004a70c0605040b8423f00106030405"),
  ];
  const check = (_: Uint8Array, from: number, to: number) => ((to - from) % 3 === 0 ? OK : DIGEST_WRONG);
  const store = createMockStorage();
  const sms = guarded(() => createSmsReceiver(clock, { parts: 12, messageParts: 8, isSubmitRead: true, store }));
  const wdp = guarded(() => createWdpReceiver(clock, { parts: 6, messageParts: 6 }));
  for (let i = 0; i < RUNS; i++) {
    now += random(1000);
    const seed = seeds[random(seeds.length)]!;
    const bytes = seed.slice(0, random(4) === 0 ? random(seed.length + 1) : seed.length);
    for (let k = random(4); k > 0 && bytes.length > 0; k--) bytes[random(Math.min(bytes.length, 40))] = random(256);
    const input = guard(bytes);
    const status = receiveChecked(sms, input, check);
    expect([0, 1, 2, 8].includes(layerOf(status))).toBe(true);
    expect(sms.at).toBeLessThanOrEqual(bytes.length);
    if (status === OK) for (let at = sms.from; at < sms.to; at++) sms.bytes[at]!;
    if (bytes.length > 2) bytes[0] = 0;
    const w = wdp.receive(guard(seed.slice(0, random(20))), random(65536), input, 0, bytes.length);
    if (w === OK && wdp.sets !== null) wdp.sets.take();
    expect(w >= 0 && w < 0x20).toBe(true);
    if (w === OK) for (let at = wdp.from; at < wdp.to; at++) wdp.bytes[at]!;
  }
  now += 100_000;
  const good = partsOf(new Uint8Array(300).fill(9), 77).map(part => deliverTpdu("1234567", part));
  expect(good.map(tpdu => sms.receive(tpdu, 0, tpdu.length)).at(-1)).toBe(OK);
});

test("the AT driver: a modem that says anything at any moment; then a good one is set up and delivers", () => {
  const tpdu = deliverTpdu("447700900123", partsOf(new Uint8Array(50), 1)[0]!);
  const phrases = [
    "\r\nOK\r\n",
    "\r\nERROR\r\n",
    "\r\n+CMS ERROR: 500\r\n",
    "\r\n> ",
    ">\r\n",
    `\r\n+CMT: ,${tpdu.length}\r\n00${toHex(tpdu)}\r\n`,
    `\r\n+CMGR: 0,,${tpdu.length}\r\n00${toHex(tpdu)}\r\n`,
    `\r\n+CMGL: 3,0,,${tpdu.length}\r\n00${toHex(tpdu)}\r\n`,
    `+CMGL: 99999999,0,,${tpdu.length}\r\n`,
    "+CMGR: 0,,20\r\n",
    "+CMT: ,999999999999\r\n",
    "+CMT:\r\n",
    "+CMT: ,2\r\n",
    "00FF\r\n",
    "FF\r\n",
    '+CMTI: "SM",3\r\n',
    '+CMTI: "M',
    '+CMTI: "ME",70000\r\n',
    "+CMTI: \r\n",
    "+CNMI: (0-9),((,)\r\n",
    "+CNMI: (9-0,\r\n",
    "+CNMI: 7,7\r\n",
    '+CPMS: "SM",1,2,"ME",3,4,"\r\n',
    "+CPMS: ,,,,,,,,,\r\n",
    "+CMGS: 3\r\n",
    "RDY\r\n",
    "+CPIN: READY\r\n",
    "A".repeat(400),
    "0".repeat(400),
    "\r\n",
  ];
  const random = createRandom(2);
  for (let round = 0; round < RUNS / 200; round++) {
    let isWild = true;
    const bench = createBench({ hasCsms: random(2) === 0 }, {}, random(2) === 0 ? "at once" : "in pieces", round);
    const sending = createAtSender();
    const modem = guarded(() =>
      createModem(bench.serial, bench.clock, { isDirect: random(2) === 0, others: () => random(2) === 0, sending }),
    );
    let delivered = 0;
    modem.open((bytes, from, to) => {
      for (let at = from; at < to; at++) bytes[at]!;
      delivered++;
      if (isWild && random(50) === 0) throw new Error("board");
      return random(0x30);
    });
    for (let i = 0; i < 100; i++) {
      const phrase = phrases[random(phrases.length)]!;
      bench.emulator.say(random(5) === 0 ? phrase.slice(random(phrase.length)) : phrase);
      if (random(3) === 0) bench.run(1 + random(3));
      modem.tick();
      if (random(10) === 0) sending.send(tpdu, 0, tpdu.length, status => expect(status).not.toBe(MODEM_CLOSED));
    }
    isWild = false;
    bench.emulator.say("\r\n");
    const commands = bench.emulator.commands.length;
    for (let i = 0; i < 400; i++) {
      bench.run(1);
      modem.tick();
    }
    expect(bench.emulator.commands.length - commands, "a storm of commands").toBeLessThan(400);
    delivered = 0;
    bench.emulator.message(deliverTpdu("447700900123", partsOf(new Uint8Array(50), 1)[0]!, 30));
    for (let i = 0; i < 130; i++) {
      bench.run(1);
      modem.tick();
    }
    expect(delivered).toBeGreaterThan(0);
  }
});
