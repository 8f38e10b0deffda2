/** Node alone has it. */
import { createHash } from "node:crypto";
import { createBench } from "./run.ts";

const hashes = {
  sha256: (message: Uint8Array) => createHash("sha256").update(message).digest(),
  md5: (message: Uint8Array) => createHash("md5").update(message).digest(),
};

(globalThis as { bench?: object }).bench = createBench(hashes, null);
