/**
 * The client of a board that receives: what its program calls. What such a board does not call (readers and hashes for
 * themselves, writers, sending by SMS, CDMA, w7) is in src/ for those that do.
 */
import { createClient } from "../../src/client/client.ts";
import { readBase64 } from "../../src/hash/base64.ts";
import { utf8Text } from "../../src/notification/utf8.ts";
import { createModem } from "../../src/push/at/modem.ts";
import { createSmsReceiver } from "../../src/push/sms/receiver.ts";
import { isOthers, isSettled } from "../../src/push/sms/tpdu.ts";

(globalThis as { pkg0?: object }).pkg0 = {
  createClient,
  createSmsReceiver,
  createModem,
  isOthers,
  isSettled,
  readBase64,
  utf8Text,
};
