/** The fields into which dissect divides the bytes of a message. */

/** The layer to which a field belongs. */
export type FieldLayer = "tpdu" | "udh" | "push" | "notification" | "digest";

/** One field of a message. */
export interface Field {
  /** The bytes of the field: `[from..to)` of the message. */
  from: number;
  to: number;
  /** The highest and lowest bit of a field that shares its bytes with others; bit 0 is the lowest of `[from..to)`. */
  bits?: [high: number, low: number];
  layer: FieldLayer;
  /** The standard's name. */
  name: string;
  /** A number, a text, or bytes in hex; absent when the field is only the sum of its `fields`. */
  value?: number | string;
  /** The meaning of the value in words; "" when the value speaks for itself. */
  meaning: string;
  /** The section that defines the field: "§6.4.8" of OMA-TS-DM_Notification-V1_3, or a section with the name of its document. */
  section: string;
  /** The name of the status, if the fault is in this field. */
  status?: string;
  /** The fields that this field consists of, in the order of the bytes. */
  fields?: Field[];
}

/** The span of the field that is being made. */
export interface Span {
  layer: FieldLayer;
  section: string;
}

/** Collects the fields of one layer up to `end`; each begins where the one before it ends. */
export interface FieldList {
  fields: Field[];
  /** The offset at which the next field begins. */
  at: number;
  /** Adds a field of `length` bytes. When fewer are left, adds a field of those and returns false. */
  add(length: number, name: string, section: string, say?: Said): boolean;
  /** Adds several fields that share `length` bytes. */
  bits(length: number, rows: BitField[]): boolean;
  /** Adds the remaining bytes, if any, as one field. */
  rest(name: string, meaning: string): void;
}

/** The facts about a field: its value, the meaning of the value, and the fields that it consists of. */
export interface Said {
  value?: number | string;
  meaning?: string;
  fields?: Field[];
  layer?: FieldLayer;
}

/** A field of `width` bits. The fields that share bytes are given from the highest bit down. */
export interface BitField {
  width: number;
  name: string;
  section: string;
  say?: (value: number) => Said;
}

export function listFields(bytes: Uint8Array, from: number, end: number, layer: FieldLayer): FieldList {
  const list: FieldList = { fields: [], at: from, add, bits, rest };

  function add(length: number, name: string, section: string, say: Said = {}): boolean {
    const isWhole = list.at + length <= end;
    if (!isWhole) {
      rest(name, "cut");
      return false;
    }
    list.fields.push(fieldOf(list.at, list.at + length, layer, name, section, say));
    list.at += length;
    return true;
  }

  function bits(length: number, rows: BitField[]): boolean {
    const to = list.at + length;
    if (to > end) {
      rest(rows.map(row => row.name).join(", "), "cut");
      return false;
    }
    let high = 8 * list.at; // counted from the highest bit of the first byte down
    for (const { width, name, section, say } of rows) {
      const from = high >> 3;
      const end = (high + width + 7) >> 3;
      const low = 8 * end - high - width;
      const value = readBits(bytes, end, low, width);
      const field = fieldOf(from, end, layer, name, section, say === undefined ? { value } : say(value));
      if (width < 8 * (end - from)) field.bits = [low + width - 1, low];
      list.fields.push(field);
      high += width;
    }
    list.at = to;
    return true;
  }

  function rest(name: string, meaning: string): void {
    if (list.at >= end) return;
    list.fields.push(fieldOf(list.at, end, layer, name, "", { meaning }));
    list.at = end;
  }

  return list;
}

export function fieldOf(from: number, to: number, layer: FieldLayer, name: string, section: string, say: Said): Field {
  return {
    from,
    to,
    layer: say.layer ?? layer,
    name,
    ...(say.value !== undefined && { value: say.value }),
    meaning: say.meaning ?? "",
    section,
    ...(say.fields !== undefined && { fields: say.fields }),
  };
}

/** `width` bits, at most 32, from bit `low` up, counted from the lowest bit of the byte before `to`. */
function readBits(bytes: Uint8Array, to: number, low: number, width: number): number {
  let value = 0;
  for (let bit = low + width - 1; bit >= low; bit--) {
    value = value * 2 + ((bytes[to - 1 - (bit >> 3)]! >> (bit & 7)) & 1);
  }
  return value;
}
