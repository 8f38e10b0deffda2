import { describe, expect, test } from "vitest";
import type { ModemOptions } from "../../src/push/at/interface.ts";
import { createModem } from "../../src/push/at/modem.ts";
import { createAtSender } from "../../src/push/at/sender.ts";
import { createSmsReceiver } from "../../src/push/sms/receiver.ts";
import { DCS_DATA, writeSubmit } from "../../src/push/sms/submit.ts";
import {
  FIELD_RANGE,
  MODEM_ABSENT,
  MODEM_BUSY,
  MODEM_CLOSED,
  MODEM_DELIVER,
  MODEM_ERROR,
  MODEM_LINE_LONG,
  MODEM_PDU,
  MODEM_POLLING,
  MODEM_READY,
  MODEM_RESET,
  MODEM_STORE_FULL,
  MODEM_TIMEOUT,
  MORE,
  OK,
  SMS_DUPLICATE,
  STORE_WRITE,
} from "../../src/status.ts";
import { createBench, createDesk, type Line } from "../modem/bench.ts";
import type { Quirks } from "../modem/emulator.ts";
import { QUIRKS } from "../modem/quirks.ts";
import { deliverTpdu, partsOf, TEXT_TPDU, toHex } from "../modem/tpdu.ts";
import { createRandom, shuffle } from "../random.ts";
import { receiveAny } from "../suite/sets.ts";

/** A bench whose deliveries end as whole pushes. */
function listen(quirks: Quirks, options: ModemOptions = {}, line: Line = "in pieces", seed = 1) {
  const bench = createBench(quirks, options, line, seed);
  const sms = createSmsReceiver(bench.clock, { parts: 255, messageParts: 32, repeats: 1000 });
  const pushes: string[] = [];
  const statuses: number[] = [];
  bench.modem.open((bytes, from, to) => {
    const status = receiveAny(sms, bytes.subarray(from, to));
    statuses.push(status);
    if (status === OK) pushes.push(toHex(sms.bytes, sms.from, sms.to));
    return status;
  });
  return { ...bench, pushes, statuses };
}

function isQuick(quirks: Quirks): boolean {
  return quirks.seconds === undefined && quirks.deaf === undefined;
}

let serial = 0;
function submit(): Uint8Array {
  const data = partsOf(new Uint8Array(133), 1)[0];
  const out = new Uint8Array(200);
  return out.slice(0, writeSubmit("+447700900123", DCS_DATA, data, 0, data.length, out, 0));
}

function message(length: number) {
  serial++;
  const push = Uint8Array.from({ length }, (_, i) => [serial, 6, 3, 0xd8, 0xaf, 0x87][i] ?? i + serial * 3);
  const tpdus = partsOf(push, serial % 256).map(part => deliverTpdu("447700900123", part));
  return { hex: toHex(push), tpdus };
}

describe.each(Object.keys(QUIRKS))("modem: %s", name => {
  for (const isDirect of [false, true]) {
    for (const line of ["at once", "in pieces"] as const) {
      test(`${isDirect ? "handed on" : "stored"}, ${line}`, () => {
        const bench = listen(QUIRKS[name], { isDirect, pollSeconds: 5 }, line);
        const early = message(50);
        for (const tpdu of early.tpdus) bench.emulator.message(tpdu);
        const patience = isQuick(QUIRKS[name]) ? 1 : 20;
        bench.run(60 * patience);
        expect(bench.reports.filter(each => each === MODEM_READY || each === MODEM_POLLING).length).toBeGreaterThan(0);
        const later = message(400);
        for (const tpdu of later.tpdus) bench.emulator.message(tpdu);
        bench.run(60 * patience);
        expect(bench.pushes).toEqual([early.hex, later.hex]);
        expect(bench.emulator.stored()).toBe(0);
        expect(bench.emulator.waiting()).toBe(0);
      });
    }
  }
});

