/** The forms in which one line may contain bytes. */
import { readBase64 } from "../../../src/index.ts";
import { bytesOfHex } from "../hex.ts";
import { guessLayer, type Layer } from "../layer.ts";

/** The bytes of a line, and the form in which it has them. */
export interface Form {
  form: string;
  bytes: Uint8Array;
  as?: Layer;
}

/** Reads bytes written as 0x00, \x00 or %00, as in source code and URLs, and ignores the characters around them. */
export function readEscapes(line: string): Form | null {
  const bare = line.replace(/[\s,;"'{}[\]()]/g, "");
  for (const [form, mark] of [
    ["0x list", "0x"],
    ["\\x text", "\\x"],
    ["%-escapes", "%"],
  ] as const) {
    if (!bare.toLowerCase().startsWith(mark)) continue;
    const pairs = bare.toLowerCase().split(mark).slice(1);
    // one number of many digits, 0x000603.., or a number for each byte
    const digits = pairs.length === 1 ? pairs[0]! : pairs.map(pair => pair.padStart(2, "0")).join("");
    const isEach = pairs.length === 1 || pairs.every(pair => pair.length >= 1 && pair.length <= 2);
    const bytes = isEach ? bytesOfHex(digits) : -1;
    if (typeof bytes !== "number" && bytes.length > 0) return { form, bytes };
  }
  return null;
}

/** Reads a line that `encode` prints with --sms, or that listen and encode print in JSON; null for another line. */
export function readPrinted(line: string): Form | null {
  const kannel = /^udh=((?:%[0-9a-f]{2})+)&coding=1&text=((?:%[0-9a-f]{2})*)$/i.exec(line.trim());
  if (kannel !== null) {
    const bytes = bytesOfHex((kannel[1]! + kannel[2]!).replace(/%/g, ""));
    if (typeof bytes !== "number") return { form: "sendsms parameters", bytes, as: "user-data" };
  }
  if (!line.trimStart().startsWith("{")) return null;
  const json = jsonOf(line);
  if (json === null) return null;
  const rows: [form: string, hex: unknown, as?: Layer][] = [
    [
      "short message of encode",
      typeof json.udh === "string" ? `${json.udh}${json.data ?? ""}` : undefined,
      "user-data",
    ],
    ["submit_sm", json.short_message, "user-data"],
    ["submit_sm", json.message_payload, "push"],
    ["PDU of AT+CMGS", json.pdu, "tpdu"],
    ["JSON", json.hex],
  ];
  for (const [form, hex, as] of rows) {
    const bytes = typeof hex === "string" && hex !== "" ? bytesOfHex(hex) : -1;
    if (typeof bytes !== "number") return { form, bytes, ...(as !== undefined && { as }) };
  }
  return typeof json.text === "string" ? readPrinted(json.text) : null;
}

function jsonOf(line: string): { [key: string]: unknown } | null {
  try {
    const json = JSON.parse(line);
    return typeof json === "object" && json !== null ? json : null;
  } catch {
    return null;
  }
}

/** Reads base64, if the bytes fit a layer: many plain words are valid base64 too. */
export function readBase64Line(line: string): Form | null {
  const text = line.trim().replace(/-/g, "+").replace(/_/g, "/");
  if (text.length < 24 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const bytes = readBase64(text.padEnd(Math.ceil(text.length / 4) * 4, "="));
  return bytes === null || guessLayer(bytes) === null ? null : { form: "base64", bytes };
}

/**
 * Whether `row` can be one of base64 that is wrapped as base64 (76) and PEM (64) do it; `width` is that of the rows before
 * it, and the last one may be shorter.
 */
export function isBase64Row(row: string, width: number | undefined): boolean {
  const fits = width === undefined ? row.length === 76 || row.length === 64 : row.length <= width;
  return fits && /^[A-Za-z0-9+/]+={0,2}$/.test(row);
}

/** Ten bytes or more in a row, with or without blanks or colons between them. */
const RUNS = [
  /(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}){10,}(?![0-9A-Za-z])/g,
  /(?<![0-9A-Za-z])[0-9a-fA-F]{2}(?:[ :][0-9a-fA-F]{2}){9,}(?![0-9A-Za-z])/g,
];

/** Reads a line of a log: the longest run of hex that fits a layer. */
export function readLogLine(line: string): Form | null {
  const runs = RUNS.flatMap(run => line.match(run) ?? []);
  for (const run of runs.sort((a, b) => b.length - a.length)) {
    const bytes = bytesOfHex(run);
    const layer = typeof bytes === "number" ? null : guessLayer(bytes);
    if (layer !== null) return { form: "line of a log", bytes: bytes as Uint8Array };
  }
  return null;
}

/** A modem's log has no longer lines between its PDUs. */
const TALK_MAX = 1024;

/** Whether `line` is one that a modem's log has between its PDUs. */
export function isModemTalk(line: string): boolean {
  return (
    line.length <= TALK_MAX &&
    /(?:^|[\s<>:\]"'])(?:[+^*][A-Z]{3,}|AT(?:[+&^A-Z]\S*)?\s*$|OK\b|ERROR\b|RING\b|READY\b)|^\s*>\s*$/.test(line)
  );
}
