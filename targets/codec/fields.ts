/** Notifications as JSON, in the words of the command line: `encode` takes the JSON that `decode` prints. */
import type { Notification, NotificationFields } from "../../src/index.ts";
import { BEARER_MAX, checkUtf8, FORMAT_12, FORMAT_13, sessionIdText, utf8Bytes, utf8Text } from "../../src/index.ts";
import { bytesOfHex, hexOf } from "./hex.ts";
import { findTextFault, normalizeText, type TextFault, type TextRules } from "./net-unicode.ts";
import { suggestion } from "./suggest.ts";
import { INITIATORS, type Initiator, TRANSPORTS, type Transport, UI_MODES, type UiMode } from "./words.ts";

/** The fields that both formats have. */
export interface FieldsBoth {
  /** "server" when absent. */
  initiator?: Initiator;
  /** "not-specified" when absent. */
  uiMode?: UiMode;
  /** 1 to 4 hex digits, not 0; upper case in output. */
  sessionId: string;
  /** 1 to 255 bytes of UTF-8. */
  serverId: string;
}

/** A notification of DM 1.3 as JSON. An absent option is an absent key. */
export interface Fields13 extends FieldsBoth {
  format?: "1.3";
  /** By default "not-specified": the client chooses. */
  transport?: Transport;
  /** For how many minutes the server accepts the session id, 0 to 65535; 0, the default, is for ever. */
  timeout?: number;
  /** POSIX seconds. By default now. */
  timestamp?: number;
  /** MO indexes, 0 to 65535. */
  targetedMo?: number[];
  /** MO indexes, 0 to 65535; at least one. */
  requestedMo: number[];
  /** 0 to 11, first = highest priority. */
  preferredBearer?: number[];
  /** At most 4095 bytes of UTF-8. */
  connectReason?: string;
  /** At most 4095 bytes of UTF-8; other bytes go into `vendorInfoHex`. */
  vendorInfo?: string;
  vendorInfoHex?: string;
}

/** A notification of DM 1.2 as JSON. */
export interface Fields12 extends FieldsBoth {
  format: "1.2";
  /** In tenths, 10 to 12. By default 11. */
  version?: number;
  /** Vendor-specific body, hex. */
  vendorBody?: string;
}

/** A notification as JSON; `format` tells its format. */
export type NotificationJson = Fields13 | Fields12;

/** The error for a field that cannot be sent. `status` is one of the writers', or FIELD_UNKNOWN or FIELD_TYPE. */
export class FieldError extends Error {
  readonly status: string;
  /** The key of the field, if it is known. */
  readonly field: string | undefined;

  constructor(status: string, field: string | undefined, message: string) {
    super(field === undefined ? message : `${field}: ${message}`);
    this.name = "FieldError";
    this.status = status;
    this.field = field;
  }
}

/** The fields of `n` as JSON. */
export function jsonOf(n: Notification): NotificationJson & { digest: string; tra?: number } {
  const text = (at: number, length: number) => utf8Text(n.bytes, at, at + length);
  const hex = (at: number, length: number) => hexOf(n.bytes.subarray(at, at + length));
  if (n.format === FORMAT_12) {
    return {
      format: "1.2",
      version: n.versionTenths,
      initiator: INITIATORS[n.initiator]!,
      uiMode: UI_MODES[n.uiMode]!,
      sessionId: sessionIdText(n.sessionId),
      serverId: text(n.serverIdAt, n.serverIdLength),
      ...(n.vendorInfoLength > 0 && { vendorBody: hex(n.vendorInfoAt, n.vendorInfoLength) }),
      digest: hex(n.digestAt, 16),
    };
  }
  const vendorTo = n.vendorInfoAt + n.vendorInfoLength;
  const isVendorText = checkUtf8(n.bytes, n.vendorInfoAt, vendorTo) === vendorTo;
  return {
    format: "1.3",
    initiator: INITIATORS[n.initiator]!,
    uiMode: UI_MODES[n.uiMode]!,
    transport: TRANSPORTS[n.transport]!,
    tra: (n.bytes[n.from + 1]! >> 3) & 7,
    timeout: n.timeoutMinutes,
    sessionId: sessionIdText(n.sessionId),
    timestamp: n.timestamp,
    serverId: text(n.serverIdAt, n.serverIdLength),
    ...(n.targetedMoCount > 0 && { targetedMo: [...n.targetedMo.subarray(0, n.targetedMoCount)] }),
    requestedMo: [...n.requestedMo.subarray(0, n.requestedMoCount)],
    ...(n.preferredBearerCount > 0 && { preferredBearer: [...n.preferredBearer.subarray(0, n.preferredBearerCount)] }),
    ...(n.connectReasonLength > 0 && { connectReason: text(n.connectReasonAt, n.connectReasonLength) }),
    ...(n.vendorInfoLength > 0 && isVendorText && { vendorInfo: text(n.vendorInfoAt, n.vendorInfoLength) }),
    ...(n.vendorInfoLength > 0 && !isVendorText && { vendorInfoHex: hex(n.vendorInfoAt, n.vendorInfoLength) }),
    digest: hex(n.digestAt, 32),
  };
}

