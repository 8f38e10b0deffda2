/** Checks of the clock, of the native hashes, and of a client on the board, from the datagram or short message to the session. */

import { createClient } from "../../src/client/client.ts";
import type { Client } from "../../src/client/interface.ts";
import type { Hash } from "../../src/hash/hash.ts";
import { createMd5 } from "../../src/hash/md5.ts";
import { createSha256 } from "../../src/hash/sha256.ts";
import { computeDigest13, DIGEST_COLONS } from "../../src/notification/digest13.ts";
import { createSmsReceiver } from "../../src/push/sms/receiver.ts";
import { writePushHeader } from "../../src/push/wsp.ts";
import { BEARER_MAX, CONTENT_TYPE_13, MD5_BYTES, SHA256_BYTES, VIA_UDP } from "../../src/wire.ts";
import type { Board } from "../device.ts";
import type { Check, Ok, Port } from "./port.ts";

/** 2023 and 2100. A clock of milliseconds would be beyond them. */
const EARLIEST = 1672531200;
const LATEST = 4102444800;
const DAY = 86400;

export function clockChecks(port: Port, check: Check): void {
  check("clock: POSIX time is whole seconds, or 0", "", (ok, next) => {
    const now = port.start().clock.posixSeconds();
    ok(now === 0 || (now > EARLIEST && now < LATEST), `it is ${now}`);
    ok(now === Math.floor(now), "it is no whole number");
    next();
  });

  check("clock: a clock that nobody has set is 0", "setClock", (ok, next) => {
    setClock(port, 0);
    const now = port.start().clock.posixSeconds();
    ok(now === 0, `it is ${now}`);
    setClock(port, 1700000000);
    const set = port.start().clock.posixSeconds();
    ok(set >= 1700000000 && set < 1700000060, `once set, it is ${set}`);
    next();
  });

  check("clock: monotonic seconds do not follow the clock", "setClock", (ok, next) => {
    const clock = port.start().clock;
    setClock(port, 1700000000);
    const before = clock.monotonicSeconds();
    setClock(port, 1600000000);
    const back = clock.monotonicSeconds();
    ok(back >= before && back < before + 60, `after a jump back it is ${back}, before ${before}`);
    setClock(port, 1800000000);
    const forth = clock.monotonicSeconds();
    ok(forth >= back && forth < back + 60, `after a jump forth it is ${forth}, before ${back}`);
    setClock(port, 1700000000);
    next();
  });

  check("clock: monotonic seconds are seconds", "pass", (ok, next) => {
    const clock = port.start().clock;
    const before = clock.monotonicSeconds();
    if (port.pass !== undefined) port.pass(5);
    const passed = clock.monotonicSeconds() - before;
    ok(before >= 0 && before === Math.floor(before), `it is ${before}`);
    ok(passed >= 4 && passed <= 6, `after 5 seconds it is ${passed} more`);
    next();
  });

  check("clock: monotonic seconds go on for two months", "passDay", (ok, next) => {
    const clock = port.start().clock;
    let before = clock.monotonicSeconds();
    let isOn = true;
    for (let day = 0; day < 60; day++) {
      if (port.passDay !== undefined) port.passDay();
      const now = clock.monotonicSeconds();
      if (now < before + DAY - 1 || now > before + DAY + 1) isOn = false;
      before = now;
    }
    ok(isOn, `after them it is ${before}`);
    next();
  });
}

export function bearerChecks(port: Port, check: Check): void {
  check("bearers: each is up or not", "", (ok, next) => {
    const bearers = port.start().bearers;
    for (let bearer = 1; bearers !== undefined && bearer <= BEARER_MAX; bearer++) {
      const answer = bearers.isAvailable(bearer);
      ok(answer === true || answer === false, `bearer ${bearer} is ${answer}`);
    }
    next();
  });
}

export function hashChecks(port: Port, check: Check): void {
  check("hash: the board's digests are right", "", (ok, next) => {
    const hash = port.start().hash;
    if (hash !== undefined && hash.sha256 !== undefined)
      ok(isSame(hash.sha256, createSha256(), SHA256_BYTES), "SHA-256 is another than ours");
    if (hash !== undefined && hash.md5 !== undefined)
      ok(isSame(hash.md5, createMd5(), MD5_BYTES), "MD5 is another than ours");
    next();
  });
}

/** Hashes messages around the size of a block, a part of a larger buffer, and one message twice. */
function isSame(digestOf: (message: Uint8Array) => Uint8Array, hash: Hash, size: number): boolean {
  const buffer = new Uint8Array(300);
  const expected = new Uint8Array(size);
  for (let i = 0; i < buffer.length; i++) buffer[i] = i * 5;
  const lengths = [0, 1, 55, 56, 63, 64, 65, 119, 128, 200, 200];
  for (let i = 0; i < lengths.length; i++) {
    const digest = digestOf(buffer.subarray(20, 20 + lengths[i]));
    hash.start();
    hash.add(buffer, 20, 20 + lengths[i]);
    hash.end(expected, 0);
    if (!digest || digest.length !== size) return false;
    for (let k = 0; k < size; k++) if (digest[k] !== expected[k]) return false;
  }
  return true;
}

