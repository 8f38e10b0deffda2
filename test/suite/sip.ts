/** SIP Push (§7.3), in the dialect of the engines. */

import { createSipReceiver, type SipReceiver } from "../../src/push/sip/receiver.ts";
import { createSipSender } from "../../src/push/sip/sender.ts";
import { writeSipMessage } from "../../src/push/sip/write.ts";
import {
  DIGEST_WRONG,
  FIELD_BUFFER,
  FIELD_TEXT,
  MORE,
  OK,
  SIP_BODY_LONG,
  SIP_CONTENT_LENGTH,
  SIP_CONTENT_TYPE,
  SIP_HEADER,
  SIP_HEADER_MISSING,
  SIP_MERGED,
  SIP_MESSAGE_LONG,
  SIP_METHOD,
  SIP_NO_ANSWER,
  SIP_REFUSED,
  SIP_REQUIRE,
  SIP_RESPONSE,
  SIP_START_LINE,
  SIP_URI_SCHEME,
  SIP_VERSION,
} from "../../src/status.ts";
import { CONTENT_TYPE_13 } from "../../src/wire.ts";
import type { T } from "./api.ts";
import {
  bytesOf,
  captured,
  clock,
  forget,
  lines,
  newRecord,
  ofHex,
  recording,
  TYPE_12,
  TYPE_13,
  textOf,
} from "./bearers.ts";

const BODY = "\x15P\x00\r\n\r\n\xff\x00body";
const record = newRecord();
/** The destination of the last answer. */
let answeredTo = "";

function open(): SipReceiver {
  forget(record);
  record.verdict = OK;
  const options = recording(record);
  return createSipReceiver(clock, {
    deliver: options.deliver,
    reply(bytes, from, to, host, port) {
      options.reply(bytes, from, to);
      answeredTo = `${host}:${port}`;
    },
    onRefused: options.onRefused,
    tag: "devtag01",
    recentMax: 4,
  });
}

function feed(sip: SipReceiver, text: string): number {
  const bytes = bytesOf(text);
  return sip.receive(bytes, 0, bytes.length, "192.0.2.1", 5062);
}

function answer(): string {
  return record.replied.substring(8, record.replied.indexOf("\r\n"));
}

/** A MESSAGE whose headers are the usual ones with `more`; `without` is left out. */
function message(branch: string, more: string, without: string): string {
  let headers = lines(`Via: SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bK${branch}
From: <sip:dms@example.com>;tag=1
To: <sip:device@example.com>
Call-ID: a84b4c76${branch}
CSeq: 1 MESSAGE
Max-Forwards: 70
Content-Type: ${TYPE_13}
Content-Length: 13
`);
  if (without !== "") headers = headers.split(without).join("");
  return `MESSAGE sip:device@192.0.2.9 SIP/2.0\r\n${headers}${more}\r\n${BODY}`;
}

