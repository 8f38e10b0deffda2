/**
 * npm run heap: finds the smallest heaps, in KiB, in which MicroQuickJS loads a bundle, and in which the bundle accepts one
 * message of DM 1.3 and starts its session, with the default bounds. The message comes by the modem of a client that has the
 * driver, else as a TPDU or a datagram. The heap contains everything: engine, code and data. Measured from source, from
 * source without the columns of error messages (an option of the engine), and from bytecode, which is outside the heap as in
 * flash. Compares with the committed build/heap.json; npm run heap -- --accept writes the new numbers there. npm run heap --
 * --accounts 2 --pending 4 --reason 430: the heap of a whole firmware (firmware.mjs).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ngVariant from "@jitl/quickjs-ng-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, RELEASE_SYNC } from "quickjs-emscripten";
import { ROOT } from "./device.mjs";
import { ENGINES } from "./engine-table.mjs";
import { isOnPath } from "./on-path.mjs";
import { writeReadme } from "./sizes.mjs";

const FILE = join(ROOT, "build/heap.json");
/** The engines that take bytecode, and a limit. */
export const MEASURED = ["mqjs32", "mqjs"];
/** Both families of QuickJS, in WebAssembly: the same bytes on every machine. */
export const VARIANTS = { QuickJS: RELEASE_SYNC, "QuickJS-ng": ngVariant };
const FORMS = { source: [], "source --no-column": ["--no-column"], bytecode: ["-b"] };
const MOST = 512;
const ACCEPTED = "accepted";
const SECRET = "secret";
const SERVER_ID = "dm.example";
const NOW = 1700000000;

/** The program of a board after each bundle, in the dialect of MicroQuickJS, with the octets of one message. */
const PROGRAMS = {
  "pkg0.core.es5.js": ({ push }) => `
    var PUSH = ${arrayOf(push)}, push = pkg0.newPush(), n = pkg0.newNotification();
    var status = pkg0.readPush(PUSH, 0, PUSH.length, push, 48);
    if (status === 0) status = pkg0.readNotification13(PUSH, push.bodyFrom, push.bodyTo, n, 0);
    var secret = ${arrayOf(Buffer.from(SECRET))};
    if (status === 0 && pkg0.verifyDigest13(n, pkg0.createSha256(), secret, 0)) print("${ACCEPTED}");`,
  "pkg0.client-udp.es5.js": ({ push }) => `${clientOf("", "{}")}
    var PUSH = ${arrayOf(push)};
    client.receivePush(PUSH, 0, PUSH.length, 1);`,
  "pkg0.client-sms.es5.js": ({ tpdu }) => `${clientOf("", RECEIVER)}
    var TPDU = ${arrayOf(tpdu)};
    client.receiveTpdu(TPDU, 0, TPDU.length);`,
  "pkg0.client.es5.js": deviceOf,
  "pkg0.client-fast.es5.js": deviceOf,
};
const RECEIVER = "{ sms: function () { return pkg0.createSmsReceiver(clock, {}); } }";

function arrayOf(octets) {
  return `new Uint8Array([${[...octets]}])`;
}

/** A modem that has stored one short message. What it answers arrives when the program is idle, an octet at a time. */
function deviceOf({ tpdu }) {
  const list = `+CMGL: 1,0,,${tpdu.length}\\r\\n00${Buffer.from(tpdu).toString("hex")}`;
  return `
    var answers = [], receive, modem, octet = new Uint8Array(1), serial = {
      open: function (into) { receive = into; },
      write: function (bytes) {
        var command = "";
        for (var i = 0; i < bytes.length; i++) command += String.fromCharCode(bytes[i]);
        if (command === "AT+CMGL=4\\r") answers.push("\\r\\n${list}");
        answers.push("\\r\\nOK\\r\\n");
      },
      close: function () {}
    };${clientOf("sms: modem = pkg0.createModem(serial, clock, {}),", RECEIVER)}
    modem.tick();
    for (var i = 0; i < answers.length; i++) for (var j = 0; j < answers[i].length; j++) {
      octet[0] = answers[i].charCodeAt(j);
      receive(octet, 0, 1);
    }`;
}

