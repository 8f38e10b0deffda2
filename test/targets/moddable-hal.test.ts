/** Checks a board of Moddable when the SDK throws. */
import { describe, expect, test } from "vitest";
import type { KeyValue, SerialClass, UdpClass } from "../../targets/moddable/embedded.ts";
import { createIoSerial, createKeyValueStorage, createModdableBoard, createUdp } from "../../targets/moddable/hal.ts";

const bytes = Uint8Array.of(1, 2, 3);
const fail = (): never => {
  throw new Error("no");
};

describe("the HAL over Moddable's IO, where it throws,", () => {
  test("has no records without a domain", () => {
    const storage = createKeyValueStorage({ open: fail }, "pkg0");
    expect([storage.load("k"), storage.save("k", bytes), storage.erase("k")]).toEqual([false, false, false]);
  });

  test("says that a record is still there", () => {
    const domain = { read: () => bytes.buffer, write: fail, delete: fail };
    const storage = createKeyValueStorage({ open: () => domain } as unknown as KeyValue, "pkg0");
    expect([storage.save("k", bytes), storage.erase("k")]).toEqual([false, false]);
  });

  test("has nothing to receive with where the UDP port is in use", () => {
    const udp = createUdp(fail as unknown as UdpClass, 2948);
    expect(udp.open(() => 0)).toBe(false);
    udp.close();
  });

  test("loses what is written to a serial port that cannot be opened", () => {
    const serial = createIoSerial(fail as unknown as SerialClass, {});
    serial.open(() => {});
    serial.write(bytes);
    serial.close();
  });

  test("writes again what there was no room for, and nothing to a port that has gone", () => {
    const written: number[] = [];
    let isFull = true;
    let options = {} as { onWritable(count: number): void; onError(): void };
    class Port {
      constructor(given: typeof options) {
        options = given;
      }
      write(buffer: ArrayBuffer): void {
        if (isFull) fail();
        written.push(...new Uint8Array(buffer));
      }
      close(): void {}
    }
    const serial = createIoSerial(Port as unknown as SerialClass, {});
    serial.open(() => {});
    options.onWritable(100);
    serial.write(bytes);
    expect(written).toEqual([]);
    isFull = false;
    serial.write(Uint8Array.of(4));
    expect(written).toEqual([]);
    options.onWritable(100);
    expect(written).toEqual([1, 2, 3, 4]);
    options.onError();
    serial.write(bytes);
    options.onWritable(100);
    expect(written).toEqual([1, 2, 3, 4]);
  });

  test("counts seconds over a wrap of 32 bits, and not those that the time of day goes back", () => {
    const time = { ticks: 0x7ffffff0 };
    const { clock } = createModdableBoard({ open: fail }, time);
    const secondsAt = (ticks: number): number => {
      time.ticks = ticks;
      return clock.monotonicSeconds();
    };
    expect(secondsAt(-0x7ffffff0 + 1000)).toBe(1);
    time.ticks = 1_790_000_000_000;
    const now = clock.monotonicSeconds();
    expect(secondsAt(1_790_000_005_000)).toBe(now + 5);
    expect(secondsAt(1_789_999_000_000)).toBe(now + 5);
    expect(secondsAt(1_789_999_002_000)).toBe(now + 7);
  });
});
