/** The twin of Net-Unicode (RFC 5198 §2), for the writers of DM 1.3 and for hosts. */

/** Offset of the first byte of `bytes` that is not Net-Unicode, -1 for none; NFC aside. Throws when they are not UTF-8. */
export function findTwinFault(bytes: Uint8Array): number {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const at = text.search(/^\uFEFF|[\u0080-\u009F]|\r(?!\n)/);
  return at < 0 ? -1 : new TextEncoder().encode(text.slice(0, at)).length;
}