/** Keys that decode prints in addition to the fields; encode ignores them, so it can take decode's output. */
const PASSED_OVER = [
  ...["status", "at", "as", "meaning", "place", "address", "part", "joined", "tid", "input"],
  ...["digest", "digestValid", "digestInput", "fits", "tra"],
];
const FIELDS_BOTH = ["format", "initiator", "uiMode", "sessionId", "serverId"];
const FIELDS_13 = [
  ...["transport", "timeout", "timestamp", "targetedMo", "requestedMo", "preferredBearer"],
  ...["connectReason", "vendorInfo", "vendorInfoHex"],
];
const FIELDS_12 = ["version", "vendorBody"];

/**
 * The fields that `json` names, for the writers; `now` (POSIX seconds) stands in for an absent timestamp. Throws a
 * FieldError for an unknown key, a missing one, a value of the wrong kind, a number out of its range, and a text that is not
 * Net-Unicode (the writers cannot check its normal form and its surrogates). The writers check the rest.
 */
export function fieldsOf(json: unknown, now: number, rules: TextRules = {}): NotificationFields & { format: number } {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new FieldError("FIELD_TYPE", undefined, `must be a JSON object, not ${shown(json)}`);
  const from = json as { [name: string]: unknown };
  const format = word(from, "format", ["1.3", "1.2"], 0) === 0 ? FORMAT_13 : FORMAT_12;
  const known = [...PASSED_OVER, ...FIELDS_BOTH, ...(format === FORMAT_13 ? FIELDS_13 : FIELDS_12)];
  for (const key of Object.keys(from)) {
    if (known.includes(key)) continue;
    const name = format === FORMAT_13 ? "1.3" : "1.2";
    throw new FieldError("FIELD_UNKNOWN", key, `not a field of ${name}${suggestion(key, known)}`);
  }
  const sessionId = from.sessionId;
  if (typeof sessionId !== "string" || !/^[0-9A-Fa-f]{1,4}$/.test(sessionId)) {
    throw new FieldError("FIELD_TYPE", "sessionId", `must be 1 to 4 hex digits in quotes, not ${shown(sessionId)}`);
  }
  if (typeof from.serverId !== "string") throw wrongType("serverId", "a text", from.serverId);
  if (from.vendorInfo !== undefined && from.vendorInfoHex !== undefined) {
    throw new FieldError("FIELD_TYPE", "vendorInfoHex", "stands beside vendorInfo: only one of them can be sent");
  }
  const vendorHex = from.vendorInfoHex === undefined ? from.vendorBody : from.vendorInfoHex;
  const vendorInfo =
    vendorHex === undefined
      ? textBytes(from, "vendorInfo", rules)
      : hexBytes(vendorHex, from.vendorBody === undefined ? "vendorInfoHex" : "vendorBody");
  if (from.vendorInfoHex !== undefined && rules.opaqueVendorInfo !== true) checkVendorInfo(vendorInfo);
  return {
    format,
    initiator: word(from, "initiator", INITIATORS, 1),
    uiMode: word(from, "uiMode", UI_MODES, 0),
    transport: word(from, "transport", TRANSPORTS, 0),
    timeoutMinutes: number(from, "timeout", 65535, 0),
    sessionId: Number.parseInt(sessionId, 16),
    timestamp: number(from, "timestamp", 4294967295, now),
    serverId: textBytes(from, "serverId", rules),
    targetedMo: numbers(from, "targetedMo", 65535),
    requestedMo: numbers(from, "requestedMo", 65535),
    preferredBearer: numbers(from, "preferredBearer", BEARER_MAX),
    connectReason: textBytes(from, "connectReason", rules),
    vendorInfo,
    isVendorInfoOpaque: rules.opaqueVendorInfo === true,
    versionTenths: number(from, "version", 12, 11, 10),
  };
}

