/**
 * RFC 4475, the torture tests of SIP, as far as they concern a user agent that takes MESSAGE and sends REGISTER. A torture
 * of a request with another method is applied to a MESSAGE. Each row has the section and name in the RFC, the message, the
 * right answer, and our answer. When the RFC leaves a choice ("may", "acceptable"), our answer is the strict one.
 */
import { createSipReceiver } from "../../src/push/sip/receiver.ts";
import { createSipSender } from "../../src/push/sip/sender.ts";
import { MORE } from "../../src/status.ts";
import { CONTENT_TYPE_13 } from "../../src/wire.ts";
import type { T } from "./api.ts";
import { bytesOf, clock, forget, lines, newRecord, recording, TYPE_13 } from "./bearers.ts";

const record = newRecord();
const BODY = "body";

/** A header, or none, in place of the one with its name; `start` in place of the first line. */
function message(start: string, changes: string[]): string {
  const headers = [
    "Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bKtorture",
    "From: <sip:caller@example.net>;tag=1",
    "To: <sip:user@example.com>",
    "Call-ID: torture.0ha0isndaksdj@192.0.2.1",
    "CSeq: 8 MESSAGE",
    "Max-Forwards: 70",
    `Content-Type: ${TYPE_13}`,
    "Content-Length: 4",
  ];
  let rest = "";
  for (let i = 0; i < changes.length; i++) {
    const name = changes[i].substring(0, changes[i].indexOf(":")).split(" ").join("").toLowerCase();
    let isThere = false;
    for (let k = 0; k < headers.length; k++) {
      if (headers[k].substring(0, headers[k].indexOf(":")).toLowerCase() !== name) continue;
      headers[k] = changes[i];
      isThere = true;
    }
    if (!isThere) rest += `${changes[i]}\n`;
  }
  let text = start === "" ? "MESSAGE sip:user@example.com SIP/2.0" : start;
  for (let i = 0; i < headers.length; i++)
    if (headers[i].charAt(headers[i].length - 1) !== ":") text += `\n${headers[i]}`;
  return `${lines(`${text}\n${rest}\n`)}${BODY}`;
}

const UNUSUAL =
  "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com";
const METHOD = "!interesting-Method0123456789_*+`.%indeed'~";
let longVias = "";
for (let i = 0; i < 10; i++) {
  longVias += `${i === 0 ? "" : "\n"}Via: SIP/2.0/UDP sip${i}.example.com;branch=z9hG4bK`;
  while (longVias.length < 120 * (i + 1)) longVias += "long";
}

