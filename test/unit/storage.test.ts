/** The file storage of the Node target, and the store over it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { createStore, slotOf } from "../../src/account/store.ts";
import { checkOf } from "../../src/bytes.ts";
import { OK, STORE_CORRUPT, STORE_FALLBACK, STORE_VERSION, STORE_WRITE } from "../../src/status.ts";
import { createFlash } from "../../targets/mock/flash.ts";
import { createMockStorage } from "../../targets/mock/hal.ts";
import { createFileStorage } from "../../targets/node/storage.ts";
import { createRandom } from "../random.ts";
import { octets } from "../suite/messages.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pkg0-"));
});

describe("createFileStorage", () => {
  test("saves, replaces, loads, erases", () => {
    const storage = createFileStorage(join(directory, "new", "state"));
    expect(storage.load("acc0a")).toBeNull();
    expect(storage.save("acc0a", octets("first, and long"))).toBe(true);
    expect(storage.save("acc0a", octets("second"))).toBe(true);
    expect(storage.save("acc0b", new Uint8Array(0))).toBe(true);
    const again = createFileStorage(join(directory, "new", "state"));
    expect(again.load("acc0a")).toEqual(octets("second"));
    expect(again.load("acc0b")).toEqual(new Uint8Array(0));
    expect(again.erase("acc0a")).toBe(true);
    expect(again.erase("acc0a")).toBe(true);
    expect(again.load("acc0a")).toBeNull();
    expect(readdirSync(join(directory, "new", "state"))).toEqual(["acc0b"]);
  });

  test("keeps what is left of a cut write apart, and secrets from others", () => {
    const storage = createFileStorage(directory);
    storage.save("acc0a", octets("whole"));
    writeFileSync(join(directory, "acc0a.new"), "who", { mode: 0o600 });
    expect(createFileStorage(directory).load("acc0a")).toEqual(octets("whole"));
    storage.save("acc0a", octets("next"));
    expect(readdirSync(directory)).toEqual(["acc0a"]);
    expect(statSync(join(directory, "acc0a")).mode & 0o077).toBe(0);
  });

  test("answers false, and throws nothing, where it cannot write", () => {
    const told: string[] = [];
    const storage = createFileStorage(directory, (what, error) => told.push(`${what}: ${error.message}`));
    mkdirSync(join(directory, "acc0a", "in the way"), { recursive: true });
    expect(storage.save("acc0a", octets("x"))).toBe(false);
    expect(storage.erase("acc0a")).toBe(false);
    expect(storage.load("acc0a"), "something is there").toBe(false);
    expect(told).toEqual([
      expect.stringMatching(/^save acc0a: (EISDIR|ENOTEMPTY|EPERM|EEXIST)/),
      expect.stringMatching(/^erase acc0a: .*(EISDIR|directory)/),
      expect.stringContaining("load acc0a: "),
    ]);
  });
});

describe("createStore", () => {
  test("a save without a load before it overwrites the older slot, wherever the newest one is", () => {
    for (let saves = 0; saves < 4; saves++) {
      const flash = createFlash(saves + 1);
      for (let i = 1; i <= saves; i++) createStore(flash).save("k", slotOf(Uint8Array.of(i)), 1);
      const store = createStore(flash);
      flash.bytesLeft = 3; // a cut in that save
      expect(store.save("k", slotOf(Uint8Array.of(9)), 1)).toBe(STORE_WRITE);
      flash.powerOn();
      store.load("k");
      expect(store.record?.[0], `after ${saves} saves`).toBe(saves === 0 ? undefined : saves);
      const again = createStore(flash);
      expect(again.save("k", slotOf(Uint8Array.of(10)), 1)).toBe(OK);
      again.load("k");
      expect(again.record?.[0]).toBe(10);
    }
  });

  const textOf = (record: Uint8Array | null) => (record === null ? null : Buffer.from(record).toString());

  test("the check is the number that its comment describes, and finds each change of one or two bytes", () => {
    const prime = 2n ** 16n * 16380n - 1n;
    const random = createRandom(3);
    for (let length = 0; length < 80; length++) {
      const bytes = Uint8Array.from({ length }, () => [0, 255, random(256)][random(3)]);
      const seed = random(2 ** 30);
      let number = BigInt((seed + length) % 2 ** 30);
      const even = length - (length % 4);
      for (let at = 0; at < length; at += at < even ? 2 : 1)
        number = number * 16380n + BigInt(at < even ? 256 * bytes[at] + bytes[at + 1] : bytes[at]);
      const good = checkOf(seed, bytes, 0, length);
      expect(BigInt(good) % prime).toBe(number % prime);
      expect(good).toBeLessThan(2 ** 30);
      for (let at = 0; at < length; at++) {
        const changed = new Uint8Array(bytes);
        changed[at] ^= 1 << random(8);
        expect(checkOf(seed, changed, 0, length)).not.toBe(good);
        changed[random(length)] ^= 1 << random(8);
        expect(checkOf(seed, changed, 0, length) === good).toBe(Buffer.compare(changed, bytes) === 0);
      }
    }
  });

  test("the newest record counts, also when the sequence wraps", () => {
    // as if 2^32 - 2 saves had gone before: the record of slot b with the sequence FFFFFFFF
    const late = createMockStorage();
    const counting = createStore({
      ...late,
      save: (name, bytes) => late.save(name, withSequence(name, bytes, 0xffffffff)),
    });
    counting.load("k");
    counting.save("k", slotOf(octets("before")), 1);
    const wrapped = createStore(late);
    expect(wrapped.load("k")).toBe(OK);
    expect(textOf(wrapped.record)).toBe("before");
    expect(wrapped.save("k", slotOf(octets("after")), 1)).toBe(OK);
    expect(Object.keys(late.records).sort()).toEqual(["ka", "kb"]);
    expect(createStore(late).load("k")).toBe(OK);
    wrapped.load("k");
    expect(textOf(wrapped.record)).toBe("after");
  });

  function withSequence(name: string, bytes: Uint8Array, sequence: number): Uint8Array {
    const slot = new Uint8Array(bytes);
    new DataView(slot.buffer).setUint32(3, sequence);
    let seed = 0;
    for (const character of name.slice(0, -1)) seed = (seed * 31 + character.charCodeAt(0)) | 0;
    const check = checkOf(checkOf(seed, slot, 7, slot.length - 4), slot, 0, 7);
    new DataView(slot.buffer).setUint32(slot.length - 4, check);
    return slot;
  }

  test("every changed byte and every cut of the only slot is found", () => {
    const storage = createMockStorage();
    const store = createStore(storage);
    store.load("k");
    store.save("k", slotOf(octets("a record")), 1);
    const good = storage.records.kb as Uint8Array;
    for (let at = 0; at < good.length; at++) {
      for (const mask of [1, 128, 255]) {
        storage.records.kb = good.map((byte, i) => (i === at ? byte ^ mask : byte));
        expect([at, mask, store.load("k"), store.record]).toEqual([at, mask, STORE_CORRUPT, null]);
      }
      storage.records.kb = good.subarray(0, at);
      expect([at, store.load("k"), store.record]).toEqual([at, STORE_CORRUPT, null]);
    }
    storage.records.kb = Uint8Array.of(...good, 0);
    expect(store.load("k")).toBe(STORE_CORRUPT);
    storage.records = { kb: good };
    expect(store.load("k")).toBe(OK);
    expect(textOf(store.record)).toBe("a record");
    storage.records = { ka: good };
    expect(store.load("k"), "of the other slot").toBe(STORE_CORRUPT);
    storage.records = { lb: good };
    expect(store.load("l"), "of another key").toBe(STORE_CORRUPT);
  });

  test("a record of a later format is neither read nor overruled", () => {
    const storage = createMockStorage();
    const store = createStore(storage);
    store.load("k");
    store.save("k", slotOf(octets("old")), 1);
    store.save("k", slotOf(octets("new")), 1);
    const later = new Uint8Array(storage.records.ka as Uint8Array);
    later[2] = 3;
    storage.records.ka = withSequence("ka", later, 2);
    expect(store.load("k")).toBe(STORE_VERSION);
    expect(store.record).toBeNull();
    const writes = storage.writes;
    expect(store.save("k", slotOf(octets("ours")), 1)).toBe(STORE_VERSION);
    expect(store.erase("k")).toBe(STORE_VERSION);
    expect(storage.writes).toBe(writes);
  });

  test("a slot that is worn out fails, and the former record stands", () => {
    const flash = createFlash(1);
    flash.wearMax = 3;
    const store = createStore(flash);
    store.load("k");
    for (let i = 0; i < 6; i++) expect(store.save("k", slotOf(octets(`record ${i}`)), 1)).toBe(OK);
    expect(store.save("k", slotOf(octets("record 6")), 1)).toBe(STORE_WRITE);
    expect(store.load("k"), "and the other slot is damaged").toBe(STORE_FALLBACK);
    expect(textOf(store.record)).toBe("record 5");
  });

  test("erase leaves no record, and nothing of it in the storage", () => {
    const storage = createMockStorage();
    const store = createStore(storage);
    store.load("k");
    store.save("k", slotOf(octets("secret one")), 1);
    store.save("k", slotOf(octets("secret two")), 1);
    expect(store.erase("k")).toBe(OK);
    expect(store.load("k")).toBe(OK);
    expect(store.record).toBeNull();
    store.save("k", slotOf(octets("another")), 1);
    const left = Object.values(storage.records).map(record => Buffer.from(record).toString("latin1"));
    expect(left.join()).not.toContain("secret");
    expect(store.load("k")).toBe(OK);
    expect(textOf(store.record)).toBe("another");
  });

  test("over files", () => {
    const store = createStore(createFileStorage(directory));
    store.load("k");
    store.save("k", slotOf(octets("one")), 1);
    store.save("k", slotOf(octets("two")), 1);
    const torn = readFileSync(join(directory, "ka"));
    writeFileSync(join(directory, "ka"), torn.subarray(0, 9));
    expect(store.load("k")).toBe(STORE_FALLBACK);
    expect(textOf(store.record)).toBe("one");
  });
});
