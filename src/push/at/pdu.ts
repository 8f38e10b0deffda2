/** The PDU after a header (27.005 §3.1). <length> in the header is the number of octets of the TPDU. */
import { EMPTY } from "../../bytes.ts";
import { decodeHexInPlace, isLong, type Line, lastNumber } from "./line.ts";

/** The kind of the expected PDU: listed by +CMGL. */
const NO_PDU = 0;
export const LISTED = 1;
/** The kind of a PDU of +CMT, which the modem does not store. */
export const HANDED_ON = 2;
/** The kind of a sent message or a draft. */
export const SUBMITTED = 3;

export interface PduReader {
  /** The expected PDU. */
  kind: number;
  /** Expects a PDU of `kind` after this header; a PDU that was expected before is missing. */
  expect(kind: number, header: Line): void;
  /** Expects no PDU any more. */
  drop(): void;
  /** Takes a line that is the expected PDU; false when it is not. */
  read(line: Line): boolean;
  /** The expected PDU, if any, is missing. */
  end(): void;
}

/**
 * `take` is called with each PDU and its kind. The TPDU is `octets[from..to)`; `to` is 0 when the PDU is missing, cut off,
 * too long, or differs from its header.
 */
export function createPduReader(take: (kind: number, octets: Uint8Array, from: number, to: number) => void): PduReader {
  let length = 0;

  function expect(kind: number, header: Line): void {
    end();
    reader.kind = kind;
    length = lastNumber(header);
  }

  function drop(): void {
    reader.kind = NO_PDU;
  }

  function read(line: Line): boolean {
    if (reader.kind === NO_PDU) return false;
    const count = isLong(line) ? 0 : decodeHexInPlace(line);
    if (count < 0) return false;
    takePdu(line.octets, count);
    return true;
  }

  function end(): void {
    if (reader.kind !== NO_PDU) takePdu(EMPTY, 0);
  }

  function takePdu(octets: Uint8Array, count: number): void {
    const kind = reader.kind;
    drop();
    // <length> excludes the SMSC part, but some modems count it, and some have none. A TPDU without SMSC part is recognised
    // by the length of an address in its second octet and the type of the address, with the high bit set, in the third.
    let from = count - length;
    if (from === 0 && count > 2 && (octets[1] > 127 || octets[2] < 128)) from = 1 + octets[0];
    const isWhole = count > 2 && (from === 0 || (from === 1 + octets[0] && from < count));
    take(kind, octets, from, isWhole ? count : 0);
  }

  const reader: PduReader = { kind: NO_PDU, expect, drop, read, end };
  return reader;
}
