/** Runs the suite in an engine's command line, after the client and the core bundle. Defines the global `repeatAll(times)`. */
import { copyOf } from "../../src/account/dmacc.ts";
import { writeBase64 } from "../../src/hash/base64.ts";
import { createMd5 } from "../../src/hash/md5-small.ts";
import { verifyDigest12 } from "../../src/notification/digest12.ts";
import { readNotification12 } from "../../src/notification/read12.ts";
import { checkNetUnicode, checkUtf8 } from "../../src/notification/utf8.ts";
import { writeNotification12 } from "../../src/notification/write12.ts";
import { writeNotification13 } from "../../src/notification/write13.ts";
import { createAtSender } from "../../src/push/at/sender.ts";
import { createWdpReceiver } from "../../src/push/sms/cdma.ts";
import { countParts, DCS_DATA, SUBMIT_BYTES, writePart, writeSubmit } from "../../src/push/sms/submit.ts";
import { newTpdu, readTpdu } from "../../src/push/sms/tpdu.ts";
import { writePushHeader } from "../../src/push/wsp.ts";
import { type Pkg0, suite } from "./index.ts";
import { repeatAll } from "./repeat.ts";
import { end, t } from "./report.ts";

/**
 * The API under test: the flashed client, the flashed core for the readers, and from src the functions that neither bundle
 * exports.
 */
declare const pkg0: Pkg0;
declare const core: Pkg0;
const all = copyOf(pkg0);
all.createSha256 = core.createSha256;
all.newPush = core.newPush;
all.readPush = core.readPush;
all.newNotification = core.newNotification;
all.readNotification13 = core.readNotification13;
all.verifyDigest13 = core.verifyDigest13;
all.createMd5 = createMd5;
all.readNotification12 = readNotification12;
all.verifyDigest12 = verifyDigest12;
all.checkUtf8 = checkUtf8;
all.checkNetUnicode = checkNetUnicode;
all.writeBase64 = writeBase64;
all.newTpdu = newTpdu;
all.readTpdu = readTpdu;
all.writeNotification12 = writeNotification12;
all.writeNotification13 = writeNotification13;
all.writePushHeader = writePushHeader;
all.createAtSender = createAtSender;
all.createWdpReceiver = createWdpReceiver;
all.countParts = countParts;
all.writePart = writePart;
all.writeSubmit = writeSubmit;
all.SUBMIT_BYTES = SUBMIT_BYTES;
all.DCS_DATA = DCS_DATA;

suite(t, all);
(globalThis as { repeatAll?: (times: number) => void }).repeatAll = times => repeatAll(all, times);
end();
