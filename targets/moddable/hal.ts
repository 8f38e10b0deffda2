/**
 * The HAL over ECMA-419 IO, as in Moddable SDK 8.2. The caller passes the classes, so that this module can be preloaded.
 * Every call of the SDK that may throw is within a try: a device without its storage or port starts all the same, and
 * reports it.
 */
import type { NativeHash, Receiver, Serial, Storage } from "../../src/hal.ts";
import { SESSION_LATER } from "../../src/wire.ts";
import { posixSecondsOf } from "../bounds.ts";
import type { Board } from "../device.ts";
import type { DigestClass, KeyValue, SerialClass, Time, UdpClass } from "./embedded.ts";

/** How many bytes may wait for room in the serial port. */
const QUEUE_BYTES = 512;

/** A Storage in one key-value domain; the keys are not changed. */
export function createKeyValueStorage(keyValue: KeyValue, path: string): Storage {
  let domain: ReturnType<KeyValue["open"]> | undefined;
  try {
    domain = keyValue.open({ path, mode: "r+", format: "buffer" });
  } catch (_error) {}

  function load(key: string): Uint8Array | null | false {
    try {
      const value = domain!.read(key);
      return value === undefined ? null : new Uint8Array(value);
    } catch (_error) {
      return false;
    }
  }

  return {
    load,
    save(key, bytes) {
      try {
        domain!.write(key, bufferOf(bytes, 0, bytes.length));
        return true;
      } catch (_error) {
        return false;
      }
    },
    erase(key) {
      if (load(key) === null) return true; // some platforms throw when a deleted key does not exist
      try {
        domain!.delete(key);
      } catch (_error) {}
      return load(key) === null;
    },
  };
}

/** `options` are those of the Serial: port, receive, transmit, baud. Bytes without room wait for onWritable. */
export function createIoSerial(SerialIo: SerialClass, options: { [name: string]: unknown }): Serial {
  const queue = new Uint8Array(QUEUE_BYTES);
  let port: InstanceType<SerialClass> | null = null;
  let queued = 0;
  let room = 0;

  function flush(): void {
    const count = Math.min(queued, room);
    if (port === null || count === 0) return;
    try {
      port.write(bufferOf(queue, 0, count));
    } catch (_error) {
      room = 0; // less room than it announced
      return;
    }
    room -= count;
    queued -= count;
    for (let i = 0; i < queued; i++) queue[i] = queue[count + i];
  }

  return {
    open(receive) {
      const all: { [name: string]: unknown } = {};
      for (const name in options) all[name] = options[name];
      all.format = "buffer";
      all.onReadable = () => {
        const value = port === null ? undefined : port.read();
        if (value !== undefined) receive(new Uint8Array(value), 0, value.byteLength);
      };
      all.onError = () => {
        port = null; // the tty was unplugged: the SDK closes it, and crashes when it is used
      };
      all.onWritable = (count: number) => {
        room = count;
        flush();
      };
      queued = 0;
      try {
        port = new SerialIo(all as unknown as ConstructorParameters<SerialClass>[0]);
      } catch (_error) {}
    },
    write(bytes) {
      if (queued + bytes.length > QUEUE_BYTES) return;
      queue.set(bytes, queued);
      queued += bytes.length;
      flush();
    },
    close() {
      if (port !== null) port.close();
      port = null;
      room = 0;
    },
  };
}

export function createUdp(Udp: UdpClass, port: number): Receiver {
  let socket: InstanceType<UdpClass> | null = null;
  return {
    open(deliver) {
      try {
        socket = new Udp({
          port,
          onReadable(packets) {
            for (let i = 0; i < packets && socket !== null; i++) {
              const packet = socket.read();
              if (packet !== undefined) deliver(new Uint8Array(packet), 0, packet.byteLength);
            }
          },
        });
      } catch (_error) {} // another program has the port
      return socket !== null;
    },
    close() {
      if (socket !== null) socket.close();
      socket = null;
    },
  };
}

export function createDigestHash(Digest: DigestClass): NativeHash {
  function digestOf(name: "SHA256" | "MD5", message: Uint8Array): Uint8Array {
    const digest = new Digest(name);
    digest.write(message);
    return new Uint8Array(digest.close());
  }
  return { sha256: message => digestOf("SHA256", message), md5: message => digestOf("MD5", message) };
}

/** A board without receivers and sessions. */
export function createModdableBoard(keyValue: KeyValue, time: Time): Board {
  let last = time.ticks;
  let milliseconds = 0;
  return {
    storage: createKeyValueStorage(keyValue, "pkg0"),
    clock: {
      posixSeconds: () => posixSecondsOf(Date.now() / 1000),
      monotonicSeconds() {
        const now = time.ticks;
        milliseconds += Math.max(0, (now - last) | 0); // wraps on boards; may go back in the simulator
        last = now;
        return Math.floor(milliseconds / 1000);
      },
    },
    session: { start: () => SESSION_LATER },
  };
}

/** An ArrayBuffer of exactly these bytes: Serial and File on Linux take nothing else. */
function bufferOf(bytes: Uint8Array, from: number, to: number): ArrayBuffer {
  return new Uint8Array(bytes.subarray(from, to)).buffer;
}