test.each([
  ...["ERROR", "+CMS ERROR: 303", "+CME ERROR: operation not supported", "+EXT ERROR: 0", "MODEM ERROR: 5", "NA"],
  ...["COMMAND NOT SUPPORT", "TOO MANY PARAMETERS", "NO CARRIER", "NO ANSWER", "NO DIALTONE", "BUSY", "ERROR  "],
])("%s ends a command at once", refusal => {
  for (const isNumeric of [false, true]) {
    const bench = listen({ refusal, takesCnmi: () => false, isNumeric });
    bench.run(4);
    expect(bench.reports).toEqual([MODEM_POLLING]);
  }
});

test("digits end a command: a modem whose ATV1 is refused", () => {
  for (const digit of ["3", "4", "6", "7", "8"]) {
    const bench = listen({ refusal: digit, takesCnmi: () => false });
    bench.run(4);
    expect(bench.reports).toEqual([MODEM_POLLING]);
  }
});

test("a memory that is nearly full: parts of a message that is too long for it are in RAM alone, and it is completed", () => {
  const bench = listen({ capacity: 10 });
  bench.run(10);
  const { tpdus, hex } = message(128 * 14);
  expect(tpdus.length).toBe(14);
  for (const tpdu of tpdus) {
    bench.emulator.message(tpdu);
    bench.run(5);
  }
  bench.run(60);
  expect(bench.pushes).toEqual([hex]);
  expect(bench.emulator.stored()).toBe(0);
});

describe("+CMT and its acknowledgement", () => {
  test.each([
    ["phase 2+ is acknowledged after delivery", QUIRKS["phase 2+"], 3],
    ["so is a modem that hands on only after +CSMS=1", QUIRKS["hands on after +CSMS=1, bfr 1 only"], 3],
    ["any other is not acknowledged at all", {}, 0],
  ])("%s", (_, quirks, acknowledgements) => {
    const bench = listen(quirks, { isDirect: true });
    bench.run(10);
    for (const tpdu of message(300).tpdus) bench.emulator.message(tpdu);
    bench.run(5);
    expect(bench.pushes.length).toBe(1);
    expect(bench.emulator.commands.filter(each => each === "AT+CNMA").length).toBe(acknowledgements);
  });

  test("a PDU line that is cut is not acknowledged; the network sends it again", () => {
    const bench = listen({ hasCsms: true }, { isDirect: true });
    bench.run(10);
    const { tpdus, hex } = message(50);
    bench.emulator.say(`\r\n+CMT: ,${tpdus[0].length}\r\n0791448720003023440C91\r\n`);
    bench.run(20);
    expect(bench.reports).toContain(MODEM_PDU);
    bench.emulator.message(tpdus[0]);
    bench.run(10);
    expect(bench.pushes).toEqual([hex]);
  });
});

