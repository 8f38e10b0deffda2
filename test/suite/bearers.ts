/** Shared by the checks of the bearers: captures, texts as bytes, and a record of a receiver's calls. */
import file from "../vectors/bearers.json" with { type: "json" };

export const TYPE_13 = "application/vnd.syncml.dm.notification";
export const TYPE_12 = "application/vnd.syncml.notification";

/** Characters 0 to 255, one byte each. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function textOf(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

export function ofHex(hex: string): string {
  let text = "";
  for (let i = 0; i < hex.length; i += 2) text += String.fromCharCode(parseInt(hex.substring(i, i + 2), 16));
  return text;
}

/** The clock of all of them: a test sets `seconds`. */
export const clock = { seconds: 0, monotonicSeconds: () => clock.seconds };

/** The records of a receiver: bodies as `<contentType>:<body>`, answers, refusals as numbers; each list joined by "|". */
export interface Record {
  delivered: string;
  replied: string;
  refused: string;
  /** All of them in their order: `deliver <body>`, `reply`, the number of a refusal; each followed by ",". */
  order: string;
  /** The return value of `deliver`. */
  verdict: number;
}

export function newRecord(): Record {
  return { delivered: "", replied: "", refused: "", order: "", verdict: 0 };
}

export function forget(record: Record): void {
  record.delivered = "";
  record.replied = "";
  record.refused = "";
  record.order = "";
}

/** The part of a receiver's options that writes to `record`. */
export function recording(record: Record): {
  deliver: (bytes: Uint8Array, from: number, to: number, contentType: number) => number;
  reply: (bytes: Uint8Array, from: number, to: number) => void;
  onRefused: (status: number, at: number) => void;
} {
  return {
    deliver(bytes, from, to, contentType) {
      record.delivered += `${contentType}:${textOf(bytes, from, to)}|`;
      record.order += `deliver ${textOf(bytes, from, to)},`;
      return record.verdict;
    },
    reply(bytes, from, to) {
      record.replied += `${textOf(bytes, from, to)}|`;
      record.order += "reply,";
    },
    onRefused(status) {
      record.refused += `${status}|`;
      record.order += `${status},`;
    },
  };
}

/** A text with each `\n` as CR LF. */
export function lines(text: string): string {
  return text.split("\n").join("\r\n");
}

/** The packets of a vector of test/vectors/bearers.json, in hex. */
export function captured(name: string): string[] {
  const vectors = file.vectors;
  for (let i = 0; i < vectors.length; i++) if (vectors[i].name === name) return vectors[i].packets;
  return [];
}
