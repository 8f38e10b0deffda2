/** The laws that hold for every reader and every message. No test framework; in the device dialect. */
import { OK } from "../../src/status.ts";
import type { Codec, T } from "./api.ts";
import { nameOf, statusOf } from "./vectors.ts";

/** Bytes before and after a message that is read inside a larger buffer. */
const AROUND = 10;

/** `from <= at <= to`, and one of the statuses in src/status.ts. */
export function isDeclared(codec: Codec, status: number, from: number, to: number): boolean {
  return statusOf(nameOf(status)) === status && (status === OK || (codec.errorAt() >= from && codec.errorAt() <= to));
}

/** A reader gives the same result on a second call and inside a larger buffer of any bytes, and changes no byte. */
export function placement(t: T, codec: Codec, input: Uint8Array, name: string): void {
  const status = codec.read(input, 0, input.length);
  const at = codec.errorAt();
  const summary = status === OK ? codec.summary(0) : "";
  const isVerified = status === OK && codec.isVerified();

  t.equal(codec.read(input, 0, input.length), status, `${name}: status of the second call`);
  t.equal(codec.errorAt(), at, `${name}: at of the second call`);
  if (status === OK) t.equal(codec.summary(0), summary, `${name}: fields of the second call`);

  const large = new Uint8Array(input.length + 2 * AROUND);
  for (let garbage = 0; garbage < 256; garbage += 255) {
    for (let i = 0; i < large.length; i++) large[i] = garbage;
    large.set(input, AROUND);
    const to = AROUND + input.length;
    t.equal(codec.read(large, AROUND, to), status, `${name}: status at offset ${AROUND}`);
    if (status !== OK) t.equal(codec.errorAt() - AROUND, at, `${name}: at, at offset ${AROUND}`);
    else {
      t.equal(codec.summary(AROUND), summary, `${name}: fields at offset ${AROUND}`);
      t.equal(codec.isVerified(), isVerified, `${name}: digest at offset ${AROUND}`);
    }
    let isSame = true;
    for (let i = 0; i < large.length; i++) {
      if (large[i] !== (i < AROUND || i >= to ? garbage : input[i - AROUND])) isSame = false;
    }
    t.ok(isSame, `${name}: the input was written to`);
  }
}

/** No strict prefix of a good message is a good message. */
export function prefixes(t: T, codec: Codec, input: Uint8Array, name: string): void {
  for (let length = 0; length < input.length; length++) {
    const status = codec.read(input, 0, length);
    if (!isDeclared(codec, status, 0, length))
      t.ok(false, `${name}: prefix ${length}: ${status} at ${codec.errorAt()}`);
    if (status === OK && !(codec.isOpenEnded && !codec.isVerified()))
      t.ok(false, `${name}: prefix ${length} is accepted`);
  }
}

/** A good message with one byte changed is malformed or its digest is wrong; a changed push at least does no harm. */
export function changes(t: T, codec: Codec, input: Uint8Array, masks: number[], name: string): void {
  codec.read(input, 0, input.length);
  const isSigned = codec.isVerified();
  for (let i = 0; i < input.length; i++) {
    const byte = input[i];
    for (let k = 0; k < masks.length; k++) {
      input[i] = byte ^ masks[k];
      const status = codec.read(input, 0, input.length);
      if (!isDeclared(codec, status, 0, input.length)) t.ok(false, `${name}: byte ${i} ^ ${masks[k]}: ${status}`);
      if (status === OK && isSigned && codec.isVerified()) t.ok(false, `${name}: byte ${i} ^ ${masks[k]} verifies`);
    }
    input[i] = byte;
  }
  t.equal(codec.read(input, 0, input.length), OK, `${name}: the good message after the bad ones`);
  t.equal(codec.isVerified(), isSigned, `${name}: its digest`);
}
