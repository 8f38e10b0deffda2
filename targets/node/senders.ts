/**
 * Senders for a host, one for each profile of §7 except UDP (udp.ts). Each sends one message and resolves to the peer's
 * answer; it rejects when there is no peer.
 */
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { type Agent, type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { createConnection } from "node:net";
import type { PushSender } from "../../src/push/connection.ts";
import { createHttpSender, type HttpSenderOptions } from "../../src/push/http/sender.ts";
import { createObexSender } from "../../src/push/obex/sender.ts";
import { createSipSender } from "../../src/push/sip/sender.ts";
import type { SipMessageFields } from "../../src/push/sip/write.ts";
import { MORE, OBEX_REFUSED, OK, SIP_NO_ANSWER, SIP_REFUSED, type Status } from "../../src/status.ts";
import { statusMeaning, statusName } from "../../src/status-names.ts";
import type { ContentType } from "../../src/wire.ts";
import { ANSWER_MAX, readBounded } from "./answer.ts";
import { shownUri } from "./links/shown.ts";
import { Unsendable } from "./links/unsendable.ts";
import { CLOCK, token } from "./net.ts";
import { checkPapAddress, readPapResult, writePap } from "./pap.ts";
import { type Address, addressText } from "./udp.ts";

/** The peer's answer. */
export interface Answer {
  /** The peer took the message. */
  isAccepted: boolean;
  /** The code of the peer's own protocol: SIP 200, HTTP 204, OBEX A0, PAP 1001; 0 without an answer. */
  code: number;
  /** The code in words. */
  text: string;
}

/** The options that every sender takes. */
export interface SendOptions {
  /** How long to wait for the answer, 0 to 2^31 - 1. By default 32000: Timer F of SIP. */
  timeoutMs?: number;
  /** pap+http: an agent that keeps connections open; by default each message has its own connection. */
  agent?: Agent;
  /** OBEX: connects to the DM client by its Target, SYNCML-DM. */
  isDirected?: boolean;
}

/** The options of a SIP MESSAGE. */
export interface SipSendOptions extends SendOptions {
  /** The sender's own URI. By default "sip:pkg0@" and its address. */
  from?: string;
}

/**
 * Sends Package #0 in a SIP MESSAGE to `uri`, through the host `to` (§7.3), and repeats it until the answer (RFC 3261
 * §17.1.2).
 */
export async function sendSip(
  uri: string,
  to: Address,
  contentType: ContentType,
  bytes: Uint8Array,
  options: SipSendOptions = {},
): Promise<Answer> {
  const timeoutMs = timeoutOf(options);
  const { address, family } = await lookup(to.host);
  const socket = createSocket(family === 6 ? "udp6" : "udp4");
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.connect(to.port, address, resolve);
    });
    const own = socket.address();
    const sentBy = addressText(own.address, own.port);
    const sender = createSipSender(CLOCK, {
      ...sipFields(uri, sentBy, contentType),
      ...(options.from !== undefined && { from: options.from }),
      send: (out, from, to) => socket.send(out.slice(from, to), () => {}),
    });
    checkOpened(sender, bytes);
    return await new Promise<Answer>((resolve, reject) => {
      socket.on("error", reject);
      let reason = "";
      function conclude(status: Status): void {
        const code = sender.code();
        if (status === OK || status === SIP_REFUSED) resolve({ isAccepted: status === OK, code, text: reason });
        else if (status === SIP_NO_ANSWER) resolve(NO_ANSWER);
      }
      socket.on("message", answer => {
        reason = answer.toString("latin1", 12, Math.min(answer.indexOf("\r\n"), 200));
        conclude(sender.receive(answer, 0, answer.length));
      });
      timer = setInterval(() => conclude(sender.tick()), 250);
      setTimeout(() => resolve(NO_ANSWER), timeoutMs).unref();
    });
  } finally {
    clearInterval(timer);
    socket.close();
  }
}

function sipFields(uri: string, sentBy: string, contentType: ContentType): SipMessageFields {
  const from = `sip:pkg0@${sentBy}`;
  return { uri, from, sentBy, branch: token(), tag: token(), callId: token(), cseq: 1, contentType };
}

