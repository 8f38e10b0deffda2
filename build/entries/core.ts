/** The small bundle: reads a push and a notification of DM 1.3, and verifies its digest. */
import { createSha256 } from "../../src/hash/sha256.ts";
import { verifyDigest13 } from "../../src/notification/digest13.ts";
import { newNotification } from "../../src/notification/fields.ts";
import { readNotification13 } from "../../src/notification/read13.ts";
import { newPush, readPush } from "../../src/push/wsp.ts";

// this module exports nothing, so esbuild adds no helpers for exports
(globalThis as { pkg0?: object }).pkg0 = {
  createSha256,
  newPush,
  newNotification,
  readPush,
  readNotification13,
  verifyDigest13,
};