describe("what is stored", () => {
  test("others' messages stay, and broken ones that do not say whose they are; ours go", () => {
    const bench = listen({});
    bench.emulator.store(toHex(TEXT_TPDU).replace(/^/, "00"), TEXT_TPDU.length);
    bench.emulator.store("00440C9144", 4);
    bench.emulator.store("00440C914477009010320004621132210000008C0605040B8423F001", 27); // ours as far as it goes
    const { tpdus, hex } = message(50);
    bench.emulator.store(`00${toHex(tpdus[0])}`, tpdus[0].length, 1);
    bench.run(20);
    expect(bench.pushes).toEqual([hex]);
    expect(bench.emulator.stored()).toBe(2);
    bench.run(4000); // over a sweep
    expect(bench.emulator.stored()).toBe(2);
  });

  test("the board may take others' messages", () => {
    const texts: string[] = [];
    const bench = listen(
      {},
      {
        others: (bytes, from, to) => {
          texts.push(toHex(bytes, from, to));
          return true;
        },
      },
    );
    bench.emulator.store(`00${toHex(TEXT_TPDU)}`, TEXT_TPDU.length);
    bench.run(20);
    expect(texts).toEqual([toHex(TEXT_TPDU)]);
    expect(bench.emulator.stored()).toBe(0);
  });

  test("more than fit into the driver's queues", () => {
    const bench = listen({ capacity: 100 });
    const expected: string[] = [];
    for (let i = 0; i < 50; i++) {
      const { tpdus, hex } = message(20 + i);
      bench.emulator.store(`00${toHex(tpdus[0])}`, tpdus[0].length);
      expected.push(hex);
    }
    bench.run(60);
    expect(bench.pushes).toEqual(expected);
    expect(bench.statuses.length).toBe(50);
    expect(bench.emulator.stored()).toBe(0);
    for (let i = 0; i < 30; i++) bench.emulator.message(message(20).tpdus[0]); // announced at once
    bench.run(30);
    expect(bench.pushes.length).toBe(80);
    expect(bench.emulator.stored()).toBe(0);
  });

  test("announced in another memory than the others: that one is listed, and what is deleted is of the right one", () => {
    for (const line of ["at once", "in pieces"] as const) {
      const bench = listen({ memories: ["SM", "ME"] }, {}, line);
      bench.run(20);
      const sent = [message(40), message(50), message(60)];
      const pdus = sent.map(({ tpdus }) => [`00${toHex(tpdus[0])}`, tpdus[0].length] as const);
      bench.emulator.store(`00${toHex(TEXT_TPDU)}`, TEXT_TPDU.length, 1, "SM");
      bench.emulator.store(...pdus[0]!, 0, "ME");
      bench.emulator.store(...pdus[1]!, 0, "SM");
      bench.run(10);
      bench.emulator.store(...pdus[2]!, 0, "ME");
      bench.run(10);
      expect(bench.pushes.sort()).toEqual(sent.map(({ hex }) => hex).sort());
      expect(bench.emulator.stored()).toBe(1);
    }
  });

  describe("two memories: nothing stays in the other one", () => {
    function store(bench: ReturnType<typeof listen>, where: string, count = 1): string[] {
      const sent = Array.from({ length: count }, () => message(40));
      for (const { tpdus } of sent) bench.emulator.store(`00${toHex(tpdus[0])}`, tpdus[0].length, 0, where);
      return sent.map(({ hex }) => hex);
    }
    function settled(bench: ReturnType<typeof listen>, expected: string[]): void {
      expect(bench.pushes.sort()).toEqual(expected.sort());
      expect(bench.emulator.stored()).toBe(0);
    }
    const two: Quirks = { memories: ["SM", "ME"], capacity: 60 };

    test("announced in both at once, in either order", () => {
      for (const order of [
        ["SM", "ME"],
        ["ME", "SM"],
        ["SM", "ME", "SM"],
      ]) {
        const bench = listen(two);
        bench.run(20);
        const expected = store(bench, "SM");
        bench.run(10);
        for (const where of order) expected.push(...store(bench, where));
        bench.run(20);
        settled(bench, expected);
      }
    });

    test("more than the driver deletes at once", () => {
      const bench = listen(two);
      bench.run(20);
      const expected = store(bench, "SM", 40);
      bench.run(60);
      settled(bench, expected);
    });

    test("one that could not be saved", () => {
      const bench = createBench(two, {});
      const statuses = [STORE_WRITE, OK];
      bench.modem.open(() => statuses.shift() as number);
      bench.run(20);
      const { tpdus } = message(40);
      bench.emulator.store(`00${toHex(tpdus[0])}`, tpdus[0].length, 0, "SM");
      bench.run(90);
      expect(statuses).toEqual([]);
      expect(bench.emulator.stored()).toBe(0);
    });

    test("announced while the modem is set up", () => {
      const bench = listen(two);
      bench.run(20);
      bench.emulator.reset();
      bench.emulator.sayLine('+CMTI: "SM",1');
      const expected = store(bench, "SM");
      bench.run(20);
      settled(bench, expected);
    });

    test("a broken one in each stays, and does not keep it busy", () => {
      const bench = listen(two);
      bench.run(20);
      bench.emulator.store("0044", 30, 0, "SM");
      bench.emulator.store("0044", 30, 0, "ME");
      bench.run(3500);
      expect(bench.pushes).toEqual([]);
      expect(bench.emulator.stored()).toBe(2);
      expect(bench.emulator.commands.filter(each => each === "AT+CMGL=4").length).toBeLessThan(40);
    });

    test("the poll goes on where messages arrive, and announcements that come again and again are no loop", () => {
      const bench = listen(two);
      bench.run(20);
      const expected = store(bench, "SM");
      bench.run(20);
      bench.emulator.forget();
      expected.push(...store(bench, "ME"));
      bench.run(61);
      settled(bench, expected);
      const before = bench.emulator.commands.length;
      for (let i = 0; i < 300; i++) {
        bench.emulator.sayLine('+CMTI: "SM",1');
        bench.run(1);
      }
      // a sweep in five seconds, a list for each announcement
      expect(bench.emulator.commands.length - before).toBeLessThan(1200);
    });
  });

  test("what is not announced is found by the next poll", () => {
    const bench = listen({}, { pollSeconds: 30 });
    bench.run(20);
    bench.emulator.forget();
    const { tpdus, hex } = message(50);
    bench.emulator.message(tpdus[0]);
    bench.run(31);
    expect(bench.pushes).toEqual([hex]);
    expect(bench.emulator.stored()).toBe(0);
  });

  test("a header without a place, one whose PDU is another header, one that comes too late", () => {
    const bench = listen({});
    bench.run(20);
    const { tpdus, hex } = message(50);
    const pdu = `00${toHex(tpdus[0])}`;
    bench.emulator.say(`\r\n+CMGL: ,0,,${tpdus[0].length}\r\n${pdu}\r\n`);
    bench.emulator.say(`\r\n+CMGL: 1,0,,${tpdus[0].length}\r\n+CMGL: 2,0,,${tpdus[0].length}\r\n${pdu}\r\n`);
    bench.run(20);
    expect(bench.pushes).toEqual([]); // nobody had asked
    expect(bench.emulator.commands.filter(each => each === "AT+CMGL=4").length).toBe(2);
    bench.emulator.store(pdu, tpdus[0].length);
    bench.run(10);
    expect(bench.pushes).toEqual([hex]);
    expect(bench.emulator.stored()).toBe(0);
  });

  test("a store full of others' messages is reported", () => {
    const bench = listen({ capacity: 3 });
    for (let i = 0; i < 3; i++) bench.emulator.store(`00${toHex(TEXT_TPDU)}`, TEXT_TPDU.length);
    bench.run(20);
    expect(bench.reports).toContain(MODEM_STORE_FULL);
    expect(bench.emulator.stored()).toBe(3);
  });

  test("a PDU that is never what its length says is read again, less and less often, and stays: nobody knows whose it is", () => {
    const bench = listen({});
    bench.emulator.store("0044", 30);
    bench.run(60);
    const lists = () => bench.emulator.commands.filter(each => each === "AT+CMGL=4").length;
    expect(lists()).toBeGreaterThanOrEqual(3);
    bench.run(3500);
    expect(lists()).toBeLessThan(15);
    expect(bench.reports).toContain(MODEM_PDU);
    expect(bench.emulator.stored()).toBe(1);
  });

  test("a message that makes the board's code throw stays, and is tried again each minute", () => {
    const bench = createBench({}, {});
    let calls = 0;
    bench.modem.open(() => {
      calls++;
      throw new Error("no");
    });
    const { tpdus } = message(50);
    bench.emulator.store(`00${toHex(tpdus[0])}`, tpdus[0].length);
    bench.run(3500);
    expect(calls).toBeGreaterThan(50);
    expect(calls).toBeLessThan(60);
    expect(bench.reports).toContain(MODEM_DELIVER);
    expect(bench.emulator.stored()).toBe(1);
  });

  test("messages that cannot be deleted do not keep it busy", () => {
    const bench = listen({ deaf: /CMGD/ }, { sweepSeconds: 600 });
    bench.emulator.store(`00${toHex(message(50).tpdus[0])}`, message(50).tpdus[0].length);
    bench.run(600);
    expect(bench.pushes.length).toBe(1);
    expect(bench.emulator.commands.length).toBeLessThan(1500);
  });
});

