/**
 * An emulated AT modem: it stores, announces, delivers and sends short messages, and has the quirks of real modems. It has
 * no wires and no clock: bytes go in by `receive`, time by `tick`, and bytes come out by `send`. The tests connect it in
 * memory, by a pty or by TCP.
 */
import { toHex } from "./tpdu.ts";

export interface Quirks {
  /** Echo stays on whatever ATE0 says. */
  isEchoStubborn?: boolean;
  /** Whether +CNMI takes a setting. */
  takesCnmi?: (mode: number, mt: number, bm: number, ds: number, bfr: number) => boolean;
  /** Phase 2+. */
  hasCsms?: boolean;
  /** It hands messages on (<mt> 2) only after +CSMS=1. */
  needsCsms?: boolean;
  /** Between "+CMT:" and the length, between the index in "+CMGL:" and the length. */
  cmtField?: string;
  cmglField?: string;
  hasSmsc?: boolean;
  /** Names and size of its memories; the last one receives. */
  memories?: string[];
  capacity?: number;
  /** The lines that it sends after a start. */
  boot?: string[];
  /** How a line begins and ends, in place of CR LF. */
  lineEnd?: string;
  /** Called for each answer: null loses it, a number delays it by that many seconds. */
  mishap?: (command: string) => number | null;
  /** Lines said between a command and its answer. */
  chatter?: () => string;
  /** SIM ready only after so many seconds. */
  simSeconds?: number;
  /** Commands that get no answer at all. */
  deaf?: RegExp;
  /** How many parameters +CNMI takes. */
  cnmiParametersMax?: number;
  /** The SMSC part of its PDUs in hex. */
  smsc?: string;
  /** How it refuses a command. */
  refusal?: string;
  /** It was left with ATV0: answers in digits, until ATV1. */
  isNumeric?: boolean;
  /** It was left with ATQ1: no results, until ATQ0. */
  isQuiet?: boolean;
  /** How many seconds a command takes; the next one waits for it. */
  seconds?: (command: string) => number;
  /** Blanks at the ends of lines. */
  hasBlanks?: boolean;
  /** <length> counts the SMSC part too. */
  countsSmsc?: boolean;
  /** Lines of its own, said between the lines of an answer. */
  between?: () => string;
}

const IDENTITY: Record<string, string> = {
  ATI: "Emulator",
  "AT+CGMI": "Emulator",
  "AT+CGMM": "Emulator 1",
  "AT+GMM": "Emulator 1",
  "AT+CGMR": "1.0",
  "AT+CGSN": "490154203237518",
  "AT+CPIN?": "+CPIN: READY",
  "AT+CMGF?": "+CMGF: 0",
  "AT+CMGF=?": "+CMGF: (0,1)",
  "AT+CSMS=?": "+CSMS: (0,1)",
  "AT+CSMS?": "+CSMS: 1,1,1,1",
  "AT+CSCA?": '+CSCA: "+447802000332",145',
  "AT+CREG?": "+CREG: 0,1",
  "AT+CSCS=?": '+CSCS: ("GSM","UCS2","HEX")',
  "AT+CSCS?": '+CSCS: "GSM"',
  "AT+CNMI=?": "+CNMI: (0-3),(0-3),(0,2,3),(0-2),(0,1)",
  "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")',
};

interface Stored {
  pdu: string;
  length: number;
  status: number;
}

export type Emulator = ReturnType<typeof createEmulator>;

