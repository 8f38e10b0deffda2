/** Packets of OBEX: opcode:8 length:16 headers (IrOBEX §2.1, §3.1), for both sides. */

export const CONNECT = 0x80;
export const DISCONNECT = 0x81;
export const PUT = 0x02;
export const PUT_FINAL = 0x82;
export const ABORT = 0xff;

/** Header identifiers; the two top bits tell the encoding. */
export const TYPE = 0x42; //          bytes, ASCII with a NUL
export const TARGET = 0x46; //        bytes
export const BODY = 0x48; //          bytes
export const END_OF_BODY = 0x49; //   bytes
export const WHO = 0x4a; //           bytes
export const LENGTH = 0xc3; //        4 bytes
export const CONNECTION_ID = 0xcb; // 4 bytes

/** Version 1.0, as all versions of IrOBEX have it on the wire. */
export const OBEX_VERSION = 0x10;
/** The smallest maximum packet that a side may ask for. */
export const PACKET_MIN = 255;
/** Target and Who of the DM client (SyncML OBEX binding). */
export const TARGET_DM = "SYNCML-DM";

/** A header: its value is a span of the packet. */
export interface ObexHeader {
  id: number;
  from: number;
  to: number;
  /** Where the next header begins; the caller sets it to the first one. */
  next: number;
}

export function newObexHeader(): ObexHeader {
  return { id: 0, from: 0, to: 0, next: 0 };
}

/** Reads the header at `header.next` of a packet that ends at `to`. False, with `header.next` unmoved, when it does not end there. */
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
