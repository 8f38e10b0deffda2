/**
 * The set-up: the sequence of commands that makes an AT modem deliver short messages in PDU mode (27.007, 3GPP TS 27.005
 * §3). When a step is refused or not answered, the next best way is tried. The driver remembers what works until a sweep
 * tries everything again.
 */
import { MODEM_ABSENT, MODEM_ERROR, MODEM_POLLING, MODEM_READY, MODEM_RESET, MODEM_TIMEOUT, OK } from "../../status.ts";
import type { Channel } from "./channel.ts";
import type { Inbox } from "./inbox.ts";
import { isBoot, type Line, lastMemory, lastNumber, says } from "./line.ts";

/** Steps: V.250 §6.2; 27.005 §3.2.3, §3.2.1, §3.2.2, §3.4.1. 2 is ATV1: results in words. */
const ATTENTION = 0;
const ECHO = 1;
const PDU_MODE = 3;
const SERVICE = 4;
const MEMORY = 5;
const ANNOUNCE = 6;
const READY = 7;

const COMMANDS = ["AT", "ATE0", "ATV1", "AT+CMGF=0", "AT+CSMS=1", "AT+CPMS?"];

/**
 * Settings of +CNMI for each <mt>: three modes with two <bfr> each, then the modes alone. Many modems name some in +CNMI=?
 * and refuse them, so all are tried.
 */
const ATTEMPTS = 9;
/**
 * A step with so many failures is skipped. A missing answer counts as three, a refusal as more: one missing answer may be
 * chance.
 */
const FAILURES_MAX = 6;
const SILENCE = 3;
const RETRY_SECONDS = 5;

export interface SetUp {
  isReady(): boolean;
  /** Whether messages of +CMT must be acknowledged (phase 2+). */
  isAcknowledged(): boolean;
  /** Sends the next command. */
  begin(): void;
  /** To be called when the command under way was not answered. Returns whether the modem is absent. */
  timeOut(): boolean;
  /** Begins anew. With `isSweep`, forgets what works. */
  restart(isSweep: boolean): void;
  /** Takes a line; returns MODEM_RESET when it shows that the modem was reset, else OK. */
  readLine(line: Line): number;
}

/** `isDirect` asks for +CMT. */
export function createSetUp(
  channel: Channel,
  inbox: Inbox,
  isDirect: boolean,
  answerSeconds: number,
  report: (status: number) => void,
): SetUp {
  let step = ATTENTION;
  let tries = 0; // of ATTENTION
  let isEchoing = false; // in spite of ATE0
  let isPhase2 = false;
  let failures: number[] = []; // of each step
  /** <mt> of +CNMI: 2 messages are delivered by +CMT, 1 stored and announced. */
  let route = 0;
  let attempt = 0;

  function restart(isSweep: boolean): void {
    // ESC leaves a prompt that a reset left open
    tries = channel.isBehind ? 1 : 0;
    step = ATTENTION;
    isEchoing = false;
    isPhase2 = false;
    if (isSweep) forget();
  }

  function forget(): void {
    route = isDirect ? 2 : 1;
    attempt = 0;
    failures = [0, 0, 0, 0, 0, 0, 0];
  }

  function begin(): void {
    let text = COMMANDS[step];
    let seconds = answerSeconds;
    if (step === ATTENTION) {
      // a modem in ATQ1 is quiet; ATQ0 is tried third
      text = (tries > 0 ? "\x1b" : "") + (tries % 3 === 2 ? "ATQ0" : text);
      seconds = 2 << Math.min(tries, 3);
    } else if (step === ANNOUNCE) {
      const more = attempt < 6 ? `,0,0,${attempt < 3 ? 0 : 1}` : "";
      text = `AT+CNMI=${"213".charAt(attempt % 3)},${route}${more}`;
    }
    channel.send(text, seconds, onAnswer);
  }

  function timeOut(): boolean {
    if (step === ATTENTION) {
      tries++;
      if (tries === 3) report(MODEM_ABSENT);
      channel.waitUntil = channel.now + Math.min(tries, 30);
      return tries >= 3;
    }
    failures[step] += SILENCE;
    report(MODEM_TIMEOUT);
    restart(false);
    return false;
  }

  function onAnswer(isOk: boolean): void {
    if (step === SERVICE) isPhase2 = isOk;
    if (step === PDU_MODE) {
      if (isOk && failures[step] > 0) forget(); // refusals before the SIM was ready do not count
      if (!isOk && failures[step]++ < FAILURES_MAX) {
        report(MODEM_ERROR);
        restart(false);
        channel.waitUntil = channel.now + RETRY_SECONDS;
        return;
      }
    }
    if (step === ANNOUNCE && !isOk) {
      attempt = (attempt + 1) % ATTEMPTS;
      if (attempt > 0 || --route > 0) return; // the other way is tried after a refusal
      failures[step] = FAILURES_MAX;
    }
    tries = 0;
    do step++;
    while (failures[step] >= FAILURES_MAX);
    if (step === READY) report(failures[ANNOUNCE] < FAILURES_MAX ? MODEM_READY : MODEM_POLLING);
  }

  function readLine(line: Line): number {
    if (step === MEMORY && says(line, "+cpms:")) {
      inbox.setHome(lastMemory(line), lastNumber(line)); // the third memory is the one for reception
    } else if (says(line, "at+") && step > ECHO) {
      if (step < READY) isEchoing = true;
      else if (!isEchoing) return MODEM_RESET; // it was told not to echo
    } else if (isBoot(line)) {
      if (step > ATTENTION) return MODEM_RESET;
      channel.onEnd = null;
      channel.isBehind = false;
      channel.waitUntil = Math.min(channel.waitUntil, channel.now + 1);
    }
    return OK;
  }

  return {
    isReady: () => step === READY,
    isAcknowledged: () => isPhase2,
    begin,
    timeOut,
    restart,
    readLine,
  };
}
