/**
 * What an engine's command line runs behind the client bundle: the suite. Leaves `repeatAll(times)` behind.
 */
import { copyOf } from "../../src/account/dmacc.ts";
import { writeNotification12 } from "../../src/notification/write12.ts";
import { writeNotification13 } from "../../src/notification/write13.ts";
import { createSending } from "../../src/push/sms/at-send.ts";
import { createWdpReceive } from "../../src/push/sms/cdma.ts";
import { countParts, DCS_DATA, SUBMIT_BYTES, writePart, writeSubmit } from "../../src/push/sms/submit.ts";
import { writePushHeader } from "../../src/push/wsp.ts";
import { type Pkg0, suite } from "./index.ts";
import { repeatAll } from "./repeat.ts";
import { end, t } from "./report.ts";

declare const pkg0: Pkg0;
/** What was flashed; and what a board that only receives leaves out, from src. */
const all = copyOf(pkg0);
all.writeNotification12 = writeNotification12;
all.writeNotification13 = writeNotification13;
all.writePushHeader = writePushHeader;
all.createSending = createSending;
all.createWdpReceive = createWdpReceive;
all.countParts = countParts;
all.writePart = writePart;
all.writeSubmit = writeSubmit;
all.SUBMIT_BYTES = SUBMIT_BYTES;
all.DCS_DATA = DCS_DATA;

suite(t, all);
(globalThis as { repeatAll?: (times: number) => void }).repeatAll = times => repeatAll(all, times);
end();
