/**
 * A gateway that is a device itself: receives datagrams, and prints a line about each. The user who is asked answers with a
 * line: "y" is yes. Run: node gateway.js STATE [PORT [BEARERS]]. BEARERS are the Preferred-Bearer values that are up.
 */
import { createSocket } from "node:dgram";
import { createClient, statusName } from "pkg0";
import { createFileStorage } from "pkg0/node";

const [state, port = "2948", bearers = "8"] = process.argv.slice(2);
const socket = createSocket("udp4");

const client = createClient(
  {
    storage: createFileStorage(state),
    clock: {
      posixSeconds: () => Math.floor(Date.now() / 1000),
      monotonicSeconds: () => Math.floor(performance.now() / 1000),
    },
    udp: {
      open(deliver) {
        socket.on("message", bytes => deliver(bytes, 0, bytes.length));
        socket.bind(Number(port), "127.0.0.1", () => console.log(`port ${socket.address().port}`));
        return true;
      },
      close: () => socket.close(),
    },
    bearers: { isAvailable: bearer => bearers.split(",").includes(String(bearer)) },
    ui: {
      inform: (reason, request) => console.log(`session ${request.sessionId} begins: ${reason}`),
      confirm(reason, request, answer) {
        console.log(`may session ${request.sessionId} begin? ${reason}`);
        process.stdin.once("data", text => answer(String(text).startsWith("y")));
      },
    },
    session: {
      start(request) {
        console.log(`session ${request.sessionId} with ${request.serverId}`);
        setTimeout(() => client.sessionDone(request), 1000); // to be called when the DM session has ended
        return 0;
      },
    },
  },
  {
    onVerdict: (status, at) => console.log(`${statusName(status)} at ${at}`),
    onSession: (status, request) => console.log(`session ${request.sessionId}: ${statusName(status)}`),
  },
);
client.addAccount({ serverId: "dm.example.com", appAuth: [{ aauthLevel: "NOTICRED", aauthSecret: "secret" }] });
client.open();
client.resume();
setInterval(() => client.tick(), 60_000);