describe("a lack of memory, which the engine throws while the driver writes", () => {
  /** Runs a modem whose `count` first commands that match throw, before or after the modem has them. */
  function listenLacking(pattern: RegExp, count: number, isBefore: boolean) {
    const desk = createDesk({}, "at once");
    const { tpdus, hex } = message(50);
    const pushes: string[] = [];
    let lacks = count;
    /** What a board's loop does: it goes on with the next event. */
    const survive = (event: () => void) => {
      try {
        event();
      } catch (error) {
        expect((error as Error).message).toBe("out of memory");
      }
    };
    const serial = {
      ...desk.serial,
      open: (onBytes: (bytes: Uint8Array, from: number, to: number) => void) =>
        desk.serial.open((bytes, from, to) => survive(() => onBytes(bytes, from, to))),
      write(bytes: Uint8Array) {
        const isLacking = lacks > 0 && pattern.test(Buffer.from(bytes).toString("latin1"));
        if (!isLacking || !isBefore) desk.serial.write(bytes);
        if (!isLacking) return;
        lacks--;
        throw new Error("out of memory");
      },
    };
    // a deletion that was never sent is tried again with the next sweep
    const modem = createModem(serial, desk.clock, { sweepSeconds: 300 });
    const sms = createSmsReceiver(desk.clock, {});
    survive(() => {
      modem.open((bytes, from, to) => {
        const status = sms.receive(bytes, from, to);
        if (status === OK) pushes.push(toHex(sms.bytes, sms.from, sms.to));
        if (status === OK) sms.judged(OK, true, 0);
        return status;
      });
    });
    desk.emulator.store(`00${toHex(tpdus[0])}`, tpdus[0].length);
    desk.emulator.store(`00${toHex(TEXT_TPDU)}`, TEXT_TPDU.length);
    for (let i = 0; i < 900; i++) desk.second(() => survive(modem.tick));
    return { hex, pushes, lacks, desk };
  }

  for (const command of ["CMGD", "CMGL", "CPMS", "CNMI", ""]) {
    for (const count of [1, 3]) {
      test.each([true, false])(
        `at AT+${command}, ${count} times, before it is sent %s: the push comes, and is deleted`,
        isBefore => {
          const { hex, pushes, lacks, desk } = listenLacking(new RegExp(`^AT\\+${command}`), count, isBefore);
          expect(lacks).toBeLessThan(count);
          expect([...new Set(pushes)]).toEqual([hex]);
          expect(desk.emulator.stored(), "that of others stays").toBe(1);
        },
      );
    }
  }
});

