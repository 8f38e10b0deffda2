/** Prints a dissection as lines of text: the bytes on the left, their meaning on the right, and the status below. */
import type { Dissection, Field, FieldLayer } from "./dissect/index.ts";
import { hexOf } from "./hex.ts";
import { visible } from "./text.ts";

/** The options of explain. */
export interface ExplainOptions {
  /** Shows every value in full, and the parts that a field consists of. */
  full?: boolean;
  /** Returns `text` in the colour of `layer`, or in the colour of faults. Without it there are no colours. */
  paint?: (text: string, layer: FieldLayer | "wrong") => string;
}

const BYTES = 12;
const WIDTH = 3 * BYTES - 1;
const TEXT = 62;

/** The lines for one message. The last line is its status. */
export function explain(dissection: Dissection, options: ExplainOptions = {}): string[] {
  const lines = linesOf(dissection.bytes, dissection.fields, 0, options);
  const { joined } = dissection;
  if (joined !== undefined) {
    lines.push(`       put together: a push of ${joined.bytes.length} bytes, in which offsets now count`);
    lines.push(...linesOf(joined.bytes, joined.fields, 0, options));
  }
  lines.push(verdictOf(dissection));
  return lines;
}

function linesOf(bytes: Uint8Array, fields: Field[], depth: number, options: ExplainOptions): string[] {
  return fields.flatMap(field => {
    const inner = field.fields ?? [];
    const isSum = inner.length > 0 && field.value === undefined;
    const lines = isSum ? [titleOf(field, depth, options)] : linesOfField(bytes, field, depth, options);
    const isShown = isSum || options.full === true || statusIn(inner);
    return isShown ? [...lines, ...linesOf(bytes, inner, depth + 1, options)] : lines;
  });
}

function statusIn(fields: Field[]): boolean {
  return fields.some(field => field.status !== undefined || statusIn(field.fields ?? []));
}

function titleOf(field: Field, depth: number, options: ExplainOptions): string {
  const text = `${"  ".repeat(depth)}${field.name}, ${count(field.to - field.from)}`.padEnd(TEXT);
  return `${" ".repeat(7 + WIDTH + 2)}${painted(text, field.layer, options)}  ${field.section}`.trimEnd();
}

function linesOfField(bytes: Uint8Array, field: Field, depth: number, options: ExplainOptions): string[] {
  const { from, to, layer, section, status } = field;
  const text = "  ".repeat(depth) + textOf(field, options);
  const offset = String(from).padStart(5);
  const [first, ...others] = hexLines(bytes, field, options);
  const lines = [
    `${offset}  ${painted(first!.padEnd(WIDTH), layer, options)}  ${text.padEnd(TEXT)}  ${section}`.trimEnd(),
  ];
  others.forEach((hex, i) => {
    lines.push(`${String(from + BYTES * (i + 1)).padStart(5)}  ${painted(hex, layer, options)}`);
  });
  if (status !== undefined) {
    const pointer = `       ^ ${status}${from === to && from === bytes.length ? ", at the end" : ""}`;
    lines.push(options.paint === undefined ? pointer : options.paint(pointer, "wrong"));
  }
  return lines;
}

function textOf(field: Field, options: ExplainOptions): string {
  const { name, value, meaning, from, to } = field;
  const isItsHex =
    to - from > 2 && typeof value === "string" && /^[0-9a-f]*$/.test(value) && value.length === 2 * (to - from);
  const shown = typeof value === "string" ? shorten(quoted(field), options) : (value ?? "");
  const text = isItsHex ? name : `${name} ${shown}`.trimEnd();
  return visible(meaning === "" ? text : `${text}: ${meaning}`);
}

/** Puts texts into quotes, so that their blanks are visible; hex and dates have none. */
function quoted({ value, name }: Field): string {
  const text = String(value);
  const isBare = /^[0-9a-f]*$/.test(text) || /^(TP-|SMSC|SESSIONID|sessionid|part)/.test(name);
  return isBare ? text : JSON.stringify(text);
}

function shorten(text: string, options: ExplainOptions): string {
  return options.full === true || text.length <= TEXT ? text : `${text.slice(0, TEXT - 20)}..`;
}

/** The bytes of a field, 12 a line, or its bits; only the first bytes unless `all` is set. */
function hexLines(bytes: Uint8Array, field: Field, options: ExplainOptions): string[] {
  const { from, to, bits } = field;
  if (bits !== undefined && to - from <= 4) return [bitsText(bytes, field, bits)];
  const pieces: string[] = [];
  for (let at = from; at < to; at += BYTES) pieces.push(spaced(bytes.subarray(at, Math.min(to, at + BYTES))));
  if (pieces.length === 0) return [""];
  if (pieces.length === 1 || options.full === true) return pieces;
  return [`${spaced(bytes.subarray(from, from + BYTES - 1))} ..`];
}

/** The bits of a field, such as "0001 ...." for the upper four bits of a byte. */
function bitsText(bytes: Uint8Array, { from, to }: Field, [high, low]: [number, number]): string {
  let text = "";
  for (let bit = 8 * (to - from) - 1; bit >= 0; bit--) {
    const isIn = bit <= high && bit >= low;
    text += isIn ? String((bytes[to - 1 - (bit >> 3)]! >> (bit & 7)) & 1) : ".";
    if (bit % (to - from > 1 ? 8 : 4) === 0 && bit > 0) text += " ";
  }
  return text;
}

function spaced(bytes: Uint8Array): string {
  return hexOf(bytes).replace(/..(?=.)/g, "$& ");
}

function painted(text: string, layer: FieldLayer, options: ExplainOptions): string {
  return options.paint === undefined ? text : options.paint(text, layer);
}

function verdictOf({ status, at, meaning, as }: Dissection): string {
  if (status === "OK") return `OK, as ${as}`;
  if (status === "MORE") return `MORE: ${meaning}`;
  return `${status} at byte ${at}${as === null ? "" : `, as ${as}`}: ${meaning}`;
}

function count(bytes: number): string {
  return bytes === 1 ? "1 byte" : `${bytes} bytes`;
}
