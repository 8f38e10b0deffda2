/** The submit_sm of one push (SMPP 3.4 §4.4), in the form that the SMS centre takes for long messages. */

import { countParts } from "../../../src/index.ts";
import { smppForm, smppTlvForm, smsParts } from "../../codec/sms-forms.ts";
import type { Submission } from "../links/link.ts";
import { checkSms } from "../links/numbers.ts";
import type { SmppOptions } from "./uri.ts";

/** The fields and TLVs of a PDU by the standard's names. */
export type Fields = { [name: string]: string | number | Uint8Array };

/** The octets of a push in each short message when the centre adds the UDH: 140 less 12 for ports and an 8-bit reference. */
const SAR_PART_BYTES = 128;
const SAR_WHOLE_BYTES = 133;
/** Throws an Unsendable as checkSms does. */
export function submitFields(submission: Submission, options: SmppOptions): Fields[] {
  checkSms(submission);
  const { address, push, reference } = submission;
  const common = { ...addressFields(address, options), ...settings(options) };
  if (options.concatenation === "udh") {
    return smsParts(push, { reference }).map(part => {
      const { short_message, ...form } = smppForm(part);
      return { ...common, ...form, short_message: Buffer.from(short_message, "hex") };
    });
  }
  const { message_payload, ...form } = smppTlvForm(push);
  if (options.concatenation === "payload") {
    return [{ ...common, ...form, short_message: NONE, message_payload: Buffer.from(message_payload, "hex") }];
  }
  if (push.length <= SAR_WHOLE_BYTES) return [{ ...common, ...form, short_message: Buffer.from(push) }];
  const total = Math.ceil(push.length / SAR_PART_BYTES);
  return Array.from({ length: total }, (_, i) => ({
    ...common,
    ...form,
    short_message: Buffer.from(push.subarray(i * SAR_PART_BYTES, (i + 1) * SAR_PART_BYTES)),
    sar_msg_ref_num: reference,
    sar_total_segments: total,
    sar_segment_seqnum: i + 1,
  }));
}

/** The number of submit_sm for a push of `length` octets. */
export function countSubmits({ push }: Submission, options: SmppOptions): number {
  return options.concatenation === "payload" ? 1 : countParts(push.length, false);
}

const NONE = Buffer.alloc(0);

function settings(options: SmppOptions): Fields {
  return {
    registered_delivery: options.isReceiptWanted ? 1 : 0,
    ...(options.serviceType !== "" && { service_type: options.serviceType }),
  };
}

function addressFields(address: string, options: SmppOptions): Fields {
  const source = addressOf(options.source);
  const destination = addressOf(address);
  return {
    source_addr_ton: options.sourceTon ?? source.ton,
    source_addr_npi: options.sourceNpi ?? source.npi,
    source_addr: source.digits,
    dest_addr_ton: options.destinationTon ?? destination.ton,
    dest_addr_npi: options.destinationNpi ?? destination.npi,
    destination_addr: destination.digits,
  };
}

/** TON and NPI (§5.2.5, §5.2.6): international and ISDN for "+44..", alphanumeric for a name, else unknown. */
export function addressOf(address: string): { ton: number; npi: number; digits: string } {
  if (address === "") return { ton: 0, npi: 0, digits: "" };
  if (/^\+\d+$/.test(address)) return { ton: 1, npi: 1, digits: address.slice(1) };
  return /^\d+$/.test(address) ? { ton: 0, npi: 1, digits: address } : { ton: 5, npi: 0, digits: address };
}
