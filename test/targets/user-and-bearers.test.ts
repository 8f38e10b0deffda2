/**
 * Every ready target, started with the bundle that is flashed: UI-Mode 3 asks before a session (§6.4.4), and a preferred
 * bearer that is down makes it wait (§6.5.6).
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";
import { getQuickJS } from "quickjs-emscripten";
import { describe, expect, test } from "vitest";
import type { Bearers, SessionRequest, Ui } from "../../src/hal.ts";
import * as pkg0 from "../../src/index.ts";
import { type DeviceOptions, startDevice } from "../../targets/device.ts";
import { startTracker } from "../../targets/examples/tracker.js";
import { createMockHal } from "../../targets/mock/hal.ts";
import { bootBoard } from "../../targets/node/quickjs-board.ts";
import { createBench } from "../modem/bench.ts";
import { createEmulator } from "../modem/emulator.ts";
import { createHostPort } from "./host-functions.ts";
import { OS_FLAGS, STD_SEEK } from "./quickjs.ts";
import { ACCOUNT, pushOf, tpdusOf } from "./tty.ts";

/** A device that runs, and the people and networks around it. */
interface World {
  deliver(push: Uint8Array): void | Promise<void>;
  /** SessionIDs of which the user was told, and was asked. */
  informed: string[];
  asked: string[];
  /** Answers the oldest question. */
  answer(isAllowed: boolean): void | Promise<void>;
  /** From now on these are up. */
  bearers(up: number[]): void | Promise<void>;
  /** SessionIDs, in the order of their start; the bearer is behind it where it is not 0. */
  started: string[];
  close?(): void;
}

type Started = Pick<SessionRequest, "sessionId" | "bearer" | "connectReason">;

/** The longest Connect-Reason (§6.3), and bounds with which it passes. */
const LONG = "r".repeat(4095);
const WIDE: DeviceOptions = { messageMax: 4500, pendingBytes: 9000, parts: 40, messageParts: 40 };

/** The options that a program in JavaScript gives, and what they note. */
function createPeople() {
  let up: number[] = [];
  const answers: ((isAllowed: boolean) => void)[] = [];
  const informed: string[] = [];
  const asked: string[] = [];
  const started: string[] = [];
  const ui: Ui = {
    inform: (_, request) => void informed.push(request.sessionId),
    confirm(_, request, answer) {
      asked.push(request.sessionId);
      answers.push(answer);
    },
  };
  const bearers: Bearers = { isAvailable: bearer => up.includes(bearer) };
  return {
    ui,
    bearers: bearers,
    session(request: Started, done: () => void): number {
      started.push(nameOf(request));
      done();
      return 0;
    },
    /** The world of a device that was started with these; `changed` is its bearerChanged. */
    worldOf: (deliver: World["deliver"], changed: () => void): World => ({
      ...{ deliver, informed, asked, started },
      answer: isAllowed => answers.shift()!(isAllowed),
      bearers(now) {
        up = now;
        changed();
      },
    }),
  };
}

const nameOf = ({ sessionId, bearer, connectReason }: Started) =>
  sessionId + (bearer === 0 ? "" : ` over ${bearer}`) + (connectReason === LONG ? " says it all" : "");

/** A bundle in a context of its own, as an engine runs it. */
function runBundle<T extends object>(path: string, globals: T): T & { pkg0?: unknown } {
  const context = createContext(globals);
  runInContext(readFileSync(path, "utf8"), context);
  return context as T;
}

/** Espruino's objects, over nothing but memory. */
function espruinoGlobals() {
  const files = new Map<string, string>();
  let onMessage = (_text: string): void => {};
  const socket = {
    bind: (_port: number, bound: () => void) => bound(),
    on: (_event: string, call: typeof onMessage) => {
      onMessage = call;
    },
    close() {},
  };
  const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
  const libraries: { [name: string]: object } = {
    Storage: {
      read: (name: string) => files.get(name),
      readArrayBuffer: (name: string) =>
        files.has(name) ? Uint8Array.from(Buffer.from(files.get(name)!, "latin1")).buffer : undefined,
      write: (name: string, bytes: Uint8Array | string) =>
        files.set(name, typeof bytes === "string" ? bytes : latin1(bytes)) === files,
      erase: (name: string) => void files.delete(name),
    },
    dgram: { createSocket: () => socket },
    crypto: { SHA256: (message: Uint8Array) => new Uint8Array(createHash("sha256").update(message).digest()).buffer },
  };
  const globals: { [name: string]: unknown } = {
    require(name: string) {
      if (libraries[name] === undefined) throw new Error(`Module ${name} not found`);
      return libraries[name];
    },
    getTime: () => Date.now() / 1000,
    setInterval() {},
    setTimeout: (call: () => void) => call(),
    print() {},
  };
  globals.global = globals;
  return { globals, files, datagram: (push: Uint8Array) => onMessage(latin1(push)) };
}

