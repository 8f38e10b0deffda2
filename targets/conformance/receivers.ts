/** Checks of the receivers of datagrams and of short messages, and of the line to a modem. */
import type { Receiver } from "../../src/hal.ts";
import { MORE, OK, STORE_WRITE, type Status, THROTTLED, TPDU_DCS } from "../../src/status.ts";
import type { Board } from "../device.ts";
import type { Check, Port } from "./port.ts";

/** The number of messages in a burst, as a server sends after an outage. */
const BURST = 4;

export function udpChecks(port: Port, check: Check): void {
  receiverChecks(port, check, "udp", "datagram");
}

export function smsChecks(port: Port, check: Check): void {
  receiverChecks(port, check, "sms", "tpdu");
}

/** Checks the `member` of the board's HAL that the control `hand` of the port sends to. */
function receiverChecks(port: Port, check: Check, member: "udp" | "sms", hand: "datagram" | "tpdu"): void {
  const most = member === "udp" ? 1060 : 175;
  const receiverOf = (board: Board): Receiver => (member === "udp" ? board.udp : board.sms) as Receiver;

  check(`${member}: each message once, whole, in a burst`, hand, (ok, next) => {
    const receiver = receiverOf(port.start());
    const lengths: number[] = [];
    let isOpening = true;
    let isWhole = true;
    let isEarly = false;
    const answer = receiver.open((bytes, from, to) => {
      if (isOpening) isEarly = true;
      const seed = 50 * lengths.length;
      for (let i = from; i < to; i++) if (bytes[i] !== ((seed + 7 * (i - from)) & 255)) isWhole = false;
      lengths.push(to - from);
      return 0;
    });
    isOpening = false;
    ok(answer === true, "open is not true");
    const sizes: number[] = [];
    for (let i = 0; i < BURST; i++) sizes.push(i === 1 ? most : 20 + 30 * i);
    port.whenArrived(() => {
      for (let i = 0; i < BURST; i++) send(port, hand, message(sizes[i], i));
      port.whenArrived(() => {
        ok(lengths.join() === sizes.join(), `lengths ${sizes.join()} have come as ${lengths.join()}`);
        ok(isWhole, "bytes differ");
        ok(!isEarly, "delivered from within open");
        receiver.close();
        next();
      });
    });
  });

  check(`${member}: one message at a time, also while a record is saved`, hand, (ok, next) => {
    const board = port.start();
    const receiver = receiverOf(board);
    let count = 0;
    let isInside = false;
    let isNested = false;
    receiver.open(() => {
      if (isInside) isNested = true;
      isInside = true;
      count++;
      board.storage.save("zz0a", message(100, count));
      isInside = false;
      return 0;
    });
    port.whenArrived(() => {
      for (let i = 0; i < BURST; i++) send(port, hand, message(30, i));
      port.whenArrived(() => {
        ok(count === BURST, `${count} of ${BURST} have come`);
        ok(!isNested, "delivered from within another delivery");
        receiver.close();
        next();
      });
    });
  });

  check(`${member}: close ends delivery, open begins it again`, hand, (ok, next) => {
    const receiver = receiverOf(port.start());
    let count = 0;
    const deliver = (): number => {
      count++;
      return 0;
    };
    receiver.open(deliver);
    port.whenArrived(() => {
      receiver.close();
      send(port, hand, message(30, 1));
      port.whenArrived(() => {
        ok(count === 0, "delivered after close");
        ok(receiver.open(deliver) === true, "open after close is not true");
        port.whenArrived(() => {
          count = 0; // what came in between may have waited
          send(port, hand, message(30, 2));
          port.whenArrived(() => {
            ok(count === 1, `${count} deliveries after open`);
            receiver.close();
            next();
          });
        });
      });
    });
  });
}

