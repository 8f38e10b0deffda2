/** Delivery receipts: SMPP 3.4 §5.3.2.35 and .12 as TLVs, Appendix B as text; a centre sends either form or both. */
import type { Receipt } from "../links/link.ts";
import type { Pdu } from "./wire.ts";

//  message_state of §5.2.28 and the words of Appendix B
const STATES: { readonly [state: number]: string } = {
  1: "ENROUTE",
  2: "DELIVRD",
  3: "EXPIRED",
  4: "DELETED",
  5: "UNDELIV",
  6: "ACCEPTD",
  7: "UNKNOWN",
  8: "REJECTD",
};
const FINAL = ["DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "REJECTD"];
const ESM_RECEIPT = 0x04; // §5.2.12: bits 5 to 2, 0001

export type ReceiptIds = "same" | "decimal" | "hex";

/** The receipt in a deliver_sm; "passing" for one whose state is not final, null when it is no receipt. */
export function readReceipt(pdu: Pdu, ids: ReceiptIds): Receipt | "passing" | null {
  if ((Number(pdu.esm_class) & 0x3c) !== ESM_RECEIPT) return null;
  const text = textOf(pdu.short_message);
  const messageId = String(pdu.receipted_message_id ?? /\bid:(\S+)/i.exec(text)?.[1] ?? "");
  const state = STATES[Number(pdu.message_state)] ?? /\bstat:(\w+)/i.exec(text)?.[1]?.toUpperCase() ?? "";
  if (messageId === "" || !FINAL.includes(state)) return "passing";
  const error = /\berr:(\S+)/i.exec(text)?.[1];
  const isNamed = error !== undefined && !/^0+$/.test(error);
  return {
    messageId: receiptId(messageId, ids),
    isDelivered: state === "DELIVRD",
    text: isNamed ? `${state}, error ${error.slice(0, ERROR_MAX)} of the SMS centre` : state,
  };
}

/** message_id, §5.2.23: 65 octets with its NUL. A centre's longer one is cut, so that it cannot fill the disk. */
const ID_MAX = 64;
/** The longest error of a receipt that is shown; Appendix B has 3 characters. */
const ERROR_MAX = 32;

/** The form in which a message id of submit_sm_resp is kept. */
export function answerId(answered: string, ids: ReceiptIds): string {
  const id = answered.slice(0, ID_MAX);
  if (ids === "decimal") return canonical(id, /^[0-9a-f]+$/i, `0x${id}`, 16);
  return ids === "hex" ? canonical(id, /^\d+$/, id, 10) : id;
}

/** The message id of a receipt, in the form of answerId. */
function receiptId(receipted: string, ids: ReceiptIds): string {
  const id = receipted.slice(0, ID_MAX);
  if (ids === "decimal") return canonical(id, /^\d+$/, id, 16);
  return ids === "hex" ? canonical(id, /^[0-9a-f]+$/i, `0x${id}`, 10) : id;
}

function canonical(id: string, form: RegExp, number: string, radix: number): string {
  return form.test(id) ? BigInt(number).toString(radix) : id;
}

function textOf(message: unknown): string {
  if (typeof message === "string") return message;
  if (message instanceof Uint8Array) return Buffer.from(message).toString("latin1");
  const inner = (message as { message?: unknown } | undefined)?.message;
  return inner === undefined ? "" : textOf(inner);
}
