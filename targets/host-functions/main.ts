/** The script that a firmware in C runs. It starts the device at once, and C calls the functions of the global `pkg0`. */
import type { SessionName } from "../../src/hal.ts";
import { readBase64 } from "../../src/hash/base64.ts";
import { ACCOUNT_INVALID, OK, SESSION_UNKNOWN } from "../../src/status.ts";
import { addAccountJson, type DeviceOptions, type DmAccJson, hasAccount, parseJson, startDevice } from "../device.ts";
import { createHostBoard, type Host } from "./hal.ts";

declare const host: Host;

const board = createHostBoard(host);
/** What names the sessions that run: not their texts, which may be long. */
const running: SessionName[] = [];
const start = board.session.start;
board.session.start = request => {
  const answer = start(request);
  if (answer === 0)
    running.push({ serverId: request.serverId, sessionId: request.sessionId, timestamp: request.timestamp });
  return answer;
};
const parsed = host.options === undefined ? null : (parseJson(host.options()) as DeviceOptions | null);
const options = parsed === null ? {} : parsed;
// without `host.smsSettled`, the board hands each part over once, and keeps none
if (host.sms !== undefined && options.arePartsSaved === undefined)
  options.arePartsSaved = host.smsSettled === undefined;
const device = startDevice(board, options);
device.client.resume();

/** All return statuses (status.ts) or nothing, and throw nothing. */
const api = {
  /** Takes in what has arrived: to be called when something has, and at least once a second. */
  poll: () => board.poll(),
  /** To be called once a second. */
  tick: () => device.tick(),
  /** A session that `host.start` has answered with 0 has ended, well or not. */
  sessionDone(serverId: string, sessionId: string): number {
    for (let i = 0; i < running.length; i++) {
      const request = running[i];
      if (request.serverId !== serverId || request.sessionId !== sessionId) continue;
      running.splice(i, 1);
      return device.client.sessionDone(request);
    }
    return SESSION_UNKNOWN;
  },
  /** The user has allowed, or has refused, the session that `host.ui` asked about. */
  allow: (serverId: string, sessionId: string) => (board.answer(serverId, sessionId, true) ? OK : SESSION_UNKNOWN),
  refuse: (serverId: string, sessionId: string) => (board.answer(serverId, sessionId, false) ? OK : SESSION_UNKNOWN),
  /** A bearer has come up, or what made `host.start` answer 2 is over. */
  retry: () => device.client.bearerChanged(),
  /** A DMAcc as JSON, AAuthData in base64: added, or put in the place of the one with its serverId. */
  addAccount(json: string): number {
    const dmAcc = parseJson(json) as DmAccJson | null;
    return dmAcc === null ? ACCOUNT_INVALID : addAccountJson(device.client, dmAcc);
  },
  /** 1 where the account is stored, else 0: provisioning adds it once, and does not put back an old nonce. */
  hasAccount: (serverId: string) => (hasAccount(device.client, serverId) ? 1 : 0),
  removeAccount: (serverId: string) => device.client.removeAccount(serverId),
  /** The nonce that a session has agreed on (1.2), base64. */
  saveNonce(serverId: string, nonce: string): number {
    const bytes = readBase64(nonce);
    return bytes === null ? ACCOUNT_INVALID : device.client.saveNonce(serverId, bytes);
  },
};
(globalThis as unknown as { pkg0: typeof api }).pkg0 = api;
