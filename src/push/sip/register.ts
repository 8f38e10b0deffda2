/** Registration of the device for SIP Push (§7.3): REGISTER over UDP (RFC 3261 §10) with the feature tag and GRUU (RFC 3840, RFC 5627). */

import { COMMA } from "../../ascii.ts";
import { isUint } from "../../bytes.ts";
import type { Clock } from "../../hal.ts";
import { or } from "../../or.ts";
import {
  type EndOrMinusStatus,
  FIELD_RANGE,
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

/** The options of a registration: the device's address and the registrar. */
export interface SipRegisterOptions {
  /** Sends `bytes[from..to)`, lent until it returns, to the registrar or the outbound proxy. */
  send: (bytes: Uint8Array, from: number, to: number) => void;
  /** Returns at least 8 random characters of a-z and 0-9, different ones at each call. */
  token: () => string;
  /** The Request-URI: the domain, such as "sip:example.com". */
  registrar: string;
  /** The address of record, such as "sip:device@example.com". */
  address: string;
  /** The URI at which the device is reached, such as "sip:device@192.0.2.4:5060". */
  contact: string;
  /** The host and port of `contact`: "192.0.2.4:5060". */
  sentBy: string;
  /** The instance of RFC 5626 §4.1, such as "urn:uuid:00000000-0000-1000-8000-000a95a0e128"; the same after each reset. */
  instance: string;
  /** The credentials that answer a challenge; without them a challenge ends the attempt with SIP_CHALLENGE. */
  credentials?: SipCredentials;
  /** The lifetime that the device asks for, 1 to 2^32 - 1; the registrar may grant another. By default 3600. */
  expiresSeconds?: number;
  /**
   * Called with OK and the GRUUs ("" for an absent one) after each registration; with SIP_CHALLENGE, SIP_REFUSED,
   * SIP_NO_ANSWER or SIP_REPLY_LONG when an attempt fails, which is then repeated later; and with FIELD_TEXT by `open` when
   * an option has characters that a line of a message cannot carry, or FIELD_RANGE for an expiresSeconds out of its range.
   */
  onChanged: (status: Status, pubGruu: string, tempGruu: string) => void;
}

/** Keeps a device registered. */
export interface SipRegisterSender {
  /** Registers at the next tick. */
  open(): void;
  /** Sends what is due. Call it once a second while it returns MORE, else at least once in ten seconds. */
  tick(): Status;
  /** Takes a response; fits SipReceiverOptions.response. Returns OK, or SIP_RESPONSE when it answers no open request. */
  receive(bytes: Uint8Array, from: number, to: number): Status;
  /** Sends one request that removes the registration, and does not wait for its answer. */
  close(): void;
}

const RETRY_SECONDS = 30;
const RETRY_SECONDS_MAX = 1800;
/** One registration takes at most this many requests: challenges and 423 call for more than one. */
const ATTEMPTS_MAX = 3;
const OUT_BYTES = 1500;
/** The expiration time that a malformed one counts as (§20.19, §10.2.1.1). */
const EXPIRES_SECONDS = 3600;

/** The result of reading the registrar's list of contacts. */
interface Binding {
  /** The list contains our contact. */
  isThere: boolean;
  /** The list contains some contact. */
  hasContacts: boolean;
  seconds: number;
  pubGruu: string;
  tempGruu: string;
}

/** The marks by which our own Contact is recognised, and the scratch to read one with. */
interface OwnContact {
  uri: Uint8Array;
  instance: string;
  address: SipAddress;
}

/** Allocates 1500 bytes once; each challenge and each contact allocates strings. */
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
  let uses = 0; // requests sent under the nonce of the challenge
  let attempts = 0; // requests sent for this registration

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

  /** 200: the granted time applies, not the one that was asked for. */
  function conclude(bytes: Uint8Array, to: number): void {
    const binding = readBinding(bytes, to);
    const granted = binding.seconds;
    if (granted === 0 || (binding.hasContacts && !binding.isThere)) {
      fail(SIP_REFUSED);
      return;
    }
    attempts = 0;
    retry = RETRY_SECONDS;
    // refresh 600 seconds before the end, or after half of a time up to 1200 seconds (3GPP TS 24.229 §5.1.1.4.1)
    const wait = granted > 1200 ? granted - 600 : granted >> 1;
    next = clock.monotonicSeconds() + Math.max(wait, 1);
    options.onChanged(OK, binding.pubGruu, binding.tempGruu);
  }

  /** Finds our Contact among those of the address of record (§10.2.4), and its GRUUs (RFC 5627 §4.2). */
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

  /** 401, 407: sends the request again with credentials, unless these have just been refused (§22.1). */
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

  /** Tries again later, at growing intervals (§10.3 warns of floods of registrations). */
  function fail(status: Status): void {
    attempts = 0;
    next = clock.monotonicSeconds() + retry;
    retry = Math.min(2 * retry, RETRY_SECONDS_MAX);
    options.onChanged(status, "", "");
  }

  return {
    receive,
    open(): void {
      const isInRange = isUint(expires, 4294967295) && expires > 0; // §20.19
      isRegistering = isInRange && areTexts(options);
      next = clock.monotonicSeconds();
      attempts = 0;
      if (!isRegistering) options.onChanged(isInRange ? FIELD_TEXT : FIELD_RANGE, "", "");
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
 * Reads the contact at `p.next`, and moves `p.next` past it. Fills `found` when the contact is ours: it has our instance, or
 * our URI when the registrar gives no instance. False at the end, and at a malformed contact.
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

/** Whether every option that goes into a line of a message can stand there. */
function areTexts(options: SipRegisterOptions): boolean {
  const who = options.credentials;
  if (who !== undefined && !isQuotableText(who.name)) return false;
  if (!isWordText(options.contact) || !isWordText(options.sentBy) || !isWordText(options.instance)) return false;
  return isWordText(options.registrar) && isWordText(options.address);
}

/** The seconds that the span names, 0 to 2^32 - 1; a malformed number counts as 3600 (§20.19). */
function readExpires(bytes: Uint8Array, from: number, to: number): number {
  const seconds = readDecimal(bytes, from, to);
  return seconds < 0 || seconds === NUMBER_LONG ? EXPIRES_SECONDS : seconds;
}