/** `[section and name, message, right answer, ours]`; "" is no answer. Ours is "=" where it is the right one. */
const ROWS: [string, string, string, string][] = [
  [
    "3.1.1.1 wsinv",
    message("MESSAGE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0", [
      "To:\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n",
      'From   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\n  ;\n  tag = 98asjd8',
      "Max-Forwards: 0068",
      "CSeq: 0009\n  MESSAGE",
      "Via  : SIP  /   2.0\n /UDP\n    192.0.2.2;branch=390skdjuw",
      "s :",
      "NewFangledHeader:   newfangled value\n continued newfangled value",
      "UnknownHeaderWithUnusualValue: ;;,,;;,;",
      "Route:\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>",
      "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\n  branch  =   z9hG4bK9ikj8  ,\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\n z9hG4bK30239",
      'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\n      newvalue ;\n  secondparam ; q = 0.33',
    ]),
    "200",
    "=",
  ],
  [
    "3.1.1.2 intmeth",
    message(`${METHOD} ${UNUSUAL} SIP/2.0`, [
      "Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
      `To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <${UNUSUAL}>`,
      "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\";tag=_token~1'+`*%!-.",
      "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
      `CSeq: 139122385 ${METHOD}`,
      "Max-Forwards: 255",
      "extensionHeader-!.%*+_`'~:\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb",
    ]),
    "501",
    "=",
  ],
  ["3.1.1.2, the NUL alone", message("", ['To: "NUL:\\\x00" <sip:user@example.com>']), "200", "="],
  [
    "3.1.1.3 esc01",
    message("MESSAGE sip:sips%3Auser%40example.com@example.net SIP/2.0", [
      "To: sip:%75se%72@example.com",
      "From: <sip:I%20have%20spaces@example.net>;tag=938",
    ]),
    "200",
    "=",
  ],
  [
    "3.1.1.4 escnull",
    message("", ["To: sip:null-%00-null@example.com", "From: sip:null-%00-null@example.com;tag=839923423"]),
    "200",
    "=",
  ],
  [
    "3.1.1.5 esc02",
    message("RE%47IST%45R sip:registrar.example.com SIP/2.0", ["CSeq: 29344 RE%47IST%45R"]),
    "501",
    "=",
  ],
  ["3.1.1.6 lwsdisp", message("", ["From: caller<sip:caller@example.com>;tag=323"]), "200", "="],
  [
    "3.1.1.7 longreq",
    message("", [
      `To: "I have a user name of ${longVias.split("\n").join(" ").split('"').join("")} proportion"<sip:user@example.com:6000;unknownparam1=verylonglonglong;shortparam=verylonglonglong>`,
      "Max-Forwards: 70",
      longVias,
    ]),
    "200",
    "=",
  ],
  ["3.1.1.8 dblreq", `${message("", [])}INVITE sip:joe@example.com SIP/2.0\r\n`, "200", "="],
  ["3.1.1.9 semiuri", message("MESSAGE sip:user;par=u%40example.net@example.com SIP/2.0", []), "200", "="],
  [
    "3.1.1.10 transports",
    message("", [
      "Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw\nVia: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf\nVia: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj\nVia: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en\nVia: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee",
    ]),
    "200",
    "=",
  ],
  ["3.1.1.11 mpart01", message("", ["Content-Type: multipart/mixed;boundary=7a9cbec02ceef655"]), "415", "="],
  [
    "3.1.2.1 badinv01",
    message("", ["Via: SIP/2.0/UDP 192.0.2.15;;,;,,", 'Contact: "Joe" <sip:joe@example.org>;;;;']),
    "400",
    "=",
  ],
  ["3.1.2.2 clerr", message("", ["Content-Length: 9999"]), "400", "="],
  ["3.1.2.3 ncl", message("", ["Content-Length: -999"]), "400", "="],
  ["3.1.2.4 scalar02, CSeq", message("", ["CSeq: 36893488147419103232 MESSAGE"]), "400", "="],
  ["3.1.2.4 scalar02, Max-Forwards", message("", ["Max-Forwards: 300"]), "400", "="],
  ["3.1.2.6 quotbal", message("", ['To: "Mr. J. User <sip:j.user@example.com>']), "400", "="],
  ["3.1.2.7 ltgtruri", message("MESSAGE <sip:user@example.com> SIP/2.0", []), "400", "="],
  ["3.1.2.8 lwsruri", message("MESSAGE sip:user@example.com; lr SIP/2.0", []), "400", "="],
  ["3.1.2.9 lwsstart", message("MESSAGE  sip:user@example.com  SIP/2.0", []), "400", "="],
  ["3.1.2.10 trws", message("MESSAGE sip:remote-target@example.com SIP/2.0  ", []), "400", "="],
  ["3.1.2.11 escruri", message("MESSAGE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0", []), "400", "="],
  ["3.1.2.12 baddate", message("", ["Date: Fri, 01 Jan 2010 16:00:00 EST"]), "400, or passed over", "200"],
  [
    "3.1.2.13 regbadct",
    message("", ["Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"]),
    "400 of a registrar",
    "200",
  ],
  [
    "3.1.2.14 badaspec",
    message("", ['To: "Watson, Thomas" < sip:t.watson@example.org >']),
    "400, or passed over",
    "400",
  ],
  [
    "3.1.2.15 baddn",
    message("", ["From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43"]),
    "400, or passed over",
    "400",
  ],
  ["3.1.2.16 badvers", message("MESSAGE sip:t.watson@example.org SIP/7.0", []), "505", "="],
  ["3.1.2.17 mismatch01", message("", ["CSeq: 8 INVITE"]), "400", "="],
  ["3.1.2.18 mismatch02", message("NEWMETHOD sip:user@example.com SIP/2.0", ["CSeq: 8 INVITE"]), "400 or 501", "400"],
  ["3.2.1 badbranch", message("", ["Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"]), "200", "="],
  ["3.3.1 insuf", message("", ["From:", "To:", "Call-ID:"]), "400", "="],
  ["3.3.2 unkscm", message("MESSAGE nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0", []), "416", "="],
  ["3.3.3 novelsc", message("MESSAGE soap.beep://192.0.2.103:3002 SIP/2.0", []), "416", "="],
  ["3.3.4 unksm2", message("", ["To: isbn:2983792873"]), "400 of a registrar", "200"],
  [
    "3.3.5 bext01",
    message("", ["Require: nothingSupportsThis, nothingSupportsThisEither", "Proxy-Require: noProxiesSupportThis"]),
    "420",
    "=",
  ],
  ["3.3.6 invut", message("", ["Content-Type: application/unknownformat"]), "415", "="],
  ["3.3.8 multi01, CSeq", message("", ["CSeq: 8 MESSAGE\nCSeq: 59 MESSAGE"]), "400", "="],
  ["3.3.8 multi01, Call-ID", message("", ["Call-ID: a\nCall-ID: b"]), "400", "="],
  ["3.3.8 multi01, To", message("", ["To: <sip:a@example.com>\nTo: <sip:b@example.com>"]), "400", "="],
  [
    "3.3.8 multi01, From",
    message("", ["From: <sip:a@example.com>;tag=1\nFrom: <sip:b@example.com>;tag=2"]),
    "400",
    "=",
  ],
  ["3.3.8 multi01, Max-Forwards", message("", ["Max-Forwards: 70\nMax-Forwards: 5"]), "400", "="],
  ["3.3.8 multi01, Content-Type", message("", [`Content-Type: ${TYPE_13}\nContent-Type: text/plain`]), "400", "="],
  ["3.3.9 mcl01", message("", ["Content-Length: 4\nContent-Length: 3"]), "400", "="],
  ["3.3.11 zeromf", message("", ["Max-Forwards: 0"]), "200", "="],
  ["3.3.15 sdp01", message("", ["Accept: text/nobodyKnowsThis"]), "200: a MESSAGE has no answer to accept", "200"],
  // RFC 3428 came after RFC 3261: no MESSAGE is one of RFC 2543, so what RFC 3261 demands is demanded
  [
    "3.4.1 inv2543",
    message("", ["Via: SIP/2.0/UDP 192.0.2.17", "From: <sip:caller@example.net>", "Max-Forwards:"]),
    "taken, for those that want to",
    "400",
  ],
  // of this kind
  ["CSeq of 11 digits", message("", ["CSeq: 00000000008 MESSAGE"]), "200", "="],
  ["CSeq 2^31 - 1", message("", ["CSeq: 2147483647 MESSAGE"]), "200", "="],
  ["CSeq 2^31", message("", ["CSeq: 2147483648 MESSAGE"]), "400", "="],
  ["CSeq 9999999999", message("", ["CSeq: 9999999999 MESSAGE"]), "400", "="],
  ["CSeq of letters", message("", ["CSeq: 0x8 MESSAGE"]), "400", "="],
  ["no From", message("", ["From:"]), "400", "="],
  ["no To", message("", ["To:"]), "400", "="],
  ["no Call-ID", message("", ["Call-ID:"]), "400", "="],
  ["no CSeq", message("", ["CSeq:"]), "400", "="],
  ["no Max-Forwards", message("", ["Max-Forwards:"]), "400", "="],
  ["no Via", message("", ["Via:"]), "", "="],
  ["To ending in ;", message("", ["To: <sip:user@example.com>;"]), "400", "="],
  ["a parameter without its value", message("", ["To: <sip:user@example.com>;x="]), "400", "="],
  ["To without a scheme", message("", ["To: <user@example.com>"]), "400", "="],
  ["To without an end", message("", ["To: <sip:user@example.com"]), "400", "="],
  ["a control character in quotes", message("", ['To: "\x07" <sip:user@example.com>']), "400", "="],
  ["10 Via of 120 octets", message("", [longVias]), "200", "="],
  ["a Via that is none behind a good one", message("", ["Via: SIP/2.0/UDP a;branch=z9hG4bK1, x"]), "400", "="],
  ["a line that is no header", message("", ["Via: SIP/2.0/UDP a;branch=z9hG4bK1\nbroken"]), "400", "="],
  ["a blank line in front", `\r\n\r\n${message("", [])}`, "200", "="],
];