function clientOf(receiver, options) {
  return `
    var records = {}, clock = {
      posixSeconds: function () { return ${NOW}; },
      monotonicSeconds: function () { return 0; }
    };
    var client = pkg0.createClient({
      storage: {
        load: function (key) { return records[key] || null; },
        save: function (key, bytes) { records[key] = new Uint8Array(bytes); return true; },
        erase: function (key) { delete records[key]; return true; }
      },
      clock: clock, ${receiver}
      session: { start: function () { print("${ACCEPTED}"); return 0; } }
    }, ${options});
    client.open();
    client.addAccount({ serverId: "${SERVER_ID}", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "${SECRET}" }] });`;
}

/** `{ bundle: { engine: { form: [loads, accepts] } } }` of `engines`, which are on PATH. */
export async function measureHeaps(engines) {
  const programs = await boardPrograms();
  const folder = mkdtempSync(join(tmpdir(), "pkg0-heap-"));
  const heaps = {};
  try {
    for (const [bundle, program] of Object.entries(programs)) {
      const code = readFileSync(join(ROOT, "dist", bundle), "utf8");
      heaps[bundle] = {};
      for (const engine of engines) {
        heaps[bundle][engine] = {};
        for (const form of Object.keys(FORMS)) {
          const loads = smallest(engine, form, join(folder, "loads.js"), `${code}print("${ACCEPTED}");\n`);
          const accepts = smallest(engine, form, join(folder, "accepts.js"), code + program);
          heaps[bundle][engine][form] = [loads, accepts];
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return heaps;
}

/** `{ bundle: { engine: bytes } }`: each bundle compiled by `engines`, which are on PATH, as it lies in flash. */
export async function measureBytecode(engines) {
  const folder = mkdtempSync(join(tmpdir(), "pkg0-heap-"));
  const sizes = {};
  for (const bundle of Object.keys(PROGRAMS)) {
    sizes[bundle] = {};
    for (const engine of engines)
      sizes[bundle][engine] = statSync(compile(engine, join(ROOT, "dist", bundle), join(folder, "bundle.bin"))).size;
  }
  rmSync(folder, { recursive: true });
  return sizes;
}

/** Compiles `file`, and returns `binary`, where the bytecode is. */
function compile(engine, file, binary) {
  const { status, stderr } = spawnSync(engine, ["--no-column", "-o", binary, file], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return binary;
}

/**
 * `{ bundle: { variant: [loaded, accepted] } }`: bytes that live in QuickJS with a bundle loaded, and with one message
 * accepted, beyond what a fresh engine has. `variants` are quickjs-emscripten's, by name.
 */
export async function measureQuickjs(variants) {
  const bytes = {};
  for (const [bundle, program] of Object.entries(await boardPrograms())) {
    const file = bundle.replace(".es5", "");
    const code = readFileSync(join(ROOT, "dist", file), "utf8");
    bytes[file] = {};
    for (const [name, variant] of Object.entries(variants)) {
      const quickjs = await newQuickJSWASMModuleFromVariant(variant);
      const runtime = quickjs.newRuntime();
      const context = runtime.newContext();
      const lines = [];
      context
        .newFunction("print", line => void lines.push(context.getString(line)))
        .consume(print => {
          context.setProp(context.global, "print", print);
        });
      const usedAfter = script => {
        context.unwrapResult(context.evalCode(script)).dispose();
        return runtime.computeMemoryUsage().consume(usage => context.dump(usage)).memory_used_size;
      };
      const empty = usedAfter("0");
      bytes[file][name] = [usedAfter(code) - empty, usedAfter(program) - empty];
      context.dispose();
      runtime.dispose();
      if (lines.join() !== ACCEPTED) throw new Error(`${file} in ${name}: ${lines}`);
    }
  }
  return bytes;
}

/** By bundle: the program that a board runs after it, with one message; it prints "accepted" when the session starts. */
export async function boardPrograms() {
  const pkg0 = await import(pathToFileURL(join(ROOT, "dist/index.js")).href);
  const push = signPush(pkg0);
  const data = new Uint8Array(pkg0.USER_DATA_MAX);
  const dataEnd = pkg0.writePart(push, 0, push.length, 1, false, 1, data, 0);
  // SMS-DELIVER of +447700900123: first octet with UDHI, TP-OA, TP-PID, TP-DCS, TP-SCTS
  const header = [
    0x40,
    12,
    0x91,
    0x44,
    0x77,
    0x00,
    0x09,
    0x10,
    0x32,
    0,
    pkg0.DCS_DATA,
    0x62,
    0x11,
    0x32,
    0x21,
    0,
    0,
    0,
  ];
  const tpdu = [...header, dataEnd, ...data.subarray(0, dataEnd)];
  return Object.fromEntries(
    Object.entries(PROGRAMS).map(([bundle, program]) => [
      bundle,
      `\n${program({ push, tpdu }).replace(/\n\s*/g, "\n")}\n`,
    ]),
  );
}

function signPush(pkg0) {
  const fields = {
    initiator: 1,
    uiMode: 1,
    transport: 0,
    timeoutMinutes: 60,
    sessionId: 1,
    timestamp: NOW,
    serverId: Buffer.from(SERVER_ID),
    targetedMo: [],
    requestedMo: [1],
    preferredBearer: [],
    connectReason: new Uint8Array(0),
    vendorInfo: new Uint8Array(0),
    versionTenths: 0,
  };
  const out = new Uint8Array(200);
  const at = pkg0.writePushHeader(1, pkg0.CONTENT_TYPE_13, out, 0);
  const end = pkg0.writeNotification13(fields, pkg0.createSha256(), Buffer.from(SECRET), pkg0.DIGEST_COLONS, out, at);
  return out.subarray(0, end);
}

function smallest(engine, form, file, text) {
  writeFileSync(file, text);
  if (form === "bytecode") compile(engine, file, `${file}.bin`);
  const isEnough = kib => {
    const args = [...ENGINES[engine].limit(kib), ...FORMS[form], form === "bytecode" ? `${file}.bin` : file];
    // with slightly too little heap, the engine may collect garbage for ever
    const { stdout } = spawnSync(engine, args, { encoding: "utf8", timeout: 3_000 });
    return stdout.trimEnd() === ACCEPTED;
  };
  let low = 1;
  let high = MOST;
  if (!isEnough(high)) throw new Error(`${engine} ${file}: fails with ${high} KiB`);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The committed numbers: `mqjs` as from measureHeaps, `quickjs` as from measureQuickjs. */
export function readHeaps() {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

if (import.meta.url !== pathToFileURL(process.argv[1]).href) {
  // a test measures
} else if (process.argv.some(arg => /^--(accounts|pending|reason)$/.test(arg))) await import("./firmware.mjs");
else {
  const engines = MEASURED.filter(isOnPath);
  if (engines.length === 0) console.log(`None of ${MEASURED.join(", ")} is on PATH`);
  const mqjs = await measureHeaps(engines);
  const rows = Object.entries(mqjs).flatMap(([bundle, heaps]) =>
    Object.entries(heaps).flatMap(([engine, forms]) =>
      Object.entries(forms).map(([form, [loads, accepts]]) => ({ bundle, engine, form, loads, accepts })),
    ),
  );
  console.table(rows);
  const quickjs = await measureQuickjs(VARIANTS);
  console.log("Bytes in QuickJS with the bundle loaded, and with a message accepted:");
  console.table(quickjs);
  if (process.argv.includes("--accept")) {
    const isAll = engines.length === MEASURED.length;
    const committed = isAll ? { mqjs, bytecode: await measureBytecode(engines) } : readHeaps();
    writeFileSync(FILE, `${JSON.stringify({ ...committed, quickjs }, null, 2)}\n`);
    writeReadme();
  }
}
