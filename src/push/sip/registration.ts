/** Registration of the device for SIP Push (§7.3): REGISTER over UDP (RFC 3261 §10) with the feature tag and GRUU (RFC 3840, RFC 5627). */
import { or } from "../../or.ts";
import { MORE, OK, SIP_CHALLENGE, SIP_NO_ANSWER, SIP_REFUSED, SIP_REPLY_LONG, SIP_RESPONSE } from "../../status.ts";

import {
  isNamed,
  isSame,
  isWord,
  newHeaderLine,
  readDecimal,
  readHeaderLine,
  textOf,
  writeDecimal,
  writeText,
} from "../header-lines.ts";
import { type Challenge, readChallenge, type SipCredentials, writeCredentials } from "./digest.ts";
import { newParameter, parametersOf, readParameter } from "./fields.ts";
import { readSipResponse } from "./sender.ts";

export interface SipRegistrationOptions {
  /** Sends `bytes[from..to)`, lent until it returns, to the registrar or the outbound proxy. */
  send: (bytes: Uint8Array, from: number, to: number) => void;
  /** Random characters of a-z and 0-9, at least 8, others at each call. */
  token: () => string;
  /** The Request-URI: the domain, such as "sip:example.com". */
  registrar: string;
  /** The address of record, such as "sip:device@example.com". */
  address: string;
  /** Where the device listens, such as "sip:device@192.0.2.4:5060". */
  contact: string;
  /** The same without "sip:" and user: "192.0.2.4:5060". */
  sentBy: string;
  /** The instance of RFC 5626 §4.1, such as "urn:uuid:00000000-0000-1000-8000-000a95a0e128"; the same after each reset. */
  instance: string;
  /** What challenges are answered with; without them a challenge is SIP_CHALLENGE. */
  credentials?: SipCredentials;
  /** By default 3600. The registrar may grant another time. */
  expiresSeconds?: number;
  /**
   * Told OK with the GRUUs ("" where there is none) after each registration, and SIP_CHALLENGE, SIP_REFUSED,
   * SIP_NO_ANSWER or SIP_REPLY_LONG when one fails; it is tried again by itself.
   */
  changed: (status: number, pubGruu: string, tempGruu: string) => void;
}

export interface SipRegistration {
  /** Registers at the next tick. */
  open(): void;
  /** Tells the time, in seconds of any clock that does not go back; once a second while MORE is returned, else at least once in ten. */
  tick(nowSeconds: number): number;
  /** Takes a response, as SipReceiverOptions.response. Returns OK, or SIP_RESPONSE when it answers no request that is open. */
  receive(bytes: Uint8Array, from: number, to: number): number;
  /** Removes the registration, as far as one datagram can. */
  close(): void;
}

const CLOSED = 0;
const WAITING = 1; // until `next`
const ASKING = 2; // retransmits at `next`

/** Timer F (§17.1.2.2): 64 T1. */
const ANSWER_SECONDS = 32;
const RETRY_SECONDS = 30;
const RETRY_SECONDS_MAX = 1800;
/** Requests that one registration may take: challenges, and 423. */
const ATTEMPTS_MAX = 3;
const OUT_BYTES = 1500;

