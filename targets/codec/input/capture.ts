/** Reads network captures, pcap and pcapng, down to the payloads of UDP and TCP. */
import { joined } from "../joined.ts";

/** The payload of one datagram, or of one direction of a connection. */
export interface Payload {
  isTcp: boolean;
  /** "192.0.2.1:9200 > 192.0.2.7:2948". */
  path: string;
  sourcePort: number;
  destinationPort: number;
  bytes: Uint8Array;
  /** The number of its first frame, counted as in Wireshark. */
  frame: number;
}

interface Segment extends Payload {
  /** The sequence number of its first byte; a SYN has the number before it. */
  sequence: number;
}

interface Frame {
  linkType: number;
  bytes: Uint8Array;
}

/** The payloads of a capture in the order of their first frames; null when the bytes are no capture. */
export function readCapture(bytes: Uint8Array): Payload[] | null {
  const frames = readPcap(bytes) ?? readPcapng(bytes);
  if (frames === null) return null;
  const payloads: Payload[] = [];
  const streams = new Map<string, Segment[]>();
  frames.forEach((frame, i) => {
    const segment = readIp(networkOf(frame), i + 1);
    if (segment === null) return;
    if (!segment.isTcp) payloads.push(segment);
    else if (streams.has(segment.path)) streams.get(segment.path)!.push(segment);
    else streams.set(segment.path, [segment]);
  });
  for (const segments of streams.values()) payloads.push(joinSegments(segments));
  return payloads.filter(({ bytes }) => bytes.length > 0).sort((a, b) => a.frame - b.frame);
}

//  magic:32 version:32 zone:32 accuracy:32 snapshot length:32 link type:32 | seconds:32 fraction:32 length:32 original:32 bytes | ...
function readPcap(bytes: Uint8Array): Frame[] | null {
  if (bytes.length < 24) return null;
  const view = viewOf(bytes);
  const isLittle = [0xa1b2c3d4, 0xa1b23c4d].includes(view.getUint32(0, true));
  if (!isLittle && ![0xa1b2c3d4, 0xa1b23c4d].includes(view.getUint32(0, false))) return null;
  const linkType = view.getUint32(20, isLittle) & 0xffff;
  const frames: Frame[] = [];
  for (let at = 24; at + 16 <= bytes.length; ) {
    const to = at + 16 + view.getUint32(at + 8, isLittle);
    if (to > bytes.length) break;
    frames.push({ linkType, bytes: bytes.subarray(at + 16, to) });
    at = to;
  }
  return frames;
}

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const SIMPLE = 3;
const ENHANCED = 6;

//  type:32 length:32 | body | length:32, in the byte order of the section
function readPcapng(bytes: Uint8Array): Frame[] | null {
  if (bytes.length < 28 || viewOf(bytes).getUint32(0) !== SECTION) return null;
  const view = viewOf(bytes);
  const frames: Frame[] = [];
  let isLittle = true;
  let linkTypes: number[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    if (view.getUint32(at) === SECTION) {
      isLittle = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      linkTypes = [];
    }
    const type = view.getUint32(at, isLittle);
    const length = view.getUint32(at + 4, isLittle);
    const body = at + 8;
    if (length < 12 || at + length > bytes.length) break;
    if (type === INTERFACE) linkTypes.push(view.getUint16(body, isLittle));
    const isEnhanced = type === ENHANCED && length >= 32;
    if (isEnhanced || (type === SIMPLE && length >= 16)) {
      const linkType = linkTypes[isEnhanced ? view.getUint32(body, isLittle) : 0] ?? -1;
      const from = body + (isEnhanced ? 20 : 4);
      const size = view.getUint32(isEnhanced ? body + 12 : body, isLittle);
      frames.push({ linkType, bytes: bytes.subarray(from, Math.min(from + size, at + length - 4)) });
    }
    at += length;
  }
  return frames;
}

/** Link layers of one packet that stands alone: raw IP, loopback, Ethernet, Linux cooked 1 and 2. */
const ALONE = [101, 0, 1, 113, 276];

/** The payload of one frame or IP packet; null when the bytes are neither. */
export function readPacket(bytes: Uint8Array): Payload | null {
  for (const linkType of ALONE) {
    const ip = networkOf({ linkType, bytes });
    const payload = isIp(ip) ? readIp(ip, 1) : null;
    if (payload !== null) return payload;
  }
  return null;
}