function openEspruinoModule(bounds: DeviceOptions = {}): World {
  const people = createPeople();
  const { globals, datagram } = espruinoGlobals();
  const exports = {} as { connect(options: object): { client: pkg0.Client } };
  runBundle("dist/espruino.js", Object.assign(globals, { exports }));
  const { client } = exports.connect({ udp: true, accounts: [ACCOUNT], ...people, ...bounds });
  return people.worldOf(datagram, () => client.bearerChanged());
}

function openEspruinoBoot(bounds: DeviceOptions = {}): World {
  const people = createPeople();
  const { globals, files, datagram } = espruinoGlobals();
  files.set("pkg0.json", JSON.stringify({ udp: true, accounts: [ACCOUNT], ...bounds }));
  Object.assign(globals, { onDmSession: people.session, dmUi: people.ui, dmBearers: people.bearers });
  runBundle("dist/espruino.native.js", globals);
  return people.worldOf(datagram, () => (globals.dmDevice as { client: pkg0.Client }).client.bearerChanged());
}

async function openModdable(bounds: DeviceOptions = {}): Promise<World> {
  const people = createPeople();
  const { default: connect } = await import(pathToFileURL(resolve("dist/moddable.js")).href);
  const records = new Map<string, ArrayBuffer>();
  const packets: ArrayBuffer[] = [];
  let onReadable = (_count: number): void => {};
  class UDP {
    constructor(options: { onReadable: typeof onReadable }) {
      onReadable = options.onReadable;
    }
    read = () => packets.shift();
    close() {}
  }
  const domain = {
    read: (key: string) => records.get(key),
    write: (key: string, value: ArrayBuffer) => void records.set(key, value),
    delete: (key: string) => void records.delete(key),
  };
  const { client } = connect({
    ...{ keyValue: { open: () => domain }, Time: { ticks: 0 }, Timer: { repeat() {} }, UDP, accounts: [ACCOUNT] },
    ...people,
    ...bounds,
  });
  const deliver = (push: Uint8Array) => {
    packets.push(push.slice().buffer as ArrayBuffer);
    onReadable(1);
  };
  return people.worldOf(deliver, () => client.bearerChanged());
}

/** QuickJS' std and os over memory and an emulated modem; commands are answered by the test. */
function openQuickjs(bounds: DeviceOptions = {}): World {
  const files = new Map<string, Uint8Array>();
  const open = new Map<number, string>();
  const serialIn: number[] = [];
  const emulator = createEmulator({ capacity: 255 }, bytes => void serialIn.push(...bytes));
  const commands: { args: string[]; status: number | null }[] = [];
  let onReadable: (() => void) | null = null;
  let tick = (): void => {};
  let seconds = 0;
  const config = { tty: "/dev/modem", state: "state", session: ["dm"], ui: ["ui"], bearers: "up", accounts: [ACCOUNT] };
  const texts: { [path: string]: string } = { config: JSON.stringify({ ...config, ...bounds }) };
  const std = {
    ...STD_SEEK,
    ...{ out: { puts() {}, flush() {} }, loadFile: (path: string) => texts[path] ?? null },
    open(path: string) {
      const file = files.get(path);
      if (file === undefined) return null;
      const read = (buffer: ArrayBuffer) => {
        new Uint8Array(buffer).set(file);
        return file.length;
      };
      return { seek: () => 0, tell: () => file.length, read, close: () => 0 };
    },
  };
  const os = {
    ...OS_FLAGS,
    ...{ WNOHANG: 1, mkdir: () => 0, ttySetRaw() {} },
    open(path: string) {
      if (path === config.tty) return 99;
      open.set(open.size + 3, path);
      files.set(path, new Uint8Array(0));
      return open.size + 2;
    },
    close: () => 0,
    read(_file: number, buffer: ArrayBuffer, offset: number, length: number) {
      const bytes = serialIn.splice(0, length);
      new Uint8Array(buffer, offset).set(bytes);
      return bytes.length;
    },
    write(file: number, buffer: ArrayBuffer, offset: number, length: number) {
      const bytes = new Uint8Array(buffer, offset, length).slice();
      if (file === 99) emulator.receive(bytes);
      else files.set(open.get(file)!, Uint8Array.from([...files.get(open.get(file)!)!, ...bytes]));
      return length;
    },
    setReadHandler: (_file: number, call: typeof onReadable) => {
      onReadable = call;
    },
    setTimeout: (call: () => void) => {
      tick = call;
    },
    rename(from: string, to: string) {
      files.set(to, files.get(from)!);
      files.delete(from);
      return 0;
    },
    remove: (path: string) => (files.delete(path) ? 0 : -2),
    stat: (path: string) => (files.has(path) ? [{}, 0] : [null, 2]),
    exec: (args: string[]) => commands.push({ args, status: null }) + 100,
    waitpid(pid: number) {
      const { status } = commands[pid - 101]!;
      return status === null ? [0, 0] : [pid, status];
    },
  };
  runBundle("dist/quickjs.js", {
    std,
    os,
    scriptArgs: ["quickjs.js", "config"],
    performance: { now: () => 1000 * seconds },
  });
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      emulator.tick(++seconds);
      while (serialIn.length > 0 && onReadable !== null) onReadable();
      tick();
    }
  };
  run(30);
  const of = (...words: string[]) =>
    commands
      .filter(({ args }) => words.every((word, i) => args[i] === word))
      .map(({ args }) => JSON.parse(args.at(-1)!));
  return {
    deliver(push) {
      for (const tpdu of tpdusOf(push, seconds)) emulator.message(tpdu);
      run(5);
    },
    get informed() {
      return of("ui", "inform").map(request => request.sessionId);
    },
    get asked() {
      return of("ui", "confirm").map(request => request.sessionId);
    },
    get started() {
      return of("dm").map(nameOf);
    },
    answer(isAllowed) {
      const question = commands.find(({ args, status }) => args[1] === "confirm" && status === null)!;
      question.status = isAllowed ? 0 : 256;
      run(2);
    },
    bearers(up) {
      texts.up = JSON.stringify(up);
      run(2);
    },
  };
}