describe("a number that is not a plain one", () => {
  const FAULTS = [
    "",
    " ",
    "-1",
    "+1",
    "- 1",
    "1-",
    "1.0",
    "0x1",
    "1 1",
    "1e0",
    "a1",
    "1a",
    "#1",
    '"1"',
    "4294967297",
    "1".repeat(300),
  ];

  /** Runs a modem that changes its answers by `change` for the first minute, then another one. */
  function listenChanged(change: (text: string) => string) {
    const desk = createDesk({}, "at once");
    const { tpdus, hex } = message(50);
    desk.emulator.store(`00${toHex(tpdus[0])}`, tpdus[0].length);
    desk.emulator.store(`00${toHex(TEXT_TPDU)}`, TEXT_TPDU.length);
    const reports: number[] = [];
    const pushes: string[] = [];
    let isChanged = true;
    const open = (onBytes: (bytes: Uint8Array, from: number, to: number) => void) =>
      desk.serial.open((bytes, from, to) => {
        const text = Buffer.from(bytes.subarray(from, to)).toString("latin1");
        const changed = Buffer.from(isChanged ? change(text) : text, "latin1");
        onBytes(changed, 0, changed.length);
      });
    const modem = createModem({ ...desk.serial, open }, desk.clock, { onStatus: status => reports.push(status) });
    const sms = createSmsReceiver(desk.clock, {});
    modem.open((bytes, from, to) => {
      const status = sms.receive(bytes, from, to);
      if (status === OK) pushes.push(toHex(sms.bytes, sms.from, sms.to));
      if (status === OK) sms.judged(OK, true, 0);
      return status;
    });
    for (let i = 0; i < 60; i++) desk.second(modem.tick);
    const early = { pushes: [...pushes], commands: [...desk.emulator.commands], reports: [...reports] };
    isChanged = false;
    for (let i = 0; i < 400; i++) desk.second(modem.tick);
    expect(pushes).toEqual([hex]);
    expect(desk.emulator.stored()).toBe(1);
    return early;
  }

  test.each(FAULTS)("as the index %j of a listed message: it stays, and is listed again", fault => {
    const { pushes, commands, reports } = listenChanged(text => text.replace(/(\+CMGL: )\d+(?=,\d,)/g, `$1${fault}`));
    expect(pushes).toEqual([]);
    expect(commands.filter(each => each.startsWith("AT+CMGD"))).toEqual([]);
    expect(commands.filter(each => each === "AT+CMGL=4").length).toBeGreaterThan(1);
    if (fault.length < 300) expect(reports).toContain(MODEM_PDU);
  });

  test.each(FAULTS)("as the length %j of a listed message: it stays, and is listed again", fault => {
    const { pushes, commands, reports } = listenChanged(text =>
      text.replace(/(\+CMGL: [^\r]*,)\d+(?=\r)/g, `$1${fault}`),
    );
    expect(pushes).toEqual([]);
    expect(commands.filter(each => each.startsWith("AT+CMGD"))).toEqual([]);
    if (fault.length < 300) expect(reports).toContain(MODEM_PDU);
  });

  test.each(FAULTS)("as the capacity %j of the memory: it is never full", fault => {
    const { reports } = listenChanged(text => text.replace(/(\+CPMS: .*,)\d+(?=\r)/g, `$1${fault}`));
    expect(reports).not.toContain(MODEM_STORE_FULL);
  });

  test("but blanks around a plain one are none of its digits", () => {
    const { pushes } = listenChanged(text => text.replace(/\+CMGL: (\d+),/g, "+CMGL:  $1 ,"));
    expect(pushes.length).toBe(1);
  });
});

