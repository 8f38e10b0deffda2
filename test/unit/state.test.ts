/** The state directory: its permitted contents, how files are written, and that only one process has it at a time. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockDirectory } from "../../targets/node/lock.ts";
import { readRegistration } from "../../targets/node/sip-account.ts";
import { prepareState, readStateFile, StateError, writeStateFile } from "../../targets/node/state.ts";
import { createFileStorage } from "../../targets/node/storage.ts";

let directory = "";
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "pkg0-")), "state");
});

/** The one line that a StateError says. */
function complaint(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(StateError);
    expect((error as Error).message).not.toContain("\n");
    expect((error as Error).message).not.toContain("\u001b");
    return (error as Error).message;
  }
  return "";
}

const isLinux = process.platform === "linux";
const fifo = (path: string) => spawnSync("mkfifo", [path]).status === 0;

describe("what is in it", () => {
  test.runIf(process.platform !== "win32").each([
    ["a FIFO", (path: string) => fifo(join(path, "acc0a")), "is a FIFO"],
    ["a FIFO that is being written", (path: string) => fifo(join(path, "acc0a.new")), "is a FIFO"],
    ["a link", (path: string) => symlinkSync("/etc/passwd", join(path, "acc0a")), "is a link"],
    ["a link to nothing", (path: string) => symlinkSync("/nowhere", join(path, "acc0b.new")), "is a link"],
    ["a folder", (path: string) => mkdirSync(join(path, "adm0a")), "is a directory"],
    ["a strange name", (path: string) => writeFileSync(join(path, "notes.txt"), ""), "is not a file of pkg0"],
    ["a strange number", (path: string) => writeFileSync(join(path, "acc99999999999a"), ""), "is not a file of pkg0"],
    ["a name with an escape", (path: string) => writeFileSync(join(path, "\u001b[31m"), ""), "\\u001b[31m"],
    ["a file in place of the lock", (path: string) => writeFileSync(join(path, "lock-1"), ""), "is not a file of pkg0"],
    ["leave for everybody to write", (path: string) => chmodSync(path, 0o777), "everybody may write to it"],
  ])("%s is an error at once", (_, spoil, what) => {
    mkdirSync(directory);
    spoil(directory);
    expect(complaint(() => createFileStorage(directory))).toContain(what);
  });

  test("a file, a link or a folder that cannot be is no directory", () => {
    writeFileSync(directory, "");
    expect(complaint(() => prepareState(directory))).toContain("is no directory");
    expect(complaint(() => prepareState(join(directory, "below")))).not.toBe("");
  });

  test.runIf(isLinux)("what cannot be made under /proc is an error, and does not turn for ever", () => {
    expect(complaint(() => prepareState("/proc/pkg0/state"))).toContain("/proc/pkg0: cannot be made");
    expect(complaint(() => prepareState("/proc/self/fd/state"))).toContain("cannot be made");
    expect(complaint(() => prepareState("/sys/state"))).toContain("cannot be made");
  });

  test("what listen, encode and a crash leave there is no error", () => {
    for (const name of ["acc0a", "adm12b", "acc0a.new", "session-ids", "sip-instance"]) {
      prepareState(directory);
      writeFileSync(join(directory, name), "x");
    }
    mkdirSync(join(directory, "lost+found"));
    expect(complaint(() => prepareState(directory))).toBe("");
  });
});

