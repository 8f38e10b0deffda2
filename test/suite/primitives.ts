/** Hashes, base64, UTF-8 and the push header over their vectors. */
import { rootsOfPrimes } from "../../src/hash/roots.ts";
import { FIELD_BUFFER, OK } from "../../src/status.ts";
import { CONTENT_TYPE_12, CONTENT_TYPE_13 } from "../../src/wire.ts";
import type { Pkg0, T } from "./api.ts";
import { createPushCodec, newShared } from "./codecs.ts";
import { asciiOf, bytesOf, hexOf } from "./vectors.ts";

interface HashVector {
  name: string;
  message?: string;
  digest: string;
  isSlow?: boolean;
}

export interface HashVectors {
  file: string;
  vectors: HashVector[];
}

export interface RootVectors {
  file: string;
  vectors: { name: string; degree: number; bytes: string }[];
}

interface TextVector {
  name: string;
  valid: boolean;
  bytes?: string;
  text?: string;
  at?: number;
  isReadOnly?: boolean;
}

export interface TextVectors {
  file: string;
  vectors: TextVector[];
}

/**
 * The constants that the engine computes for SHA-256: where its numbers are not doubles, or its Int32Array does not take them
 * modulo 2^32, the words that are wrong are told here, and not only digests.
 */
export function roots(t: T, file: RootVectors): void {
  for (let i = 0; i < file.vectors.length; i++) rootVector(t, file.file, file.vectors[i]);
}

function rootVector(t: T, file: string, vector: RootVectors["vectors"][number]): void {
  t.test(`${file}: ${vector.name}`, () => {
    const expected = bytesOf(vector.bytes);
    const words = rootsOfPrimes(expected.length >> 2, vector.degree);
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      const octets = new Uint8Array([word >> 24, word >> 16, word >> 8, word]);
      t.equal(hexOf(octets, 0, 4), hexOf(expected, 4 * i, 4 * i + 4), `word ${i}`);
    }
  });
}

type Hash = ReturnType<Pkg0["createSha256"]>;

export function hashes(t: T, hash: Hash, file: HashVectors): void {
  for (let i = 0; i < file.vectors.length; i++) {
    const vector = file.vectors[i];
    if (vector.message !== undefined && vector.isSlow !== true) hashVector(t, hash, file.file, vector, vector.message);
  }
}

/** Hashes each message once: enough for another `compress` of a hash that has all checks. */
export function digests(t: T, hash: Hash, of: string, file: HashVectors): void {
  t.test(of, () => {
    for (let i = 0; i < file.vectors.length; i++) {
      const vector = file.vectors[i];
      if (vector.message === undefined || vector.isSlow === true) continue;
      const message = bytesOf(vector.message);
      t.equal(digestOf(hash, vector.digest.length >> 1, message, message.length), vector.digest, vector.name);
    }
  });
}

/** Hashes the message whole, in two pieces, and byte by byte, all with one instance. */
function hashVector(t: T, hash: Hash, file: string, vector: HashVector, hex: string): void {
  t.test(`${file}: ${vector.name}`, () => {
    const message = bytesOf(hex);
    const bytes = vector.digest.length >> 1;
    t.equal(digestOf(hash, bytes, message, message.length), vector.digest, "whole");
    t.equal(digestOf(hash, bytes, message, message.length >> 1), vector.digest, "in two pieces");
    if (message.length < 66) t.equal(digestOf(hash, bytes, message, 1), vector.digest, "byte by byte");
    hash.start();
    hash.add(message, 0, message.length >> 1);
    t.equal(digestOf(hash, bytes, message, message.length), vector.digest, "after one that was not ended");
    t.equal(verified(hash, bytesOf(vector.digest), message), "right", "verified");
  });
}

/** The digest of `length` bytes of `message`, added in pieces of `step` bytes, from the middle of a larger buffer into the middle of one. */
function digestOf(hash: Hash, length: number, message: Uint8Array, step: number): string {
  const input = new Uint8Array(message.length + 5);
  input.set(message, 3);
  const out = new Uint8Array(length + 4);
  hash.start();
  for (let at = 0; at < message.length; at += step || 1) {
    hash.add(input, at + 3, Math.min(at + (step || 1), message.length) + 3);
  }
  hash.end(out, 2);
  if (out[0] !== 0 || out[1] !== 0 || out[length + 2] !== 0 || out[length + 3] !== 0) return "written outside";
  return hexOf(out, 2, length + 2);
}

