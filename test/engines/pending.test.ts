/**
 * A board boots with all that it has accepted: MicroQuickJS at the heap that targets/mquickjs/README.md gives a board,
 * messages of the greatest length, as many as may wait, a reset between any two steps. Records and messages are texts in
 * the bytecode, which lies in flash as it would on a board.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isOnPath } from "../../build/on-path.mjs";
import { option, push13, SECRET13, SERVER_ID, uint } from "../twin/write.ts";

const ENGINE = "mqjs32";
const HEAP_KIB = 28;
const NOW = 1700000000;
const MESSAGE_MAX = 1024;
const ACCOUNTS = 2;
const PENDING = 4;

/** The board: what is saved is printed. A record becomes bytes only while it is loaded. */
const BOARD = `
function fromHex(text) {
  var bytes = new Uint8Array(text.length / 2);
  for (var i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.substring(2 * i, 2 * i + 2), 16);
  return bytes;
}
function printHex(key, bytes) {
  for (var at = 0; at < bytes.length; at += 32) {
    var line = key;
    for (var i = at; i < at + 32 && i < bytes.length; i++) line += (bytes[i] < 16 ? " 0" : " ") + bytes[i].toString(16);
    print(line);
  }
  print("saved " + key);
}
var records = RECORDS;
var client = pkg0.createClient({
  storage: {
    load: function (key) { return records[key] === undefined ? null : fromHex(records[key]); },
    save: function (key, bytes) { printHex(key, bytes); records[key] = undefined; return true; },
    erase: function (key) { return true; }
  },
  clock: { posixSeconds: function () { return ${NOW}; }, monotonicSeconds: function () { return 0; } },
  session: { start: function (request) {
    print("start " + request.serverId + " " + request.sessionId + " " + request.connectReason.length);
    if (DONE) print("done " + client.sessionDone(request));
    return 2;
  } }
}, { accountsMax: ${ACCOUNTS}, pendingMax: ${PENDING}, messageMax: ${MESSAGE_MAX} });
print("open " + client.open());
`;

const folder = mkdtempSync(join(tmpdir(), "pkg0-pending-"));
afterAll(() => rmSync(folder, { recursive: true }));
const serverIdOf = (account: number) => `${SERVER_ID}${account}`;

/** Boots the bundle with `records`, runs `steps` and puts what is saved into `records`. The other lines that it printed. */
function boot(records: Map<string, string>, steps: string, isDone = false): string[] {
  const file = join(folder, "boot.js");
  const board = BOARD.replace("RECORDS", JSON.stringify(Object.fromEntries(records))).replace("DONE", `${isDone}`);
  writeFileSync(file, readFileSync("dist/pkg0.client.es5.js", "utf8") + board + steps);
  execFileSync(ENGINE, ["--no-column", "-o", `${file}.bin`, file]);
  const limit = ["--memory-limit", `${HEAP_KIB}k`];
  const { stdout, stderr } = spawnSync(ENGINE, [...limit, "-b", `${file}.bin`], { encoding: "utf8", timeout: 20_000 });
  expect(stderr).toBe("");
  const others: string[] = [];
  let written = "";
  for (const line of stdout.trim().split("\n")) {
    const [word, key] = line.split(" ");
    if (word === "saved") {
      records.set(key!, written);
      written = "";
    } else if (/^(acc|adm)/.test(word!)) written += line.slice(word!.length).replaceAll(" ", "");
    else others.push(line);
  }
  expect(written, "no save was cut off").toBe("");
  return others;
}

function longestOf(account: number, sessionId: number): string {
  const made = (reason: string) =>
    push13({ sessionId, timestamp: NOW, options: [option(1, serverIdOf(account)), uint(3, 1), option(5, reason)] });
  const room = MESSAGE_MAX - (made("r").length - 6) + 1;
  return Buffer.from(made("r".repeat(room))).toString("hex");
}

const name = `${ENGINE} at ${HEAP_KIB} KiB boots with the longest messages that it accepted, whenever it is reset`;
test.skipIf(!isOnPath(ENGINE))(isOnPath(ENGINE) ? name : `${name}: skipped, not on PATH`, { timeout: 120_000 }, () => {
  const records = new Map<string, string>();
  for (let account = 0; account < ACCOUNTS; account++) {
    const dmAcc = { serverId: serverIdOf(account), appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: SECRET13 }] };
    expect(boot(records, `print("add " + client.addAccount(${JSON.stringify(dmAcc)}));`)).toContain("add 0");
  }
  const accepted: string[] = [];
  for (let sessionId = 1; sessionId <= PENDING; sessionId++) {
    for (let account = 0; account < ACCOUNTS; account++) {
      const push = `var push = fromHex("${longestOf(account, sessionId)}");`;
      const lines = boot(records, `${push}print("verdict " + client.receivePush(push, 0, push.length, 1));`);
      const verdict = lines.find(line => line.startsWith("verdict"));
      expect(["verdict 0", "verdict 150"], "OK or PENDING_FULL").toContain(verdict);
      if (verdict === "verdict 0") accepted.push(`${serverIdOf(account)} ${sessionId}`);
      const offered = boot(records, "client.resume();").filter(line => line.startsWith("start"));
      expect(offered.map(line => line.split(" ").slice(1, 3).join(" ")).sort()).toEqual(accepted.slice().sort());
    }
  }
  expect(accepted.length, "of 1024 bytes, two have room in pendingBytes").toBe(2 * ACCOUNTS);
  let ended = 0; // for each account the first one at each boot: what a boot has saved, it cannot load
  for (let i = 0; i < PENDING; i++)
    ended += boot(records, "client.resume();", true).filter(line => line === "done 0").length;
  expect(ended).toBe(accepted.length);
  expect(boot(records, "client.resume();")).toEqual(["open 0"]);
});
