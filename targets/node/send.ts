/** `pkg0 send`: one notification, wrapped as the transport's profile asks (§7), sent once. */
import * as pkg0 from "../../src/index.ts";
import { bytesOfHex, decode, encode, FieldError, guessLayer, type NotificationJson, pushOf } from "../codec/index.ts";
import { sendTpdus, submitTpdus } from "../codec/sms-forms.ts";
import type { HostCode } from "./codes.ts";
import { isKannel } from "./links/kannel.ts";
import type { Submission } from "./links/link.ts";
import { checkLink, openLink } from "./links/open.ts";
import { shownUri } from "./links/shown.ts";
import { routeTo, sendTo } from "./senders.ts";
import { openSerial } from "./serial.ts";
import { isSmpp } from "./smpp/uri.ts";
import { readPeer, sendUdp } from "./udp.ts";

/** Package #0, and the push PDU around it if one was given. */
export interface Outgoing {
  bytes: Uint8Array;
  contentType: number;
  push?: Uint8Array;
}

export interface SendChoices {
  /** Transaction id of a push, 0 to 255. */
  tid: number;
  /** The number to send to (modem: and smpp:). */
  number?: string;
  /** obex: connect to the DM client by its Target. */
  isDirected?: boolean;
}

/**
 * Reads HEX of a Package #0 or a push PDU. Throws an Error that names the fault; with `isChecked`, also for a message that a
 * server MUST NOT send.
 */
export function readOutgoing(hex: string, isChecked: boolean): Outgoing {
  const bytes = bytesOfHex(hex);
  if (typeof bytes === "number") throw new Error(`byte ${bytes}: not pairs of hex digits`);
  const push = pkg0.newPush();
  if (pkg0.readPush(bytes, 0, bytes.length, push, bytes.length) === pkg0.OK) {
    if (isChecked && pkg0.readPush(bytes, 0, bytes.length, push, pkg0.PUSH_HEADERS_MAX) !== pkg0.OK) {
      throw unsendable(pkg0.statusName(pkg0.WSP_HEADERS_LONG), push.at, pkg0.statusMeaning(pkg0.WSP_HEADERS_LONG));
    }
    const body = bytes.subarray(push.bodyFrom, push.bodyTo);
    if (isChecked) checkSendable(body, push.contentType === pkg0.CONTENT_TYPE_12 ? "1.2" : "1.3", push.bodyFrom);
    return { bytes: body, contentType: push.contentType, push: bytes };
  }
  const is12 = guessLayer(bytes) === "1.2";
  if (isChecked) checkSendable(bytes, is12 ? "1.2" : "1.3", 0);
  return { bytes, contentType: is12 ? pkg0.CONTENT_TYPE_12 : pkg0.CONTENT_TYPE_13 };
}

/** Throws an Error unless `encode` makes the same bytes from the fields of the Package #0, apart from the digest. */
function checkSendable(bytes: Uint8Array, layer: "1.3" | "1.2", from: number): void {
  const { status, at, meaning = "", digest, ...fields } = decode(bytes, layer);
  if (status !== "OK") throw unsendable(status, from + at, meaning);
  let made: Uint8Array;
  try {
    made = encode(fields as NotificationJson, { secret: "any" }).bytes;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw unsendable(error.status, from, error.message);
  }
  const signedFrom = layer === "1.2" ? pkg0.MD5_BYTES : 0;
  const signedTo = layer === "1.2" ? bytes.length : bytes.length - pkg0.SHA256_BYTES;
  for (let i = signedFrom; i < signedTo; i++) {
    if (bytes[i] !== made[i])
      throw unsendable("UNSENDABLE" satisfies HostCode, from + i, "encode would write another byte");
  }
}

function unsendable(status: string, at: number, meaning: string): Error {
  return new Error(`${status} at byte ${at}: ${meaning}; --unchecked sends it all the same`);
}

const SCHEMES = "a URI begins with udp:, sip:, http:, obex:, pap+http:, smpp:, smpps:, kannel+http: or modem:";
const SCHEME = /^([a-z0-9+]+):(?:\/\/)?(.*)$/is;

