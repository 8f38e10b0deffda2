/** Texts for people. */

/** Whole POSIX seconds as a date in UTC. */
export function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}

/** A string with one character for each byte. */
export function latin1Text(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

/**
 * Characters that would control a terminal or change the order of the shown text: control and format characters, line
 * separators, lone surrogates.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** `text` with the escapes of JSON for invisible characters. JSON stays equivalent JSON. */
export function visible(text: string): string {
  return text.replace(UNSEEN, character => {
    let escapes = "";
    for (let i = 0; i < character.length; i++) {
      escapes += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
    }
    return escapes;
  });
}

/** JSON in one line, with its line feed, in which nothing is hidden. */
export function jsonLine(json: object): string {
  return `${visible(JSON.stringify(json))}\n`;
}
