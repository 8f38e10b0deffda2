/**
 * Parts of short messages that are kept over a reset: the power is cut at every byte of every save and erase of a message that comes
 * in three parts, in each of the ways in which flash can be cut. A part that was not answered is sent again, and the session
 * must start.
 */
import { expect, test } from "vitest";
import { createClient } from "../../src/client/client.ts";
import type { SessionRequest } from "../../src/hal.ts";
import { createSmsReceiver } from "../../src/push/sms/receiver.ts";
import { DUPLICATE, MORE, OK, SMS_DUPLICATE } from "../../src/status.ts";
import { CUT_KINDS, createFlash } from "../../targets/mock/flash.ts";
import { deliverTpdu, partsOf } from "../modem/tpdu.ts";
import { DM_ACC, NONCE, push12, push13 } from "../suite/messages.ts";

const MESSAGE = { sessionId: 7, timestamp: 1_700_000_000, vendorInfo: new Uint8Array(200) };

for (const [format, push] of [
  ["1.3", push13(MESSAGE)],
  ["1.2", push12(MESSAGE, NONCE)],
] as const) {
  test(`DM ${format}: a power cut loses no part that was answered, and no session`, () => {
    const tpdus = partsOf(push, 9).map(part => deliverTpdu("447700900123", part));
    let cuts = 0;
    for (let kind = 0; kind < CUT_KINDS; kind++) {
      for (let cutPart = 0; cutPart < tpdus.length; cutPart++) {
        for (let isCut = true, bytes = 0; isCut; bytes++) {
          const flash = createFlash(bytes + 1);
          let started = 0;
          let resumed = 0;
          const boot = () => {
            const clock = { posixSeconds: () => MESSAGE.timestamp, monotonicSeconds: () => 0 };
            const session = {
              start(request: SessionRequest) {
                if (flash.isOff) return 0;
                if (request.isResumed) resumed++;
                else started++;
                return 0;
              },
            };
            return createClient(
              { storage: flash, clock, session },
              { sms: store => createSmsReceiver(clock, { store }) },
            );
          };
          let client = boot();
          expect(client.addAccount(DM_ACC)).toBe(OK);
          isCut = false;
          tpdus.forEach((tpdu, part) => {
            if (part === cutPart) {
              flash.bytesLeft = bytes;
              flash.cutLeaves = kind;
            }
            let status = client.receiveTpdu(tpdu, 0, tpdu.length);
            flash.bytesLeft = -1;
            if (flash.isOff) {
              isCut = true;
              cuts++;
              flash.powerOn();
              client = boot();
              client.resume();
              status = client.receiveTpdu(tpdu, 0, tpdu.length);
            }
            if (part < tpdus.length - 1) expect([MORE, SMS_DUPLICATE]).toContain(status);
            // after a cut that followed the save of the session: MORE, if the other parts are erased already
            else expect(started + resumed > 0 && isCut ? [OK, DUPLICATE, MORE] : [OK]).toContain(status);
          });
          if (!isCut) expect(Object.keys(flash.records).filter(key => key.startsWith("sms"))).toEqual([]);
          // offered again when the power was cut after its start and before sessionDone
          const what = `kind ${kind}, part ${cutPart}, cut at ${bytes}`;
          expect(started, what).toBeLessThan(2);
          expect(started + resumed, what).toBeGreaterThan(0);
          expect(started + resumed, what).toBeLessThan(isCut ? 3 : 2);
        }
      }
    }
    expect(cuts).toBeGreaterThan(1000);
  });
}
