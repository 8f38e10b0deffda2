/** The PDU after a header (27.005 §3.1). <length> in the header is the number of octets of the TPDU. */

/** The octets that a line holds: a PDU has up to 2 x (12 + 164) digits. */
export const LINE_BYTES = 384;

/**
 * The offset at which the TPDU begins in the PDU `octets[0..count)`, whose header says `length`; -1 when the PDU is cut off
 * or differs from its header. <length> excludes the SMSC part, but some modems count it, and some have none.
 */
export function tpduAt(octets: Uint8Array, count: number, length: number): number {
  if (count < 3) return -1;
  const from = count - length;
  const afterSmsc = 1 + octets[0];
  if (from === afterSmsc && from < count) return from;
  if (from !== 0) return -1;
  // a TPDU without SMSC part is recognised by the length of an address in its second octet and the type of the address, with
  // the high bit set, in the third
  if (octets[1] < 128 && octets[2] > 127) return 0;
  return afterSmsc < count ? afterSmsc : -1;
}
