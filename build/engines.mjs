/**
 * npm run engines: what each engine on PATH makes of the bundles: checks passed, the smallest heap in which the client accepts
 * a notification, instructions of that verdict as valgrind counts them. Writes the table into targets/README.md, between the
 * two marks; an engine that is not here keeps its row.
 */
import { execFile } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { bundleDevice, DEVICES, ROOT } from "./device.mjs";

const README = join(ROOT, "targets/README.md");
const [BEGIN, END] = ["<!-- engines: npm run engines -->", "<!-- /engines -->"];
const HEAD = [
  "| engine | version | checks | client, bytes | heap | thousand instructions | measured |",
  "| --- | --- | --- | --- | --- | --- | --- |",
];

/**
 * `version` are arguments and what to look for in the answer; `limit(kib)` the arguments for a heap of so many KiB, where
 * the engine has that.
 */
const ENGINES = {
  qjs: { name: "QuickJS", level: 2019, args: ["--script"], version: [["--help"], /version (\S+)/], limit: memory("k") },
  "qjs-ng": { name: "QuickJS-ng", level: 2019, args: ["-C"], version: [["--version"], /(\S+)/], limit: memory("") },
  espruino: { name: "Espruino", level: 2019, args: [], version: [[], /(\dv\S+)/] },
  mqjs: { name: "MicroQuickJS", level: 5, args: [], limit: memory("k") },
  mqjs32: { name: "MicroQuickJS, 32-bit", level: 5, args: [], limit: memory("k") },
  jerry: { name: "JerryScript", level: 2019, args: [], version: [["--version"], /: (\S+)/] },
  xst: { name: "Moddable XS", level: 2019, args: [], version: [["-v"], /XS ([\d.]+)/] },
  duk: { name: "Duktape", level: 5, args: [], version: [["-e", "print(Duktape.version)"], /(\d+)/] },
};

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "pkg0-engines-"));

function memory(unit) {
  return kib => ["--memory-limit", `${kib}${unit}`];
}

