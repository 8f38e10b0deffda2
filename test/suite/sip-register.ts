/** Registration for SIP Push (§7.3) against a scripted registrar, in the dialect of the engines. */

import { createMd5 } from "../../src/hash/md5.ts";
import { createSipRegisterSender, type SipRegisterSender } from "../../src/push/sip/register.ts";
import { FIELD_TEXT, MORE, OK, SIP_CHALLENGE, SIP_NO_ANSWER, SIP_REFUSED, SIP_RESPONSE } from "../../src/status.ts";
import type { T } from "./api.ts";
import { bytesOf, clock, lines, textOf } from "./bearers.ts";

let sent = "";
let sentCount = 0;
let told = "";
let tokens = 0;

function open(hasCredentials: boolean): SipRegisterSender {
  sent = "";
  sentCount = 0;
  told = "";
  tokens = 0;
  const options = {
    send(bytes: Uint8Array, from: number, to: number): void {
      sent = textOf(bytes, from, to);
      sentCount++;
    },
    token: () => `token${tokens++}`,
    registrar: "sip:example.com",
    address: "sip:device@example.com",
    contact: "sip:device@192.0.2.4:5060",
    sentBy: "192.0.2.4:5060",
    instance: "urn:uuid:1",
    onChanged(status: number, pubGruu: string, tempGruu: string): void {
      told += `${status} ${pubGruu} ${tempGruu}|`;
    },
  };
  const credentials = { name: "device", password: "secret", md5: createMd5() };
  const registration = createSipRegisterSender(
    clock,
    hasCredentials
      ? {
          send: options.send,
          token: options.token,
          registrar: options.registrar,
          address: options.address,
          contact: options.contact,
          sentBy: options.sentBy,
          instance: options.instance,
          onChanged: options.onChanged,
          credentials,
        }
      : options,
  );
  clock.seconds = 1000;
  registration.open();
  registration.tick();
  return registration;
}

/** The registrar's response to the last request. */
function respond(registration: SipRegisterSender, code: string, headers: string): number {
  const viaAt = sent.indexOf("Via: ");
  const via = sent.substring(viaAt, sent.indexOf("\r\n", viaAt));
  const bytes = bytesOf(lines(`SIP/2.0 ${code}\n${via};received=192.0.2.4\nCSeq: 1 REGISTER\n${headers}\n`));
  return registration.receive(bytes, 0, bytes.length);
}

function quoted(name: string): string {
  const at = sent.indexOf(`${name}="`);
  return at < 0 ? "" : sent.substring(at + name.length + 2, sent.indexOf('"', at + name.length + 2));
}

function md5(text: string): string {
  const hash = createMd5();
  const out = new Uint8Array(16);
  hash.start();
  hash.add(bytesOf(text), 0, text.length);
  hash.end(out, 0);
  let hex = "";
  for (let i = 0; i < 16; i++) hex += (out[i] >> 4).toString(16) + (out[i] & 15).toString(16);
  return hex;
}

/** The response of RFC 2617 §3.2.2.1 for the device's password; `middle` is the text between the two hashes. */
function digest(middle: string): string {
  return md5(`${md5("device:example.com:secret")}:${middle}:${md5("REGISTER:sip:example.com")}`);
}

