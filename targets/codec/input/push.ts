/** Finds the notifications in the payloads of a capture, with the receivers of the profiles (§7). */
import * as pkg0 from "../../../src/index.ts";
import { latin1Text } from "../text.ts";
import { type Payload, readCapture, readPacket } from "./capture.ts";
import type { Found } from "./found.ts";

const MAX = 1 << 16;

/** The messages of a pcap or pcapng file; null when the bytes are neither. `line` of each is the number of its frame. */
export function findInCapture(bytes: Uint8Array): Found[] | null {
  const payloads = readCapture(bytes);
  return payloads === null ? null : payloads.flatMap(findInPayload);
}

/** What a text gave, or the message in it where that is a whole packet, as tcpdump and Wireshark print it. */
export function findInPacket(found: Found): Found[] {
  const payload = found.status === undefined ? readPacket(found.bytes) : null;
  if (payload === null) return [found];
  const { line, form } = found;
  const inside = findInPayload(payload);
  // whoever has chosen this packet knows its port
  const all = inside.length > 0 ? inside : [{ bytes: payload.bytes, form: `packet ${payload.path}` }];
  return all.map(one => ({ ...one, form: one.form.replace("capture", form), line }));
}

function findInPayload(payload: Payload): Found[] {
  const { bytes, isTcp, destinationPort, frame, path } = payload;
  const start = latin1Text(bytes, 0, Math.min(bytes.length, 200));
  if (!isTcp && destinationPort === pkg0.PUSH_PORT) {
    return [{ bytes, form: `capture, UDP ${path}`, as: "push", line: frame }];
  }
  if (!isTcp && /^MESSAGE sips?:/.test(start)) return findBodies(payload, "SIP", readSip);
  if (isTcp && /^POST \S+ HTTP\//.test(start)) return findBodies(payload, "HTTP", readHttp);
  return isTcp && isObex(bytes) ? findBodies(payload, "OBEX", readObex) : [];
}

/** Whether a payload begins with CONNECT or PUT and a plausible length (IrOBEX §3.3). */
function isObex(bytes: Uint8Array): boolean {
  const length = (bytes[1]! << 8) | bytes[2]!;
  return bytes.length >= 3 && [0x80, 0x02, 0x82].includes(bytes[0]!) && length >= 3 && length <= bytes.length;
}

interface Taker {
  deliver: pkg0.DeliverEntity;
  onRefused: (status: number, at: number) => void;
}

function findBodies(payload: Payload, profile: string, read: (bytes: Uint8Array, taker: Taker) => void): Found[] {
  const found: Found[] = [];
  const base = { form: `capture, ${profile} ${payload.path}`, line: payload.frame };
  read(payload.bytes, {
    deliver(bytes, from, to, contentType) {
      const as = contentType === pkg0.CONTENT_TYPE_12 ? "1.2" : "1.3";
      found.push({ ...base, bytes: bytes.slice(from, to), ...(contentType !== pkg0.CONTENT_TYPE_OTHER && { as }) });
      return pkg0.OK;
    },
    onRefused: (status, at) => found.push({ ...base, bytes: payload.bytes, status, at }),
  });
  return found;
}

const CLOCK = { monotonicSeconds: () => 0 };
const UNHEARD = () => {};

function readSip(bytes: Uint8Array, taker: Taker): void {
  const sizes = { messageMax: MAX, bodyMax: MAX, replyMax: MAX };
  const sip = pkg0.createSipReceiver(CLOCK, { ...taker, ...sizes, reply: UNHEARD, tag: "12345678" });
  sip.receive(bytes, 0, bytes.length, "", 5060);
}

function readHttp(bytes: Uint8Array, taker: Taker): void {
  const [, path] = /^POST (\S+) /.exec(latin1Text(bytes, 0, Math.min(bytes.length, 2048))) ?? [];
  const options = { ...taker, reply: UNHEARD, bodyMax: MAX, headersMax: MAX, ...(path !== undefined && { path }) };
  pkg0.createHttpReceiver(CLOCK, options).receive(bytes, 0, bytes.length);
}

function readObex(bytes: Uint8Array, taker: Taker): void {
  const obex = pkg0.createObexReceiver(CLOCK, { ...taker, reply: UNHEARD, packetMax: MAX - 1, bodyMax: MAX });
  obex.receive(bytes, 0, bytes.length);
}
