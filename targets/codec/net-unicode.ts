/** Net-Unicode (§6.2.3; RFC 5198 §2) on hosts: what a device checks, and the normal form NFC, for which hosts have tables. */
import { utf8Bytes } from "../../src/index.ts";

/** How texts become bytes. */
export interface TextRules {
  /** Puts texts into Net-Unicode where that loses nothing: NFC, line ends of CR LF, no byte order mark. Absent: refuses them. */
  normalize?: boolean;
  /** Vendor-Info may be any bytes (D9); strict readers refuse it when it is not UTF-8. */
  opaqueVendorInfo?: boolean;
}

/** A fault of a text that is to be sent. */
export interface TextFault {
  /** Byte offset in the UTF-8 of the text. */
  at: number;
  what: string;
}

const FAULTS: readonly [what: string, pattern: RegExp][] = [
  ["a byte order mark", /^\uFEFF/],
  ["a C1 control", /[\u0080-\u009F]/],
  ["CR without LF", /\r(?!\n)/],
  ["half of a surrogate pair", /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/],
];

/** The first thing in `text` that Net-Unicode rules out; undefined for none. */
export function findTextFault(text: string): TextFault | undefined {
  const found = FAULTS.map(([what, pattern]) => ({ what, index: text.search(pattern) }));
  found.push({ what: "not in the normal form NFC", index: differenceOf(text, text.normalize("NFC")) });
  const [first] = found.filter(({ index }) => index >= 0).sort((a, b) => a.index - b.index);
  return first && { at: utf8Bytes(text.slice(0, first.index)).length, what: first.what };
}

/** `text` in Net-Unicode, as far as nothing is lost: C1 controls and halves of pairs stay. */
export function normalizeText(text: string): string {
  return text
    .replace(/^\uFEFF+/, "")
    .replace(/\r(?!\n)/g, "\r\n")
    .normalize("NFC");
}

/** Index of the first character that differs; -1 for equal texts. */
function differenceOf(a: string, b: string): number {
  if (a === b) return -1;
  let index = 0;
  while (a[index] === b[index]) index++;
  const isLow = /[\uDC00-\uDFFF]/.test(a[index] ?? "");
  return isLow ? index - 1 : index;
}
