/** A fake of a firmware in C: its host functions. */
import { createHash } from "node:crypto";
import type { Port } from "../../targets/conformance/index.ts";
import { createHostBoard, type Host, type HostBoard } from "../../targets/host-functions/hal.ts";
import { createMedium, handsOf } from "./port.ts";

export interface HostPort extends Port {
  host: Required<Host>;
  restart(): void;
  kept(): number;
}

export function createHostPort(): HostPort {
  const medium = createMedium();
  const datagrams: Uint8Array[] = [];
  /** The messages that the board's modem keeps, and the place of the next one for `sms`. */
  const tpdus: Uint8Array[] = [];
  let tpduAt = 0;
  const serialIn: number[] = [];
  let serialOut: number[] = [];
  let posix = 1700000000;
  let monotonic = 100;
  let started = 0;
  let board: HostBoard | null = null;

  const next = (queue: Uint8Array[], into: Uint8Array): number => {
    const message = queue.shift();
    if (message === undefined) return 0;
    into.set(message.subarray(0, into.length));
    return message.length;
  };

  const host: Required<Host> = {
    load(key, into) {
      const file = medium.files.get(key);
      if (file === undefined) return -1;
      if (medium.isUnreadable) return -3;
      into.set(file.subarray(0, into.length));
      return file.length;
    },
    save: (key, bytes) => medium.write(key, bytes),
    erase: key => medium.files.delete(key) || true,
    posixSeconds: () => posix,
    monotonicSeconds: () => monotonic,
    start() {
      started++;
      return 0;
    },
    read(into) {
      const bytes = serialIn.splice(0, into.length);
      into.set(bytes);
      return bytes.length;
    },
    write: bytes => void serialOut.push(...bytes),
    sms(into) {
      const tpdu = tpdus[tpduAt];
      if (tpdu === undefined) return 0;
      into.set(tpdu.subarray(0, into.length));
      return tpdu.length;
    },
    smsSettled(isSettled) {
      if (isSettled) tpdus.splice(tpduAt, 1);
      tpduAt = isSettled ? 0 : tpduAt + 1;
    },
    datagram: into => next(datagrams, into),
    isAvailable: () => true,
    sha256: (message, digest) => digest.set(createHash("sha256").update(message).digest()),
    options: () => "{}",
    ui() {},
    log() {},
  };

  return {
    host,
    start() {
      board = createHostBoard(host, {});
      return board;
    },
    whenArrived(next) {
      board?.poll();
      next();
    },
    ...handsOf(medium, key => key),
    restart() {
      medium.isOff = false;
      tpduAt = 0;
    },
    kept: () => tpdus.length,
    datagram: bytes => void datagrams.push(bytes.slice()),
    tpdu: bytes => void tpdus.push(bytes.slice()),
    serialIn: bytes => void serialIn.push(...bytes),
    serialOut() {
      const sent = serialOut;
      serialOut = [];
      return sent;
    },
    setClock: seconds => {
      posix = seconds;
    },
    pass: seconds => {
      monotonic += seconds;
      tpduAt = 0;
    },
    passDay: () => {
      monotonic += 86400;
    },
    sessions: () => started,
  };
}
