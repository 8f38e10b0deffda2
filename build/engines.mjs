/**
 * npm run engines: runs the bundles in each engine on PATH: counts the checks that pass; finds the smallest heaps in which
 * the client, and the bundle of the engine's own target, accept a notification; counts the instructions of that verdict with
 * valgrind. Writes the table into targets/README.md and some columns of it into README.md, between two marks; an engine that
 * is not on PATH keeps its row. A program does not know its own commit and build flags, so these come from a file:
 *   --about FILE    JSON, by command: the text after the version
 */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { bundleDevice, DEVICES, ROOT } from "./device.mjs";
import { ENGINES } from "./engine-table.mjs";
import { isOnPath } from "./on-path.mjs";

const [BEGIN, END] = ["<!-- engines: npm run engines -->", "<!-- /engines -->"];
const COLUMNS = [
  ...["engine", "version", "checks", "client, bytes", "client, heap", "thousand instructions"],
  ...["target, bytes", "target, heap", "measured"],
];
/** The columns of each table, by number. */
const TABLES = { "targets/README.md": [0, 1, 2, 3, 4, 5, 6, 7, 8], "README.md": [0, 1, 2, 3, 5, 7, 8] };

const HOST5 = { target: "host-functions.es5.js", targetHeap: hostHeap };
const QUICKJS = { target: "quickjs.js", targetHeap: quickjsHeap };

/**
 * By command: `target`, the bundle of the engine's own target; `targetHeap`, the function that measures its heap;
 * `isOfMalloc`, true when the heap is the memory that the engine takes from malloc.
 */
const TARGETS = {
  qjs: QUICKJS,
  "qjs-ng": QUICKJS,
  espruino: { target: "espruino.native.js", targetHeap: espruinoHeap },
  mqjs: HOST5,
  mqjs32: HOST5,
  jerry: {
    target: "host-functions.js",
    targetHeap: () => ofReadme("jerryscript", /the script: `JERRY_GLOBAL_HEAP_SIZE` \| (\d+)/, "KiB"),
  },
  xst: {
    target: "moddable.js",
    targetHeap: () => ofReadme("moddable", /with a modem,[^|]*\| (\d+) KB/, "KiB beside the preloaded module"),
  },
  duk: { ...HOST5, isOfMalloc: true },
};

/** Marks a cell that comes from a target's README and not from this run. */
const COPIED = "(copied)";
const { values: options } = parseArgs({ options: { about: { type: "string" } } });
const about = options.about === undefined ? {} : JSON.parse(readFileSync(options.about, "utf8"));
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "pkg0-engines-"));

/** The output of `command`; "" when it failed. */
async function output(command, args) {
  const child = run(command, args, { timeout: 240_000, maxBuffer: 16 << 20, cwd: folder });
  child.child.stdin.end();
  const { stdout, stderr } = await child.catch(error => error);
  return `${stdout ?? ""}${stderr ?? ""}`;
}

/** Signed pushes of four sessions, made by the same source in Node. */
async function pushes() {
  const pkg0 = await import(new URL("../dist/index.js", import.meta.url));
  return [1, 2, 3, 4].map(sessionId => {
    const none = new Uint8Array(0);
    const out = new Uint8Array(200);
    const fields = {
      ...{ initiator: 1, uiMode: 1, transport: 0, timeoutMinutes: 0, timestamp: 1700000000, sessionId },
      ...{ serverId: pkg0.utf8Bytes("dm.example.com"), targetedMo: [], requestedMo: [1], preferredBearer: [] },
      ...{ connectReason: none, vendorInfo: none },
    };
    const at = pkg0.writePushHeader(0, 0x58, out, 0);
    const secret = pkg0.utf8Bytes("secret");
    const end = pkg0.writeNotification13(fields, pkg0.createSha256(), secret, pkg0.DIGEST_COLONS, out, at);
    return `[${out.subarray(0, end)}]`;
  });
}

const ACCOUNT = '{ "serverId": "dm.example.com", "appAuth": [{ "aauthLevel": "NOTICRED", "aauthSecret": "secret" }] }';
const SAVE = `save: function (key, bytes) { records[key] = new Uint8Array(bytes); return true; },
    erase: function (key) { delete records[key]; return true; }`;
const PRINT = '(typeof print === "undefined" ? console.log : print)';

