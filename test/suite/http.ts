/** HTTP Push (§7.4), in the dialect of the engines. */

import type { PushConnection } from "../../src/push/connection.ts";
import { createHttpReceiver } from "../../src/push/http/receiver.ts";
import { createHttpSender } from "../../src/push/http/sender.ts";
import { writeHttpPost } from "../../src/push/http/write.ts";
import {
  DIGEST_WRONG,
  FIELD_BUFFER,
  FIELD_RANGE,
  FIELD_TEXT,
  HTTP_APPLICATION_OTHER,
  HTTP_BODY_LONG,
  HTTP_CHUNK,
  HTTP_CONTENT_LENGTH,
  HTTP_CONTENT_TYPE,
  HTTP_CUT,
  HTTP_END,
  HTTP_HEADER,
  HTTP_HEADERS_LONG,
  HTTP_LENGTH_MISSING,
  HTTP_METHOD,
  HTTP_NO_ANSWER,
  HTTP_PATH,
  HTTP_PIPELINED,
  HTTP_REFUSED,
  HTTP_SLOW,
  HTTP_START_LINE,
  HTTP_TRANSFER_ENCODING,
  HTTP_VERSION,
  MORE,
  OK,
} from "../../src/status.ts";
import { CONTENT_TYPE_13 } from "../../src/wire.ts";
import type { T } from "./api.ts";
import { bytesOf, clock, forget, lines, newRecord, recording, TYPE_12, TYPE_13, textOf } from "./bearers.ts";

const BODY = "\x15P\x00\r\n\r\n\xff\x00body"; // any bytes, because HTTP does not look into the body
const POST = lines("POST /wappush HTTP/1.1\nHost: device\n");
const DIRECT = lines(
  `Content-Type: ${TYPE_13}\nX-Wap-Application-Id: x-wap-application:syncml.dm\nX-Wap-Push-OTA-Version: 1.0\n`,
);
const ACCEPTED = lines("HTTP/1.1 204 No Content\nX-Wap-Push-OTA-Version: 1.0\nX-Wap-Push-Status: 400\n\n");

