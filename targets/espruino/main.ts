/**
 * The module `pkg0`: `require("pkg0").connect(options)` starts a device; `boot()` starts one with stored options, and runs
 * by itself in a boot file. README.md shows both step by step.
 */
import type { SessionRequest } from "../../src/hal.ts";
import { PUSH_PORT, SESSION_LATER } from "../../src/wire.ts";
import { datagramBytesOf } from "../bounds.ts";
import { type Device, type DeviceOptions, parseJson, requestJson, startDevice } from "../device.ts";
import type { Crypto, Dgram, EspruinoSerial, EspruinoStorage } from "./espruino.ts";
import { createEspruinoBoard, createSerial, createUdp, nativeHashOf } from "./hal.ts";

declare const exports: { connect?: typeof connect; boot?: typeof boot } | undefined;
/** `global.require`, because a bundler would resolve a bare `require`. */
declare const global: { require: (name: string) => unknown; [name: string]: unknown };
declare const getTime: () => number;
declare const setInterval: (call: () => void, milliseconds: number) => unknown;
declare const setTimeout: (call: () => void, milliseconds: number) => unknown;
declare const print: (line: string) => void;
/** Frees the functions that only the start calls: build/start-only.mjs puts a `delete` of each in place of the call. */
declare const freeStart: () => void;

/** The options of startDevice, and the following. */
interface Options extends DeviceOptions {
  /** The serial port of an AT modem, by its name or as an object that is already set up. Without it there is no modem. */
  serial?: EspruinoSerial | string;
  /** By default 115200. */
  baud?: number;
  /** Further options of Serial.setup: rx, tx, ... */
  setup?: { [name: string]: unknown };
  /** Listens for datagrams: true for the standard's port 2948, or the number of another port. */
  udp?: boolean | number;
  /**
   * Starts the DM session, and calls `done` once when it has ended. Returns as SessionStarter.start does. By default the
   * global function onDmSession; while there is none, sessions wait.
   */
  session?: (request: SessionRequest, done: () => void) => number;
  log?: (line: string) => void;
}

function connect(options: Options): Device {
  const board = createEspruinoBoard(global.require("Storage") as EspruinoStorage, getTime);
  board.log = options.log === undefined ? print : options.log;
  const hash = nativeHashOf(cryptoOf());
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
    board.udp = createUdp(global.require("dgram") as Dgram, udp === true ? PUSH_PORT : udp, datagramBytesOf(options));
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
    return null; // a firmware without SHA-256
  }
}

/**
 * Starts with the options in the Storage file `pkg0.json`, after the program that defines onDmSession, dmUi and dmBearers has
 * been loaded. JSON cannot hold those three, so they are globals; dmDevice becomes the device.
 */
function boot(): void {
  setTimeout(() => {
    const text = (global.require("Storage") as EspruinoStorage).read("pkg0.json");
    const options = parseJson(text === undefined ? "" : text) as Options | null;
    if (options === null) {
      print("pkg0.json is missing, or no JSON");
      return;
    }
    options.ui = global.dmUi as Required<Options>["ui"];
    options.bearers = global.dmBearers as Required<Options>["bearers"];
    global.dmDevice = connect(options);
    delete options.accounts; // they are stored, and here they would take memory as long as the device runs
    freeStart();
  }, 0);
}

if (typeof exports === "object") {
  exports.connect = connect;
  exports.boot = boot;
} else {
  boot();
}
