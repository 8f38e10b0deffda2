import { createHash as createNodeHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import * as pkg0 from "../../src/index.ts";
import { encode, pushOf } from "../../targets/codec/encode.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { createBench } from "../modem/bench.ts";
import { deliverTpdu, partsOf } from "../modem/tpdu.ts";
import captures from "../vectors/captures.json" with { type: "json" };

const DM_ACC: pkg0.DmAcc = {
  serverId: "dm.example.com",
  appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }],
};

/** A client that takes short messages, with its verdicts and the sessions that it started. */
function device(options: pkg0.SmsReceiverOptions = {}) {
  const hal = createMockHal();
  const verdicts: string[] = [];
  const told: unknown[][] = [];
  const client = pkg0.createClient(hal, {
    sms: store => pkg0.createSmsReceiver(hal.clock, { isSubmitRead: true, store, ...options }),
    onVerdict(status, at, _via, about) {
      verdicts.push(pkg0.statusName(status));
      told.push([pkg0.statusName(status), at, about()]);
    },
  });
  client.open();
  if (client.listAccounts().length === 0) client.addAccount(DM_ACC);
  return { hal, client, verdicts, told };
}

function createHash() {
  return (message: Uint8Array) => new Uint8Array(createNodeHash("sha256").update(message).digest());
}

/** The TPDU of a line that a modem prints, without its SMSC part. */
function tpduOf(hex: string): Uint8Array {
  const bytes = Buffer.from(hex, "hex");
  return bytes.subarray(1 + bytes[0]!);
}

const SMS = captures.captures.filter(({ layer }) => layer.startsWith("at-"));
const capture = (name: string) => SMS.find(one => one.name === name)!;

