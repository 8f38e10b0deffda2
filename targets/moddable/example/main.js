/** A device with a modem on a serial port and datagrams from Wi-Fi. Port and pins are those of the board. */

import Serial from "embedded:io/serial";
import UDP from "embedded:io/socket/udp";
import keyValue from "embedded:storage/key-value";
import { Digest } from "crypt";
import connect from "pkg0";
import Time from "time";
import Timer from "timer";

connect({
  keyValue,
  Time,
  Timer,
  UDP,
  Digest,
  serial: { io: Serial, port: 1, receive: 16, transmit: 17, baud: 115200 },
  accounts: [{ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] }],
  session(request, done) {
    trace(`start session ${request.sessionId} with ${request.serverId}\n`);
    done(); // where the DM session ends
    return 0;
  },
  log: line => trace(`${line}\n`),
});