/** A program that accepts `messages`, and prints so at its end. */
function programOf(bundle, messages) {
  return `${bundle}
var records = {}, accepted = 0;
var client = pkg0.createClient({
  storage: {
    load: function (key) { return records[key] === undefined ? null : new Uint8Array(records[key]); },
    ${SAVE}
  },
  clock: { posixSeconds: function () { return 1700000000; }, monotonicSeconds: function () { return 1; } },
  session: { start: function (request) { client.sessionDone(request); return 0; } }
}, {});
client.open();
client.addAccount(${ACCOUNT});
function take(push) { if (client.receivePush(new Uint8Array(push), 0, push.length, 1) === 0) accepted++; }
${messages.map(message => `take(${message});`).join("\n")}
${PRINT}("accepted " + accepted);
`;
}

/** The bundle over host functions, with a silent modem and a datagram. */
function hostProgramOf(bundle, message) {
  return `var records = {}, messages = [${message}], accepted = 0;
var host = {
  load: function (key, into) {
    var record = records[key];
    if (record === undefined) return -1;
    for (var i = 0; i < record.length && i < into.length; i++) into[i] = record[i];
    return record.length;
  },
  ${SAVE},
  posixSeconds: function () { return 1700000000; },
  monotonicSeconds: function () { return 1; },
  start: function (json) { accepted++; return 0; },
  read: function (into) { return 0; },
  write: function (bytes) {},
  datagram: function (into) {
    if (messages.length === 0) return 0;
    var message = messages.pop();
    into.set(message);
    return message.length;
  }
};
${bundle}
pkg0.addAccount(${JSON.stringify(ACCOUNT)});
pkg0.poll();
${PRINT}("accepted " + accepted);
`;
}

/** The heap of an engine whose firmware fixes it: from its target's README, marked as not measured here. */
function ofReadme(target, pattern, unit) {
  return `${pattern.exec(readFileSync(join(ROOT, "targets", target, "README.md"), "utf8"))[1]} ${unit} ${COPIED}`;
}

function write(name, code) {
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
}

async function instructions(command, args, file) {
  const valgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null", command, ...args, file];
  const text = await output("valgrind", valgrind);
  return /accepted [24]/.test(text) ? Number(/Collected : (\d+)/.exec(text)?.[1]) : Number.NaN;
}

/** The smallest heap in KiB, to one sixteenth. */
async function smallest(isEnough) {
  let low = 16;
  let high = 4096;
  while (high - low > Math.max(1, low >> 4)) {
    const kib = (low + high) >> 1;
    if (await isEnough(kib)) high = kib;
    else low = kib;
  }
  return high;
}

