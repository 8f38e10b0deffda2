/** Finds the smallest ring that loses nothing of a list, without flow control, in the machine's own time (line.c). */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createEmulator } from "../modem/emulator.ts";
import { makeFirmware, startMachine, symbolsOf } from "./qemu.ts";
import { pushOf, tpdusOf } from "./tty.ts";

/** Powers of 2, as board.c needs them; the heap leaves room for the last one. */
const RINGS = [128, 256, 512, 1024, 2048, 4096, 8192];
const CLOCK_HZ = 12_500_000;
/** 32 ns an instruction: 48 MHz and 1.5 cycles. An idle machine goes on to its next interrupt at once. */
const TIME = ["-icount", "shift=5,sleep=off", "-S"];
/** The offset of `size` in struct ring of board.c. */
const SIZE_AT = 8;

/** What the modem says to each command before the first list, and to that, with each of `counts` messages. */
function answersOf(counts: number[]): string {
  let said = "";
  const lines = [];
  for (const count of counts) {
    const modem = createEmulator({ capacity: 20 }, bytes => {
      said += Buffer.from(bytes).toString("latin1");
    });
    for (let id = 1; id <= count; id++) for (const tpdu of tpdusOf(pushOf(id), id)) modem.message(tpdu);
    for (const command of [
      "ATE0",
      "AT",
      "ATV1",
      "AT+CMGF=0",
      "AT+CSMS=1",
      "AT+CPMS?",
      "AT+CNMI=2,1,0,0,0",
      "AT+CMGL=4",
    ]) {
      said = "";
      modem.receive(Buffer.from(`${command}\r`, "latin1"));
      const key = command === "AT+CMGL=4" ? command + String.fromCharCode(97 + count) : command;
      if (key !== command || count === counts[0]) lines.push(`{${JSON.stringify(key)}, ${JSON.stringify(said)}},`);
    }
  }
  return lines.join("\n");
}

/** By baud rate and number of stored messages: the bytes of the list, and of the least ring that loses none. */
export async function leastRings(bauds: number[], counts: number[], folder: string) {
  writeFileSync(join(folder, "answers.h"), answersOf(counts));
  const most = RINGS[RINGS.length - 1];
  const parts = ["-UHOST_HEAP_BYTES -DHOST_HEAP_BYTES=30720 -DSLIP_RING_BYTES=256", `-DMODEM_RING_BYTES=${most}`];
  const wraps = "-Wl,--wrap=chip_open -Wl,--wrap=chip_send";
  const elf = await makeFirmware("lm3s6965evb", join(folder, "ring"), [
    `MORE_PARTS=${parts.join(" ")} -DSESSION_SECONDS=9999 -I${folder} ${wraps}`,
    `MORE_SOURCES=${resolve("test/targets/line.c")}`,
    "-B",
  ]);
  const rows = [];
  for (const baud of bauds)
    for (const count of counts) {
      let ring = 0;
      const losses: Record<number, number> = {};
      for (ring of RINGS) {
        losses[ring] = await lostOf(elf, baud, count, ring);
        if (losses[ring] === 0) break;
      }
      rows.push({ baud, count, ring: losses[ring] === 0 ? ring : Number.NaN, losses });
    }
  return rows;
}

async function lostOf(elf: string, baud: number, count: number, ring: number): Promise<number> {
  const symbols = symbolsOf(elf);
  const at = (name: string) => symbols.get(name) as number;
  const machine = await startMachine("lm3s6965evb", elf, {}, TIME);
  const gdb = await machine.gdb();
  try {
    await gdb.breakAt(at("main") & ~1);
    gdb.run();
    if (!(await gdb.stopped(10_000))) throw new Error("no main in 10 s");
    const word = (value: number) => Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, 0);
    await gdb.write(at("line_clocks"), word(Math.round((CLOCK_HZ * 10) / baud)));
    await gdb.write(at("line_messages"), word(count));
    await gdb.write(at("modem_ring") + SIZE_AT, word(ring));
    await gdb.goOnAt(at("main") & ~1);
    const from = machine.lines.length;
    gdb.run();
    return Number(await machine.line("lost ", from));
  } finally {
    gdb.close();
    await machine.stop();
  }
}
