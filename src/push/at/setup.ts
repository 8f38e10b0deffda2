/**
 * The set-up: the sequence of commands that makes an AT modem deliver short messages in PDU mode (27.007, 3GPP TS 27.005
 * §3). When a step is refused or not answered, the next best way is tried. The driver remembers what works until a sweep
 * tries everything again.
 */
import { MODEM_ABSENT, MODEM_ERROR, MODEM_POLLING, MODEM_READY, MODEM_TIMEOUT } from "../../status.ts";
import { type Channel, NONE, SET_UP } from "./channel.ts";
import type { Inbox } from "./inbox.ts";
import { type Line, SAYS_BOOT, SAYS_COMMAND, SAYS_CPMS } from "./line.ts";

/** Steps: V.250 §6.2; 27.005 §3.2.3, §3.2.1, §3.2.2, §3.4.1. 2 is ATV1: results in words. */
const ATTENTION = 0;
const ECHO = 1;
const PDU_MODE = 3;
const SERVICE = 4;
const MEMORY = 5;
const ANNOUNCE = 6;
export const READY = 7;

const COMMANDS = ["AT", "ATE0", "ATV1", "AT+CMGF=0", "AT+CSMS=1", "AT+CPMS?"];

/**
 * Settings of +CNMI for each <mt>: three modes with two <bfr> each, then the modes alone. Many modems name some in +CNMI=?
 * and refuse them, so all are tried. The first SETTINGS deliver messages by +CMT, the others have them stored and announced.
 */
const SETTINGS = 9;
/**
 * A step with so many failures is skipped. A missing answer counts as three, a refusal as more: one missing answer may be
 * chance.
 */
const FAILURES_MAX = 6;
const SILENCE = 3;
const RETRY_SECONDS = 5;

export interface SetUp {
  /** The step under way; READY when the set-up is over. */
  step: number;
  /** Sends the next command. */
  begin(): void;
  /** Takes the answer to it. */
  readAnswer(isOk: boolean): void;
  /** To be called when the command under way was not answered. Returns whether the modem is absent. */
  timeOut(): boolean;
  /** Begins anew. With `isSweep`, forgets what works. */
  restart(isSweep: boolean): void;
  /** Takes the line; returns whether it shows that the modem was reset. */
  readLine(says: number): boolean;
}

/** `isDirect` asks for +CMT. */
export function createSetUp(
  c: Channel,
  line: Line,
  inbox: Inbox,
  isDirect: boolean,
  report: (status: number) => void,
): SetUp {
  let tries = 0; // of ATTENTION
  let isEchoing = false; // in spite of ATE0
  let failures: number[] = []; // of each step
  let attempt = 0; // of ANNOUNCE

  function restart(isSweep: boolean): void {
    // ESC leaves a prompt that a reset left open
    tries = c.isBehind ? 1 : 0;
    setUp.step = ATTENTION;
    isEchoing = false;
    inbox.isAcknowledged = false;
    if (isSweep) forget();
  }

  function forget(): void {
    attempt = isDirect ? 0 : SETTINGS;
    failures = [0, 0, 0, 0, 0, 0, 0];
  }

  function begin(): void {
    let text = COMMANDS[setUp.step];
    let seconds = c.usualSeconds;
    if (setUp.step === ATTENTION) {
      // a modem in ATQ1 is quiet; ATQ0 is tried third
      text = (tries > 0 ? "\x1b" : "") + (tries % 3 === 2 ? "ATQ0" : text);
      seconds = 2 << Math.min(tries, 3);
    } else if (setUp.step === ANNOUNCE) {
      const setting = attempt % SETTINGS;
      const more = setting < 6 ? `,0,0,${setting < 3 ? 0 : 1}` : "";
      text = `AT+CNMI=${"213".charAt(attempt % 3)},${attempt < SETTINGS ? 2 : 1}${more}`;
    }
    c.send(SET_UP, text, seconds);
  }

  function timeOut(): boolean {
    if (setUp.step === ATTENTION) {
      tries++;
      if (tries === 3) report(MODEM_ABSENT);
      c.waitUntil = c.now + Math.min(tries, 30);
      return tries >= 3;
    }
    failures[setUp.step] += SILENCE;
    report(MODEM_TIMEOUT);
    restart(false);
    return false;
  }

  function readAnswer(isOk: boolean): void {
    if (setUp.step === SERVICE) inbox.isAcknowledged = isOk;
    if (setUp.step === PDU_MODE) {
      if (isOk && failures[setUp.step] > 0) forget(); // refusals before the SIM was ready do not count
      if (!isOk && failures[setUp.step]++ < FAILURES_MAX) {
        report(MODEM_ERROR);
        restart(false);
        c.waitUntil = c.now + RETRY_SECONDS;
        return;
      }
    }
    if (setUp.step === ANNOUNCE && !isOk) {
      if (++attempt < 2 * SETTINGS) return;
      failures[setUp.step] = FAILURES_MAX;
    }
    tries = 0;
    do setUp.step++;
    while (failures[setUp.step] >= FAILURES_MAX);
    if (setUp.step === READY) report(failures[ANNOUNCE] < FAILURES_MAX ? MODEM_READY : MODEM_POLLING);
  }

  function readLine(says: number): boolean {
    if (says === SAYS_CPMS && setUp.step === MEMORY) {
      inbox.home = line.lastMemory(); // the third memory is the one for reception
      inbox.capacity = line.numberBefore(0);
    } else if (says === SAYS_COMMAND && setUp.step > ECHO) {
      if (setUp.step === READY) return !isEchoing; // it was told not to echo
      isEchoing = true;
    } else if (says >= SAYS_BOOT) {
      if (setUp.step > ATTENTION) return true;
      c.command = NONE;
      c.isBehind = false;
      c.waitUntil = Math.min(c.waitUntil, c.now + 1);
    }
    return false;
  }

  const setUp: SetUp = { step: ATTENTION, begin, readAnswer, timeOut, restart, readLine };
  return setUp;
}