export function sip(t: T): void {
  t.test("sip: the capture of sipp", () => {
    const bytes = ofHex(captured("sipp-message")[0]);
    const receiver = open();
    t.equal(feed(receiver, bytes), OK, "status");
    t.equal(record.delivered, `88:${bytes.substring(bytes.length - 63)}|`, "delivered");
    t.equal(answeredTo, "192.0.2.1:5061", "to the port of sent-by");
    t.equal(
      record.replied,
      lines(`SIP/2.0 200 OK
Via: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK-494-1-0;received=192.0.2.1
From: <sip:dmserver@example.com>;tag=1
To: <sip:device@127.0.0.1:5060>;tag=devtag01
Call-ID: 1-494@127.0.0.1
CSeq: 1 MESSAGE
Content-Length: 0

|`),
      "replied",
    );
  });

  t.test("sip: every prefix of a message", () => {
    const bytes = bytesOf(message("p", "", ""));
    for (let to = 0; to < bytes.length; to++) {
      const receiver = open();
      const status = receiver.receive(bytes, 0, to, "192.0.2.1", 5062);
      t.equal(record.delivered, "", `delivered of ${to} bytes`);
      t.equal(status === OK, to === 0, `status of ${to} bytes is none`);
    }
  });

  t.test("sip: folded, compact and mixed headers, several Via", () => {
    const receiver = open();
    const text = `MESSAGE sip:device@192.0.2.9 SIP/2.0
v: SIP / 2.0 / UDP
 proxy.example.com : 5070 ; rport ;branch="z9hG4bK,;"
 , SIP/2.0/TCP [2001:db8::1]:5060;branch=z9hG4bK1
VIA  :  SIP/2.0/UDP first.example.com;branch=z9hG4bK0
f: "A; <tag>" <sip:dms@example.com>;tag=1
t:
	"De\\"v;tag=0" <sip:device@example.com;tag=uri> ; x=y ; TAG=5
I: call
mAx-FoRwArDs  :  0068
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
cSeQ: 4711
 MESSAGE
c:
 ${TYPE_12.toUpperCase()}
 ;charset=binary
L:
 13

`;
    t.equal(feed(receiver, lines(text) + BODY), OK, "status");
    t.equal(record.delivered, `68:${BODY}|`, "delivered");
    t.equal(answeredTo, "192.0.2.1:5062", "to the port it came from");
    t.equal(
      record.replied,
      lines(`SIP/2.0 200 OK
Via: SIP / 2.0 / UDP
 proxy.example.com : 5070 ; rport=5062 ;branch="z9hG4bK,;"
 ;received=192.0.2.1, SIP/2.0/TCP [2001:db8::1]:5060;branch=z9hG4bK1
Via: SIP/2.0/UDP first.example.com;branch=z9hG4bK0
From: "A; <tag>" <sip:dms@example.com>;tag=1
To: "De\\"v;tag=0" <sip:device@example.com;tag=uri> ; x=y ; TAG=5
Call-ID: call
CSeq: 4711
 MESSAGE
Content-Length: 0

|`),
      "replied",
    );
  });

  t.test("sip: the zone of a link-local address stays here", () => {
    const bytes = bytesOf(message("z", "", ""));
    open().receive(bytes, 0, bytes.length, "fe80::1%eth0", 5062);
    t.equal(record.replied.indexOf(";received=fe80::1\r\n") > 0, true, "received");
    t.equal(answeredTo, "fe80::1%eth0:5061", "answered to");
  });

  t.test("sip: a retransmission is answered again, and delivered once", () => {
    const receiver = open();
    clock.seconds = 100;
    feed(receiver, message("1", "", ""));
    const first = record.replied;
    clock.seconds = 131;
    t.equal(feed(receiver, message("1", "", "")), OK, "status");
    t.equal(record.replied, first + first, "the same answer");
    t.equal(record.delivered, `88:${BODY}|`, "delivered once");
    for (let i = 2; i <= 5; i++) feed(receiver, message(`${i}`, "", ""));
    t.equal(record.delivered.split("|").length, 6, "other branches are delivered");
    feed(receiver, message("5", "", ""));
    t.equal(record.delivered.split("|").length, 6, "the last of them once");
    clock.seconds = 200;
    feed(receiver, message("5", "", ""));
    t.equal(record.delivered.split("|").length, 7, "a branch is free again after 32 seconds");
  });

  t.test("sip: the answer is the same for a good and for a forged message", () => {
    const receiver = open();
    feed(receiver, message("good", "", ""));
    const expected = record.replied;
    forget(record);
    record.verdict = DIGEST_WRONG;
    t.equal(feed(receiver, message("evil", "", "")), OK, "status");
    t.equal(record.replied.split("evil").join("good"), expected, "replied");
  });

  t.test("sip: OPTIONS", () => {
    const receiver = open();
    const options = message("o", "", `Content-Type: ${TYPE_13}\r\n`).split("MESSAGE").join("OPTIONS");
    t.equal(feed(receiver, options), OK, "status");
    t.equal(answer(), "200 OK", "answer");
    t.equal(record.replied.indexOf("\r\nAllow: MESSAGE, OPTIONS\r\n") > 0, true, "Allow");
    t.equal(record.replied.indexOf(`\r\nAccept: ${TYPE_13}, ${TYPE_12}\r\n`) > 0, true, "Accept");
    t.equal(record.delivered, "", "delivered");
  });

  t.test("sip: what is refused, and how", () => {
    let long = "";
    for (let i = 0; i < 1301; i++) long += "x";
    const type = `Content-Type: ${TYPE_13}\r\n`;
    const length = "Content-Length: 13\r\n";
    const rows: [string, number, string][] = [
      [message("1", "", "").split("MESSAGE").join("INVITE"), SIP_METHOD, "405 Method Not Allowed"],
      [message("1", "", "").split("MESSAGE").join("PRACK"), SIP_METHOD, "405 Method Not Allowed"],
      [message("1", "", "").split("MESSAGE").join("CANCEL"), SIP_METHOD, "481 Call/Transaction Does Not Exist"],
      [message("1", "", "").split("MESSAGE").join("BYE"), SIP_METHOD, "481 Call/Transaction Does Not Exist"],
      [message("1", "", "").split("MESSAGE").join("FOO"), SIP_METHOD, "501 Not Implemented"],
      [message("1", "", "").split("MESSAGE").join("message"), SIP_METHOD, "501 Not Implemented"],
      [
        message("1", "", "").split("sip:device@192").join("im:device@192"),
        SIP_URI_SCHEME,
        "416 Unsupported URI Scheme",
      ],
      [message("1", "Require: foo\r\n", ""), SIP_REQUIRE, "420 Bad Extension"],
      [message("1", "", type), SIP_CONTENT_TYPE, "415 Unsupported Media Type"],
      [message("1", "c: text/plain\r\n", type), SIP_CONTENT_TYPE, "415 Unsupported Media Type"],
      [message("1", "e: gzip\r\n", ""), SIP_CONTENT_TYPE, "415 Unsupported Media Type"],
      [message("1", type, ""), SIP_HEADER, "400 Bad Request"],
      [message("1", "broken\r\n", ""), SIP_HEADER, "400 Bad Request"],
      [message("1", "", "From: <sip:dms@example.com>;tag=1\r\n"), SIP_HEADER_MISSING, "400 Bad Request"],
      [message("1", "", "Max-Forwards: 70\r\n"), SIP_HEADER_MISSING, "400 Bad Request"],
      [message("1", "", "").split("To: <").join('To: "<'), SIP_HEADER, "400 Bad Request"],
      [message("1", "", "").split("1 MESSAGE").join("1 INVITE"), SIP_HEADER, "400 Bad Request"],
      [message("1", "l: 14\r\n", length), SIP_CONTENT_LENGTH, "400 Bad Request"],
      [message("1", "l: x\r\n", length), SIP_CONTENT_LENGTH, "400 Bad Request"],
      [message("1", "", length) + long, SIP_BODY_LONG, "513 Message Too Large"],
      [message("1", "", "").split("SIP/2.0\r\n").join("SIP/3.0\r\n"), SIP_VERSION, "505 Version Not Supported"],
    ];
    for (let i = 0; i < rows.length; i++) {
      const receiver = open();
      t.equal(feed(receiver, rows[i][0]), rows[i][1], `status of row ${i}`);
      t.equal(record.refused, `${rows[i][1]}|`, `refused in row ${i}`);
      t.equal(answer(), rows[i][2], `answer to row ${i}`);
      t.equal(record.delivered, "", `delivered in row ${i}`);
    }
    const receiver = open();
    feed(receiver, message("1", "Require: foo\r\n", ""));
    t.equal(record.replied.indexOf("\r\nUnsupported: foo\r\n") > 0, true, "Unsupported");
  });

  t.test("sip: what is not answered", () => {
    const rows: [string, number][] = [
      ["", OK],
      ["\r\n\r\n", OK],
      ["\x00", OK],
      ["hello", SIP_START_LINE],
      ["\r\nMESSAGE sip:a SIP/2.0", SIP_START_LINE],
      ["MESSAGE  SIP/2.0\r\n\r\n", SIP_START_LINE],
      ["POST / HTTP/1.1\r\nVia: SIP/2.0/UDP a\r\n\r\n", SIP_START_LINE],
      ["SIP/2.0 200 OK\r\n\r\n", SIP_RESPONSE],
      [message("1", "", "Via: SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bK1\r\n"), SIP_HEADER_MISSING],
      [message("1", "", "").split("SIP/2.0/UDP").join("HTTP/1.1/TCP"), SIP_HEADER],
      [message("1", "", "").split(":5061").join(":66000"), SIP_HEADER],
      [message("1", "", "").split("MESSAGE").join("ACK"), OK],
    ];
    for (let i = 0; i < rows.length; i++) {
      const receiver = open();
      t.equal(feed(receiver, rows[i][0]), rows[i][1], `status of row ${i}`);
      t.equal(record.replied + record.delivered, "", `nothing of row ${i}`);
    }
  });

  t.test("sip: what is long", () => {
    let vias = "";
    for (let i = 0; i < 30; i++)
      vias += "v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK01234567890123456789012345678901234567890\r\n";
    let receiver = open();
    t.equal(feed(receiver, message("1", vias, "")), OK, "30 Via headers");
    t.equal(record.replied.split("Via: ").length, 32, "all of them go back");
    t.equal(record.delivered, `88:${BODY}|`, "delivered");
    let long = "";
    for (let i = 0; i < 4096; i++) long += "x";
    receiver = open();
    t.equal(feed(receiver, message("1", "", "") + long), SIP_MESSAGE_LONG, "a datagram");
    t.equal(answer(), "513 Message Too Large", "answer");
    t.equal(record.delivered, "", "delivered");
  });

  t.test("sip: a forged message with the headers of the genuine one does not keep that from being delivered", () => {
    const genuine = message("1", "", "");
    const forged = genuine.split(BODY).join(BODY.split("body").join("evil"));
    const receiver = open();
    clock.seconds = 100;
    t.equal(feed(receiver, forged), OK, "the forged one");
    t.equal(feed(receiver, genuine), OK, "the genuine one");
    t.equal(record.delivered.split("|").length, 3, "both are judged");
    t.equal(feed(receiver, genuine), OK, "the genuine one again");
    t.equal(record.delivered.split("|").length, 3, "a retransmission is not");
  });

  t.test("sip: merged requests", () => {
    const genuine = message("1", "", "");
    const merged = genuine.split("branch=z9hG4bK1").join("branch=z9hG4bK2");
    const receiver = open();
    clock.seconds = 100;
    feed(receiver, genuine);
    forget(record);
    t.equal(feed(receiver, merged), SIP_MERGED, "by another way");
    t.equal(answer(), "482 Loop Detected", "answer");
    t.equal(record.delivered, "", "delivered");
    forget(record);
    feed(receiver, merged.split("CSeq: 1").join("CSeq: 2"));
    feed(receiver, merged.split("tag=1").join("tag=2"));
    feed(receiver, merged.split("Call-ID: ").join("Call-ID: x"));
    feed(receiver, merged.split("body").join("else"));
    t.equal(record.delivered.split("|").length, 5, "others are delivered");
    const inDialog = open();
    const tagged = (text: string) =>
      text.split("To: <sip:device@example.com>").join("To: <sip:device@example.com>;tag=d");
    feed(inDialog, tagged(genuine));
    t.equal(feed(inDialog, tagged(merged)), OK, "with a tag of To");
    clock.seconds = 133;
    t.equal(feed(inDialog, genuine), OK, "later than 32 seconds");
  });

  t.test("sip: the rows of Require are joined", () => {
    const receiver = open();
    t.equal(feed(receiver, message("1", "Require: foo\r\nREQUIRE: bar, x\r\n", "")), SIP_REQUIRE, "status");
    t.equal(record.replied.indexOf("\r\nUnsupported: foo, bar, x\r\n") > 0, true, "Unsupported");
  });

  t.test("sip: no answer is more than twice as long as its request", () => {
    const rows = [
      "OPTIONS sip:d SIP/2.0\nv:SIP/2.0/UDP h\nf:sip:a\nt:sip:b\ni:c\nCSeq:1 OPTIONS\nMax-Forwards:1\n\n",
      "OPTIONS sip:d SIP/2.0\nv:SIP/2.0/UDP h\nf:a\nt:b\ni:c\nCSeq:1 OPTIONS\n\n",
      "X sip:d SIP/2.0\nv:SIP/2.0/UDP h\n\n",
      "BYE sip:d SIP/2.0\nv:SIP/2.0/UDP h;rport\n\n",
    ];
    for (let i = 0; i < rows.length; i++) {
      const receiver = open();
      feed(receiver, rows[i]);
      t.equal(record.replied.length - 1 <= 2 * rows[i].length, true, `answer to row ${i}`);
    }
    feed(open(), rows[0]);
    t.equal(answer(), "200 OK", "a short one is answered");
    t.equal(record.replied.indexOf("Accept"), -1, "without what is good to know");
  });

  t.test("sip: what the sender writes, the device takes, and the sender reads its answer", () => {
    const body = bytesOf(BODY);
    const out = new Uint8Array(1400);
    const fields = {
      uri: "sip:device@example.com;gr=urn:uuid:1",
      from: "sip:dms@example.com",
      sentBy: "192.0.2.1:5061",
      branch: "b1",
      tag: "t1",
      callId: "c1",
      cseq: 7,
      contentType: CONTENT_TYPE_13,
    };
    const receiver = open();
    const end = writeSipMessage(fields, body, 0, body.length, out, 2);
    t.equal(receiver.receive(out, 2, end, "192.0.2.1", 5062), OK, "status");
    t.equal(record.delivered, `88:${BODY}|`, "delivered");
    const size = end - 2 - body.length;
    const long = new Uint8Array(1300);
    t.equal(writeSipMessage(fields, long, 0, 1300 - size - 1, out, 0), 1300, "1300 bytes"); // a third digit of Content-Length
    t.equal(writeSipMessage(fields, long, 0, 1300 - size, out, 0), -SIP_BODY_LONG, "1301 bytes");
    t.equal(writeSipMessage(fields, long, 0, 900, new Uint8Array(1000), 0), -FIELD_BUFFER, "too little room");
    fields.uri = "sip:a\r\nX: y";
    t.equal(writeSipMessage(fields, body, 0, 1, out, 0), -FIELD_TEXT, "a URI of two lines");
  });

  t.test("sip: a sender sends again until the answer, for 32 seconds", () => {
    const body = bytesOf(BODY);
    let sent = "";
    let count = 0;
    const sender = createSipSender(clock, {
      send(bytes, from, to) {
        sent = textOf(bytes, from, to);
        count++;
      },
      uri: "sip:device@example.com",
      from: "sip:dms@example.com",
      sentBy: "192.0.2.1:5061",
      branch: "b1",
      tag: "t1",
      callId: "c1",
      cseq: 7,
      contentType: CONTENT_TYPE_13,
    });
    clock.seconds = 10;
    t.equal(sender.open(body, 0, body.length), MORE, "open");
    feed(open(), sent);
    const answered = record.replied.substring(0, record.replied.length - 1);
    const take = (text: string) => {
      const bytes = bytesOf(text);
      return sender.receive(bytes, 0, bytes.length);
    };
    const others = [
      BODY,
      answered.split("z9hG4bKb1").join("z9hG4bKb"),
      answered.split("7 MESSAGE").join("7 OPTIONS"),
      answered.split("7 MESSAGE").join("4294967296 MESSAGE"),
      answered.split("Call-ID").join("Via: SIP/2.0/UDP a\r\nCall-ID"), // RFC 3261 §8.1.3.3
      answered.split("SIP/2.0 200").join("SIP/2.0 4294967301"),
    ];
    for (let i = 0; i < others.length; i++) t.equal(take(others[i]), MORE, `no answer to it: ${i}`);
    t.equal(take(answered.split("200 OK").join("100 ")), MORE, "100 without a reason");
    for (clock.seconds = 11; clock.seconds < 42; clock.seconds++) t.equal(sender.tick(), MORE, "waits");
    t.equal(count, 10, "at 1, 3, 7, 11, ...");
    t.equal(take(answered.split("200 OK").join("200 = 2**3 * 5**2 \xd0\xbd")), OK, "taken");
    t.equal(sender.code(), 200, "code");
    t.equal(sender.tick(), OK, "stays");
    clock.seconds = 10;
    sender.open(body, 0, body.length);
    t.equal(take(answered.split("200 OK").join("404 Not Found")), SIP_REFUSED, "refused");
    sender.open(body, 0, body.length);
    clock.seconds = 42;
    t.equal(sender.tick(), SIP_NO_ANSWER, "given up");
    t.equal(sender.open(new Uint8Array(1300), 0, 1300), SIP_BODY_LONG, "too long");
  });
}
