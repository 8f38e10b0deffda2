/**
 * Runs after the bundle of build/entries/bench.ts, and measures the API that the bundle has made global. The bundle does not
 * contain the code that makes the messages.
 */
import { copyOf } from "../../src/account/dmacc.ts";
import type { Hash } from "../../src/hash/hash.ts";
import { computeDigest12 } from "../../src/notification/digest12.ts";
import { computeDigest13 } from "../../src/notification/digest13.ts";
import { writeNotification12 } from "../../src/notification/write12.ts";
import { writeNotification13 } from "../../src/notification/write13.ts";
import { countParts, writePart } from "../../src/push/sms/submit.ts";
import { writePushHeader } from "../../src/push/wsp.ts";
import type { Pkg0 } from "./cases.ts";
import { createBench } from "./run.ts";

declare const pkg0: Pkg0;

const all = copyOf(pkg0);
all.computeDigest12 = computeDigest12;
all.computeDigest13 = computeDigest13;
all.writeNotification12 = writeNotification12;
all.writeNotification13 = writeNotification13;
all.writePushHeader = writePushHeader;
all.countParts = countParts;
all.writePart = writePart;

const sha256 = pkg0.createSha256();
const md5 = pkg0.createMd5();
const out = new Uint8Array(32);

function hashWith(hash: Hash, message: Uint8Array): Uint8Array {
  hash.start();
  hash.add(message, 0, message.length);
  hash.end(out, 0);
  return out;
}

const hashes = {
  sha256: (message: Uint8Array) => hashWith(sha256, message),
  sha256New: (message: Uint8Array) => hashWith(pkg0.createSha256(), message),
  md5: (message: Uint8Array) => hashWith(md5, message),
};

(globalThis as { bench?: object }).bench = createBench(hashes, all);