/** 0 when the engine has no option for it. */
async function heapOf(command, { args, limit }, file) {
  if (limit === undefined) return 0;
  return smallest(async kib => /accepted 1/.test(await output(command, [...limit(kib), ...args, file])));
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

/** The heap from source, and from bytecode if the engine has it. */
async function heapsOf(command, engine, file) {
  if (engine.isOfMalloc) return isOnPath("valgrind") ? mallocOf(command, engine.args, file) : "-";
  const heap = await heapOf(command, engine, file);
  if (heap === 0) return "-";
  const bytecode = engine.level === 5 ? `, or ${await bytecodeHeapOf(command, engine, file)}` : "";
  return `${heap} KiB${bytecode}`;
}

function hostHeap(command, engine, bundle, message) {
  return heapsOf(command, engine, write(`host.${engine.level}.js`, hostProgramOf(bundle, message)));
}

/** Prints the JsVars in use at the end of a program for Espruino. */
async function jsVars(program) {
  const print = 'setTimeout(function() { print("vars " + process.memory().usage); clearInterval(); }, 500);';
  const text = await output("espruino", [write("vars.js", `${program}\n${print}`)]);
  return `${/vars (\d+)/.exec(text)?.[1]} JsVars`;
}

/** The JsVars of a board that has connected a modem, with the bundle as its boot file. */
function espruinoHeap(_command, _engine, bundle) {
  const options = { serial: "modem", messageMax: 512, accountsMax: 2, accounts: [JSON.parse(ACCOUNT)] };
  return jsVars(`require("Storage").write("pkg0", ${JSON.stringify(bundle)});
require("Storage").write("pkg0.json", ${JSON.stringify(JSON.stringify(options))});
var modem = { setup: function() {}, on: function() {}, write: function() {}, removeAllListeners: function() {} };
eval(require("Storage").read("pkg0"));`);
}

/** With a modem on a tty that has one message stored. */
async function quickjsHeap(command, { limit }, _bundle, message) {
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
  const kib = await smallest(async kib => {
    rmSync(state, { recursive: true, force: true });
    const device = spawn(command, [...limit(kib), ...args]);
    const isStarted = await new Promise(resolve => {
      const timer = setTimeout(() => resolve(false), 8000);
      device.on("exit", () => resolve(clearTimeout(timer)));
      device.stdout.on("data", bytes => /^start /m.test(bytes) && resolve(clearTimeout(timer) ?? true));
    });
    device.kill("SIGKILL");
    return isStarted === true;
  });
  modem.kill();
  await ended;
  return `${kib} KiB`;
}

async function rowOf(command, engine, scripts, messages) {
  const { name, level, args, version, target, targetHeap } = engine;
  const suite = join(ROOT, "dist/test", level === 5 ? "engine-suite.es5.js" : "engine-suite.js");
  const passed = /(\d+) passed, (\d+) failed/.exec(await output(command, [...args, suite]));
  const programs = [1, 2, 4].map(n => write(`${n}.${level}.js`, programOf(scripts[level], messages.slice(0, n))));
  const counts = isOnPath("valgrind")
    ? [await instructions(command, args, programs[1]), await instructions(command, args, programs[2])]
    : [Number.NaN];
  const heap =
    command === "espruino" ? await jsVars(readFileSync(programs[0])) : await heapsOf(command, engine, programs[0]);
  const bundle = readFileSync(join(ROOT, "dist", target), "utf8");
  const each = (counts[1] - counts[0]) / 2;
  const found =
    version === undefined
      ? null
      : version[1].exec(await output(command, version[0].length ? version[0] : [programs[0]]));
  return [
    `${name} (\`${command}\`)`,
    [found?.[1], about[command]].filter(Boolean).join(", ") || "-",
    passed === null
      ? "do not run"
      : passed[2] === "0"
        ? `${passed[1]} passed`
        : `${passed[2]} of ${Number(passed[1]) + Number(passed[2])} failed`,
    String(Buffer.byteLength(scripts[level])),
    heap,
    Number.isNaN(each) ? "-" : (each / 1000).toFixed(0),
    `${Buffer.byteLength(bundle)}`,
    targetHeap === undefined ? "-" : await targetHeap(command, engine, bundle, messages[0]),
    new Date().toISOString().slice(0, 10),
  ];
}

function lineOf(cells) {
  return `| ${cells.join(" | ")} |`;
}

/** The text of a README around its table, and the rows of the table. */
function readTable(path) {
  const [before, rest] = readFileSync(join(ROOT, path), "utf8").split(BEGIN);
  const [table, after] = rest.split(END);
  return { before, rows: table.split("\n").map(line => line.slice(2, -2).split(" | ")), after };
}

function writeTable(path, columns, rows) {
  const { before, after } = readTable(path);
  const lines = [COLUMNS, COLUMNS.map(() => "---"), ...rows].map(cells => lineOf(columns.map(column => cells[column])));
  writeFileSync(join(ROOT, path), `${before}${[BEGIN, "", ...lines, "", END].join("\n")}${after}`);
}

async function main() {
  const { bundles } = await bundleDevice(DEVICES.find(({ name }) => name === "pkg0.client"));
  const scripts = Object.fromEntries(bundles.map(({ level, code }) => [level, code]));
  const messages = await pushes();
  const former = readTable("targets/README.md").rows;
  const rows = [];
  for (const [command, engine] of Object.entries(ENGINES)) {
    const kept = former.find(([name]) => name.endsWith(`(\`${command}\`)`));
    const row = isOnPath(command) ? await rowOf(command, { ...engine, ...TARGETS[command] }, scripts, messages) : kept;
    if (!isOnPath(command)) console.error(`${command}: not on PATH${kept === undefined ? "" : ", its row stays"}`);
    if (row === undefined) continue;
    console.log(lineOf(row));
    rows.push(row);
  }
  for (const [path, columns] of Object.entries(TABLES)) writeTable(path, columns, rows);
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true });
}
