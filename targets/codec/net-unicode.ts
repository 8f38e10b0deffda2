/**
 * Checks Net-Unicode (§6.2.3; RFC 5198 §2) on hosts: the rules that a device checks, and the normal form NFC, for which
 * hosts have tables.
 */
import { utf8Bytes } from "../../src/index.ts";

/** The options for turning texts into bytes. */
export interface TextRules {
  /**
   * Turns texts into Net-Unicode when that loses nothing: NFC, line ends of CR LF, no byte order mark. Without it, other
   * texts are refused.
   */
  normalize?: boolean;
  /** Lets Vendor-Info be any bytes (D9), although strict readers refuse it when it is not UTF-8. */
  opaqueVendorInfo?: boolean;
}

/** A fault of a text that is to be sent. */
export interface TextFault {
  /** The offset in the UTF-8 of the text. */
  at: number;
  what: string;
}

const FAULTS: readonly [what: string, pattern: RegExp][] = [
  ["a byte order mark", /^\uFEFF/],
  ["a C1 control", /[\u0080-\u009F]/],
  ["CR without LF", /\r(?!\n)/],
  ["half of a surrogate pair", /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/],
];

/** The first fault of `text` as Net-Unicode; undefined when it has none. */
export function findTextFault(text: string): TextFault | undefined {
  const found = FAULTS.map(([what, pattern]) => ({ what, index: text.search(pattern) }));
  found.push({ what: "not in the normal form NFC", index: differenceOf(text, text.normalize("NFC")) });
  const [first] = found.filter(({ index }) => index >= 0).sort((a, b) => a.index - b.index);
  return first && { at: utf8Bytes(text.slice(0, first.index)).length, what: first.what };
}

/**
 * The warning for a ServerID that is not Net-Unicode, which no notification of a server that keeps to §6.2.3 has; undefined for
 * others. ServerIDs are compared byte for byte (§6.5.1), so a text that merely looks the same differs.
 */
export function serverIdWarning(serverId: string): string | undefined {
  const fault = findTextFault(serverId);
  return fault && `ServerID: ${fault.what} at byte ${fault.at}`;
}

/** `text` in Net-Unicode, as far as that loses nothing: C1 controls and lone surrogates stay. */
export function normalizeText(text: string): string {
  return text
    .replace(/^\uFEFF+/, "")
    .replace(/\r(?!\n)/g, "\r\n")
    .normalize("NFC");
}

/** The index of the first character that differs; -1 for equal texts. */
function differenceOf(a: string, b: string): number {
  if (a === b) return -1;
  let index = 0;
  while (a[index] === b[index]) index++;
  const isLow = /[\uDC00-\uDFFF]/.test(a[index] ?? "");
  return isLow ? index - 1 : index;
}
