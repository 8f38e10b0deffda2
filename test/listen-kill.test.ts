/** `pkg0 listen` killed at random moments, a hundred times in a row, under good, bad, duplicate and replayed datagrams. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { readHostPort, sendUdp } from "../targets/node/udp.ts";
import { type Event, startListener } from "./cli.ts";
import { createRandom } from "./random.ts";
import { NONCE, octets, push12, push13, SERVER_ID } from "./suite/messages.ts";

const KILLS = 100;
const SEED = Number(process.env.KILL_SEED ?? 1);

const folder = mkdtempSync(join(tmpdir(), "pkg0-kill-"));
afterAll(() => rmSync(folder, { recursive: true }));

const accounts = join(folder, "accounts.json");
const aauthData = Buffer.from(NONCE).toString("base64");
writeFileSync(
  accounts,
  JSON.stringify([
    {
      serverId: SERVER_ID,
      appAuth: [
        { aauthLevel: "NOTICRED", aauthSecret: "secret13" },
        { aauthLevel: "SRVCRED", aauthName: SERVER_ID, aauthSecret: "secret12", aauthData },
      ],
    },
  ]),
);

const random = createRandom(SEED);

interface Good {
  key: string;
  push: Uint8Array;
}

/** Good ones have even session ids, bad ones odd ones; TIMESTAMPs go up and down a little. */
function newGood(number: number): Good {
  const sessionId = 2 * number;
  const is12 = random(3) === 0;
  const push = is12
    ? push12({ sessionId }, NONCE)
    : push13({ sessionId, timestamp: 1_700_000_000 + 10 * number - random(60) });
  return { key: `${is12 ? "1.2" : "1.3"} ${sessionId.toString(16).toUpperCase()}`, push };
}

function newBad(number: number): Uint8Array {
  const message = { sessionId: 2 * number + 1, timestamp: 1_700_000_000 };
  const kind = random(4);
  if (kind === 0) return push13({ ...message, secret: octets("guessed") });
  if (kind === 1) return push12(message, octets("a former nonce"));
  if (kind === 2) return push13({ ...message, serverId: octets("other.example") });
  return push13(message).slice(0, random(70));
}

const keyOf = (event: Event) => `${event.format} ${event.sessionId}`;
const isOffer = (event: Event) => event.event === "session" || event.event === "resumed";

test(`listen, killed ${KILLS} times, starts each good notification's session, and none again`, async () => {
  const goods: Good[] = [];
  const runs: Event[][] = [];
  const start = async () => {
    const listener = startListener(["--accounts", accounts, "--state", join(folder, "state"), "--udp", "127.0.0.1:0"]);
    await listener.until(events => events.some(({ event }) => event === "listening"));
    runs.push(listener.events);
    const listening = listener.events.find(({ event }) => event === "listening") as Event;
    return { listener, to: readHostPort(listening.at as string) };
  };

  for (let i = 0; i < KILLS; i++) {
    const { listener, to } = await start();
    const datagrams: Uint8Array[] = [];
    for (let k = 1 + random(6); k > 0; k--) {
      const kind = random(4);
      if (kind === 0) datagrams.push(newBad(goods.length + k));
      else if (kind === 1 && goods.length > 0) datagrams.push(goods[random(goods.length)]!.push);
      else {
        const good = newGood(goods.length + 1);
        goods.push(good);
        datagrams.push(good.push);
        if (random(3) === 0) datagrams.push(good.push);
      }
    }
    const closed = once(listener.child, "close");
    const sent = Promise.all(datagrams.map(datagram => sendUdp(to, datagram)));
    await sleep(random(25));
    listener.child.kill("SIGKILL");
    await Promise.all([closed, sent]);
  }

  // sends everything again: messages that a kill lost are accepted now, all others are duplicates
  const { listener, to } = await start();
  for (const { push } of goods) {
    const answers = listener.events.length;
    await sendUdp(to, push);
    await listener.until(events =>
      events.slice(answers).some(({ event }) => /accepted|duplicate|rejected/.test(event)),
    );
  }
  listener.child.kill("SIGTERM");
  expect(await listener.ended).toBe(0);

  const keys = goods.map(({ key }) => key);
  const offers = runs.flatMap(events => events.filter(isOffer));
  expect(new Set(offers.map(keyOf)), "sessions of good notifications").toEqual(new Set(keys));
  for (const key of keys) {
    const first = offers.filter(event => event.event === "session" && keyOf(event) === key);
    expect(first.length, `${key} as a new session`).toBeLessThanOrEqual(1);
    // the listener ends a session before it does anything else: a session that another event follows was done, and must
    // never be offered again
    const done = runs.findIndex(events => events.slice(0, -1).some(event => isOffer(event) && keyOf(event) === key));
    const later = done < 0 ? [] : runs.slice(done + 1).flat();
    expect(later.filter(event => isOffer(event) && keyOf(event) === key)).toEqual([]);
  }
  const rejected = runs.flat().filter(({ event }) => event === "rejected");
  const resumed = offers.filter(({ event }) => event === "resumed");
  console.log(`${keys.length} good notifications, ${rejected.length} rejected, ${resumed.length} sessions resumed`);
  expect(rejected.length).toBeGreaterThan(0);
}, 600_000);
