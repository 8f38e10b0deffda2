/** `pkg0 status`. */
import * as codes from "../../../src/index.ts";
import { suggestion } from "../../codec/index.ts";
import { HOST_CODES, type HostCode } from "../codes.ts";
import { VIAS } from "../listen.ts";
import { commandStatusNamed } from "../smpp/command-status.ts";
import { command, UsageError } from "./command.ts";
import { print } from "./output.ts";

const numbers: { readonly [name: string]: unknown } = codes;

export const status = command({
  about: "the meaning of a status, given by its number in a device's log or by its name",
  takes: "[STATUS...]",
  options: {},
  notes: [
    'STATUS is a number as devices log it, in hex without 0x (82), the same with its offset (82@12), a whole line of a log ("verdict 82@12 via 1"), 0x52, or a name. Digits that can be decimal, too, are shown as both. Without STATUS, all are listed. The codes of send and campaign, and the names of SMPP (ESME_..), are known, too.',
  ],
  examples: ["pkg0 status 82", "pkg0 status 0x52 DIGEST_WRONG ESME_RTHROTTLED", 'pkg0 status "verdict 82@12 via 1"'],
  async run(_, positionals) {
    if (positionals.length === 0) {
      for (const [name] of codes.STATUSES) print(lineOf(numbers[name] as number));
      for (const name of Object.keys(HOST_CODES)) print(hostLineOf(name as HostCode));
    }
    for (const text of positionals) for (const line of linesOf(text)) print(line);
    return 0;
  },
});

function linesOf(text: string): string[] {
  const name = text.toUpperCase().replace(/-/g, "_");
  if (codes.STATUSES.some(([one]) => one === name)) return [lineOf(numbers[name] as number)];
  if (Object.hasOwn(HOST_CODES, name)) return [hostLineOf(name as HostCode)];
  const command = commandStatusNamed(name);
  if (command !== undefined) return [command];
  const [, hex, at, via] = /^(?:.*?\s)?(0x)?[0-9a-f]+/i.test(text) ? logOf(text) : [];
  if (hex === undefined) {
    throw new UsageError(
      `no status ${text}${suggestion(name, [...codes.STATUSES.map(([one]) => one), ...Object.keys(HOST_CODES)])}`,
    );
  }
  const place = `${at === undefined ? "" : `, at byte ${at}`}${via === undefined ? "" : `, via ${VIAS[Number(via)] ?? via}`}`;
  const lines = [Number.parseInt(hex, 16)].filter(isStatus).map(one => lineOf(one) + place);
  const isDecimal = /^\d+$/.test(text) && Number(text) !== Number.parseInt(hex, 16);
  if (isDecimal && isStatus(Number(text))) lines.push(`${lineOf(Number(text))} (where ${text} is decimal)`);
  if (lines.length === 0) throw new UsageError(`no status ${text}`);
  return lines;
}

/** Reads the number, offset and receiver of "82", "0x52", "82@12" or "verdict 82@12 via 1". */
function logOf(text: string): (string | undefined)[] {
  return /(?:^|\s)(?:0x)?([0-9a-f]{1,3})(?:@(\d+))?(?:\s+via\s+(\d+))?\s*$/i.exec(text) ?? [];
}

function isStatus(number: number): boolean {
  return codes.STATUSES.some(([name]) => numbers[name] === number);
}

function lineOf(number: number): string {
  const hex = number.toString(16).toUpperCase().padStart(2, "0");
  return `0x${hex}  ${codes.statusName(number)}: ${codes.statusMeaning(number)}`;
}

function hostLineOf(name: HostCode): string {
  return `      ${name}: ${HOST_CODES[name]}`;
}
