/** SIP Push (§7.3) at the server: one MESSAGE over UDP, sent again until its answer (RFC 3261 §17.1.2). */
import type { Clock } from "../../hal.ts";
import { FIELD_BUFFER, MORE, OK, SIP_BODY_LONG, SIP_REFUSED, SIP_RESPONSE, type Status } from "../../status.ts";
import type { PushSender } from "../connection.ts";
import { newSipResponse, readSipResponse } from "./read-response.ts";
import { createTransaction } from "./transaction.ts";
import { SIP_MESSAGE_BYTES, type SipMessageFields, writeSipMessage } from "./write.ts";

/** The options of a sender of MESSAGEs. */
export interface SipSenderOptions extends SipMessageFields {
  /** Sends `bytes[from..to)`, lent until it returns, to the device or a proxy. */
  send: (bytes: Uint8Array, from: number, to: number) => void;
}

/**
 * Allocates the 1300 bytes of a MESSAGE (RFC 3428 §8), once. `open` may also return a status of writeSipMessage. The final
 * status is OK, SIP_REFUSED (`code` is then 300 to 699) or SIP_NO_ANSWER. Call `tick` once a second.
 */
export function createSipSender(clock: Pick<Clock, "monotonicSeconds">, options: SipSenderOptions): PushSender {
  const out = new Uint8Array(SIP_MESSAGE_BYTES);
  const transaction = createTransaction(clock, out, options.send);
  const response = newSipResponse();
  let status: Status = OK;
  let code = 0;

  function receive(bytes: Uint8Array, from: number, to: number): Status {
    if (status !== MORE) return status;
    const isOurs = readSipResponse(bytes, from, to, "MESSAGE", options.branch, response) !== SIP_RESPONSE;
    if (isOurs) code = response.code;
    if (isOurs && code >= 200) {
      transaction.close();
      status = code < 300 ? OK : SIP_REFUSED;
    }
    return status;
  }

  return {
    open(bytes: Uint8Array, from: number, to: number): Status {
      const end = writeSipMessage(options, bytes, from, to, out, 0);
      status = end < 0 ? -end : MORE;
      if (status === FIELD_BUFFER) status = SIP_BODY_LONG;
      if (end > 0) transaction.open(end);
      return status;
    },
    receive,
    tick(): Status {
      if (status === MORE) status = transaction.tick();
      return status;
    },
    code: () => code,
  };
}
