/** A URI without what has to stay secret: for a journal, a line that is printed, or an error. It need not be a good one. */
export function shownUri(to: string): string {
  return to.replace(/^([a-z0-9+]+:(?:\/\/)?[^:@/?]*):[^@/?]*@/i, "$1@").replace(/([?&]password=)[^&]*/gi, "$1..");
}
