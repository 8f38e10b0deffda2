/** Messages of any layer, decoded and encoded for a person or a program: the command line's decode and encode. */
import * as pkg0 from "../../src/index.ts";
import { bytesOfHex, FieldError, fieldsOf, jsonOf, type NotificationJson } from "./fields.ts";
import { createTpduReader } from "./sms-tpdu.ts";

export type Layer = "push" | "tpdu" | "1.3" | "1.2";
export const LAYERS: readonly string[] = ["auto", "push", "tpdu", "1.3", "1.2"];

/** What the digest is checked with, or made with. */
export interface Credentials {
  /** AAuthSecret; its UTF-8 bytes are what is hashed. */
  secret: string;
  /** 1.2: AAuthData, raw octets. */
  nonce?: Uint8Array;
  /** 1.2: the name in the digest, when it is not the Server-ID. */
  name?: string;
  /** 1.3: what the digest is computed over (D1). Absent: "colons" to sign, any of them to verify. */
  digestInput?: pkg0.DigestInput;
}

export interface Decoded extends Partial<NotificationJson> {
  status: string;
  /** Byte offset of what is wrong; 0 when OK. */
  at: number;
  /** What a status other than OK means. */
  meaning?: string;
  /** The layer at which the input was read. */
  as?: Layer;
  /** Who sent a TPDU (or whom a SUBMIT is for), and which part of how many it is. */
  address?: string;
  part?: [sequence: number, total: number];
  /** Transaction id of a push. */
  tid?: number;
  digestValid?: boolean;
  /** 1.3: what the digest was computed over, where one of the three readings fits the secret, be it another than the asked one. */
  digestInput?: string;
}

const sha256 = pkg0.createSha256();
const md5 = pkg0.createMd5();
const scratch = new Uint8Array(pkg0.DIGEST12_SCRATCH_BYTES);

/** What a message says, or where and why it cannot be read; never throws. A TPDU has to be whole: see createDecoder. */
export function decode(bytes: Uint8Array, as: string, credentials?: Credentials): Decoded {
  return createDecoder(as, credentials).decode(bytes);
}

export interface Decoder {
  decode(bytes: Uint8Array): Decoded;
  /** decode for hex text: a character that is not hex is a status too. */
  decodeHex(hex: string): Decoded;
  /** Parts of short messages that wait for others. */
  waiting(): number;
}

/**
 * decode for a row of messages: the parts of concatenated short messages are put together. A part that leaves its message
 * unfinished answers MORE.
 */
export function createDecoder(as: string, credentials?: Credentials): Decoder {
  const tpdus = createTpduReader();

  function decode(bytes: Uint8Array): Decoded {
    const layer = as === "auto" ? guessLayer(bytes) : (as as Layer);
    if (layer !== "tpdu") return decodeLayer(bytes, layer, credentials);
    const { status, at, push, address, part } = tpdus.read(bytes);
    const origin = { ...(address !== undefined && { address }), ...(part !== undefined && { part }) };
    if (push === undefined) return { ...failure(status, status === pkg0.MORE ? 0 : at, layer), ...origin };
    return { ...decodeLayer(push, "push", credentials), as: layer, ...origin };
  }

  function decodeHex(hex: string): Decoded {
    const bytes = bytesOfHex(hex);
    if (typeof bytes === "number") return { status: "NOT_HEX", at: bytes, meaning: "not pairs of hex digits" };
    return decode(bytes);
  }

  return { decode, decodeHex, waiting: tpdus.waiting };
}

function decodeLayer(bytes: Uint8Array, layer: Layer, credentials?: Credentials): Decoded {
  const push = pkg0.newPush();
  let from = 0;
  let isFirst12 = layer === "1.2";
  if (layer === "push") {
    const status = pkg0.readPush(bytes, 0, bytes.length, push, bytes.length);
    if (status !== pkg0.OK) return failure(status, push.at, layer);
    from = push.bodyFrom;
    isFirst12 = push.contentType === pkg0.CONTENT_TYPE_12;
  }
  const n = pkg0.newNotification();
  let status = isFirst12 ? read12(bytes, from, n) : read13(bytes, from, n);
  if (layer === "push" && isOtherFormat(status)) {
    // the type only says which format to expect: the structure decides
    const other = pkg0.newNotification();
    if ((isFirst12 ? read13(bytes, from, other) : read12(bytes, from, other)) === pkg0.OK) {
      Object.assign(n, other);
      status = pkg0.OK;
    }
  }
  if (status !== pkg0.OK) return failure(status, n.at, layer);
  return {
    status: "OK",
    at: 0,
    as: layer,
    ...(layer === "push" && { tid: push.tid }),
    ...jsonOf(n),
    ...(credentials && judgeDigest(n, credentials)),
  };
}

/** Whether the digest is right, and for 1.3 which of the three readings it was computed by (D1). */
function judgeDigest(n: pkg0.Notification, credentials: Credentials): Pick<Decoded, "digestValid" | "digestInput"> {
  if (n.format !== pkg0.FORMAT_13) return { digestValid: isDigestValid(n, credentials) };
  const fits = pkg0.DIGEST_INPUTS[fittingInput(n, credentials.secret)];
  if (fits === undefined) return { digestValid: false };
  return { digestValid: fits === (credentials.digestInput ?? fits), digestInput: fits };
}