export function createEmulator(quirks: Quirks, send: (bytes: Uint8Array) => void) {
  const memories = quirks.memories ?? ["SM"];
  const capacity = quirks.capacity ?? 10;
  const boot = quirks.boot ?? ["RDY"];
  const takesCnmi = quirks.takesCnmi ?? (() => true);
  const stores = new Map<string, Map<number, Stored>>(memories.map(name => [name, new Map()]));
  const inbox = memories[memories.length - 1];
  const sent: string[] = [];
  const commands: string[] = [];
  const network: { pdu: string; length: number }[] = [];
  const late: { at: number; text: string }[] = [];
  let now = 0;
  let startedAt = 0;
  let isOn = true;
  let hasEcho = true;
  let isNumeric = quirks.isNumeric === true;
  let isQuiet = quirks.isQuiet === true;
  let busyUntil = 0;
  let input = "";
  let isPrompting = false;
  let memory = memories[0];
  let mode = 0;
  let mt = 0;
  let isPhase2 = false;
  let unacknowledged: { pdu: string; length: number; at: number } | null = null;

  function say(text: string): void {
    if (isOn) send(Uint8Array.from(Buffer.from(text.replaceAll("\r\n", quirks.lineEnd ?? "\r\n"), "latin1")));
  }

  function sayLine(text: string): void {
    say(`\r\n${text}\r\n`);
  }

  function answer(command: string, text: string): void {
    const mishap = quirks.mishap === undefined ? 0 : quirks.mishap(command);
    if (mishap === null) return;
    busyUntil = Math.max(busyUntil, now) + (quirks.seconds?.(command) ?? 0);
    const said = (quirks.chatter?.() ?? "") + formatted(text);
    const at = busyUntil + mishap;
    if (at <= now) say(said);
    else late.push({ at, text: said });
  }

  /** An answer as this modem writes it. */
  function formatted(text: string): string {
    const { between } = quirks;
    let lines = text;
    if (isQuiet) lines = lines.replace(/\r\n(OK|ERROR|\+CMS ERROR.*)\r\n$/, "");
    else if (isNumeric) lines = lines.replace(/\r\nOK\r\n$/, "0\r").replace(/\r\n(ERROR|\+CMS ERROR.*)\r\n$/, "4\r");
    if (between !== undefined) lines = lines.replaceAll(/\r\n(?=.)/g, () => `\r\n${between()}`);
    return quirks.hasBlanks === true ? lines.replaceAll(/(.)\r/g, "$1 \r") : lines;
  }

  function lengthOf({ pdu, length }: { pdu: string; length: number }): number {
    return quirks.countsSmsc === true ? pdu.length / 2 : length;
  }

  function receive(bytes: Uint8Array): void {
    if (!isOn) return;
    for (const octet of bytes) {
      const char = String.fromCharCode(octet);
      if (hasEcho) say(char);
      if (isPrompting) {
        if (char === "\x1b") {
          isPrompting = false;
          input = "";
          answer("ESC", "\r\nOK\r\n");
        } else if (char === "\x1a") {
          isPrompting = false;
          sent.push(input);
          input = "";
          answer("PDU", `\r\n+CMGS: ${sent.length}\r\n\r\nOK\r\n`);
        } else if (char !== "\r") input += char;
      } else if (char === "\r") {
        const command = input.trim().replace(/^[^A]*/, "");
        input = "";
        if (command !== "") obey(command);
      } else if (char !== "\x1b") input += char;
    }
  }

  function obey(command: string): void {
    commands.push(command);
    if (quirks.deaf?.test(command)) return;
    const info = answerTo(command);
    if (info === null) answer(command, `\r\n${quirks.refusal ?? "+CMS ERROR: 321"}\r\n`);
    else if (info === "> ") answer(command, "\r\n> ");
    else answer(command, `${info}\r\nOK\r\n`);
    flush();
  }

  function answerTo(command: string): string | null {
    const store = stores.get(memory);
    const hasSim = now - startedAt >= (quirks.simSeconds ?? 0);
    if (command === "AT") return "";
    if (/^ATE[01]/.test(command)) {
      hasEcho = quirks.isEchoStubborn === true || command.charAt(3) === "1";
      return "";
    }
    if (/^AT[VQ][01]$/.test(command)) {
      if (command.charAt(2) === "V") isNumeric = command.charAt(3) === "0";
      else isQuiet = command.charAt(3) === "1";
      return "";
    }
    // commands that other programs send before those of short messages
    const identity = IDENTITY[command];
    if (identity !== undefined) return `\r\n${identity}\r\n`;
    if (/^AT(Z|&F.*|&D2&C1|S0=0|\+(CMEE|CMMS|CSCS|CSCA|CREG|IPR|IFC|CFUN)=[^?]*)$/.test(command)) return "";
    if (!hasSim || store === undefined) return null;
    if (command === "AT+CMGF=0") return "";
    if (command === "AT+CSMS=1") {
      if (quirks.hasCsms !== true) return null;
      isPhase2 = true;
      return "\r\n+CSMS: 1,1,1\r\n";
    }
    if (command === "AT+CPMS?") {
      const names = [memory, memory, inbox];
      return `\r\n+CPMS: ${names.map(name => `"${name}",${stores.get(name)?.size},${capacity}`).join(",")}\r\n`;
    }
    const cpms = /^AT\+CPMS="(..)"(?:,"..")*$/.exec(command);
    if (cpms !== null) {
      if (!stores.has(cpms[1])) return null;
      memory = cpms[1];
      return "\r\n+CPMS: 0,10,0,10,0,10\r\n";
    }
    if (command === "AT+CNMI?") return `\r\n+CNMI: ${mode},${mt},0,0,0\r\n`;
    const cnmi = /^AT\+CNMI=(\d)(?:,(\d))?(?:,(\d))?(?:,(\d))?(?:,(\d))?$/.exec(command);
    if (cnmi !== null) {
      if (command.split(",").length > (quirks.cnmiParametersMax ?? 5)) return null;
      const values = cnmi.slice(1).map(each => Number(each ?? 0));
      if (values[1] === 2 && quirks.needsCsms === true && !isPhase2) return null;
      if (!takesCnmi(values[0]!, values[1]!, values[2]!, values[3]!, values[4]!)) return null;
      mode = values[0]!;
      mt = values[1]!;
      return "";
    }
    if (command.startsWith("AT+CNMA")) {
      if (unacknowledged === null) return null;
      unacknowledged = null;
      return "";
    }
    const cmgr = /^AT\+CMGR=(\d+)$/.exec(command);
    if (cmgr !== null) {
      const stored = store.get(Number(cmgr[1]));
      if (stored === undefined) return null;
      stored.status = 1;
      return `\r\n+CMGR: ${stored.status},,${stored.length}\r\n${stored.pdu}\r\n`;
    }
    const cmgd = /^AT\+CMGD=(\d+)$/.exec(command);
    if (cmgd !== null) return store.delete(Number(cmgd[1])) ? "" : null;
    if (command === "AT+CMGL=4" || command === "AT+CMGL=0") {
      let list = "";
      for (const [index, stored] of store) {
        if (command === "AT+CMGL=0" && stored.status !== 0) continue;
        const field = quirks.cmglField?.replace("0", `${stored.status}`) ?? `${stored.status},,`;
        list += `\r\n+CMGL: ${index},${field}${lengthOf(stored)}\r\n${stored.pdu}`;
        if (stored.status === 0) stored.status = 1;
      }
      return list === "" ? "" : `${list}\r\n`;
    }
    if (/^AT\+CMGS=\d+$/.test(command)) {
      isPrompting = true;
      return "> ";
    }
    return null;
  }

  /** The network hands over what waits, one by one. */
  function flush(): void {
    while (isOn && network.length > 0 && unacknowledged === null && !isPrompting) {
      const next = network[0];
      if (mt === 2 && mode > 0) {
        if (isPhase2) unacknowledged = { pdu: next.pdu, length: next.length, at: now };
        network.shift();
        say(formatted(`\r\n+CMT: ${quirks.cmtField ?? ","}${lengthOf(next)}\r\n${next.pdu}\r\n`));
      } else {
        const store = stores.get(inbox);
        if (store === undefined || store.size >= capacity) return;
        network.shift();
        put(next.pdu, next.length);
      }
    }
  }

  function put(pdu: string, length: number, status = 0, where = inbox): number {
    const store = stores.get(where) as Map<number, Stored>;
    let index = 1;
    while (store.has(index)) index++;
    store.set(index, { pdu, length, status });
    if (mt === 1 && mode > 0) sayLine(`+CMTI: "${where}",${index}`);
    return index;
  }

  const smsc = quirks.hasSmsc === false ? "" : (quirks.smsc ?? "0791448720003023");

  return {
    receive,
    /** A short message arrives from the network. */
    message(tpdu: Uint8Array): void {
      network.push({ pdu: (smsc + toHex(tpdu)).toUpperCase(), length: tpdu.length });
      flush();
    },
    /** One that is stored already, such as before a start; any text. */
    store(pdu: string, length: number, status = 0, where = inbox): number {
      return put(pdu, length, status, where);
    },
    say,
    sayLine,
    tick(seconds: number): void {
      now = seconds;
      if (unacknowledged !== null && now - unacknowledged.at >= 15) {
        network.unshift(unacknowledged);
        unacknowledged = null;
        mt = 0; // 27.005 §3.4.1: routing is switched off
      }
      for (let i = 0; i < late.length; i++) {
        if (late[i].at > now) continue;
        say(late[i].text);
        late.splice(i--, 1);
      }
      flush();
    },
    /** Cuts the power, which comes back at once unless `isOff`. Stored messages stay. */
    reset(isOff = false): void {
      if (unacknowledged !== null) network.unshift(unacknowledged);
      unacknowledged = null;
      late.length = 0;
      busyUntil = 0;
      isNumeric = quirks.isNumeric === true;
      isQuiet = quirks.isQuiet === true;
      input = "";
      isPrompting = false;
      mode = 0;
      mt = 0;
      isPhase2 = false;
      hasEcho = true;
      memory = memories[0];
      isOn = !isOff;
      startedAt = now;
      if (isOn) for (const line of boot) sayLine(line);
    },
    /** The setting of +CNMI gets lost without a word. */
    forget(): void {
      mode = 0;
      mt = 0;
    },
    stored(): number {
      let count = 0;
      for (const store of stores.values()) count += store.size;
      return count;
    },
    /** The PDUs stored, sorted. */
    contents(): string[] {
      return [...stores.values()].flatMap(store => [...store.values()].map(({ pdu }) => pdu)).sort();
    },
    waiting: (): number => network.length + (unacknowledged === null ? 0 : 1),
    sent,
    commands,
  };
}
