/** Makes the SMS-DELIVERs that a network would send, and hex. */
import { countParts, writePart } from "../../src/push/sms/submit.ts";

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

export function toHex(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return Buffer.from(bytes.subarray(from, to)).toString("hex");
}

/** An SMS-DELIVER, without SMSC part, of 8-bit user data with a UDH. `second` goes into TP-SCTS. */
export function deliverTpdu(number: string, userData: Uint8Array, second = 0, dcs = 0x04): Uint8Array {
  const digits = number.length % 2 === 0 ? number : `${number}F`;
  const swapped = digits.replace(/(.)(.)/g, "$2$1");
  const stamp = `6211322100${String(second % 60)
    .padStart(2, "0")
    .replace(/(.)(.)/, "$2$1")}00`;
  const head = `44${hexByte(number.length)}91${swapped}00${hexByte(dcs)}${stamp}`;
  return fromHex(head + hexByte(userData.length) + toHex(userData));
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/** The user data of each part of a push PDU. */
export function partsOf(push: Uint8Array, reference: number, isWide = false): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const total = countParts(push.length, isWide);
  for (let sequence = 1; sequence <= total; sequence++) {
    const out = new Uint8Array(140);
    const end = writePart(push, 0, push.length, reference, isWide, sequence, out, 0);
    if (end < 0) throw new Error(`writePart: ${end}`);
    parts.push(out.slice(0, end));
  }
  return parts;
}

/** A text for a person: 7-bit, no UDH. */
export const TEXT_TPDU = fromHex("040b914477000901f1000062113221000000" + "05e8329bfd06");
