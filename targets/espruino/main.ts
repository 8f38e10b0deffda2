/**
 * `require("pkg0").connect(options)`, or `boot()` for a device that starts by itself; as a boot file it does so at once.
 * README.md has both step by step.
 */
import type { SessionRequest } from "../../src/hal.ts";
import { PUSH_PORT, SESSION_LATER } from "../../src/wire.ts";
import { type Device, type DeviceOptions, parseJson, requestJson, startDevice } from "../device.ts";
import type { Crypto, Dgram, EspruinoSerial, EspruinoStorage } from "./espruino.ts";
import { createEspruinoBoard, createNativeHash, createSerial, createUdp } from "./hal.ts";

declare const exports: { connect?: typeof connect; boot?: typeof boot } | undefined;
/** `global.require`, since a bundler takes a bare require for its own. */
declare const global: { require: (name: string) => unknown; [name: string]: unknown };
declare const getTime: () => number;
declare const setInterval: (call: () => void, milliseconds: number) => unknown;
declare const setTimeout: (call: () => void, milliseconds: number) => unknown;
declare const print: (line: string) => void;

/** Those of a device, too: accounts, and the bounds of ClientOptions. */
interface Options extends DeviceOptions {
  /** Serial port of an AT modem, or the name of one; absent: no modem. Given as an object, it has been set up. */
  serial?: EspruinoSerial | string;
  /** 115200 when absent; what Serial.setup takes besides: rx, tx, ... */
  baud?: number;
  setup?: { [name: string]: unknown };
  /** Listen for datagrams: true on port 2948, as the standard has it, or on another. */
  udp?: boolean | number;
  /**
   * Starts the DM session; `done` is to be called once when it has ended. Returns as SessionStarter.start does. Absent:
   * the global function onDmSession, and where there is none, sessions wait.
   */
  session?: (request: SessionRequest, done: () => void) => number;
  log?: (line: string) => void;
}

function connect(options: Options): Device {
  const board = createEspruinoBoard(global.require("Storage") as EspruinoStorage, getTime);
  board.log = options.log === undefined ? print : options.log;
  const hash = createNativeHash(cryptoOf());
  if (hash !== undefined) board.hash = hash;
  if (options.serial !== undefined) {
    let port = options.serial;
    if (typeof port === "string") {
      port = global[port] as EspruinoSerial;
      port.setup(options.baud === undefined ? 115200 : options.baud, options.setup === undefined ? {} : options.setup);
    }
    board.serial = createSerial(port);
  }
  const udp = options.udp;
  if (udp !== undefined && udp !== false)
    board.udp = createUdp(global.require("dgram") as Dgram, udp === true ? PUSH_PORT : udp);
  board.session.start = request => {
    const start = (options.session === undefined ? global.onDmSession : options.session) as Options["session"];
    if (start === undefined) {
      print(`waits for onDmSession: ${requestJson(request)}`);
      return SESSION_LATER;
    }
    return start(request, () => device.client.sessionDone(request));
  };
  const device: Device = startDevice(board, options);
  device.client.resume();
  setInterval(() => {
    board.tick();
    device.tick();
  }, 1000);
  return device;
}

function cryptoOf(): Crypto | null {
  try {
    return global.require("crypto") as Crypto;
  } catch (_error) {
    return null; // a firmware without it
  }
}

/** Starts with the options of the Storage file `pkg0.json`, when the program that defines onDmSession has been loaded, too. */
function boot(): void {
  setTimeout(() => {
    const text = (global.require("Storage") as EspruinoStorage).read("pkg0.json");
    const options = parseJson(text === undefined ? "" : text) as Options | null;
    if (options === null) print("pkg0.json is missing, or no JSON");
    else connect(options);
  }, 0);
}

if (typeof exports === "object") {
  exports.connect = connect;
  exports.boot = boot;
} else {
  boot();
}