/** Allocates 1500 bytes once; a challenge allocates strings. */
export function createSipRegistration(options: SipRegistrationOptions): SipRegistration {
  const out = new Uint8Array(OUT_BYTES);
  const line = newHeaderLine();
  const p = newParameter();
  const callId = options.token();
  const tag = options.token();
  let expires = or(options.expiresSeconds, 3600);
  let state = CLOSED;
  let now = 0;
  let next = 0;
  let interval = 1; // between retransmissions
  let giveUp = 0;
  let retry = RETRY_SECONDS;
  let cseq = 0;
  let branch = "";
  let length = 0; // bytes of the request in `out`
  let challenge: Challenge | null = null;
  let uses = 0; // requests under the challenge's nonce
  let attempts = 0; // requests that one registration took

  /** Writes a new request and sends it. */
  function ask(seconds: number): void {
    cseq++;
    attempts++;
    branch = options.token();
    length = writeRegister(seconds);
    state = ASKING;
    interval = 1; // T1 is half a second; ticks are seconds
    next = now + interval;
    giveUp = now + ANSWER_SECONDS;
    if (length < 0) fail(SIP_REPLY_LONG);
    else options.send(out, 0, length);
  }

  function writeRegister(seconds: number): number {
    let at = writeText(`REGISTER ${options.registrar} SIP/2.0\r\nVia: SIP/2.0/UDP ${options.sentBy}`, out, 0);
    at = writeText(
      `;rport;branch=z9hG4bK${branch}\r\nMax-Forwards: 70\r\nFrom: <${options.address}>;tag=${tag}`,
      out,
      at,
    );
    at = writeText(`\r\nTo: <${options.address}>\r\nCall-ID: ${callId}\r\nCSeq: `, out, at);
    at = writeDecimal(cseq, out, at);
    at = writeText(` REGISTER\r\nContact: <${options.contact}>;+sip.instance="<${options.instance}>"`, out, at);
    at = writeText(';+g.oma.eventappid="syncml.dm";expires=', out, at);
    at = writeDecimal(seconds, out, at);
    at = writeText("\r\nSupported: gruu\r\nAllow: MESSAGE, OPTIONS\r\n", out, at);
    if (challenge !== null && options.credentials !== undefined) {
      uses++;
      const cnonce = options.token();
      at = writeCredentials(challenge, options.credentials, "REGISTER", options.registrar, cnonce, uses, out, at);
      if (uses === 9) challenge = null;
    }
    return writeText("Content-Length: 0\r\n\r\n", out, at);
  }

  function receive(bytes: Uint8Array, from: number, to: number): number {
    if (state !== ASKING) return SIP_RESPONSE;
    const code = readSipResponse(bytes, from, to, branch, line);
    if (code === 0) return SIP_RESPONSE;
    if (code < 200) return OK;
    if (code < 300) readBinding(bytes, to);
    else if (code === 401 || code === 407) answerChallenge(bytes, to, code === 407);
    else if (code === 423) askLonger(bytes, to);
    else fail(SIP_REFUSED);
    return OK;
  }

  /** 200: our Contact among those of the address of record (§10.2.4), with its GRUUs (RFC 5627 §4.2). */
  function readBinding(bytes: Uint8Array, to: number): void {
    let granted = expires;
    let pubGruu = "";
    let tempGruu = "";
    while (readHeaderLine(bytes, to, line) === 1) {
      if (isNamed(bytes, line, "expires")) granted = readDecimal(bytes, line.valueFrom, line.valueTo);
      if (!isNamed(bytes, line, "contact") && !isNamed(bytes, line, "m")) continue;
      p.next = line.valueFrom - 1;
      while (p.next < line.valueTo) {
        p.next = parametersOf(bytes, p.next + 1, line.valueTo);
        if (p.next < 0) break;
        let seconds = granted;
        let isOurs = false;
        let pub = "";
        let temp = "";
        while (readParameter(bytes, line.valueTo, p)) {
          const value = p.valueFrom;
          if (isWord(bytes, p.nameFrom, p.nameTo, "+sip.instance")) {
            isOurs = isSame(bytes, value, p.valueTo, `<${options.instance}>`);
          } else if (isWord(bytes, p.nameFrom, p.nameTo, "expires")) seconds = readDecimal(bytes, value, p.valueTo);
          else if (isWord(bytes, p.nameFrom, p.nameTo, "pub-gruu")) pub = textOf(bytes, value, p.valueTo);
          else if (isWord(bytes, p.nameFrom, p.nameTo, "temp-gruu")) temp = textOf(bytes, value, p.valueTo);
        }
        if (isOurs) {
          granted = seconds;
          pubGruu = pub;
          tempGruu = temp;
        }
      }
    }
    if (granted <= 0) fail(SIP_REFUSED);
    else {
      state = WAITING;
      attempts = 0;
      retry = RETRY_SECONDS;
      // refreshed 600 seconds before the end, or at the half of a short time (3GPP TS 24.229 §5.1.1.4.1)
      next = now + (granted > 1200 ? granted - 600 : granted >> 1);
      options.changed(OK, pubGruu, tempGruu);
    }
  }

  /** 401, 407: once more with credentials, unless these have just been refused (§22.1). */
  function answerChallenge(bytes: Uint8Array, to: number, isProxy: boolean): void {
    const hadAnswered = challenge !== null && attempts > 1;
    const name = isProxy ? "proxy-authenticate" : "www-authenticate";
    let fresh: Challenge | null = null;
    while (fresh === null && readHeaderLine(bytes, to, line) === 1) {
      if (isNamed(bytes, line, name)) fresh = readChallenge(bytes, line.valueFrom, line.valueTo, isProxy, p);
    }
    const isRefused = hadAnswered && fresh !== null && !fresh.isStale;
    const isAnswered = fresh !== null && options.credentials !== undefined && !isRefused && attempts <= ATTEMPTS_MAX;
    challenge = isAnswered ? fresh : null;
    uses = 0;
    if (isAnswered) ask(expires);
    else fail(SIP_CHALLENGE);
  }

  /** 423 Interval Too Brief (§10.2.8). */
  function askLonger(bytes: Uint8Array, to: number): void {
    let seconds = 0;
    while (readHeaderLine(bytes, to, line) === 1) {
      if (isNamed(bytes, line, "min-expires")) seconds = readDecimal(bytes, line.valueFrom, line.valueTo);
    }
    if (seconds <= expires || attempts > ATTEMPTS_MAX) fail(SIP_REFUSED);
    else {
      expires = seconds;
      ask(expires);
    }
  }

  /** Tries again later, at growing distances (§10.3 asks for no flood of registrations). */
  function fail(status: number): void {
    state = WAITING;
    attempts = 0;
    next = now + retry;
    retry = Math.min(2 * retry, RETRY_SECONDS_MAX);
    options.changed(status, "", "");
  }

  return {
    receive,
    open(): void {
      state = WAITING;
      next = now;
      attempts = 0;
    },
    tick(nowSeconds: number): number {
      now = nowSeconds;
      if (state === WAITING && now >= next) ask(expires);
      else if (state === ASKING && now >= giveUp) fail(SIP_NO_ANSWER);
      else if (state === ASKING && now >= next) {
        interval = Math.min(2 * interval, 4); // T2
        next = now + interval;
        options.send(out, 0, length);
      }
      return state === ASKING ? MORE : OK;
    },
    close(): void {
      if (state === CLOSED) return;
      ask(0);
      state = CLOSED;
    },
  };
}