async function openVirtual(): Promise<World> {
  const world = { informed: [] as string[], asked: [] as string[], started: [] as string[] };
  let up: number[] = [];
  const [bundle, program] = ["pkg0.client.js", "virtual.js"].map(name => readFileSync(join("dist", name), "utf8"));
  const board = bootBoard(
    await getQuickJS(),
    bundle!,
    program!,
    512 * 1024,
    ({ event, request }) => {
      const { sessionId } = (request ?? {}) as SessionRequest;
      if (event === "inform") world.informed.push(sessionId);
      if (event === "confirm") world.asked.push(sessionId);
      if (event === "session") world.started.push(nameOf(request as SessionRequest));
    },
    bearer => up.includes(bearer),
  );
  expect([board.call("open"), board.call("addAccount", JSON.stringify(ACCOUNT))]).toEqual([pkg0.OK, pkg0.OK]);
  return {
    ...world,
    deliver: push => void board.call("datagram", push),
    answer: isAllowed => void board.call("answer", isAllowed ? "yes" : "no"),
    bearers(now) {
      up = now;
      board.call("bearerChanged");
    },
    close: () => board.close(),
  };
}

function openMock(): World {
  const hal = createMockHal();
  hal.bearersUp = [];
  const asked: string[] = [];
  const informed: string[] = [];
  const { inform, confirm } = hal.ui!;
  hal.ui = {
    inform(reason, request) {
      informed.push(request.sessionId);
      inform(reason, request);
    },
    confirm(reason, request, answer) {
      asked.push(request.sessionId);
      confirm(reason, request, answer);
    },
  };
  const client = pkg0.createClient(hal, {});
  client.addAccount(ACCOUNT);
  client.open();
  hal.onStart = request => void client.sessionDone(request);
  return {
    ...{ asked, informed },
    deliver: push => void hal.deliver(push, 0, push.length),
    get started() {
      return hal.started.map(nameOf);
    },
    answer: isAllowed => hal.answers.shift()!(isAllowed),
    bearers(up) {
      hal.bearersUp = up;
      client.bearerChanged();
    },
  };
}

/** startDevice on a board of one's own, as the porting guide has it. */
function openSkeleton(bounds: DeviceOptions = {}): World {
  const people = createPeople();
  const hal = createMockHal();
  const { storage, clock, udp } = hal;
  const options: DeviceOptions = { accounts: [ACCOUNT], ui: people.ui, bearers: people.bearers, ...bounds };
  const start = (request: SessionRequest) => people.session(request, () => device.client.sessionDone(request));
  const device = startDevice({ storage, clock, udp: udp!, session: { start } }, options);
  return people.worldOf(
    push => void hal.deliver(push, 0, push.length),
    () => device.client.bearerChanged(),
  );
}

type HostApi = Record<string, (first?: string, second?: string) => number>;

