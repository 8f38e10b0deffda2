/**
 * The client for a board that receives, with the functions that its program calls. Separate readers and hashes, writers,
 * sending by SMS, CDMA and w7 are not in it; a board that needs them imports src/.
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
