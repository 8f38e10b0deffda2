/**
 * Long random histories of a device. At every byte of every save the power is cut on a copy of the device. The copy boots,
 * and must be in the state of the model before or after the save; some histories continue with the copy. Variables:
 * POWER_HISTORIES, POWER_SEED.
 */
import { expect, test } from "vitest";
import { checkOf } from "../../src/bytes.ts";
import { createClient } from "../../src/client/client.ts";
import type { Hal, SessionRequest } from "../../src/hal.ts";
import * as codes from "../../src/status.ts";
import { STATUSES } from "../../src/status-names.ts";
import * as wire from "../../src/wire.ts";
import { CUT_KINDS, CUT_LEAVES_GARBAGE, createFlash, type Flash } from "../../targets/mock/flash.ts";
import { createRandom } from "../random.ts";
import { nonceOf, octets, push12, push13 } from "../suite/messages.ts";
import { accept, cloneModel, isOver, type Limits, type Model, type Note, verdictOf } from "./model.ts";

const HISTORIES = Number(process.env.POWER_HISTORIES ?? 6);
const SEED = Number(process.env.POWER_SEED ?? 1);
const STEPS = 150;
const START = 1_700_000_000;
const LIMITS: Limits = { accountsMax: 3, rememberedMax: 3, pendingMax: 3, maxSkewSeconds: 86_400 };
const SERVERS = ["a.example", "b.example", "c.example", "d.example"];

const nameOf = new Map(STATUSES.map(([name]) => [(codes as unknown as Record<string, number>)[name], name]));

/** A device that was just switched on over `flash`. */
function boot(flash: Flash, clock: { now: number }, onStart: (key: string, request: SessionRequest) => void) {
  const hal: Hal = {
    storage: flash,
    clock: { posixSeconds: () => clock.now, monotonicSeconds: () => 0 },
    session: {
      start(request) {
        if (!flash.isOff) onStart(keyOfRequest(request), request); // without power no session starts
        return wire.SESSION_STARTED;
      },
    },
  };
  return createClient(hal, LIMITS);
}

const keyOfRequest = (request: SessionRequest) =>
  `${request.serverId} ${request.format} ${request.sessionId} ${request.timestamp} ${request.connectReason}${octetsText(request.vendorInfo)}`;
const octetsText = (bytes: Uint8Array) => Buffer.from(bytes).toString();
/** Vendor-Info carries the nonce, so that a session id used again under another one is another session. */
const keyOf = (note: Note) =>
  `${note.serverId} ${note.format} ${note.sessionId.toString(16).toUpperCase()} ${note.timestamp} ${note.nonce}`;

const pushes = new Map<Note, Uint8Array>();

function pushOf(note: Note): Uint8Array {
  const made = pushes.get(note);
  if (made !== undefined) return made;
  const message = {
    serverId: octets(note.serverId),
    name: octets(note.serverId),
    sessionId: note.sessionId,
    timestamp: note.timestamp,
    timeoutMinutes: note.timeoutMinutes,
    secret: octets(note.secret),
    vendorInfo: octets(String(note.nonce)),
  };
  const push = note.format === 12 ? push12(message, nonceOf(note.nonce)) : push13(message);
  if (note.isForged) push[note.format === 12 ? 6 : push.length - 1] ^= 1;
  pushes.set(note, push);
  return push;
}

const dmAccOf = (serverId: string, secret: string, nonce: number) => ({
  serverId,
  appAuth: [
    { aauthLevel: "NOTICRED", aauthSecret: secret },
    { aauthLevel: "SRVCRED", aauthSecret: secret, aauthData: nonceOf(nonce) },
  ],
});

