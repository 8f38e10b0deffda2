import { expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { createBench } from "../modem/bench.ts";
import { deliverTpdu, fromHex, partsOf, TEXT_TPDU, toHex } from "../modem/tpdu.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const PUSHES = captures.captures.filter(({ name }) => name.startsWith("kannel-udp-") && !name.includes("1.2"));

test("from the antenna to the session: each notification once, its messages deleted, a text left alone", () => {
  for (const line of ["at once", "in pieces"] as const) {
    const bench = createBench({ memories: ["SM", "ME"], isEchoStubborn: true, capacity: 20 }, {}, line);
    const hal = createMockHal();
    const verdicts: string[] = [];
    const client = pkg0.createClient(
      { ...hal, sms: bench.modem },
      {
        sms: () => pkg0.createSmsReceiver(bench.clock, {}),
        onVerdict: status => verdicts.push(pkg0.statusName(status)),
      },
    );
    expect(
      client.addAccount({ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] }),
    ).toBe(pkg0.OK);
    client.open();
    bench.run(10);
    bench.emulator.store(`00${toHex(TEXT_TPDU)}`, TEXT_TPDU.length);
    for (const { hex } of PUSHES) {
      // under one reference, so that only the digest tells the parts apart; and all of it twice
      const tpdus = partsOf(fromHex(hex[0]!), 1).map(part => deliverTpdu("447700900123", part));
      for (const tpdu of [...tpdus.reverse(), ...tpdus]) bench.emulator.message(tpdu);
      bench.run(10);
    }
    expect(verdicts.filter(verdict => verdict === "OK").length).toBe(PUSHES.length);
    expect(new Set(verdicts)).toEqual(new Set(["OK", "MORE", "SMS_DUPLICATE", "TPDU_DCS"]));
    expect(bench.emulator.stored()).toBe(1);
    client.close();
  }
});
