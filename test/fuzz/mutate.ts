/** Seeded mutations of messages: the same seed gives the same messages on every machine. */
import type { Random } from "../random.ts";

/** Makes a message from `input` by one to four mutations; parts of `others` may be spliced in. */
export function mutate(random: Random, input: Uint8Array, others: Uint8Array[]): Uint8Array {
  let message = Array.from(input);
  for (let left = 1 + random(4); left > 0; left--) message = MUTATORS[random(MUTATORS.length)](random, message, others);
  return Uint8Array.from(message);
}

type Mutator = (random: Random, message: number[], others: Uint8Array[]) => number[];

const flipBit: Mutator = (random, message) => {
  if (message.length > 0) message[random(message.length)] ^= 1 << random(8);
  return message;
};

const setByte: Mutator = (random, message) => {
  if (message.length > 0) message[random(message.length)] = INTERESTING[random(INTERESTING.length)];
  return message;
};

const cut: Mutator = (random, message) => message.slice(0, random(message.length + 1));

const remove: Mutator = (random, message) => {
  message.splice(random(message.length + 1), 1 + random(4));
  return message;
};

const insert: Mutator = (random, message) => {
  const bytes = Array.from({ length: 1 + random(4) }, () => random(256));
  message.splice(random(message.length + 1), 0, ...bytes);
  return message;
};

const repeat: Mutator = (random, message) => {
  const from = random(message.length + 1);
  const piece = message.slice(from, from + 1 + random(20));
  message.splice(random(message.length + 1), 0, ...piece);
  return message;
};

const splice: Mutator = (random, message, others) => {
  const other = Array.from(others[random(others.length)]);
  return message.slice(0, random(message.length + 1)).concat(other.slice(random(other.length + 1)));
};

/** Changes one of the first bytes a little: lengths, counts and versions are there. */
const nudge: Mutator = (random, message) => {
  const at = random(Math.min(message.length, 30) || 1);
  if (at < message.length) message[at] = (message[at] + random(5) - 2) & 255;
  return message;
};

/** Swaps two options or headers. */
const swap: Mutator = (random, message) => {
  const length = 1 + random(6);
  const a = random(message.length + 1);
  const b = Math.min(a + length + random(4), message.length);
  return [
    ...message.slice(0, a),
    ...message.slice(b, b + length),
    ...message.slice(a + length, b),
    ...message.slice(a, a + length),
    ...message.slice(b + length),
  ];
};

const MUTATORS = [flipBit, flipBit, setByte, nudge, nudge, cut, remove, insert, repeat, splice, swap];
const INTERESTING = [0, 1, 2, 3, 4, 5, 6, 7, 15, 16, 30, 31, 32, 48, 63, 64, 0x7f, 0x80, 0x81, 0xaf, 0xd8, 0xfe, 0xff];
