/**
 * Finds the verdict of a device with given accounts on a message, and for a wrong digest the change of the account that
 * would make it right.
 */
import * as pkg0 from "../../src/index.ts";
import { type DeviceOptions, startDevice } from "../device.ts";
import { type Credentials, judgeDigest } from "./credentials.ts";
import type { Layer } from "./layer.ts";
import { type Reading, readMessage } from "./read.ts";
import { tpduOf } from "./tpdus.ts";

/** The verdict of a device with these accounts on a message. */
export interface DeviceVerdict {
  status: number;
  /** The offset of the fault in the message; after the last part of a short message, in the push that the parts form. */
  at: number;
  /** For DIGEST_WRONG: the change of the account that would make the digest right. */
  fits?: string;
}

/** Judges messages as a device would; createJudge makes one. */
export interface Judge {
  /** Judges one message; `joined` is the push that it and earlier parts form. */
  judge(bytes: Uint8Array, from: Layer | "auto", joined?: Uint8Array): DeviceVerdict;
}

/** The accounts and bounds of the device. */
export interface JudgeOptions {
  /** POSIX seconds; 0 for a device without a clock. */
  now?: number;
  /** The bounds of startDevice. */
  bounds?: Omit<DeviceOptions, "accounts">;
}

/**
 * A device with the defaults of a board, except the limit of digests a minute, because no time passes here. It remembers the
 * messages that it accepted: the same message again is DUPLICATE.
 */
export function createJudge(dmAccs: readonly pkg0.DmAcc[], options: JudgeOptions = {}): Judge {
  const records = new Map<string, Uint8Array>();
  const { client } = startDevice(
    {
      storage: {
        load: key => records.get(key) ?? null,
        save: (key, bytes) => records.set(key, bytes.slice()) === records,
        erase: key => records.delete(key) || true,
      },
      clock: { posixSeconds: () => options.now ?? 0, monotonicSeconds: () => 0 },
      session: {
        start(request) {
          client.sessionDone(request);
          return pkg0.SESSION_STARTED;
        },
      },
      sms: { open: () => true, close: () => {} },
      log: () => {},
    },
    { accountsMax: Math.max(8, dmAccs.length), ...options.bounds, digestBurst: 0 },
  );
  for (const dmAcc of dmAccs) client.addAccount(dmAcc);

  function take(reading: Reading): pkg0.Status {
    const { bytes, layer } = reading;
    if (layer === "tpdu") return client.receiveTpdu(bytes, reading.tpduFrom, bytes.length);
    if (layer === "push") return client.receivePush(bytes, 0, bytes.length, pkg0.VIA_UDP);
    const type = layer === "1.2" ? pkg0.CONTENT_TYPE_12 : pkg0.CONTENT_TYPE_13;
    return client.receiveBody(bytes, 0, bytes.length, type, pkg0.VIA_HTTP);
  }

  function judge(bytes: Uint8Array, from: Layer | "auto", joined?: Uint8Array): DeviceVerdict {
    const reading = readMessage(bytes, from);
    if (joined !== undefined) Object.assign(reading, { notification: readMessage(joined, "push").notification });
    if (reading.layer === null) return { status: reading.status, at: 0 };
    if (reading.layer === "user-data") {
      const tpdu = tpduOf(bytes);
      const status = client.receiveTpdu(tpdu, 0, tpdu.length);
      const before = reading.status === pkg0.MORE ? 0 : tpdu.length - bytes.length;
      return verdictOf(status, Math.max(0, client.at - before), reading.notification);
    }
    // a device tells the formats apart itself, and would read it as the other one
    if (reading.status !== pkg0.OK && (from === "1.2" || from === "1.3"))
      return { status: reading.status, at: reading.at };
    const status = take(reading);
    return verdictOf(status, client.at, reading.notification);
  }

  function verdictOf(status: number, at: number, n: pkg0.Notification | undefined): DeviceVerdict {
    if (status === pkg0.OK || status === pkg0.MORE) return { status, at: 0 };
    const fits = status === pkg0.DIGEST_WRONG && n !== undefined ? fitting(n) : undefined;
    return { status, at, ...(fits !== undefined && { fits }) };
  }

  function fitting(n: pkg0.Notification): string | undefined {
    const serverId = pkg0.utf8Text(n.bytes, n.serverIdAt, n.serverIdAt + n.serverIdLength);
    const dmAcc = dmAccs.find(one => one.serverId === serverId);
    return dmAcc === undefined ? undefined : findFit(n, dmAcc);
  }

  return { judge };
}

