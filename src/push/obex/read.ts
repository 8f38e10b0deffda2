/** Reads packets of OBEX: opcode:8 length:16 headers (IrOBEX §2.1, §3.1). Both sides use it. */

export const OP_CONNECT = 0x80;
export const OP_DISCONNECT = 0x81;
export const OP_PUT = 0x02;
export const OP_PUT_FINAL = 0x82;
export const OP_ABORT = 0xff;

export const RESPONSE_CONTINUE = 0x90;
export const RESPONSE_SUCCESS = 0xa0;
export const RESPONSE_BAD_REQUEST = 0xc0;
export const RESPONSE_TOO_LARGE = 0xcd;
export const RESPONSE_UNSUPPORTED_TYPE = 0xcf;
export const RESPONSE_NOT_IMPLEMENTED = 0xd1;
export const RESPONSE_SERVICE_UNAVAILABLE = 0xd3;

/** Header identifiers; their two top bits tell the encoding of the value. */
export const HI_TYPE = 0x42; //          a byte sequence: ASCII and a NUL
export const HI_TARGET = 0x46; //        bytes
export const HI_BODY = 0x48; //          bytes
export const HI_END_OF_BODY = 0x49; //   bytes
export const HI_WHO = 0x4a; //           bytes
export const HI_LENGTH = 0xc3; //        4 bytes
export const HI_CONNECTION_ID = 0xcb; // 4 bytes

/** The smallest value that a side may announce as its maximum packet length. */
export const PACKET_MIN = 255;
/** The value of Target and Who for the DM client (SyncML OBEX binding). */
export const TARGET_DM = "SYNCML-DM";

/** A header: its value is a span of the packet. */
export interface ObexHeader {
  id: number;
  from: number;
  to: number;
  /** The offset at which the next header begins; the caller sets it to the first one. */
  next: number;
}

export function newObexHeader(): ObexHeader {
  return { id: 0, from: 0, to: 0, next: 0 };
}

/**
 * Reads the header at `header.next` of a packet that ends at `to`. False, with `header.next` unmoved, when the header runs
 * over that end.
 */
export function readObexHeader(packet: Uint8Array, to: number, header: ObexHeader): boolean {
  const at = header.next;
  //  00 UTF-16, 01 bytes: id:8 length:16, the three bytes included   10: id:8 value:8   11: id:8 value:32
  header.id = packet[at];
  const encoding = header.id >> 6;
  let length = encoding === 2 ? 2 : 5;
  header.from = at + 1;
  if (encoding < 2) {
    if (to - at < 3) return false;
    length = (packet[at + 1] << 8) | packet[at + 2];
    header.from = at + 3;
    if (length < 3) return false;
  }
  if (length > to - at) return false;
  header.to = at + length;
  header.next = header.to;
  return true;
}
