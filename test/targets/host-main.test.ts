/** The bundle over host functions as C sees it: the functions of `pkg0`, and the host functions that are optional. */
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { OK, SESSION_UNKNOWN } from "../../src/status.ts";
import { push13, SERVER_ID } from "../suite/messages.ts";
import { createHostPort } from "./host-functions.ts";
import { ACCOUNT, pushOf } from "./tty.ts";

type Api = Record<string, (first?: string, second?: string) => number>;

/** Starts the bundle over a port; `more` are further host functions. */
function boot(host: object) {
  const context = createContext({ host: { ...host } });
  runInContext(readFileSync("dist/host-functions.js", "utf8"), context);
  return (context as unknown as { pkg0: Api }).pkg0;
}

describe("pkg0 over host functions", () => {
  test("hasAccount tells whether to provision, over a reset, too", () => {
    const { host } = createHostPort();
    const first = boot(host);
    expect(first.hasAccount(ACCOUNT.serverId)).toBe(0);
    expect(first.addAccount(JSON.stringify(ACCOUNT))).toBe(OK);
    expect(first.hasAccount(ACCOUNT.serverId)).toBe(1);
    expect(first.hasAccount("other.example")).toBe(0);
    const again = boot(host);
    expect(again.hasAccount(ACCOUNT.serverId)).toBe(1);
    expect(again.removeAccount(ACCOUNT.serverId)).toBe(OK);
    expect(again.hasAccount(ACCOUNT.serverId)).toBe(0);
  });

  test("options bound the device; what is no JSON leaves the defaults", () => {
    const { host } = createHostPort();
    const bounded = boot({ ...host, options: () => '{"accountsMax":1}' });
    expect(bounded.addAccount(JSON.stringify(ACCOUNT))).toBe(OK);
    expect(bounded.addAccount(JSON.stringify({ ...ACCOUNT, serverId: "second.example" }))).not.toBe(OK);
    const free = boot({ ...host, options: () => "no JSON" });
    expect(free.addAccount(JSON.stringify({ ...ACCOUNT, serverId: "second.example" }))).toBe(OK);
  });

  test.each(["allow", "refuse"])("ui asks, and the session starts when the user has answered: %s", answer => {
    const port = createHostPort();
    port.setClock!(Math.floor(Date.now() / 1000));
    const asked: [string, boolean][] = [];
    const started: string[] = [];
    const pkg0 = boot({
      ...port.host,
      ui: (json: string, asks: boolean) => void asked.push([JSON.parse(json).sessionId, asks]),
      start: (json: string) => started.push(JSON.parse(json).sessionId) * 0,
    });
    pkg0.addAccount(JSON.stringify(ACCOUNT));
    for (const [id, uiMode] of [
      [0x11, 3],
      [0x12, 2],
    ]) {
      port.datagram!(pushOf(id!, 20, uiMode));
      pkg0.poll();
    }
    expect(asked).toEqual([
      ["11", true],
      ["12", false],
    ]);
    expect(started).toEqual(["12"]);
    expect(pkg0[answer](ACCOUNT.serverId, "99")).toBe(SESSION_UNKNOWN);
    expect(pkg0[answer](ACCOUNT.serverId, "11")).toBe(OK);
    expect(pkg0[answer](ACCOUNT.serverId, "11")).toBe(SESSION_UNKNOWN);
    expect(started).toEqual(answer === "allow" ? ["12", "11"] : ["12"]);
  });

  test("ui: a question whose session is over takes no answer from a later one of the same name", () => {
    const port = createHostPort();
    let now = 1_700_000_000;
    const asked: string[] = [];
    const started: string[] = [];
    const pkg0 = boot({
      ...port.host,
      posixSeconds: () => now,
      ui: (json: string) => void asked.push(JSON.parse(json).sessionId),
      start: (json: string) => started.push(JSON.parse(json).sessionId) * 0,
    });
    pkg0.addAccount(
      JSON.stringify({ serverId: SERVER_ID, appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret13" }] }),
    );
    const ask = () => {
      port.datagram!(push13({ sessionId: 0x11, timestamp: now, timeoutMinutes: 1, uiMode: 3 }));
      pkg0.poll();
    };
    ask();
    now += 120;
    for (let i = 0; i < 60; i++) pkg0.tick(); // it expires
    expect(pkg0.allow(SERVER_ID, "11")).toBe(SESSION_UNKNOWN);
    ask();
    expect(asked).toEqual(["11", "11"]);
    expect(pkg0.allow(SERVER_ID, "11")).toBe(OK);
    expect(started).toEqual(["11"]);
  });

  test("a SHA-256 that nothing was written to is none: whoever sends zeros for a digest starts no session", () => {
    const port = createHostPort();
    port.setClock!(Math.floor(Date.now() / 1000));
    const started: string[] = [];
    const pkg0 = boot({
      ...port.host,
      // as functions.h does where a message is longer than HOST_BYTES
      sha256: () => {},
      start: (json: string) => started.push(JSON.parse(json).sessionId) * 0,
    });
    pkg0.addAccount(JSON.stringify(ACCOUNT));
    port.datagram!(pushOf(0x11, 20, 1).fill(0, -32));
    pkg0.poll();
    expect(started).toEqual([]);
    port.datagram!(pushOf(0x12, 20, 1));
    pkg0.poll();
    expect(started).toEqual(["12"]);
  });
});