describe("how it is written", () => {
  test.runIf(process.platform !== "win32")(
    "each file for its owner alone, whatever was there and whatever the umask",
    () => {
      prepareState(directory);
      writeFileSync(join(directory, "acc0a.new"), "cut", { mode: 0o666 });
      chmodSync(join(directory, "acc0a.new"), 0o666);
      const before = process.umask(0);
      writeStateFile(directory, "acc0a", "whole");
      writeStateFile(directory, "sip-instance", "urn:x");
      process.umask(before);
      for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      expect(readdirSync(directory).sort()).toEqual(["acc0a", "sip-instance"]);
    },
  );

  test.runIf(process.platform !== "win32")(
    "what came to be a link or a FIFO is neither read nor written through",
    () => {
      const storage = createFileStorage(directory);
      const target = join(directory, "..", "target");
      writeFileSync(target, "others'");
      for (const name of ["acc0a", "acc0a.new"]) symlinkSync(target, join(directory, name));
      expect(storage.load("acc0a")).toBe(false); // not readable
      expect(storage.save("acc0a", new Uint8Array(3))).toBe(false);
      fifo(join(directory, "acc0b"));
      fifo(join(directory, "acc0b.new"));
      expect(storage.load("acc0b")).toBe(false);
      expect(storage.save("acc0b", new Uint8Array(3))).toBe(false);
      expect(readFileSync(target, "utf8")).toBe("others'");
    },
  );

  test("a record that could not be read again is not written, and the former one stays", () => {
    const storage = createFileStorage(directory);
    expect(storage.save("acc0a", new Uint8Array(2 ** 20))).toBe(true);
    expect(storage.save("acc0a", new Uint8Array(2 ** 20 + 1))).toBe(false);
    expect((storage.load("acc0a") as Uint8Array).length).toBe(2 ** 20);
  });

  test("the instance for SIP is made once, and a strange one is an error", () => {
    prepareState(directory);
    const instanceOf = () => readRegistration("sip:device@example.com", undefined, directory).instance;
    const made = instanceOf();
    expect(made).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(instanceOf()).toBe(made);
    for (const text of ["", " ", "<>", "urn:uuid:1\r\nX: y", "urn:x>;y", `urn:${"x".repeat(300)}`]) {
      writeFileSync(join(directory, "sip-instance"), text);
      expect(complaint(instanceOf), JSON.stringify(text)).toContain("sip-instance: is not a URN");
    }
    expect(readStateFile(directory, "none")).toBeNull();
  });
});

describe.runIf(process.platform !== "win32")("one process at a time", () => {
  const children: ChildProcess[] = [];
  let program = "";
  beforeEach(async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { lockDirectory } from "./targets/node/lock.ts";
        lockDirectory(process.argv[2]).then(
          () => { console.log("has it"); setInterval(() => {}, 1000); },
          error => console.log(error.message),
        );`,
        resolveDir: new URL("../..", import.meta.url).pathname,
      },
      ...{ bundle: true, write: false, format: "cjs", platform: "node", logLevel: "silent" },
    });
    program = join(directory, "..", "locker.cjs");
    writeFileSync(program, outputFiles[0]!.text);
    prepareState(directory);
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  /** The output of another process that wants the lock. */
  function ask(by: string[] = []): Promise<{ child: ChildProcess; said: string }> {
    const [command, ...args] = [...by, process.execPath, program, directory];
    const child = spawn(command!, args);
    children.push(child);
    return new Promise(resolve => child.stdout.once("data", text => resolve({ child, said: String(text).trim() })));
  }

  test("the second is refused, until the first gives it back, ends, or is killed", async () => {
    const unlock = await lockDirectory(directory);
    expect((await ask()).said).toContain("another process has it");
    await expect(lockDirectory(directory)).rejects.toThrow("another process has it");
    unlock();
    expect(readdirSync(directory)).toEqual([]);
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const { child, said } = await ask();
      expect(said).toBe("has it");
      await expect(lockDirectory(directory)).rejects.toThrow("another process has it");
      child.kill(signal);
      await new Promise(resolve => child.once("exit", resolve));
    }
    (await lockDirectory(directory))();
    expect(readdirSync(directory)).toEqual([]);
  });

  test("of many that come at once, one has it", async () => {
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(Array.from({ length: 6 }, () => ask()));
      expect(answers.filter(({ said }) => said === "has it")).toHaveLength(1);
      // and the same after a crash
      for (const { child } of answers) child.kill("SIGKILL");
      await Promise.all(
        answers.map(({ child }) => child.exitCode ?? child.signalCode ?? new Promise(done => child.once("exit", done))),
      );
    }
  }, 30_000);

  test.runIf(isLinux && spawnSync("unshare", ["-n", "true"]).status === 0)(
    "in another network namespace, too (skipped where unshare -n is not allowed)",
    async () => {
      const unlock = await lockDirectory(directory);
      expect((await ask(["unshare", "-n"])).said).toContain("another process has it");
      unlock();
      const { said } = await ask(["unshare", "-n"]);
      expect(said).toBe("has it");
      await expect(lockDirectory(directory)).rejects.toThrow("another process has it");
    },
  );

  test.runIf(isLinux)("no stranger's socket of the same name in the abstract name space matters", async () => {
    const strangers = createServer().listen("\0pkg0-lock-1");
    (await lockDirectory(directory))();
    strangers.close();
  });

  test.runIf(isLinux)("a path longer than the address of a socket can hold", async () => {
    directory = join(directory, "..", "long".repeat(50));
    prepareState(directory);
    const unlock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toThrow("another process has it");
    expect((await ask()).said).toContain("another process has it");
    unlock();
    expect(existsSync(join(directory, "lock-1"))).toBe(false);
  });
});
