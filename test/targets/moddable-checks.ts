/** The port checks on Moddable itself. A module for a project's main, which passes the SDK's classes. */
import { checkPort } from "../../targets/conformance/index.ts";
import type { DigestClass, KeyValue, Time, UdpClass } from "../../targets/moddable/embedded.ts";
import { createDigestHash, createModdableBoard, createUdp } from "../../targets/moddable/hal.ts";

interface Sdk {
  keyValue: KeyValue;
  Time: Time;
  Timer: { set(call: () => void, milliseconds: number): unknown };
  UDP: UdpClass;
  /** The port of the sending socket. */
  Sender: new (
    options: object,
  ) => { write(bytes: ArrayBuffer, address: string, port: number): void };
  port: number;
  Digest: DigestClass;
  print: (line: string) => void;
}

export default function check({ keyValue, Time, Timer, UDP, Sender, port, Digest, print }: Sdk): void {
  const sender = new Sender({});
  let sessions = 0;
  const start = () => {
    const board = createModdableBoard(keyValue, Time);
    board.udp = createUdp(UDP, port);
    board.hash = createDigestHash(Digest);
    board.session.start = () => {
      sessions++;
      return 0;
    };
    return board;
  };
  checkPort(
    {
      start,
      restart() {},
      whenArrived: next => void Timer.set(next, 200),
      datagram: bytes => sender.write(new Uint8Array(bytes).buffer, "127.0.0.1", port),
      sessions: () => sessions,
      corrupt(key) {
        const record = start().storage.load(key) as Uint8Array;
        keyValue.open({ path: "pkg0", mode: "r+", format: "buffer" }).write(key, record.slice(3).buffer as ArrayBuffer);
      },
    },
    {
      passed: name => print(`passed ${name}`),
      failed: (name, what) => print(`failed ${name}: ${what}`),
      skipped: (name, hand) => print(`skipped ${name}: ${hand}`),
    },
    failed => print(`${failed} checks failed`),
  );
}