/** Throws an Error when `to` is no URI that send takes. */
export function checkDestination(to: string): void {
  const [, scheme, rest] = SCHEME.exec(to) ?? [];
  if (scheme === "udp") readPeer(rest!.replace(/\/$/, ""));
  else if (isNumbered(to)) {
    if (!/^modem$/i.test(scheme!)) checkLink(to);
  } else if (/^(sips?|http|obex|pap\+https?):/i.test(to)) routeTo(to);
  else throw new Error(`cannot send to ${shownUri(to)}: ${SCHEMES}`);
}

/** Whether the peer takes short messages for many numbers. */
export function isNumbered(to: string): boolean {
  return /^modem:/i.test(to) || isSmpp(to) || isKannel(to);
}

/**
 * Sends to udp://, sip:, http://, obex://, pap+http://, smpp://, kannel+http:// or modem:DEVICE. Resolves to the object to
 * print, and to whether the peer took the message, as far as the transport tells.
 */
export async function send(
  to: string,
  message: Outgoing,
  choices: SendChoices,
): Promise<{ isTaken: boolean; answer: object }> {
  const [, scheme, rest] = SCHEME.exec(to) ?? [];
  if (scheme !== "udp" && !isNumbered(to)) {
    const isDirected = choices.isDirected === true;
    const { isAccepted, code, text } = await sendTo(to, message.contentType, message.bytes, { isDirected });
    return {
      isTaken: isAccepted,
      answer: { sent: message.bytes.length, to: shownUri(to), accepted: isAccepted, code, text },
    };
  }
  const push = message.push ?? pushOf(message.bytes, message.contentType, choices.tid);
  if (scheme === "udp") {
    await sendUdp(readPeer(rest!.replace(/\/$/, "")), push);
    return { isTaken: true, answer: { sent: push.length, to } };
  }
  if (choices.number === undefined) throw new Error(`${scheme}: needs --number`);
  const reference = Math.floor(Math.random() * 256);
  if (scheme !== "modem") return sendByLink(to, { address: choices.number, ...message, push, reference });
  const tpdus = submitTpdus(choices.number, push, { reference });
  await sendByModem(rest!, tpdus);
  return { isTaken: true, answer: { sent: push.length, to, parts: tpdus.length, number: choices.number } };
}

async function sendByLink(to: string, submission: Submission): Promise<{ isTaken: boolean; answer: object }> {
  const ignore = async () => {};
  const link = await openLink(to, undefined, { event: ignore, changed: ignore, receipt: ignore, failed: ignore });
  const result = await link.submit(submission);
  await link.close();
  const isTaken = result.kind === "accepted";
  const code = result.kind === "refused" ? result.code : "";
  const { length: sent } = submission.push;
  return {
    isTaken,
    answer: { sent, to: shownUri(to), number: submission.address, accepted: isTaken, code, text: result.text },
  };
}

async function sendByModem(device: string, tpdus: Uint8Array[]): Promise<void> {
  const serial = await openSerial(device);
  const clock = { posixSeconds: () => 0, monotonicSeconds: () => Math.floor(performance.now() / 1000) };
  let isReady: (status: number) => void = () => {};
  const ready = new Promise<number>(resolve => {
    isReady = resolve;
  });
  const sending = pkg0.createAtSender();
  const modem = pkg0.createModem(serial, clock, {
    sending,
    onStatus(status) {
      if (status !== pkg0.MODEM_RESET) isReady(status);
    },
  });
  const timer = setInterval(() => modem.tick(), 200);
  try {
    // messages that the modem has received stay there: this program only sends
    modem.open(() => pkg0.SMS_PORT_OTHER);
    const status = await ready;
    if (status === pkg0.MODEM_ABSENT) throw new Error(`${device}: ${pkg0.statusMeaning(status)}`);
    await sendTpdus(sending, tpdus);
  } finally {
    clearInterval(timer);
    modem.close();
  }
}
