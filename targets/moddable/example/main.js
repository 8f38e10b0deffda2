/** A device with a modem on a serial port and datagrams from the network. Its pins are those of manifest.json. */

import Serial from "embedded:io/serial";
import UDP from "embedded:io/socket/udp";
import keyValue from "embedded:storage/key-value";
import { Digest } from "crypt";
import config from "mc/config";
import connect from "pkg0";
import Time from "time";
import Timer from "timer";

connect({
  keyValue,
  Time,
  Timer,
  UDP,
  port: config.port,
  Digest,
  serial: config.modem && { io: Serial, ...config.modem },
  accounts: [{ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] }],
  session(request, done) {
    trace(`start session ${request.sessionId} with ${request.serverId}${request.isResumed ? ", resumed" : ""}\n`);
    Timer.set(() => {
      trace(`end of session ${request.sessionId}\n`);
      done(); // where the DM session ends
    }, 2000);
    return 0;
  },
  log: line => trace(`${line}\n`),
});
