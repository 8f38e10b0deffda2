/** `pkg0 listen`: a whole device on a desk. One JSON object on standard output for each event. */
import { readdirSync } from "node:fs";
import * as pkg0 from "../../src/index.ts";
import { createDecoder, INITIATORS, serverIdWarning, TRANSPORTS, UI_MODES } from "../codec/index.ts";
import { readAccountsFile } from "./accounts.ts";
import { boundsOf, type Controls, type DeskBounds, partsOf } from "./desk.ts";
import { lockDirectory } from "./lock.ts";
import { type DeliverFrom, openHttp, openObex, openSip, type SipOptions } from "./net.ts";
import { createQuiet } from "./quiet.ts";
import { openSerial } from "./serial.ts";
import { readRegistration } from "./sip-account.ts";
import { createFileStorage } from "./storage.ts";
import { allJudged, judgeInTurn } from "./turns.ts";
import { type Address, addressText, openUdp, readHostPort } from "./udp.ts";

export interface ListenOptions {
  accounts: string;
  state: string;
  /** HOST:PORT of each. */
  udp?: string[];
  http?: string[];
  sip?: string[];
  /** The registrar of the SIP listener, sip:USER@HOST:PORT, and the password for its challenges. */
  register?: string;
  password?: string;
  /** HOST or HOST:PORT: the address of this device for the registrar. */
  sipContact?: string;
  /** Prints so many events of rejected messages a minute; without it, all. */
  rejectsPerMinute?: number;
  obex?: string[];
  /** tty, COM port or tcp://HOST:PORT. */
  modem?: string[];
  /** The time-outs of each modem. */
  modemSeconds?: Pick<pkg0.ModemOptions, "answerSeconds" | "listSeconds" | "pollSeconds" | "sweepSeconds">;
  /** Check the age of messages by the system's clock. */
  hasClock?: boolean;
  /** Leaves sessions pending, so that a reset can be tried. */
  hold?: boolean;
  /** Bounds and rules of the client, and the number of parts that it holds. Without `isBoard`, wide bounds are the default. */
  bounds?: DeskBounds;
  /** The default bounds are those of startDevice, as on a board. */
  isBoard?: boolean;
  /** The user and the bearers; lines of standard input change them. */
  controls?: Controls;
  /** Takes one event, and returns when the event is written. */
  print: (event: object) => void;
}

export const VIAS: { readonly [via: number]: string } = {
  [pkg0.VIA_UDP]: "udp",
  [pkg0.VIA_SMS]: "sms",
  [pkg0.VIA_SIP]: "sip",
  [pkg0.VIA_HTTP]: "http",
  [pkg0.VIA_OBEX]: "obex",
};

