/** Counts the Thumb instructions of the images of targets/firmware with count.c, and the deepest stack. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aliasOf, bundleDevice } from "../../build/device.mjs";
import { type BoardName, type Machine, makeFirmware, startMachine, symbolsOf } from "./qemu.ts";
import { pushOf, tpdusOf } from "./tty.ts";

/** Bytes of Connect-Reason that make four short messages. */
export const FOUR_PARTS_REASON = 400;
/** The line of the modem: what the firmware does while a message arrives is not part of its verdict. */
const BAUD = 115_200;

export const sleep = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

/** What an image takes, in instructions where nothing else is said. */
export interface Counts {
  /** From the reset to the first pause of the main loop, the account being stored already. */
  boot: number;
  /** A second in which nothing arrives. */
  idleSecond: number;
  /** From the turn of the main loop in which its last bytes came until its record is saved: reading it, digest, admission. */
  verdictOne: number;
  verdictFour: number;
  /** Everything for a message, from the modem's first byte about it to its deletion in the modem. */
  allOne: number;
  allFour: number;
  /** For each byte of a list of short messages that are others'. */
  listByte: number;
  /** The deepest C stack of all that, in bytes. */
  stackBytes: number;
  /** Bytes of flash, records aside. */
  imageBytes: number;
}

/** The least that Counts could be. An engine with an empty script boots and idles; a verdict reads the octets, and hashes. */
export type Floors = Pick<Counts, "boot" | "idleSecond" | "verdictOne" | "verdictFour">;

interface Event {
  name: string;
  count: number;
}

/** Starts an image whose calls of the functions `marked` are counted. Throws where QEMU takes no plugins. */
async function startCounter(board: BoardName, elf: string, folder: string, marked: string[]) {
  const plugin = join(folder, "count.so");
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", plugin, "test/targets/count.c"]);
  const symbols = symbolsOf(elf);
  const addresses = new Map(marked.map(name => [(symbols.get(name) as number) & ~1, name]));
  const out = join(folder, `counts.${board}`);
  const marks = [...addresses.keys()].map(address => `mark=${address.toString(16)}`).join(",");
  const machine = await startMachine(board, elf, {}, ["-plugin", `${plugin},out=${out},${marks}`], BAUD);

  function events(): Event[] {
    const lines = readFileSync(out, "utf8").trim().split("\n");
    const pairs = lines.map(line => line.split(" "));
    return pairs.map(([address, count]) => ({
      name: addresses.get(Number.parseInt(address, 16)) as string,
      count: Number(count),
    }));
  }
  async function isQuiet(): Promise<void> {
    for (let before = -1, now = 0; before !== now; before = now, await sleep(400)) now = machine.modem.commands.length;
  }
  /** The events while `act` goes on; the first one is the last before it. */
  async function during(act: () => Promise<unknown>): Promise<Event[]> {
    const before = events().length;
    await act();
    await isQuiet();
    return events().slice(before - 1);
  }
  /** Resets it, and counts until the main loop pauses. */
  async function countBoot(isReady: (from: number) => Promise<unknown>): Promise<number> {
    const gdb = await machine.gdb();
    const all = await during(async () => {
      const from = machine.lines.length;
      await gdb.reset();
      await isReady(from);
    });
    gdb.close();
    const start = all.findLastIndex(({ name }) => name === "main");
    const pause = all.findIndex(({ name }, i) => i > start && name === "board_wait");
    return all[pause].count - all[start].count;
  }
  async function countIdleSecond(): Promise<number> {
    await sleep(2000);
    const all = await during(() => sleep(3000));
    return Math.round(sumOf(all) / (all.filter(({ name }) => name === "board_wait").length - 1));
  }
  return { machine, symbols, events, isQuiet, during, countBoot, countIdleSecond };
}

function sumOf(all: Event[]): number {
  return all[all.length - 1].count - all[0].count;
}

/** From the turn of the main loop in which a message is whole until its record is saved: then the second copy begins. */
function verdictOf(all: Event[]): number {
  const first = all.findIndex(({ name }) => name === "flash_save");
  const saved = all.findIndex(({ name }, i) => i > first && name === "flash_save");
  const turn = all.slice(0, saved).findLast(({ name }) => name === "board_wait") as Event;
  return all[saved].count - turn.count;
}

