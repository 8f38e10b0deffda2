/** Finds the smallest heap in which an image of targets/firmware works. */
import { join } from "node:path";
import { sleep } from "./firmware-measure.ts";
import { type BoardName, type Machine, makeFirmware, startMachine, symbolsOf } from "./qemu.ts";
import { pushOf, tpdusOf } from "./tty.ts";

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
async function fits(board: BoardName, elf: string, scenario: Scenario, heapBytes: number): Promise<boolean> {
  const machine: Machine = await startMachine(board, elf, { capacity: 40 });
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

/** The heap of each image, which may not be larger: its RAM is full. */
const MOST_BYTES = { lm3s6965evb: 36 * 1024, microbit: 29_184 };

/** The least heap in bytes, to 256, in which a scenario works; NaN when the board has not so much. `more` are flags of the image. */
export async function leastHeap(
  board: BoardName,
  scenario: Scenario,
  folder: string,
  more: string[] = [],
): Promise<number> {
  const most = MOST_BYTES[board];
  const { accounts, pending } = scenario;
  const options = { accountsMax: accounts, pendingMax: pending, messageMax: 512, parts: 4, areRecordsChecked: true };
  const parts = `-UHOST_HEAP_BYTES -DHOST_HEAP_BYTES=${most} -DSESSION_SECONDS=9999 -DACCOUNTS=${accounts}`;
  const elf = await makeFirmware(board, join(folder, `heap-${board}`), [
    `OPTIONS=${JSON.stringify(options)}`,
    ...more.map(flag => flag.replace(/^MORE_PARTS=/, `MORE_PARTS=${parts} `)),
    ...(more.length > 0 ? [] : [`MORE_PARTS=${parts}`]),
    "-B",
  ]);
  let low = 12 * 1024;
  let high = most;
  if (!(await fits(board, elf, scenario, high))) return Number.NaN;
  while (high - low > 256) {
    const middle = (low + high) >> 1;
    if (await fits(board, elf, scenario, middle)) high = middle;
    else low = middle;
  }
  return high;
}