/** "right" when `hash` verifies `digest`, and no digest with one bit changed; each stands in the middle of a larger buffer. */
function verified(hash: Hash, digest: Uint8Array, message: Uint8Array): string {
  const input = new Uint8Array(digest.length + 5);
  input.set(digest, 3);
  // a changed bit in each byte, and last the right digest
  for (let i = 0; i <= digest.length; i++) {
    const isRight = i === digest.length;
    const bit = 1 << (i & 7);
    if (!isRight) input[i + 3] ^= bit;
    hash.start();
    hash.add(message, 0, message.length);
    if (hash.verify(input, 3, 3 + digest.length) !== isRight) return `wrong: byte ${i}`;
    if (!isRight) input[i + 3] ^= bit;
  }
  return "right";
}

export function base64(t: T, p: Pkg0, file: TextVectors): void {
  for (let i = 0; i < file.vectors.length; i++) base64Vector(t, p, file.vectors[i]);
}

function base64Vector(t: T, p: Pkg0, vector: TextVector): void {
  t.test(`base64: ${vector.name}`, () => {
    const text = vector.text as string;
    const read = p.readBase64(text);
    t.equal(read === null ? null : hexOf(read, 0, read.length), vector.valid ? (vector.bytes as string) : null, "read");
    if (!vector.valid || vector.isReadOnly === true) return;
    const bytes = bytesOf(`00${vector.bytes}00`);
    const out = new Uint8Array(text.length + 2);
    t.equal(p.writeBase64(bytes, 1, bytes.length - 1, out, 1), text.length + 1, "end");
    t.equal(hexOf(out, 1, text.length + 1), hexOf(asciiOf(text), 0, text.length), "written");
    t.ok(out[0] === 0 && out[text.length + 1] === 0, "written outside");
  });
}

export function utf8(t: T, p: Pkg0, file: TextVectors): void {
  for (let i = 0; i < file.vectors.length; i++) utf8Vector(t, p, file.vectors[i]);
}

/** Also in the middle of continuation bytes, to find a check that reads past its end. */
function utf8Vector(t: T, p: Pkg0, vector: TextVector): void {
  t.test(`utf8: ${vector.name}`, () => {
    const bytes = bytesOf(vector.bytes as string);
    const end = vector.valid ? bytes.length : (vector.at as number);
    t.equal(p.checkUtf8(bytes, 0, bytes.length), end, "end of what is well-formed");
    const around = bytesOf(`808080${vector.bytes}808080`);
    t.equal(p.checkUtf8(around, 3, bytes.length + 3), end + 3, "the same inside a larger buffer");
  });
}

/** `[hex, offset of the first byte that is not Net-Unicode]`, RFC 5198 §2. */
const NET_UNICODE: [string, number][] = [
  ["610d0a0d0a62", 6],
  ["610d", 1],
  ["610d0d0a", 1],
  ["0d000a", 0],
  ["efbbbf61", 0],
  ["61efbbbf", 4],
  ["efbbbe61", 4],
  ["61c280", 1],
  ["61c29f", 1],
  ["61c2a0", 3],
  ["0ac3", 1],
  ["61c2850d", 1],
];

export function netUnicode(t: T, p: Pkg0): void {
  for (let i = 0; i < NET_UNICODE.length; i++) netUnicodeVector(t, p, NET_UNICODE[i][0], NET_UNICODE[i][1]);
}

function netUnicodeVector(t: T, p: Pkg0, hex: string, end: number): void {
  t.test(`Net-Unicode: ${hex}`, () => {
    const bytes = bytesOf(hex);
    t.equal(p.checkNetUnicode(bytes, 0, bytes.length), end, "end of what is Net-Unicode");
    const around = bytesOf(`efbbbf${hex}0a8080`);
    t.equal(p.checkNetUnicode(around, 3, bytes.length + 3), end + 3, "the same inside a larger buffer");
  });
}

export function pushHeader(t: T, p: Pkg0): void {
  t.test("push header: read back", () => {
    const codec = createPushCodec(p, 48, newShared(p));
    const types = [CONTENT_TYPE_13, CONTENT_TYPE_12];
    for (let i = 0; i < 2; i++) {
      const out = new Uint8Array(12);
      t.equal(p.writePushHeader(255 * i, types[i], out, 4), 10, "end");
      t.equal(hexOf(out, 0, 12), i === 0 ? "00000000000603d8af870000" : "00000000ff0603c4af870000", "bytes");
      t.equal(codec.read(out, 4, 12), OK, "status");
      t.equal(codec.summary(4), `tid ${255 * i} type ${types[i]} body 6 to 8`, "fields");
    }
  });
  t.test("push header: no room", () => {
    const out = new Uint8Array(9);
    t.equal(p.writePushHeader(1, CONTENT_TYPE_13, out, 4), -FIELD_BUFFER, "status");
    t.equal(hexOf(out, 0, 9), "000000000000000000", "nothing is written");
  });
}