/** Posts Package #0 to `url`, such as "http://192.0.2.4:4035/wappush" (§7.4). */
export async function sendHttp(
  url: string,
  contentType: ContentType,
  bytes: Uint8Array,
  options: SendOptions = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  let pushStatus = () => 0;
  const to = { host: unbracketed(hostname), port: Number(port || 80) };
  const answer = await talk(to, bytes, options, send => {
    const post = createHttpSender(CLOCK, { ...httpOptions(url, contentType), send });
    pushStatus = post.pushStatus;
    return post;
  });
  const status = pushStatus();
  if (status === 0) return answer;
  const meaning = PUSH_STATUSES[status];
  return { ...answer, text: `X-Wap-Push-Status: ${status}${meaning === undefined ? "" : ` (${meaning})`}` };
}

function httpOptions(url: string, contentType: ContentType): HttpSenderOptions {
  const { host, pathname, search } = new URL(url);
  return { host, path: pathname === "/" ? "/wappush" : pathname + search, contentType, send() {} };
}

/** X-Wap-Push-Status, which is no code of HTTP (WAP-235). */
const PUSH_STATUSES: { readonly [status: number]: string } = {
  256: "accepted; the device has changed",
  400: "accepted",
};

/** The options of an OBEX PUT. */
export interface ObexSendOptions extends SendOptions {
  packetMax?: number;
}

/** Puts Package #0 to an OBEX server over TCP (§7.2). */
export async function sendObex(
  to: Address,
  contentType: ContentType,
  bytes: Uint8Array,
  options: ObexSendOptions = {},
): Promise<Answer> {
  const { timeoutMs, ...bounds } = options;
  const answer = await talk(to, bytes, options, send => createObexSender(CLOCK, { ...bounds, contentType, send }));
  return answer.isAccepted ? { ...answer, text: "success" } : answer;
}

/**
 * Submits Package #0 to a push gateway (PAP) at `url`; see writePap for `address`. Credentials in the URL are sent by Basic
 * authentication.
 */
export async function sendPap(
  url: string,
  address: string,
  contentType: ContentType,
  bytes: Uint8Array,
  options: SendOptions = {},
): Promise<Answer> {
  const target = new URL(url);
  const message = writePap(address, `${token()}@pkg0`, contentType, bytes);
  const headers = { "Content-Type": message.contentType, "Content-Length": message.body.length };
  const signal = AbortSignal.timeout(timeoutOf(options));
  // not `fetch`, whose headers a gateway such as Kannel would pass on to the device, which takes only 48 bytes of headers
  // (§7.1)
  const request = (target.protocol === "https:" ? requestTls : requestPlain)(target, {
    method: "POST",
    agent: options.agent ?? false,
    headers,
    signal,
  });
  try {
    const [response] = (await once(request.end(message.body), "response")) as [IncomingMessage];
    const body = await readBounded(response);
    return signal.aborted ? NO_ANSWER : papAnswer(response, body);
  } catch (error) {
    if (signal.aborted) return NO_ANSWER;
    throw error;
  } finally {
    request.destroy();
  }
}

/** Reads the answer of a gateway: a result in XML; some gateways send only a 202. */
function papAnswer({ statusCode = 0, statusMessage = "" }: IncomingMessage, body: Buffer | undefined): Answer {
  if (body === undefined)
    return { isAccepted: false, code: statusCode, text: `more than ${ANSWER_MAX} bytes of answer` };
  const { code, text } = readPapResult(body);
  if (code > 0) return { isAccepted: code === 1000 || code === 1001, code, text };
  return { isAccepted: statusCode === 202 && body.length === 0, code: statusCode, text: statusMessage };
}

/**
 * Sends Package #0 to a URI: http://host:port/path, obex://host:port, sip:user@host:port (to that host itself), or
 * pap+http://gateway/path?address=.. (see writePap). Rejects for any other URI.
 */
export async function sendTo(
  to: string,
  contentType: ContentType,
  bytes: Uint8Array,
  options: SendOptions = {},
): Promise<Answer> {
  return routeTo(to).send(contentType, bytes, options);
}

/** The way to a URI that sendTo takes. */
export interface Route {
  /** Throws an Unsendable for a message that can never be sent there. Sends nothing. */
  check(contentType: ContentType, bytes: Uint8Array): void;
  send(contentType: ContentType, bytes: Uint8Array, options: SendOptions): Promise<Answer>;
}

