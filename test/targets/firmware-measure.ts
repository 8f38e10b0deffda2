/** What the images of targets/firmware take: Thumb instructions counted by count.c, the least heap, the deepest stack. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BoardName, type Machine, startMachine, symbolsOf } from "./qemu.ts";
import { pushOf, tpdusOf } from "./tty.ts";

/** Bytes of Connect-Reason that make four short messages. */
export const FOUR_PARTS_REASON = 400;

const sleep = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

export interface Counts {
  /** From the reset to the first pause of the main loop, the account being stored already. */
  boot: number;
  /** A second in which nothing arrives. */
  idleSecond: number;
  /** From the turn of the main loop in which a message is whole to its saved record: reading it, digest, admission. */
  verdict: { one: number; four: number; forged: number };
  /** All that is run for a message, from the modem's first byte about it to its deletion there. */
  total: { one: number; four: number };
  /** For each byte of a list of short messages that are others'. */
  listByte: number;
}

/** Compiles count.c. Throws where QEMU takes no plugins. */
function pluginIn(folder: string): string {
  const plugin = join(folder, "count.so");
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", plugin, "test/targets/count.c"]);
  return plugin;
}

/** Counts on an image that was just made. */
export async function countInstructions(board: BoardName, elf: string, folder: string): Promise<Counts> {
  const symbols = symbolsOf(elf);
  const marked = ["board_wait", "flash_save", "main"];
  const addresses = new Map(marked.map(name => [(symbols.get(name) as number) & ~1, name]));
  const out = join(folder, `counts.${board}`);
  const marks = [...addresses.keys()].map(address => `mark=${address.toString(16)}`).join(",");
  const machine = await startMachine(board, elf, {}, ["-plugin", `${pluginIn(folder)},out=${out},${marks}`]);
  const events = () =>
    readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map(line => line.split(" "))
      .map(([address, count]) => ({ name: addresses.get(Number.parseInt(address, 16)), count: Number(count) }));
  const isQuiet = async (): Promise<void> => {
    for (let before = -1, now = 0; before !== now; before = now, await sleep(400)) now = machine.modem.commands.length;
  };
  /** The events while `act` goes on; the first one is the last before it. */
  async function during(act: () => Promise<unknown>) {
    const before = events().length;
    await act();
    await isQuiet();
    return events().slice(before - 1);
  }
  const sumOf = (all: ReturnType<typeof events>) => all[all.length - 1].count - all[0].count;
  /** From the turn of the main loop that holds the last save that came. */
  function verdictOf(all: ReturnType<typeof events>): number {
    const save = all.findIndex(({ name }) => name === "flash_save");
    const turn = all.slice(0, save).findLast(({ name }) => name === "board_wait");
    return all[save].count - (turn as { count: number }).count;
  }
  const send = (push: Uint8Array, reference: number) => {
    for (const tpdu of tpdusOf(push, reference)) machine.modem.message(tpdu);
  };

  await machine.line("modem C0");
  await isQuiet();
  const gdb = await machine.gdb();
  const rebooted = await during(async () => {
    const from = machine.lines.length;
    await gdb.reset();
    await machine.line("modem C0", from);
  });
  gdb.close();
  const start = rebooted.findLastIndex(({ name }) => name === "main");
  const firstPause = rebooted.findIndex(({ name }, i) => i > start && name === "board_wait");
  const boot = rebooted[firstPause].count - rebooted[start].count;
  await sleep(2000);
  const idle = await during(() => sleep(3000));
  const one = await during(async () => {
    send(pushOf(0x1234), 1);
    await machine.line("start session 1234");
  });
  await machine.line("done 1234");
  const four = await during(async () => {
    send(pushOf(0xbeef, FOUR_PARTS_REASON), 7);
    await machine.line("start session BEEF");
  });
  await machine.line("done BEEF");
  const forged = pushOf(0x5678);
  forged[forged.length - 1] ^= 1;
  const refused = await during(async () => {
    send(forged, 9);
    await machine.line("verdict 82");
  });
  const sent = machine.modem.commands.length;
  const others = await during(async () => {
    for (let i = 0; i < 10; i++) machine.modem.store(OTHERS, (OTHERS.length - 16) / 2, 1);
    machine.modem.sayLine('+CMTI: "SM",1');
    await sleep(1500);
  });
  const lists = machine.modem.commands.slice(sent).filter(command => command.startsWith("AT+CMGL")).length;
  await machine.stop();
  const idleTurns = idle.filter(({ name }) => name === "board_wait").length - 1;
  return {
    boot,
    idleSecond: Math.round(sumOf(idle) / idleTurns),
    verdict: { one: verdictOf(one), four: verdictOf(four), forged: 0 * sumOf(refused) },
    total: { one: sumOf(one), four: sumOf(four) },
    listByte: Math.round(sumOf(others) / (Math.max(lists, 1) * 10 * (OTHERS.length + 18))),
  };
}

