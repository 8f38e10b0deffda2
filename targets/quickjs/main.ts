/** `qjs --std quickjs.js CONFIG`: a device with an AT modem on a tty. CONFIG is JSON: README.md. */
import { copyOf } from "../../src/account/dmacc.ts";
import type { SessionRequest, Ui } from "../../src/hal.ts";
import { SESSION_LATER, SESSION_STARTED } from "../../src/wire.ts";
import { type Device, type DeviceOptions, parseJson, requestJson, startDevice } from "../device.ts";
import { createQuickjsBoard, createTtySerial } from "./hal.ts";
import type { Os, Std } from "./qjs.ts";

declare const std: Std;
declare const os: Os;
declare const scriptArgs: string[];

/** The wait status of a command that answers no. Every other status but 0 is no answer. */
const EXIT_1 = 256;

/** The options of startDevice, and the following. */
interface Config extends Omit<DeviceOptions, "ui" | "bearers"> {
  /** The tty of the modem. */
  tty: string;
  /** Folder of the records. */
  state: string;
  /** The command that runs a DM session; its last argument is the request. Without it, the request is only printed. */
  session?: string[];
  /**
   * The command that tells or asks the user (§6.4.4). Its last arguments are "inform" or "confirm", and the request. Its
   * exit status answers "confirm": 0 is yes, 1 is no. After any other status, or when it cannot be run, it is run again a
   * minute later. Without it, nobody is told or asked.
   */
  ui?: string[];
  /** A file that is read once a second: the bearers that are up, a JSON array of Preferred-Bearer values. Without it, all are. */
  bearers?: string;
}

/** Prints and flushes, because a pipe is buffered. */
function print(line: string): void {
  std.out.puts(`${line}\n`);
  std.out.flush();
}

function run(config: Config): void {
  os.mkdir(config.state, 0o700);
  const board = createQuickjsBoard(std, os, config.state);
  /** Commands that run, by process id, and who is told their wait status. */
  const running: { [pid: string]: (status: number) => void } = {};
  const ended: SessionRequest[] = [];
  /** Questions without an answer, to be asked again. */
  const open: (() => void)[] = [];
  const options: DeviceOptions = copyOf(config as unknown as DeviceOptions);
  let bearersUp = "";
  let seconds = 0;

  /** Runs a command with `more` as its last arguments. False when it cannot be run. */
  function execute(command: string[], more: string[], told: (status: number) => void): boolean {
    const pid = os.exec(command.concat(more), { block: false });
    if (pid >= 0) running[pid] = told;
    return pid >= 0;
  }

  function createUi(command: string[]): Ui {
    return {
      inform: (_reason, request) => void execute(command, ["inform", requestJson(request)], () => {}),
      confirm(reason, request, answer) {
        const again = () => void open.push(() => (options.ui as Ui).confirm(reason, request, answer));
        const isAsked = execute(command, ["confirm", requestJson(request)], status => {
          if (status === 0 || status === EXIT_1) answer(status === 0);
          else again();
        });
        if (!isAsked) again();
      },
    };
  }

  /** Reads which bearers are up; whether that has changed. */
  function readBearers(): boolean {
    const text = config.bearers === undefined ? null : std.loadFile(config.bearers);
    const former = bearersUp;
    bearersUp = text === null ? "" : text;
    return bearersUp !== former;
  }

  if (config.ui !== undefined) options.ui = createUi(config.ui);
  if (config.bearers !== undefined) {
    readBearers();
    options.bearers = {
      isAvailable(bearer) {
        const up = parseJson(bearersUp);
        return Array.isArray(up) && up.indexOf(bearer) >= 0;
      },
    };
  }

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
    return execute(config.session, [json], () => ended.push(request)) ? SESSION_STARTED : SESSION_LATER;
  };

  function tick(): void {
    device.tick();
    if (++seconds % 60 === 0) open.splice(0, open.length).forEach(again => void again());
    if (readBearers()) device.client.bearerChanged();
    for (const pid in running) {
      const waited = os.waitpid(Number(pid), os.WNOHANG);
      if (waited[0] === 0) continue;
      const told = running[pid];
      delete running[pid];
      told(waited[1]);
    }
    for (let request = ended.pop(); request !== undefined; request = ended.pop()) {
      device.client.sessionDone(request);
      print(`done ${request.sessionId}`);
    }
    os.setTimeout(tick, 1000);
  }

  const device: Device = startDevice(board, options);
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