/** The observable state of a device, including its verdicts on probes. Probing changes the device, so it must be a copy. */
function observe(flash: Flash, now: number, probes: Note[]): string {
  const seen: string[] = [];
  const clock = { now };
  const client = boot(flash, clock, key => seen.push(`start ${key}`));
  for (const dmAcc of client.listAccounts()) {
    seen.push(`account ${dmAcc.serverId} ${dmAcc.appAuth[0].aauthSecret} ${dmAcc.appAuth[1].aauthData?.join()}`);
  }
  const accounts = seen.splice(0).sort();
  client.resume();
  const started = seen.splice(0).sort();
  const verdicts = probes.map(note => {
    const push = pushOf(note);
    return `${keyOf(note)}: ${nameOf.get(client.receivePush(push, 0, push.length, 1))}`;
  });
  return [...accounts, ...started, ...verdicts].join("\n");
}

/** `text` of observe by kinds of lines. */
function linesOf(text: string) {
  const lines = text.split("\n").filter(line => line !== "");
  const starting = (word: string) => lines.filter(line => line.startsWith(`${word} `));
  const verdicts = lines.filter(line => !line.startsWith("account ") && !line.startsWith("start "));
  return { accounts: starting("account"), started: starting("start"), verdicts };
}

/** A record as a later version of this software would write it: of a format that this one does not know. */
function ofLaterVersion(key: string, slot: Uint8Array): Uint8Array {
  const later = new Uint8Array(slot);
  later[2] = 3;
  let seed = 0;
  for (const character of key.slice(0, -1)) seed = (seed * 31 + character.charCodeAt(0)) | 0;
  const check = checkOf(checkOf(seed, later, 7, later.length - 4), later, 0, 7);
  new DataView(later.buffer).setUint32(later.length - 4, check);
  return later;
}

/** The state that the model expects, in the same form. */
function expected(model: Model, now: number, probes: Note[]): string {
  const copy = cloneModel(model);
  const accounts = [...copy].map(([id, one]) => `account ${id} ${one.secret} ${Array.from(nonceOf(one.nonce)).join()}`);
  const started: string[] = [];
  for (const account of copy.values()) {
    if (now !== 0) account.pending = account.pending.filter(note => !isOver(note, now));
    for (const note of account.pending) started.push(`start ${keyOf(note)}`);
  }
  const verdicts = probes.map(note => {
    const name = verdictOf(copy, note, now, LIMITS);
    if (name === "OK") accept(copy, note, now, LIMITS);
    return `${keyOf(note)}: ${name}`;
  });
  return [...accounts.sort(), ...started.sort(), ...verdicts].join("\n");
}

function copyOfFlash(flash: Flash, seed: number): Flash {
  const copy = createFlash(seed);
  copy.records = { ...flash.records };
  return copy;
}

