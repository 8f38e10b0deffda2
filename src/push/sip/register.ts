/** Registration of the device for SIP Push (§7.3): REGISTER over UDP (RFC 3261 §10) with the feature tag and GRUU (RFC 3840, RFC 5627). */
import { COMMA } from "../../ascii.ts";
import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  type EndOrMinusStatus,
  FIELD_TEXT,
  MORE,
  OK,
  SIP_CHALLENGE,
  SIP_NO_ANSWER,
  SIP_REFUSED,
  SIP_REPLY_LONG,
  SIP_RESPONSE,
  type Status,
} from "../../status.ts";
import { isNamed } from "../header-lines.ts";
import {
  isExactly,
  isQuotableText,
  isWord,
  isWordText,
  NUMBER_LONG,
  readDecimal,
  textOf,
  writeDecimal,
  writeText,
} from "../text.ts";
import { readSipChallenge, type SipChallenge, type SipCredentials, writeSipCredentials } from "./digest.ts";
import {
  BRANCH_COOKIE,
  isSameSipUri,
  newSipAddress,
  readSipAddress,
  readSipParameter,
  type SipAddress,
  type SipParameter,
} from "./fields.ts";
import { nextSipField } from "./lines.ts";
import { newSipResponse, readSipResponse } from "./read-response.ts";
import { createTransaction } from "./transaction.ts";

/** Whom a device registers as, and where. */
export interface SipRegisterOptions {
  /** Sends `bytes[from..to)`, lent until it returns, to the registrar or the outbound proxy. */
  send: (bytes: Uint8Array, from: number, to: number) => void;
  /** Random characters of a-z and 0-9, at least 8, others at each call. */
  token: () => string;
  /** The Request-URI: the domain, such as "sip:example.com". */
  registrar: string;
  /** The address of record, such as "sip:device@example.com". */
  address: string;
  /** The URI at which the device is reached, such as "sip:device@192.0.2.4:5060". */
  contact: string;
  /** The same without "sip:" and user: "192.0.2.4:5060". */
  sentBy: string;
  /** The instance of RFC 5626 §4.1, such as "urn:uuid:00000000-0000-1000-8000-000a95a0e128"; the same after each reset. */
  instance: string;
  /** The credentials that challenges are answered with; without them a challenge is SIP_CHALLENGE. */
  credentials?: SipCredentials;
  /** By default 3600. The registrar may grant another time. */
  expiresSeconds?: number;
  /**
   * Told OK with the GRUUs ("" where there is none) after each registration, and SIP_CHALLENGE, SIP_REFUSED,
   * SIP_NO_ANSWER or SIP_REPLY_LONG when one fails; it is tried again by itself. FIELD_TEXT, from `open`: an option has
   * characters that no line of a message may have.
   */
  onChanged: (status: Status, pubGruu: string, tempGruu: string) => void;
}

/** Keeps a device registered. */
export interface SipRegisterSender {
  /** Registers at the next tick. */
  open(): void;
  /** Lets time pass: once a second while MORE is returned, else at least once in ten. */
  tick(): Status;
  /** Takes a response, as SipReceiverOptions.response. Returns OK, or SIP_RESPONSE when it answers no request that is open. */
  receive(bytes: Uint8Array, from: number, to: number): Status;
  /** Removes the registration, as far as one datagram can. */
  close(): void;
}

const RETRY_SECONDS = 30;
const RETRY_SECONDS_MAX = 1800;
/** Requests that one registration may take: challenges, and 423. */
const ATTEMPTS_MAX = 3;
const OUT_BYTES = 1500;
/** The value that stands for an expiration time that is none (§20.19, §10.2.1.1). */
const EXPIRES_SECONDS = 3600;

/** The registrar's answer about our own contact. */
interface Binding {
  /** It is among those that are listed. */
  isThere: boolean;
  /** Some contact is listed. */
  hasContacts: boolean;
  seconds: number;
  pubGruu: string;
  tempGruu: string;
}

/** How our own Contact is known among others, and room to read one. */
interface OwnContact {
  uri: Uint8Array;
  instance: string;
  address: SipAddress;
}