/** DIGEST_* of the reading under which the digest is the one that `secret` gives; -1 for none. */
function fittingInput(n: pkg0.Notification, secret: string): number {
  return pkg0.DIGEST_INPUTS.findIndex((_, i) => pkg0.verifyDigest13(n, sha256, Buffer.from(secret), i, scratch));
}

/** Whether the digest of a notification that was read is the one its secret gives. */
export function isDigestValid(n: pkg0.Notification, credentials: Credentials): boolean {
  const secret = Buffer.from(credentials.secret);
  if (n.format === pkg0.FORMAT_13) {
    const { digestInput } = credentials;
    if (digestInput === undefined) return fittingInput(n, credentials.secret) >= 0;
    return pkg0.verifyDigest13(n, sha256, secret, pkg0.DIGEST_INPUTS.indexOf(digestInput), scratch);
  }
  const id = n.bytes.subarray(n.serverIdAt, n.serverIdAt + n.serverIdLength);
  const name = credentials.name === undefined ? id : Buffer.from(credentials.name);
  return pkg0.verifyDigest12(n, md5, name, secret, credentials.nonce ?? new Uint8Array(0), scratch);
}

/** A signed Package #0. Throws FieldError for fields that cannot be sent. */
export function encode(json: unknown, credentials: Credentials): { bytes: Uint8Array; contentType: number } {
  const f = fieldsOf(json, Math.floor(Date.now() / 1000));
  const secret = Buffer.from(credentials.secret);
  const is12 = f.format === pkg0.FORMAT_12;
  const size12 = pkg0.MD5_BYTES + pkg0.TRIGGER_HEADER_BYTES + f.serverId.length + f.vendorInfo.length;
  const out = new Uint8Array(is12 ? size12 : pkg0.sizeOfNotification13(f));
  const name = credentials.name === undefined ? f.serverId : Buffer.from(credentials.name);
  const nonce = credentials.nonce ?? new Uint8Array(0);
  const end = is12
    ? pkg0.writeNotification12(f, md5, name, secret, nonce, out, 0, scratch)
    : pkg0.writeNotification13(f, sha256, secret, digestInputOf(credentials), out, 0);
  if (end < 0) throw new FieldError(pkg0.statusName(-end), undefined, pkg0.statusMeaning(-end));
  return { bytes: out, contentType: is12 ? pkg0.CONTENT_TYPE_12 : pkg0.CONTENT_TYPE_13 };
}

/** Package #0 as a WSP Push PDU (§7.1); `tid` is 0 to 255. */
export function pushOf(bytes: Uint8Array, contentType: number, tid: number): Uint8Array {
  const out = new Uint8Array(pkg0.PUSH_HEADER_BYTES + bytes.length);
  out.set(bytes, pkg0.writePushHeader(tid, contentType, out, 0));
  return out;
}

/** The layer at which a message most probably starts: the one that reads, else the one whose first bytes fit. */
export function guessLayer(bytes: Uint8Array): Layer {
  const n = pkg0.newNotification();
  if (pkg0.readPush(bytes, 0, bytes.length, pkg0.newPush(), bytes.length) === pkg0.OK) return "push";
  if (read13(bytes, 0, n) === pkg0.OK) return "1.3";
  if (read12(bytes, 0, n) === pkg0.OK) return "1.2";
  const t = pkg0.newTpdu();
  const tpduAt = pkg0.locateTpdu(bytes, 0, bytes.length, t);
  if (pkg0.readTpdu(bytes, tpduAt, bytes.length, t) === pkg0.OK) return "tpdu";
  if (bytes[1] === 0x06 || bytes[1] === 0x07) return "push";
  const versionTenths = (bytes[16]! << 2) | (bytes[17]! >> 6);
  if (versionTenths >= 10 && versionTenths <= 12 && bytes.length >= 24) return "1.2";
  return "1.3";
}

function read13(bytes: Uint8Array, from: number, n: pkg0.Notification): number {
  return pkg0.readNotification13(bytes, from, bytes.length, n, 0);
}

function read12(bytes: Uint8Array, from: number, n: pkg0.Notification): number {
  return pkg0.readNotification12(bytes, from, bytes.length, n);
}

/** Statuses that tell by the first bytes that a message has not the format it was read as; others are faults within it. */
function isOtherFormat(status: number): boolean {
  return (
    status === pkg0.NOTIFICATION_VERSION ||
    status === pkg0.NOTIFICATION_SHORT ||
    status === pkg0.NOTIFICATION12_VERSION ||
    status === pkg0.NOTIFICATION12_SHORT
  );
}

function digestInputOf(credentials: Credentials): number {
  return pkg0.DIGEST_INPUTS.indexOf(credentials.digestInput ?? "colons");
}

function failure(status: number, at: number, as: Layer): Decoded {
  return { status: pkg0.statusName(status), at, meaning: pkg0.statusMeaning(status), as };
}