function runHistory(seed: number): { cuts: number; saves: number; damages: number; verdicts: Map<string, number> } {
  const random = createRandom(seed);
  const pick = <X>(all: X[]): X => all[random(all.length)];
  const flash = createFlash(seed);
  const clock = { now: START };
  const counts = { cuts: 0, saves: 0, damages: 0, verdicts: new Map<string, number>() };
  const sent: Note[] = [];
  const done = new Set<string>();
  const running = new Map<string, SessionRequest>();
  let secrets = 0;
  let nonces = 0;
  let serverTime = START;
  let model: Model = new Map();
  /** The states of the model that the next save may leave, oldest first. */
  let candidates: Model[] = [model];
  let probes: Note[] = [];

  // every write is first tried on copies, cut at each byte in one of the ways of flash
  const save = flash.save;
  const erase = flash.erase;
  let isBroken = false;
  flash.save = (key, bytes) => {
    if (isBroken) return false;
    if (!flash.isOff) {
      counts.saves++;
      for (let cut = 0; cut <= bytes.length; cut++) {
        const copy = copyOfFlash(flash, seed + cut);
        copy.bytesLeft = cut;
        copy.cutLeaves = (cut + counts.saves) % CUT_KINDS;
        copy.save(key, bytes);
        checkCopy(copy, `${key} cut at ${cut} of ${bytes.length}, leaving ${copy.cutLeaves}`);
      }
    }
    return save(key, bytes);
  };
  flash.erase = key => {
    if (isBroken) return false;
    for (let cut = 0; cut < 2 && !flash.isOff; cut++) {
      const copy = copyOfFlash(flash, seed);
      copy.bytesLeft = cut;
      copy.cutLeaves = CUT_LEAVES_GARBAGE;
      copy.erase(key);
      checkCopy(copy, `${key} cut in its erase`);
    }
    return erase(key);
  };

  function checkCopy(copy: Flash, what: string): void {
    counts.cuts++;
    copy.powerOn();
    const seen = observe(copy, clock.now, probes);
    if (!candidates.some(each => expected(each, clock.now, probes) === seen)) {
      expect(seen, `seed ${seed}, ${what}`).toBe(expected(candidates[candidates.length - 1], clock.now, probes));
    }
  }

  /** The device as it stands, with one record damaged, unreadable for a while, or of a later version. */
  function checkDamage(): void {
    const good = expected(model, clock.now, probes);
    const known = linesOf(good);
    for (const key of Object.keys(flash.records)) {
      const what = `seed ${seed}, ${key}`;
      const slot = flash.records[key];
      counts.damages++;
      const flipped = copyOfFlash(flash, seed);
      flipped.records[key] = new Uint8Array(slot);
      flipped.records[key][random(slot.length)] ^= 1 << random(8);
      const seen = linesOf(observe(flipped, clock.now, probes));
      // compared as texts: expect() takes fifty times as long as a boot
      if (seen.accounts.join() !== known.accounts.join())
        expect(seen.accounts, `${what}: accounts after a bit flipped`).toEqual(known.accounts);
      checkNoDoor(seen, known, what);
      if (!known.started.every(line => seen.started.includes(line)))
        expect(seen.started, `${what}: sessions after a bit flipped`).toEqual(expect.arrayContaining(known.started));
      // for each account, at most the last one is offered again
      const extra = seen.started.filter(line => !known.started.includes(line));
      if (extra.length > 1) expect.fail(`${what}: sessions offered once more: ${extra}`);

      const later = ofLaterVersion(key, slot);
      for (const isLater of [false, true]) {
        const kind = `${what} ${isLater ? "of a later version" : "unreadable"}`;
        const hide = (copy: Flash) => {
          if (isLater) copy.records[key] = later;
          else copy.unreadable = key;
          return copy;
        };
        checkNoDoor(linesOf(observe(hide(copyOfFlash(flash, seed)), clock.now, probes)), known, kind);
        const copy = hide(copyOfFlash(flash, seed));
        const client = boot(copy, clock, () => {});
        const before = { ...copy.records };
        for (const serverId of model.keys()) {
          if (client.listAccounts().some(one => one.serverId === serverId)) continue;
          expect(client.addAccount(dmAccOf(serverId, "another", 1)), `${kind}: added twice`).not.toBe(codes.OK);
        }
        for (const [name, bytes] of Object.entries(copy.records))
          if (bytes !== before[name]) expect.fail(`${kind}: ${name} was written`);
        copy.unreadable = "";
        copy.records[key] = slot;
        const text = observe(copy, clock.now, probes);
        if (text !== good) expect(text, `${kind}, and back`).toBe(good);
      }
    }
  }

  /** Checks that damage makes no message acceptable. */
  function checkNoDoor(seen: ReturnType<typeof linesOf>, known: ReturnType<typeof linesOf>, what: string): void {
    const accepted = seen.verdicts.filter(line => line.endsWith(": OK"));
    for (const line of accepted) if (!known.verdicts.includes(line)) expect(known.verdicts, what).toContain(line);
  }

  const onStart = (key: string, request: SessionRequest) => {
    expect(done.has(key), `seed ${seed}: ${key} started after sessionDone`).toBe(false);
    expect(observe(copyOfFlash(flash, seed), 0, []), `seed ${seed}: started before it was saved`).toContain(key);
    running.set(key, request);
  };
  let client = boot(flash, clock, onStart);

  function reset(): void {
    flash.powerOn();
    running.clear();
    client = boot(flash, clock, onStart);
    candidates = [model];
    expire();
    client.resume();
    expect([...running.keys()].sort(), `seed ${seed}: resumed`).toEqual(
      [...model.values()].flatMap(one => one.pending.map(keyOf)).sort(),
    );
  }

  /**
   * The client cancels sessions whose time is over, with one save each. Only waiting sessions can be over, so this happens
   * after a boot.
   */
  function expire(): void {
    candidates = [cloneModel(model)];
    for (const account of model.values()) {
      for (const note of account.pending.filter(each => clock.now !== 0 && isOver(each, clock.now))) {
        account.pending = account.pending.filter(each => each !== note);
        candidates.push(cloneModel(model));
      }
    }
  }

  /**
   * Runs `act`, which takes the device from `model` to `after`, sometimes with a power cut inside, and sometimes first on a
   * storage that refuses every write. True when it was cut.
   */
  function step(after: Model, act: () => void, isRepeatable = true): boolean {
    isBroken = isRepeatable && random(8) === 0;
    if (isBroken) act();
    isBroken = false;
    candidates = [model, after];
    probes = [pick(sent), pick(sent), sent[sent.length - 1]].filter(Boolean);
    const isCut = random(8) === 0;
    if (isCut) {
      flash.bytesLeft = random(160);
      flash.cutLeaves = random(CUT_KINDS);
    }
    act();
    flash.bytesLeft = -1;
    if (!flash.isOff) {
      model = after;
      return false;
    }
    flash.powerOn();
    const copy = copyOfFlash(flash, seed);
    const seen = observe(copy, clock.now, probes);
    const found = candidates.find(each => expected(each, clock.now, probes) === seen);
    if (found === undefined) expect(seen, `seed ${seed}: after a cut`).toBe(expected(after, clock.now, probes));
    else model = cloneModel(found);
    reset();
    return true;
  }

  function newNote(): Note {
    const serverId = random(8) === 0 ? pick(SERVERS) : pick([...model.keys(), SERVERS[0]]);
    const account = model.get(serverId);
    serverTime += random(4);
    const kind = random(10);
    return {
      serverId,
      format: random(3) === 0 ? 12 : 13,
      sessionId: 1 + random(kind === 0 ? 65535 : 12),
      timestamp: 0,
      timeoutMinutes: 0,
      secret: account === undefined || kind === 1 ? "other" : account.secret,
      nonce: account === undefined || kind === 2 ? nonces + 1000 : account.nonce,
      isForged: kind === 3,
    };
  }

  function deliver(note: Note): void {
    const name = verdictOf(model, note, clock.now, LIMITS);
    const after = cloneModel(model);
    if (name === "OK") accept(after, note, clock.now, LIMITS);
    sent.push(note);
    const writes = flash.writes;
    let status = -1;
    const isCut = step(after, () => {
      const push = pushOf(note);
      status = client.receivePush(push, 0, push.length, 1);
    });
    counts.verdicts.set(name, (counts.verdicts.get(name) ?? 0) + 1);
    if (isCut) return;
    expect(nameOf.get(status), `seed ${seed}: ${keyOf(note)}`).toBe(name);
    expect(flash.writes - writes, `seed ${seed}: writes for ${name}`).toBe(name === "OK" ? 2 : 0);
  }

  const actions: [weight: number, act: () => void][] = [
    [
      30,
      () => {
        const note = newNote();
        if (note.format === 13) {
          note.timestamp = random(4) === 0 ? serverTime - random(60) : serverTime;
          note.timeoutMinutes = pick([0, 1, 60]);
          if (random(25) === 0) note.timestamp = serverTime + random(200_000);
          if (random(25) === 0) note.timestamp = serverTime - random(200_000);
          note.nonce = 0;
        }
        deliver(note);
      },
    ],
    [25, () => sent.length > 0 && deliver(pick(sent))],
    [
      25,
      () => {
        if (running.size === 0) return;
        const [key, request] = pick([...running]);
        const after = cloneModel(model);
        const account = after.get(request.serverId);
        if (account === undefined) return;
        account.pending = account.pending.filter(note => keyOf(note) !== key);
        running.delete(key);
        let status = -1;
        const isCut = step(
          after,
          () => {
            status = client.sessionDone(request);
          },
          false,
        );
        if (isCut) return;
        expect(nameOf.get(status)).toBe("OK");
        done.add(key);
      },
    ],
    [6, reset],
    [
      6,
      () => {
        const jump = random(8);
        if (jump === 0) clock.now = 0;
        else if (jump === 1) clock.now = serverTime + random(4000);
        else if (jump === 2) clock.now = Math.max(1, serverTime - random(100_000));
        else {
          clock.now = serverTime;
          serverTime += random(40);
        }
      },
    ],
    [
      4,
      () => {
        const serverId = pick(SERVERS);
        const former = model.get(serverId);
        const after = cloneModel(model);
        const secret = `secret ${++secrets}`;
        const nonce = ++nonces;
        const isFull = former === undefined && model.size >= LIMITS.accountsMax;
        if (former !== undefined) Object.assign(after.get(serverId) as object, { secret, nonce });
        else if (!isFull) after.set(serverId, { secret, nonce, remembered: [], floor: -1, spent: [], pending: [] });
        let status = -1;
        const isCut = step(after, () => {
          status = client.addAccount(dmAccOf(serverId, secret, nonce));
        });
        if (!isCut) expect(nameOf.get(status)).toBe(isFull ? "ACCOUNTS_FULL" : "OK");
      },
    ],
    [
      1,
      () => {
        const serverId = pick(SERVERS);
        const after = cloneModel(model);
        const isKnown = after.delete(serverId);
        let status = -1;
        const isCut = step(after, () => {
          status = client.removeAccount(serverId);
          if (status !== codes.OK) return;
          for (const [key, request] of running) if (request.serverId === serverId) running.delete(key);
        });
        if (!isCut) expect(nameOf.get(status)).toBe(isKnown ? "OK" : "ACCOUNT_UNKNOWN");
      },
    ],
    [
      5,
      () => {
        const serverId = pick(SERVERS);
        const after = cloneModel(model);
        const account = after.get(serverId);
        const nonce = ++nonces;
        if (account !== undefined) Object.assign(account, { nonce });
        let status = -1;
        const isCut = step(after, () => {
          status = client.saveNonce(serverId, nonceOf(nonce));
        });
        if (!isCut) expect(nameOf.get(status)).toBe(account === undefined ? "ACCOUNT_UNKNOWN" : "OK");
      },
    ],
  ];
  const weights = actions.reduce((sum, [weight]) => sum + weight, 0);

  const addAt = 30 + 25 + 25 + 6 + 6; // a history begins with accounts

  for (let i = 0; i < STEPS; i++) {
    let at = i < LIMITS.accountsMax ? addAt : random(weights);
    const [, act] = actions.find(([weight]) => {
      at -= weight;
      return at < 0;
    }) as (typeof actions)[0];
    act();
    if (!flash.isOff) {
      probes = [pick(sent), pick(sent), sent[sent.length - 1]].filter(Boolean);
      checkDamage();
    }
  }
  reset();
  return counts;
}

test("at a power cut at any byte of any save, and with any one record damaged, nothing is lost, replayed or started again", () => {
  let cuts = 0;
  let saves = 0;
  let damages = 0;
  const verdicts = new Map<string, number>();
  for (let i = 0; i < HISTORIES; i++) {
    const counts = runHistory(SEED + i);
    cuts += counts.cuts;
    saves += counts.saves;
    damages += counts.damages;
    for (const [name, count] of counts.verdicts) verdicts.set(name, (verdicts.get(name) ?? 0) + count);
  }
  console.log(
    `${HISTORIES} histories, ${saves} saves, ${cuts} cuts, ${damages} damaged records;`,
    Object.fromEntries(verdicts),
  );
  expect(cuts).toBeGreaterThan(1000);
  for (const name of ["OK", "DUPLICATE", "DIGEST_WRONG", "ACCOUNT_UNKNOWN"]) {
    expect(verdicts.get(name) ?? 0, name).toBeGreaterThan(0);
  }
}, 600_000);
