/**
 * The whole client, with mutated messages and with storage that an attacker has filled: it must return a status, throw no
 * exception, access no byte out of range, and start no session that no good message asked for.
 */
import { expect, test } from "vitest";
import { checkOf } from "../../src/bytes.ts";
import * as pkg0 from "../../src/index.ts";
import { createMockHal } from "../../targets/mock/hal.ts";
import { createRandom } from "../random.ts";
import { NOW } from "../suite/device.ts";
import { DM_ACC, NONCE, octets, push12, push13 } from "../suite/messages.ts";
import { mutate } from "./mutate.ts";

const RUNS = Number(process.env.FUZZ_RUNS ?? 20_000) / 4;
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const STATUSES = new Set(pkg0.STATUSES.map(([name]) => (pkg0 as unknown as Record<string, number>)[name]));

/** An array with the same bytes that throws for an index out of range, as in MicroQuickJS and Espruino. */
function guarded(bytes: Uint8Array): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && /^-?\d+$|^NaN$|^undefined$/.test(key) && !(Number(key) < target.length)) {
        throw new Error(`byte ${key} of ${target.length}`);
      }
      const value = Reflect.get(target, key, target);
      if (key !== "subarray") return typeof value === "function" ? value.bind(target) : value;
      return (from: number, to: number) => {
        if (!(from >= 0 && from <= to && to <= target.length)) throw new Error(`bytes ${from} to ${to}`);
        return target.subarray(from, to);
      };
    },
  });
}

const goods = [
  push13({ sessionId: 1, timestamp: NOW }),
  push13({
    sessionId: 2,
    timestamp: NOW + 1,
    uiMode: 2,
    connectReason: octets("reason"),
    vendorInfo: octets("vendor"),
  }),
  push13({ sessionId: 3, timestamp: NOW + 2, preferredBearer: [6, 2], targetedMo: [1, 300] }),
  push12({ sessionId: 4 }, NONCE),
  push12({ sessionId: 5, vendorInfo: octets("body") }, NONCE),
  push12({ sessionId: 6 }, new Uint8Array(4)),
];

test("mutated messages: only declared statuses, and no session but those of good ones", { timeout: 3_600_000 }, () => {
  const random = createRandom(SEED);
  const hal = createMockHal();
  hal.posix = NOW;
  const client = pkg0.createClient(hal, { pendingMax: 100 });
  client.addAccount({ ...DM_ACC, nonceResync: true });
  client.addAccount({ serverId: "b", appAuth: [] });
  const types = [pkg0.CONTENT_TYPE_OTHER, pkg0.CONTENT_TYPE_12, pkg0.CONTENT_TYPE_13];
  for (let i = 0; i < RUNS; i++) {
    const message = mutate(random, goods[random(goods.length)]!, goods);
    const bytes = guarded(message);
    const isBody = random(3) === 0;
    const from = isBody ? Math.min(6, message.length) : 0;
    const before = hal.storage.writes;
    const status = isBody
      ? client.receiveBody(bytes, from, message.length, types[random(3)]!, pkg0.VIA_HTTP)
      : client.receivePush(bytes, 0, message.length, pkg0.VIA_UDP);
    const what = Buffer.from(message).toString("hex");
    expect(STATUSES.has(status), what).toBe(true);
    expect(client.at >= from && client.at <= message.length, `${what}: at ${client.at}`).toBe(true);
    expect(hal.storage.writes - before, what).toBe(status === pkg0.OK ? 2 : 0);
  }
  const started = hal.started.map(request => request.sessionId);
  expect(new Set(started).size).toBe(started.length);
  for (const id of started) expect(["1", "2", "3", "4", "5", "6"]).toContain(id);
  for (const push of goods) client.receivePush(push, 0, push.length, pkg0.VIA_UDP);
  expect(hal.started.map(request => request.sessionId).sort()).toEqual(["1", "2", "3", "4", "5", "6"]);
});

/** The offset at which a record begins in its slot. */
const RECORD_AT = 7;

