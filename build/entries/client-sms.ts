/** The client for a board with a modem driver of its own: short messages as TPDUs, no AT driver. */
import { createClient } from "../../src/client/client.ts";
import { readBase64 } from "../../src/hash/base64.ts";
import { utf8Text } from "../../src/notification/utf8.ts";
import { createSmsReceiver } from "../../src/push/sms/receiver.ts";
import { isOthers, isSettled } from "../../src/push/sms/tpdu.ts";

(globalThis as { pkg0?: object }).pkg0 = { createClient, createSmsReceiver, isOthers, isSettled, readBase64, utf8Text };
