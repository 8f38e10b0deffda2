/** The part that the programs of all targets share: a client with its modem, the first accounts, and the calls once a second. */

import { type AppAuth, copyOf, type DmAcc } from "../src/account/dmacc.ts";
import { createClient } from "../src/client/client.ts";
import type { Client } from "../src/client/interface.ts";
import type { ClientOptions } from "../src/client/options.ts";
import type { Bearers, Hal, Serial, SessionRequest, Ui } from "../src/hal.ts";
import { readBase64 } from "../src/hash/base64.ts";
import { or } from "../src/or.ts";
import type { ModemOptions } from "../src/push/at/interface.ts";
import { createModem } from "../src/push/at/modem.ts";
import { createSmsReceiver, type SmsReceiverOptions } from "../src/push/sms/receiver.ts";
import { ACCOUNT_INVALID, OK } from "../src/status.ts";

/** The HAL of a board, and its line to a modem. */
export interface Board extends Hal {
  /** The line to an AT modem. */
  serial?: Serial;
  /** Takes a line for the log; without it, nothing is logged. */
  log?: (line: string) => void;
}

export interface DeviceOptions extends ClientOptions {
  /** DMAccs that are added when the device has no account with their serverId; AAuthData in base64. */
  accounts?: DmAccJson[];
  modem?: ModemOptions;
  /** Tells the user that a session begins, and asks the user (§6.4.4). By default that of the board; without it nobody is asked. */
  ui?: Ui;
  /**
   * Says which bearers can carry a session now (§6.5.6). Call client.bearerChanged() when that changes. By default those of
   * the board; without them every bearer counts as up.
   */
  bearers?: Bearers;
  /** Parts of short messages that are held at the same time. By default 8. */
  parts?: number;
  /** Parts of one short message. By default 5, or `parts` if that is less. */
  messageParts?: number;
  /** Saves each part, for a modem driver that cannot keep messages until they are settled. By default false. */
  arePartsSaved?: boolean;
}

/** A DMAcc in JSON: AAuthData is base64 text. */
export type DmAccJson = Omit<DmAcc, "appAuth"> & { appAuth: AppAuthJson[] };
/** An AppAuth in JSON: AAuthData is base64 text. */
export type AppAuthJson = Omit<DmAcc["appAuth"][number], "aauthData"> & { aauthData?: string };

/** A running client, and the function that drives it. */
export interface Device {
  client: Client;
  /** To be called once a second. */
  tick(): void;
}

/**
 * Starts a client: opens its receivers, and adds the accounts that are not stored yet. The caller resumes the sessions that
 * a reset interrupted (Client.resume). Logs a status as `<status in hex>@<offset>` (status.ts has the names). Keeps `board`
 * and `options`, and writes default values into them.
 */
export function startDevice(board: Board, options: DeviceOptions): Device {
  const log = board.log === undefined ? () => {} : board.log;
  const modemOptions = options.modem === undefined ? {} : options.modem;
  if (modemOptions.onStatus === undefined) modemOptions.onStatus = status => log(`modem ${hex(status)}`);
  const modem = board.serial === undefined ? null : createModem(board.serial, board.clock, modemOptions);
  if (modem !== null) board.sms = modem;
  if (options.ui !== undefined) board.ui = options.ui;
  if (options.bearers !== undefined) board.bearers = options.bearers;
  if (board.sms !== undefined && options.sms === undefined)
    options.sms = store => {
      const parts = or(options.parts, 8);
      const bounds: SmsReceiverOptions = {
        parts,
        messageParts: or(options.messageParts, Math.min(parts, 5)),
        repeats: 8,
      };
      if (options.arePartsSaved === true) bounds.store = store;
      return createSmsReceiver(board.clock, bounds);
    };
  if (options.digestBurst === undefined) options.digestBurst = 10; // a flood must not drain the battery
  if (options.onVerdict === undefined)
    options.onVerdict = (status, at, via) => log(`verdict ${hex(status)}@${at} via ${via}`);
  if (options.onStore === undefined) options.onStore = (status, key) => log(`store ${hex(status)} ${key}`);
  if (options.onSession === undefined) options.onSession = (status, request) => log(sessionLine(status, request));

  const client = createClient(board, options);
  const status = client.open();
  if (status !== OK) log(`store ${hex(status)}`);
  if (options.accounts !== undefined) addMissing(client, options.accounts, log);
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

/** Adds those of `accounts` that are not stored. A stored one has the nonce of its last session, which the server may have changed. */
function addMissing(client: Client, accounts: DmAccJson[], log: (line: string) => void): void {
  for (let i = 0; i < accounts.length; i++) {
    if (hasAccount(client, accounts[i].serverId)) continue;
    const status = addAccountJson(client, accounts[i]);
    if (status !== OK) log(`account ${i} ${hex(status)}`);
  }
}

/** Adds or replaces an account. Statuses as of Client.addAccount; ACCOUNT_INVALID also when `account` is no DmAccJson at all. */
export function addAccountJson(client: Client, json: DmAccJson): number {
  try {
    const dmAcc = copyOf(json as unknown as DmAcc); // a copy, because the caller's object may be frozen
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
    return ACCOUNT_INVALID; // JSON of another shape
  }
}

/** A request as JSON text; `vendorInfo` is hex, because engines print a Uint8Array differently. */
export function requestJson(request: SessionRequest): string {
  const vendorInfo = request.vendorInfo;
  let text = "";
  for (let i = 0; i < vendorInfo.length; i++) text += (vendorInfo[i] < 16 ? "0" : "") + hex(vendorInfo[i]);
  // within the request, since a copy of it takes half a KB where memory is scarcest
  request.vendorInfo = text as unknown as Uint8Array;
  try {
    return JSON.stringify(request);
  } finally {
    request.vendorInfo = vendorInfo;
  }
}

/** Parses the JSON of a file or record; null when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (_error) {
    return null;
  }
}

/** Copies a text of one character a byte to `out`, as far as it fits; returns the length of the text. */
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

/** The line of the log about a session that waits or has ended. */
export function sessionLine(status: number, request: SessionRequest): string {
  return `session ${request.sessionId} ${hex(status)}`;
}

function hex(number: number): string {
  return number.toString(16).toUpperCase();
}
