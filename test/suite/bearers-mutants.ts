/** Messages of SIP, HTTP and OBEX changed by their structure, seeded, in the dialect of the engines. */
import { lines, ofHex, TYPE_12, TYPE_13 } from "./bearers.ts";

export const SIP = 0;
export const HTTP = 1;
export const OBEX = 2;

/** A message of text: its first line, its header lines, its body. */
interface TextMessage {
  kind: number;
  start: string;
  headers: string[];
  body: string;
}

/** A packet of OBEX: the bytes before its headers, and its headers as [identifier, value]. */
interface Packet {
  opcode: number;
  fixed: string;
  headers: [number, string][];
}

const BODY = "\x15P\x00\r\n\r\n\xff\x00body";
const VIA = "Via: SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bKtoken";
const DM_TYPE = `Content-Type: ${TYPE_13}`;

const TEXTS: TextMessage[] = [
  {
    kind: SIP,
    start: "MESSAGE sip:d@192.0.2.9 SIP/2.0",
    headers: [
      'Via: SIP/2.0/UDP [::1]:5061;branch="z9hG4bK1";rport , SIP/2.0/UDP a',
      'From: "x" <sip:s@e>;tag=1',
      't: <sip:d@e>;y="z;tag=1"',
      "Call-ID: c",
      "CSeq: 1 MESSAGE",
      "Max-Forwards: 70",
      `c: ${TYPE_13}; a=b`,
      "l: 13",
      "Require: x",
    ],
    body: BODY,
  },
  {
    kind: SIP,
    start: "MESSAGE sip:d SIP/2.0",
    headers: [VIA, "f:sip:a", "t:sip:b", "i:c", "CSeq:1 MESSAGE", "Max-Forwards:1", `c:${TYPE_12}`],
    body: BODY,
  },
  {
    kind: SIP,
    start: "SIP/2.0 200 OK",
    headers: [
      VIA,
      "CSeq: 1 REGISTER",
      'Contact: "a" <sip:b>;+sip.instance="<urn:1>";expires=9;pub-gruu="sip:g", <sip:d@h>;expires=120',
      "Expires: 60",
    ],
    body: "",
  },
  {
    kind: SIP,
    start: "SIP/2.0 401 No",
    headers: [
      VIA,
      "CSeq: 1 REGISTER",
      'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth,auth-int", opaque="o", stale=true, algorithm=MD5',
    ],
    body: "",
  },
  { kind: SIP, start: "SIP/2.0 423 Brief", headers: [VIA, "CSeq: 1 REGISTER", "Min-Expires: 7200"], body: "" },
  {
    kind: HTTP,
    start: "POST /wappush HTTP/1.1",
    headers: ["Host: d", DM_TYPE, "X-Wap-Application-Id: 7", "Content-Length: 13"],
    body: BODY,
  },
  {
    kind: HTTP,
    start: "POST /wappush HTTP/1.1",
    headers: ["Host: d", DM_TYPE, "Transfer-Encoding: chunked", "Expect: 100-continue"],
    body: BODY,
  },
  {
    kind: HTTP,
    start: "POST http://d/wappush?x HTTP/1.1",
    headers: ["Host: d", "Content-Type: application/http", "Content-Length: 78"],
    body: `${lines(`HTTP/1.1 200 OK\n${DM_TYPE}\n\n`)}${BODY}`,
  },
  {
    kind: HTTP,
    start: "OPTIONS * HTTP/1.1",
    headers: ["Host: d", "X-Wap-CPITag: AAAA", "Connection: a, close"],
    body: "",
  },
  { kind: HTTP, start: "HTTP/1.1 204 No Content", headers: ["X-Wap-Push-Status: 400 Accepted"], body: "" },
];

