/** The cases that npm run bench measures, in any engine. Each one sets up and returns one run of the work. */
import type { Client } from "../../src/client/interface.ts";
import type { NotificationFields } from "../../src/notification/fields.ts";
import {
  ACCOUNT_UNKNOWN,
  DIGEST_WRONG,
  DUPLICATE,
  OK,
  OPTION_CUT,
  WSP_APPLICATION_OTHER,
  WSP_HEADERS_LENGTH,
} from "../../src/status.ts";
import {
  CONTENT_TYPE_12,
  CONTENT_TYPE_13,
  MD5_BYTES,
  PUSH_HEADERS_MAX,
  SHA256_BYTES,
  VIA_UDP,
} from "../../src/wire.ts";

/** The API under measurement: the global of the client bundle. */
export type Pkg0 = Pick<
  typeof import("../../src/index.ts"),
  | "createClient"
  | "newPush"
  | "readPush"
  | "newNotification"
  | "readNotification13"
  | "createSha256"
  | "createMd5"
  | "createSmsReceiver"
  | "computeDigest13"
  | "computeDigest12"
  | "writeNotification13"
  | "writeNotification12"
  | "writePushHeader"
  | "writePart"
  | "countParts"
>;

/** The hash functions of an implementation; other libraries have no more than these. */
export interface Hashes {
  sha256(message: Uint8Array): ArrayLike<number>;
  /** SHA-256 with a new state for each message, as the other libraries do; our `sha256` reuses one. */
  sha256New?(message: Uint8Array): ArrayLike<number>;
  md5?(message: Uint8Array): ArrayLike<number>;
}

export interface BenchCase {
  name: string;
  /** The number that each run must return. */
  expected: number;
  /** An even number: the runs that one set-up allows. */
  runs: number;
  /** The set-up for other libraries, and for ours when there is no `createOwn`. */
  create?(hashes: Hashes): () => number;
  createOwn?(pkg0: Pkg0): () => number;
  /** It takes so long that the test of the counts leaves it out: its process counts these alone (count.mjs). */
  isLong?: true;
  /** The case with the digest that the verdict needs; build/goals.json bounds the verdict as a multiple of it. */
  of?: string;
}

const SECRET = "secret-of-server";
const NONCE = "nonce-of-16-byte";
const SERVER_ID = "dm.example.com";
const NOW = 1700000000;
/** Bytes of Vendor-Info that make a push of five short messages. */
const LONG = 520;
/** digestInput: secret ":" header ":" options. */
const COLONS = 0;

/** The cases that build/goals.json takes floors from. */
const OPERATORS = "99 operators";
const READ = "push and notification read";

/** A function, because Espruino knows the functions below only after it has run over the file. */
export function newCases(): BenchCase[] {
  const short = "digest 1.3";
  return [
    { name: "sha256 64 B", expected: 0x66, runs: 16, create: hashes => runHash(hashes.sha256, 64) },
    {
      name: "sha256 64 B, new state",
      expected: 0x66,
      runs: 16,
      create: hashes => runHash(hashes.sha256New ?? hashes.sha256, 64),
    },
    { name: "sha256 1 KB", expected: 0xe5, runs: 4, isLong: true, create: hashes => runHash(hashes.sha256, 1024) },
    { name: "md5 64 B", expected: 0x7b, runs: 16, create: hashes => runHash(hashes.md5, 64) },

    { name: short, expected: OK, runs: 16, createOwn: pkg0 => runDigest13(pkg0, 0) },
    { name: "digest 1.3, long", expected: OK, runs: 4, isLong: true, createOwn: pkg0 => runDigest13(pkg0, LONG) },
    { name: "digest 1.2", expected: OK, runs: 8, createOwn: runDigest12 },
    // for other libraries only the hash over the signed bytes, which every server needs
    { name: "built and signed 1.3", expected: 0xee, runs: 16, create: runSigned, createOwn: runBuilt13 },

    // the floors of build/goals.json
    { name: OPERATORS, expected: 0xff, runs: 16, createOwn: () => runOperators },
    { name: READ, expected: OK, runs: 64, createOwn: runRead },

    rejected("push cut in its headers", WSP_HEADERS_LENGTH, push => ({ push, to: 5 })),
    rejected("push of another application", WSP_APPLICATION_OTHER, push => withByte(push, 5, 0x84)),
    rejected("option longer than the message", OPTION_CUT, push => withByte(push, 6 + 13, 255)),
    rejected("unknown server", ACCOUNT_UNKNOWN, push => withByte(push, 6 + 14, 0x44)),
    rejected("wrong digest 1.3", DIGEST_WRONG, push => withByte(push, push.length - 1, 0)),
    { name: "duplicate 1.3", expected: DUPLICATE, runs: 8, createOwn: runDuplicate, of: short },
    { name: "accepted 1.3", expected: OK, runs: 2, createOwn: runAccepted13, of: short },
    { name: "accepted 1.2", expected: OK, runs: 2, createOwn: runAccepted12, of: "digest 1.2" },
    { name: "accepted 1.3, 5 SMS", expected: OK, runs: 2, isLong: true, createOwn: runSms, of: "digest 1.3, long" },
  ];
}

