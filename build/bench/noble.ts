import { md5 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { createBench } from "./run.ts";

(globalThis as { bench?: object }).bench = createBench({ sha256, md5 }, null);
