import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** Packs the package that npm would publish, checks it, installs it in an empty project and uses it there. */
const project = mkdtempSync(join(tmpdir(), "pkg0-"));
const installed = join(project, "node_modules/pkg0");
let tarball = "";
/** The compiler's errors in USE and PORT, which are compiled at once. */
let errors = "";

const run = (command: string, args: string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: "utf8" });

beforeAll(() => {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], "."));
  tarball = join(project, packed.filename);
  mkdirSync(installed, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"], project);
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  for (const name of ["@types/node", "undici-types"])
    cpSync(join("node_modules", name), join(project, "node_modules", name), { recursive: true });
  writeFileSync(join(project, "use.mts"), USE);
  writeFileSync(join(project, "port.mts"), PORT);
  const tsc = join(process.cwd(), "node_modules/typescript/bin/tsc");
  const options = ["--strict", "--module", "nodenext", "--target", "es2022", "--types", "node"];
  const command = [tsc, ...options, "use.mts", "port.mts"];
  errors = spawnSync(process.execPath, command, { cwd: project, encoding: "utf8" }).stdout;
}, 300_000);

afterAll(() => rmSync(project, { recursive: true }));

const USE = `
import { newPush, type Hal, type Push } from "pkg0";
import "pkg0/device/client";
export const p: Push = newPush();
export const start = (hal: Hal) => globalThis.pkg0.createClient(hal, {}).open();
// @ts-expect-error: a client has no such function
globalThis.pkg0.createClients();
`;

/** A board of a user's own, written by the porting guide. */
const PORT = `
import { SESSION_STARTED, statusName, type Storage, VIA_UDP } from "pkg0";
import { checkPort } from "pkg0/conformance";
import { encode, pushOf } from "pkg0/node";
import { type Board, startDevice } from "pkg0/targets/device";

const records = new Map<string, Uint8Array>();
const storage: Storage = {
  load: key => records.get(key)?.slice() ?? null,
  save: (key, bytes) => records.set(key, bytes.slice()).has(key),
  erase: key => records.delete(key) || true,
};
const board: Board = {
  storage,
  clock: { posixSeconds: () => 0, monotonicSeconds: () => Math.floor(performance.now() / 1000) },
  session: {
    start(request) {
      console.log(\`start session \${request.sessionId} with \${request.serverId}\`);
      return SESSION_STARTED;
    },
  },
  udp: { open: () => true, close() {} },
};
const device = startDevice(board, {
  accounts: [{ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] }],
});
const signed = encode({ sessionId: "1234", serverId: "dm.example.com", requestedMo: [1] }, { secret: "secret" });
const push = pushOf(signed.bytes, signed.contentType, 1);
console.log(statusName(device.client.receivePush(push, 0, push.length, VIA_UDP)));

checkPort(
  { start: () => board, whenArrived: next => next() },
  {
    passed: check => console.log(\`passed \${check}\`),
    failed: (check, what) => console.log(\`failed \${check}: \${what}\`),
    skipped: (check, missing) => console.log(\`skipped \${check}: no \${missing}\`),
  },
  failed => console.log(\`\${failed} checks failed\`),
);
`;

describe("the package", () => {
  test("holds the bundles and the sources, and no tests", () => {
    const files = run("tar", ["-tzf", tarball], project);
    expect(files).toContain("package/dist/pkg0.client.js");
    expect(files).toContain("package/dist/index.d.ts");
    expect(files).toContain("package/src/index.ts");
    expect(files).not.toMatch(/^package\/(dist\/)?(test|build)\//m);
  });

  test("names each library that its bundles contain, with its licence", () => {
    const maps = ["dist/cli.js.map", ...readdirSync("dist/chunks").map(name => `dist/chunks/${name}`)];
    const sources = maps
      .filter(name => name.endsWith(".map"))
      .flatMap(name => JSON.parse(readFileSync(name, "utf8")).sources as string[]);
    const libraries = new Set(sources.flatMap(one => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(one)?.[1] ?? []));
    expect(libraries.size).toBeGreaterThan(0);
    const text = readFileSync("dist/THIRD-PARTY.txt", "utf8");
    for (const library of libraries) expect(text).toMatch(new RegExp(`^${library} \\d+\\.`, "m"));
  });

  test("passes publint", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, strict: true });
    expect(messages.map(message => formatMessage(message, pkg))).toEqual([]);
  });

  test("passes attw", () => {
    const options = ["--profile", "esm-only", "--format", "json"];
    const { analysis } = JSON.parse(run("node_modules/.bin/attw", [tarball, ...options], ".")); // exits with 1 on a problem
    expect(Object.keys(analysis.entrypoints)).toEqual(
      Object.keys(JSON.parse(readFileSync("package.json", "utf8")).exports),
    );
  });

  test("is imported by its names", () => {
    const script = `
      import { newNotification, readNotification13 } from "pkg0";
      import * as node from "pkg0/node";
      const status = readNotification13(new Uint8Array([0x10]), 0, 1, newNotification(), 0);
      console.log(status, typeof node.encode);`;
    expect(run(process.execPath, ["--input-type=module", "-e", script], project)).toBe("96 function\n");
  });

  test("installs nothing else", () => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      readFileSync(join(installed, "package.json"), "utf8"),
    );
    expect([dependencies, optionalDependencies]).toEqual([undefined, undefined]);
    for (const name of Object.keys(peerDependencies))
      expect(peerDependenciesMeta[name], name).toEqual({ optional: true });
  });

  test("has types that a strict project can use", () => {
    expect(errors).toBe("");
  });

  test("has the bundles of devices as modules that assign their global", () => {
    const script = `
      import "pkg0/device/client-udp.es5";
      import { createMockHal } from "pkg0/targets/mock/hal";
      console.log(pkg0.createClient(createMockHal(), {}).open());`;
    expect(run(process.execPath, ["--input-type=module", "-e", script], project)).toBe("0\n");
  });

  test("ports a HAL, starts a session on it and proves the port, without a checkout", () => {
    expect(errors).toBe("");
    const [started, verdict, ...checks] = run(process.execPath, ["port.mjs"], project).trim().split("\n");
    expect(started).toBe("start session 1234 with dm.example.com");
    expect(verdict).toBe("OK");
    expect(checks.at(-1)).toBe("0 checks failed");
    expect(checks.filter(line => line.startsWith("passed ")).length).toBeGreaterThan(5);
  });

  test("has the command pkg0 when there is a command line", () => {
    const { bin } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(bin).toEqual(existsSync("targets/node/cli.ts") ? { pkg0: "dist/cli.js" } : undefined);
    if (bin !== undefined)
      expect(run(process.execPath, [join(installed, bin.pkg0), "--help"], project)).toMatch(/pkg0/);
  });
});

test("the API reference is complete: every public name has a comment", () => {
  const typedoc = join(process.cwd(), "node_modules/typedoc/bin/typedoc");
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [typedoc, "--emit", "none", "--treatWarningsAsErrors"],
    {
      encoding: "utf8",
    },
  );
  expect(`${stdout}${stderr}`).not.toMatch(/warning\]/);
  expect(status).toBe(0);
});