const WORD = new Int32Array([0x12345678]);

/**
 * Operators as SHA-256 has them: Sigma1 (FIPS 180-4 §4.1.2) nine times over, 99 in all. No hash can do with less than so
 * many for each 99 of the standard's; and what does not depend on our sources tells one build of an engine from another.
 */
function runOperators(): number {
  let x = WORD[0]; // not a constant, which the build would compute with
  x = ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
  x = ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
  x = ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
  x = ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
  x = ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
  x = ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
  x = ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
  x = ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
  x = ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
  return x & 0xff;
}

/** Push and notification read into fields, for no account: what every verdict has to do. */
function runRead(pkg0: Pkg0): () => number {
  const bytes = pushOf(pkg0, notificationOf(pkg0, 1, 0), CONTENT_TYPE_13);
  const push = pkg0.newPush();
  const n = pkg0.newNotification();
  return () => {
    const status = pkg0.readPush(bytes, 0, bytes.length, push, PUSH_HEADERS_MAX);
    return status === OK ? pkg0.readNotification13(bytes, push.bodyFrom, push.bodyTo, n, 0) : status;
  };
}

function runHash(hash: ((message: Uint8Array) => ArrayLike<number>) | undefined, length: number): () => number {
  if (hash === undefined) return () => -1;
  const message = new Uint8Array(length);
  for (let i = 0; i < length; i++) message[i] = i * 7 + 1;
  return () => hash(message)[0];
}

function runDigest13(pkg0: Pkg0, vendorBytes: number): () => number {
  const message = notificationOf(pkg0, 1, vendorBytes);
  const sha256 = pkg0.createSha256();
  const secret = bytesOf(SECRET);
  const out = new Uint8Array(SHA256_BYTES);
  const digestAt = message.length - SHA256_BYTES;
  return () => {
    pkg0.computeDigest13(sha256, secret, COLONS, message, 0, digestAt, out, 0);
    return out[0] === message[digestAt] ? OK : DIGEST_WRONG;
  };
}

/** The input of the digest of notificationOf(pkg0, 1, 0). */
const SIGNED =
  "secret-of-server:\x17\x50\0\0\0\x3c\0\x01\x65\x53\xf1\x01:\x10\x0edm.example.com\x30\x01\x01\x40\x01\x02";

function runSigned(hashes: Hashes): () => number {
  const message = bytesOf(SIGNED);
  return () => hashes.sha256(message)[0];
}

function runBuilt13(pkg0: Pkg0): () => number {
  const fields = fieldsOf(1, 0);
  const sha256 = pkg0.createSha256();
  const secret = bytesOf(SECRET);
  const out = new Uint8Array(128);
  return () => out[pkg0.writeNotification13(fields, sha256, secret, COLONS, out, 0) - SHA256_BYTES];
}

function runDigest12(pkg0: Pkg0): () => number {
  const message = notification12Of(pkg0, 1);
  const md5 = pkg0.createMd5();
  const name = bytesOf(SERVER_ID);
  const password = bytesOf(SECRET);
  const nonce = bytesOf(NONCE);
  const out = new Uint8Array(MD5_BYTES);
  const scratch = new Uint8Array(128);
  return () => {
    pkg0.computeDigest12(md5, name, password, nonce, message, MD5_BYTES, message.length, out, 0, scratch);
    return out[0] === message[0] ? OK : DIGEST_WRONG;
  };
}

/** A 1.3 push that `change` makes faulty. `change` returns its length. */
function rejected(
  name: string,
  expected: number,
  change: (push: Uint8Array) => { push: Uint8Array; to: number },
): BenchCase {
  function createOwn(pkg0: Pkg0): () => number {
    const client = newClient(pkg0);
    const changed = change(pushOf(pkg0, notificationOf(pkg0, 1, 0), CONTENT_TYPE_13));
    return () => client.receivePush(changed.push, 0, changed.to, VIA_UDP);
  }
  return { name, expected, runs: 64, createOwn, of: "digest 1.3" };
}

function withByte(push: Uint8Array, at: number, value: number): { push: Uint8Array; to: number } {
  push[at] = value;
  return { push, to: push.length };
}

function runAccepted13(pkg0: Pkg0): () => number {
  const client = newClient(pkg0);
  const pushes: Uint8Array[] = [];
  for (let i = 1; i <= 2; i++) pushes.push(pushOf(pkg0, notificationOf(pkg0, i, 0), CONTENT_TYPE_13));
  return receiveEach(client, pushes);
}

function runDuplicate(pkg0: Pkg0): () => number {
  const client = newClient(pkg0);
  const push = pushOf(pkg0, notificationOf(pkg0, 1, 0), CONTENT_TYPE_13);
  client.receivePush(push, 0, push.length, VIA_UDP);
  return () => client.receivePush(push, 0, push.length, VIA_UDP);
}

