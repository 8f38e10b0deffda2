/** Senders for a host, one for each way of §7 but UDP (udp.ts). Each sends once, and tells what the peer answered; they reject where there is no peer. */
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { createConnection } from "node:net";
import { newHeaderLine } from "../../src/push/header-lines.ts";
import { type HttpAnswer, readHttpAnswer, writeHttpPost } from "../../src/push/http/sender.ts";
import { createObexSender } from "../../src/push/obex/sender.ts";
import { readSipResponse, SIP_MESSAGE_BYTES, writeSipMessage } from "../../src/push/sip/sender.ts";
import { MORE, OK } from "../../src/status.ts";
import { statusMeaning, statusName } from "../../src/status-names.ts";
import { token } from "./net.ts";
import { readPapResult, writePap } from "./pap.ts";
import { type Address, addressText } from "./udp.ts";

/** What came back. */
export interface Answer {
  /** The peer took the message. */
  isAccepted: boolean;
  /** The code of the peer's own protocol: SIP 200, HTTP 204, OBEX A0, PAP 1001; 0 without an answer. */
  code: number;
  /** The same in words. */
  text: string;
}

export interface SendOptions {
  /** How long to wait for the answer. By default 32000: Timer F of SIP. */
  timeoutMs?: number;
}

export interface SipSendOptions extends SendOptions {
  /** The sender's own URI. By default "sip:pkg0@" and its address. */
  from?: string;
}

/** Sends Package #0 in a SIP MESSAGE to `uri`, by way of `to` (§7.3), again and again until the answer (RFC 3261 §17.1.2). */
export async function sendSip(
  uri: string,
  to: Address,
  contentType: number,
  bytes: Uint8Array,
  options: SipSendOptions = {},
): Promise<Answer> {
  const { address, family } = await lookup(to.host);
  const socket = createSocket(family === 6 ? "udp6" : "udp4");
  const branch = token();
  const line = newHeaderLine();
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.connect(to.port, address, resolve);
    });
    const own = socket.address();
    const sentBy = addressText(own.address, own.port);
    const out = new Uint8Array(SIP_MESSAGE_BYTES + bytes.length);
    const from = options.from ?? `sip:pkg0@${sentBy}`;
    const fields = { uri, from, sentBy, branch, tag: token(), callId: token(), cseq: 1, contentType };
    const message = out.subarray(0, checkWritten(writeSipMessage(fields, bytes, 0, bytes.length, out, 0)));
    const send = () => socket.send(message, () => {});
    let interval = 500; // T1
    function sendAgain(): void {
      send();
      timer = setTimeout(sendAgain, interval);
      interval = Math.min(2 * interval, 4_000); // T2
    }
    sendAgain();
    return await new Promise<Answer>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", answer => {
        const code = readSipResponse(answer, 0, answer.length, branch, line);
        const text = answer.toString("latin1", 12, answer.indexOf("\r\n"));
        if (code >= 200) resolve({ isAccepted: code < 300, code, text });
      });
      setTimeout(() => resolve(NO_ANSWER), options.timeoutMs ?? TIMEOUT_MS).unref();
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

/** Posts Package #0 to `url`, such as "http://192.0.2.4:4035/wappush" (§7.4). */
export async function sendHttp(
  url: string,
  contentType: number,
  bytes: Uint8Array,
  options: SendOptions = {},
): Promise<Answer> {
  const { host, hostname, port, pathname, search } = new URL(url);
  const out = new Uint8Array(bytes.length + host.length + pathname.length + search.length + 400);
  const path = pathname === "/" ? "/wappush" : pathname + search;
  const length = checkWritten(writeHttpPost(host, path, contentType, bytes, 0, bytes.length, out, 0));
  const answer: HttpAnswer = { code: 0, pushStatus: 0 };
  let received = Buffer.alloc(0);
  const isAnswered = await talk({ host: unbracketed(hostname), port: Number(port || 80) }, options, {
    open: write => write(out.subarray(0, length)),
    receive(piece) {
      received = Buffer.concat([received, piece]);
      return readHttpAnswer(received, 0, received.length, answer) !== 0;
    },
  });
  if (!isAnswered || answer.code === 0) return NO_ANSWER;
  const isAccepted = answer.code >= 200 && answer.code < 300;
  return {
    isAccepted,
    code: answer.code,
    text: answer.pushStatus > 0 ? `X-Wap-Push-Status: ${answer.pushStatus}` : "",
  };
}

export interface ObexSendOptions extends SendOptions {
  packetMax?: number;
  /** Connects to the DM client by its Target. */
  isDirected?: boolean;
}

