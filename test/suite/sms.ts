/** Short messages in every engine: TPDU, reassembly, CDMA, and the AT driver against a scripted modem. Device dialect. */
import {
  DIGEST_WRONG,
  MODEM_READY,
  MODEM_RESET,
  MORE,
  OK,
  SMS_DUPLICATE,
  SMS_MESSAGE_LONG,
  SMS_MESSAGE_OTHER,
  SMS_PORT_MISSING,
  SMS_PORT_OTHER,
  THROTTLED,
  TPDU_DCS,
  TPDU_SHORT,
  WSP_PDU_TYPE,
} from "../../src/status.ts";
import { createMockStorage } from "../../targets/mock/hal.ts";
import type { Pkg0, T } from "./api.ts";
import { receiveChecked } from "./sets.ts";
import { bytesOf } from "./vectors.ts";

/** gammu 1.42: one DELIVER, and a message in two; Kannel 1.4.5: two messages of two SUBMITs each under one reference. */
const SINGLE =
  "400c91447700091032000462113221000000500605040b8423f0000607d8af878dbfc39315500000001e123465f00000100e646d2e65" +
  "78616d706c652e636f6d3001018bcdfbac39254fab8eaf91421c6689117e650e2c9a74ffbe99535ab1f606f039";
const HEAD = "400c914477000910320004621132210000008c0b05040b8423f000030102";
const TAIL = "400c914477000910320004621132210000002f0b05040b8423f0000301020220";
const COLLISION = [
  "51000c814477000910320004a78c0b05040b8423f00003010201010603d8af871bd00000003c00ab80000001100e646d2e6578616d706c652e" +
    "636f6d3001013001024001065051437269746963616c206669726d776172652075706461746520617661696c61626c653b20706c65617365" +
    "206b656570207468652064657669636520706f77657265642e204772c3b6c39f65203132204d428c2f",
  "51000c914477000910320004048c0b05040b8423f00003010201010608d8af878d0198c3931bd00000003c00ab80000001100e646d2e657861" +
    "6d706c652e636f6d3001013001024001065051437269746963616c206669726d776172652075706461746520617661696c61626c653b2070" +
    "6c65617365206b656570207468652064657669636520706f77657265642e204772c3b6c39f65203132",
  "51000c914477000910320004042f0b05040b8423f00003010202204d428c2f3d98c0e7757c78eae6329583d5a194f221e3093e5fa80c8e0f84" +
    "11720589",
  "51000c814477000910320004a72a0b05040b8423f000030102023d98c0e7757c78eae6329583d5a194f221e3093e5fa80c8e0f8411720589",
];

/** A part of 128 (head) or 35 (tail) octets, all of them `octet`, except the first, which is the total length of the message. */
function headOf(octet: number): Uint8Array {
  let hex = `${HEAD}01a3`;
  for (let i = 1; i < 128; i++) hex += octet.toString(16);
  return bytesOf(hex);
}

function tailOf(octet: number): Uint8Array {
  let hex = TAIL.substring(0, TAIL.length - 2);
  for (let i = 0; i < 35; i++) hex += octet.toString(16);
  return bytesOf(hex);
}

