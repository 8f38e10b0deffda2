/** Finds messages in lines of text, in any of the known forms: one message a line, or one over several lines. */
import { INPUT_LONG, NOT_HEX } from "../../../src/index.ts";
import { bytesOfHex } from "../hex.ts";
import { createDumpJoiner } from "./dumps.ts";
import { isModemTalk, readBase64Line, readEscapes, readLogLine, readPrinted } from "./forms.ts";
import type { Found } from "./found.ts";
import { LINE_MAX } from "./joiner.ts";
import { createListJoiner } from "./lists.ts";
import { readBuffer, readEscapedString } from "./printed.ts";
import { findInPacket } from "./push.ts";
import { createBase64Joiner, createHexJoiner } from "./wrapped.ts";

/** Finds messages in lines of text; createLineReader makes one. */
export interface LineReader {
  /** Takes the next line without its line end; returns the messages that are complete now. */
  add(line: string): Found[];
  /** Takes a line that was too long to be kept. */
  addLong(): Found[];
  /** To be called at the end of the text; returns the messages that are complete now. */
  end(): Found[];
}

/** Makes a reader for one text. It keeps the lines of the message that is not complete. */
export function createLineReader(): LineReader {
  // before hex: the last row of a list may be one number
  const joiners = [createDumpJoiner(), createListJoiner(readOne), createHexJoiner(), createBase64Joiner(readOne)];
  let number = 0;

  function add(line: string): Found[] {
    return foundIn(line).flatMap(findInPacket);
  }

  function foundIn(line: string): Found[] {
    number++;
    if (line.length > LINE_MAX) return refuseLong();
    if (line.trim() === "") return ended();
    for (const joiner of joiners) {
      const found = joiner.take(line, number);
      if (found !== null) return [...joiners.flatMap(other => (other === joiner ? [] : other.end())), ...found];
    }
    return [...ended(), ...readOne(line, number)];
  }

  function addLong(): Found[] {
    number++;
    return refuseLong().flatMap(findInPacket);
  }

  function refuseLong(): Found[] {
    return [...ended(), { bytes: new Uint8Array(0), form: "", line: number, status: INPUT_LONG, at: LINE_MAX }];
  }

  function ended(): Found[] {
    return joiners.flatMap(joiner => joiner.end());
  }

  return { add, addLong, end: () => ended().flatMap(findInPacket) };
}

const READERS = [readPrinted, readBuffer, readEscapes, readEscapedString, readBase64Line, readLogLine];

/** The message that a line has by itself; none where it is a modem's talk. */
function readOne(line: string, number: number): Found[] {
  for (const read of READERS) {
    const form = read(line);
    if (form !== null) return [{ ...form, line: number }];
  }
  if (isModemTalk(line)) return [];
  const at = bytesOfHex(line);
  return [{ bytes: new Uint8Array(0), form: "", line: number, status: NOT_HEX, at: typeof at === "number" ? at : 0 }];
}
