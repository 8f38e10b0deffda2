/** src itself as the suite's API object. */

import { readBase64, writeBase64 } from "../../src/hash/base64.ts";
import { createMd5 } from "../../src/hash/md5.ts";
import { createSha256 } from "../../src/hash/sha256.ts";
import { computeDigest12, DIGEST12_SCRATCH_BYTES, verifyDigest12 } from "../../src/notification/digest12.ts";
import { computeDigest13, DIGEST_COLONS, DIGEST_PLAIN, verifyDigest13 } from "../../src/notification/digest13.ts";
import { newNotification } from "../../src/notification/fields.ts";
import { readNotification12 } from "../../src/notification/read12.ts";
import { REQUESTED_MO_OPTIONAL, readNotification13, VENDOR_INFO_STRICT } from "../../src/notification/read13.ts";
import { checkUtf8 } from "../../src/notification/utf8.ts";
import { writeNotification12 } from "../../src/notification/write12.ts";
import { sizeOfNotification13, writeNotification13 } from "../../src/notification/write13.ts";
import { newPush, readPush, writePushHeader } from "../../src/push/wsp.ts";
import type { Pkg0 } from "../suite/api.ts";

export const pkg0: Pkg0 = {
  createSha256,
  createMd5,
  readBase64,
  writeBase64,
  checkUtf8,
  newNotification,
  readNotification13,
  REQUESTED_MO_OPTIONAL,
  VENDOR_INFO_STRICT,
  computeDigest13,
  verifyDigest13,
  DIGEST_COLONS,
  DIGEST_PLAIN,
  sizeOfNotification13,
  writeNotification13,
  readNotification12,
  computeDigest12,
  verifyDigest12,
  DIGEST12_SCRATCH_BYTES,
  writeNotification12,
  newPush,
  readPush,
  writePushHeader,
};