export function sipTorture(t: T): void {
  t.test("sip: RFC 4475", () => {
    for (let i = 0; i < ROWS.length; i++) {
      const row = ROWS[i];
      forget(record);
      const options = recording(record);
      const receiver = createSipReceiver(clock, {
        deliver: options.deliver,
        reply: options.reply,
        onRefused: options.onRefused,
        tag: "devtag01",
      });
      const bytes = bytesOf(row[1]);
      receiver.receive(bytes, 0, bytes.length, "192.0.2.1", 5060);
      const ours = row[3] === "=" ? row[2] : row[3];
      t.equal(record.replied.substring(8, 11), ours, `answer to ${row[0]}`);
      t.equal(record.delivered, ours === "200" ? `88:${BODY}|` : "", `delivered of ${row[0]}`);
      t.equal(record.replied.length <= 2 * bytes.length, true, `bytes of the answer to ${row[0]}`);
    }
  });

  t.test("sip: RFC 4475, responses", () => {
    const via = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb1";
    const cseq = "CSeq: 1 MESSAGE";
    const rows: [string, string, number][] = [
      ["3.1.1.12 unreason", `SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe\n${via}\n${cseq}\n\n`, 200],
      ["3.1.1.13 noreason", `SIP/2.0 400 \n${via}\n${cseq}\n\n`, 400],
      ["3.1.2.5 scalarlg", `SIP/2.0 503 Service Unavailable\n${via}\nCSeq: 9292394834772304023312 MESSAGE\n\n`, 0],
      ["3.1.2.19 bigcode", `SIP/2.0 4294967301 better not break the receiver\n${via}\n${cseq}\n\n`, 0],
      ["3.3.10 bcast", `SIP/2.0 200 OK\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\n${cseq}\n\n`, 0],
      ["two Via", `SIP/2.0 200 OK\n${via}\n${via}\n${cseq}\n\n`, 0],
    ];
    for (let i = 0; i < rows.length; i++) {
      const sender = createSipSender(clock, {
        send: () => {},
        uri: "sip:user@example.com",
        from: "sip:caller@example.net",
        sentBy: "192.0.2.1",
        branch: "b1",
        tag: "t",
        callId: "c",
        cseq: 1,
        contentType: CONTENT_TYPE_13,
      });
      sender.open(bytesOf(BODY), 0, 4);
      const bytes = bytesOf(lines(rows[i][1]));
      t.equal(sender.receive(bytes, 0, bytes.length) === MORE, rows[i][2] === 0, `taken: ${rows[i][0]}`);
      t.equal(sender.code(), rows[i][2], `code of ${rows[i][0]}`);
    }
  });
}
