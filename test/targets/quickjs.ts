/** A fake of QuickJS' std and os, as far as the target uses them, over a medium in memory. Failures are -errno. */
import type { Port } from "../../targets/conformance/index.ts";
import { createQuickjsBoard, createTtySerial } from "../../targets/quickjs/hal.ts";
import type { Os, Std } from "../../targets/quickjs/qjs.ts";
import { createMedium, handsOf } from "./port.ts";

/** Constants of `os` and `std`, as on Linux. */
export const OS_FLAGS = { platform: "linux", O_RDWR: 2, O_WRONLY: 1, O_CREAT: 64, O_TRUNC: 512 };
export const STD_SEEK = { SEEK_SET: 0, SEEK_END: 2 };

const TTY = 100;
const ENOENT = -2;
const ENOSPC = -28;

export function createQuickjsPort(setNow: (posixSeconds: number) => void): Port {
  const medium = createMedium();
  const open = new Map<number, string>();
  let handler: (() => void) | null = null;
  const serialIn: number[] = [];
  let serialOut: number[] = [];
  let started = 0;
  let last = 3;

  const std = {
    ...STD_SEEK,
    open(path: string) {
      const file = medium.isUnreadable ? undefined : medium.files.get(path);
      if (file === undefined) return null;
      let at = 0;
      return {
        seek: (offset: number, whence: number) => {
          at = whence === 2 ? file.length + offset : offset;
          return 0;
        },
        tell: () => at,
        read(buffer: ArrayBuffer, position: number, length: number) {
          const bytes = file.subarray(at, at + length);
          new Uint8Array(buffer, position).set(bytes);
          return bytes.length;
        },
        close: () => 0,
      };
    },
  } as unknown as Std;

  const os = {
    ...OS_FLAGS,
    open(path: string) {
      if (path === "/dev/modem") return TTY;
      if (medium.isOff) return ENOENT;
      medium.files.set(path, new Uint8Array(0));
      open.set(++last, path);
      return last;
    },
    close(file: number) {
      return open.delete(file) || file === TTY ? 0 : -9;
    },
    read(_file: number, buffer: ArrayBuffer, offset: number, length: number) {
      const bytes = serialIn.splice(0, length);
      new Uint8Array(buffer, offset).set(bytes);
      return bytes.length;
    },
    // at most 100 bytes at once, as a tty may
    write(file: number, buffer: ArrayBuffer, offset: number, length: number) {
      const bytes = new Uint8Array(buffer, offset, Math.min(length, 100));
      if (file === TTY) {
        serialOut.push(...bytes);
        return bytes.length;
      }
      const path = open.get(file)!;
      const all = Uint8Array.from([...medium.files.get(path)!, ...bytes]);
      return medium.write(path, all) ? bytes.length : ENOSPC;
    },
    ttySetRaw() {},
    setReadHandler(_file: number, onReadable: (() => void) | null) {
      handler = onReadable;
    },
    rename(from: string, to: string) {
      if (medium.isOff) return ENOENT;
      medium.files.set(to, medium.files.get(from)!);
      medium.files.delete(from);
      return 0;
    },
    remove(path: string) {
      return !medium.isOff && medium.files.delete(path) ? 0 : ENOENT;
    },
    stat: (path: string) => (medium.files.has(path) ? [{}, 0] : [null, 2]),
  } as unknown as Os;

  return {
    start() {
      const board = createQuickjsBoard(std, os, "state");
      board.serial = createTtySerial(os, "/dev/modem", () => {});
      board.session.start = () => {
        started++;
        return 0;
      };
      return board;
    },
    whenArrived(next) {
      while (serialIn.length > 0 && handler !== null) handler();
      next();
    },
    ...handsOf(medium, key => `state/${key}`),
    serialIn: bytes => void serialIn.push(...(handler === null ? [] : bytes)),
    serialOut() {
      const sent = serialOut;
      serialOut = [];
      return sent;
    },
    setClock: setNow,
    sessions: () => started,
  };
}
