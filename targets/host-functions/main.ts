/** The script that a firmware in C runs. It starts the device at once, and C calls the functions of the global `pkg0`. */
import type { SessionName } from "../../src/hal.ts";
import { readBase64 } from "../../src/hash/base64.ts";
import { ACCOUNT_INVALID, OK, SESSION_UNKNOWN, SESSION_WAITING } from "../../src/status.ts";
import {
  addAccountJson,
  type DeviceOptions,
  type DmAccJson,
  hasAccount,
  parseJson,
  sessionLine,
  startDevice,
} from "../device.ts";
import { createHostBoard, type Host } from "./hal.ts";

declare const host: Host;

/** Further options in `host.options`. */
interface HostOptions extends DeviceOptions {
  /** Storage.isChecked: flash.c finds out what is torn or damaged. False. */
  areRecordsChecked?: boolean;
}

const parsed = host.options === undefined ? null : (parseJson(host.options()) as HostOptions | null);
const options = parsed === null ? {} : parsed;
const board = createHostBoard(host, options);
board.storage.isChecked = options.areRecordsChecked === true;
/** The names of the running sessions, without their texts, which may be long. */
const running: SessionName[] = [];
const start = board.session.start;
board.session.start = request => {
  const answer = start(request);
  if (answer === 0)
    running.push({ serverId: request.serverId, sessionId: request.sessionId, timestamp: request.timestamp });
  return answer;
};
// without `host.smsSettled`, the board hands each part over once, and keeps none
if (host.sms !== undefined && options.arePartsSaved === undefined)
  options.arePartsSaved = host.smsSettled === undefined;
options.onSession = (status, request) => {
  if (status !== SESSION_WAITING) board.takeQuestion(request.serverId, request.sessionId);
  if (board.log !== undefined) board.log(sessionLine(status, request));
};
const device = startDevice(board, options);
let isResumed = false;

function answer(serverId: string, sessionId: string, isAllowed: boolean): number {
  const question = board.takeQuestion(serverId, sessionId);
  if (question === null) return SESSION_UNKNOWN;
  question.answer(isAllowed);
  return OK;
}

/** Every function returns a status (status.ts) or nothing, and never throws. */
const api = {
  /** Takes the bytes and messages that have arrived. To be called when something has arrived; once a second by a board that cannot tell. */
  poll: board.poll,
  /**
   * To be called once a second. The first call offers the sessions that a reset interrupted: while this script runs, it holds
   * 0.7 KB that their requests may need, and a board that has no memory for them would reset for ever (measured).
   */
  tick(): void {
    device.tick();
    if (isResumed) return;
    isResumed = true;
    device.client.resume();
  },
  /** To be called when a session for which `host.start` returned 0 has ended, successfully or not. */
  sessionDone(serverId: string, sessionId: string): number {
    for (let i = 0; i < running.length; i++) {
      const request = running[i];
      if (request.serverId !== serverId || request.sessionId !== sessionId) continue;
      running.splice(i, 1);
      return device.client.sessionDone(request);
    }
    return SESSION_UNKNOWN;
  },
  /** To be called when the user has allowed the session that `host.ui` asked about. */
  allow: (serverId: string, sessionId: string) => answer(serverId, sessionId, true),
  refuse: (serverId: string, sessionId: string) => answer(serverId, sessionId, false),
  /** To be called when a bearer came up, or when the reason for which `host.start` returned 2 is over. */
  retry: device.client.bearerChanged,
  /** Adds a DMAcc, given as JSON with AAuthData in base64, or replaces the one with its serverId. */
  addAccount(json: string): number {
    const dmAcc = parseJson(json) as DmAccJson | null;
    return dmAcc === null ? ACCOUNT_INVALID : addAccountJson(device.client, dmAcc);
  },
  /** 1 when the account is stored, else 0. Provisioning adds an account only once: adding it again would restore an old nonce. */
  hasAccount: (serverId: string) => (hasAccount(device.client, serverId) ? 1 : 0),
  removeAccount: device.client.removeAccount,
  /** Stores the nonce, in base64, that a session has agreed on (1.2). */
  saveNonce(serverId: string, nonce: string): number {
    const bytes = readBase64(nonce);
    return bytes === null ? ACCOUNT_INVALID : device.client.saveNonce(serverId, bytes);
  },
};
(globalThis as unknown as { pkg0: typeof api }).pkg0 = api;