describe("a modem that goes wrong", () => {
  test("reset, with and without a word", () => {
    for (const boot of [["RDY"], []]) {
      const bench = listen({ boot });
      bench.run(20);
      bench.emulator.reset();
      bench.run(boot.length === 0 ? 150 : 20);
      expect(bench.reports).toContain(MODEM_RESET);
      const { tpdus, hex } = message(50);
      bench.emulator.message(tpdus[0]);
      bench.run(10);
      expect(bench.pushes).toEqual([hex]);
    }
  });

  test("whatever throws, the driver goes on: the serial, the report, the sender's callback", () => {
    for (let failing = 0; failing < 30; failing++) {
      const { tpdus, hex } = message(200);
      let calls = 0;
      const mayThrow = () => {
        if (calls++ === failing) throw new Error("no memory");
      };
      const desk = createDesk({}, failing % 2 === 0 ? "at once" : "in pieces", failing);
      const serial = {
        ...desk.serial,
        write(bytes: Uint8Array) {
          mayThrow();
          desk.serial.write(bytes);
        },
      };
      const sending = createAtSender();
      const modem = createModem(serial, desk.clock, { sending, onStatus: mayThrow });
      const sms = createSmsReceiver(desk.clock, {});
      const pushes: string[] = [];
      // the board's loop goes on
      const attempt = (act: () => unknown) => {
        try {
          act();
        } catch (_error) {
          return;
        }
      };
      const run = (seconds: number) => {
        for (let i = 0; i < seconds; i++) attempt(() => desk.second(modem.tick));
      };
      attempt(() =>
        modem.open((bytes, from, to) => {
          const status = sms.receive(bytes, from, to);
          if (status !== OK) return status;
          pushes.push(toHex(sms.bytes, sms.from, sms.to));
          sms.judged(OK, true, 0);
          return OK;
        }),
      );
      run(60);
      const tpdu = submit();
      attempt(() => sending.send(tpdu, 0, tpdu.length, mayThrow));
      run(60);
      for (const each of tpdus) attempt(() => desk.emulator.message(each));
      run(400);
      expect(pushes, `call ${failing} throws`).toEqual([hex]);
      expect(sending.size).toBe(0);
    }
  });

  test("pulled out and put back", () => {
    const bench = listen({});
    bench.run(20);
    bench.emulator.reset(true);
    bench.run(300);
    expect(bench.reports).toContain(MODEM_TIMEOUT);
    expect(bench.reports).toContain(MODEM_ABSENT);
    expect(bench.reports.filter(each => each === MODEM_ABSENT).length).toBe(1);
    bench.emulator.reset();
    const { tpdus, hex } = message(200);
    for (const tpdu of tpdus) bench.emulator.message(tpdu);
    bench.run(60);
    expect(bench.pushes).toEqual([hex]);
  });

  test("lost and late answers", () => {
    const random = createRandom(5);
    for (let round = 0; round < 40; round++) {
      let isFaulty = true;
      const mishap = () => {
        if (!isFaulty) return 0;
        const dice = random(12);
        return dice === 0 ? null : dice === 1 ? 1 + random(30) : 0;
      };
      const bench = listen({ mishap, hasCsms: round % 2 === 0 }, { isDirect: round % 4 < 2 }, "in pieces", round);
      const sent = [message(50), message(300), message(20)];
      bench.run(100);
      for (const { tpdus } of sent) {
        for (const tpdu of tpdus) bench.emulator.message(tpdu);
        bench.run(40);
      }
      isFaulty = false;
      bench.run(4000);
      expect(bench.pushes.sort()).toEqual(sent.map(each => each.hex).sort());
      expect(bench.emulator.stored()).toBe(0);
    }
  });

  test("garbage, lines without an end, noise between lines", () => {
    const bench = listen({});
    bench.run(20);
    const random = createRandom(8);
    for (let i = 0; i < 100; i++) {
      bench.emulator.say(String.fromCharCode(...Array.from({ length: random(60) }, () => random(256))));
      bench.run(1);
    }
    bench.emulator.say("9".repeat(5000));
    bench.run(5);
    bench.emulator.say("\r\n\0\xff");
    bench.run(200);
    expect(bench.reports).toContain(MODEM_LINE_LONG);
    const { tpdus, hex } = message(50);
    bench.emulator.message(tpdus[0]);
    bench.run(80);
    expect(bench.pushes).toEqual([hex]);
  });

  test("NO CARRIER when nobody asked: while it is idle, and within a list, which is then listed again", () => {
    let isOnLine = false;
    const bench = listen({ between: () => (isOnLine ? "NO CARRIER\r\n\r\n" : "") });
    bench.run(20);
    bench.emulator.sayLine("NO CARRIER");
    const { tpdus, hex } = message(200);
    isOnLine = true;
    for (const tpdu of tpdus) bench.emulator.message(tpdu);
    bench.run(2);
    expect(bench.reports).toContain(MODEM_ERROR);
    isOnLine = false;
    bench.run(80);
    expect(bench.pushes).toEqual([hex]);
    expect(bench.emulator.stored()).toBe(0);
    expect(bench.emulator.commands.filter(each => each === "AT+CMGL=4").length).toBeGreaterThan(1);
  });

  test("settings that it refuses for good are asked for now and then, not all the time", () => {
    const bench = listen({ simSeconds: 1e9 });
    bench.run(600);
    expect(bench.reports).toContain(MODEM_ERROR);
    expect(bench.emulator.commands.length).toBeLessThan(500);
  });

  test("close and open", () => {
    const bench = listen({});
    bench.run(20);
    bench.modem.close();
    bench.emulator.message(message(50).tpdus[0]);
    bench.run(100);
    expect(bench.pushes).toEqual([]);
    const got: number[] = [];
    bench.modem.open((_bytes, from, to) => got.push(to - from));
    expect(got).toEqual([]);
    bench.run(100);
    expect(got.length).toBe(1);
  });
});