const TYPE_HEADER: [number, string] = [0x42, `${TYPE_13}\x00`];
const PACKETS: Packet[] = [
  { opcode: 0x80, fixed: ofHex("10000400"), headers: [] },
  { opcode: 0x80, fixed: ofHex("10000400"), headers: [[0x46, "SYNCML-DM"]] },
  { opcode: 0x80, fixed: ofHex("10000400"), headers: [[0x46, "SYNCML-SYNC"]] },
  {
    opcode: 0x02,
    fixed: "",
    headers: [
      [0xcb, ofHex("00000001")],
      [0xc3, ofHex("0000000d")],
      [0x48, BODY],
    ],
  },
  { opcode: 0x82, fixed: "", headers: [TYPE_HEADER, [0x49, BODY]] },
  {
    opcode: 0x82,
    fixed: "",
    headers: [
      [0x01, "\x00n\x00\x00"],
      [0x49, BODY],
    ],
  },
  { opcode: 0xff, fixed: "", headers: [] },
  { opcode: 0x81, fixed: "", headers: [[0xcb, ofHex("00000001")]] },
  {
    opcode: 0xa0,
    fixed: ofHex("10000400"),
    headers: [
      [0xcb, ofHex("00000001")],
      [0x4a, "SYNCML-DM"],
    ],
  },
  { opcode: 0x90, fixed: "", headers: [] },
];