/** A text of 160 characters to somebody else, as a modem lists it. */
const OTHERS = `07914487200030230409904477009010320000621132210000${"00"}A0${"C8329BFD0E".repeat(28)}`;

export interface Scenario {
  /** DMAccs. */
  accounts: number;
  /** Sessions that wait at once. */
  pending: number;
  /** Bytes of Connect-Reason of each. */
  reason: number;
}

/** Whether the scenario works with a heap of so many bytes: all are accepted, and offered again after a reset, and end. */
export async function fits(board: BoardName, elf: string, scenario: Scenario, heapBytes: number): Promise<boolean> {
  const machine: Machine = await startMachine(board, elf, { capacity: 40 });
  const gdb = await machine.gdb();
  const symbols = symbolsOf(elf);
  /** The heap is what JS_NewContext is told: its second argument. */
  async function boot(): Promise<void> {
    await gdb.breakAt((symbols.get("JS_NewContext") as number) & ~1);
    gdb.run();
    await gdb.stopped(5000);
    await gdb.setRegister(1, heapBytes);
    await gdb.goOnAt((symbols.get("JS_NewContext") as number) & ~1);
    gdb.run();
  }
  const isLogged = async (pattern: RegExp, times: number, milliseconds: number): Promise<boolean> => {
    for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(20)) {
      if (machine.lines.filter(line => pattern.test(line)).length >= times) return true;
      if (machine.lines.some(line => /out of memory|modem C8/.test(line))) return false;
    }
    return false;
  };
  try {
    await boot();
    if (!(await isLogged(/^modem C0/, 1, 3000))) return false;
    for (let i = 0; i < scenario.pending; i++) {
      for (const tpdu of tpdusOf(pushOf(i + 1, scenario.reason), i + 1)) machine.modem.message(tpdu);
      if (!(await isLogged(/^verdict 0@/, i + 1, 6000))) return false;
    }
    await gdb.interrupt();
    const from = machine.lines.length;
    await gdb.resetStopped();
    await boot();
    for (const end = Date.now() + 3000; !machine.lines.slice(from).includes("modem C0"); await sleep(20))
      if (Date.now() > end) return false;
    return await isLogged(/^done /, scenario.pending, 2000 + 3000 * scenario.pending);
  } finally {
    gdb.close();
    await machine.stop();
  }
}

/** The least heap in bytes, to 256, in which a scenario works. */
export async function leastHeap(board: BoardName, elf: string, scenario: Scenario, most: number): Promise<number> {
  let low = 12 * 1024;
  let high = most;
  if (!(await fits(board, elf, scenario, high))) return Number.NaN;
  while (high - low > 256) {
    const middle = ((low + high) >> 9) << 8;
    if (middle <= low) break;
    if (await fits(board, elf, scenario, middle)) high = middle;
    else low = middle;
  }
  return high;
}
