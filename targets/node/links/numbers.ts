/** What a link that sends short messages can send, and to whom. */
import { countParts } from "../../../src/index.ts";
import type { HostCode } from "../codes.ts";
import type { Submission } from "./link.ts";
import { Unsendable } from "./unsendable.ts";

/**
 * Throws an Unsendable unless the address is one telephone number (Kannel would take several, with blanks between them) and
 * the push fits into the 255 short messages of a concatenation (TS 23.040 §9.2.3.24.1).
 */
export function checkSms({ address, push }: Submission): void {
  if (!/^\+?\d{1,20}$/.test(address)) {
    const text = `${address}: must be 1 to 20 digits, + before an international number`;
    throw new Unsendable("ADDRESS_UNFIT" satisfies HostCode, text);
  }
  if (countParts(push.length, false) > 255) {
    const text = `${push.length} bytes: more than 255 short messages`;
    throw new Unsendable("MESSAGE_LONG" satisfies HostCode, text);
  }
}