/** Whether an IP header is right: the checksum of IPv4 (RFC 791 §3.1), the length of IPv6. */
function isIp(bytes: Uint8Array): boolean {
  if (bytes.length < 20) return false;
  const view = viewOf(bytes);
  const header = 4 * (bytes[0]! & 15);
  if (bytes[0]! >> 4 === 6) return bytes.length > 40 && view.getUint16(4) === bytes.length - 40;
  if (bytes[0]! >> 4 !== 4 || header < 20 || header > bytes.length || view.getUint16(2) > bytes.length) return false;
  let sum = 0;
  for (let at = 0; at < header; at += 2) sum += view.getUint16(at);
  return (sum & 0xffff) + (sum >> 16) === 0xffff;
}

/** The length of the link-layer header by link type: raw IP, Ethernet, loopback, Linux cooked 1 and 2. */
const LINK_BYTES: { readonly [linkType: number]: number } = {
  0: 4,
  1: 14,
  12: 0,
  14: 0,
  101: 0,
  108: 4,
  113: 16,
  228: 0,
  229: 0,
  276: 20,
};

function networkOf({ linkType, bytes }: Frame): Uint8Array {
  let from = LINK_BYTES[linkType] ?? bytes.length;
  if (linkType === 1) {
    // VLAN tags come before the type (IEEE 802.1Q)
    while (from + 2 <= bytes.length && bytes[from - 2] === 0x81 && bytes[from - 1] === 0x00) from += 4;
  }
  return bytes.subarray(from);
}

/** Reads one packet of IPv4 or IPv6; null for a fragment, and for a packet that is neither UDP nor TCP. */
function readIp(bytes: Uint8Array, frame: number): Segment | null {
  if (bytes.length < 20) return null;
  const view = viewOf(bytes);
  if (bytes[0]! >> 4 === 4) {
    const header = 4 * (bytes[0]! & 15);
    // 0 where the network card cuts the packets: then they have the length of the frame
    const to = Math.min(bytes.length, view.getUint16(2) || bytes.length);
    if ((view.getUint16(6) & 0x3fff) !== 0 || header < 20 || to < header) return null;
    const hosts = [dotted(bytes, 12), dotted(bytes, 16)] as const;
    return readTransport(bytes.subarray(header, to), bytes[9]!, hosts, frame);
  }
  if (bytes[0]! >> 4 !== 6 || bytes.length < 40) return null;
  const hosts = [`[${colons(view, 8)}]`, `[${colons(view, 24)}]`] as const;
  return readTransport(bytes.subarray(40, Math.min(bytes.length, 40 + view.getUint16(4))), bytes[6]!, hosts, frame);
}

const TCP = 6;
const UDP = 17;

function readTransport(
  bytes: Uint8Array,
  protocol: number,
  [source, destination]: readonly [string, string],
  frame: number,
): Segment | null {
  if ((protocol !== UDP || bytes.length < 8) && (protocol !== TCP || bytes.length < 20)) return null;
  const view = viewOf(bytes);
  const isTcp = protocol === TCP;
  const isSyn = isTcp && (bytes[13]! & 2) !== 0;
  const from = isTcp ? 4 * (bytes[12]! >> 4) : 8;
  const to = isTcp ? bytes.length : Math.min(bytes.length, view.getUint16(4));
  return {
    isTcp,
    path: `${source}:${view.getUint16(0)} > ${destination}:${view.getUint16(2)}`,
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    bytes: bytes.subarray(from, to),
    frame,
    sequence: isTcp ? (view.getUint32(4) + (isSyn ? 1 : 0)) >>> 0 : 0,
  };
}

/** Joins the bytes of one direction in their order, without repetitions, up to the first gap. */
function joinSegments(segments: Segment[]): Payload {
  const first = segments[0]!;
  const placed = segments
    .map(segment => ({ bytes: segment.bytes, offset: (segment.sequence - first.sequence) | 0 }))
    .sort((a, b) => a.offset - b.offset);
  const whole: Uint8Array[] = [];
  let size = 0;
  for (const { bytes, offset } of placed) {
    if (offset > size) break;
    const fresh = bytes.subarray(Math.min(bytes.length, size - offset));
    whole.push(fresh);
    size += fresh.length;
  }
  return { ...first, bytes: joined(whole) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function dotted(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + 4)).join(".");
}

function colons(view: DataView, at: number): string {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map(i => view.getUint16(at + i).toString(16));
  return groups.join(":").replace(/(^|:)0(:0)+(:|$)/, "::");
}
