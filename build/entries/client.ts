/** The client of a board that receives: what its program calls, and what its tests look at. */
import { readW7 } from "../../src/account/w7.ts";
import { createClient } from "../../src/client/client.ts";
import { readBase64, writeBase64 } from "../../src/hash/base64.ts";
import { createWholeMessageHash } from "../../src/hash/hash.ts";
import { createMd5 } from "../../src/hash/md5.ts";
import { createSha256 } from "../../src/hash/sha256.ts";
import { computeDigest12, verifyDigest12 } from "../../src/notification/digest12.ts";
import { computeDigest13, verifyDigest13 } from "../../src/notification/digest13.ts";
import { newNotification } from "../../src/notification/fields.ts";
import { readNotification12 } from "../../src/notification/read12.ts";
import { readNotification13 } from "../../src/notification/read13.ts";
import { checkUtf8, utf8Bytes, utf8Text } from "../../src/notification/utf8.ts";
import { writeNotification12 } from "../../src/notification/write12.ts";
import { writeNotification13 } from "../../src/notification/write13.ts";
import { createModem } from "../../src/push/sms/at-modem.ts";
import { createWdpReceive } from "../../src/push/sms/cdma.ts";
import { createSmsReceive } from "../../src/push/sms/receive.ts";
import { countParts, DCS_DATA, SUBMIT_BYTES, writePart, writeSubmit } from "../../src/push/sms/submit.ts";
import { isOthers, newTpdu, readTpdu } from "../../src/push/sms/tpdu.ts";
import { newPush, readPush, writePushHeader } from "../../src/push/wsp.ts";

(globalThis as { pkg0?: object }).pkg0 = {
  createClient,
  readW7,
  newPush,
  readPush,
  writePushHeader,
  createSmsReceive,
  createWdpReceive,
  createModem,
  newTpdu,
  readTpdu,
  isOthers,
  countParts,
  writePart,
  writeSubmit,
  SUBMIT_BYTES,
  DCS_DATA,
  newNotification,
  readNotification13,
  readNotification12,
  computeDigest13,
  verifyDigest13,
  computeDigest12,
  verifyDigest12,
  writeNotification13,
  writeNotification12,
  checkUtf8,
  utf8Bytes,
  utf8Text,
  createSha256,
  createMd5,
  createWholeMessageHash,
  readBase64,
  writeBase64,
};
