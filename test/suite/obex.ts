/** OBEX PUT (§7.2), in the dialect of the engines. */

import type { PushConnection } from "../../src/push/connection.ts";
import { createObexReceiver } from "../../src/push/obex/receiver.ts";
import { createObexSender } from "../../src/push/obex/sender.ts";
import {
  DIGEST_WRONG,
  MORE,
  OBEX_BODY_LONG,
  OBEX_BODY_MISSING,
  OBEX_CONNECTION,
  OBEX_CUT,
  OBEX_END,
  OBEX_HEADER,
  OBEX_NO_ANSWER,
  OBEX_OPCODE,
  OBEX_PACKET_LENGTH,
  OBEX_PACKET_LONG,
  OBEX_PIPELINED,
  OBEX_REFUSED,
  OBEX_SLOW,
  OBEX_TYPE,
  OK,
} from "../../src/status.ts";
import { CONTENT_TYPE_13, CONTENT_TYPE_OTHER } from "../../src/wire.ts";
import type { T } from "./api.ts";
import { bytesOf, captured, clock, forget, newRecord, ofHex, recording, TYPE_13, textOf } from "./bearers.ts";

const BODY = "\x15P\x00\r\n\r\n\xff\x00body";
const record = newRecord();
const CONNECTED = ofHex("a0000710000400");
const CONTINUED = ofHex("900003");
const DONE = ofHex("a00003");

function open(bodyMax: number): PushConnection {
  forget(record);
  record.verdict = OK;
  const options = recording(record);
  return createObexReceiver(clock, {
    deliver: options.deliver,
    reply: options.reply,
    onRefused: options.onRefused,
    bodyMax,
  });
}

function feed(connection: PushConnection, text: string): number {
  const bytes = bytesOf(text);
  return connection.receive(bytes, 0, bytes.length);
}

/** Header of bytes. */
function header(id: number, value: string): string {
  const length = value.length + 3;
  return String.fromCharCode(id, length >> 8, length & 255) + value;
}

function packet(opcode: number, headers: string): string {
  const length = headers.length + 3;
  return String.fromCharCode(opcode, length >> 8, length & 255) + headers;
}

const PUT = packet(0x82, header(0x42, `${TYPE_13}\x00`) + header(0x49, BODY));

/** Puts `size` bytes from the sender to the device: without Type, in large packets, or (2, 3) with Target. */
function sendAndReceive(t: T, size: number, kind: number): void {
  let text = "";
  for (let i = 0; i < size; i++) text += String.fromCharCode(i & 255);
  const body = bytesOf(text);
  const connection = open(700);
  let asked = "";
  const put = createObexSender(clock, {
    send: (bytes, from, to) => {
      asked = textOf(bytes, from, to);
    },
    contentType: kind === 0 ? CONTENT_TYPE_OTHER : CONTENT_TYPE_13,
    isDirected: kind >= 2,
    packetMax: kind === 1 ? 1024 : 255,
  });
  put.open(body, 0, body.length);
  let status = MORE;
  for (let i = 0; i < 10 && status === MORE; i++) {
    record.replied = "";
    feed(connection, asked);
    const reply = bytesOf(record.replied.substring(0, record.replied.length - 1));
    for (let k = 0; k < reply.length; k++) status = put.receive(reply, k, k + 1);
  }
  t.equal(status, OK, `status of ${size} bytes, kind ${kind}`);
  t.equal(put.code(), 0xa0, `code of ${size} bytes, kind ${kind}`);
  t.equal(record.delivered, `${kind === 0 ? 0 : 88}:${text}|`, `delivered of ${size} bytes, kind ${kind}`);
}