function sized(headers: string, body: string): string {
  return `${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

const record = newRecord();

function open(bodyMax: number): PushConnection {
  forget(record);
  record.verdict = OK;
  const options = recording(record);
  return createHttpReceiver(clock, {
    deliver: options.deliver,
    reply: options.reply,
    onRefused: options.onRefused,
    terminalId: "imei:1",
    headersMax: 600,
    bodyMax,
  });
}

function feed(connection: PushConnection, text: string): number {
  const bytes = bytesOf(text);
  return connection.receive(bytes, 0, bytes.length);
}

/** The status line of the first answer, without the version. */
function answer(): string {
  const end = record.replied.indexOf("\r\n");
  return record.replied.substring(9, end < 0 ? record.replied.length : end);
}

export function http(t: T): void {
  const good = sized(POST + DIRECT, BODY);

  t.test("http: a direct entity", () => {
    const connection = open(700);
    t.equal(feed(connection, good), OK, "status");
    t.equal(record.delivered, `88:${BODY}|`, "delivered");
    t.equal(record.replied, `${ACCEPTED}|`, "replied");
    t.equal(feed(connection, sized(`${POST}content-type:${TYPE_12} ; v=1\r\n`, BODY)), OK, "status of 1.2");
    t.equal(record.delivered, `88:${BODY}|68:${BODY}|`, "delivered on the same connection");
  });

  t.test("http: split at every byte", () => {
    for (let i = 1; i < good.length; i++) {
      const connection = open(700);
      t.equal(feed(connection, good.substring(0, i)), MORE, `status after ${i} bytes`);
      t.equal(record.delivered + record.replied, "", `nothing after ${i} bytes`);
      t.equal(feed(connection, good.substring(i)), OK, `status after the rest from ${i}`);
      t.equal(record.delivered, `88:${BODY}|`, `delivered when split at ${i}`);
    }
  });

  t.test("http: pipelined, byte by byte", () => {
    const connection = open(700);
    const two = good + good;
    for (let i = 0; i < two.length; i++) feed(connection, two.charAt(i));
    t.equal(record.delivered, `88:${BODY}|88:${BODY}|`, "delivered");
    t.equal(record.replied, `${ACCEPTED}|${ACCEPTED}|`, "replied");
    feed(connection, `\r\n${two}${sized(lines("POST /other HTTP/1.1\nHost: d\n"), "x")}${good}`);
    t.equal(record.refused, `${HTTP_PATH}|`, "one refused among good ones");
    t.equal(record.delivered.split("|").length, 6, "five delivered");
  });

  t.test("http: the answer is the same for a good and for a forged message", () => {
    const connection = open(700);
    feed(connection, good);
    const expected = record.replied;
    forget(record);
    record.verdict = DIGEST_WRONG;
    t.equal(feed(connection, good), OK, "status");
    t.equal(record.replied, expected, "replied");
    t.equal(record.refused, "", "refused");
  });

  t.test("http: application/http", () => {
    const inner =
      lines(`HTTP/1.1 200 OK\nDate: x\n${DIRECT.split("\r").join("")}Content-Length: ${BODY.length}\n\n`) + BODY;
    const outer = `${POST}Content-Type: application/http\r\n`;
    const connection = open(700);
    feed(connection, sized(outer, inner));
    feed(connection, sized(outer, lines(`HTTP/1.1 200 OK\nContent-Type: ${TYPE_12}\n\n`) + BODY));
    t.equal(record.delivered, `88:${BODY}|68:${BODY}|`, "delivered");
    t.equal(record.replied, `${ACCEPTED}|${ACCEPTED}|`, "replied");
    feed(connection, sized(outer, lines("HTTP/1.1 200 OK\nContent-Type: text/plain\n\n") + BODY));
    feed(connection, sized(outer, lines(`HTTP/1.1 200 OK\nContent-Type: ${TYPE_13}\nContent-Length: 900\n\n`) + BODY));
    feed(connection, sized(outer, lines(`HTTP/1.1 200 OK\nContent-Type: application/http\n\n`) + BODY));
    feed(connection, sized(outer, "garbage"));
    feed(connection, sized(outer, lines(`HTTP/1.1 200 OK\nContent-Type: ${TYPE_13}`)));
    const statuses = [HTTP_CONTENT_TYPE, HTTP_CONTENT_LENGTH, HTTP_CONTENT_TYPE, HTTP_START_LINE, HTTP_HEADER];
    t.equal(record.refused, `${statuses.join("|")}|`, "refused");
  });

  t.test("http: chunked", () => {
    const chunked = `${POST}${DIRECT}Transfer-Encoding: chunked\r\n\r\n`;
    const connection = open(700);
    const message = `${chunked}5;a=b\r\n${BODY.substring(0, 5)}\r\n0A\r\n${BODY.substring(5)}\r\n000\r\nTrailer: x\r\n\r\n`;
    t.equal(BODY.length, 13, "the body's length");
    t.equal(feed(connection, message.split("0A\r\n").join("8\r\n")), OK, "status");
    t.equal(record.delivered, `88:${BODY}|`, "delivered");
    feed(connection, `${chunked}2bc\r\n`);
    t.equal(record.refused, "", "700 bytes are allowed");
    const bad = [
      "g\r\n",
      "\r\n",
      ";x\r\n",
      "-1\r\n",
      "1\r\nab\r\n",
      "5\r6\r\n",
      "5\n",
      "1 \r\n",
      "1 ;a\r\n",
      "1\r\na\n",
      "1;\x00\r\n",
      "1\r\na\r\n0\r\n x: y\r\n",
      "1\r\na\r\n0\r\nx\r\n",
      "1\r\na\r\n0\r\nx: y\n\r\n",
      "1\r\na\r\n0\r\n\n",
      "1\r\na\r\r\n",
      "12345678\r\n",
      "2bd\r\n",
    ];
    for (let i = 0; i < bad.length; i++) {
      const other = open(700);
      const status = feed(other, chunked + bad[i]);
      t.equal(status, i >= bad.length - 2 ? HTTP_BODY_LONG : HTTP_CHUNK, `status of chunk ${i}`);
      t.equal(answer(), i >= bad.length - 2 ? "413 Content Too Large" : "400 Bad Request", `answer to chunk ${i}`);
      t.equal(record.delivered, "", `delivered after chunk ${i}`);
    }
  });

  t.test("http: Expect: 100-continue", () => {
    const connection = open(700);
    const head = `${POST}${DIRECT}Expect: 100-continue\r\nContent-Length: 13\r\n\r\n`;
    t.equal(feed(connection, head), MORE, "status");
    t.equal(record.replied, "HTTP/1.1 100 Continue\r\n\r\n|", "replied before the body");
    feed(connection, BODY);
    t.equal(record.delivered, `88:${BODY}|`, "delivered");
    const other = open(700);
    t.equal(feed(other, head.split("dm.notification").join("x")), HTTP_CONTENT_TYPE, "the connection ends");
    t.equal(answer(), "415 Unsupported Media Type", "the body is not asked for");
  });

  t.test("http: the registration query", () => {
    const connection = open(700);
    const query = lines("OPTIONS /wappush HTTP/1.1\nHost: d\n");
    t.equal(feed(connection, `${query}\r\n`), OK, "status");
    t.equal(answer(), "204 No Content", "answer");
    t.equal(record.replied.indexOf("X-Wap-Push-Status: 501\r\n") > 0, true, "abilities unknown");
    t.equal(record.replied.indexOf("X-Wap-Terminal-ID: imei:1\r\n") > 0, true, "X-Wap-Terminal-ID");
    t.equal(record.replied.indexOf("X-Wap-Push-Accept-AppID: x-wap-application:syncml.dm\r\n") > 0, true, "AppID");
    const tagAt = record.replied.indexOf("X-Wap-CPITag: ");
    const tag = record.replied.substring(tagAt, record.replied.indexOf("\r\n", tagAt));
    forget(record);
    feed(connection, `${query}${tag}\r\n\r\n`);
    t.equal(record.replied.indexOf("X-Wap-Push-Status: 500\r\n") > 0, true, "abilities known");
    forget(record);
    feed(connection, sized(`${POST}${DIRECT}${tag}\r\n`, BODY));
    t.equal(record.replied, `${ACCEPTED}|`, "a push with the tag");
    forget(record);
    feed(connection, sized(`${POST}${DIRECT}X-Wap-CPITag: AAAA\r\n`, BODY));
    t.equal(record.replied.indexOf("X-Wap-Push-Status: 256\r\n") > 0, true, "a push with another tag");
    t.equal(record.delivered, `88:${BODY}|`, "is delivered");
  });

  t.test("http: what is refused, and the connection stays", () => {
    const rows: [string, number, string][] = [
      [sized(lines("POST / HTTP/1.1\nHost: d\n") + DIRECT, BODY), HTTP_PATH, "404 Not Found"],
      [sized(lines("POST /wappush/ HTTP/1.1\nHost: d\n") + DIRECT, BODY), HTTP_PATH, "404 Not Found"],
      [sized(lines("PUT /wappush HTTP/1.1\nHost: d\n") + DIRECT, BODY), HTTP_METHOD, "405 Method Not Allowed"],
      [lines("GET /wappush HTTP/1.1\nHost: d\n\n"), HTTP_METHOD, "405 Method Not Allowed"],
      [sized(POST, BODY), HTTP_CONTENT_TYPE, "415 Unsupported Media Type"],
      [sized(`${POST}Content-Type: ${TYPE_13}x\r\n`, BODY), HTTP_CONTENT_TYPE, "415 Unsupported Media Type"],
      [sized(`${POST}${DIRECT}Content-Encoding: gzip\r\n`, BODY), HTTP_CONTENT_TYPE, "415 Unsupported Media Type"],
      [
        sized(`${POST}Content-Type: ${TYPE_13}\r\nX-Wap-Application-Id: x-wap-application:mms.ua\r\n`, BODY),
        HTTP_APPLICATION_OTHER,
        "403 Forbidden",
      ],
      [
        sized(`${POST}X-Wap-Application-Id: x-wap-application:mms.ua\r\n${DIRECT}`, BODY),
        HTTP_APPLICATION_OTHER,
        "403 Forbidden",
      ],
      [sized(`${POST}${DIRECT}X-Wap-Application-Id: 4\r\n`, BODY), HTTP_APPLICATION_OTHER, "403 Forbidden"],
    ];
    for (let i = 0; i < rows.length; i++) {
      const connection = open(700);
      t.equal(feed(connection, rows[i][0] + good), OK, `status of row ${i}`);
      t.equal(record.refused, `${rows[i][1]}|`, `refused in row ${i}`);
      t.equal(answer(), rows[i][2], `answer to row ${i}`);
      t.equal(record.delivered, `88:${BODY}|`, `delivered after row ${i}`);
    }
  });

  t.test("http: what ends the connection", () => {
    let header = "X: ";
    for (let i = 0; i < 600; i++) header += "y";
    const rows: [string, number, string][] = [
      [lines("POST /wappush\n\n"), HTTP_START_LINE, "400 Bad Request"],
      ["\x16\x03\x01\x02\x00\n\n", HTTP_START_LINE, "400 Bad Request"],
      [lines("POST /wappush HTTP/2.0\nHost: d\n\n"), HTTP_VERSION, "505 HTTP Version Not Supported"],
      [lines("POST /wappush HTTP/1.2\nHost: d\n\n"), HTTP_VERSION, "505 HTTP Version Not Supported"],
      [lines("POST /wappush http/1.1\nHost: d\n\n"), HTTP_VERSION, "505 HTTP Version Not Supported"],
      [lines("POST /wappush HTTP/1.01\nHost: d\n\n"), HTTP_VERSION, "505 HTTP Version Not Supported"],
      [lines("POST  /wappush HTTP/1.1\nHost: d\n\n"), HTTP_START_LINE, "400 Bad Request"],
      [lines("POST /wappush HTTP/1.1 \nHost: d\n\n"), HTTP_VERSION, "505 HTTP Version Not Supported"],
      [lines("P(ST /wappush HTTP/1.1\nHost: d\n\n"), HTTP_START_LINE, "400 Bad Request"],
      ["POST /wappush HTTP/1.1\nHost: d\n\n", HTTP_START_LINE, "400 Bad Request"],
      [`${POST}X: y\n\r\n`, HTTP_HEADER, "400 Bad Request"],
      [`${POST}X: y\r\n\n`, HTTP_HEADER, "400 Bad Request"],
      [`${POST}X: y\r\n z\r\n\r\n`, HTTP_HEADER, "400 Bad Request"],
      [`${POST}X: \x00\r\n\r\n`, HTTP_HEADER, "400 Bad Request"],
      [`${POST}X(: y\r\n\r\n`, HTTP_HEADER, "400 Bad Request"],
      [lines("POST /wappush HTTP/1.1\nHost: a b\n\n"), HTTP_HEADER, "400 Bad Request"],
      [lines("POST /wappush HTTP/1.0\nTransfer-Encoding: chunked\n\n"), HTTP_HEADER, "400 Bad Request"],
      [`${POST}${DIRECT}Content-Length: \r\n\r\n`, HTTP_CONTENT_LENGTH, "400 Bad Request"],
      [`${POST}${DIRECT}Content-Length: 5, 5\r\n\r\n`, HTTP_CONTENT_LENGTH, "400 Bad Request"],
      [`${POST}${DIRECT}Content-Length: +5\r\n\r\n`, HTTP_CONTENT_LENGTH, "400 Bad Request"],
      [`${POST}${DIRECT}Transfer-Encoding: \x0bchunked\r\n\r\n`, HTTP_HEADER, "400 Bad Request"],
      [`${POST}${DIRECT}Transfer-Encoding: chunked, chunked\r\n\r\n`, HTTP_TRANSFER_ENCODING, "501 Not Implemented"],
      [lines("POST /wappush HTTP/1.1\nx\n\n"), HTTP_HEADER, "400 Bad Request"],
      [sized(lines("POST /wappush HTTP/1.1\n") + DIRECT, BODY), HTTP_HEADER, "400 Bad Request"],
      [sized(`${POST}Host: e\r\n${DIRECT}`, BODY), HTTP_HEADER, "400 Bad Request"],
      [sized(`${POST}Host : e\r\n${DIRECT}`, BODY), HTTP_HEADER, "400 Bad Request"],
      [`${POST}${DIRECT}\r\n`, HTTP_LENGTH_MISSING, "411 Length Required"],
      [`${POST}${DIRECT}Content-Length: 1x\r\n\r\n`, HTTP_CONTENT_LENGTH, "400 Bad Request"],
      [`${POST}${DIRECT}Content-Length: -1\r\n\r\n`, HTTP_CONTENT_LENGTH, "400 Bad Request"],
      [`${POST}${DIRECT}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, HTTP_CONTENT_LENGTH, "400 Bad Request"],
      [`${POST}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n`, HTTP_CONTENT_LENGTH, "400 Bad Request"],
      [`${POST}${DIRECT}Transfer-Encoding: gzip\r\n\r\n`, HTTP_TRANSFER_ENCODING, "501 Not Implemented"],
      [`${POST}${DIRECT}Content-Length: 701\r\n\r\n`, HTTP_BODY_LONG, "413 Content Too Large"],
      [`${POST}${header}`, HTTP_HEADERS_LONG, "431 Request Header Fields Too Large"],
    ];
    for (let i = 0; i < rows.length; i++) {
      const connection = open(700);
      t.equal(feed(connection, rows[i][0]), rows[i][1], `status of row ${i}`);
      t.equal(record.refused, `${rows[i][1]}|`, `refused in row ${i}`);
      t.equal(answer(), rows[i][2], `answer to row ${i}`);
      t.equal(record.replied.indexOf("\r\nConnection: close\r\n") > 0, true, `row ${i} says close`);
      t.equal(feed(connection, good), rows[i][1], `row ${i} takes nothing more`);
      t.equal(record.delivered, "", `delivered after row ${i}`);
    }
  });

  t.test("http: the last request of a connection", () => {
    const connection = open(700);
    t.equal(feed(connection, sized(`${POST}${DIRECT}Connection: x, Close\r\n`, BODY) + good), HTTP_END, "status");
    t.equal(record.delivered, `88:${BODY}|`, "delivered once");
    const old = open(700);
    t.equal(feed(old, sized(lines("POST /wappush HTTP/1.0\n") + DIRECT, BODY)), HTTP_END, "status of HTTP/1.0");
    t.equal(record.delivered, `88:${BODY}|`, "delivered");
    const absolute = open(700);
    feed(absolute, sized(lines("POST http://device:4035/wappush?x=1 HTTP/1.1\nHost: d\n") + DIRECT, BODY));
    t.equal(record.delivered, `88:${BODY}|`, "absolute-form delivered");
  });

  t.test("http: a slow sender", () => {
    clock.seconds = 100;
    const connection = open(700);
    t.equal(connection.tick(), OK, "open");
    for (let i = 0; i <= 30; i++) {
      feed(connection, good.charAt(i));
      clock.seconds = 100 + i;
      t.equal(connection.tick(), MORE, `waits at ${i}`);
    }
    feed(connection, good.charAt(31));
    clock.seconds = 131;
    t.equal(connection.tick(), HTTP_SLOW, "over");
    t.equal(answer(), "408 Request Timeout", "answer");
    t.equal(record.refused, `${HTTP_SLOW}|`, "refused");
    clock.seconds = 5;
    const silent = open(700);
    clock.seconds = 65;
    t.equal(silent.tick(), OK, "still open");
    clock.seconds = 66;
    t.equal(silent.tick(), HTTP_END, "closed in silence");
    t.equal(record.replied, "", "nothing said");
    const cut = open(700);
    feed(cut, "POST");
    cut.close();
    t.equal(record.refused, `${HTTP_CUT}|`, "cut");
  });

  t.test("http: the answers to all that one piece brings come before the first is delivered", () => {
    const connection = open(40);
    const post = (body: string) => sized(POST + DIRECT, body);
    const options = lines("OPTIONS /wappush HTTP/1.1\nHost: d\n\n");
    const third = post("three");
    feed(connection, post("one") + options + post("two") + third.substring(0, third.length - 3));
    t.equal(record.order, "reply,reply,reply,deliver one,deliver two,", "in one piece");
    record.order = "";
    feed(connection, third.substring(third.length - 3));
    t.equal(record.order, "reply,deliver three,", "the rest");
    record.order = "";
    const long = "0123456789012345678901234567890123456789";
    t.equal(feed(connection, post("four") + post(long)), HTTP_PIPELINED, "no room for both");
    t.equal(record.order, `reply,${HTTP_PIPELINED},deliver four,`, "what was answered is delivered");
    const other = open(700);
    let many = "";
    for (let i = 0; i < 17; i++) many += good;
    t.equal(feed(other, many), HTTP_PIPELINED, "more than can wait");
    t.equal(record.replied.split(ACCEPTED).length, 17, "answered");
    t.equal(record.delivered.split("|").length, 17, "delivered");
  });

  t.test("http: numbers of any number of digits", () => {
    const chunked = `${POST}${DIRECT}Transfer-Encoding: chunked\r\n\r\n`;
    let zeros = "";
    for (let i = 0; i < 100; i++) zeros += "0";
    const rows = [
      `${POST}${DIRECT}Content-Length: ${zeros}13\r\n\r\n${BODY}`,
      `${chunked}0000000d\r\n${BODY}\r\n00000000\r\n\r\n`,
      `${chunked}${zeros}D;a="b;\\"c";d\r\n${BODY}\r\n${zeros};x\r\nT: y\r\n\r\n`,
    ];
    for (let i = 0; i < rows.length; i++) {
      const connection = open(700);
      t.equal(feed(connection, rows[i]), OK, `status of row ${i}`);
      t.equal(record.delivered, `88:${BODY}|`, `delivered of row ${i}`);
    }
    const long = open(700);
    t.equal(
      feed(long, `${POST}${DIRECT}Content-Length: 99999999999999999999\r\n\r\n`),
      HTTP_BODY_LONG,
      "a long length",
    );
  });

  t.test("http: what the sender writes, the device takes, and the sender reads its answer", () => {
    const body = bytesOf(BODY);
    const out = new Uint8Array(400);
    const connection = open(700);
    const end = writeHttpPost("[::1]:4035", "/wappush", CONTENT_TYPE_13, body, 0, body.length, out, 3);
    t.equal(connection.receive(out, 3, end), HTTP_END, "status");
    t.equal(record.delivered, `88:${BODY}|`, "delivered");
    const answered = bytesOf(`HTTP/1.1 100 Continue\r\n\r\n${record.replied}`);
    t.equal(writeHttpPost("a\r\nb", "/", CONTENT_TYPE_13, body, 0, 1, out, 0), -FIELD_TEXT, "a host of two lines");
    t.equal(writeHttpPost("a", "/", 0, body, 0, 1, out, 0), -FIELD_RANGE, "no content type");
    t.equal(writeHttpPost("a", "/", CONTENT_TYPE_13, body, 0, 13, out, 200), -FIELD_BUFFER, "too little room");

    let sent = "";
    const send = (bytes: Uint8Array, from: number, to: number) => {
      sent = textOf(bytes, from, to);
    };
    const sender = createHttpSender(clock, { send, host: "device", contentType: CONTENT_TYPE_13, headersMax: 300 });
    t.equal(sender.open(body, 0, body.length), MORE, "open");
    t.equal(feed(open(700), sent), HTTP_END, "taken");
    for (let at = 0; at < answered.length - 2; at++) t.equal(sender.receive(answered, at, at + 1), MORE, `byte ${at}`);
    t.equal(sender.receive(answered, answered.length - 2, answered.length), OK, "the whole");
    t.equal(sender.code(), 204, "code");
    t.equal(sender.pushStatus(), 400, "X-Wap-Push-Status");
    let long = "HTTP/1.1 200 OK\r\nX: ";
    for (let i = 0; i < 300; i++) long += "y";
    const rows: [string, number][] = [
      ["SSH-2.0-OpenSSH_9.2\r\n", HTTP_START_LINE],
      ["HTTP/1.1 404 Not Found\r\n\r\n", HTTP_REFUSED],
      ["HTTP/1.1 999 x\r\n\r\n", HTTP_START_LINE],
      [`${long}\r\n\r\n`, HTTP_HEADERS_LONG],
      ["HTTP/1.1 200 OK\r\nbroken\r\n\r\n", HTTP_HEADER],
    ];
    for (let i = 0; i < rows.length; i++) {
      sender.open(body, 0, body.length);
      const bytes = bytesOf(rows[i][0]);
      t.equal(sender.receive(bytes, 0, bytes.length), rows[i][1], `status of answer ${i}`);
      t.equal(sender.tick(), rows[i][1], `answer ${i} stays`);
    }
    clock.seconds = 10;
    sender.open(body, 0, body.length);
    clock.seconds = 40;
    t.equal(sender.tick(), MORE, "in time");
    clock.seconds = 41;
    t.equal(sender.tick(), HTTP_NO_ANSWER, "no answer");
    const bad = createHttpSender(clock, { send, host: "a b", contentType: CONTENT_TYPE_13 });
    t.equal(bad.open(body, 0, 1), FIELD_TEXT, "a host of two words");
  });
}
