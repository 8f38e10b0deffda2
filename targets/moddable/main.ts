/** The module `pkg0` of a Moddable project. It has no state of its own, so it can be preloaded. */
import type { SessionRequest } from "../../src/hal.ts";
import { or } from "../../src/or.ts";
import { PUSH_PORT, SESSION_LATER } from "../../src/wire.ts";
import { type Device, type DeviceOptions, requestJson, startDevice } from "../device.ts";
import type { DigestClass, KeyValue, SerialClass, Time, Timer, UdpClass } from "./embedded.ts";
import { createDigestHash, createIoSerial, createModdableBoard, createUdp } from "./hal.ts";

/** The options of startDevice, and the following. */
export interface Options extends DeviceOptions {
  /** "embedded:storage/key-value", "time", "timer" */
  keyValue: KeyValue;
  Time: Time;
  Timer: Timer;
  /**
   * The serial port of an AT modem in the form of ECMA-419: `{ io, port, receive, transmit, baud }`. Without it there is no
   * modem.
   */
  serial?: { io: SerialClass; [name: string]: unknown };
  /** "embedded:io/socket/udp". Without it there are no datagrams. */
  UDP?: UdpClass;
  /** UDP port: 2948. */
  port?: number;
  /** The class Digest of "crypt". Without it, the hashes in JavaScript are used. */
  Digest?: DigestClass;
  /** Starts the DM session, and calls `done` once when it has ended. Returns as SessionStarter.start does. */
  session?: (request: SessionRequest, done: () => void) => number;
  log?: (line: string) => void;
}

/** Starts the device. */
export default function connect(options: Options): Device {
  const board = createModdableBoard(options.keyValue, options.Time);
  if (options.log !== undefined) board.log = options.log;
  if (options.Digest !== undefined) board.hash = createDigestHash(options.Digest);
  if (options.UDP !== undefined) board.udp = createUdp(options.UDP, or(options.port, PUSH_PORT));
  if (options.serial !== undefined) {
    const serial: { [name: string]: unknown } = {};
    for (const name in options.serial) if (name !== "io") serial[name] = options.serial[name];
    board.serial = createIoSerial(options.serial.io, serial);
  }
  const start = options.session;
  board.session.start = request => {
    if (start !== undefined) return start(request, () => device.client.sessionDone(request));
    if (board.log !== undefined) board.log(`no session starter: ${requestJson(request)}`);
    return SESSION_LATER;
  };
  const device = startDevice(board, options);
  device.client.resume();
  options.Timer.repeat(device.tick, 1000);
  return device;
}