/** A slot with `record` as the store would write it under `name`: its checksum is right, whatever the record contains. */
function slotOf(name: string, record: Uint8Array): Uint8Array {
  const slot = new Uint8Array(RECORD_AT + record.length + 4);
  slot.set(record, RECORD_AT);
  slot.set([0x50, 0x30, 2, 0, 0, 0, name.endsWith("a") ? 8 : 9]);
  let seed = 0;
  for (const character of name.slice(0, -1)) seed = (seed * 31 + character.charCodeAt(0)) | 0;
  const check = checkOf(checkOf(seed, slot, RECORD_AT, slot.length - 4), slot, 0, RECORD_AT);
  new DataView(slot.buffer).setUint32(slot.length - 4, check);
  return slot;
}

test("records that somebody else wrote, checksum and all: a status, and no exception", { timeout: 3_600_000 }, () => {
  const random = createRandom(SEED);
  const hal = createMockHal();
  hal.posix = NOW;
  hal.answer = pkg0.SESSION_LATER;
  const device = pkg0.createClient(hal, {});
  device.addAccount(DM_ACC);
  for (const push of goods) device.receivePush(push, 0, push.length, pkg0.VIA_UDP);
  const records = Object.entries(hal.storage.records);
  const { load } = hal.storage;
  hal.storage.load = key => {
    const record = load(key);
    return record ? guarded(record) : record;
  };
  let damaged = 0;
  let readable = 0;
  for (let i = 0; i < RUNS; i++) {
    hal.storage.records = Object.fromEntries(records);
    const [name, slot] = records[random(records.length)]!;
    const others = records.map(([, other]) => other.slice(RECORD_AT, -4));
    const record = mutate(random, slot.slice(RECORD_AT, -4), others);
    hal.storage.records[name] = random(8) === 0 ? mutate(random, slot, others) : slotOf(name, record);
    const client = pkg0.createClient(hal, { rememberedMax: random(10) });
    const status = client.open();
    if (status === pkg0.OK) readable++;
    else damaged++;
    expect([pkg0.OK, pkg0.STORE_CORRUPT, pkg0.STORE_FALLBACK, pkg0.STORE_VERSION]).toContain(status);
    client.resume();
    for (const push of goods) expect(STATUSES.has(client.receivePush(push, 0, push.length, pkg0.VIA_UDP))).toBe(true);
    for (const dmAcc of client.listAccounts()) client.saveNonce(dmAcc.serverId, NONCE);
    client.addAccount(DM_ACC);
    client.removeAccount(DM_ACC.serverId);
  }
  expect(damaged).toBeGreaterThan(0);
  expect(readable).toBeGreaterThan(0);
});

test("a memory of any length but those that remember could have left is damaged", () => {
  for (let length = 0; length < 40; length++) {
    const hal = createMockHal();
    pkg0.createClient(hal, {}).addAccount(DM_ACC);
    const owner = pkg0.utf8Bytes(DM_ACC.serverId);
    const record = new Uint8Array(8 + owner.length + length);
    record[3] = owner.length;
    record.set(owner, 4);
    record[7 + owner.length] = length;
    hal.storage.records.adm0a = slotOf("adm0a", record);
    const isWhole = length >= 5 && (length - 5) % 9 === 0;
    const client = pkg0.createClient(hal, {});
    expect([length, client.open()]).toEqual([length, isWhole ? pkg0.OK : pkg0.STORE_CORRUPT]);
    const [good] = goods;
    const status = client.receivePush(good!, 0, good!.length, pkg0.VIA_UDP);
    expect([length, status]).toEqual([length, isWhole ? pkg0.OK : pkg0.STORE_CORRUPT]);
    for (let cut = 0; cut < record.length; cut++) {
      hal.storage.records.adm0a = slotOf("adm0a", record.subarray(0, cut));
      hal.storage.records.adm0b = slotOf("adm0b", record.subarray(0, cut));
      expect([cut, pkg0.createClient(hal, {}).open()]).toEqual([cut, pkg0.STORE_CORRUPT]);
    }
  }
});
