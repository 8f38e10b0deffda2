/** Changed messages for the bearers, in the dialect of the engines: any bytes in any pieces, and nothing but a status. */
import { createMd5 } from "../../src/hash/md5.ts";
import { createHttpReceiver } from "../../src/push/http/receiver.ts";
import { type HttpAnswer, readHttpAnswer } from "../../src/push/http/sender.ts";
import { createObexReceiver } from "../../src/push/obex/receiver.ts";
import { createObexSender } from "../../src/push/obex/sender.ts";
import { createSipReceiver } from "../../src/push/sip/receiver.ts";
import { createSipRegistration } from "../../src/push/sip/registration.ts";
import { bytesOf, lines, ofHex, TYPE_13 } from "./bearers.ts";

const BODY = "\x15P\x00\r\n\r\n\xff\x00body";
const POST = lines(`POST /wappush HTTP/1.1\nHost: d\nContent-Type: ${TYPE_13}\n`);
const SEEDS = [
  lines(`MESSAGE sip:d@192.0.2.9 SIP/2.0
Via: SIP/2.0/UDP [::1]:5061;branch="z9hG4bK1";rport , SIP/2.0/UDP a
From: "x" <sip:s@e>;tag=1
t: <sip:d@e>;y="z;tag=1"
Call-ID: c
CSeq: 1 MESSAGE
c:
 ${TYPE_13}; a=b
l: 13

${BODY}`),
  lines("OPTIONS sip:d SIP/2.0\nv:SIP/2.0/UDP h\nf:a\nt:b\ni:c\nCSeq:1 OPTIONS\nRequire: x\n\n"),
  lines(
    'SIP/2.0 200 OK\nVia: SIP/2.0/UDP h;branch=z9hG4bKtoken\nContact: "a" <sip:b>;+sip.instance="<urn:1>";expires=9;pub-gruu="sip:g", <sip:c>\nExpires: 60\n\n',
  ),
  lines(
    'SIP/2.0 401 No\nVia: SIP/2.0/UDP h;branch=z9hG4bKtoken\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth,auth-int", opaque="o", stale=true, algorithm=MD5\n\n',
  ),
  lines("SIP/2.0 423 Brief\nVia: SIP/2.0/UDP h;branch=z9hG4bKtoken\nMin-Expires: 7200\n\n"),
  `${POST}X-Wap-Application-Id: 7\r\nContent-Length: 13\r\n\r\n${BODY}`,
  `${POST}Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5;a=b\r\n${BODY.substring(0, 5)}\r\n8\r\n${BODY.substring(5)}\r\n0\r\nT: x\r\n\r\n`,
  lines(`POST /wappush HTTP/1.1\nHost: d\nContent-Type: application/http\nContent-Length: 81\n\n`) +
    lines(`HTTP/1.1 200 OK\nContent-Type: ${TYPE_13}\n\n`) +
    BODY,
  lines("OPTIONS * HTTP/1.1\nHost: d\nX-Wap-CPITag: AAAA\nConnection: a, close\n\n"),
  lines("HTTP/1.1 100 Continue\n\nHTTP/1.1 204 No Content\nX-Wap-Push-Status: 400 Accepted\n\n"),
  ofHex("80000710000400"),
  `${ofHex("80001310000400460009")}SYNCML-DM`,
  ofHex(`02001dcb00000001c300000d4800090102030405064900070102030482000a49000700000000ff0003810003`),
  `${ofHex("82003c42002a")}${TYPE_13}\x00${ofHex("490007")}body`,
  ofHex("a0001810000400cb000000014a000c53594e434d4c2d444d900003a00003a00003"),
];

let state = 1;

/** xorshift32: the same numbers in every engine. */
function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

/** A seed with 0 to 4 changes: a byte, a bit, a piece left out, doubled, or taken from another seed. */
function changed(): string {
  let text = SEEDS[random(SEEDS.length)];
  for (let i = random(5); i > 0; i--) {
    const at = random(text.length + 1);
    const to = Math.min(text.length, at + random(24));
    const kind = random(6);
    let piece = "";
    if (kind === 0) piece = String.fromCharCode(random(256));
    if (kind === 1) piece = '\r\n\t ,;:"<>=/0\x00\xff'.charAt(random(16));
    if (kind === 2) piece = text.substring(at, to) + text.substring(at, to);
    if (kind === 3) piece = SEEDS[random(SEEDS.length)].substring(random(40), 40 + random(40));
    if (kind === 4) piece = text.substring(at, to).split("1").join("9");
    text = text.substring(0, at) + piece + text.substring(kind < 2 ? Math.min(text.length, at + 1) : to);
  }
  return text;
}

/** Feeds `times` changed messages to every receiver. Returns how many bodies were delivered; "" or what went wrong is in `wrong`. */
export function fuzzBearers(
  seed: number,
  times: number,
  guard: (bytes: Uint8Array) => Uint8Array,
  wrong: string[],
): number {
  state = seed;
  let delivered = 0;
  let total = 0;
  function deliver(_bytes: Uint8Array, from: number, to: number): number {
    if (from < 0 || to < from || to - from > 64) wrong.push(`a body from ${from} to ${to}`);
    delivered++;
    return 0;
  }
  function reply(_bytes: Uint8Array, from: number, to: number): void {
    if (from !== 0 || to < 3 || to > 600) wrong.push(`an answer from ${from} to ${to}`);
    total += to;
  }
  let isFirst = true;
  const bounds = { deliver, reply, headersMax: 200, bodyMax: 64, packetMax: 255, replyMax: 600 };
  for (let i = 0; i < times; i++) {
    const registration = createSipRegistration({
      send: reply,
      token: () => "token",
      registrar: "sip:e",
      address: "sip:d@e",
      contact: "sip:d@h",
      sentBy: "h",
      instance: "urn:1",
      credentials: { name: "d", password: "p", md5: createMd5() },
      changed: () => {},
    });
    const sip = createSipReceiver({
      deliver,
      reply,
      tag: "t",
      bodyMax: 64,
      replyMax: 600,
      response: registration.receive,
    });
    registration.open();
    registration.tick(1);
    const text = changed();
    const bytes = guard(bytesOf(text));
    const length = text.length;
    sip.receive(bytes, 0, length, "192.0.2.1", 5060);
    const answer: HttpAnswer = { code: 0, pushStatus: 0 };
    readHttpAnswer(bytes, 0, length, answer);
    const put = createObexSender({ send: reply, contentType: 0x58, isDirected: isFirst, packetMax: 255 });
    put.open(bytes, 0, Math.min(length, 50));
    isFirst = !isFirst;
    const http = createHttpReceiver(bounds);
    const obex = createObexReceiver(bounds);
    for (let at = 0; at < length; ) {
      const to = Math.min(length, at + 1 + random(length));
      http.receive(bytes, at, to);
      obex.receive(bytes, at, to);
      put.receive(bytes, at, to);
      http.tick(i);
      obex.tick(i);
      at = to;
    }
    http.close();
    obex.close();
  }
  return total > 0 ? delivered : 0;
}
