/** The command line with hostile files, lines and peers. Runs the build: `npm run build` first. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openObex } from "../../targets/node/net.ts";
import { runCli, runCliAsync, startListener } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-hosts-"));
const accounts = join(folder, "accounts.json");
writeFileSync(
  accounts,
  JSON.stringify([{ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] }]),
);
const listenOn = (state: string, ...more: string[]) => [
  ...["listen", "--accounts", accounts, "--state", state, "--udp", "127.0.0.1:0"],
  ...more,
];
const FIELDS = JSON.stringify({ sessionId: "12", serverId: "dm.example.com", requestedMo: [1], timestamp: 1700000000 });

test.runIf(process.platform === "linux").each([
  ["under /proc", () => "/proc/pkg0"],
  ["in /proc itself", () => "/proc/self/fd"],
  [
    "with a FIFO",
    () => {
      mkdirSync(join(folder, "fifo"));
      spawnSync("mkfifo", [join(folder, "fifo", "acc0a")]);
      return join(folder, "fifo");
    },
  ],
  [
    "with a strange name",
    () => {
      mkdirSync(join(folder, "strange"));
      writeFileSync(join(folder, "strange", "acc99999999999a\u001b[31m"), "");
      return join(folder, "strange");
    },
  ],
  ["that is a file", () => accounts],
])("a state directory %s is one clear line and exit 2, for listen and for encode", (_, make) => {
  const state = make();
  for (const args of [listenOn(state), ["encode", "--secret", "secret", "--state", state, FIELDS]]) {
    const { code, lines, errors } = runCli(args);
    expect([code, lines], errors).toEqual([2, []]);
    expect(errors.trim().split("\n")).toHaveLength(1);
    expect(errors).toMatch(/^pkg0: /);
    expect(errors).not.toContain("\u001b");
  }
});

test("listen with a strange instance for SIP ends at once", () => {
  const state = join(folder, "instance");
  mkdirSync(state);
  writeFileSync(join(state, "sip-instance"), "<>\r\nX: y");
  const { code, errors } = runCli(listenOn(state, "--sip", "127.0.0.1:0", "--register", "sip:device@127.0.0.1:5099"));
  expect([code, errors]).toEqual([2, expect.stringContaining("sip-instance: is not a URN")]);
});

test("secrets come from a file, the environment, standard input; no list of processes has them", async () => {
  const file = join(folder, "kept.txt");
  writeFileSync(file, "secret\n");
  const expected = runCli(["encode", "--secret", "secret", FIELDS]).lines;
  expect(expected).toHaveLength(1);
  expect(runCli(["encode", "--secret-file", file, FIELDS]).lines).toEqual(expected);
  expect(runCli(["encode", "--secret", "-", FIELDS], "secret\n").lines).toEqual(expected);
  const { stdout } = spawnSync(process.execPath, ["dist/cli.js", "encode", FIELDS], {
    env: { ...process.env, PKG0_SECRET: "secret" },
    encoding: "utf8",
  });
  expect(stdout.trim()).toBe(expected[0]);
  const none = runCli(["encode", "--secret-file", join(folder, "none"), FIELDS]);
  expect([none.code, none.lines]).toEqual([2, []]);
  if (process.platform !== "linux") return;
  const device = startListener([
    ...["--accounts", accounts, "--state", join(folder, "ps"), "--sip", "127.0.0.1:0"],
    ...["--register", "sip:device@127.0.0.1:5098", "--password-file", file],
  ]);
  await device.until(events => events.length > 0);
  expect(readFileSync(`/proc/${device.child.pid}/cmdline`, "utf8")).not.toContain("secret\0");
  device.child.kill("SIGTERM");
  expect(await device.ended).toBe(0);
});

test.each([
  ["decode", []],
  ["encode", ["--secret", "secret"]],
])(
  "%s: a line of 64 MB is a status, and the next line is read",
  async (command, args) => {
    const child = spawn(process.execPath, ["dist/cli.js", command, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    let out = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", piece => {
        out += piece;
      });
    }
    const piece = Buffer.alloc(2 ** 20, 0x30);
    for (let i = 0; i < 64; i++) {
      if (!child.stdin.write(piece)) await new Promise(resolve => child.stdin.once("drain", resolve));
    }
    child.stdin.end("\n00\n");
    const code = await new Promise(resolve => child.once("close", resolve));
    expect(code).toBe(1);
    const answers = out.trim().split("\n");
    expect(answers.map(line => JSON.parse(line).status)).toEqual([
      "INPUT_LONG",
      expect.not.stringContaining("INPUT_LONG"),
    ]);
  },
  30_000,
);

test("listen tells of so many rejects a minute", async () => {
  const device = startListener([
    ...["--accounts", accounts, "--state", join(folder, "quiet"), "--http", "127.0.0.1:0", "--quiet-rejects", "2"],
  ]);
  await device.until(events => events.length > 0);
  const url = `http://${device.events[0]!.at}`;
  for (let i = 0; i < 5; i++) await runCliAsync(["send", "--to", `${url}/other`, "--secret", "secret", FIELDS]);
  await runCliAsync(["send", "--to", `${url}/wappush`, "--secret", "secret", FIELDS]);
  await device.until(events => events.some(({ event }) => event === "session"));
  expect(device.events.filter(({ event }) => event === "rejected")).toHaveLength(2);
  device.child.kill("SIGTERM");
  await device.ended;
}, 30_000);

test("send refuses HEX that encode would not make, and connects by OBEX to its Target", async () => {
  const [good] = runCli(["encode", "--secret", "secret", FIELDS]).lines;
  const bad = `${good!.slice(0, 4)}0001${good!.slice(8)}`; // a reserved bit
  const peers: string[] = [];
  const sink = createServer(socket => socket.on("data", bytes => peers.push(bytes.toString("hex"))));
  await new Promise<void>(resolve => sink.listen(0, "127.0.0.1", resolve));
  const { port } = sink.address() as { port: number };
  const refused = await runCliAsync(["send", "--to", `obex://127.0.0.1:${port}`, bad]);
  expect(refused.code).toBe(1);
  expect(refused.errors).toContain("--unchecked");
  expect(peers).toEqual([]);
  sink.close();

  const taken: number[] = [];
  const device = await openObex({ host: "127.0.0.1", port: 0 }, (_bytes, from, to) => taken.push(to - from));
  const to = `obex://127.0.0.1:${device.port}`;
  expect((await runCliAsync(["send", "--to", to, "--target", "SYNCML-DM", good!])).code).toBe(0);
  expect((await runCliAsync(["send", "--to", to, "--unchecked", bad])).code).toBe(0);
  expect((await runCliAsync(["send", "--to", "udp://127.0.0.1:9", "--target", "SYNCML-DM", good!])).code).toBe(2);
  await expect.poll(() => taken).toHaveLength(2);
  await device.close();
}, 30_000);