/** Counts on an image that was just made. */
export async function countInstructions(board: BoardName, elf: string, folder: string): Promise<Counts> {
  const counter = await startCounter(board, elf, folder, ["board_wait", "flash_save", "main"]);
  const { machine, during } = counter;
  const accept = (id: number, reason: number) =>
    during(async () => {
      for (const tpdu of tpdusOf(pushOf(id, reason), id & 255)) machine.modem.message(tpdu);
      await machine.line(`done ${id.toString(16).toUpperCase()}`);
    });

  await machine.line("modem C0");
  await counter.isQuiet();
  const boot = await counter.countBoot(from => machine.line("modem C0", from));
  const idleSecond = await counter.countIdleSecond();
  const one = await accept(0x1234, 0);
  const four = await accept(0xbeef, FOUR_PARTS_REASON);
  const sent = machine.modem.commands.length;
  const others = await during(async () => {
    for (let i = 0; i < 10; i++) machine.modem.store(OTHERS, (OTHERS.length - 16) / 2, 1);
    machine.modem.sayLine('+CMTI: "SM",1');
    await sleep(1500);
  });
  const lists = machine.modem.commands.slice(sent).filter(command => command.startsWith("AT+CMGL")).length;
  const stackBytes = await deepestStack(machine, counter.symbols);
  await machine.stop();
  return {
    boot,
    idleSecond,
    verdictOne: verdictOf(one),
    verdictFour: verdictOf(four),
    allOne: sumOf(one),
    allFour: sumOf(four),
    listByte: Math.round(sumOf(others) / (Math.max(lists, 1) * 10 * (OTHERS.length + 18))),
    stackBytes,
    imageBytes: imageBytesOf(elf),
  };
}

/** Counts the same machine with scripts that do the least. `more` are the flags of the image. */
export async function countFloors(board: BoardName, folder: string, more: string[] = []): Promise<Floors> {
  const pushes = [pushOf(0x1234), pushOf(0xbeef, FOUR_PARTS_REASON)];
  const lengths = pushes.map(push => [push.length, "secret::".length + push.length - HEADERS_AND_DIGEST]);
  const { bundles, faults } = await bundleDevice({
    ...{
      name: "test/firmware-floor",
      entry: "test/targets/firmware-floor.ts",
      levels: [5],
      globals: ["host", "LENGTHS"],
    },
    alias: aliasOf("mquickjs"), // the hash that the image has
    folders: ["src/", "targets/", "test/targets/"],
  });
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const scripts = { empty: EMPTY_SCRIPT, least: bundles[0].code.replaceAll("LENGTHS", JSON.stringify(lengths)) };

  async function startWith(script: keyof typeof scripts) {
    const bundle = join(folder, `${script}.js`);
    writeFileSync(bundle, scripts[script]);
    const elf = await makeFirmware(board, join(folder, `${board}-${script}`), [`BUNDLE=${bundle}`, "-B", ...more]);
    const counter = await startCounter(board, elf, folder, ["board_wait", "board_posix_seconds", "main"]);
    await counter.machine.line("ready");
    return counter;
  }
  const empty = await startWith("empty");
  const boot = await empty.countBoot(from => empty.machine.line("ready", from));
  const idleSecond = await empty.countIdleSecond();
  await empty.machine.stop();
  const least = await startWith("least");
  await sleep(1000 * lengths.length + 1500);
  const marks = least.events().filter(({ name }) => name === "board_posix_seconds");
  await least.machine.stop();
  const [one, four] = lengths.map((_, i) => marks[2 * i + 1].count - marks[2 * i].count);
  return { boot, idleSecond, verdictOne: one, verdictFour: four };
}

/** Octets of a push that are not hashed: its headers, and the digest. */
const HEADERS_AND_DIGEST = 6 + 32;
const EMPTY_SCRIPT =
  "globalThis.pkg0={poll:function(){},tick:function(){},hasAccount:function(){return 1},retry:function(){}};";

function imageBytesOf(elf: string): number {
  const { stdout } = spawnSync("arm-none-eabi-size", [elf], { encoding: "utf8" });
  const [text, data] = stdout.trim().split("\n")[1].trim().split(/\s+/).map(Number);
  return text + data;
}

/** The most bytes of stack that were used: a byte that was never written to is 0, as QEMU's RAM is at the start. */
async function deepestStack(machine: Machine, symbols: Map<string, number>): Promise<number> {
  const [from, to] = ["stack_start", "stack_end"].map(name => symbols.get(name) as number);
  const gdb = await machine.gdb();
  let at = from;
  for (let isBlank = true; isBlank && at < to; ) {
    const bytes = await gdb.read(at, Math.min(256, to - at));
    const used = bytes.findIndex(octet => octet !== 0);
    isBlank = used < 0;
    at += isBlank ? bytes.length : used;
  }
  gdb.close();
  return to - at;
}

/** A text of 160 characters to somebody else, as a modem lists it. */
const OTHERS = `07914487200030230409904477009010320000621132210000${"00"}A0${"C8329BFD0E".repeat(28)}`;
