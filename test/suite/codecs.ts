/** Wraps the three readers as Codecs, so that all laws apply to each. */
import { DIGEST12_SCRATCH_BYTES } from "../../src/notification/digest12.ts";
import { DIGEST_COLONS, DIGEST_ONE_COLON, DIGEST_PLAIN } from "../../src/notification/digest13.ts";
import { REQUESTED_MO_OPTIONAL, VENDOR_INFO_STRICT } from "../../src/notification/read13.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13, FORMAT_12, FORMAT_13 } from "../../src/wire.ts";
import type { Codec, Pkg0 } from "./api.ts";
import { asciiOf, bytesOf, type Credentials, type Expected, spanOf, type Vector, type Vectors } from "./vectors.ts";

type Notification = ReturnType<Pkg0["newNotification"]>;

/** The objects that codecs share, as on a device: a record of each kind and one hash. */
export interface Shared {
  n: Notification;
  push: ReturnType<Pkg0["newPush"]>;
  sha256: ReturnType<Pkg0["createSha256"]>;
  md5: ReturnType<Pkg0["createMd5"]>;
  scratch: Uint8Array;
}

export function newShared(p: Pkg0): Shared {
  return {
    n: p.newNotification(),
    push: p.newPush(),
    sha256: p.createSha256(),
    md5: p.createMd5(),
    scratch: new Uint8Array(DIGEST12_SCRATCH_BYTES),
  };
}

/** The reader of `file`'s format, with the options and the keys of `vector`. */
export function codecOf(p: Pkg0, file: Vectors, vector: Vector, shared: Shared): Codec {
  if (file.headersMax !== undefined) return createPushCodec(p, vector.headersMax || file.headersMax, shared);
  if (file.credentials !== undefined) return createCodec12(p, vector.credentials || file.credentials, shared);
  return createCodec13(p, file.secret as string, vector, shared);
}

export function createCodec13(p: Pkg0, secretText: string, vector: Vector, shared: Shared): Codec {
  const secret = asciiOf(secretText);
  const n = shared.n;
  const digestInput = digestInputOf(vector);
  const rules = rulesOf(vector.rules || []);
  return {
    read: (bytes, from, to) => p.readNotification13(bytes, from, to, n, rules),
    errorAt: () => n.at,
    summary: from => summaryOf(n, from),
    isVerified: () => p.verifyDigest13(n, shared.sha256, secret, digestInput),
    isOpenEnded: false,
  };
}

export function createCodec12(p: Pkg0, credentials: Credentials, shared: Shared): Codec {
  const name = asciiOf(credentials.name);
  const password = asciiOf(credentials.password);
  const nonce = bytesOf(credentials.nonce);
  const n = shared.n;
  return {
    read: (bytes, from, to) => p.readNotification12(bytes, from, to, n),
    errorAt: () => n.at,
    summary: from => summaryOf(n, from),
    isVerified: () => p.verifyDigest12(n, shared.md5, name, password, nonce, shared.scratch),
    isOpenEnded: true,
  };
}

export function createPushCodec(p: Pkg0, headersMax: number, shared: Shared): Codec {
  const push = shared.push;
  return {
    read: (bytes, from, to) => p.readPush(bytes, from, to, push, headersMax),
    errorAt: () => push.at,
    summary: from => pushText(push.tid, push.contentType, push.bodyFrom - from, push.bodyTo - from),
    isVerified: () => false,
    isOpenEnded: true,
  };
}

export function digestInputOf(vector: Vector): number {
  if (vector.digestInput === "DIGEST_ONE_COLON") return DIGEST_ONE_COLON;
  return vector.digestInput === "DIGEST_PLAIN" ? DIGEST_PLAIN : DIGEST_COLONS;
}

function rulesOf(names: string[]): number {
  let rules = 0;
  for (let i = 0; i < names.length; i++) {
    if (names[i] === "REQUESTED_MO_OPTIONAL") rules += REQUESTED_MO_OPTIONAL;
    if (names[i] === "VENDOR_INFO_STRICT") rules += VENDOR_INFO_STRICT;
  }
  return rules;
}

/** The expected `summary(0)` of the codec for `vector`, which is `length` bytes long. */
export function expectedSummary(file: Vectors, vector: Vector, length: number): string {
  const e = vector.expect as Expected;
  if (file.headersMax !== undefined) {
    return pushText(uint(e, "tid"), uint(e, "contentType"), uint(e, "bodyFrom"), length);
  }
  const is12 = file.credentials !== undefined;
  return (
    headerText(
      is12 ? FORMAT_12 : FORMAT_13,
      is12 ? uint(e, "versionTenths") : 13,
      [uint(e, "initiator"), uint(e, "uiMode"), uint(e, "transport"), uint(e, "timeoutMinutes")],
      uint(e, "sessionId"),
      uint(e, "timestamp"),
    ) +
    ` id ${span(e, "serverId")} targeted ${uints(e, "targetedMo")} requested ${uints(e, "requestedMo")}` +
    ` bearers ${uints(e, "preferredBearer")} reason ${span(e, "connectReason")} vendor ${span(e, "vendorInfo")}` +
    ` | digest at ${is12 ? 0 : length - 32} to ${length}`
  );
}

function summaryOf(n: Notification, from: number): string {
  return (
    headerText(
      n.format,
      n.versionTenths,
      [n.initiator, n.uiMode, n.transport, n.timeoutMinutes],
      n.sessionId,
      n.timestamp,
    ) +
    ` id ${spanOf(n.bytes, n.serverIdAt, n.serverIdLength)} targeted ${listOf(n.targetedMo, n.targetedMoCount)}` +
    ` requested ${listOf(n.requestedMo, n.requestedMoCount)} bearers ${listOf(n.preferredBearer, n.preferredBearerCount)}` +
    ` reason ${spanOf(n.bytes, n.connectReasonAt, n.connectReasonLength)}` +
    ` vendor ${spanOf(n.bytes, n.vendorInfoAt, n.vendorInfoLength)} | digest at ${n.digestAt - from} to ${n.to - from}`
  );
}

function headerText(format: number, version: number, small: number[], sessionId: number, timestamp: number): string {
  return `${format}/${version} I UIM TRA TIMEOUT ${listOf(small, small.length)} session ${sessionId} time ${timestamp}`;
}

function pushText(tid: number, contentType: number, bodyFrom: number, bodyTo: number): string {
  const isOurs = contentType === CONTENT_TYPE_13 || contentType === CONTENT_TYPE_12;
  return `tid ${tid} type ${isOurs ? contentType : "other"} body ${bodyFrom} to ${bodyTo}`;
}

function listOf(values: ArrayLike<number>, count: number): string {
  let text = "[";
  for (let i = 0; i < count; i++) text += `${values[i]} `;
  return `${text}]`;
}

function uint(e: Expected, field: string): number {
  return e[field] === undefined ? 0 : (e[field] as number);
}

function uints(e: Expected, field: string): string {
  const values = e[field] === undefined ? [] : (e[field] as number[]);
  return listOf(values, values.length);
}

function span(e: Expected, field: string): string {
  const bytes = bytesOf(e[field] === undefined ? "" : (e[field] as string));
  return spanOf(bytes, 0, bytes.length);
}
