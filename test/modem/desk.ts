/**
 * A modem on the desk, for a firmware in QEMU or a board on a TCP serial port: `node dist/test/modem.js [PORT]`. Once the
 * firmware has set it up, it delivers a notification of session 1234 for the account that targets/firmware is provisioned
 * with; then each line of standard input, an SMS-DELIVER in hex.
 */
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { pushOf, tpdusOf } from "../targets/tty.ts";
import { createEmulator } from "./emulator.ts";
import { fromHex } from "./tpdu.ts";

const port = Number(process.argv[2] ?? 5555);
let isSetUp = false;

const server = createServer(socket => {
  const emulator = createEmulator({}, bytes => void socket.write(bytes));
  const started = Date.now();
  const timer = setInterval(() => emulator.tick(Math.floor((Date.now() - started) / 1000)), 200);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", line => emulator.message(fromHex(line.trim())));
  socket.on("data", bytes => {
    emulator.receive(bytes);
    if (isSetUp || !emulator.commands.some(command => command.startsWith("AT+CMGL"))) return;
    isSetUp = true;
    console.log("modem: it is set up; here comes an SMS");
    for (const tpdu of tpdusOf(pushOf(0x1234), 1)) emulator.message(tpdu);
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    clearInterval(timer);
    lines.close();
    isSetUp = false;
    console.log("modem: the firmware is gone");
  });
});
server.listen(port, "127.0.0.1", () => console.log(`modem: tcp:127.0.0.1:${port}`));