function openHostFunctions(bounds: DeviceOptions = {}): World {
  const port = createHostPort();
  port.setClock!(Math.floor(Date.now() / 1000));
  const informed: string[] = [];
  const asked: string[] = [];
  const started: string[] = [];
  let up: number[] = [];
  const host = {
    ...port.host,
    options: () => JSON.stringify(bounds),
    isAvailable: (bearer: number) => up.includes(bearer),
    ui: (json: string, asks: boolean) => void (asks ? asked : informed).push(JSON.parse(json).sessionId),
    start: (json: string) => started.push(nameOf(JSON.parse(json))) * 0,
  };
  const api = runBundle("dist/host-functions.js", { host }).pkg0 as HostApi;
  api.addAccount!(JSON.stringify(ACCOUNT));
  return {
    ...{ informed, asked, started },
    deliver(push) {
      port.datagram!(push);
      api.poll!();
    },
    answer: isAllowed => void api[isAllowed ? "allow" : "refuse"]!(ACCOUNT.serverId, asked.at(-1)!),
    bearers(now) {
      up = now;
      api.retry!();
    },
  };
}

function openTracker(): World {
  const people = createPeople();
  const bench = createBench({}, {});
  const hal = createMockHal();
  const { storage, clock, session } = hal;
  pkg0.createClient({ storage, clock, session }, {}).addAccount(ACCOUNT);
  let wake = (): void => {};
  let changed = (): void => {};
  const tick = startTracker(pkg0, {
    ...{ storage, clock: bench.clock, serial: bench.serial, sleep() {}, ui: people.ui, bearers: people.bearers },
    wake: (call: () => void) => {
      wake = call;
    },
    onBearer: (call: () => void) => {
      changed = call;
    },
    report: people.session,
  });
  wake();
  const run = (): void => {
    for (let i = 0; i < 25; i++) {
      bench.run(1);
      tick();
    }
  };
  run();
  let reference = 0;
  const deliver = (push: Uint8Array) => {
    for (const tpdu of tpdusOf(push, ++reference)) bench.emulator.message(tpdu);
    run();
  };
  return people.worldOf(deliver, () => changed());
}

type Open = (bounds?: DeviceOptions) => World | Promise<World>;

/** `isBounded`: it takes the bounds of startDevice. */
const WORLDS: [name: string, open: Open, isBounded?: boolean][] = [
  ["startDevice", openSkeleton, true],
  ["Espruino, as a module", openEspruinoModule, true],
  ["Espruino, as a boot file", openEspruinoBoot, true],
  ["Moddable", openModdable, true],
  ["QuickJS", openQuickjs, true],
  ["host functions", openHostFunctions, true],
  ["the virtual board", openVirtual],
  ["the mock", openMock],
  ["the tracker", openTracker],
];

describe.each(WORLDS)("%s", (_, open) => {
  test("UI-Mode 3 asks, and the session begins when the user has said yes, never when no; 2 tells, 1 does not", async () => {
    const world = await open();
    await world.bearers([6]);
    for (const uiMode of [1, 2, 3]) await world.deliver(pushOf(0x10 + uiMode, 20, uiMode));
    expect([world.informed, world.asked, world.started]).toEqual([["12"], ["13"], ["11", "12"]]);
    await world.answer(true);
    expect(world.started).toEqual(["11", "12", "13"]);
    await world.deliver(pushOf(0x14, 0, 3));
    expect(world.asked).toEqual(["13", "14"]);
    await world.answer(false);
    await world.bearers([6, 8]);
    expect(world.started).toEqual(["11", "12", "13"]);
    world.close?.();
  });

  test("a session waits for its preferred bearers, and goes over the first one that is up", async () => {
    const world = await open();
    await world.bearers([1]);
    await world.deliver(pushOf(0x21, 0, 1, [6, 8]));
    expect(world.started).toEqual([]);
    await world.bearers([1, 2]);
    expect(world.started).toEqual([]);
    await world.bearers([1, 8]);
    expect(world.started).toEqual(["21 over 8"]);
    await world.deliver(pushOf(0x22, 0, 1, [6, 8]));
    await world.deliver(pushOf(0x23));
    expect(world.started).toEqual(["21 over 8", "22 over 8", "23"]);
    world.close?.();
  });
});

describe.each(WORLDS.filter(([, , isBounded]) => isBounded === true))("%s", (_, open) => {
  test("a Connect-Reason of 4095 bytes comes to the session where messageMax and messageParts allow, else it is refused", async () => {
    for (const [bounds, started] of [
      [WIDE, ["31 says it all"]],
      [{}, []],
    ] as const) {
      const world = await open(bounds);
      await world.bearers([1]);
      await world.deliver(pushOf(0x31, LONG.length));
      expect(world.started).toEqual(started);
      await world.deliver(pushOf(0x32));
      expect(world.started).toEqual([...started, "32"]);
    }
  });
});