type Json = { [name: string]: unknown };

function word(from: Json, field: string, words: readonly string[], fallback: number): number {
  if (from[field] === undefined) return fallback;
  const index = words.indexOf(from[field] as string);
  if (index < 0) {
    const meant = typeof from[field] === "string" ? suggestion(from[field], words) : "";
    throw new FieldError("FIELD_TYPE", field, `must be one of ${words.join(", ")}, not ${shown(from[field])}${meant}`);
  }
  return index;
}

function number(from: Json, field: string, highest: number, fallback: number, lowest = 0): number {
  const value = from[field];
  return value === undefined ? fallback : uint(value, field, highest, "a number", lowest);
}

function numbers(from: Json, field: string, highest: number): number[] {
  const value = from[field];
  if (value === undefined) return [];
  const kind = "an array of numbers";
  if (!Array.isArray(value)) throw wrongType(field, kind, value);
  return value.map(one => uint(one, field, highest, kind));
}

function uint(value: unknown, field: string, highest: number, kind: string, lowest = 0): number {
  if (typeof value !== "number") throw wrongType(field, kind, value);
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw new FieldError("FIELD_RANGE", field, `must be a whole number, ${lowest} to ${highest}, not ${value}`);
  }
  return value;
}

function textBytes(from: Json, field: string, rules: TextRules): Uint8Array {
  const value = from[field];
  if (value === undefined) return new Uint8Array(0);
  if (typeof value !== "string") throw wrongType(field, "a text", value);
  const text = rules.normalize === true ? normalizeText(value) : value;
  const fault = findTextFault(text);
  if (fault !== undefined) throw notNetUnicode(field, fault, normalizeText(text) !== text);
  return utf8Bytes(text);
}

function checkVendorInfo(bytes: Uint8Array): void {
  const at = checkUtf8(bytes, 0, bytes.length);
  if (at < bytes.length) {
    const what = `not UTF-8 at byte ${at}: strict readers refuse it; opaqueVendorInfo (--opaque-vendor-info) sends it`;
    throw new FieldError("FIELD_TEXT", "vendorInfoHex", what);
  }
  const fault = findTextFault(utf8Text(bytes, 0, bytes.length));
  if (fault !== undefined) throw notNetUnicode("vendorInfoHex", fault, false);
}

function notNetUnicode(field: string, { at, what }: TextFault, isMendable: boolean): FieldError {
  const hint = isMendable ? "; normalize (--normalize) mends it" : "";
  return new FieldError("FIELD_NET_UNICODE", field, `${what} at byte ${at} (RFC 5198)${hint}`);
}

function hexBytes(value: unknown, field: string): Uint8Array {
  const bytes = typeof value === "string" ? bytesOfHex(value) : -1;
  if (typeof bytes === "number") throw wrongType(field, "hex", value);
  return bytes;
}

function wrongType(field: string, kind: string, value: unknown): FieldError {
  return new FieldError("FIELD_TYPE", field, `must be ${kind}, not ${shown(value)}`);
}

/** The given value, shortened to fit a line. */
function shown(value: unknown): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}..` : text;
}