/** Puts Package #0 to an OBEX server over TCP (§7.2). */
export async function sendObex(
  to: Address,
  contentType: number,
  bytes: Uint8Array,
  options: ObexSendOptions = {},
): Promise<Answer> {
  let write: (bytes: Uint8Array) => void = () => {};
  const { timeoutMs, ...bounds } = options;
  const put = createObexSender({ ...bounds, contentType, send: (out, from, to) => write(out.slice(from, to)) });
  let status = MORE;
  const isAnswered = await talk(to, options, {
    open(send) {
      write = send;
      put.open(bytes, 0, bytes.length);
    },
    receive(piece) {
      status = put.receive(piece, 0, piece.length);
      return status !== MORE;
    },
  });
  if (!isAnswered) return NO_ANSWER;
  return { isAccepted: status === OK, code: put.code(), text: status === OK ? "success" : statusMeaning(status) };
}

/** Submits Package #0 to a push gateway (PAP) at `url`; see writePap for `address`. Credentials in the URL become Basic ones. */
export async function sendPap(
  url: string,
  address: string,
  contentType: number,
  bytes: Uint8Array,
  options: SendOptions = {},
): Promise<Answer> {
  const target = new URL(url);
  const message = writePap(address, `${token()}@pkg0`, contentType, bytes);
  const headers = { "Content-Type": message.contentType, "Content-Length": message.body.length };
  const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  // not fetch: a gateway such as Kannel hands headers on to the device, and that takes 48 bytes of them (§7.1)
  const request = (target.protocol === "https:" ? requestTls : requestPlain)(target, {
    method: "POST",
    agent: false,
    headers,
    signal,
  });
  const [response] = (await once(request.end(message.body), "response")) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  const { code, text } = readPapResult(Buffer.concat(pieces).toString());
  if (code === 0) return { isAccepted: false, code: response.statusCode ?? 0, text: response.statusMessage ?? "" };
  return { isAccepted: code === 1000 || code === 1001, code, text };
}

/**
 * Sends Package #0 to a URI: http://host:port/path, obex://host:port, sip:user@host:port (to that host itself), or
 * pap+http://gateway/path?address=.. (see writePap). Rejects for any other.
 */
export async function sendTo(
  to: string,
  contentType: number,
  bytes: Uint8Array,
  options: SendOptions = {},
): Promise<Answer> {
  return routeTo(to)(contentType, bytes, options);
}

/** The sender for a URI of sendTo; throws an Error for any other. */
export function routeTo(to: string): (contentType: number, bytes: Uint8Array, options: SendOptions) => Promise<Answer> {
  if (/^sips?:/i.test(to)) {
    const [, host, port = "5060"] = /^sips?:(?:[^@]*@)?(\[[^\]]+\]|[^:;?]+)(?::(\d{1,5}))?(?:[;?]|$)/i.exec(to) ?? [];
    if (host === undefined || Number(port) > 65535) throw new Error(`cannot send to ${to}`);
    const address = { host: unbracketed(host), port: Number(port) };
    return (contentType, bytes, options) => sendSip(to, address, contentType, bytes, options);
  }
  if (!URL.canParse(to)) throw new Error(`cannot send to ${to}`);
  const url = new URL(to);
  const host = unbracketed(url.hostname);
  if (url.protocol === "http:") return (contentType, bytes, options) => sendHttp(to, contentType, bytes, options);
  if (url.protocol === "obex:" && host !== "") {
    const address = { host, port: Number(url.port || 650) };
    return (contentType, bytes, options) => sendObex(address, contentType, bytes, options);
  }
  const recipient = url.searchParams.get("address");
  if (!/^pap\+https?:$/.test(url.protocol) || recipient === null) throw new Error(`cannot send to ${to}`);
  const gateway = new URL(to.replace(/^pap\+/, ""));
  gateway.searchParams.delete("address");
  return (contentType, bytes, options) => sendPap(gateway.href, recipient, contentType, bytes, options);
}

const TIMEOUT_MS = 32_000;
const NO_ANSWER: Answer = { isAccepted: false, code: 0, text: "no answer" };

interface Talk {
  open(write: (bytes: Uint8Array) => void): void;
  /** Takes what the peer sends; true when that is all. */
  receive(piece: Buffer): boolean;
}

/** One exchange over TCP: whether it came to its end. Rejects when there is no connection. */
function talk(to: Address, options: SendOptions, with_: Talk): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(to);
    const timer = setTimeout(() => finish(false), options.timeoutMs ?? TIMEOUT_MS);
    function finish(isAnswered: boolean): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(isAnswered);
    }
    socket.on("connect", () => with_.open(bytes => socket.write(bytes)));
    socket.on("data", piece => {
      if (with_.receive(piece)) finish(true);
    });
    socket.on("error", error => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    });
    socket.on("close", () => finish(false));
  });
}

/** The length that a writeX returned; throws for a status. */
function checkWritten(end: number): number {
  if (end < 0) throw new Error(`${statusName(-end)}: ${statusMeaning(-end)}`);
  return end;
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
