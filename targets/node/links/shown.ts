/** Characters of a peer's text that are kept: no peer can fill the disk or the screen. */
const TEXT_MAX = 200;

/** The text of a peer, cut off where it is long. */
export function shownText(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 2)}..` : text;
}

/** A URI without what has to stay secret: for a journal, a line that is printed, or an error. It need not be a good one. */
export function shownUri(to: string): string {
  return to.replace(/^([a-z0-9+]+:(?:\/\/)?[^:@/?]*):[^@/?]*@/i, "$1@").replace(/([?&]password=)[^&]*/gi, "$1..");
}