export function obex(t: T): void {
  t.test("obex: the captures, in packets and byte by byte", () => {
    const rows: [string, string, number][] = [
      ["openobex-put-single", "88:", 63],
      ["openobex-put-3-packets", "88:", 577],
      ["obexftp-put-without-type", "0:", 63],
    ];
    for (let i = 0; i < rows.length; i++) {
      const packets = captured(rows[i][0]);
      t.equal(packets.length >= 3, true, `packets of ${rows[i][0]}`);
      const whole = open(700);
      let all = "";
      let expected = `${CONNECTED}|`;
      for (let k = 0; k < packets.length; k++) {
        const bytes = ofHex(packets[k]);
        all += bytes;
        if (k > 0) expected += `${bytes.charCodeAt(0) === 2 ? CONTINUED : DONE}|`;
        t.equal(feed(whole, bytes), bytes.charCodeAt(0) === 2 ? MORE : OK, `status of packet ${k}`);
      }
      const delivered = record.delivered;
      t.equal(record.replied, expected, `replied to ${rows[i][0]}`);
      t.equal(delivered.length, rows[i][1].length + rows[i][2] + 1, `bytes delivered of ${rows[i][0]}`);
      t.equal(delivered.substring(0, rows[i][1].length), rows[i][1], `content type of ${rows[i][0]}`);
      const split = open(700);
      for (let k = 0; k < all.length; k++) feed(split, all.charAt(k));
      t.equal(record.delivered, delivered, `delivered of ${rows[i][0]} byte by byte`);
      t.equal(record.replied, expected, `replied to ${rows[i][0]} byte by byte`);
      if (2 * rows[i][2] > 700) continue; // does not fit a second time
      const pipelined = open(700);
      feed(pipelined, all + all);
      t.equal(record.delivered, delivered + delivered, `delivered of ${rows[i][0]} twice in one piece`);
    }
  });

  t.test("obex: every prefix of a packet", () => {
    for (let i = 1; i < PUT.length; i++) {
      const connection = open(700);
      t.equal(feed(connection, PUT.substring(0, i)), MORE, `status of ${i} bytes`);
      t.equal(record.delivered + record.replied, "", `nothing of ${i} bytes`);
      t.equal(feed(connection, PUT.substring(i)), OK, `status of the rest from ${i}`);
      t.equal(record.delivered, `88:${BODY}|`, `delivered from ${i}`);
    }
  });

  t.test("obex: CONNECT with Target", () => {
    const connection = open(700);
    feed(connection, packet(0x80, ofHex("10000400") + header(0x46, "SYNCML-DM")));
    t.equal(record.replied, `${ofHex("a0001810000400cb000000014a000c")}SYNCML-DM|`, "Who and ConnectionID");
    forget(record);
    feed(connection, packet(0x82, ofHex("cb00000001") + header(0x49, BODY)));
    t.equal(record.delivered, `0:${BODY}|`, "delivered");
    forget(record);
    feed(connection, packet(0x82, ofHex("cb00000002") + header(0x49, BODY)));
    feed(connection, packet(0x81, ofHex("cb01000001")));
    t.equal(record.replied, `${ofHex("d30003")}|${ofHex("d30003")}|`, "another ConnectionID");
    t.equal(record.refused, `${OBEX_CONNECTION}|${OBEX_CONNECTION}|`, "refused");
    t.equal(record.delivered, "", "delivered");
    forget(record);
    const others = [
      header(0x46, "SYNCML-SYNC"),
      header(0x46, ""),
      header(0x46, "SYNCML-DM") + header(0x46, "SYNCML-SYNC"),
      header(0x46, "SYNCML-SYNC") + header(0x46, "SYNCML-DM"),
    ];
    for (let i = 0; i < others.length; i++) {
      const other = open(700);
      feed(other, packet(0x80, ofHex("10000400") + others[i]));
      t.equal(record.replied.substring(0, 1), "\xd3", `Target ${i} is refused`);
      forget(record);
      feed(other, PUT);
      t.equal(record.replied, `${ofHex("d30003")}|`, `and what follows it, ${i}`);
      t.equal(record.delivered, "", `delivered to Target ${i}`);
      forget(record);
      feed(other, packet(0x80, ofHex("10000400")) + PUT);
      t.equal(record.replied, `${CONNECTED}|${DONE}|`, `not after a new CONNECT, ${i}`);
      t.equal(record.delivered, `88:${BODY}|`, `delivered then, ${i}`);
    }
  });

  t.test("obex: the answer is the same for a good and for a forged message", () => {
    const connection = open(700);
    feed(connection, PUT);
    const expected = record.replied;
    forget(record);
    record.verdict = DIGEST_WRONG;
    t.equal(feed(connection, PUT), OK, "status");
    t.equal(record.replied, expected, "replied");
    t.equal(record.refused, "", "refused");
  });

  t.test("obex: what is refused, and the connection stays", () => {
    let half = "";
    for (let i = 0; i < 400; i++) half += "x";
    const rows: [string, number, string][] = [
      [packet(0x03, ""), OBEX_OPCODE, "d10003"],
      [packet(0x83, header(0x42, TYPE_13)), OBEX_OPCODE, "d10003"],
      [packet(0x85, "\x00\x00"), OBEX_OPCODE, "d10003"],
      [packet(0x87, ""), OBEX_OPCODE, "d10003"],
      [packet(0x80, ""), OBEX_PACKET_LENGTH, "c00003"],
      [packet(0x80, ofHex("1000040046")), OBEX_HEADER, "c00003"],
      [packet(0x82, header(0x42, "text/plain\x00") + header(0x49, BODY)), OBEX_TYPE, "cf0003"],
      [packet(0x82, ofHex("490002")), OBEX_HEADER, "c00003"],
      [packet(0x82, ofHex("490004")), OBEX_HEADER, "c00003"],
      [packet(0x82, ofHex("c3000000")), OBEX_HEADER, "c00003"],
      [packet(0x82, ofHex("97")), OBEX_HEADER, "c00003"],
      [packet(0x82, header(0x01, "\x00k\x00\x00")), OBEX_BODY_MISSING, "c00003"],
      [packet(0x82, header(0x48, half) + header(0x49, half)), OBEX_BODY_LONG, "cd0003"],
      [packet(0x82, header(0x01, half + half + half)), OBEX_PACKET_LONG, "cd0003"],
    ];
    for (let i = 0; i < rows.length; i++) {
      const connection = open(700);
      t.equal(feed(connection, rows[i][0] + PUT), OK, `status of row ${i}`);
      t.equal(record.refused, `${rows[i][1]}|`, `refused in row ${i}`);
      t.equal(record.replied, `${ofHex(rows[i][2])}|${DONE}|`, `replied to row ${i}`);
      t.equal(record.delivered, `88:${BODY}|`, `delivered after row ${i}`);
    }
  });

  t.test("obex: ABORT, and a PUT that another operation ends", () => {
    const connection = open(700);
    const begun = packet(0x02, header(0x48, "lost"));
    t.equal(feed(connection, begun), MORE, "begun");
    t.equal(feed(connection, packet(0xff, "")), OK, "aborted");
    t.equal(record.replied, `${CONTINUED}|${DONE}|`, "replied");
    feed(connection, PUT);
    t.equal(record.delivered, `88:${BODY}|`, "only the next one");
    feed(connection, begun + packet(0x81, "") + PUT);
    t.equal(record.delivered, `88:${BODY}|88:${BODY}|`, "again");
  });

  t.test("obex: Length does not matter, the Type may come last", () => {
    const connection = open(700);
    const type = header(0x42, TYPE_13);
    feed(connection, packet(0x02, ofHex("c300000001") + header(0x48, BODY)) + packet(0x82, type + header(0x49, "")));
    t.equal(record.delivered, `88:${BODY}|`, "delivered");
  });

  t.test("obex: a packet whose length cannot be", () => {
    const connection = open(700);
    t.equal(feed(connection, `${ofHex("820002")}${PUT}`), OBEX_PACKET_LENGTH, "status");
    t.equal(feed(connection, PUT), OBEX_PACKET_LENGTH, "nothing more is taken");
    t.equal(record.delivered + record.replied, "", "nothing");
    t.equal(record.refused, `${OBEX_PACKET_LENGTH}|`, "refused");
  });

  t.test("obex: a slow sender", () => {
    clock.seconds = 100;
    const connection = open(700);
    clock.seconds = 110;
    feed(connection, packet(0x02, header(0x48, "x")));
    t.equal(connection.tick(), MORE, "begun");
    clock.seconds = 140;
    feed(connection, packet(0x02, header(0x48, "x")));
    t.equal(connection.tick(), MORE, "in time");
    clock.seconds = 141;
    t.equal(connection.tick(), OBEX_SLOW, "over");
    t.equal(record.refused, `${OBEX_SLOW}|`, "refused");
    clock.seconds = 5;
    const silent = open(700);
    clock.seconds = 66;
    t.equal(silent.tick(), OBEX_END, "closed in silence");
    const cut = open(700);
    feed(cut, PUT.charAt(0));
    cut.close();
    t.equal(record.refused, `${OBEX_CUT}|`, "cut");
  });

  t.test("obex: the answers to all that one piece brings come before the first is delivered", () => {
    const connection = open(8);
    const put = (text: string) => packet(0x82, header(0x49, text));
    feed(connection, put("one") + put("two") + packet(0x81, "") + packet(0x02, header(0x48, "t")));
    t.equal(record.order, "reply,reply,reply,reply,deliver one,deliver two,", "in one piece");
    record.order = "";
    feed(connection, put("hree"));
    t.equal(record.order, "reply,deliver three,", "the rest");
    record.order = "";
    t.equal(feed(connection, put("four") + put("fives")), OBEX_PIPELINED, "no room for both");
    t.equal(record.order, `reply,${OBEX_PIPELINED},deliver four,`, "what was answered is delivered");
  });

  t.test("obex: what the sender writes, the device takes, whatever the packets", () => {
    for (let size = 0; size <= 700; size += 35) for (let kind = 0; kind < 4; kind++) sendAndReceive(t, size, kind);
  });

  t.test("obex: a peer that refuses, and one that is silent", () => {
    const rows: [string, number, number][] = [
      ["d30003", OBEX_REFUSED, 0xd3],
      ["a0000710000400cf0003", OBEX_REFUSED, 0xcf],
      ["a0000710000400900003", OBEX_REFUSED, 0x90],
      ["a0000310", OBEX_PACKET_LENGTH, 0xa0],
      ["a00002", OBEX_PACKET_LENGTH, 0],
      ["a0ffff", OBEX_PACKET_LONG, 0],
      ["a0000710000400a00003a00003", OK, 0xa0],
    ];
    for (let i = 0; i < rows.length; i++) {
      const put = createObexSender(clock, { send: () => {}, contentType: CONTENT_TYPE_13 });
      clock.seconds = 10;
      t.equal(put.open(bytesOf(BODY), 0, BODY.length), MORE, "open");
      t.equal(put.tick(), MORE, "waits");
      const bytes = bytesOf(ofHex(rows[i][0]));
      t.equal(put.receive(bytes, 0, bytes.length), rows[i][1], `status of row ${i}`);
      t.equal(put.code(), rows[i][2], `code of row ${i}`);
      clock.seconds = 99;
      t.equal(put.tick(), rows[i][1], `row ${i} stays`);
    }
    const put = createObexSender(clock, { send: () => {}, contentType: CONTENT_TYPE_13 });
    clock.seconds = 10;
    put.open(bytesOf(BODY), 0, BODY.length);
    clock.seconds = 40;
    t.equal(put.tick(), MORE, "in time");
    clock.seconds = 41;
    t.equal(put.tick(), OBEX_NO_ANSWER, "no answer");
  });
}
