/** The link for a URI. */
import { Agent as PlainAgent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { routeTo } from "../senders.ts";
import { openSmpp } from "../smpp/session.ts";
import { isSmpp, readSmppUri } from "../smpp/uri.ts";
import { readHostPort, sendUdp } from "../udp.ts";
import { isKannel, openKannel, readKannelUri } from "./kannel.ts";
import type { Link, LinkReport, Submission } from "./link.ts";
import { createSenderLink } from "./sender.ts";
import { shownUri } from "./shown.ts";

/** The place in a URI where each device's address goes. */
const PLACE = "{address}";

/** Throws an Error when `to` is no URI that openLink takes. */
export function checkLink(to: string): void {
  if (isSmpp(to)) readSmppUri(to);
  else if (isKannel(to)) readKannelUri(to);
  else {
    if (!to.includes(PLACE)) {
      throw new Error(
        `${shownUri(to)}: has no ${PLACE} where each device's own belongs; smpp: and kannel+http: need none`,
      );
    }
    const example = to.replaceAll(PLACE, "127.0.0.1");
    if (isUdp(to)) readHostPort(example.slice("udp://".length));
    else routeTo(example);
  }
}

/**
 * Opens a link to `to`: smpp:, smpps:, kannel+http:, or another URI of `send` with {address} in it, such as
 * pap+http://gateway/pap?address=WAPPUSH={address}/TYPE=PLMN@ppg.example. At most `window` submissions are under way; by
 * default the link chooses. Rejects when the peer cannot be reached, and when `stopped` is aborted before the link is up.
 */
export async function openLink(
  to: string,
  window: number | undefined,
  report: LinkReport,
  stopped?: AbortSignal,
): Promise<Link> {
  checkLink(to);
  if (isSmpp(to)) {
    const options = readSmppUri(to);
    return openSmpp(window === undefined ? options : { ...options, windowPdus: window }, report, stopped);
  }
  if (isKannel(to)) return openKannel(to, window ?? 1, report);
  if (isUdp(to)) return createSenderLink(submission => sendDatagram(to, submission), window ?? 64, report);
  const agent = new (/^pap\+https:/i.test(to) ? TlsAgent : PlainAgent)({ keepAlive: true, maxSockets: window ?? 1 });
  const send = async (submission: Submission) => {
    const { isAccepted, code, text } = await routeTo(uriFor(to, submission.address))(
      submission.contentType,
      submission.bytes,
      { agent },
    );
    if (isAccepted) return { kind: "accepted" as const, text, messageIds: [] };
    return code === 0 ? { kind: "unknown" as const, text } : { kind: "refused" as const, code: String(code), text };
  };
  return createSenderLink(send, window ?? 1, report, () => agent.destroy());
}

function isUdp(to: string): boolean {
  return /^udp:\/\//i.test(to);
}

async function sendDatagram(to: string, submission: Submission) {
  const address = readHostPort(uriFor(to, submission.address).slice("udp://".length));
  await sendUdp(address, submission.push);
  return { kind: "accepted" as const, text: "sent; UDP has no answer", messageIds: [] };
}

function uriFor(to: string, address: string): string {
  const query = to.indexOf("?");
  if (query < 0 || to.indexOf(PLACE) < query) {
    if (!/^[\w.:+@[\]-]+$/.test(address)) throw new RangeError(`${address}: is no address for ${shownUri(to)}`);
    return to.replaceAll(PLACE, address);
  }
  return to.replaceAll(PLACE, encodeURIComponent(address));
}
