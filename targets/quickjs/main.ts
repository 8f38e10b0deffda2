/** `qjs --std quickjs.js CONFIG`: a device with an AT modem on a tty. CONFIG is JSON: README.md. */
import type { SessionRequest } from "../../src/hal.ts";
import { SESSION_LATER, SESSION_STARTED } from "../../src/wire.ts";
import { type Device, type DeviceOptions, parseJson, requestJson, startDevice } from "../device.ts";
import { createQuickjsBoard, createTtySerial } from "./hal.ts";
import type { Os, Std } from "./qjs.ts";

declare const std: Std;
declare const os: Os;
declare const scriptArgs: string[];

/** The options of startDevice, and the following. */
interface Config extends DeviceOptions {
  /** The tty of the modem. */
  tty: string;
  /** Folder of the records. */
  state: string;
  /** The command that runs a DM session; its last argument is the request. Without it, the request is only printed. */
  session?: string[];
}

/** Prints and flushes, because a pipe is buffered. */
function print(line: string): void {
  std.out.puts(`${line}\n`);
  std.out.flush();
}

function run(config: Config): void {
  os.mkdir(config.state, 0o700);
  const board = createQuickjsBoard(std, os, config.state);
  const running: { [pid: string]: SessionRequest } = {};
  const ended: SessionRequest[] = [];

  board.log = print;
  board.serial = createTtySerial(os, config.tty, () => {
    print("modem gone");
    std.exit(1); // the supervisor starts it again
  });
  board.session.start = request => {
    const json = requestJson(request);
    if (config.session === undefined) {
      print(`start ${json}`);
      ended.push(request);
      return SESSION_STARTED;
    }
    const pid = os.exec(config.session.concat(json), { block: false });
    if (pid < 0) return SESSION_LATER;
    running[pid] = request;
    return SESSION_STARTED;
  };

  function tick(): void {
    device.tick();
    for (const pid in running) {
      if (os.waitpid(Number(pid), os.WNOHANG)[0] === 0) continue;
      ended.push(running[pid]);
      delete running[pid];
    }
    for (let request = ended.pop(); request !== undefined; request = ended.pop()) {
      device.client.sessionDone(request);
      print(`done ${request.sessionId}`);
    }
    os.setTimeout(tick, 1000);
  }

  const device: Device = startDevice(board, config);
  device.client.resume();
  tick();
}

const text = std.loadFile(scriptArgs[1]);
const config = parseJson(text === null ? "" : text) as Config | null;
if (config === null) {
  print("usage: qjs --std quickjs.js CONFIG, which has to be JSON");
  std.exit(2);
} else {
  run(config);
}
