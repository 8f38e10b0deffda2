/** The writers: read(write(x)) = x for every good vector, write(read(b)) = b for canonical ones, and what they refuse. */
import { DIGEST12_SCRATCH_BYTES } from "../../src/notification/digest12.ts";
import type { Pkg0, T } from "./api.ts";
import { codecOf, digestInputOf, newShared } from "./codecs.ts";
import { asciiOf, bytesOf, inputOf, nameOf, spanOf, type Vector, type Vectors } from "./vectors.ts";

type Notification = ReturnType<Pkg0["newNotification"]>;
export type Fields = Parameters<Pkg0["writeNotification13"]>[0];

/** The offset that every message is written at, to find a writer that starts at 0. */
const AT = 3;

export function writers(t: T, p: Pkg0, file: Vectors): void {
  for (let i = 0; i < file.vectors.length; i++) if (file.vectors[i].valid) rewrite(t, p, file, file.vectors[i]);
}

function rewrite(t: T, p: Pkg0, file: Vectors, vector: Vector): void {
  t.test(`${file.file}: ${vector.name}, written again`, () => {
    const input = inputOf(vector);
    const shared = newShared(p);
    const codec = codecOf(p, file, vector, shared);
    codec.read(input, 0, input.length);
    const fields = fieldsOf(shared.n);
    fields.isVendorInfoOpaque = true;
    const before = withoutPlace(codec.summary(0));
    const out = new Uint8Array(input.length + AT + 4);
    const end = write(p, file, vector, fields, out, AT);
    if (vector.writeStatus !== undefined) {
      t.equal(nameOf(-end), vector.writeStatus, "refused with");
      t.ok(isBlank(out, 0, out.length), "written although refused");
      return;
    }
    t.ok(end > AT, `written: ${end}`);
    t.ok(isBlank(out, 0, AT) && isBlank(out, end, out.length), "written outside of the message");
    if (vector.isCanonical === true) {
      t.equal(spanOf(out, AT, end - AT), spanOf(input, 0, input.length), "the same bytes");
    }
    t.equal(nameOf(codec.read(out, AT, end)), "OK", "read again");
    t.equal(withoutPlace(codec.summary(AT)), before, "the same fields");
    t.ok(codec.isVerified(), "its digest");
    const short = out.subarray(0, end - 1);
    for (let i = 0; i < out.length; i++) out[i] = 0;
    t.equal(nameOf(-write(p, file, vector, fields, short, AT)), "FIELD_BUFFER", "one byte too few");
    t.ok(isBlank(out, 0, out.length), "written although too small");
  });
}

function write(p: Pkg0, file: Vectors, vector: Vector, fields: Fields, out: Uint8Array, at: number): number {
  const credentials = vector.credentials || file.credentials;
  if (credentials === undefined) {
    const secret = asciiOf(file.secret as string);
    return p.writeNotification13(fields, p.createSha256(), secret, digestInputOf(vector), out, at);
  }
  const scratch = new Uint8Array(DIGEST12_SCRATCH_BYTES);
  const nonce = bytesOf(credentials.nonce);
  const password = asciiOf(credentials.password);
  return p.writeNotification12(fields, p.createMd5(), asciiOf(credentials.name), password, nonce, out, at, scratch);
}

/** The fields for a writer to write the message in `n` again. */
export function fieldsOf(n: Notification): Fields {
  return {
    initiator: n.initiator,
    uiMode: n.uiMode,
    transport: n.transport,
    timeoutMinutes: n.timeoutMinutes,
    sessionId: n.sessionId,
    timestamp: n.timestamp,
    serverId: copyOf(n.bytes, n.serverIdAt, n.serverIdLength),
    targetedMo: arrayOf(n.targetedMo, n.targetedMoCount),
    requestedMo: arrayOf(n.requestedMo, n.requestedMoCount),
    preferredBearer: arrayOf(n.preferredBearer, n.preferredBearerCount),
    connectReason: copyOf(n.bytes, n.connectReasonAt, n.connectReasonLength),
    vendorInfo: copyOf(n.bytes, n.vendorInfoAt, n.vendorInfoLength),
    versionTenths: n.versionTenths,
  };
}

function copyOf(bytes: Uint8Array, at: number, length: number): Uint8Array {
  const copy = new Uint8Array(length);
  for (let i = 0; i < length; i++) copy[i] = bytes[at + i];
  return copy;
}

function arrayOf(values: ArrayLike<number>, count: number): number[] {
  const array = [];
  for (let i = 0; i < count; i++) array.push(values[i]);
  return array;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** A summary without the offsets at its end, which depend on how a message was written. */
function withoutPlace(summary: string): string {
  return summary.split(" | ")[0];
}