export function sipRegister(t: T): void {
  t.test("sip register: with the feature tag, and GRUUs granted", () => {
    const registration = open(false);
    t.equal(
      sent,
      lines(`REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.4:5060;rport;branch=z9hG4bKtoken2
Max-Forwards: 70
From: <sip:device@example.com>;tag=token1
To: <sip:device@example.com>
Call-ID: token0
CSeq: 1 REGISTER
Contact: <sip:device@192.0.2.4:5060>;+sip.instance="<urn:uuid:1>";+g.oma.eventappid="syncml.dm";expires=3600
Supported: gruu
Allow: MESSAGE, OPTIONS
Content-Length: 0

`),
      "sent",
    );
    t.equal(respond(registration, "100 Trying", ""), OK, "100");
    clock.seconds = 1000;
    t.equal(registration.tick(), MORE, "still open");
    const contacts = `Contact: <sip:other@192.0.2.7>;+sip.instance="<urn:uuid:0>";expires=9;pub-gruu="sip:no", <sip:device@192.0.2.4:5060>
 ;expires=1800;+sip.instance="<urn:uuid:1>";pub-gruu="sip:device@example.com;gr=urn:uuid:1";temp-gruu="sip:x@example.com;gr"
`;
    t.equal(respond(registration, "200 OK", contacts), OK, "200");
    t.equal(told, `${OK} sip:device@example.com;gr=urn:uuid:1 sip:x@example.com;gr|`, "told");
    clock.seconds = 2199;
    t.equal(registration.tick(), OK, "before the refresh");
    t.equal(sentCount, 1, "nothing sent");
    clock.seconds = 2200;
    t.equal(registration.tick(), MORE, "600 seconds before the end");
    t.equal(sentCount, 2, "refreshed");
    t.equal(sent.indexOf("\r\nCSeq: 2 REGISTER\r\n") > 0, true, "the next CSeq");
  });

  t.test("sip register: a challenge is answered as RFC 2617 says", () => {
    const registration = open(true);
    respond(
      registration,
      "401 Unauthorized",
      'WWW-Authenticate: Digest realm="example.com", nonce="n1", qop="auth,auth-int"\n',
    );
    t.equal(sentCount, 2, "asked again");
    t.equal(quoted("username"), "device", "username");
    t.equal(quoted("uri"), "sip:example.com", "uri");
    t.equal(quoted("response"), digest("n1:00000001:token4:auth"), "response");
    t.equal(sent.indexOf("nc=00000001") > 0, true, "nc");
    respond(registration, "200 OK", "Expires: 60\n");
    t.equal(told, `${OK}  |`, "told");
    clock.seconds = 1030;
    registration.tick();
    t.equal(sent.indexOf("nc=00000002") > 0, true, "the refresh uses the nonce again");
    respond(registration, "401 Unauthorized", 'WWW-Authenticate: Digest realm="example.com", nonce="n2"\n');
    t.equal(quoted("nonce"), "n2", "a new nonce");
    t.equal(sent.indexOf("qop="), -1, "without qop");
    t.equal(quoted("response"), digest("n2"), "response without qop");
    respond(registration, "401 Unauthorized", 'WWW-Authenticate: Digest realm="example.com", nonce="n3"\n');
    t.equal(told, `${OK}  |${SIP_CHALLENGE}  |`, "refused");
  });

  t.test("sip register: challenges that cannot be answered", () => {
    const rows = [
      'WWW-Authenticate: Digest realm="x", nonce="n", algorithm=SHA-256\n',
      'WWW-Authenticate: Digest realm="x", nonce="n", qop="auth-int"\n',
      'WWW-Authenticate: Digest realm="x"\n',
      'WWW-Authenticate: Digest realm="x", nonce="n\n',
      "WWW-Authenticate: Basic realm=x\n",
      "",
    ];
    for (let i = 0; i < rows.length; i++) {
      const registration = open(true);
      t.equal(respond(registration, "401 Unauthorized", rows[i]), OK, `row ${i}`);
      t.equal(told, `${SIP_CHALLENGE}  |`, `told in row ${i}`);
      t.equal(sentCount, 1, `sent in row ${i}`);
    }
    const plain = open(false);
    respond(plain, "401 Unauthorized", 'WWW-Authenticate: Digest realm="x", nonce="n"\n');
    t.equal(told, `${SIP_CHALLENGE}  |`, "without credentials");
  });

  t.test("sip register: no answer, refusals, and trying again", () => {
    const registration = open(false);
    const first = sent;
    for (clock.seconds = 1001; clock.seconds < 1032; clock.seconds++) registration.tick();
    t.equal(sentCount, 10, "retransmitted at 1, 3, 7, 11, ...");
    t.equal(sent, first, "the same bytes");
    clock.seconds = 1032;
    t.equal(registration.tick(), OK, "given up");
    t.equal(told, `${SIP_NO_ANSWER}  |`, "told");
    clock.seconds = 1061;
    registration.tick();
    t.equal(sentCount, 10, "waits");
    clock.seconds = 1062;
    registration.tick();
    t.equal(sentCount, 11, "tries again");
    respond(registration, "423 Interval Too Brief", "Min-Expires: 7200\n");
    t.equal(sent.indexOf(";expires=7200\r\n") > 0, true, "longer");
    respond(registration, "403 Forbidden", "");
    t.equal(told, `${SIP_NO_ANSWER}  |${SIP_REFUSED}  |`, "refused");
    t.equal(respond(registration, "200 OK", ""), SIP_RESPONSE, "an answer too late");
    const bytes = bytesOf(lines("SIP/2.0 200 OK\nVia: SIP/2.0/UDP a;branch=z9hG4bKforged\n\n"));
    clock.seconds = 1200;
    registration.tick();
    t.equal(registration.receive(bytes, 0, bytes.length), SIP_RESPONSE, "a forged answer");
    registration.close();
    t.equal(sent.indexOf(";expires=0\r\n") > 0, true, "closed");
    clock.seconds = 9999;
    t.equal(registration.tick(), OK, "stays closed");
  });

  t.test("sip register: our contact is found by its URI where the registrar says no instance", () => {
    const other = "<sip:other@192.0.2.7>;expires=9";
    const rows: [string, number][] = [
      ["Contact: <sip:device@192.0.2.4:5060>;expires=120", 60],
      [`Contact: ${other}, <sip:device@192.0.2.4>;expires=120`, 60],
      [`m: ${other}\nm: "a, b" <SIP:device@192.0.2.4:5060;ob>;q=1;expires=120 , ${other}`, 60],
      ["Contact: sip:device@192.0.2.4:5060;expires=120", 60],
      ["Expires: 120\nContact: <sip:device@192.0.2.4:5060>", 60],
      ["Contact: <sip:device@192.0.2.4:5060>\nExpires: 120", 60],
      ["Expires: 120", 60],
      ["Contact: <sip:device@192.0.2.4:5060>;expires=4294967295", 4294966695],
      ["Contact: <sip:device@192.0.2.4:5060>;expires=0000000120", 60],
      ["Contact: <sip:device@192.0.2.4:5060>;expires=1", 1],
      ["Contact: <sip:device@192.0.2.4:5060>;expires=4294967296", 3000], // malformed: 3600 (§20.19)
      ["Contact: <sip:device@192.0.2.4:5060>;expires=soon", 3000],
      ["", 3000],
    ];
    for (let i = 0; i < rows.length; i++) {
      const registration = open(false);
      respond(registration, "200 OK", rows[i][0] === "" ? "" : `${rows[i][0]}\n`);
      t.equal(told, `${OK}  |`, `row ${i}`);
      clock.seconds = 1000 + rows[i][1] - 1;
      registration.tick();
      t.equal(sentCount, 1, `row ${i} is not refreshed too early`);
      clock.seconds++;
      registration.tick();
      t.equal(sentCount, 2, `row ${i} is refreshed`);
    }
    const refused = [
      `Contact: ${other}`,
      'Contact: <sip:device@192.0.2.4:5060>;+sip.instance="<urn:uuid:2>"',
      "Contact: <sip:Device@192.0.2.4:5060>",
      "Contact: <sip:device@192.0.2.4:5061>",
      "Contact: <sip:device@192.0.2.4:5060>;expires=0",
    ];
    for (let i = 0; i < refused.length; i++) {
      respond(open(false), "200 OK", `${refused[i]}\n`);
      t.equal(told, `${SIP_REFUSED}  |`, `refused ${i}`);
    }
  });

  t.test("sip register: what has no place in a line is told, and never sent", () => {
    const rows: [string, string, string][] = [
      ["", "sip:device@192.0.2.4", "device"],
      ["urn:uuid:1>\r\nX: y", "sip:device@192.0.2.4", "device"],
      ["urn:uuid:1", "sip:device @192.0.2.4", "device"],
      ["urn:uuid:1", "sip:device@192.0.2.4", 'a"b'],
    ];
    let statuses = "";
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      statuses = "";
      const registration = createSipRegisterSender(clock, {
        send: () => {
          count++;
        },
        token: () => "token",
        registrar: "sip:example.com",
        address: "sip:device@example.com",
        contact: rows[i][1],
        sentBy: "192.0.2.4",
        instance: rows[i][0],
        credentials: { name: rows[i][2], password: "", md5: createMd5() },
        onChanged: status => {
          statuses += `${status}|`;
        },
      });
      registration.open();
      registration.tick();
      registration.close();
      t.equal(statuses, `${FIELD_TEXT}|`, `told of row ${i}`);
      t.equal(count, 0, `sent of row ${i}`);
    }
  });
}
