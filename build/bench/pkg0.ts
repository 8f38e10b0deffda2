/** Follows the client bundle, and measures what that has made global. */
import type { Pkg0 } from "./cases.ts";
import { createBench } from "./run.ts";

declare const pkg0: Pkg0;

const sha256 = pkg0.createSha256();
const md5 = pkg0.createMd5();
const out = new Uint8Array(32);

const hashes = {
  sha256(message: Uint8Array): Uint8Array {
    sha256.start();
    sha256.add(message, 0, message.length);
    sha256.end(out, 0);
    return out;
  },
  md5(message: Uint8Array): Uint8Array {
    md5.start();
    md5.add(message, 0, message.length);
    md5.end(out, 0);
    return out;
  },
};

(globalThis as { bench?: object }).bench = createBench(hashes, pkg0);