describe("a client with short messages", () => {
  for (const { name, hex, expect: expected } of SMS) {
    test(`gives ${name} the verdict it should have`, () => {
      const { client, verdicts, hal } = device();
      for (const line of hex) {
        const tpdu = tpduOf(line);
        client.receiveTpdu(tpdu, 0, tpdu.length);
      }
      const good = name.includes("non-DM") ? 0 : name.includes("collision") ? 2 : 1;
      const others = verdicts.filter(status => status !== "OK" && status !== "MORE");
      expect(
        verdicts.filter(status => status === "OK").length + others.filter(status => status === "DUPLICATE").length,
      ).toBe(good);
      expect(others.filter(status => status !== "DUPLICATE")).toEqual(
        expected && good === 0 ? ["WSP_CONTENT_TYPE_OTHER"] : [],
      );
      for (const answer of hal.answers) answer(true);
      expect(hal.started.length).toBe(verdicts.filter(status => status === "OK").length);
    });
  }

  test("takes the parts in any order and doubled", () => {
    const { client, verdicts } = device();
    const parts = capture("gammu-deliver-5-parts").hex.map(tpduOf);
    for (const i of [4, 2, 2, 0, 3, 4, 1]) client.receiveTpdu(parts[i]!, 0, parts[i]!.length);
    expect(verdicts).toEqual(["MORE", "MORE", "MORE", "MORE", "MORE", "MORE", "OK"]);
  });

  for (const bytes of [0, 300]) {
    test(`a message that could not be judged for want of memory passes when it comes again: ${bytes} more bytes`, () => {
      const { hal, client } = device();
      const tpdus = genuine("7", "r".repeat(bytes)).parts;
      const sha256 = createHash();
      let left = 2;
      hal.hash = {
        sha256(message) {
          if (left-- > 0) throw new Error("out of memory");
          return sha256(message);
        },
      };
      const small = pkg0.createClient(hal, { sms: store => pkg0.createSmsReceiver(hal.clock, { store }) });
      small.open();
      const last = tpdus[tpdus.length - 1]!;
      for (const tpdu of tpdus.slice(0, -1)) expect(small.receiveTpdu(tpdu, 0, tpdu.length)).toBe(pkg0.MORE);
      for (let i = 0; i < 2; i++) expect(() => small.receiveTpdu(last, 0, last.length)).toThrow("out of memory");
      expect(small.receiveTpdu(last, 0, last.length)).toBe(pkg0.OK);
      expect(client.listAccounts().length).toBe(1);
    });
  }

  test("keeps parts over a reset, and starts nothing twice", () => {
    const first = device();
    const parts = capture("gammu-deliver-2-parts").hex.map(tpduOf);
    expect(first.client.receiveTpdu(parts[0]!, 0, parts[0]!.length)).toBe(pkg0.MORE);
    const hal = first.hal;
    const client = pkg0.createClient(hal, {
      sms: store => pkg0.createSmsReceiver(hal.clock, { store }),
    });
    expect(client.receiveTpdu(parts[1]!, 0, parts[1]!.length)).toBe(pkg0.OK);
    hal.answers[0]!(true);
    expect(client.sessionDone(hal.started[0]!)).toBe(pkg0.OK);
    const again = pkg0.createClient(hal, {
      sms: store => pkg0.createSmsReceiver(hal.clock, { store }),
    });
    expect(again.receiveTpdu(parts[0]!, 0, parts[0]!.length)).not.toBe(pkg0.OK);
    expect(again.receiveTpdu(parts[1]!, 0, parts[1]!.length)).not.toBe(pkg0.OK);
    expect(hal.started.length).toBe(1);
  });

  test("says where a part breaks, and that it was made without short messages", () => {
    const { client } = device();
    const tpdu = tpduOf(capture("gammu-deliver-single").hex[0]!);
    expect(pkg0.statusName(client.receiveTpdu(tpdu, 0, 60))).toBe("TPDU_SHORT");
    expect(client.at).toBeLessThanOrEqual(60);
    expect(pkg0.statusName(client.receiveTpdu(tpdu, 0, 20)), "nobody knows whose it is").toBe("SMS_PORT_MISSING");
    expect(pkg0.createClient(createMockHal(), {}).receiveTpdu(tpdu, 0, tpdu.length)).toBe(pkg0.SMS_OFF);
  });

  test("forged parts do not use up genuine ones, nor write again and again", () => {
    const { hal, client } = device();
    const id = pkg0.utf8Bytes(DM_ACC.serverId);
    // looks like 1.2, for which the account has no secret: refused before any digest
    const forged = new Uint8Array([
      1,
      6,
      3,
      0xc4,
      0xaf,
      0x87,
      ...new Uint8Array(16),
      2,
      0xd8,
      0,
      0,
      0,
      1,
      2,
      id.length,
      ...id,
    ]);
    const [one, two] = genuine("AAAA", "x".repeat(120)).parts;
    expect(take(client, two!)).toBe(pkg0.MORE);
    const writes = hal.storage.writes;
    for (let second = 0; second < 50; second++) {
      const tpdu = deliverTpdu(
        "447700900123",
        Buffer.concat([Buffer.from("0b05040b8423f00003070201", "hex"), forged]),
        second,
      );
      expect(take(client, tpdu)).not.toBe(pkg0.OK);
    }
    expect(hal.storage.writes).toBe(writes);
    expect(take(client, one!)).toBe(pkg0.OK);
  });

  test("of several sets of parts, status, offset and Server-ID are those of one: the one that came furthest", () => {
    const [one, two] = genuine("EEEE", "z".repeat(120)).parts;
    const forged = changed(one!, one!.length - 1, 1); // of Vendor-Info
    const stray = changed(one!, one!.indexOf("010603d8", 0, "hex") + 1, 1); // no push
    const stranger = changed(one!, one!.indexOf(DM_ACC.serverId), 1);
    const whole = Buffer.concat([forged.subarray(-128), two!.subarray(one!.length - 128)]);
    const digestAt = whole.length - pkg0.SHA256_BYTES;
    for (const firsts of permutations([stray, forged, stranger])) {
      const { client, told } = device();
      for (const first of firsts) expect(take(client, first)).toBe(pkg0.MORE);
      expect(take(client, two!)).toBe(pkg0.DIGEST_WRONG);
      expect(client.at).toBe(digestAt);
      expect(told.at(-1)).toEqual(["DIGEST_WRONG", digestAt, { serverId: DM_ACC.serverId, sessionId: "EEEE" }]);
      expect(take(client, one!), "the genuine part").toBe(pkg0.OK);
      expect(told.at(-1)![2]).toEqual({ serverId: DM_ACC.serverId, sessionId: "EEEE" });
    }
  });

  test("what was refused for a passing reason is judged anew when it comes again", () => {
    const { hal, client } = device();
    const [single] = genuine("BBBB", "").parts;
    const [one, two] = genuine("CCCC", "y".repeat(120)).parts;
    expect(take(client, one!)).toBe(pkg0.MORE);
    hal.storage.isBroken = true;
    expect(take(client, single!)).toBe(pkg0.STORE_WRITE);
    expect(take(client, two!)).toBe(pkg0.STORE_WRITE);
    hal.storage.isBroken = false;
    expect(take(client, single!)).toBe(pkg0.OK);
    expect(take(client, two!)).toBe(pkg0.OK);
    expect(hal.started.map(({ sessionId }) => sessionId)).toEqual(["BBBB", "CCCC"]);
  });

  test("a modem keeps what could not be saved, until it can", () => {
    const { hal, client } = device();
    const bench = createBench({}, {});
    bench.modem.open(client.receiveTpdu);
    bench.run(10);
    hal.storage.isBroken = true;
    for (const tpdu of genuine("DDDD", "").parts) bench.emulator.message(tpdu);
    bench.run(30);
    expect(hal.started).toEqual([]);
    hal.storage.isBroken = false;
    bench.run(120);
    expect(hal.started.map(({ sessionId }) => sessionId)).toEqual(["DDDD"]);
  });
});

function changed(bytes: Uint8Array, at: number, bits: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= bits;
  return copy;
}

function permutations<X>(all: X[]): X[][] {
  return all.length < 2
    ? [all]
    : all.flatMap((one, i) => permutations(all.filter((_, k) => k !== i)).map(rest => [one, ...rest]));
}

/** A push that DM_ACC's server signed, as TPDUs. */
function genuine(sessionId: string, vendorInfo: string): { parts: Buffer[] } {
  const fields = { sessionId, serverId: DM_ACC.serverId, requestedMo: [1], ...(vendorInfo !== "" && { vendorInfo }) };
  const { bytes, contentType } = encode(fields, { secret: "secret" });
  return {
    parts: partsOf(pushOf(bytes, contentType, 1), 7).map(part => Buffer.from(deliverTpdu("447700900123", part))),
  };
}

function take(client: pkg0.Client, tpdu: Uint8Array): number {
  return client.receiveTpdu(tpdu, 0, tpdu.length);
}