function runAccepted12(pkg0: Pkg0): () => number {
  const client = newClient(pkg0);
  const pushes: Uint8Array[] = [];
  for (let i = 1; i <= 2; i++) pushes.push(pushOf(pkg0, notification12Of(pkg0, i), CONTENT_TYPE_12));
  return receiveEach(client, pushes);
}

function receiveEach(client: Client, pushes: Uint8Array[]): () => number {
  let next = 0;
  return () => {
    const push = pushes[next++];
    return client.receivePush(push, 0, push.length, VIA_UDP);
  };
}

/** One run takes all the parts of a message. */
function runSms(pkg0: Pkg0): () => number {
  const client = newClient(pkg0);
  const tpdus: Uint8Array[] = [];
  for (let i = 1; i <= 2; i++) {
    const push = pushOf(pkg0, notificationOf(pkg0, i, LONG), CONTENT_TYPE_13);
    const parts = pkg0.countParts(push.length, false);
    for (let part = 1; part <= parts; part++) tpdus.push(deliverOf(pkg0, push, i, part));
  }
  let next = 0;
  return () => {
    let status = -1;
    for (let i = tpdus.length >> 1; i > 0; i--) {
      const tpdu = tpdus[next++];
      status = client.receiveTpdu(tpdu, 0, tpdu.length);
    }
    return status;
  };
}

/** An SMS-DELIVER of one part (23.040 §9.2.2.1), from +44 7700 900123, 8-bit data. */
function deliverOf(pkg0: Pkg0, push: Uint8Array, reference: number, part: number): Uint8Array {
  const head = [0x40, 12, 0x91, 0x44, 0x77, 0, 0x09, 0x10, 0x32, 0, 4, 0x62, 0x11, 0x32, 0x21, 0, 0, 0];
  const tpdu = new Uint8Array(head.length + 1 + 140);
  tpdu.set(head);
  const end = pkg0.writePart(push, 0, push.length, reference, false, part, tpdu, head.length + 1);
  tpdu[head.length] = end - head.length - 1;
  return tpdu.subarray(0, end);
}

function newClient(pkg0: Pkg0): Client {
  const clock = { posixSeconds: () => NOW, monotonicSeconds: () => 0 };
  const records: { [key: string]: Uint8Array } = {};
  const storage = {
    load: (key: string) => (records[key] === undefined ? null : new Uint8Array(records[key])),
    save(key: string, bytes: Uint8Array) {
      records[key] = new Uint8Array(bytes);
      return true;
    },
    erase: () => true,
  };
  const session = { start: () => 0 };
  const client = pkg0.createClient(
    { clock, storage, session },
    { sms: store => pkg0.createSmsReceiver(clock, { store }) },
  );
  const srvCred = { aauthLevel: "SRVCRED", aauthName: SERVER_ID, aauthSecret: SECRET, aauthData: bytesOf(NONCE) };
  client.addAccount({ serverId: SERVER_ID, appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: SECRET }, srvCred] });
  return client;
}

function fieldsOf(sessionId: number, vendorBytes: number): NotificationFields {
  return {
    initiator: 1,
    uiMode: 1,
    transport: 2,
    timeoutMinutes: 60,
    sessionId,
    timestamp: NOW + sessionId,
    serverId: bytesOf(SERVER_ID),
    targetedMo: [],
    requestedMo: [1],
    preferredBearer: [2],
    connectReason: new Uint8Array(0),
    vendorInfo: new Uint8Array(vendorBytes),
    versionTenths: 11,
  };
}

function notificationOf(pkg0: Pkg0, sessionId: number, vendorBytes: number): Uint8Array {
  const out = new Uint8Array(vendorBytes + 128);
  const fields = fieldsOf(sessionId, vendorBytes);
  return out.subarray(0, pkg0.writeNotification13(fields, pkg0.createSha256(), bytesOf(SECRET), COLONS, out, 0));
}

function notification12Of(pkg0: Pkg0, sessionId: number): Uint8Array {
  const out = new Uint8Array(128);
  const name = bytesOf(SERVER_ID);
  const scratch = new Uint8Array(128);
  const fields = fieldsOf(sessionId, 0);
  const end = pkg0.writeNotification12(
    fields,
    pkg0.createMd5(),
    name,
    bytesOf(SECRET),
    bytesOf(NONCE),
    out,
    0,
    scratch,
  );
  return out.subarray(0, end);
}

function pushOf(pkg0: Pkg0, body: Uint8Array, contentType: number): Uint8Array {
  const push = new Uint8Array(6 + body.length);
  push.set(body, pkg0.writePushHeader(1, contentType, push, 0));
  return push;
}

function bytesOf(ascii: string): Uint8Array {
  const bytes = new Uint8Array(ascii.length);
  for (let i = 0; i < ascii.length; i++) bytes[i] = ascii.charCodeAt(i);
  return bytes;
}
