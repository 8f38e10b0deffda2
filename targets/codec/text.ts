/** Texts for people. */

/** Whole POSIX seconds as a date in UTC. */
export function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}

/** Each byte as the character of its number. */
export function latin1Text(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** The characters that would act on a terminal or change the order of the shown text: control, format and line marks, half characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** `text` with escapes, as JSON has them, for what cannot be seen. What JSON.stringify has written stays JSON. */
export function visible(text: string): string {
  return text.replace(UNSEEN, character => {
    let escapes = "";
    for (let i = 0; i < character.length; i++) {
      escapes += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
    }
    return escapes;
  });
}
