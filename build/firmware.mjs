/**
 * Measures a firmware in QEMU (targets/firmware/README.md names the programs it needs). npm run firmware prints the
 * instructions of the images, which npm run engines records. npm run heap -- --accounts 2 --pending 4 --reason 430 prints the
 * smallest heap of MicroQuickJS on a Cortex-M3 for so many DMAccs, waiting sessions and bytes of Connect-Reason. npm run
 * firmware -- --ring prints how many bytes of a list are lost with rings of several sizes.
 */
import { parseArgs } from "node:util";
import { firmwareTableOf, measureFirmware, openFirmware } from "./engines/firmware.mjs";

/** Does so where no tool is missing. */
async function withFirmware(act) {
  const firmware = await openFirmware();
  try {
    if (firmware.missing.length === 0) return await act(firmware);
    console.error(`Not measured, no ${firmware.missing.join(", no ")}`);
    process.exitCode = 1;
  } finally {
    firmware.close();
  }
}

async function printHeap({ leastHeap, folder }, values) {
  const scenario = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  const bytes = await leastHeap("lm3s6965evb", scenario, folder);
  const { accounts, pending, reason } = scenario;
  console.log(`${bytes} bytes of heap: accounts ${accounts}, pending ${pending}, Connect-Reason of ${reason} bytes`);
}

async function printRings({ leastRings, folder }) {
  for (const { baud, count, ring, losses } of await leastRings([9600, 115_200], [1, 4, 10], folder)) {
    const lost = Object.entries(losses).map(([size, bytes]) => `${bytes} with ${size}`);
    console.log(`${baud} baud, ${count} stored: at least ${ring} bytes; lost ${lost.join(", ")}`);
  }
}

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "1" },
    pending: { type: "string", default: "1" },
    reason: { type: "string", default: "0" },
    counts: { type: "boolean" },
    ring: { type: "boolean" },
  },
});
const { counts, ring, ...scenario } = values;
if (ring) await withFirmware(printRings);
else if (!counts) await withFirmware(firmware => printHeap(firmware, scenario));
else {
  const record = await measureFirmware("what is on PATH", console.log);
  if (record !== null) console.log(firmwareTableOf(record));
  else process.exitCode = 1;
}
