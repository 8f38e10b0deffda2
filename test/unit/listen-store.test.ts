/** `listen` whose disk does not take the accounts of the file: it ends, and neither a former account nor its sessions go on. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { encode, pushOf } from "../../targets/codec/index.ts";
import { listen } from "../../targets/node/listen.ts";
import { readHostPort, sendUdp } from "../../targets/node/udp.ts";

const folder = mkdtempSync(join(tmpdir(), "pkg0-listen-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Event = { event: string; [name: string]: unknown };
/** More than a file of the state may have, so that its save fails as on a full disk. */
const LONG = "x".repeat(2 ** 21);
const account = (aauthSecret: string, more: object = {}) => ({
  ...{ serverId: "dm.example", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret }] },
  ...more,
});

async function run(dmAccs: object[], hold: boolean, act: (at: string) => Promise<void> = async () => {}) {
  const accounts = join(folder, "accounts.json");
  writeFileSync(accounts, JSON.stringify(dmAccs));
  const events: Event[] = [];
  const print = (event: object) => events.push(event as Event);
  let failure = "";
  try {
    const close = await listen({ accounts, state: join(folder, "state"), udp: ["127.0.0.1:0"], hold, print });
    await act(events.find(({ event }) => event === "listening")!.at as string);
    await close();
  } catch (error) {
    failure = (error as Error).message;
  }
  return { failure, events: events.map(({ event }) => event) };
}

test("an account that cannot be stored ends listen; what is pending waits for the next start", async () => {
  const { bytes, contentType } = encode(
    { sessionId: "7", serverId: "dm.example", requestedMo: [1] },
    { secret: "old" },
  );
  const first = await run([account("old")], true, async at => {
    await sendUdp(readHostPort(at), pushOf(bytes, contentType, 1));
    await new Promise(resolve => setTimeout(resolve, 300));
  });
  expect(first).toEqual({ failure: "", events: ["listening", "accepted", "session"] });
  for (const dmAccs of [
    [account("new", { prefConRef: LONG })],
    [account("old"), account("s", { serverId: "other.example", prefConRef: LONG })],
  ]) {
    const { failure, events } = await run(dmAccs, false);
    expect(failure).toMatch(/^cannot add (dm|other)\.example in the state directory: STORE_WRITE, the storage did not/);
    expect(new Set(events)).toEqual(new Set(["error"]));
  }
  expect((await run([account("old")], false)).events).toEqual(["listening", "resumed"]);
});