describe("sending", () => {
  test.each([{}, { isEchoStubborn: true }, { chatter: () => "\r\nRING\r\n" }])("AT+CMGS %#", quirks => {
    for (const line of ["at once", "in pieces"] as const) {
      const bench = listen(quirks, {}, line);
      const done: number[] = [];
      const tpdu = submit();
      expect(bench.sending.send(tpdu, 0, tpdu.length, status => done.push(status))).toBe(OK);
      if (line === "in pieces") expect(bench.sending.send(tpdu, 0, tpdu.length, () => {})).toBe(MODEM_BUSY);
      bench.run(20);
      expect(done).toEqual([OK]);
      expect(bench.emulator.sent).toEqual([`00${toHex(tpdu).toUpperCase()}`]);
      const { tpdus, hex } = message(50);
      bench.emulator.message(tpdus[0]);
      bench.run(10);
      expect(bench.pushes).toEqual([hex]);
    }
  });

  test("one after the other, from the callback", () => {
    const bench = listen({});
    const tpdu = submit();
    let left = 5;
    const next = (status: number): void => {
      expect(status).toBe(OK);
      if (left-- > 0) bench.sending.send(tpdu, 0, tpdu.length, next);
    };
    next(OK);
    bench.run(60);
    expect(bench.emulator.sent.length).toBe(5);
  });

  test("refused, not answered, reset, closed", () => {
    const tpdu = submit();
    const cases: [Quirks, (bench: ReturnType<typeof listen>) => void, number][] = [
      [{ deaf: /CMGS/ }, () => {}, MODEM_TIMEOUT],
      [{ mishap: command => (command === "PDU" ? null : 0) }, () => {}, MODEM_TIMEOUT],
      [{ deaf: /CMGS/ }, bench => bench.emulator.reset(), MODEM_RESET],
      [{ deaf: /CMGS/ }, bench => bench.modem.close(), MODEM_CLOSED],
    ];
    for (const [quirks, act, expected] of cases) {
      const bench = listen(quirks);
      bench.run(20);
      const done: number[] = [];
      bench.sending.send(tpdu, 0, tpdu.length, status => done.push(status));
      bench.run(2);
      act(bench);
      bench.run(100);
      expect(done).toEqual([expected]);
    }
    const absent = listen({});
    absent.emulator.reset(true);
    const done: number[] = [];
    absent.sending.send(tpdu, 0, tpdu.length, status => done.push(status));
    absent.run(60);
    expect(done).toEqual([MODEM_ABSENT]);
    const bench = listen({});
    expect(bench.sending.send(tpdu, 0, 0, () => {})).toBe(FIELD_RANGE);
    bench.modem.close();
    expect(bench.sending.send(tpdu, 0, tpdu.length, () => {})).toBe(MODEM_CLOSED);
  });
});