const NUMBERS = [
  "0",
  "13",
  "0000000013",
  "2147483647",
  "2147483648",
  "4294967295",
  "4294967296",
  "99999999999999999999",
  "-1",
  "+1",
  "1 ",
  "0x1",
  "",
];
const VALUES = [
  "",
  ";",
  ",",
  ";;,;,,",
  '"',
  '"a\\"',
  "<sip:x@y>",
  "<>",
  "sip:x;tag=2",
  "SIP/2.0/UDP h;rport",
  "identity",
  "gzip",
  "chunked",
  "close",
  "\x00",
  "\r",
  "\n",
  "\r\n y",
  "\xff",
];
const NAMES = [
  "v",
  "Via",
  "f",
  "To",
  "i",
  "CSeq",
  "Max-Forwards",
  "l",
  "Content-Length",
  "c",
  "e",
  "Require",
  "Host",
  "Transfer-Encoding",
  "Connection",
  "X-Wap-Application-Id",
  "Expires",
  "m",
  "x",
  "",
];
const METHODS = ["MESSAGE", "OPTIONS", "INVITE", "ACK", "BYE", "POST", "GET", "x", ""];
const VERSIONS = ["SIP/2.0", "SIP/7.0", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", ""];
const ENDS = ["\r\n", "\n", "\r", " \r\n", ""];

let state = 1;

/** Sets the state of `random`. */
export function seed(number: number): void {
  state = number;
}

/** xorshift32: the same numbers in every engine. */
export function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

function pick(texts: string[]): string {
  return texts[random(texts.length)];
}

/** A message of `kind`, with 0 to 5 changes. */
export function mutant(kind: number): string {
  let text = "";
  if (kind === OBEX) for (let i = 1 + random(4); i > 0; i--) text += packetText(PACKETS[random(PACKETS.length)]);
  else {
    for (let i = kind === HTTP ? 1 + random(3) : 1; i > 0; i--) {
      let one = TEXTS[random(TEXTS.length)];
      while (one.kind !== kind) one = TEXTS[random(TEXTS.length)];
      text += messageText(one);
    }
  }
  return random(4) === 0 ? byteChanged(text) : text;
}

function byteChanged(text: string): string {
  const at = random(text.length + 1);
  const to = Math.min(text.length, at + random(24));
  const kind = random(4);
  let piece = "";
  if (kind === 0) piece = String.fromCharCode(random(256));
  if (kind === 1) piece = '\r\n\t ,;:"<>=/0\x00\xff'.charAt(random(16));
  if (kind === 2) piece = text.substring(at, to) + text.substring(at, to);
  return text.substring(0, at) + piece + text.substring(kind < 2 ? Math.min(text.length, at + 1) : to);
}

function messageText(message: TextMessage): string {
  const headers: string[] = [];
  for (let i = 0; i < message.headers.length; i++) headers.push(message.headers[i]);
  let start = message.start;
  for (let i = random(4); i > 0; i--) {
    const at = random(headers.length + 1);
    const change = random(7);
    if (change === 0) start = changedStart(start);
    else if (change === 1) headers.splice(at, 1);
    else if (change === 2) headers.splice(at, 0, `${pick(NAMES)}: ${random(2) === 0 ? pick(VALUES) : pick(NUMBERS)}`);
    else if (at < headers.length) headers[at] = changedHeader(headers[at], change, headers[random(headers.length)]);
  }
  let text = start;
  const end = random(40) === 0 ? pick(ENDS) : "\r\n";
  for (let i = 0; i < headers.length; i++) text += `${end}${headers[i]}`;
  const isChunked = message.headers.length > 2 && message.headers[2] === "Transfer-Encoding: chunked";
  let body = isChunked ? chunked(message.body) : message.body;
  if (random(12) === 0) body += pick(VALUES);
  return `${text}\r\n${random(60) === 0 ? "" : "\r\n"}${body}`;
}

function changedStart(start: string): string {
  const words = start.split(" ");
  const kind = random(4);
  if (kind === 0) words[0] = pick(METHODS);
  if (kind === 1) words[words.length - 1] = pick(VERSIONS);
  if (kind === 2) words[random(words.length)] += " ";
  if (kind === 3) words[random(words.length)] = pick(VALUES);
  return words.join(" ");
}

/** A header with another name, value, number, parameter or fold; or with the value of `other`. */
function changedHeader(header: string, change: number, other: string): string {
  const colon = header.indexOf(":");
  const name = header.substring(0, colon);
  const value = header.substring(colon + 1);
  if (change === 3) return `${pick(NAMES)}:${value}`;
  if (change === 4) return `${name}${random(3) === 0 ? " " : ""}: ${random(2) === 0 ? pick(VALUES) : pick(NUMBERS)}`;
  if (change === 5) return `${name}:${value}${random(2) === 0 ? `;${pick(VALUES)}` : `;x=${pick(VALUES)}`}`;
  if (random(2) === 0) return `${name}:${other.substring(other.indexOf(":") + 1)}`;
  return `${name}:\r\n ${value}`;
}

/** A body in chunks of any size, sometimes with faults. */
function chunked(body: string): string {
  let text = "";
  for (let at = 0; at < body.length; ) {
    const to = Math.min(body.length, at + 1 + random(9));
    text += `${pick(["", "0", "0000000"])}${(to - at).toString(16)}${chunkLine()}${body.substring(at, to)}\r\n`;
    at = to;
  }
  const trailer = random(5) === 0 ? `${pick(["T: x", "T : x", "x", " x: y", "T: \x00"])}\r\n` : "";
  return `${text}${pick(["0", "00000000"])}${chunkLine()}${trailer}\r\n`;
}

function chunkLine(): string {
  return random(10) === 0 ? pick([";a", ";a=b\r\n", ';a="b;\r\n', " \r\n", " ;a\r\n", "\n", "\r", "x\r\n"]) : "\r\n";
}

function packetText(packet: Packet): string {
  const headers: [number, string][] = [];
  for (let i = 0; i < packet.headers.length; i++) headers.push(packet.headers[i]);
  for (let i = random(3); i > 0; i--) {
    const at = random(headers.length + 1);
    const other = PACKETS[random(PACKETS.length)].headers;
    const change = random(3);
    if (change === 0) headers.splice(at, 1);
    else if (change === 1 && other.length > 0) headers.splice(at, 0, other[random(other.length)]);
    else if (at < headers.length) headers[at] = [random(256), random(2) === 0 ? headers[at][1] : pick(VALUES)];
  }
  let text = packet.fixed;
  for (let i = 0; i < headers.length; i++) text += headerText(headers[i][0], headers[i][1]);
  const length = text.length + 3 + (random(20) === 0 ? random(7) - 3 : 0);
  const opcode = random(12) === 0 ? random(256) : packet.opcode;
  return String.fromCharCode(opcode, (length >> 8) & 255, length & 255) + text;
}

function headerText(id: number, value: string): string {
  if (id >= 0x80) return String.fromCharCode(id) + value;
  const length = value.length + 3 + (random(20) === 0 ? random(7) - 3 : 0);
  return String.fromCharCode(id, (length >> 8) & 255, length & 255) + value;
}
