/** The link for a URI. */
import { Agent as PlainAgent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import type { HostCode } from "../codes.ts";
import { type Route, routeTo } from "../senders.ts";
import { openSmpp } from "../smpp/session.ts";
import { isSmpp, readSmppUri } from "../smpp/uri.ts";
import { type Address, readPeer, sendUdp } from "../udp.ts";
import { isKannel, openKannel, readKannelUri } from "./kannel.ts";
import type { CheckSubmission, Link, LinkReport, Submission } from "./link.ts";
import { checkSms } from "./numbers.ts";
import { createSenderLink } from "./sender.ts";
import { shownUri } from "./shown.ts";
import { Unsendable } from "./unsendable.ts";

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
    if (isUdp(to)) readPeer(example.slice("udp://".length));
    else routeTo(example);
  }
}

/** The check of the link to `to`, a URI that openLink takes. */
export function createCheck(to: string): CheckSubmission {
  if (isSmpp(to) || isKannel(to)) return checkSms;
  if (isUdp(to)) return submission => checkDatagram(to, submission);
  return ({ address, contentType, bytes }) => routeFor(to, address).check(contentType, bytes);
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
  const hasManyPeers = isHostOfDevice(to);
  if (isUdp(to)) {
    return createSenderLink(submission => sendDatagram(to, submission), report, { atOnce: window ?? 64, hasManyPeers });
  }
  const agent = new (/^pap\+https:/i.test(to) ? TlsAgent : PlainAgent)({ keepAlive: true, maxSockets: window ?? 1 });
  const send = async ({ address, contentType, bytes }: Submission) => {
    const { isAccepted, code, text } = await routeFor(to, address).send(contentType, bytes, { agent });
    if (isAccepted) return { kind: "accepted" as const, text, messageIds: [] };
    return code === 0 ? { kind: "unknown" as const, text } : { kind: "refused" as const, code: String(code), text };
  };
  return createSenderLink(send, report, { atOnce: window ?? 1, hasManyPeers, close: () => agent.destroy() });
}

/** Whether the host of the URI is each device's own, not that of a gateway or a proxy. */
function isHostOfDevice(to: string): boolean {
  const [, authority = ""] = /^[^:]*:(?:\/\/)?(?:[^@/?]*@)?([^/?;]*)/.exec(to) ?? [];
  return authority.includes(PLACE);
}

function isUdp(to: string): boolean {
  return /^udp:\/\//i.test(to);
}

/** The most bytes of a datagram of UDP over IPv4: 65535 less the headers of both (RFC 768, RFC 791). */
const DATAGRAM_MAX = 65_507;

function checkDatagram(to: string, { address, push }: Submission): Address {
  if (push.length > DATAGRAM_MAX) {
    const text = `${push.length} bytes: a datagram has ${DATAGRAM_MAX} at most`;
    throw new Unsendable("MESSAGE_LONG" satisfies HostCode, text);
  }
  return fitting(to, address, uri => readPeer(uri.slice("udp://".length)));
}

async function sendDatagram(to: string, submission: Submission) {
  await sendUdp(checkDatagram(to, submission), submission.push);
  return { kind: "accepted" as const, text: "sent; UDP has no answer", messageIds: [] };
}

function routeFor(to: string, address: string): Route {
  return fitting(to, address, routeTo);
}

/** What `read` makes of the URI of one device. Throws an Unsendable when the address makes no such URI. */
function fitting<T>(to: string, address: string, read: (uri: string) => T): T {
  try {
    return read(uriFor(to, address));
  } catch (error) {
    throw new Unsendable("ADDRESS_UNFIT" satisfies HostCode, (error as Error).message);
  }
}

function uriFor(to: string, address: string): string {
  const query = to.indexOf("?");
  if (query < 0 || to.indexOf(PLACE) < query) {
    // a user name belongs into a SIP URI alone
    const isHost = isHostOfDevice(to) && !/^sips?:/i.test(to);
    if (!(isHost ? /^[\w.:[\]-]+$/ : /^[\w.:+@[\]-]+$/).test(address))
      throw new Error(`${address}: is no address for ${shownUri(to)}`);
    return to.replaceAll(PLACE, address);
  }
  return to.replaceAll(PLACE, encodeURIComponent(address));
}
