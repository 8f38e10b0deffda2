/** The commands that set an AT modem up for short messages in PDU mode, in their order: 27.007, 3GPP TS 27.005 §3. */

/** Steps of the set-up. V.250; §3.2.3, §3.2.1, §3.2.2 twice, §3.4.1. */
export const ATTENTION = 0;
export const ECHO = 1;
export const PDU_MODE = 2;
export const SERVICE = 3;
export const MEMORY = 4;
export const SELECT = 5;
export const ANNOUNCE = 6;
export const READY = 7;

const COMMANDS = ["AT", "ATE0", "AT+CMGF=0", "AT+CSMS=1", "AT+CPMS?"];

/** Settings of +CNMI for each <mt>: three modes, two <bfr> each. Many modems name some in +CNMI=? and refuse them, so all are tried. */
export const ATTEMPTS = 6;

/** The command of `step`; `memory` for SELECT, `route`, which is <mt>, and `attempt` for ANNOUNCE. */
export function setUpText(step: number, memory: string, route: number, attempt: number): string {
  if (step === SELECT) return `AT+CPMS="${memory}"`;
  if (step === ANNOUNCE) return `AT+CNMI=${"213".charAt(attempt >> 1)},${route},0,0,${attempt & 1}`;
  return COMMANDS[step];
}