interface Guess {
  said: string;
  credentials: Credentials;
}

/** The first change of the account that makes the digest right. */
function findFit(n: pkg0.Notification, dmAcc: pkg0.DmAcc): string | undefined {
  for (const { said, credentials } of guessesOf(n, dmAcc)) {
    const { isValid, digestInput } = judgeDigest(n, credentials);
    if (isValid) return digestInput === undefined ? said : `${said}, digestInput ${digestInput}`;
  }
  return undefined;
}

/** The usual mistakes with secrets, names and nonces; the likely ones come first. */
function* guessesOf(n: pkg0.Notification, dmAcc: pkg0.DmAcc): Generator<Guess> {
  const is12 = n.format === pkg0.FORMAT_12;
  for (const auth of dmAcc.appAuth) {
    const { aauthSecret = "", aauthData, aauthName } = auth;
    for (const [how, secret] of secretsOf(aauthSecret)) {
      const base = `AAuthSecret of ${auth.aauthLevel}${how}`;
      if (!is12) {
        yield { said: base, credentials: { secret } };
        continue;
      }
      const names: [said: string, name: string | undefined][] = [["", undefined]];
      if (aauthName !== undefined) names.push([", AAuthName in the digest", aauthName]);
      for (const [named, name] of names) {
        for (const [nonced, nonce] of noncesOf(aauthData)) {
          yield { said: base + named + nonced, credentials: { secret, nonce, ...(name !== undefined && { name }) } };
        }
      }
    }
  }
}

function secretsOf(secret: string): [said: string, secret: string][] {
  const fromBase64 = secret.length % 4 === 0 ? pkg0.readBase64(secret) : null;
  const all: [string, string][] = [
    ["", secret],
    [" with a line feed behind it", `${secret}\n`],
    [" with CR LF behind it", `${secret}\r\n`],
    [" with a NUL behind it", `${secret}\0`],
    [" without the blanks around it", secret.trim()],
    [" in quotes", `"${secret}"`],
    [" in lower case", secret.toLowerCase()],
    [" in upper case", secret.toUpperCase()],
    [" left out", ""],
    [" in base64", base64Of(pkg0.utf8Bytes(secret))],
  ];
  if (fromBase64 !== null && fromBase64.length > 0) {
    all.push([" read as base64", pkg0.utf8Text(fromBase64, 0, fromBase64.length)]);
  }
  return all;
}

function noncesOf(nonce: Uint8Array | undefined): [said: string, nonce: Uint8Array][] {
  const own = nonce ?? new Uint8Array(0);
  return [
    ["", own],
    [", a nonce of four zeros", new Uint8Array(4)],
    [", no nonce", new Uint8Array(0)],
    [", the nonce as base64 text", pkg0.utf8Bytes(base64Of(own))],
    [", the nonce read as base64", pkg0.readBase64(pkg0.utf8Text(own, 0, own.length)) ?? own],
    [", the nonce with a line feed behind it", Uint8Array.from([...own, 0x0a])],
  ];
}

function base64Of(bytes: Uint8Array): string {
  const out = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  pkg0.writeBase64(bytes, 0, bytes.length, out, 0);
  return pkg0.utf8Text(out, 0, out.length);
}