export function sessionChecks(port: Port, check: Check): void {
  check("session: a notification starts one, once, and so over a reset", "sessions", (ok, next) => {
    const sessions = port.sessions === undefined ? () => 0 : port.sessions;
    const before = sessions();
    const client = startClient(port.start(), true);
    port.whenArrived(() => {
      send(port, client);
      port.whenArrived(() => {
        ok(sessions() === before + 1, `${sessions() - before} sessions have been started`);
        send(port, client);
        port.whenArrived(() => {
          ok(sessions() === before + 1, "the same notification has started another");
          client.close();
          // not from within this call: its client may go then, and a board has no room for two
          if (port.restart === undefined) port.whenArrived(next);
          else afterReset(port, before, ok, next);
        });
      });
    });
  });

  check("session: start answers 0, 1 or 2, at once", "", (ok, next) => {
    const board = port.start();
    const session = board.session;
    let answer = -1;
    let seconds = 0;
    board.session = {
      start(request) {
        const before = board.clock.monotonicSeconds();
        answer = session.start(request);
        seconds = board.clock.monotonicSeconds() - before;
        return answer;
      },
    };
    const client = startClient(board, true);
    const message = notification();
    client.receivePush(message, 0, message.length, VIA_UDP);
    ok(answer === 0 || answer === 1 || answer === 2, `it answers ${answer}`);
    ok(seconds < 5, `it takes ${seconds} seconds`);
    client.removeAccount(SERVER_ID);
    client.close();
    next();
  });
}

function afterReset(port: Port, before: number, ok: Ok, next: () => void): void {
  const sessions = port.sessions === undefined ? () => 0 : port.sessions;
  if (port.restart !== undefined) port.restart();
  const client = startClient(port.start(), false);
  port.whenArrived(() => {
    send(port, client);
    port.whenArrived(() => {
      ok(sessions() === before + 1, "after a reset the same notification has started another");
      client.resume();
      ok(sessions() === before + 2, "after a reset the session that was not done is not offered again");
      client.close();
      next();
    });
  });
}

/** Sends the notification by the first receiver that the port has. */
function send(port: Port, client: Client): void {
  const message = notification();
  if (port.datagram !== undefined) port.datagram(message);
  else if (port.tpdu !== undefined) port.tpdu(deliverTpdu(message));
  else client.receivePush(message, 0, message.length, VIA_UDP);
}

const SERVER_ID = "port.example";
const ACCOUNT = {
  serverId: SERVER_ID,
  appAddr: [{ addr: "https://port.example/dm" }],
  appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "conformance" }],
};

function startClient(board: Board, isNew: boolean): Client {
  const client = createClient(board, {
    messageMax: 256, // small, as the checks have to fit into the heap of a board
    sms: () => createSmsReceiver(board.clock, { parts: 2, messageParts: 2, repeats: 2 }),
  });
  client.open();
  if (isNew) {
    client.removeAccount(SERVER_ID); // left by an earlier run
    client.addAccount(ACCOUNT);
  }
  return client;
}

function setClock(port: Port, posixSeconds: number): void {
  if (port.setClock !== undefined) port.setClock(posixSeconds);
}

/** A push with a signed notification of 1.3 that never expires. */
function notification(): Uint8Array {
  const push = new Uint8Array(6 + 12 + 2 + SERVER_ID.length + 3 + SHA256_BYTES);
  let at = writePushHeader(0, CONTENT_TYPE_13, push, 0);
  const from = at;
  //  VER 1 OPC 2 I 1 UIM 1 TRA 0 | TIMEOUT 0 | SESSIONID 1 | TIMESTAMP 1700000000
  const header = [0x15, 0x40, 0, 0, 0, 0, 0, 1, 0x65, 0x53, 0xf1, 0];
  for (let i = 0; i < header.length; i++) push[at++] = header[i];
  push[at++] = 0x10;
  push[at++] = SERVER_ID.length;
  for (let i = 0; i < SERVER_ID.length; i++) push[at++] = SERVER_ID.charCodeAt(i);
  push[at++] = 0x30;
  push[at++] = 1;
  push[at++] = 1;
  const secret = new Uint8Array(11);
  for (let i = 0; i < 11; i++) secret[i] = "conformance".charCodeAt(i);
  computeDigest13(createSha256(), secret, DIGEST_COLONS, push, from, at, push, at);
  return push;
}

/** An SMS-DELIVER with the push, from +123, to port 2948. */
function deliverTpdu(push: Uint8Array): Uint8Array {
  const head = [0x44, 3, 0x91, 0x21, 0xf3, 0, 4, 0x62, 0x11, 0x32, 0x21, 0, 0, 0, 7 + push.length];
  const udh = [6, 5, 4, 0x0b, 0x84, 0x23, 0xf0];
  const tpdu = new Uint8Array(head.length + udh.length + push.length);
  tpdu.set(head, 0);
  tpdu.set(udh, head.length);
  tpdu.set(push, head.length + udh.length);
  return tpdu;
}