export function smsSuite(t: T, pkg0: Pkg0): void {
  let now = 0;
  const clock = { posixSeconds: () => 0, monotonicSeconds: () => now };

  t.test("SMS: fields of a DELIVER", () => {
    const bytes = bytesOf(SINGLE);
    const tpdu = pkg0.newTpdu();
    t.equal(pkg0.readTpdu(bytes, 0, bytes.length, tpdu), OK, "status");
    t.equal([tpdu.addressAt, tpdu.addressTo, tpdu.dataAt, tpdu.dataTo].join(" "), "1 9 26 99", "spans");
    t.equal([tpdu.destinationPort, tpdu.total, tpdu.dcs].join(" "), "2948 1 4", "values");
  });
  t.test("SMS: every strict prefix of a DELIVER is refused", () => {
    const tpdu = pkg0.newTpdu();
    for (let to = 0; to < SINGLE.length / 2; to++) {
      const cut = bytesOf(SINGLE.substring(0, 2 * to));
      t.equal(pkg0.readTpdu(cut, 0, to, tpdu), TPDU_SHORT, `${to} bytes`);
    }
  });
  t.test("SMS: every changed byte of a DELIVER has a status", () => {
    const sms = pkg0.createSmsReceiver(clock, { repeats: 0, parts: 4, messageParts: 4 });
    const bytes = bytesOf(SINGLE);
    for (let i = 0; i < 27; i++) {
      const kept = bytes[i];
      for (let bit = 1; bit < 256; bit *= 2) {
        bytes[i] = kept ^ bit;
        const status = sms.receive(bytes, 0, bytes.length);
        t.ok(status >= 0 && status < 0x20, `byte ${i}`);
      }
      bytes[i] = kept;
    }
    t.equal(sms.receive(bytes, 0, bytes.length), OK, "unchanged");
  });
  t.test("SMS: whose it is", () => {
    const sms = pkg0.createSmsReceiver(clock, {});
    const bytes = bytesOf(SINGLE);
    bytes[10] = 0;
    t.equal(sms.receive(bytes, 0, bytes.length), TPDU_DCS, "a text");
    bytes[10] = 4;
    bytes[22] = 0x0c;
    t.equal(sms.receive(bytes, 0, bytes.length), SMS_PORT_OTHER, "another port");
    bytes[21] = 0x30;
    t.equal(sms.receive(bytes, 0, bytes.length), SMS_PORT_MISSING, "an element that runs over");
    t.ok(pkg0.isOthers(SMS_PORT_MISSING) && pkg0.isOthers(TPDU_DCS) && !pkg0.isOthers(MORE), "isOthers");
  });
  t.test("SMS: one part is lent, and counts once", () => {
    const sms = pkg0.createSmsReceiver(clock, {});
    const bytes = bytesOf(SINGLE);
    t.equal(sms.receive(bytes, 0, bytes.length), OK, "first");
    t.ok(sms.bytes === bytes && sms.from === 26 && sms.to === 99, "span");
    sms.judged(THROTTLED, false, 0);
    t.equal(sms.receive(bytes, 0, bytes.length), OK, "again, since it had to wait");
    sms.judged(OK, false, 0);
    t.equal(sms.receive(bytes, 0, bytes.length), SMS_DUPLICATE, "again");
  });
  t.test("SMS: two messages under one reference, of two kinds of number", () => {
    const push = pkg0.newPush();
    const sms = pkg0.createSmsReceiver(clock, { isSubmitRead: true });
    const check = (bytes: Uint8Array, from: number, to: number): number => pkg0.readPush(bytes, from, to, push, 48);
    const expected = [MORE, MORE, OK, OK];
    for (let i = 0; i < 4; i++) {
      const bytes = bytesOf(COLLISION[i]);
      t.equal(receiveChecked(sms, bytes, check), expected[i], `part ${i}`);
      if (expected[i] === OK) t.equal(pkg0.readPush(sms.bytes, sms.from, sms.to, push, 48), OK, "push");
    }
    t.equal(sms.held(), 0, "held");
  });
  t.test("SMS: two messages under one reference that only their contents tell apart", () => {
    const sms = pkg0.createSmsReceiver(clock, {});
    const check = (bytes: Uint8Array, from: number, to: number): number =>
      bytes[from + 1] === bytes[to - 1] ? OK : DIGEST_WRONG;
    const parts = [headOf(0x11), tailOf(0x22), headOf(0x22), tailOf(0x33), tailOf(0x11)];
    const expected = [MORE, DIGEST_WRONG, OK, DIGEST_WRONG, OK];
    for (let i = 0; i < parts.length; i++) {
      t.equal(receiveChecked(sms, parts[i], check), expected[i], `part ${i}`);
      if (expected[i] === OK) t.equal(sms.to - sms.from, 163, "length");
    }
    t.equal(sms.held(), 1, "held");
    now += 86401;
    sms.expire();
    t.equal(sms.held(), 0, "held after a day");
  });
  t.test("SMS: bounds hold in a flood", () => {
    const sms = pkg0.createSmsReceiver(clock, { parts: 4, messageParts: 2 });
    const bytes = headOf(0x11);
    for (let i = 0; i < 40; i++) {
      bytes[4] = i;
      bytes[28] = i;
      t.equal(sms.receive(bytes, 0, bytes.length), MORE, "status");
      t.ok(sms.held() <= 4, "held");
    }
    bytes[29] = 3;
    t.equal(sms.receive(bytes, 0, bytes.length), WSP_PDU_TYPE, "three parts of others");
    const start = bytesOf("010603d8af87");
    for (let i = 0; i < start.length; i++) bytes[31 + i] = start[i];
    t.equal(sms.receive(bytes, 0, bytes.length), SMS_MESSAGE_LONG, "three parts");
    bytes[30] = 2;
    t.equal(sms.receive(bytes, 0, bytes.length), SMS_MESSAGE_OTHER, "the second of three");
  });
  t.test("SMS: parts written are parts read", () => {
    const push = new Uint8Array(300);
    for (let i = 0; i < 300; i++) push[i] = i;
    const sms = pkg0.createSmsReceiver(clock, { isSubmitRead: true });
    const part = new Uint8Array(140);
    const tpdu = new Uint8Array(pkg0.SUBMIT_BYTES);
    let status = MORE;
    for (let sequence = pkg0.countParts(300, true); sequence > 0; sequence--) {
      const length = pkg0.writePart(push, 0, 300, 4660, true, sequence, part, 0);
      const end = pkg0.writeSubmit("+447700900123", pkg0.DCS_DATA, part, 0, length, tpdu, 0);
      status = sms.receive(tpdu, 0, end);
    }
    t.equal(status, OK, "status");
    t.equal(sms.to, 300, "length");
    for (let i = 0; i < 300; i++) t.equal(sms.bytes[i], push[i], `octet ${i}`);
  });
  t.test("SMS: parts survive a reset", () => {
    const store = createMockStorage();
    const head = headOf(0x11);
    const tail = tailOf(0x22);
    t.equal(pkg0.createSmsReceiver(clock, { store }).receive(head, 0, head.length), MORE, "head");
    const second = pkg0.createSmsReceiver(clock, { store });
    t.equal(second.receive(tail, 0, tail.length), OK, "tail");
    t.equal(pkg0.createSmsReceiver(clock, { store }).held(), 1, "not judged yet");
    second.judged(OK, true, 0);
    t.equal(pkg0.createSmsReceiver(clock, { store }).held(), 0, "judged");
  });
  t.test("CDMA: two segments, the ports twice", () => {
    const wdp = pkg0.createWdpReceiver(clock, {});
    const sender = bytesOf("0102");
    const second = bytesOf("000201bbcc");
    const first = bytesOf("00020023f00b8423f00b84aa");
    t.equal(wdp.receive(sender, 7, second, 0, second.length), MORE, "second");
    t.equal(wdp.receive(sender, 7, first, 0, first.length), OK, "first");
    t.equal([wdp.bytes[0], wdp.bytes[1], wdp.bytes[2], wdp.to].join(" "), "170 187 204 3", "whole");
  });
  modemSuite(t, pkg0);
}

