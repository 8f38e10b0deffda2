/** Setting an AT modem up for short messages in PDU mode, by asking what it can do: 3GPP TS 27.005 §3.1 to §3.4. */
import { MODEM_ERROR, MODEM_POLLING, MODEM_READY, OK } from "../../status.ts";
import { isText } from "../dm.ts";
import { listField, memoryField, numberField } from "./at-line.ts";

const COMMANDS = ["AT", "ATE0", "AT+CMGF=0", "AT+CSMS=1", "AT+CPMS?", "AT+CNMI=?"];
const ATTENTION = 0;
const PDU_MODE = 2;
const SERVICE = 3;
const MEMORY = 4;
const ASK = 5;
const ANNOUNCE = 6;
const READY = 7;
/** Settings for +CNMI: three modes, two <bfr> each, for each of two <mt>. */
const ATTEMPTS = 12;

/** One modem's way through the set-up, and what it has told. Memories are two letters as one number, 0 = unknown. */
export interface SetUp {
  /** 0 to 7: which command is next. */
  step: number;
  /** Phase 2+: each +CMT wants an acknowledgement (+CSMS). */
  isAcknowledged: boolean;
  /** <mt> of +CNMI: 2 messages are handed on, 1 stored and announced, 0 nothing is told: poll. */
  route: number;
  /** <mode> of +CNMI. */
  mode: number;
  /** The memory selected for reading, the one that receives, and how many messages that holds (0 = unknown). */
  memory: number;
  inbox: number;
  capacity: number;
  /** Begins again, knowing nothing. */
  restart(): void;
  /** The command of this step; "" when there is none left. */
  text(): string;
  /** Takes an information line in answer to it. */
  read(line: Uint8Array, length: number): void;
  /** Takes the end of the answer. Returns OK, MODEM_ERROR (try again in a while), MODEM_READY or MODEM_POLLING (ready, too). */
  answer(isOk: boolean): number;
}

export function createSetUp(isDirect: boolean): SetUp {
  let modes = -1;
  let routes = -1;
  let buffers = -1;
  let attempt = 0;

  function restart(): void {
    s.step = ATTENTION;
    s.isAcknowledged = false;
    s.route = 0;
    s.memory = 0;
    s.inbox = 0;
    s.capacity = 0;
    modes = -1;
    routes = -1;
    buffers = -1;
  }

  function text(): string {
    if (s.step < ANNOUNCE) return COMMANDS[s.step];
    return s.step === ANNOUNCE ? `AT+CNMI=${s.mode},${s.route},0,0,${attempt & 1}` : "";
  }

  function read(line: Uint8Array, length: number): void {
    if (s.step === MEMORY && isText(line, 0, length, "+cpms:")) {
      s.memory = memoryField(line, length, 0);
      s.inbox = memoryField(line, length, 6);
      if (s.inbox === 0) s.inbox = s.memory;
      s.capacity = Math.max(numberField(line, length, 8), 0);
    } else if (s.step === ASK && isText(line, 0, length, "+cnmi:")) {
      modes = listField(line, length, 0);
      routes = listField(line, length, 1);
      buffers = listField(line, length, 4);
    }
  }

  function answer(isOk: boolean): number {
    if (s.step === PDU_MODE && !isOk) {
      // the SIM may not be ready yet; without PDU mode there is nothing to read
      s.step = ATTENTION;
      return MODEM_ERROR;
    }
    if (s.step === SERVICE) s.isAcknowledged = isOk;
    if (s.step === ASK && !nextAttempt(0)) s.step = ANNOUNCE;
    else if (s.step === ANNOUNCE && !isOk && nextAttempt(attempt + 1)) return OK;
    s.step++;
    if (s.step !== READY) return OK;
    return s.route === 0 ? MODEM_POLLING : MODEM_READY;
  }

  /** The next setting that the modem says it takes; false when none is left. Many name mode 2 and then refuse it. */
  function nextAttempt(from: number): boolean {
    for (attempt = from; attempt < ATTEMPTS; attempt++) {
      const turn = (attempt >> 1) % 3;
      s.mode = turn === 0 ? 2 : turn === 1 ? 1 : 3;
      s.route = attempt < ATTEMPTS / 2 === isDirect ? 2 : 1;
      if (((modes >> s.mode) & (routes >> s.route) & (buffers >> (attempt & 1)) & 1) !== 0) return true;
    }
    s.route = 0;
    return false;
  }

  const s = { mode: 0, restart, text, read, answer } as SetUp;
  restart();
  return s;
}
