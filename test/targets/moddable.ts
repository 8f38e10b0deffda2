/**
 * Fakes of Moddable's IO classes, as far as the target uses them: late callbacks, counts without data, writes that throw
 * when there is no room.
 */
import { createHash } from "node:crypto";
import type { Port } from "../../targets/conformance/index.ts";
import type { DigestClass, KeyValue, SerialClass, UdpClass } from "../../targets/moddable/embedded.ts";
import { createDigestHash, createIoSerial, createModdableBoard, createUdp } from "../../targets/moddable/hal.ts";
import { createMedium, handsOf } from "./port.ts";

const ROOM = 48;

export function createModdablePort(setNow: (posixSeconds: number) => void): Port {
  const medium = createMedium();
  const keyValue: KeyValue = {
    open: () => ({
      read(key) {
        if (medium.isUnreadable) throw new Error("read failed");
        return medium.files.get(key)?.slice().buffer;
      },
      write(key, value) {
        if (!(value instanceof ArrayBuffer)) throw new Error("ArrayBuffer expected");
        if (!medium.write(key, new Uint8Array(value))) throw new Error("write failed");
      },
      delete(key) {
        if (!medium.files.delete(key)) throw new Error("not found");
      },
    }),
  };
  const time = { ticks: 0x7ffffff0 }; // wraps during the checks
  let readable: Uint8Array[] = [];
  let serialIn = (_bytes: Uint8Array): void => {};
  let datagramIn = (_bytes: Uint8Array): void => {};
  let serialOut: number[] = [];
  let started = 0;

  class Serial {
    #free = 0;
    #writable: (count: number) => void;
    constructor(options: { onReadable: (count: number) => void; onWritable: (count: number) => void }) {
      readable = [];
      this.#writable = options.onWritable;
      setTimeout(() => this.#drain(), 0);
      serialIn = bytes => {
        readable.push(bytes.slice());
        options.onReadable(bytes.length);
      };
    }
    #drain(): void {
      this.#free = ROOM;
      this.#writable(ROOM);
    }
    read(): ArrayBuffer | undefined {
      const all = readable.shift();
      return all?.buffer as ArrayBuffer | undefined;
    }
    write(bytes: ArrayBuffer): void {
      if (bytes.byteLength > this.#free) throw new Error("no room");
      this.#free -= bytes.byteLength;
      serialOut.push(...new Uint8Array(bytes));
      setTimeout(() => this.#drain(), 0);
    }
    close(): void {
      serialIn = () => {};
    }
  }

  class Udp {
    #packets: Uint8Array[] = [];
    constructor(options: { onReadable: (packets: number) => void }) {
      let told = 0;
      datagramIn = bytes => {
        this.#packets.push(bytes.slice());
        if (told++ === 0)
          setTimeout(() => {
            told = 0;
            options.onReadable(this.#packets.length);
          }, 0);
      };
    }
    read(): ArrayBuffer | undefined {
      return this.#packets.shift()?.buffer as ArrayBuffer | undefined;
    }
    close(): void {
      datagramIn = () => {};
    }
  }

  class Digest {
    #hash;
    constructor(name: string) {
      this.#hash = createHash(name.toLowerCase());
    }
    write(bytes: ArrayBuffer): void {
      this.#hash.update(new Uint8Array(bytes));
    }
    close(): ArrayBuffer {
      return new Uint8Array(this.#hash.digest()).buffer;
    }
  }

  return {
    start() {
      const board = createModdableBoard(keyValue, time);
      board.serial = createIoSerial(Serial as unknown as SerialClass, { port: 1, baud: 115200 });
      board.udp = createUdp(Udp as unknown as UdpClass, 2948);
      board.hash = createDigestHash(Digest as unknown as DigestClass);
      board.session.start = () => {
        started++;
        return 0;
      };
      return board;
    },
    whenArrived: next => void setTimeout(next, 30),
    ...handsOf(medium, key => key),
    datagram: bytes => datagramIn(bytes),
    serialIn: bytes => serialIn(bytes),
    serialOut() {
      const sent = serialOut;
      serialOut = [];
      return sent;
    },
    setClock: setNow,
    pass: seconds => {
      time.ticks = (time.ticks + 1000 * seconds) | 0;
    },
    passDay: () => {
      time.ticks = (time.ticks + 86_400_000) | 0;
    },
    sessions: () => started,
  };
}
