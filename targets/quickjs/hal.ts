/** The HAL over std and os of QuickJS (qjs --std): records are files, the modem is on a tty, the clock is the machine's. */
import type { Serial, Storage } from "../../src/hal.ts";
import { SESSION_LATER } from "../../src/wire.ts";
import { posixSecondsOf } from "../bounds.ts";
import type { Board } from "../device.ts";
import type { Os, Std } from "./qjs.ts";

declare const performance: { now(): number };

const SERIAL_BYTES = 256;
/** O_SYNC of Linux: a write returns when the data is on the medium; std and os have no fsync. */
const O_DSYNC_LINUX = 0x1000;
/** No such file: the same number on every POSIX system. */
const ENOENT = 2;

/** Records are files in `folder`, which must exist. A file is replaced as a whole. */
export function createFileStorage(std: Std, os: Os, folder: string): Storage {
  const dsync = os.platform === "linux" ? O_DSYNC_LINUX : 0;

  /** Writes and flushes; returns whether all bytes were written. */
  function writeFile(path: string, bytes: Uint8Array): boolean {
    const file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | dsync, 0o600);
    if (file < 0) return false;
    const isWritten = writeAll(os, file, bytes);
    return os.close(file) === 0 && isWritten;
  }

  return {
    load(key) {
      const file = std.open(`${folder}/${key}`, "rb");
      if (file === null) return os.stat(`${folder}/${key}`)[1] === ENOENT ? null : false;
      file.seek(0, std.SEEK_END);
      const length = file.tell();
      file.seek(0, std.SEEK_SET);
      const record = new Uint8Array(Math.max(length, 0));
      const count = file.read(record.buffer, 0, record.length);
      file.close();
      return count === length ? record : false;
    },
    save(key, bytes) {
      const path = `${folder}/${key}`;
      if (writeFile(`${path}.new`, bytes) && os.rename(`${path}.new`, path) === 0) return true;
      os.remove(`${path}.new`);
      return false;
    },
    erase(key) {
      const path = `${folder}/${key}`;
      os.remove(path);
      return os.stat(path)[1] !== 0;
    },
  };
}

/** The tty of an AT modem; stty sets its speed (README.md). `onEnd` is called when the tty is lost. */
export function createTtySerial(os: Os, path: string, onEnd: () => void): Serial {
  const buffer = new Uint8Array(SERIAL_BYTES);
  let file = -1;

  function close(): void {
    if (file < 0) return;
    os.setReadHandler(file, null);
    os.close(file);
    file = -1;
  }

  return {
    open(receive) {
      close();
      file = os.open(path, os.O_RDWR, 0);
      if (file < 0) {
        onEnd();
        return;
      }
      os.ttySetRaw(file);
      os.setReadHandler(file, () => {
        const count = os.read(file, buffer.buffer, 0, SERIAL_BYTES);
        if (count > 0) {
          receive(buffer, 0, count);
        } else {
          close();
          onEnd();
        }
      });
    },
    write(bytes) {
      if (file >= 0) writeAll(os, file, bytes);
    },
    close,
  };
}

/** Whether all of `bytes` could be written. */
function writeAll(os: Os, file: number, bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length) {
    const count = os.write(file, bytes.buffer as ArrayBuffer, bytes.byteOffset + at, bytes.length - at);
    if (count <= 0) return false;
    at += count;
  }
  return true;
}

/** A board without receivers and sessions. */
export function createQuickjsBoard(std: Std, os: Os, folder: string): Board {
  return {
    storage: createFileStorage(std, os, folder),
    clock: {
      posixSeconds: () => posixSecondsOf(Date.now() / 1000),
      // os.now counts milliseconds in QuickJS, microseconds in QuickJS-ng
      monotonicSeconds: () => Math.floor(performance.now() / 1000),
    },
    session: { start: () => SESSION_LATER },
  };
}