/** Opens all receivers; resolves to a function that closes them. Rejects with an Error when something cannot be opened. */
export async function listen(options: ListenOptions): Promise<() => Promise<void>> {
  const print = (event: { event: string; [name: string]: unknown }): void => {
    const { event: name, ...rest } = event;
    options.print({ event: name, time: new Date().toISOString(), ...rest });
  };
  const dmAccs = readAccountsFile(options.accounts);
  const storage = createFileStorage(options.state, (what, { message }) => {
    if (quiet.allows()) print({ event: "error", what, meaning: message });
  });
  const unlock = await lockDirectory(options.state);
  const { rejectsPerMinute = Number.POSITIVE_INFINITY } = options;
  const quiet = createQuiet(
    rejectsPerMinute,
    () => performance.now() / 1000,
    count => print({ event: "quiet", rejected: count }),
  );
  function reject(what: object): void {
    if (quiet.allows()) print({ event: "rejected", ...what });
  }
  /** The sender of the message that the client is judging. */
  let sender = "";
  /** That message. */
  let message: Uint8Array = new Uint8Array(0);
  /** Tells the bits of TRA, of which a session gets the meaning alone; parts of short messages are put together. */
  const decoder = createDecoder("auto");

  const bounds = boundsOf(options, Math.max(64, dmAccs.length, countAccounts(options.state)));
  /** The bounds of a profile are at least those of the client. */
  const bodyMax = Math.max(4096, bounds.messageMax ?? 0);
  const clock = {
    posixSeconds: () => (options.hasClock ? Math.floor(Date.now() / 1000) : 0),
    monotonicSeconds: () => Math.floor(performance.now() / 1000),
  };
  const client = pkg0.createClient(
    {
      storage,
      clock,
      session: {
        start(request) {
          print({ event: request.isResumed ? "resumed" : "session", ...sessionJson(request) });
          if (!options.hold) report(client.sessionDone(request), "sessionDone");
          return pkg0.SESSION_STARTED;
        },
      },
      ...options.controls?.hal((what, request) => print({ event: what, ...sessionJson(request) })),
    },
    {
      ...bounds,
      sms: store => pkg0.createSmsReceiver(clock, { ...partsOf(options), store, onLost: status => reportLost(status) }),
      onVerdict(status, at, via, about) {
        const tra = status === pkg0.OK || status === pkg0.MORE ? decoder.decode(message).tra : undefined;
        if (status === pkg0.MORE) return;
        const origin = {
          ...{ via: VIAS[via], ...(sender !== "" && { from: sender }), ...about() },
          hex: Buffer.from(message).toString("hex"),
        };
        if (status === pkg0.OK) print({ event: "accepted", ...origin, ...(tra !== undefined && { tra }) });
        else if (status === pkg0.DUPLICATE) print({ event: "duplicate", ...origin });
        else reject({ ...origin, ...statusJson(status), at });
      },
      onStore: report,
      onSession(status, request) {
        const event = status === pkg0.SESSION_WAITING ? "waiting" : "ended";
        if (event === "ended") options.controls?.forget(request);
        print({ event, ...statusJson(status), ...sessionJson(request) });
      },
    },
  );

  function report(status: number, what: string): void {
    if (status !== pkg0.OK) print({ event: "error", what, ...statusJson(status) });
  }

  function reportLost(status: number): void {
    reject({ via: "sms", ...statusJson(status) });
  }

  function registration(at: string): Pick<SipOptions, "register"> {
    if (options.register === undefined) return {};
    const register = readRegistration(options.register, options.password, options.state, options.sipContact);
    return {
      register: {
        ...register,
        onChanged: (status, pubGruu, tempGruu) =>
          print({ event: "registered", via: "sip", at, ...statusJson(status), pubGruu, tempGruu }),
      },
    };
  }

  report(client.open(), "open");
  try {
    syncAccounts(client, dmAccs, report);
  } catch (error) {
    client.close();
    unlock();
    throw error;
  }
  for (const { serverId } of dmAccs) {
    const meaning = serverIdWarning(serverId);
    if (meaning !== undefined) print({ event: "warning", serverId, meaning });
  }

  const closers: (() => unknown)[] = [];
  async function close(): Promise<void> {
    for (const one of closers) await one();
    await allJudged();
    client.close();
    unlock();
  }
  function opened(via: string, bound: Address & { close: () => unknown }): void {
    closers.push(bound.close);
    print({ event: "listening", via, at: addressText(bound.host, bound.port) });
  }
  const entity =
    (via: number): DeliverFrom =>
    (bytes, from, to, contentType, peer) => {
      sender = peer;
      message = bytes.subarray(from, to);
      return client.receiveBody(bytes, from, to, contentType, via);
    };
  /** Prints a message that a profile refuses before it reaches the client. */
  const refused = (via: string) => ({
    onRefused: (status: number, at: number, peer: string) => reject({ via, from: peer, ...statusJson(status), at }),
  });

  try {
    for (const where of options.udp ?? []) {
      const receive = (bytes: Uint8Array, from: string) => {
        judgeInTurn(() => {
          sender = from;
          message = bytes;
          client.receivePush(bytes, 0, bytes.length, pkg0.VIA_UDP);
        });
      };
      opened("udp", await openUdp(readHostPort(where), receive));
    }
    for (const where of options.http ?? []) {
      opened("http", await openHttp(readHostPort(where), entity(pkg0.VIA_HTTP), { bodyMax, ...refused("http") }));
    }
    for (const where of options.sip ?? []) {
      const sip = { bodyMax, messageMax: bodyMax + 4096, ...refused("sip"), ...registration(where) };
      opened("sip", await openSip(readHostPort(where), entity(pkg0.VIA_SIP), sip));
    }
    for (const where of options.obex ?? []) {
      opened("obex", await openObex(readHostPort(where), entity(pkg0.VIA_OBEX), { bodyMax, ...refused("obex") }));
    }
    for (const device of options.modem ?? []) {
      const serial = await openSerial(device);
      const modem = pkg0.createModem(serial, clock, {
        ...options.modemSeconds,
        onStatus: status => print({ event: "modem", at: device, ...statusJson(status) }),
      });
      modem.open((bytes, from, to) => {
        sender = "";
        message = bytes.subarray(from, to);
        return client.receiveTpdu(bytes, from, to);
      });
      const timer = setInterval(modem.tick, 200);
      closers.push(() => clearInterval(timer), modem.close);
      print({ event: "listening", via: "sms", at: device });
    }
  } catch (error) {
    await close();
    throw error;
  }
  options.controls?.attach(client);
  client.resume();
  const timer = setInterval(() => {
    client.tick();
    quiet.tick();
  }, 1000);
  closers.push(() => clearInterval(timer));
  return close;
}

