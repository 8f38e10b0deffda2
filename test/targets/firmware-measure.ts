/** Measures the images of targets/firmware: Thumb instructions, counted by count.c; the smallest heap; the deepest stack. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BoardName, type Machine, makeFirmware, startMachine, symbolsOf } from "./qemu.ts";
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
  verdict: { one: number; four: number };
  /** Everything for a message, from the modem's first byte about it to its deletion in the modem. */
  total: { one: number; four: number };
  /** The deepest C stack of all that. */
  stackBytes: number;
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
  const sent = machine.modem.commands.length;
  const others = await during(async () => {
    for (let i = 0; i < 10; i++) machine.modem.store(OTHERS, (OTHERS.length - 16) / 2, 1);
    machine.modem.sayLine('+CMTI: "SM",1');
    await sleep(1500);
  });
  const lists = machine.modem.commands.slice(sent).filter(command => command.startsWith("AT+CMGL")).length;
  const stackBytes = await deepestStack(machine, symbols);
  await machine.stop();
  const idleTurns = idle.filter(({ name }) => name === "board_wait").length - 1;
  return {
    boot,
    stackBytes,
    idleSecond: Math.round(sumOf(idle) / idleTurns),
    verdict: { one: verdictOf(one), four: verdictOf(four) },
    total: { one: sumOf(one), four: sumOf(four) },
    listByte: Math.round(sumOf(others) / (Math.max(lists, 1) * 10 * (OTHERS.length + 18))),
  };
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

export interface Scenario {
  /** DMAccs. */
  accounts: number;
  /** Sessions that wait at once. */
  pending: number;
  /** Bytes of Connect-Reason of each. */
  reason: number;
}

/**
 * Whether the scenario works with a heap of so many bytes: all are accepted, offered again after a reset, and one more is
 * refused as one too many. Sessions of this image do not end.
 */
async function fits(elf: string, scenario: Scenario, heapBytes: number): Promise<boolean> {
  const machine: Machine = await startMachine("lm3s6965evb", elf, { capacity: 40 });
  const gdb = await machine.gdb();
  const newContext = symbolsOf(elf).get("JS_NewContext") as number;
  /** The heap is what JS_NewContext is told: its second argument. */
  async function boot(): Promise<void> {
    await gdb.interrupt();
    await gdb.resetStopped();
    await gdb.breakAt(newContext & ~1);
    gdb.run();
    if (!(await gdb.stopped(10_000))) throw new Error("no JS_NewContext in 10 s");
    await gdb.setRegister(1, heapBytes);
    await gdb.goOnAt(newContext & ~1);
    gdb.run();
  }
  /** When the engine has no memory, the firmware resets: the expected line then does not come, or comes twice. */
  async function comes(pattern: RegExp, from: number): Promise<boolean> {
    for (const end = Date.now() + 8000; Date.now() < end; await sleep(20)) {
      const lines = machine.lines.slice(from);
      if (lines.some(line => /memory|modem C8/.test(line))) return false;
      if (lines.some(line => pattern.test(line))) return true;
    }
    return false;
  }
  async function send(id: number, verdict: RegExp): Promise<boolean> {
    const from = machine.lines.length;
    for (const tpdu of tpdusOf(pushOf(id, scenario.reason), id)) machine.modem.message(tpdu);
    return comes(verdict, from);
  }
  try {
    const first = machine.lines.length;
    await boot();
    if (!(await comes(/^modem C0/, first))) return false;
    for (let id = 1; id <= scenario.pending; id++) if (!(await send(id, /^verdict 0@/))) return false;
    await sleep(300);
    const from = machine.lines.length;
    await boot();
    if (!(await comes(/^start session 1$/, from)) || !(await comes(/^modem C0/, from))) return false;
    return await send(scenario.pending + 1, /^verdict (?!1@)/);
  } finally {
    gdb.close();
    await machine.stop();
  }
}

/** The least heap in bytes, to 256, in which a scenario works, with a modem and datagrams on a Cortex-M3. */
export async function leastHeap(scenario: Scenario, folder: string): Promise<number> {
  const most = 36 * 1024;
  const options = { accountsMax: scenario.accounts, pendingMax: scenario.pending, messageMax: 600, parts: 5 };
  const parts = `-UHOST_HEAP_BYTES -DHOST_HEAP_BYTES=${most} -DSESSION_SECONDS=9999 -DACCOUNTS=${scenario.accounts}`;
  const elf = await makeFirmware("lm3s6965evb", join(folder, "heap"), [
    `OPTIONS=${JSON.stringify(options)}`,
    `MORE_PARTS=${parts}`,
    "-B",
  ]);
  let low = 12 * 1024;
  let high = most;
  if (!(await fits(elf, scenario, high))) return Number.NaN;
  while (high - low > 256) {
    const middle = (low + high) >> 1;
    if (await fits(elf, scenario, middle)) high = middle;
    else low = middle;
  }
  return high;
}
