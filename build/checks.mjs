/**
 * npm run checks -- "COMMAND": runs the port checks (targets/conformance) on a board, in its own heap and part by part. COMMAND
 * is run once for each part; it puts the script of the environment variable BUNDLE on the board, in place of
 * dist/mquickjs.es5.js, prints the board's log, and connects the line of its modem with tcp:127.0.0.1:PORT, which is in MODEM,
 * and that of its datagrams, if it has one, with SLIP. targets/firmware/README.md has an example.
 *   --only a,b      only these parts
 */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { bundleDevice, CHECKS, ROOT } from "./device.mjs";
import { datagramOf, slipOf } from "./slip.mjs";

const PUSH_PORT = 2948;
/** A board that logs nothing for so long does not go on. */
const SILENCE_MS = 60_000;
/** A board that logs all the time without end does not either. */
const PART_MS = 180_000;

/** Makes the script of a part; returns its file. */
async function makeScript(row) {
  const { bundles, faults } = await bundleDevice(row);
  if (faults.length > 0) throw new Error(faults.map(fault => fault.message).join("\n"));
  const file = join(ROOT, "dist", bundles[0].file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bundles[0].code);
  return file;
}

/** A line that the board connects with; nobody reads what the board sends. */
async function openLine() {
  const sockets = new Set();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `tcp:127.0.0.1:${server.address().port}`,
    send: bytes => sockets.forEach(socket => void socket.write(bytes)),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Ends a command and what it has started. */
function stop(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (_error) {
    // it has ended by itself
  }
}

/** Runs one part. Returns `{ counts, reason }`: why its checks have not come to their end, or null. */
async function runPart(script, command) {
  const [modem, slip] = [await openLine(), await openLine()];
  const env = { ...process.env, BUNDLE: script, MODEM: modem.address, SLIP: slip.address };
  const child = spawn(command, { env, shell: true, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  process.once("SIGINT", () => {
    stop(child);
    process.exit(1);
  });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let datagram = "";
  let isReady = false;

  const reason = await new Promise(resolve => {
    let silence;
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => resolve(`no line for ${SILENCE_MS / 1000} s`), SILENCE_MS);
    };
    wait();
    setTimeout(() => resolve(`not done in ${PART_MS / 1000} s`), PART_MS);
    child.on("error", error => resolve(error.message));
    child.on("exit", code => resolve(`the command has ended with ${code}`));
    createInterface({ input: child.stdout }).on("line", line => {
      wait();
      const [, word, rest] = /^(\S+) ?(.*)$/.exec(line) ?? [];
      if (word === "serial" || word === "serial+") modem.send(Buffer.from(rest, "hex"));
      else if (word === "datagram+") datagram += rest;
      else if (word === "datagram") {
        slip.send(slipOf(datagramOf(Buffer.from(datagram + rest, "hex"), PUSH_PORT)));
        datagram = "";
      } else console.log(line);
      if (word in counts) counts[word]++;
      if (word === "checks") resolve(null);
      if (line === "ready" && isReady) resolve("the board was reset: its heap has no room for this part, or it hangs");
      if (line === "ready") isReady = true;
    });
  });
  stop(child);
  modem.close();
  slip.close();
  return { counts, reason };
}

const options = { only: { type: "string", default: Object.keys(CHECKS).join() } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
if (positionals.length !== 1) throw new Error('usage: npm run checks -- [--only a,b] "COMMAND"');
const summary = [];
for (const part of values.only.split(",")) {
  if (CHECKS[part] === undefined) throw new Error(`no part ${part}: ${Object.keys(CHECKS).join(", ")}`);
  console.log(`part ${part}`);
  const { counts, reason } = await runPart(await makeScript(CHECKS[part]), positionals[0]);
  if (reason !== null || counts.failed > 0) process.exitCode = 1;
  const { passed, failed, skipped } = counts;
  summary.push(
    `${part}: ${passed} passed, ${failed} failed, ${skipped} skipped${reason === null ? "" : `; ${reason}`}`,
  );
}
console.log(summary.join("\n"));
process.exit();
