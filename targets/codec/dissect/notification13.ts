/** Dissects a Package #0 of DM 1.3: §6. */
import * as pkg0 from "../../../src/index.ts";
import { hexOf } from "../hex.ts";
import { dateText } from "../text.ts";
import { BEARERS, INITIATORS, OPTIONS, TRANSPORTS, UI_MODES } from "../words.ts";
import { type BitField, type Field, fieldOf, listFields, type Said } from "./field.ts";

//  VER:4 OPC:3 I:1 | UIM:2 TRA:3 RESERVED:3 | RESERVED:16 | TIMEOUT:16 | SESSIONID:16 | TIMESTAMP:32   (§6.1)
const HEADER: [bytes: number, rows: BitField[]][] = [
  [
    1,
    [
      { width: 4, name: "VER", section: "§6.4.1", say: value => ({ value, meaning: versionText(value) }) },
      {
        width: 3,
        name: "OPC",
        section: "§6.4.2",
        say: value => ({ value, meaning: value === 1 ? "one option follows" : `${value} options follow` }),
      },
      { width: 1, name: "I", section: "§6.4.3", say: value => ({ value, meaning: `initiator: ${INITIATORS[value]}` }) },
    ],
  ],
  [
    3,
    [
      { width: 2, name: "UIM", section: "§6.4.4", say: value => ({ value, meaning: UI_MODES[value]! }) },
      { width: 3, name: "TRA", section: "§6.4.5", say: value => ({ value, meaning: transportText(value) }) },
      { width: 19, name: "RESERVED", section: "§6.4.6", say: value => ({ value, meaning: "for future use" }) },
    ],
  ],
  [2, [{ width: 16, name: "TIMEOUT", section: "§6.4.7", say: value => ({ value, meaning: timeoutText(value) }) }]],
  [2, [{ width: 16, name: "SESSIONID", section: "§6.4.8", say: value => ({ value: pkg0.sessionIdText(value) }) }]],
  [4, [{ width: 32, name: "TIMESTAMP", section: "§6.4.9", say: value => ({ value, meaning: dateText(value) }) }]],
];

/** The fields of `bytes[from..to)`. Bytes that cannot be read become a field that says so. */
export function dissect13(bytes: Uint8Array, from: number, to: number): Field[] {
  const list = listFields(bytes, from, to, "notification");
  for (const [length, rows] of HEADER) {
    if (!list.bits(length, rows)) return whole(list.fields);
    if (rows.length > 1) continue;
    delete list.fields[list.fields.length - 1]!.bits;
  }
  const digestAt = to - pkg0.SHA256_BYTES;
  for (let count = (bytes[from]! >> 1) & 7; count > 0 && list.at + 2 <= digestAt; count--) {
    const number = bytes[list.at]! >> 4;
    const length = ((bytes[list.at]! & 15) << 8) | bytes[list.at + 1]!;
    if (list.at + 2 + length > digestAt) break;
    const [name, section] = OPTIONS[number] ?? [`option ${number}`, "§6.2.1"];
    list.add(2 + length, name, section, optionOf(bytes, list.at, number, length));
  }
  if (list.at !== digestAt) list.rest("not read", "");
  else list.add(pkg0.SHA256_BYTES, "digest", "§6.6", { value: hexOf(bytes.subarray(digestAt, to)), layer: "digest" });
  return whole(list.fields);
}

function whole(fields: Field[]): Field[] {
  return fields;
}

//  number:4 length:12 | value   (§6.2)
function optionOf(bytes: Uint8Array, at: number, number: number, length: number): Said {
  const header = listFields(bytes, at, at + 2, "notification");
  header.bits(2, [
    { width: 4, name: "option number", section: "§6.2.1" },
    { width: 12, name: "option length", section: "§6.2.2", say: value => ({ value, meaning: bytesText(value) }) },
  ]);
  const said = optionValueOf(bytes, number, at + 2, at + 2 + length);
  if (length === 0) return { ...said, fields: header.fields };
  const value = fieldOf(at + 2, at + 2 + length, "notification", "option value", "§6.2.3", said);
  return { ...said, fields: [...header.fields, value] };
}

function optionValueOf(bytes: Uint8Array, number: number, at: number, to: number): Said {
  const hex = hexOf(bytes.subarray(at, to));
  const isUint = number >= pkg0.OPTION_TARGETED_MO && number <= pkg0.OPTION_PREFERRED_BEARER;
  if (to === at) return { meaning: "empty" };
  if (isUint && to - at <= 2) {
    const value = to - at === 1 ? bytes[at]! : (bytes[at]! << 8) | bytes[at + 1]!;
    if (number !== pkg0.OPTION_PREFERRED_BEARER) return { value };
    return { value, meaning: BEARERS[value] ?? "unknown: passed over when a bearer is chosen" };
  }
  if (isUint || number < 1 || number > 6) return { value: hex, meaning: isUint ? "" : "not known: passed over" };
  if (pkg0.checkUtf8(bytes, at, to) === to) return { value: pkg0.utf8Text(bytes, at, to) };
  return { value: hex, meaning: `${bytesText(to - at)}, not UTF-8` };
}

function versionText(version: number): string {
  if (version === 1) return "DM 1.3";
  return version === 4 ? "DM 2.0, another format" : "reserved";
}

function transportText(transport: number): string {
  return TRANSPORTS[transport] ?? "reserved: counts as not-specified";
}

function timeoutText(minutes: number): string {
  return minutes === 0 ? "valid for ever" : `${minutes} minutes`;
}

function bytesText(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