test("a thousand messages over random modems, lines and orders: each is delivered once", () => {
  const names = Object.keys(QUIRKS).filter(name => isQuick(QUIRKS[name]));
  const random = createRandom(11);
  for (let round = 0; round < 50; round++) {
    const quirks = { ...QUIRKS[names[random(names.length)]], capacity: 20 + random(20) };
    const bench = listen(quirks, { isDirect: random(2) === 0, pollSeconds: 3 }, "in pieces", round);
    const sent = Array.from({ length: 20 }, () => message(1 + random(random(8) === 0 ? 4000 : 200)));
    const wire = shuffle(
      sent.flatMap(each => [...each.tpdus, ...each.tpdus.filter(() => random(4) === 0)]),
      random,
    );
    bench.run(random(30));
    for (const tpdu of wire) {
      bench.emulator.message(tpdu);
      if (random(4) === 0) bench.run(random(4));
    }
    bench.run(200);
    expect(
      bench.pushes.sort().join() ===
        sent
          .map(each => each.hex)
          .sort()
          .join(),
    ).toBe(true);
    expect(bench.statuses.every(status => status === OK || status === MORE || status === SMS_DUPLICATE)).toBe(true);
    expect(bench.emulator.stored() + bench.emulator.waiting()).toBe(0);
  }
});
