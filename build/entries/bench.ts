/** The code that build/bench measures: the client, and separately its readers, digests and hashes. It is never flashed. */
import { createClient } from "../../src/client/client.ts";
import { readBase64, writeBase64 } from "../../src/hash/base64.ts";
import { createMd5 } from "../../src/hash/md5.ts";
import { createSha256 } from "../../src/hash/sha256.ts";
import { verifyDigest12 } from "../../src/notification/digest12.ts";
import { verifyDigest13 } from "../../src/notification/digest13.ts";
import { newNotification } from "../../src/notification/fields.ts";
import { readNotification12 } from "../../src/notification/read12.ts";
import { readNotification13 } from "../../src/notification/read13.ts";
import { checkUtf8, utf8Text } from "../../src/notification/utf8.ts";
import { createModem } from "../../src/push/at/modem.ts";
import { createSmsReceiver } from "../../src/push/sms/receiver.ts";
import { isOthers, newTpdu, readTpdu } from "../../src/push/sms/tpdu.ts";
import { newPush, readPush } from "../../src/push/wsp.ts";

(globalThis as { pkg0?: object }).pkg0 = {
  createClient,
  newPush,
  readPush,
  createSmsReceiver,
  createModem,
  newTpdu,
  readTpdu,
  isOthers,
  newNotification,
  readNotification13,
  readNotification12,
  verifyDigest13,
  verifyDigest12,
  checkUtf8,
  utf8Text,
  createSha256,
  createMd5,
  readBase64,
  writeBase64,
};