/** A modem with scripted answers, which come from within `write`. */
function createScript(refused: string) {
  let onBytes: ((bytes: Uint8Array, from: number, to: number) => void) | null = null;
  let line = "";
  const modem = {
    commands: "",
    stored: "",
    sent: "",
    say(text: string): void {
      const bytes = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      // in pieces of three
      for (let at = 0; at < bytes.length; at += 3) {
        if (onBytes !== null) onBytes(bytes, at, Math.min(at + 3, bytes.length));
      }
    },
    serial: {
      open(receive: (bytes: Uint8Array, from: number, to: number) => void): void {
        onBytes = receive;
      },
      close(): void {
        onBytes = null;
      },
      write(bytes: Uint8Array): void {
        for (let i = 0; i < bytes.length; i++) {
          if (bytes[i] === 26) {
            modem.sent = line;
            line = "";
            modem.say("\r\n+CMGS: 1\r\n\r\nOK\r\n");
          } else if (bytes[i] === 13) {
            const command = line;
            line = "";
            modem.commands += `${command};`;
            obey(command);
          } else {
            line += String.fromCharCode(bytes[i]);
          }
        }
      },
    },
  };
  function obey(command: string): void {
    if (command === refused) modem.say("\r\nERROR\r\n");
    else if (command === "AT+CPMS?") modem.say('\r\n+CPMS: "SM",1,9,"SM",1,9,"SM",1,9\r\n\r\nOK\r\n');
    else if (command.substring(0, 8) === "AT+CMGS=") modem.say("\r\n> ");
    else if (command === "AT+CMGL=0" || command === "AT+CMGL=4") {
      const header = "+CMGL: 2,0,,";
      const pdu = modem.stored;
      modem.say(pdu === "" ? "\r\nOK\r\n" : `\r\n${header}${pdu.length / 2 - 1}\r\n${pdu}\r\n\r\nOK\r\n`);
    } else if (command === "AT+CMGD=2") {
      modem.stored = "";
      modem.say("\r\nOK\r\n");
    } else modem.say("\r\nOK\r\n");
  }
  return modem;
}