/** Checks a board whose own modem driver keeps messages: a message must stay until it is settled. */
export function keepingChecks(port: Port, check: Check): void {
  const stays = (what: string, status: Status): void => {
    check(`sms: ${what} stays in the modem, and is delivered again`, "kept", (ok, next) => {
      const receiver = port.start().sms as Receiver;
      let count = 0;
      let isSettled = false;
      receiver.open(() => {
        count++;
        return isSettled ? OK : status;
      });
      const kept = (): number => (port.kept === undefined ? 0 : port.kept());
      const later = (then: () => void): void => {
        if (port.pass !== undefined) port.pass(60);
        port.whenArrived(then);
      };
      const before = kept();
      port.whenArrived(() => {
        send(port, "tpdu", message(30, 1));
        port.whenArrived(() => {
          ok(count === 1 && kept() === before + 1, `delivered ${count} times, ${kept() - before} kept`);
          later(() => {
            ok(count > 1, "not delivered again within a minute");
            isSettled = true;
            later(() => {
              ok(kept() === before, `once it is settled, ${kept() - before} are kept`);
              receiver.close();
              next();
            });
          });
        });
      });
    });
  };
  stays("a part of a message that is not complete", MORE);
  stays("a message that there was no digest for", THROTTLED);
  stays("a message that could not be saved", STORE_WRITE);
  stays("a message of others", TPDU_DCS);

  check("sms: what was not settled outlasts a reset", "kept", (ok, next) => {
    const first = port.start().sms as Receiver;
    first.open(() => THROTTLED);
    port.whenArrived(() => {
      send(port, "tpdu", message(30, 1));
      port.whenArrived(() => {
        first.close();
        if (port.restart !== undefined) port.restart();
        const second = port.start().sms as Receiver;
        let count = 0;
        second.open((bytes, from, to) => {
          count++;
          ok(to - from === 30 && bytes[from] === 50, "it is another message");
          return OK;
        });
        port.whenArrived(() => {
          ok(count === 1, `delivered ${count} times`);
          second.close();
          next();
        });
      });
    });
  });
}

export function serialChecks(port: Port, check: Check): void {
  check("serial: what arrives comes whole and in order", "serialIn", (ok, next) => {
    const serial = port.start().serial;
    if (serial === undefined) {
      ok(false, "the board has no serial");
      next();
      return;
    }
    const sent = message(700, 3);
    let count = 0;
    let isSame = true;
    serial.open((bytes, from, to) => {
      for (let i = from; i < to; i++) if (bytes[i] !== sent[count++]) isSame = false;
    });
    port.whenArrived(() => {
      for (let at = 0; at < 700; ) {
        const to = Math.min(at + 1 + ((at * 7) % 90), 700);
        if (port.serialIn !== undefined) port.serialIn(sent.subarray(at, to));
        at = to;
      }
      port.whenArrived(() => {
        ok(count === 700, `${count} bytes of 700 have come`);
        ok(isSame, "bytes differ");
        serial.close();
        next();
      });
    });
  });

  check("serial: close ends delivery, open begins it again", "serialIn", (ok, next) => {
    const serial = port.start().serial;
    if (serial === undefined) {
      ok(false, "the board has no serial");
      next();
      return;
    }
    const sendIn = port.serialIn === undefined ? () => {} : port.serialIn;
    let count = 0;
    const receive = (_bytes: Uint8Array, from: number, to: number): void => {
      count += to - from;
    };
    serial.open(receive);
    port.whenArrived(() => {
      serial.close();
      sendIn(message(20, 1));
      port.whenArrived(() => {
        ok(count === 0, "delivered after close");
        serial.open(receive);
        port.whenArrived(() => {
          count = 0; // what came in between may have waited
          sendIn(message(30, 2));
          port.whenArrived(() => {
            ok(count === 30, `${count} bytes of 30 have come`);
            serial.close();
            next();
          });
        });
      });
    });
  });

  check("serial: what is written goes out whole, and is lent", "serialOut", (ok, next) => {
    const serial = port.start().serial;
    if (serial === undefined || port.serialOut === undefined) {
      ok(false, "the board has no serial");
      next();
      return;
    }
    const out = port.serialOut;
    serial.open(() => {});
    port.whenArrived(() => {
      out();
      const bytes = message(64, 5);
      for (let i = 0; i < 4; i++) {
        bytes[0] = i;
        serial.write(bytes.subarray(0, 32 + i));
      }
      for (let i = 0; i < bytes.length; i++) bytes[i] = 0xee; // the caller's again
      port.whenArrived(() => {
        const sent = out();
        let at = 0;
        let isSame = true;
        for (let i = 0; i < 4; i++) {
          const expected = message(64, 5);
          expected[0] = i;
          for (let k = 0; k < 32 + i; k++) if (at >= sent.length || sent[at++] !== expected[k]) isSame = false;
        }
        ok(sent.length === at, `${sent.length} bytes of ${at} have gone out`);
        ok(isSame, "bytes differ");
        serial.close();
        next();
      });
    });
  });
}

function message(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = seed * 50 + 7 * i;
  return bytes;
}

function send(port: Port, hand: "datagram" | "tpdu", bytes: Uint8Array): void {
  if (hand === "tpdu" && port.tpdu !== undefined) port.tpdu(bytes);
  if (hand === "datagram" && port.datagram !== undefined) port.datagram(bytes);
}