/** The way to a URI that sendTo takes; throws an Error for any other. */
export function routeTo(to: string): Route {
  if (/^sips?:/i.test(to)) return sipRoute(to);
  if (!URL.canParse(to)) throw new Error(`cannot send to ${shownUri(to)}`);
  const url = new URL(to);
  const host = unbracketed(url.hostname);
  if (url.port === "0") throw new Error(`${shownUri(to)}: nothing can be sent to port 0`);
  if (url.protocol === "http:") {
    return {
      check: (contentType, bytes) => checkOpened(createHttpSender(CLOCK, httpOptions(to, contentType)), bytes),
      send: (contentType, bytes, options) => sendHttp(to, contentType, bytes, options),
    };
  }
  if (url.protocol === "obex:" && host !== "") {
    const address = { host, port: Number(url.port || 650) };
    // an object of any length goes out in packets
    return { check() {}, send: (contentType, bytes, options) => sendObex(address, contentType, bytes, options) };
  }
  if (/^pap\+https?:$/.test(url.protocol)) return papRoute(to, url.searchParams.get("address"));
  throw new Error(`cannot send to ${shownUri(to)}`);
}

function sipRoute(to: string): Route {
  const [, host, port = "5060"] = /^sips?:(?:[^@]*@)?(\[[^\]]+\]|[\w.-]+)(?::(\d{1,5}))?(?:[;?]|$)/i.exec(to) ?? [];
  if (host === undefined || Number(port) > 65535 || Number(port) === 0)
    throw new Error(`cannot send to ${shownUri(to)}`);
  const address = { host: unbracketed(host), port: Number(port) };
  return {
    // by the shortest of our own addresses: a longer one can still make it SIP_BODY_LONG
    check: (contentType, bytes) =>
      checkOpened(createSipSender(CLOCK, { ...sipFields(to, "1.1.1.1:1024", contentType), send() {} }), bytes),
    send: (contentType, bytes, options) => sendSip(to, address, contentType, bytes, options),
  };
}

function papRoute(to: string, recipient: string | null): Route {
  if (recipient === null) {
    throw new Error(`${shownUri(to)}: has no address=WAPPUSH=.., the device for whom the gateway takes it`);
  }
  const gateway = new URL(to.replace(/^pap\+/i, ""));
  gateway.searchParams.delete("address");
  return {
    check: () => checkPapAddress(recipient),
    send: (contentType, bytes, options) => sendPap(gateway.href, recipient, contentType, bytes, options),
  };
}

const TIMEOUT_MS = 32_000;
/** Node's timers wrap above it. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

function timeoutOf({ timeoutMs = TIMEOUT_MS }: SendOptions): number {
  if (timeoutMs >= 0 && timeoutMs <= TIMEOUT_MS_MAX) return timeoutMs;
  throw new RangeError(`timeoutMs ${timeoutMs}: must be 0 to ${TIMEOUT_MS_MAX}`);
}

const NO_ANSWER: Answer = { isAccepted: false, code: 0, text: "no answer" };

/** Performs one exchange over TCP. Rejects when it cannot connect or cannot send the message. */
async function talk(
  to: Address,
  bytes: Uint8Array,
  options: SendOptions,
  create: (send: (bytes: Uint8Array, from: number, to: number) => void) => PushSender,
): Promise<Answer> {
  const timeoutMs = timeoutOf(options);
  return new Promise((resolve, reject) => {
    const socket = createConnection(to);
    const timer = setTimeout(() => finish(NO_ANSWER), timeoutMs);
    let received = 0;
    function finish(answer: Answer): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    }
    function fail(error: unknown): void {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    }
    const sender = create((out, from, to) => socket.write(out.slice(from, to)));
    socket.on("connect", () => {
      try {
        checkOpened(sender, bytes);
      } catch (error) {
        fail(error);
      }
    });
    socket.on("data", piece => {
      received += piece.length;
      const status = sender.receive(piece, 0, piece.length);
      if (status !== MORE) finish(answerOf(sender, status));
      else if (received > ANSWER_MAX) finish({ ...NO_ANSWER, text: `more than ${ANSWER_MAX} bytes of answer` });
    });
    socket.on("error", fail);
    socket.on("close", () => finish(NO_ANSWER));
  });
}

function answerOf(sender: PushSender, status: Status): Answer {
  const isAnswer = status === OK || status === OBEX_REFUSED || sender.code() > 0;
  return {
    isAccepted: status === OK,
    code: isAnswer ? sender.code() : 0,
    text: status === OK ? "" : statusMeaning(status),
  };
}

/** Begins to send; throws an Unsendable for a message that cannot be sent so. */
function checkOpened(sender: PushSender, bytes: Uint8Array): void {
  const status = sender.open(bytes, 0, bytes.length);
  if (status !== MORE) throw new Unsendable(statusName(status), `${statusName(status)}: ${statusMeaning(status)}`);
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