function modemSuite(t: T, pkg0: Pkg0): void {
  t.test("modem: set up, swept, announced, read, deleted, sent, reset", () => {
    let now = 5;
    const clock = { posixSeconds: () => 0, monotonicSeconds: () => now };
    const script = createScript("AT+CNMI=2,1,0,0,0");
    let reports = 0;
    let last = OK;
    let isSent = false;
    const sending = pkg0.createAtSender();
    const modem = pkg0.createModem(script.serial, clock, {
      sending,
      onStatus: status => {
        reports++;
        last = status;
      },
    });
    const sms = pkg0.createSmsReceiver(clock, {});
    let pushes = 0;
    script.stored = `00${SINGLE}`;
    modem.open((bytes, from, to) => {
      const status = sms.receive(bytes, from, to);
      if (status === OK) pushes++;
      return status;
    });
    t.equal(pushes, 0, "pushes from within open");
    modem.tick();
    t.equal([pushes, reports, last].join(" "), `1 1 ${MODEM_READY}`, "swept");
    t.equal(
      script.commands,
      'AT;ATE0;ATV1;AT+CMGF=0;AT+CSMS=1;AT+CPMS?;AT+CNMI=2,1,0,0,0;AT+CNMI=1,1,0,0,0;AT+CPMS="SM";AT+CMGL=4;AT+CMGD=2;',
      "commands",
    );
    script.commands = "";
    script.stored = `00${SINGLE.substring(0, 30)}1${SINGLE.substring(31)}`; // another second of TP-SCTS
    script.say('\r\n+CMTI: "SM",2\r\n');
    t.equal([pushes, script.stored].join(" "), "2 ", "announced");
    t.equal(script.commands, "AT+CMGL=0;AT+CMGD=2;", "read and deleted");
    script.say(`\r\n+CMT: ,${SINGLE.length / 2}\r\n00${SINGLE.substring(0, 30)}2${SINGLE.substring(31)}\r\n`);
    t.equal(pushes, 3, "handed on");
    const tpdu = bytesOf("4100");
    sending.send(tpdu, 0, 2, status => {
      isSent = status === OK;
    });
    t.equal([isSent, script.sent].join(" "), "true 004100", "sent");
    script.say("\r\n+CPIN: READY\r\n");
    t.equal([reports, last].join(" "), `3 ${MODEM_READY}`, "set up again");
    script.say("\r\nRDY\r\n");
    t.ok(reports === 5 && last !== MODEM_RESET, "and again");
    now = 5000;
    modem.tick();
    modem.close();
    script.say('\r\n+CMTI: "SM",2\r\n');
    t.equal(pushes, 3, "closed");
  });
}