/**
 * The number of places for accounts in a state directory: an account that the file no longer names must be loaded to be
 * removed.
 */
function countAccounts(directory: string): number {
  const places = readdirSync(directory).map(name => Number(/^acc(\d+)[ab]$/.exec(name)?.[1] ?? -1));
  return Math.max(0, ...places.map(place => place + 1));
}

/**
 * The account is then neither the file's nor out of use: the client would take messages by the former one, start its sessions,
 * and refuse the genuine ones of the new one.
 */
const UNSTORED: readonly number[] = [pkg0.STORE_WRITE, pkg0.ACCOUNTS_FULL, pkg0.ACCOUNT_INVALID];

/**
 * Makes the stored accounts those of the file: saves the ones that differ, removes the ones that the file does not have. Throws
 * an Error when the storage does not take that: nothing is received or started then, and what is pending stays so. A place that
 * cannot be read only now is reported: it accepts nothing, and heals.
 */
function syncAccounts(client: pkg0.Client, dmAccs: pkg0.DmAcc[], report: (status: number, what: string) => void): void {
  function settle(status: number, what: string): void {
    report(status, what);
    if (UNSTORED.includes(status)) {
      throw new Error(
        `cannot ${what} in the state directory: ${pkg0.statusName(status)}, ${pkg0.statusMeaning(status)}`,
      );
    }
  }
  const text = (dmAcc: pkg0.DmAcc | undefined) =>
    JSON.stringify(dmAcc, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value));
  const stored = new Map(client.listAccounts().map(one => [one.serverId, one]));
  for (const serverId of stored.keys()) {
    if (!dmAccs.some(one => one.serverId === serverId)) settle(client.removeAccount(serverId), `remove ${serverId}`);
  }
  for (const dmAcc of dmAccs) {
    if (text(stored.get(dmAcc.serverId)) !== text(dmAcc)) settle(client.addAccount(dmAcc), `add ${dmAcc.serverId}`);
  }
}

function statusJson(status: number): { status: string; meaning: string } {
  return { status: pkg0.statusName(status), meaning: pkg0.statusMeaning(status) };
}

/** A session request in the words of the command line. */
export function sessionJson(request: pkg0.SessionRequest): object {
  const vendorInfo = Buffer.from(request.vendorInfo);
  const isText = pkg0.checkUtf8(vendorInfo, 0, vendorInfo.length) === vendorInfo.length;
  return {
    via: VIAS[request.via],
    serverId: request.serverId,
    sessionId: request.sessionId,
    format: request.format === pkg0.FORMAT_12 ? "1.2" : "1.3",
    initiator: INITIATORS[request.initiator],
    uiMode: UI_MODES[request.uiMode],
    transport: TRANSPORTS[request.transport],
    timeout: request.timeoutMinutes,
    timestamp: request.timestamp,
    bearer: request.bearer,
    preferredBearer: request.preferredBearer,
    requestedMo: request.requestedMo,
    targetedMo: request.targetedMo,
    ...(request.connectReason !== "" && { connectReason: request.connectReason }),
    ...(vendorInfo.length > 0 &&
      (isText ? { vendorInfo: vendorInfo.toString() } : { vendorInfoHex: vendorInfo.toString("hex") })),
    appAddr: request.appAddr,
    renewNonces: request.renewNonces,
  };
}
