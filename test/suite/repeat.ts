/** Reads the same messages again and again, for runners that watch the heap. */
import type { Codec, Pkg0 } from "./api.ts";
import { codecOf, newShared } from "./codecs.ts";
import { NOTIFICATION12, NOTIFICATION13, PUSH } from "./index.ts";
import { inputOf, type Vectors } from "./vectors.ts";

/**
 * Returns a function that reads every vector `times` times, verifies those with a digest, and returns how often the result
 * was OK. Allocates everything here: a call of that function allocates nothing itself.
 */
export function createRepeat(pkg0: Pkg0): (times: number) => number {
  const inputs: Uint8Array[] = [];
  const codecs: Codec[] = [];
  const shared = newShared(pkg0);

  function add(file: Vectors): void {
    for (let i = 0; i < file.vectors.length; i++) {
      inputs.push(inputOf(file.vectors[i]));
      codecs.push(codecOf(pkg0, file, file.vectors[i], shared));
    }
  }

  add(NOTIFICATION13);
  add(NOTIFICATION12);
  add(PUSH);
  return times => {
    let accepted = 0;
    for (let round = 0; round < times; round++) {
      for (let i = 0; i < inputs.length; i++) {
        if (codecs[i].read(inputs[i], 0, inputs[i].length) !== 0) continue;
        accepted++;
        codecs[i].isVerified();
      }
    }
    return accepted;
  };
}

/** Sets up and repeats in one call; returns how often the answer was OK. */
export function repeatAll(pkg0: Pkg0, times: number): number {
  return createRepeat(pkg0)(times);
}
