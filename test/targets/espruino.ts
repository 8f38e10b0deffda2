/** Espruino's libraries, as far as the target uses them; dialect and quirks are those of the real ones (2v29). */
import { createHash } from "node:crypto";
import type { Port } from "../../targets/conformance/index.ts";
import type { EspruinoSerial, EspruinoStorage } from "../../targets/espruino/espruino.ts";
import { createEspruinoBoard, createSerial, createUdp, nativeHashOf } from "../../targets/espruino/hal.ts";
import { createMedium, handsOf } from "./port.ts";

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

export function createEspruinoPort(): Port {
  const medium = createMedium();
  // memory-mapped flash can always be read
  const { setUnreadable: _none, ...hands } = handsOf(medium, key => `p0.${key}`);
  const flash: EspruinoStorage = {
    read(name) {
      const file = medium.files.get(name);
      return file === undefined ? undefined : textOf(file);
    },
    readArrayBuffer: name => medium.files.get(name)?.buffer as ArrayBuffer | undefined, // mapped: not a copy
    write(name, bytes) {
      if (name.length > 28) throw new Error("File name too long");
      if (bytes.length === 0) throw new Error("Can't create zero length file");
      if (textOf(bytes) === flash.read(name)) return true; // the same contents: not written
      if (medium.isFull) throw new Error("Unable to find or create file");
      medium.files.delete(name); // the old one is marked as gone first
      return medium.write(name, bytes);
    },
    erase: name => void medium.files.delete(name),
  };
  let time = 1700000000;
  let onData: ((text: string) => void) | null = null;
  let onMessage: ((text: string) => void) | null = null;
  let serialOut: number[] = [];
  let started = 0;
  let tick = (): void => {};
  const serial: EspruinoSerial = {
    setup() {},
    on: (_event, receive) => {
      onData = receive;
    },
    removeAllListeners: () => {
      onData = null;
    },
    write: bytes => void serialOut.push(...bytes),
  };
  const dgram = {
    createSocket: () => ({
      bind: (_port: number, bound: () => void) => queueMicrotask(bound),
      on: (_event: "message", receive: (text: string) => void) => {
        onMessage = receive;
      },
      close: () => {
        onMessage = null;
      },
    }),
  };
  const SHA256 = (message: Uint8Array) => new Uint8Array(createHash("sha256").update(message).digest()).buffer;

  return {
    start() {
      const board = createEspruinoBoard(flash, () => time);
      tick = board.tick;
      board.serial = createSerial(serial);
      board.udp = createUdp(dgram, 2948, 1100);
      const hash = nativeHashOf({ SHA256 });
      if (hash !== undefined) board.hash = hash;
      board.session.start = () => {
        started++;
        return 0;
      };
      return board;
    },
    whenArrived: next => void setTimeout(next, 0),
    ...hands,
    datagram: bytes => onMessage?.(textOf(bytes)),
    serialIn: bytes => onData?.(textOf(bytes)),
    serialOut() {
      const sent = serialOut;
      serialOut = [];
      return sent;
    },
    setClock: seconds => {
      time = seconds === 0 ? 37.25 : seconds + 0.5; // an unset one counts from the start
    },
    pass: seconds => {
      for (let i = 0; i < seconds; i++) tick();
    },
    passDay: () => {
      for (let i = 0; i < 86400; i++) tick();
    },
    sessions: () => started,
  };
}