/** Allocates 1500 bytes once; a challenge and a contact allocate strings. */
export function createSipRegisterSender(
  clock: Pick<Clock, "monotonicSeconds">,
  options: SipRegisterOptions,
): SipRegisterSender {
  const out = new Uint8Array(OUT_BYTES);
  const transaction = createTransaction(clock, out, options.send);
  const response = newSipResponse();
  const line = response.line;
  const p = response.parameter;
  const uri = new Uint8Array(options.contact.length);
  writeText(options.contact, uri, 0);
  const own: OwnContact = { uri, instance: options.instance, address: newSipAddress() };
  const callId = options.token();
  const tag = options.token();
  let expires = or(options.expiresSeconds, EXPIRES_SECONDS);
  let isRegistering = false;
  let next = 0; // when to register, or to refresh
  let retry = RETRY_SECONDS;
  let cseq = 0;
  let branch = "";
  let challenge: SipChallenge | null = null;
  let uses = 0; // requests under the challenge's nonce
  let attempts = 0; // requests that one registration took

  /** Writes a new request and sends it. */
  function ask(seconds: number): void {
    cseq++;
    attempts++;
    branch = options.token();
    const length = writeRegister(seconds);
    if (length < 0) fail(SIP_REPLY_LONG);
    else transaction.open(length);
  }

  function writeRegister(seconds: number): EndOrMinusStatus {
    let at = writeText(`REGISTER ${options.registrar} SIP/2.0\r\nVia: SIP/2.0/UDP ${options.sentBy}`, out, 0);
    at = writeText(`;rport;branch=${BRANCH_COOKIE}${branch}\r\nMax-Forwards: 70\r\n`, out, at);
    at = writeText(`From: <${options.address}>;tag=${tag}\r\nTo: <${options.address}>`, out, at);
    at = writeText(`\r\nCall-ID: ${callId}\r\nCSeq: `, out, at);
    at = writeDecimal(cseq, out, at);
    at = writeText(` REGISTER\r\nContact: <${options.contact}>;+sip.instance="<${options.instance}>"`, out, at);
    at = writeText(';+g.oma.eventappid="syncml.dm";expires=', out, at);
    at = writeDecimal(seconds, out, at);
    at = writeText("\r\nSupported: gruu\r\nAllow: MESSAGE, OPTIONS\r\n", out, at);
    if (challenge !== null && options.credentials !== undefined) {
      uses++;
      const cnonce = options.token();
      at = writeSipCredentials(challenge, options.credentials, "REGISTER", options.registrar, cnonce, uses, out, at);
      if (uses === 9) challenge = null;
    }
    return writeText("Content-Length: 0\r\n\r\n", out, at);
  }

  function receive(bytes: Uint8Array, from: number, to: number): Status {
    if (!transaction.isOpen() || !isRegistering) return SIP_RESPONSE;
    const status = readSipResponse(bytes, from, to, "REGISTER", branch, response);
    const code = response.code;
    if (status !== OK || code < 200) return status;
    transaction.close();
    if (code < 300) conclude(bytes, to);
    else if (code === 401 || code === 407) answerChallenge(bytes, to, code === 407);
    else if (code === 423) askLonger(bytes, to);
    else fail(SIP_REFUSED);
    return OK;
  }

  /** 200: what was granted is what counts. */
  function conclude(bytes: Uint8Array, to: number): void {
    const binding = readBinding(bytes, to);
    const granted = binding.seconds;
    if (granted === 0 || (binding.hasContacts && !binding.isThere)) {
      fail(SIP_REFUSED);
      return;
    }
    attempts = 0;
    retry = RETRY_SECONDS;
    // refreshed 600 seconds before the end, or at the half of a short time (3GPP TS 24.229 §5.1.1.4.1)
    const wait = granted > 1200 ? granted - 600 : granted >> 1;
    next = clock.monotonicSeconds() + Math.max(wait, 1);
    options.onChanged(OK, binding.pubGruu, binding.tempGruu);
  }

  /** Our Contact among those of the address of record (§10.2.4), with its GRUUs (RFC 5627 §4.2). */
  function readBinding(bytes: Uint8Array, to: number): Binding {
    const found: Binding = { isThere: false, hasContacts: false, seconds: -1, pubGruu: "", tempGruu: "" };
    const headersAt = line.next;
    let seconds = expires;
    while (nextSipField(bytes, to, line)) {
      if (isNamed(bytes, line, "expires")) seconds = readExpires(bytes, line.valueFrom, line.valueTo);
    }
    line.next = headersAt;
    while (nextSipField(bytes, to, line)) {
      if (!isNamed(bytes, line, "contact") && !isNamed(bytes, line, "m")) continue;
      found.hasContacts = true;
      p.next = line.valueFrom;
      while (p.next < line.valueTo && readContact(bytes, line.valueTo, p, own, found) && bytes[p.next] === COMMA)
        p.next++;
    }
    if (found.seconds < 0) found.seconds = seconds;
    return found;
  }

  /** 401, 407: once more with credentials, unless these have just been refused (§22.1). */
  function answerChallenge(bytes: Uint8Array, to: number, isProxy: boolean): void {
    const hadAnswered = challenge !== null && attempts > 1;
    const name = isProxy ? "proxy-authenticate" : "www-authenticate";
    let fresh: SipChallenge | null = null;
    while (fresh === null && nextSipField(bytes, to, line)) {
      if (isNamed(bytes, line, name)) fresh = readSipChallenge(bytes, line.valueFrom, line.valueTo, isProxy, p);
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
    while (nextSipField(bytes, to, line)) {
      if (isNamed(bytes, line, "min-expires")) seconds = readDecimal(bytes, line.valueFrom, line.valueTo);
    }
    if (seconds <= expires || seconds === NUMBER_LONG || attempts > ATTEMPTS_MAX) fail(SIP_REFUSED);
    else {
      expires = seconds;
      ask(expires);
    }
  }

  /** Tries again later, at growing distances (§10.3 asks for no flood of registrations). */
  function fail(status: Status): void {
    attempts = 0;
    next = clock.monotonicSeconds() + retry;
    retry = Math.min(2 * retry, RETRY_SECONDS_MAX);
    options.onChanged(status, "", "");
  }

  return {
    receive,
    open(): void {
      isRegistering = areTexts(options);
      next = clock.monotonicSeconds();
      attempts = 0;
      if (!isRegistering) options.onChanged(FIELD_TEXT, "", "");
    },
    tick(): Status {
      if (!isRegistering) return OK;
      const status = transaction.tick();
      if (status === SIP_NO_ANSWER) fail(SIP_NO_ANSWER);
      else if (status === OK && clock.monotonicSeconds() >= next) ask(expires);
      return transaction.isOpen() ? MORE : OK;
    },
    close(): void {
      if (!isRegistering) return;
      ask(0);
      isRegistering = false;
      transaction.close();
    },
  };
}

/**
 * The contact at `p.next`, which moves behind it; into `found` if it is ours: by its instance, or by its URI where the
 * registrar says no instance. False for the end, or for what is none.
 */
function readContact(bytes: Uint8Array, to: number, p: SipParameter, own: OwnContact, found: Binding): boolean {
  const address = own.address;
  if (!readSipAddress(bytes, p.next, to, address)) return false;
  p.next = address.next;
  let seconds = -1;
  let isOurs = isSameSipUri(bytes, address.uriFrom, address.uriTo, own.uri);
  let pubGruu = "";
  let tempGruu = "";
  while (readSipParameter(bytes, to, p)) {
    const value = p.valueFrom;
    if (isWord(bytes, p.nameFrom, p.nameTo, "+sip.instance")) {
      isOurs = isExactly(bytes, value, p.valueTo, `<${own.instance}>`);
    } else if (isWord(bytes, p.nameFrom, p.nameTo, "expires")) seconds = readExpires(bytes, value, p.valueTo);
    else if (isWord(bytes, p.nameFrom, p.nameTo, "pub-gruu")) pubGruu = textOf(bytes, value, p.valueTo);
    else if (isWord(bytes, p.nameFrom, p.nameTo, "temp-gruu")) tempGruu = textOf(bytes, value, p.valueTo);
  }
  if (isOurs) {
    found.isThere = true;
    found.seconds = seconds;
    found.pubGruu = pubGruu;
    found.tempGruu = tempGruu;
  }
  return true;
}

/** Whether all that goes into lines is fit for it. */
function areTexts(options: SipRegisterOptions): boolean {
  const who = options.credentials;
  if (who !== undefined && !isQuotableText(who.name)) return false;
  if (!isWordText(options.contact) || !isWordText(options.sentBy) || !isWordText(options.instance)) return false;
  return isWordText(options.registrar) && isWordText(options.address);
}

/** 0 to 2^32 - 1 seconds; what is malformed counts as 3600 (§20.19). */
function readExpires(bytes: Uint8Array, from: number, to: number): number {
  const seconds = readDecimal(bytes, from, to);
  return seconds < 0 || seconds === NUMBER_LONG ? EXPIRES_SECONDS : seconds;
}
