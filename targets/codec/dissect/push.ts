/** Dissects a WSP Push PDU: WAP-230 §8.2.4 and §8.4.2. */
import { DM_APPLICATION_CODE } from "../../../src/push/dm.ts";
import { hexOf } from "../hex.ts";
import { latin1Text } from "../text.ts";
import { APPLICATIONS, WSP_CONTENT_TYPES, WSP_HEADERS } from "../words.ts";
import { type Field, listFields, type Said } from "./field.ts";

const APPLICATION_ID = 47;

/** The fields of a push before its body, and the offset at which the body begins. Bytes that cannot be read become one field that says so. */
export function dissectPush(bytes: Uint8Array, from: number, to: number): { fields: Field[]; bodyFrom: number } {
  const list = listFields(bytes, from, to, "push");
  const broken = (): { fields: Field[]; bodyFrom: number } => {
    list.rest("not read", "");
    return { fields: list.fields, bodyFrom: to };
  };
  if (!list.add(1, "TID", "WAP-230 §8.2.4", { value: bytes[from] ?? 0, meaning: "transaction id" })) return broken();
  if (list.at >= to) return broken();
  const type = bytes[list.at]!;
  list.add(1, "PDU type", "WAP-230 §8.2.4", { value: type, meaning: typeText(type) });
  const headers = readUintvar(bytes, list.at, to);
  if (headers === null || type < 6 || type > 7) return broken();
  list.add(headers.to - list.at, "HeadersLen", "WAP-230 §8.1.2", {
    value: headers.value,
    meaning: `bytes of Content-Type and headers (§7.1: at most 48)`,
  });
  const end = list.at + headers.value;
  if (end > to) return broken();
  let next = valueEnd(bytes, list.at, end);
  if (next > end || list.at === end) {
    const cut = listFields(bytes, list.at, end, "push");
    cut.rest("Content-Type", "cut");
    return { fields: [...list.fields, ...cut.fields], bodyFrom: end };
  }
  list.add(next - list.at, "Content-Type", "WAP-230 §8.4.2.24, §7.1", contentTypeOf(bytes, list.at, next));
  while (list.at < end) {
    next = headerEnd(bytes, list.at, end);
    if (next > end) {
      const cut = listFields(bytes, list.at, end, "push");
      cut.rest("header", "cut");
      return { fields: [...list.fields, ...cut.fields], bodyFrom: end };
    }
    const { name, section, said } = headerOf(bytes, list.at, next);
    list.add(next - list.at, name, section, said);
  }
  return { fields: list.fields, bodyFrom: end };
}

function typeText(type: number): string {
  if (type === 6) return "Push, connectionless";
  return type === 7 ? "ConfirmedPush, of a session" : "no push";
}

/** The offset after the header at `at`; greater than `end` when the header runs over it. */
function headerEnd(bytes: Uint8Array, at: number, end: number): number {
  const name = bytes[at]!;
  if (name === 0) return end + 1;
  if (name === 0x7f || name < 0x20) return at + (name === 0x7f ? 2 : 1);
  const valueAt = name < 0x80 ? valueEnd(bytes, at, end) : at + 1;
  return valueAt >= end ? end + 1 : valueEnd(bytes, valueAt, end);
}

function headerOf(bytes: Uint8Array, at: number, next: number): { name: string; section: string; said: Said } {
  const first = bytes[at]!;
  if (first === 0x7f || first < 0x20) {
    const page = first === 0x7f ? bytes[at + 1]! : first;
    return { name: "header code page", section: "WAP-230 §8.4.2.6", said: { value: page, meaning: "from here on" } };
  }
  const valueAt = first < 0x80 ? valueEnd(bytes, at, next) : at + 1;
  const code = first & 0x7f;
  const name =
    first < 0x80 ? latin1Text(bytes, at, valueAt - 1) : (WSP_HEADERS[code] ?? `header 0x${code.toString(16)}`);
  const isApplication = name.toLowerCase() === "x-wap-application-id" || (first >= 0x80 && code === APPLICATION_ID);
  const said = headerValueOf(bytes, valueAt, next);
  if (isApplication && typeof said.value === "number") {
    const application = APPLICATIONS[said.value] ?? "not of OMA DM";
    said.meaning = said.value === DM_APPLICATION_CODE ? application : `${application}, not the DM client`;
  }
  return { name, section: isApplication ? "WAP-251, §7.1" : "WAP-230 §8.4.2", said };
}

/** A value as a number, a text, or bytes. */
function headerValueOf(bytes: Uint8Array, at: number, to: number): Said {
  const first = bytes[at]!;
  if (first >= 0x80) return { value: first & 0x7f };
  if (first >= 0x20) return { value: latin1Text(bytes, at, to - 1) };
  if (first > 0 && first <= 4) {
    let value = 0;
    for (let i = at + 1; i < to; i++) value = value * 256 + bytes[i]!;
    return { value };
  }
  return { value: hexOf(bytes.subarray(at, to)), meaning: "not a number and not a text" };
}

/** Content-Type: a code, a text, or a length with one of them and parameters (WAP-230 §8.4.2.24). */
function contentTypeOf(bytes: Uint8Array, at: number, to: number): Said {
  let mediaAt = at;
  if (bytes[at]! < 0x20) mediaAt = bytes[at] === 31 ? (readUintvar(bytes, at + 1, to)?.to ?? to) : at + 1;
  const mediaTo = mediaAt < to ? valueEnd(bytes, mediaAt, to) : to;
  if (mediaAt >= to || mediaTo > to) return { value: hexOf(bytes.subarray(at, to)), meaning: "not a content type" };
  const said = headerValueOf(bytes, mediaAt, mediaTo);
  const parameters = mediaTo < to ? ", with parameters" : "";
  if (typeof said.value !== "number") return { ...said, meaning: parameters.slice(2) };
  const name = WSP_CONTENT_TYPES[said.value] ?? `code 0x${said.value.toString(16)}, not of OMA DM`;
  return { value: said.value, meaning: name + parameters };
}

/** The offset after the value at `at` (WAP-230 §8.4.1.2); greater than `end` when the value runs over it. */
function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = at < end ? bytes[at]! : 0;
  if (first >= 0x80) return at + 1;
  if (first >= 0x20) {
    const nul = bytes.indexOf(0, at);
    return nul < 0 ? end + 1 : nul + 1;
  }
  if (first < 31) return at + 1 + first;
  const length = readUintvar(bytes, at + 1, end);
  return length === null ? end + 1 : length.to + length.value;
}

function readUintvar(bytes: Uint8Array, at: number, end: number): { value: number; to: number } | null {
  let value = 0;
  for (let i = 0; i < 5 && at + i < end; i++) {
    const octet = bytes[at + i]!;
    value = value * 128 + (octet & 0x7f);
    if (octet < 0x80) return value > 4294967295 ? null : { value, to: at + i + 1 };
  }
  return null;
}
