/** The part of GDB's remote protocol that stops a machine at an instruction, reads its state, and resets it. */
import { connect, type Socket } from "node:net";

export interface Gdb {
  /** Lets the machine run; it stops at a breakpoint. */
  run(): void;
  /** Resolves when it has stopped, or after so many milliseconds; whether it has. */
  stopped(milliseconds: number): Promise<boolean>;
  /** Stops it where it is, if it runs. */
  interrupt(): Promise<void>;
  /** Runs so many instructions. */
  step(instructions: number): Promise<void>;
  breakAt(address: number): Promise<void>;
  goOnAt(address: number): Promise<void>;
  read(address: number, length: number): Promise<Uint8Array>;
  write(address: number, bytes: Uint8Array): Promise<void>;
  /** Sets r0 to r15. */
  setRegister(number: number, value: number): Promise<void>;
  /** Resets the machine; with resetStopped it does not run yet. */
  reset(): Promise<void>;
  resetStopped(): Promise<void>;
  close(): void;
}

export async function connectGdb(path: string): Promise<Gdb> {
  const socket: Socket = await new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.on("error", reject);
  });
  let input = "";
  const packets: string[] = [];
  const waiting: ((packet: string) => void)[] = [];
  socket.on("data", bytes => {
    input += bytes.toString("latin1");
    for (;;) {
      const match = /\$([^#]*)#../s.exec(input);
      if (match === null) return;
      input = input.slice(match.index + match[0].length);
      socket.write("+");
      const take = waiting.shift();
      if (take === undefined) packets.push(match[1]);
      else take(match[1]);
    }
  });

  function send(packet: string): void {
    let sum = 0;
    for (const character of packet) sum += character.charCodeAt(0);
    socket.write(`$${packet}#${(sum & 255).toString(16).padStart(2, "0")}`);
  }

  function next(): Promise<string> {
    const packet = packets.shift();
    return packet !== undefined ? Promise.resolve(packet) : new Promise(resolve => waiting.push(resolve));
  }

  async function ask(packet: string): Promise<string> {
    send(packet);
    return next();
  }

  async function expectOk(packet: string): Promise<void> {
    const answer = await ask(packet);
    if (answer !== "OK") throw new Error(`gdb: ${packet}: ${answer}`);
  }

  let isRunning = false;
  let stop: Promise<void> = Promise.resolve();
  const hex = (value: number) => value.toString(16);
  // the machine stops for who connects, and may say so once more
  await ask("?");
  await new Promise(resolve => setTimeout(resolve, 100));
  packets.length = 0;
  await ask("qXfer:features:read:target.xml:0,ffb"); // QEMU sets registers only for who has asked what there are
  const gdb: Gdb = {
    run() {
      send("c");
      isRunning = true;
      stop = next().then(() => {
        isRunning = false;
      });
    },
    async stopped(milliseconds) {
      await Promise.race([stop, new Promise(resolve => setTimeout(resolve, milliseconds))]);
      return !isRunning;
    },
    async interrupt() {
      if (!isRunning) return;
      socket.write("\x03");
      await stop;
    },
    async step(instructions) {
      for (let i = 0; i < instructions; i++) await ask("s");
    },
    breakAt: address => expectOk(`Z1,${hex(address)},2`),
    goOnAt: address => expectOk(`z1,${hex(address)},2`),
    async read(address, length) {
      return Uint8Array.from(Buffer.from(await ask(`m${hex(address)},${hex(length)}`), "hex"));
    },
    write: (address, bytes) => expectOk(`M${hex(address)},${hex(bytes.length)}:${Buffer.from(bytes).toString("hex")}`),
    setRegister(number, value) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value);
      return expectOk(`P${hex(number)}=${bytes.toString("hex")}`);
    },
    async resetStopped() {
      send(`qRcmd,${Buffer.from("system_reset").toString("hex")}`);
      for (let answer = await next(); answer !== "OK"; answer = await next());
      await new Promise(resolve => setTimeout(resolve, 50)); // QEMU resets a moment after its answer
    },
    async reset() {
      await gdb.resetStopped();
      gdb.run();
    },
    close: () => void socket.destroy(),
  };
  return gdb;
}