function isOnPath(command) {
  return (process.env.PATH ?? "").split(delimiter).some(path => {
    try {
      accessSync(join(path, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What `command` printed; "" when it failed. */
async function output(command, args) {
  const child = run(command, args, { timeout: 240_000, maxBuffer: 16 << 20, cwd: folder });
  child.child.stdin.end();
  const { stdout, stderr } = await child.catch(error => error);
  return `${stdout ?? ""}${stderr ?? ""}`;
}

/** Signed pushes of four sessions, as Node's build of the same source writes them. */
async function pushes() {
  const pkg0 = await import(new URL("../dist/index.js", import.meta.url));
  return [1, 2, 3, 4].map(sessionId => {
    const none = new Uint8Array(0);
    const out = new Uint8Array(200);
    const fields = {
      ...{ initiator: 1, uiMode: 1, transport: 0, timeoutMinutes: 60, timestamp: 1700000000, sessionId },
      ...{ serverId: pkg0.utf8Bytes("dm.example.com"), targetedMo: [], requestedMo: [1], preferredBearer: [] },
      ...{ connectReason: none, vendorInfo: none },
    };
    const at = pkg0.writePushHeader(0, 0x58, out, 0);
    const secret = pkg0.utf8Bytes("secret");
    const end = pkg0.writeNotification13(fields, pkg0.createSha256(), secret, pkg0.DIGEST_COLONS, out, at);
    return `[${out.subarray(0, end)}]`;
  });
}

/** A program that accepts `messages`, and says so at its end. */
function programOf(bundle, messages) {
  return `${bundle}
var records = {}, accepted = 0;
var client = pkg0.createClient({
  storage: {
    load: function (key) { return records[key] === undefined ? null : new Uint8Array(records[key]); },
    save: function (key, bytes) { records[key] = new Uint8Array(bytes); return true; },
    erase: function (key) { delete records[key]; return true; }
  },
  clock: { posixSeconds: function () { return 1700000000; }, monotonicSeconds: function () { return 1; } },
  session: { start: function (request) { client.sessionDone(request); return 0; } }
}, {});
client.open();
client.addAccount({ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] });
function take(push) { if (client.receivePush(new Uint8Array(push), 0, push.length, 1) === 0) accepted++; }
${messages.map(message => `take(${message});`).join("\n")}
(typeof print === "undefined" ? console.log : print)("accepted " + accepted);
`;
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

/** KiB, the smallest to a sixteenth; 0 where the engine cannot be told. */
async function heapOf(command, { args, limit }, file) {
  if (limit === undefined) return 0;
  let low = 16;
  let high = 4096;
  while (high - low > Math.max(1, low >> 4)) {
    const kib = (low + high) >> 1;
    if (/accepted 1/.test(await output(command, [...limit(kib), ...args, file]))) high = kib;
    else low = kib;
  }
  return high;
}

/** The same for a program that is compiled already, and is outside the heap, as it is when it runs from flash. */
async function bytecodeHeapOf(command, engine, file) {
  await output(command, ["--no-column", "-o", `${file}.bin`, file]);
  const heap = await heapOf(command, { ...engine, args: ["-b"] }, `${file}.bin`);
  return `${heap} KiB beside ${Math.ceil(statSync(`${file}.bin`).size / 1024)} KiB of bytecode`;
}

/** JsVars of a board that has connected a modem, with the bundle in Storage. */
async function jsVars() {
  const bundle = JSON.stringify(readFileSync(join(ROOT, "dist/espruino.native.js"), "utf8"));
  const file = write(
    "vars.js",
    `require("Storage").write("pkg0", ${bundle});
var serial = { on: function() {}, write: function() {}, removeAllListeners: function() {} };
require("pkg0").connect({ serial: serial, messageMax: 512, accountsMax: 2, accounts:
  [{ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] }] });
clearInterval(); print("vars " + process.memory().usage);`,
  );
  return Number(/vars (\d+)/.exec(await output("espruino", [file]))?.[1]);
}

async function rowOf(command, engine, scripts, messages) {
  const { name, level, args, version } = engine;
  const suite = join(ROOT, "dist/test", level === 5 ? "engine-suite.es5.js" : "engine-suite.js");
  const passed = /(\d+) passed, (\d+) failed/.exec(await output(command, [...args, suite]));
  const programs = [1, 2, 4].map(n => write(`${n}.${level}.js`, programOf(scripts[level], messages.slice(0, n))));
  const heap = await heapOf(command, engine, programs[0]);
  const counts = isOnPath("valgrind")
    ? [await instructions(command, args, programs[1]), await instructions(command, args, programs[2])]
    : [Number.NaN];
  let heapText = heap === 0 ? "-" : `${heap} KiB`;
  if (command === "espruino") heapText = `${await jsVars()} JsVars`;
  if (level === 5 && heap > 0) heapText += `, or ${await bytecodeHeapOf(command, engine, programs[0])}`;
  const each = (counts[1] - counts[0]) / 2;
  const about =
    version === undefined
      ? null
      : version[1].exec(await output(command, version[0].length ? version[0] : [programs[0]]));
  const cells = [
    `${name} (\`${command}\`)`,
    about?.[1] ?? "-",
    passed === null ? "do not run" : passed[2] === "0" ? `${passed[1]} passed` : `${passed[2]} of ${passed[1]} failed`,
    String(Buffer.byteLength(scripts[level])),
    heapText,
    Number.isNaN(each) ? "-" : (each / 1000).toFixed(0),
    new Date().toISOString().slice(0, 10),
  ];
  return `| ${cells.join(" | ")} |`;
}

async function main() {
  const [before, rest] = readFileSync(README, "utf8").split(BEGIN);
  const [former, after] = rest.split(END);
  const { bundles } = await bundleDevice(DEVICES.find(({ name }) => name === "pkg0.client"));
  const scripts = Object.fromEntries(bundles.map(({ level, code }) => [level, code]));
  const messages = await pushes();
  const rows = [];
  for (const [command, engine] of Object.entries(ENGINES)) {
    const kept = former.split("\n").find(line => line.includes(`(\`${command}\`)`));
    const row = isOnPath(command) ? await rowOf(command, engine, scripts, messages) : kept;
    if (!isOnPath(command)) console.error(`${command}: not on PATH${kept === undefined ? "" : ", its row stays"}`);
    if (row === undefined) continue;
    console.log(row);
    rows.push(row);
  }
  writeFileSync(README, `${before}${[BEGIN, "", ...HEAD, ...rows, "", END].join("\n")}${after}`);
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true });
}
