/** The part that the programs of all boards have in common: a client with its modem, the first accounts, and the passing of time. */

import { type AppAuth, copyOf, type DmAcc } from "../src/account/dmacc.ts";
import { createClient } from "../src/client/client.ts";
import type { Client } from "../src/client/interface.ts";
import type { ClientOptions } from "../src/client/options.ts";
import type { Hal, Serial, SessionRequest } from "../src/hal.ts";
import { readBase64 } from "../src/hash/base64.ts";
import { or } from "../src/or.ts";
import type { ModemOptions } from "../src/push/at/interface.ts";
import { createModem } from "../src/push/at/modem.ts";
import { createSmsReceiver, type SmsReceiverOptions } from "../src/push/sms/receiver.ts";
import { ACCOUNT_INVALID, OK } from "../src/status.ts";

/** A board without its receivers. */
export interface Board extends Hal {
  /** To an AT modem. */
  serial?: Serial;
  /** Takes a line for people; absent: nothing is logged. */
  log?: (line: string) => void;
}

export interface DeviceOptions extends ClientOptions {
  /** DMAccs for a device that has none under their serverId; AAuthData in base64. */
  accounts?: DmAccJson[];
  modem?: ModemOptions;
  /** Parts of short messages held at once: 8. */
  parts?: number;
  /** Saves each part, for a modem driver that cannot keep messages until they are settled: false. */
  arePartsSaved?: boolean;
}

/** A DMAcc as JSON carries it: AAuthData is base64 text. */
export type DmAccJson = Omit<DmAcc, "appAuth"> & { appAuth: AppAuthJson[] };
/** An AppAuth as JSON carries it: AAuthData is base64 text. */
export type AppAuthJson = Omit<DmAcc["appAuth"][number], "aauthData"> & { aauthData?: string };

/** A client that runs, with what drives it. */
export interface Device {
  client: Client;
  /** To be called once a second. */
  tick(): void;
}

/**
 * Starts a client: opens its receivers, and adds the accounts that are not stored yet. What a reset has interrupted is for
 * the caller to resume. Logs a status as `<status in hex>@<offset>` (status.ts has the names). Keeps
 * `board` and `options`, and puts into them what was left out.
 */
export function startDevice(board: Board, options: DeviceOptions): Device {
  const log = board.log === undefined ? () => {} : board.log;
  const modemOptions = options.modem === undefined ? {} : options.modem;
  if (modemOptions.report === undefined) modemOptions.report = status => log(`modem ${hex(status)}`);
  const modem = board.serial === undefined ? null : createModem(board.serial, board.clock, modemOptions);
  if (modem !== null) board.sms = modem;
  if (board.sms !== undefined && options.sms === undefined)
    options.sms = store => {
      const parts = or(options.parts, 8);
      const bounds: SmsReceiverOptions = { parts, messageParts: Math.min(parts, 5), repeats: 8 };
      if (options.arePartsSaved === true) bounds.store = store;
      return createSmsReceiver(board.clock, bounds);
    };
  if (options.digestBurst === undefined) options.digestBurst = 10; // a flood must not eat the battery
  if (options.onVerdict === undefined)
    options.onVerdict = (status, at, via) => log(`verdict ${hex(status)}@${at} via ${via}`);
  if (options.onStore === undefined) options.onStore = (status, key) => log(`store ${hex(status)} ${key}`);
  if (options.onSession === undefined)
    options.onSession = (status, request) => log(`session ${request.sessionId} ${hex(status)}`);

  const client = createClient(board, options);
  const status = client.open();
  if (status !== OK) log(`store ${hex(status)}`);
  const accounts = options.accounts === undefined ? [] : options.accounts;
  for (let i = 0; i < accounts.length; i++) {
    // a stored one has the nonce of its last session, and may have been changed by the server
    if (hasAccount(client, accounts[i].serverId)) continue;
    const added = addAccountJson(client, accounts[i]);
    if (added !== OK) log(`account ${i} ${hex(added)}`);
  }
  let seconds = 0;

  return {
    client,
    tick() {
      if (modem !== null) modem.tick();
      seconds++;
      if (seconds % 60 === 0) client.tick();
    },
  };
}

/** Adds or replaces an account. Statuses as of Client.addAccount; ACCOUNT_INVALID also for what is no DmAccJson at all. */
export function addAccountJson(client: Client, json: DmAccJson): number {
  try {
    const dmAcc = copyOf(json as unknown as DmAcc); // the caller's may be frozen
    dmAcc.appAuth = [];
    for (let i = 0; i < json.appAuth.length; i++) {
      const text = json.appAuth[i].aauthData;
      const auth = copyOf(json.appAuth[i] as unknown as AppAuth);
      if (text !== undefined) {
        const data = typeof text === "string" ? readBase64(text) : null;
        if (data === null) return ACCOUNT_INVALID;
        auth.aauthData = data;
      }
      dmAcc.appAuth.push(auth);
    }
    return client.addAccount(dmAcc);
  } catch (_error) {
    return ACCOUNT_INVALID; // somebody's JSON of another shape
  }
}

/** A request as JSON text: `vendorInfo` in hex, since engines differ in how they print a Uint8Array. */
export function requestJson(request: SessionRequest): string {
  const copy: { [name: string]: unknown } = {};
  for (const name in request) copy[name] = request[name as keyof SessionRequest];
  let vendorInfo = "";
  for (let i = 0; i < request.vendorInfo.length; i++) {
    vendorInfo += (request.vendorInfo[i] < 16 ? "0" : "") + hex(request.vendorInfo[i]);
  }
  copy.vendorInfo = vendorInfo;
  return JSON.stringify(copy);
}

/** Parses what a file or a record holds; null where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (_error) {
    return null;
  }
}

/** Copies text whose characters are bytes to `out`, as far as it fits; returns the length of the text. */
export function writeByteString(text: string, out: Uint8Array): number {
  for (let i = 0; i < text.length && i < out.length; i++) out[i] = text.charCodeAt(i);
  return text.length;
}

/** Whether an account is stored. */
export function hasAccount(client: Client, serverId: string): boolean {
  const all = client.listAccounts();
  for (let i = 0; i < all.length; i++) if (all[i].serverId === serverId) return true;
  return false;
}

function hex(number: number): string {
  return number.toString(16).toUpperCase();
}
