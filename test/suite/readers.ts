/** Checks every vector of a format with its reader: status and offset, or all fields and the digest; then the laws. */
import { OK } from "../../src/status.ts";
import type { Pkg0, T } from "./api.ts";
import { codecOf, createCodec12, createCodec13, expectedSummary, newShared } from "./codecs.ts";
import { changes, placement, prefixes } from "./laws.ts";
import { inputOf, nameOf, type Vector, type Vectors } from "./vectors.ts";

/** Longer messages are left out of the laws that hash once for each byte: they would take hours on a slow engine. */
const LAW_BYTES_MAX = 160;

export function readers(t: T, p: Pkg0, file: Vectors): void {
  for (let i = 0; i < file.vectors.length; i++) readVector(t, p, file, file.vectors[i]);
}

function readVector(t: T, p: Pkg0, file: Vectors, vector: Vector): void {
  t.test(`${file.file}: ${vector.name}`, () => {
    const input = inputOf(vector);
    const codec = codecOf(p, file, vector, newShared(p));
    const status = codec.read(input, 0, input.length);
    t.equal(nameOf(status), vector.valid ? "OK" : (vector.status as string), "status");
    if (!vector.valid) t.equal(codec.errorAt(), vector.at as number, "at");
    if (vector.valid && status === OK) {
      t.equal(codec.summary(0), expectedSummary(file, vector, input.length), "fields");
      if (file.headersMax === undefined) t.equal(codec.isVerified(), vector.digestValid !== false, "digest");
    }
    if (vector.body !== undefined) readBody(t, p, vector, input);
    placement(t, codec, input, "placement");
    if (vector.valid && input.length <= LAW_BYTES_MAX) prefixLaw(t, codec, vector, input);
  });
}

/** A push may be cut in its body, whose length is that of the datagram; then Package #0 tells. */
function prefixLaw(t: T, codec: ReturnType<typeof codecOf>, vector: Vector, input: Uint8Array): void {
  const bodyFrom = vector.expect === undefined ? undefined : vector.expect.bodyFrom;
  if (typeof bodyFrom !== "number") {
    prefixes(t, codec, input, "prefixes");
    return;
  }
  for (let length = 0; length < input.length; length++) {
    const isOk = codec.read(input, 0, length) === OK;
    if (isOk !== length >= bodyFrom) t.ok(false, `prefix ${length}: OK is ${isOk}`);
    if (!isOk && (codec.errorAt() < 0 || codec.errorAt() > length))
      t.ok(false, `prefix ${length}: at ${codec.errorAt()}`);
  }
}

/** The Package #0 inside a push: DM 1.2 with credentials, else 1.3. */
function readBody(t: T, p: Pkg0, vector: Vector, input: Uint8Array): void {
  const body = vector.body as NonNullable<Vector["body"]>;
  const shared = newShared(p);
  const push = shared.push;
  const codec =
    body.credentials === undefined
      ? createCodec13(p, body.secret || "", vector, shared)
      : createCodec12(p, body.credentials, shared);
  p.readPush(input, 0, input.length, push, 48);
  const status = codec.read(input, push.bodyFrom, push.bodyTo);
  t.equal(nameOf(status), body.status, "status of the body");
  if (status === OK) t.ok(codec.isVerified(), "digest of the body");
  else t.equal(codec.errorAt(), body.at as number, "at in the body");
}

/** The first `count` good vectors of `file` that are not too long, each byte changed by each of `masks`. */
export function changedReaders(t: T, p: Pkg0, file: Vectors, masks: number[], count: number, bytesMax: number): void {
  let left = count;
  for (let i = 0; i < file.vectors.length && left > 0; i++) {
    const vector = file.vectors[i];
    if (!vector.valid || inputOf(vector).length > bytesMax) continue;
    changeVector(t, p, file, vector, masks);
    left--;
  }
}

function changeVector(t: T, p: Pkg0, file: Vectors, vector: Vector, masks: number[]): void {
  t.test(`${file.file}: ${vector.name}, each byte changed`, () => {
    changes(t, codecOf(p, file, vector, newShared(p)), inputOf(vector), masks, "changes");
  });
}
