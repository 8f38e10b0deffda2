/** Finds the smallest heap in which an engine accepts a notification. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../device.mjs";
import { isOnPath } from "../on-path.mjs";
import { ACCOUNT, hostProgramOf, programOf } from "./programs.mjs";

/** A time-out, because just below the smallest heap an engine may collect its garbage for ever: so many times the time with a large heap, and so much more. */
const [TIMES, MORE_MS] = [20, 2_000];
const LONG_MS = 240_000;
const KIB_MAX = 4096;
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "pkg0-engines-"));

/** Removes the programs; to be called at the end. */
export function removeFiles() {
  rmSync(folder, { recursive: true, force: true });
}

/** The output of `command`; "" when it failed. */
export async function output(command, args, timeout = LONG_MS) {
  const child = run(command, args, { timeout, maxBuffer: 16 << 20, cwd: folder, killSignal: "SIGKILL" });
  child.child.stdin.end();
  const { stdout, stderr } = await child.catch(error => error);
  return `${stdout ?? ""}${stderr ?? ""}`;
}

export function write(name, code) {
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
}

/** The smallest heap in KiB, to one sixteenth. `isEnough(kib, ms)` tries one, and gives up after `ms`. */
async function smallest(isEnough) {
  const from = performance.now();
  if (!(await isEnough(KIB_MAX, LONG_MS))) return Number.NaN;
  const timeout = Math.ceil(TIMES * (performance.now() - from)) + MORE_MS;
  let low = 16;
  let high = KIB_MAX;
  while (high - low > Math.max(1, low >> 4)) {
    const kib = (low + high) >> 1;
    if (await isEnough(kib, timeout)) high = kib;
    else low = kib;
  }
  return high;
}

/** 0 when the engine has no option for it. */
async function heapOf(command, { args, limit }, file) {
  if (limit === undefined) return 0;
  return smallest(async (kib, timeout) =>
    /accepted 1/.test(await output(command, [...limit(kib), ...args, file], timeout)),
  );
}

/** The smallest heap for a compiled program, which is outside the heap as when it runs from flash. */
async function bytecodeHeapOf(command, engine, file) {
  await output(command, ["--no-column", "-o", `${file}.bin`, file]);
  const heap = await heapOf(command, { ...engine, args: ["-b"] }, `${file}.bin`);
  return `${heap} KiB beside ${Math.ceil(statSync(`${file}.bin`).size / 1024)} KiB of bytecode`;
}

/** The most memory that was allocated by malloc at once, including the engine's own. */
async function mallocOf(command, args, file) {
  const record = join(folder, "massif");
  await output("valgrind", ["--tool=massif", `--massif-out-file=${record}`, command, ...args, file]);
  const peaks = [...readFileSync(record, "utf8").matchAll(/mem_heap_B=(\d+)/g)].map(([, bytes]) => Number(bytes));
  return `${Math.ceil(Math.max(...peaks) / 1024)} KiB`;
}

/** The heap from source, and from bytecode if the engine has it; "-" when the engine has no option for it. */
async function heapsOf(command, engine, file) {
  if (engine.isOfMalloc) return isOnPath("valgrind") ? mallocOf(command, engine.args, file) : "-";
  const heap = await heapOf(command, engine, file);
  if (heap === 0) return "-";
  const bytecode = engine.level === 5 ? `, or ${await bytecodeHeapOf(command, engine, file)}` : "";
  return `${heap} KiB${bytecode}`;
}

/** The heap for the client bundle on a board that prints. */
export function clientHeap(command, engine, bundle, message) {
  const program = programOf(bundle, message);
  return command === "espruino"
    ? jsVars(program)
    : heapsOf(command, engine, write(`client.${engine.level}.js`, program));
}

export function hostHeap(command, engine, bundle, message) {
  return heapsOf(command, engine, write(`host.${engine.level}.js`, hostProgramOf(bundle, message)));
}

/** Prints the JsVars in use at the end of a program for Espruino. */
async function jsVars(program) {
  const print = 'setTimeout(function() { print("vars " + process.memory().usage); clearInterval(); }, 500);';
  const text = await output("espruino", [write("vars.js", `${program}\n${print}`)]);
  return `${/vars (\d+)/.exec(text)?.[1]} JsVars`;
}

/** The JsVars of a board that has connected a modem, with the bundle as its boot file. */
export function espruinoHeap(_command, _engine, bundle) {
  const options = { serial: "modem", messageMax: 512, accountsMax: 2, accounts: [JSON.parse(ACCOUNT)] };
  return jsVars(`require("Storage").write("pkg0", ${JSON.stringify(bundle)});
require("Storage").write("pkg0.json", ${JSON.stringify(JSON.stringify(options))});
var modem = { setup: function() {}, on: function() {}, write: function() {}, removeAllListeners: function() {} };
eval(require("Storage").read("pkg0"));`);
}

/** With a modem on a tty that has one message stored. */
export async function quickjsHeap(command, { limit }, _bundle, message) {
  if (!isOnPath("socat")) return "-";
  const push = Buffer.from(JSON.parse(message));
  const tpdu = `44039121f3000462113221000000${Buffer.from([7 + push.length]).toString("hex")}0605040b8423f0${push.toString("hex")}`;
  const answers = {
    "AT+CPMS?": '+CPMS: "SM",1,10,"SM",1,10,"SM",1,10',
    "AT+CNMI=?": "+CNMI: (0-2),(0-1),(0),(0),(0)",
    "AT+CMGL=4": `+CMGL: 1,0,,${tpdu.length / 2}\r\n00${tpdu}`,
  };
  const tty = join(folder, "tty");
  const state = join(folder, "state");
  const modem = spawn("socat", [`PTY,link=${tty},raw,echo=0`, "STDIO"]);
  modem.stdin.on("error", () => {}); // the process ends in the middle of an answer
  const ended = new Promise(resolve => modem.on("exit", resolve));
  let text = "";
  modem.stdout.on("data", bytes => {
    const commands = (text + bytes).split("\r");
    text = commands.pop();
    for (const command of commands) {
      const answer = answers[command] === undefined ? "" : `\r\n${answers[command]}\r\n`;
      modem.stdin.write(`${answer}\r\n${command === "AT+CSMS=1" ? "ERROR" : "OK"}\r\n`);
    }
  });
  while (!existsSync(tty)) await new Promise(resolve => setTimeout(resolve, 20));
  const config = write("config.json", JSON.stringify({ tty, state, accounts: [JSON.parse(ACCOUNT)] }));
  const args = ["--std", join(ROOT, "dist/quickjs.js"), config];
  const starts = async (kib, ms) => {
    rmSync(state, { recursive: true, force: true });
    const device = spawn(command, [...limit(kib), ...args]);
    const isStarted = await new Promise(resolve => {
      const timer = setTimeout(() => resolve(false), ms);
      device.on("exit", () => resolve(clearTimeout(timer)));
      device.stdout.on("data", bytes => /^start /m.test(bytes) && resolve(clearTimeout(timer) ?? true));
    });
    device.kill("SIGKILL");
    return isStarted === true;
  };
  // the modem may still be within the command of a device that was killed, which the next one takes for its own answer
  const kib = await smallest(async (kib, ms) => (await starts(kib, ms)) || (await starts(kib, ms)));
  modem.kill();
  await ended;
  return `${kib} KiB`;
}
