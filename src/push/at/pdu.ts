/** The PDU that follows a header: 27.005 §3.1. <length> in the header says how many octets the TPDU has. */
import { EMPTY } from "../../bytes.ts";
import { decodeHexInPlace, isLong, type Line, lastNumber } from "./line.ts";

/** The kind of the PDU that has to follow. */
const NO_PDU = 0;
export const LISTED = 1;
/** A PDU of +CMT: the modem does not store it. */
export const HANDED_ON = 2;
/** A message that was sent, or a draft. */
export const SUBMITTED = 3;

export interface PduReader {
  /** The PDU that has to follow. */
  kind: number;
  /** A PDU of `kind` has to follow this header; one that had to before did not. */
  expect(kind: number, header: Line): void;
  /** None follows any more. */
  drop(): void;
  /** Takes a line that is the PDU; false when it is not. */
  read(line: Line): boolean;
  /** The PDU that has to follow, if any, does not. */
  end(): void;
}

/**
 * `take` gets each PDU with its kind: the TPDU is `octets[from..to)`, or `to` is 0 when the PDU is missing, cut, too long
 * or not what its header says.
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
    // <length> is without the SMSC part; some modems count that, too, and some leave it out. What it is shows in a TPDU
    // without it: the length of an address in the second octet, and its type, with the high bit set, in the third.
    let from = count - length;
    if (from === 0 && count > 2 && (octets[1] > 127 || octets[2] < 128)) from = 1 + octets[0];
    const isWhole = count > 2 && (from === 0 || (from === 1 + octets[0] && from < count));
    take(kind, octets, from, isWhole ? count : 0);
  }

  const reader: PduReader = { kind: NO_PDU, expect, drop, read, end };
  return reader;
}
