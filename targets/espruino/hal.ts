/** The HAL over Espruino's libraries: records in Storage, an AT modem on a Serial, datagrams by dgram, native SHA-256. */
import type { NativeHash, Receiver, Serial, Storage } from "../../src/hal.ts";
import { SESSION_LATER } from "../../src/wire.ts";
import { posixSecondsOf } from "../bounds.ts";
import { type Board, writeByteString } from "../device.ts";
import type { Crypto, Dgram, EspruinoSerial, EspruinoStorage } from "./espruino.ts";

const CHUNK_BYTES = 64;

/**
 * Records are files `<prefix><key>`; a name has at most 28 characters. Replacing a file first marks the old one as deleted,
 * so a power cut loses both; the two slots of createStore are two files.
 */
export function createFlashStorage(flash: EspruinoStorage, prefix: string): Storage {
  return {
    load(key) {
      const file = flash.readArrayBuffer(prefix + key);
      if (file === undefined) return null;
      const bytes = new Uint8Array(file);
      return new Uint8Array(bytes); // a copy, because compacting the Storage moves files
    },
    save(key, bytes) {
      try {
        return flash.write(prefix + key, bytes);
      } catch (_error) {
        return false; // the Storage is full, or the name is in use
      }
    },
    erase(key) {
      flash.erase(prefix + key);
      return flash.read(prefix + key) === undefined;
    },
  };
}

/** The Serial of a port that is set up. The console, if there is one, must be on another port. */
export function createSerial(port: EspruinoSerial): Serial {
  const chunk = new Uint8Array(CHUNK_BYTES);
  return {
    open(receive) {
      port.on("data", text => {
        for (let at = 0; at < text.length; at += CHUNK_BYTES) {
          const piece = text.substring(at, at + CHUNK_BYTES);
          receive(chunk, 0, writeByteString(piece, chunk));
        }
      });
    },
    write(bytes) {
      port.write(bytes);
    },
    close() {
      port.removeAllListeners("data");
    },
  };
}

/** A receiver of datagrams on `port`. It cuts off what is beyond `bytesMax`, which is more than the client reads. */
export function createUdp(dgram: Dgram, port: number, bytesMax: number): Receiver {
  const bytes = new Uint8Array(bytesMax);
  let socket: ReturnType<Dgram["createSocket"]> | null = null;
  return {
    open(deliver) {
      try {
        const opened = dgram.createSocket("udp4");
        socket = opened;
        opened.bind(port, () => {
          opened.on("message", text => {
            if (socket === opened) deliver(bytes, 0, Math.min(bytesMax, writeByteString(text, bytes)));
          });
        });
        return true;
      } catch (_error) {
        return false; // there is no network yet, or the port is taken
      }
    },
    close() {
      if (socket !== null) socket.close();
      socket = null;
    },
  };
}

/** The native SHA-256; undefined when the firmware has none. */
export function nativeHashOf(crypto: Crypto | null): NativeHash | undefined {
  if (crypto === null || typeof crypto.SHA256 !== "function") return undefined;
  return { sha256: message => new Uint8Array((crypto as Required<Crypto>).SHA256(message)) };
}

/** A board without receivers and sessions. The caller calls `tick` once a second. */
export function createEspruinoBoard(flash: EspruinoStorage, getTime: () => number): Board & { tick(): void } {
  let seconds = 0; // getTime jumps when the clock is set
  return {
    storage: createFlashStorage(flash, "p0."),
    clock: {
      posixSeconds: () => posixSecondsOf(getTime()),
      monotonicSeconds: () => seconds,
    },
    session: { start: () => SESSION_LATER },
    tick() {
      seconds++;
    },
  };
}
