/**
 * A firmware in JavaScript, for trying the bundle in an engine's command line before there is any C: the host functions,
 * with records in memory and a modem that has one notification. `desk.run()` is its main loop.
 */
import { createSha256 } from "../../src/hash/sha256.ts";
import { computeDigest13, DIGEST_COLONS } from "../../src/notification/digest13.ts";
import { utf8Bytes } from "../../src/notification/utf8.ts";
import { writePushHeader } from "../../src/push/wsp.ts";
import { CONTENT_TYPE_13, SHA256_BYTES } from "../../src/wire.ts";
import { checkPort, type Port } from "../conformance/index.ts";
import { writeByteString } from "../device.ts";
import { createHostBoard, type Host, type HostBoard } from "./hal.ts";

declare const print: ((line: string) => void) | undefined;
declare const console: { log(line: string): void };
/** The global that the bundle defines. */
declare const pkg0: {
  poll(): void;
  tick(): void;
  addAccount(json: string): number;
  sessionDone(serverId: string, sessionId: string): number;
};

const write = typeof print === "function" ? print : (line: string) => console.log(line);
const SERVER_ID = "dm.example.com";
const ACCOUNT = `{"serverId":"${SERVER_ID}","appAuth":[{"aauthLevel":"NOTICRED","aauthSecret":"secret"}]}`;

const records: { [key: string]: Uint8Array } = {};
let seconds = 0;
let fromModem = "";
let command = "";
let isStored = true;
let sessions = 0;

function copy(text: string, into: Uint8Array): number {
  const length = Math.min(text.length, into.length);
  return writeByteString(text.substring(0, length), into);
}

const host: Host = {
  load(key, into) {
    const record = records[key];
    if (record === undefined) return -1;
    for (let i = 0; i < record.length && i < into.length; i++) into[i] = record[i];
    return record.length;
  },
  save(key, bytes) {
    records[key] = new Uint8Array(bytes);
    return true;
  },
  erase(key) {
    delete records[key];
    return true;
  },
  posixSeconds: () => 1700000000 + seconds,
  monotonicSeconds: () => seconds,
  start(request) {
    write(`start ${request}`);
    sessions++;
    return 0;
  },
  read(into) {
    const count = copy(fromModem, into);
    fromModem = fromModem.substring(count);
    return count;
  },
  write(bytes) {
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] !== 13) command += String.fromCharCode(bytes[i]);
      else obey();
    }
  },
  log: write,
};

/** A minimal AT modem that has one stored message. */
function obey(): void {
  if (command === "AT+CPMS?") fromModem += '\r\n+CPMS: "SM",1,10,"SM",1,10,"SM",1,10\r\n';
  if (command.substring(0, 7) === "AT+CMGL" && isStored)
    fromModem += `\r\n+CMGL: 1,0,,${tpdu.length / 2}\r\n00${tpdu}\r\n`;
  if (command === "AT+CMGD=1") isStored = false;
  fromModem += command === "AT+CSMS=1" ? "\r\nERROR\r\n" : "\r\nOK\r\n";
  command = "";
}

function hex(bytes: ArrayLike<number>): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16);
  return text;
}

/** SMS-DELIVER from +123 to port 2948: a notification of 1.3 with session 1234, signed. */
function createTpdu(): string {
  const push = new Uint8Array(6 + 12 + 2 + SERVER_ID.length + 3 + SHA256_BYTES);
  const from = writePushHeader(0, CONTENT_TYPE_13, push, 0);
  push.set([0x15, 0x40, 0, 0, 0, 60, 0x12, 0x34, 0x65, 0x53, 0xf1, 0, 0x10, SERVER_ID.length], from);
  push.set(utf8Bytes(SERVER_ID), from + 14);
  const optionAt = from + 14 + SERVER_ID.length;
  push.set([0x30, 1, 1], optionAt);
  const end = optionAt + 3;
  computeDigest13(createSha256(), utf8Bytes("secret"), DIGEST_COLONS, push, from, end, push, end);
  return `44039121f3000462113221000000${hex([7 + push.length])}0605040b8423f0${hex(push)}`;
}
const tpdu = createTpdu();

/** The port of the host functions, which implements its own controls. */
function createDeskPort(): Port {
  const board: HostBoard = createHostBoard(host, {});
  return {
    start: () => board,
    whenArrived(next) {
      board.poll();
      next();
    },
    restart() {},
    serialIn(bytes) {
      for (let i = 0; i < bytes.length; i++) fromModem += String.fromCharCode(bytes[i]);
    },
    pass(count) {
      seconds += count;
    },
    passDay() {
      seconds += 86400;
    },
    sessions: () => sessions,
  };
}

(globalThis as unknown as { host: Host }).host = host;
(globalThis as unknown as { desk: object }).desk = {
  /** Runs the device for ten minutes of its own time. */
  run() {
    write(`account ${pkg0.addAccount(ACCOUNT)}`);
    for (let i = 0; i < 600; i++) {
      seconds++;
      pkg0.tick();
      pkg0.poll();
    }
    write(`done ${pkg0.sessionDone(SERVER_ID, "1234")}`);
  },
  /** Runs the port's conformance checks. */
  check() {
    const report = {
      passed() {},
      failed: (check: string, what: string) => write(`${check}: ${what}`),
      skipped: (check: string, missing: string) => write(`${check}: skipped, no ${missing}`),
    };
    checkPort(createDeskPort(), report, failed => write(`${failed} checks failed`));
  },
};
